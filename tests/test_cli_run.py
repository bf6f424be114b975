"""Running from the command line: what is handed over, what is left behind, what is told on the way."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pytest

from sim.cli import folder, main, progress, reports, run, stopping, summary
from sim.errors import GridlockError
from sim.experiments import runs

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "scenarios" / "example.yaml"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Commands write where the user is: each test is in a folder of its own."""
    monkeypatch.chdir(tmp_path)


@dataclass
class Legend:
    origin: dict[str, object] = field(
        default_factory=lambda: {"scenario": "tiny", "digest": "abc123", "replications": 3, "warm_up_s": 0}
    )


@dataclass
class Log:
    legend: Legend = field(default_factory=Legend)


@dataclass
class Result:
    """What a run leaves, without a run."""

    log: Log = field(default_factory=Log)
    tables: dict[str, pd.DataFrame] = field(default_factory=lambda: {"expectations": pd.DataFrame()})
    located: None = None
    summary: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(
            [
                ("Transit time, mean", "boxes", "Boxes", "d", 5.25, 5.0, 5.5, 12, 3),
                ("Delivered", "all", "All flows", "TEU", 12345.6, float("nan"), float("nan"), 1, 1),
            ],
            columns=["metric", "group", "label", "unit", "mean", "low", "high", "n", "replications"],
        )
    )


@pytest.fixture
def runner(monkeypatch):
    """A run that writes one file; returns what it was called with."""
    calls: list[dict[str, object]] = []

    def run(path, **order):
        calls.append({"path": path, **order})
        (order["out"] / "visits.parquet").write_text(f"run {len(calls)}")
        return Result()

    monkeypatch.setattr(runs, "run", run)
    Path("tiny.yaml").write_text("")
    return calls


def left() -> list[str]:
    return sorted(str(path) for path in Path("reports").rglob("*") if path.is_file() or not any(path.iterdir()))


def test_run_hands_over_what_was_given(runner):
    options = ["--replications", "3", "--seed", "0", "--engine", "reference", "--set", "places.a.capacity=4 lanes"]
    assert main(["run", "tiny.yaml", *options, "--set", "note = a=b ", "--out", "out", "--no-report"]) == 0
    [call] = runner
    assert call.pop("out").parent.resolve() == Path("out").resolve()
    assert callable(call.pop("progress"))
    assert call.pop("inspect") is None
    assert call == {
        "path": Path("tiny.yaml"),
        "replications": 3,
        "half_width": None,
        "seed": 0,
        "engine": "reference",
        "overrides": {"places.a.capacity": "4 lanes", "note": "a=b"},
        "since": None,
        "functions": None,
    }


def test_run_folder_appears_under_scenario_and_digest_and_is_replaced(runner):
    for number in (1, 2):
        assert main(["run", "tiny.yaml", "--no-report"]) == 0
        assert left() == ["reports/tiny/abc123/visits.parquet"]
        assert Path("reports/tiny/abc123/visits.parquet").read_text() == f"run {number}"
    assert len(runner) == 2


def test_run_prints_key_table_and_folder(runner, capsys):
    assert main(["run", "tiny.yaml", "--no-report"]) == 0
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        "metric of mean 95 % interval unit n",
        "Transit time, mean Boxes 5.25 5 .. 5.5 d 12",
        "Delivered All flows 12,346 - TEU 1",
        "Replications: 3",
        "reports/tiny/abc123",
    ]
    assert len(runner) == 1


def test_run_answers_in_json(runner, capsys):
    assert main(["run", "tiny.yaml", "--no-report", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["folder"] == "reports/tiny/abc123"
    assert (answer["replications"], answer["warm_up_s"]) == (3, 0)
    assert answer["summary"][1]["mean"] == 12345.6
    assert answer["summary"][1]["low"] is None
    assert len(runner) == 1


@pytest.mark.parametrize("other", [("--replications", "3"), ("--from", "tiny.npz"), ("--until", "2020-01-05")])
def test_a_half_width_goes_with_no_number_and_no_stop(other, runner, capsys):
    assert main(["run", "tiny.yaml", "--half-width", "5 %", *other]) == 2
    assert "--half-width goes with none of --replications" in capsys.readouterr().err
    assert runner == []


@pytest.mark.parametrize(
    ("given", "message"),
    [("places.a", "expected path=value"), ("=4", "expected path=value"), ("a=1", "a is given twice")],
)
def test_setting_that_is_none_is_refused(given, message, runner, capsys):
    assert main(["run", "tiny.yaml", "--set", "a=2", "--set", given]) == 2
    assert message in capsys.readouterr().err
    assert runner == []


@pytest.mark.parametrize(("error", "status"), [(KeyboardInterrupt, 130), (GridlockError, 1)])
def test_run_that_does_not_end_leaves_nothing_and_the_old_folder_alone(error, status, runner, monkeypatch, capsys):
    assert main(["run", "tiny.yaml", "--no-report"]) == 0

    def stop(_path, **order):
        (order["out"] / "visits.parquet").write_text("half")
        raise error

    monkeypatch.setattr(runs, "run", stop)
    assert main(["run", "tiny.yaml", "--no-report"]) == status
    assert left() == ["reports/tiny/abc123/visits.parquet"]
    assert Path("reports/tiny/abc123/visits.parquet").read_text() == "run 1"
    assert "Traceback" not in capsys.readouterr().err
    assert len(runner) == 1


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_run_that_is_stopped_from_outside_leaves_nothing(number, status, tmp_path):
    """A real run, of more replications than anybody waits for."""
    command = [sys.executable, "-m", "sim", "run", str(EXAMPLE), "--replications", "10000", "--engine", "reference"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        told = ""
        while "simulating" not in told:
            told = process.stderr.readline()
            assert told, "the run ended before it simulated"
        assert len(list((tmp_path / "reports").iterdir())) == 1
        process.send_signal(number)
        rest = process.stderr.read()
    assert process.returncode == status
    assert "Traceback" not in rest
    assert list((tmp_path / "reports").iterdir()) == []


@pytest.mark.parametrize(("number", "raised"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, SystemExit)])
def test_a_signal_whose_exception_is_swallowed_stops_at_the_next_report(number, raised):
    stopping.listen()
    with progress.progress() as show:
        show(0, 0, "before")
        with contextlib.suppress(raised):
            signal.raise_signal(number)
        with pytest.raises(raised):
            show(0, 0, "after")
    stopping.listen()
    stopping.insist()


def files(place: Path) -> dict[str, bytes]:
    """What a run folder holds, less the file that says how long it took."""
    found = {str(path.relative_to(place)): path.read_bytes() for path in place.rglob("*") if path.is_file()}
    return {name: content for name, content in sorted(found.items()) if name != "run.json"}


def test_run_and_report_write_the_same_files():
    assert main(["run", str(EXAMPLE), "--replications", "2"]) == 0
    [place] = Path("reports/example").iterdir()
    written = files(place)
    assert written["report.pdf"].startswith(b"%PDF-")
    assert b"</html>" in written["report.html"]
    assert written["figures/map.png"].startswith(b"\x89PNG")
    assert {
        "scenario.resolved.yaml",
        "visits.parquet",
        "tables/transit.csv",
        "tables/transit.parquet",
    } <= written.keys()
    for name in ("report.pdf", "figures/map.svg", "tables/transit.csv"):
        (place / name).unlink()
    assert main(["report", str(place)]) == 0
    assert files(place) == written


def test_overrides_read_pairs():
    assert run.read_overrides(("a.b=1 h", "c==")) == {"a.b": "1 h", "c": "="}


def test_folder_that_cannot_be_published_leaves_the_old_one(monkeypatch):
    place = Path("there")
    place.mkdir()
    (place / "old").touch()
    rename = Path.rename

    def fail(self, target):
        if self.name.startswith(folder.UNFINISHED):
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail)
    with folder.staged(Path()) as fresh, pytest.raises(KeyboardInterrupt):
        folder.publish(fresh, place)
    assert [path.name for path in place.iterdir()] == ["old"]
    assert [path.name for path in Path().iterdir()] == ["there"]


def test_folder_is_as_open_as_any(monkeypatch):
    before = os.umask(0o027)
    try:
        with folder.staged(Path()) as fresh:
            folder.publish(fresh, Path("there"))
    finally:
        os.umask(before)
    assert Path("there").stat().st_mode & 0o777 == 0o750


def test_parts_of_a_folder_are_replaced_and_others_kept():
    (place := Path("there")).mkdir()
    for old in ("figures", "tables"):
        (place / old).mkdir()
        (place / old / "old").touch()
    (place / "report.pdf").write_text("old")
    with folder.staged(place) as fresh:
        (fresh / "figures").mkdir()
        (fresh / "figures" / "new").touch()
        (fresh / "report.pdf").write_text("new")
        folder.replace_within(place, fresh)
    found = sorted(str(path.relative_to(place)) for path in place.rglob("*"))
    assert found == ["figures", "figures/new", "report.pdf", "tables", "tables/old"]
    assert (place / "report.pdf").read_text() == "new"


def test_report_replaces_what_it_makes_and_keeps_the_log(monkeypatch, capsys):
    (done := Path("done")).mkdir()
    (done / "visits.parquet").write_text("log")
    (done / "report.pdf").write_text("old")
    monkeypatch.setattr(runs, "report", lambda _folder: Result(tables={"dwell": pd.DataFrame({"wait_mean_h": [1.5]})}))
    monkeypatch.setattr(
        reports, "write_reports", lambda _result, place, _show: (place / "report.pdf").write_text("new")
    )
    assert main(["report", "done"]) == 0
    assert (done / "report.pdf").read_text() == "new"
    assert (done / "visits.parquet").read_text() == "log"
    assert (done / "tables" / "dwell.csv").read_text() == "wait_mean_h\n1.5\n"
    assert sorted(path.name for path in done.iterdir()) == ["report.pdf", "tables", "visits.parquet"]
    assert capsys.readouterr().out.endswith("\ndone\n")


def test_progress_without_a_terminal_tells_now_and_then():
    told: list[str] = []
    now = 100.0
    lines = progress.Lines(lambda text, **_: told.append(text), lambda: now)
    lines(0, 0, "reading")
    lines(0, 20, "simulating")
    now = 104.0
    lines(4, 20, "simulating")
    now = 105.0
    lines(5, 20, "simulating")
    now = 109.9
    lines(19, 20, "simulating")
    lines(0, 0, "measuring")
    assert told == ["reading", "simulating: 0 of 20", "simulating: 5 of 20, about 15 s left", "measuring"]


def test_progress_on_a_terminal_is_a_bar(monkeypatch):
    class Terminal:
        text = ""

        def isatty(self):
            return True

        def write(self, text):
            self.text += text

        def flush(self):
            pass

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with progress.progress() as show:
        show(0, 0, "reading [a]")
        time.sleep(0.2)
        show(3, 20, "simulating")
        time.sleep(0.2)
    assert "reading [a]" in terminal.text
    assert "simulating: 3 of 20" in terminal.text


@pytest.mark.parametrize(
    ("number", "text"),
    [(0.0, "0"), (5.25, "5.25"), (0.123456, "0.1235"), (12345.6, "12,346"), (-2000.4, "-2,000"), (float("nan"), "-")],
)
def test_numbers_are_rounded_for_people(number, text):
    assert summary.rounded(number) == text
