"""What killed processes left of their folders is swept; what others still write, and what is fresh, is not."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sim.cli import folder

ROOT = Path(__file__).parent.parent
HOUR = 3600


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def made(name: str, *files: str) -> Path:
    """A folder of an hour ago."""
    left = Path(name)
    for file in (left / each for each in files):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name, encoding="utf-8")
    return aged(left)


def aged(left: Path) -> Path:
    then = left.stat().st_mtime - HOUR
    os.utime(left, (then, then))
    return left


def test_what_a_killed_process_left_is_removed_and_told(capsys):
    left = made(".unfinished-abc", "visits.parquet", "tables/cost.csv")
    kept = made("rail", "run.json")
    with folder.staged(Path()) as fresh:
        assert sorted(Path().iterdir()) == [fresh, kept]
    assert (left.exists(), kept.exists()) == (False, True)
    assert capsys.readouterr().err == "removed .unfinished-abc, which a process that was killed had left\n"


def test_what_is_still_written_or_fresh_stays(capsys):
    with folder.staged(Path()) as other:
        aged(other)
        just_made = Path(".unfinished-now")
        just_made.mkdir()
        with folder.staged(Path()) as own:
            assert sorted(Path().iterdir()) == sorted([other, just_made, own])
    assert (list(Path().iterdir()), capsys.readouterr().err) == ([just_made], "")


def test_a_folder_of_another_process_is_swept_when_that_is_killed():
    script = "import sys; from pathlib import Path; from sim.cli import folder\n"
    script += "with folder.staged(Path()) as own: print(own, flush=True); sys.stdin.read()"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", script]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        other = aged(Path(process.stdout.readline().strip()))
        folder.sweep(Path())
        assert other.exists()
        process.send_signal(signal.SIGKILL)
    assert other.exists()
    folder.sweep(Path())
    assert not other.exists()


def test_a_run_that_was_being_replaced_comes_back():
    made(".replaced-abc", "rail/run.json", "road/run.json")
    made("road", "run.json")
    folder.sweep(Path())
    texts = {file.as_posix(): file.read_text(encoding="utf-8") for file in Path().rglob("run.json")}
    assert texts == {"rail/run.json": ".replaced-abc", "road/run.json": "road"}
    assert sorted(path.name for path in Path().iterdir()) == ["rail", "road"]


def test_without_locks_nothing_is_taken_for_left(monkeypatch):
    def no_locks(_descriptor, _operation):
        raise OSError

    monkeypatch.setattr(fcntl, "flock", no_locks)
    left = made(".unfinished-abc", "visits.parquet")
    with folder.staged(Path()) as own:
        assert own.is_dir()
    assert left.exists()
