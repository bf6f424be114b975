"""What a process has freed it keeps, where the C library can: commands and the processes that they start."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sim import cli, memory
from sim.experiments import executors

SIZE = 64_000_000
SCRIPT = "import sys; from tests.test_memory import told; print(told(sys.argv[1] == 'keep'))"


def held(_job: object) -> bool:
    """Whether what has been freed is still there; False where the system does not tell."""
    resident = Path("/proc/self/statm")
    if not resident.exists():
        return False
    before = int(resident.read_text().split()[1])
    freed = np.ones(SIZE // 8)
    del freed
    return (int(resident.read_text().split()[1]) - before) * os.sysconf("SC_PAGE_SIZE") > SIZE // 2


def told(keeps: bool) -> tuple[bool, bool]:
    """Whether this process can keep what it frees, if it is to, and whether it does."""
    return keeps and memory.keep(), held(None)


@pytest.fixture
def unset(monkeypatch):
    """An environment that says nothing of the allocator."""
    for name in [name for name in os.environ if name.startswith("MALLOC_")]:
        monkeypatch.delenv(name)
    return monkeypatch


def elsewhere(what: str) -> str:
    """What a new process is told."""
    command = [sys.executable, "-c", SCRIPT, what]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.usefixtures("unset")
def test_a_process_gives_back_what_it_frees_unless_it_keeps_it():
    assert elsewhere("plain") == "(False, False)"
    assert elsewhere("keep") in ("(True, True)", "(False, False)")


def test_what_the_environment_says_of_the_allocator_holds(unset):
    unset.setenv("MALLOC_ARENA_MAX", "1")
    assert elsewhere("keep") == "(False, False)"


@pytest.mark.usefixtures("unset")
def test_processes_that_work_for_an_experiment_keep_it():
    ((_, kept),) = executors.carry_out(held, [0], executors.processes(1))
    assert f"({kept}, {kept})" == elsewhere("keep")


def test_commands_keep_it(monkeypatch):
    asked = []
    monkeypatch.setattr(memory, "keep", lambda: asked.append(1))
    assert cli.main(["--version"]) == 0
    assert asked == [1]
