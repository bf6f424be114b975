"""Scenarios: what a user may write, read from YAML, checked as a whole. This room knows no plan and no engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.errors import ScenarioError
from sim.scenario import canonical
from sim.scenario.checks import findings
from sim.scenario.kinds import refuse_experiment
from sim.scenario.located import Located
from sim.scenario.meaning import meaning
from sim.scenario.model import Scenario
from sim.scenario.override import override, setting
from sim.scenario.reader import check, gather

__all__ = ["Loaded", "Scenario", "json_schema", "load", "open_scenario", "resolved"]


@dataclass(frozen=True)
class Loaded:
    """A checked scenario with the tree that it was read from."""

    scenario: Scenario
    located: Located

    @property
    def digest(self) -> str:
        """Twelve hexadecimal digits that name the content, whatever its form; not the seed and the replications."""
        content = meaning(self.scenario)
        assert isinstance(content, dict)
        return canonical.digest({key: part for key, part in content.items() if key not in {"seed", "replications"}})


def open_scenario(path: Path | str, overrides: Mapping[str, str] | None = None) -> Loaded:
    """Read, override and check a scenario; ScenarioError carries every problem of all its files.

    ``overrides`` maps dotted paths to texts as they would stand in the file.
    """
    settings = dict(setting(f"{key}={value}") for key, value in (overrides or {}).items())
    located = override(gather(Path(path)), settings)
    refuse_experiment(located)
    scenario = check(located, Scenario)
    wrong = [located.problem(finding.where, finding.message) for finding in findings(scenario)]
    if wrong:
        raise ScenarioError(wrong)
    return Loaded(scenario, located)


def load(path: Path | str, overrides: Mapping[str, str] | None = None) -> Scenario:
    """The checked scenario of a file; ScenarioError carries every problem of all its files."""
    return open_scenario(path, overrides).scenario


def resolved(path: Path | str, overrides: Mapping[str, str] | None = None) -> str:
    """The scenario as YAML with everything filled in and nothing extended."""
    return canonical.resolved(load(path, overrides))


def json_schema(*, overlay: bool = False) -> dict[str, Any]:
    """JSON Schema of a scenario file, or of one that extends another (nothing due, null deletes)."""
    return canonical.schema(Scenario, overlay=overlay)
