"""``landbridge sweep``: the folder, what is printed, and the exit status."""

from __future__ import annotations

import gc
import json
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest

from sim.cli import main
from sim.errors import ResultError
from sim.experiments import campaign, swept
from tests.small_experiments import written


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def folder() -> Path:
    """The one folder of a sweep."""
    (found,) = [each for each in Path("reports/lanes").iterdir() if each.is_dir()]
    return found


def test_a_sweep_writes_its_folder_and_prints_how_outcomes_answer(tmp_path, capsys):
    assert main(["sweep", str(written(tmp_path)), "--no-report"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].strip() == "Waiting, h"
    assert said[2].split()[:7] == ["base", "lanes", "2", "lanes,", "median", "4", "h"]
    # One lane is no lanes.
    assert any("lanes 1 lane," in line for line in said)
    assert said[-1] == str(folder())
    names = {file.relative_to(folder()).as_posix() for file in folder().rglob("*") if file.is_file()}
    tables = ("expectations", "factors", "failures", "outcomes", "points", "response", "sentences", "values")
    assert names >= {f"tables/{name}.{kind}" for name in tables for kind in ("csv", "parquet")}
    assert {name for name in names if "/" not in name} == {
        "experiment.json",
        "experiment.resolved.yaml",
        "junit.xml",
        "scenario.resolved.yaml",
        "summary.md",
    }
    head = json.loads((folder() / "experiment.json").read_text(encoding="utf-8"))
    assert (head["title"], head["seed"], head["replications"]) == ("Lanes at a post", 1, 3)
    assert Path("reports/lanes/store.sqlite").is_file()


def test_a_folder_is_read_as_it_was_written(tmp_path):
    file = written(tmp_path, expect={"short": "wait < 1 h at every point"})
    assert main(["sweep", str(file), "--no-report"]) == 1
    found = swept.read(folder())
    for name, table in found.tables.items():
        pd.testing.assert_frame_equal(table, pd.read_parquet(folder() / "tables" / f"{name}.parquet"))


def test_the_report_of_a_sweep_is_made_again_byte_for_byte(tmp_path, capsys):
    assert main(["sweep", str(written(tmp_path, replications=2))]) == 0
    place = folder()
    before = {file.relative_to(place): file.read_bytes() for file in place.rglob("*") if file.is_file()}
    assert {Path("report.pdf"), Path("report.html"), Path("figures/response-wait.svg")} <= set(before)
    first = capsys.readouterr().out
    (place / "report.pdf").unlink()
    assert main(["report", str(place)]) == 0
    assert capsys.readouterr().out == first
    assert {file.relative_to(place): file.read_bytes() for file in place.rglob("*") if file.is_file()} == before


def test_a_folder_without_its_values_is_refused(tmp_path):
    assert main(["sweep", str(written(tmp_path, replications=2)), "--no-report"]) == 0
    (folder() / "tables" / "values.parquet").unlink()
    with pytest.raises(ResultError, match="no folder of a sweep that can be read"):
        swept.read(folder())


def test_what_is_expected_and_does_not_hold_is_told_with_its_point(tmp_path, capsys):
    file = written(tmp_path, expect={"short": "wait < 5 h at every point"}, replications=2)
    assert main(["sweep", str(file), "--no-report", "--json"]) == 1
    said = capsys.readouterr()
    assert "short at p2 fails: wait < 5 h at every point: " in said.err
    assert "at p6" not in said.err
    assert "at p2" in (folder() / "summary.md").read_text(encoding="utf-8")
    (suite,) = ElementTree.parse(folder() / "junit.xml").getroot()
    failed = [case.attrib["name"] for case in suite if case.find("failure") is not None]
    assert "short at p2" in failed
    assert "short at p6" not in failed
    assert len(suite) == 7
    assert {row["verdict"] for row in json.loads(said.out)["expectations"]} == {"holds", "fails"}


def test_a_point_that_cannot_be_run_is_told_and_ends_in_status_1(tmp_path, capsys):
    crowd = {"path": "flows.trains.demand.consists", "values": ["9000000 trains/day", "8 trains/day"]}
    assert main(["sweep", str(written(tmp_path, factors={"crowd": crowd})), "--no-report", "--json"]) == 1
    said = capsys.readouterr()
    assert "point p1 (flows.trains.demand.consists: 9000000 trains/day): flows.trains.demand: about" in said.err
    assert [row["point"] for row in json.loads(said.out)["failures"]] == [1]
    (suite,) = ElementTree.parse(folder() / "junit.xml").getroot()
    assert [case.attrib["name"] for case in suite if case.find("error") is not None] == ["point p1"]


def test_what_is_given_goes_before_what_the_experiment_says(tmp_path, capsys):
    file = str(written(tmp_path))
    assert main(["sweep", file, "--no-report", "--replications", "2", "--seed", "9", "--json"]) == 0
    first = json.loads(capsys.readouterr().out)
    assert {row["replications"] for row in first["response"]} == {2}
    assert main(["sweep", file, "--no-report", "--replications", "2", "--json", "--engine", "compiled"]) == 0
    other = json.loads(capsys.readouterr().out)
    assert other["folder"] != first["folder"]
    assert other["response"][0]["mean"] != first["response"][0]["mean"]


def test_an_interrupted_sweep_says_where_it_can_go_on(tmp_path, capsys, monkeypatch):
    file = str(written(tmp_path))
    learn = campaign.Campaign._learn

    def stop(self, gap, task, came):
        learn(self, gap, task, came)
        raise KeyboardInterrupt

    with monkeypatch.context() as once:
        once.setattr(campaign.Campaign, "_learn", stop)
        assert main(["sweep", file, "--no-report"]) == 130
    said = capsys.readouterr().err
    kept = "what is done is kept in reports/lanes/store.sqlite, and the same command goes on from there"
    assert said.splitlines()[-1] == f"interrupted: {kept}"
    assert said.count("interrupted") == 1
    assert sorted(path.name for path in Path("reports").iterdir()) == ["lanes"]
    assert main(["sweep", file, "--no-report"]) == 0
    assert "1 run there already, 17 runs to be done" in capsys.readouterr().err


def test_a_sweep_that_is_interrupted_before_it_begins_keeps_nothing_and_says_so(tmp_path, capsys, monkeypatch):
    def stop(*_arguments, **_names):
        raise KeyboardInterrupt

    monkeypatch.setattr("sim.experiments.campaign.Campaign.__init__", stop)
    assert main(["sweep", str(written(tmp_path)), "--no-report"]) == 130
    said = capsys.readouterr().err
    assert said.splitlines()[-1] == "interrupted: nothing was written, and the same command begins anew"


def test_a_damaged_store_is_refused(tmp_path, capsys):
    Path("reports/lanes").mkdir(parents=True)
    Path("reports/lanes/store.sqlite").write_bytes(b"no database" * 99)
    assert main(["sweep", str(written(tmp_path)), "--no-report"]) == 2
    assert "the store is damaged" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--workers", "2", "--dask", "tcp://127.0.0.1:1"], "give one of them"),
        (["--dask", "nowhere"], "no Dask scheduler answers at nowhere"),
    ],
)
def test_a_cluster_that_is_not_there_is_refused(arguments, said, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("sim.experiments.executors.CONNECT_S", 0.2)
    assert main(["sweep", str(written(tmp_path)), "--no-report", *arguments]) == 2
    # Nor does anything complain when it is thrown away.
    gc.collect()
    told = capsys.readouterr().err
    assert said in told
    assert "Traceback" not in told
