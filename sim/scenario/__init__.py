"""Scenarios: what a user may write, read from YAML, checked as a whole. This room knows no plan and no engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sim.errors import ScenarioError
from sim.scenario.checks import findings
from sim.scenario.located import Located
from sim.scenario.model import Scenario
from sim.scenario.reader import check, gather

__all__ = ["Loaded", "Scenario", "load", "open_scenario"]


@dataclass(frozen=True)
class Loaded:
    """A checked scenario with the tree that it was read from."""

    scenario: Scenario
    located: Located


def open_scenario(path: Path | str, overrides: Mapping[str, str] | None = None) -> Loaded:
    """Read, override and check a scenario; ScenarioError carries every problem of all its files.

    ``overrides`` maps dotted paths to texts as they would stand in the file.
    """
    located = gather(Path(path))
    del overrides
    scenario = check(located, Scenario)
    wrong = [located.problem(finding.where, finding.message) for finding in findings(scenario)]
    if wrong:
        raise ScenarioError(wrong)
    return Loaded(scenario, located)


def load(path: Path | str, overrides: Mapping[str, str] | None = None) -> Scenario:
    """The checked scenario of a file; ScenarioError carries every problem of all its files."""
    return open_scenario(path, overrides).scenario
