"""For all tests: every collected test runs to its end, and draws of hypothesis are the same everywhere."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import hypothesis
import pytest

os.environ["MPLBACKEND"] = "agg"

hypothesis.settings.register_profile("same", derandomize=True, deadline=None, database=None, print_blob=True)
hypothesis.settings.load_profile("same")

RAN = pytest.StashKey[set[str]]()

UNTRACED = ("test_agreement", "test_kernel_faults", "test_observations", "test_systems", "test_invariances")
"""Modules that simulate millions of visits: where branches are counted they would take an hour, and show no new one."""


@pytest.fixture(autouse=True)
def keep_signals() -> Iterator[None]:
    """What a test changes ends with it."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def pytest_configure(config: pytest.Config) -> None:
    config.stash[RAN] = set()
    config.pluginmanager.register(_Runs(config.stash[RAN]), "every-test-runs")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Count no branches where it takes too long; pytest-cov knows the marker."""
    for item in items:
        if item.path.stem.startswith(UNTRACED):
            item.add_marker("no_cover")


class _Runs:
    """Notes the tests whose body has run: a skipped one has not."""

    def __init__(self, ran: set[str]) -> None:
        self.ran = ran

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" and not (report.skipped and not hasattr(report, "wasxfail")):
            self.ran.add(report.nodeid)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """A test that was collected and did not run fails the session."""
    if exitstatus == pytest.ExitCode.OK and not session.config.option.collectonly and _missed(session):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    session = terminalreporter._session
    if session is not None and not config.option.collectonly:
        terminalreporter.write_line(f"{session.testscollected} tests collected, {len(config.stash[RAN])} run")


def _missed(session: pytest.Session) -> int:
    return session.testscollected - len(session.config.stash[RAN])
