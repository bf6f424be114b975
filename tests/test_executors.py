"""Who does the work: results come back whole, the dead are replaced, who kills is named, nobody stays behind."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest

from sim.errors import Problem, ScenarioError, SimError
from sim.experiments.executors import JobError, carry_out, given, processes, threads

ROOT = Path(__file__).parent.parent


def squared(number: int) -> int:
    return number * number


def die_once(file: str) -> str:
    """End the process at the first time; the file says whether it was."""
    if file and not Path(file).exists():
        Path(file).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return file


def die_at(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def refuse(number: int) -> int:
    raise ScenarioError([Problem("file", number, 1, "places", "wrong")])


@pytest.mark.parametrize("crew", [threads(2), processes(2)])
def test_all_jobs_come_back_with_their_results(crew):
    assert sorted(carry_out(squared, range(20), crew)) == [(n, n * n) for n in range(20)]


def test_an_executor_that_is_handed_in_is_left_open():
    with ThreadPoolExecutor(1) as own:
        assert sorted(carry_out(squared, range(3), given(own, 1))) == [(0, 0), (1, 1), (2, 4)]
        assert own.submit(squared, 4).result() == 16


def test_jobs_are_taken_as_there_is_somebody_for_them():
    jobs = iter(range(100))
    next(carry_out(squared, jobs, threads(1)))
    assert next(jobs) <= 4


def test_what_a_dead_process_was_at_is_done_again_and_nothing_twice(tmp_path):
    jobs = [str(tmp_path / "a"), "", ""]
    assert sorted(job for job, _ in carry_out(die_once, jobs, processes(1))) == sorted(jobs)


def test_the_job_that_kills_is_named_and_not_its_neighbours():
    done: dict[int, int] = {}
    with pytest.raises(JobError, match=r"^3: the process that worked on it died, again and again$"):
        done.update(carry_out(die_at, range(6), processes(1)))
    assert 3 not in done


def test_a_broken_executor_of_somebody_else_is_told():
    with ProcessPoolExecutor(1) as own, pytest.raises(SimError, match="handed in is broken"):
        list(carry_out(die_at, [3], given(own, 1)))


def test_what_the_work_raises_comes_whole_from_another_process():
    with pytest.raises(ScenarioError) as refused:
        list(carry_out(refuse, [7], processes(1)))
    assert str(refused.value) == "file:7:1: places: wrong"
    assert pickle.loads(pickle.dumps(refused.value)).problems == refused.value.problems


def test_who_waits_is_told_again_and_again_and_may_end_it(monkeypatch):
    monkeypatch.setattr("sim.experiments.executors.BEAT_S", 0.01)
    beats: list[int] = []

    def beat() -> None:
        beats.append(1)
        if len(beats) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(carry_out(time.sleep, [60.0, 60.0, 60.0], processes(1), beat))
    assert len(beats) == 3


SLEEPERS = """
import os, sys, time
from sim.experiments.executors import carry_out, processes
from tests.test_executors import own_number
if __name__ == "__main__":
    for done, (_, number) in enumerate(carry_out(own_number, range(4), processes(2))):
        print(number, flush=True)
        # All of them are told; the workers live on as long as this goes on.
        if done == 3:
            time.sleep(60)
"""


def own_number(_job: int) -> int:
    return os.getpid()


def alive(number: int) -> bool:
    """Whether the process is there, and not only its number, which nobody has asked for yet."""
    try:
        return "Z" not in Path(f"/proc/{number}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False


def test_no_process_stays_behind_when_the_one_that_started_it_is_killed(tmp_path):
    script = tmp_path / "sleepers.py"
    script.write_text(SLEEPERS, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    out, err = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen([sys.executable, script], env=environment, stdout=out, stderr=err, text=True) as parent:
        assert parent.stdout is not None
        workers = {int(parent.stdout.readline()) for _ in range(4)}
        assert all(alive(worker) for worker in workers)
        parent.kill()
    until = time.monotonic() + 20
    while any(alive(worker) for worker in workers) and time.monotonic() < until:
        time.sleep(0.05)
    assert not [worker for worker in workers if alive(worker)]
