"""What stops a command with a line and not with a traceback: disks, folders, seeds, texts that cannot be printed."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest

from sim.cli import main
from sim.engines import ENGINES
from sim.experiments import runs
from sim.log import write as write_log
from sim.scenario.texts import texts
from tests.small_logs import corridors
from tests.small_scenarios import TEXT, small, write


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Commands write where the user is: each test is in a folder of its own."""
    monkeypatch.chdir(tmp_path)


def test_a_folder_below_a_file_is_refused_in_a_line(tmp_path, capsys):
    (tmp_path / "file").touch()
    write(tmp_path)
    assert main(["run", "small.yaml", "--out", "file/reports"]) == 2
    assert capsys.readouterr().err == "landbridge: file/reports: Not a directory\n"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "landbridge: reports: No space left on device\n"),
        (PermissionError(errno.EACCES, "Permission denied", "reports/x"), "landbridge: reports/x: Permission denied\n"),
        (OSError(errno.EROFS, "Read-only file system", "here"), "landbridge: here: Read-only file system\n"),
    ],
)
def test_a_disk_that_fails_leaves_a_line_and_nothing_else(error, said, tmp_path, monkeypatch, capsys):
    def fail(_path, **order):
        (order["out"] / "visits.parquet").write_text("half")
        raise error

    write(tmp_path)
    monkeypatch.setattr(runs, "run", fail)
    assert main(["run", "small.yaml", "--no-report"]) == 2
    assert capsys.readouterr().err == said
    assert list(Path("reports").iterdir()) == []


def test_an_origin_that_lacks_what_is_needed_is_named(tmp_path, capsys):
    write_log(corridors(), tmp_path / "run")
    (tmp_path / "run" / "legend" / "origin.json").write_text("{}")
    assert main(["report", "run"]) == 1
    said = capsys.readouterr().err
    assert "origin.json: lacks scenario, start, horizon_s, warm_up_s, seed, replications" in said
    assert "Traceback" not in said


def test_a_seed_that_the_draws_cannot_hold_is_refused(tmp_path, capsys):
    write(tmp_path)
    assert main(["run", "small.yaml", "--seed", str(2**32)]) == 2
    assert "0<=x<=4294967295" in capsys.readouterr().err


@pytest.fixture
def unprintable(tmp_path, monkeypatch):
    """A scenario with a name that no font has, where nothing can be simulated."""

    def simulated(*_args, **_kwargs):
        raise AssertionError("simulated all the same")

    for name in ENGINES:
        monkeypatch.setitem(ENGINES, name, simulated)
    return str(write(tmp_path, TEXT.replace("name: Alpha", 'name: "Alpha 🚂"')))


def test_a_name_that_no_font_has_is_refused_before_anything_is_simulated(unprintable, capsys):
    assert main(["run", unprintable]) == 2
    said = capsys.readouterr().err
    assert "no font has the character '🚂' (U+1F682) of nodes.alpha.name: 'Alpha 🚂'" in said
    assert list(Path("reports").iterdir()) == []


def test_without_a_report_any_name_will_do(unprintable):
    with pytest.raises(AssertionError, match="simulated all the same"):
        main(["run", unprintable, "--no-report"])


def test_texts_of_a_scenario_are_those_that_a_report_prints(tmp_path):
    found = dict(texts(small(tmp_path)))
    assert {
        "title": "Two nodes and a border",
        "nodes.alpha.name": "Alpha",
        "services.narrow.label": "Chinese train",
        "flows.goods.corridor": "rail",
        "currencies.CNY": "6.9 CNY/USD",
        "currencies.CNY.note": "rate of 2020",
    }.items() <= found.items()
    assert "flows.goods.from" not in found


def test_warnings_of_a_run_come_before_its_key_table(tmp_path, capfd):
    file = write(tmp_path, TEXT.replace("capacity: 3 trucks", "capacity: 2 trucks"))
    assert main(["run", str(file), "--no-report", "--replications", "1"]) == 0
    said = capfd.readouterr()
    assert "warning: offered load 1.36 at trucks in 2020-01: this queue cannot settle then\n" in said.err
    assert "warning" not in said.out
    [origin] = Path("reports").rglob("origin.json")
    assert len(json.loads(origin.read_text())["warnings"]) == said.err.count("warning: ")
