"""Whether a file is a scenario or an experiment, told by its keys: one given for the other is refused in one line."""

from __future__ import annotations

from collections.abc import Mapping

from sim.errors import ScenarioError
from sim.scenario.located import Located

NETWORK = frozenset({"nodes", "flows", "services"})
VARIED = frozenset({"scenario", "factors", "design"})
EXPERIMENT_GIVEN = "this is an experiment, where a scenario is due: landbridge sweep, optimise or calibrate runs it"
SCENARIO_GIVEN = "this is a scenario, where an experiment is due: landbridge run simulates it"


def is_experimental(located: Located) -> bool:
    """Whether it names a scenario or has factors, and has no network."""
    return _has(located, VARIED) and not _has(located, NETWORK)


def refuse_experiment(located: Located) -> None:
    """ScenarioError for an experiment that is given as a scenario."""
    if is_experimental(located):
        raise ScenarioError([located.problem((), EXPERIMENT_GIVEN)])


def refuse_scenario(located: Located) -> None:
    """ScenarioError for a scenario that is given as an experiment."""
    if _has(located, NETWORK) and not _has(located, VARIED):
        raise ScenarioError([located.problem((), SCENARIO_GIVEN)])


def _has(located: Located, keys: frozenset[str]) -> bool:
    top = located.root.value
    return isinstance(top, Mapping) and bool(keys & set(top))
