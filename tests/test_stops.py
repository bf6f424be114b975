"""Runs that stop at a date, are kept in a file and go on: the same log, other futures, what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim import log
from sim.cli import main
from sim.errors import SimError
from sim.experiments import runs
from tests.small_scenarios import TEXT, write
from tests.valid_scenarios import VALID

UNTIL = "2020-01-10T12:00"
TIME = 9 * 86_400 + 43_200
DRAWN = TEXT.replace("time: 2 h, direction", "time: {exponential: {mean: 2 h}}, direction")


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stopped")
    file = folder / "a.npz"
    assert runs.stop(write(folder, DRAWN), UNTIL, file) == TIME
    return file


def test_a_run_goes_on_as_if_it_had_not_stopped(stopped: Path, tmp_path: Path):
    never = runs.run(write(tmp_path, DRAWN))
    gone_on = runs.run(write(tmp_path, DRAWN), since=stopped)
    assert log.digest(gone_on.log) == log.digest(never.log)
    assert gone_on.summary.equals(never.summary)
    origin = gone_on.log.legend.origin
    assert origin["engine"] == "compiled"
    assert origin["seed"] == 7
    since = origin["since"]
    assert isinstance(since, dict)
    assert (since["time_s"], since["seed"], len(since["digest"])) == (TIME, 7, 12)
    assert origin["digest"] != never.log.legend.origin["digest"]


def test_it_may_stop_again_and_go_on_with_fewer_replications(stopped: Path, tmp_path: Path):
    path = write(tmp_path, DRAWN)
    runs.stop(path, "2020-01-12", tmp_path / "b.npz", since=stopped, replications=1)
    gone_on = runs.run(path, since=tmp_path / "b.npz")
    assert log.digest(gone_on.log) == log.digest(runs.run(path, replications=1).log)


def test_another_seed_counts_from_then_on(stopped: Path, tmp_path: Path):
    path = write(tmp_path, DRAWN)
    future, never = (runs.run(path, since=stopped, seed=seed).log.visits for seed in (8, None))
    assert not future.equals(never), "nothing is drawn after the stop"
    early = [visits[visits.requested < TIME].reset_index(drop=True) for visits in (future, never)]
    assert early[0][["replication", "entity", "step", "requested"]].equals(
        early[1][["replication", "entity", "step", "requested"]]
    )


def test_another_capacity_counts_from_then_on(stopped: Path, tmp_path: Path):
    wider = {"places.hall.capacity": "4 tracks"}
    gone_on = runs.run(write(tmp_path, DRAWN), since=stopped, overrides=wider).log.legend
    hall = gone_on.places.set_index("name").place["hall"]
    windows = gone_on.windows[gone_on.windows.place == hall]
    assert windows.capacity.iloc[-1] == 4
    assert (windows[windows.time_s < TIME].capacity != 4).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"overrides": {"operations.check.time": "9 h"}}, "stopped with another plan"),
        ({"overrides": {"flows.goods.demand.value": "700 million CNY/year"}}, "stopped with other entities"),
        ({"replications": 3}, "holds 2 replications: 3 of them cannot go on"),
        ({"engine": "reference"}, "a run that goes on takes the compiled engine"),
    ],
)
def test_what_cannot_go_on_is_refused(stopped: Path, tmp_path: Path, change, message: str):
    with pytest.raises(SimError, match=message):
        runs.run(write(tmp_path, DRAWN), since=stopped, **change)


@pytest.mark.parametrize(
    ("until", "engine", "message"),
    [
        ("soon", "auto", "--until: 'soon' is no date"),
        ("2019-05-31", "auto", "--until 2019-05-31: allowed is 2020-01-01T00:00:00Z to "),
        ("2031-05-31", "auto", "--until 2031-05-31: allowed is 2020-01-01T00:00:00Z to "),
        (UNTIL, "reference", "a run that stops takes the compiled engine"),
    ],
)
def test_where_it_cannot_stop_is_refused(tmp_path: Path, until: str, engine: str, message: str):
    with pytest.raises(SimError, match=message):
        runs.stop(write(tmp_path, DRAWN), until, tmp_path / "a.npz", engine=engine)
    assert not (tmp_path / "a.npz").exists()


def test_a_scenario_with_other_places_is_refused(stopped: Path, tmp_path: Path):
    example = Path(__file__).parent.parent / "scenarios" / "example.yaml"
    with pytest.raises(SimError, match="stopped with another plan"):
        runs.run(example, since=stopped)


def test_on_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys):
    monkeypatch.chdir(tmp_path)
    path = str(write(tmp_path, DRAWN))
    assert main(["run", path, "--until", UNTIL, "--save", "a.npz"]) == 0
    assert capsys.readouterr().out == "a.npz\n"
    assert main(["run", path, "--from", "a.npz", "--no-report", "--out", "out"]) == 0
    assert main(["run", path, "--until", UNTIL]) == 2
    assert "--until DATE and --save FILE go together" in capsys.readouterr().err
    assert main(["run", path, "--until", UNTIL, "--save", "b.npz", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"file": "b.npz", "time_s": TIME}


@pytest.mark.parametrize("flag", [["--out", "reports"], ["--no-report"]])
def test_what_says_how_a_run_folder_is_to_be_does_not_go_with_a_stop(flag, tmp_path: Path, capsys):
    kept = tmp_path / "a.npz"
    assert main(["run", str(write(tmp_path, DRAWN)), "--until", UNTIL, "--save", str(kept), *flag]) == 2
    assert "a run that stops writes no run folder" in capsys.readouterr().err
    assert not kept.exists()


def test_functions_do_not_go_with_a_stop(tmp_path: Path, capsys):
    file, rules = (str(VALID / f"choice-by-function{end}") for end in (".yaml", ".py"))
    for flags in (["--until", "2020-01-07", "--save", str(tmp_path / "a.npz")], ["--from", str(tmp_path / "a.npz")]):
        assert main(["run", file, "--rules", rules, *flags]) == 2
        assert "--rules goes with none of --until, --save and --from" in capsys.readouterr().err
    with pytest.raises(SimError, match="which does not know rules in Python"):
        runs.stop(file, "2020-01-07", tmp_path / "a.npz")


def test_a_scenario_without_places_goes_on(tmp_path: Path):
    line = VALID / "line.yaml"
    assert runs.stop(line, "2020-01-06T05:00", tmp_path / "a.npz") == 18_000
    assert log.digest(runs.run(line, since=tmp_path / "a.npz").log) == log.digest(runs.run(line).log)
