"""A task of an experiment: some replications of a scenario at one point, and what they come to.

A task is all that somebody else needs to do it, in another process or on another machine: the scenario as it was read
goes along, so that no files need be there.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.engines import ENGINES, choose, needs
from sim.errors import ScenarioError, SimError
from sim.experiments import contents, limits
from sim.experiments.baseline import Baseline
from sim.experiments.legend import Replication
from sim.experiments.outcomes import outcomes
from sim.experiments.store import Result
from sim.plan.breakdowns import with_breakdowns
from sim.plan.compile import Compiled
from sim.plan.traffic import Traffic
from sim.scenario import Loaded, Scenario
from sim.scenario.located import Plain
from sim.scenario.override import override


@dataclass(frozen=True)
class Task:
    """Some replications at a point."""

    base: Baseline
    settings: Mapping[str, Plain]
    """Dotted path -> value, laid over the base."""
    point: int
    name: str
    replications: tuple[int, ...]
    seed: int
    engine: str
    visits: int
    """About so many in the whole experiment: by these ``auto`` chooses."""
    measures: Mapping[str, Mapping[str, Any]]
    """Of each outcome, as :func:`sim.metrics.observed.observed` takes it."""
    made: tuple[str, str]
    """Digests of seeds/ and of the code that are to be worked with."""

    def __str__(self) -> str:
        return pointed(self.name, self.settings)


@dataclass(frozen=True)
class Done:
    """What came of a task."""

    results: Mapping[int, Result]
    """By replication."""
    refusal: str
    """Why the rest of it cannot be run; empty if all of it was."""
    seconds: float
    """How long the replications took, on the wall."""


def pointed(name: str, settings: Mapping[str, Plain]) -> str:
    """A point by its name and what it sets."""
    set_to = ", ".join(f"{path}: {value}" for path, value in settings.items())
    return f"point {name} ({set_to})" if set_to else f"point {name}"


def perform(task: Task) -> Done:
    """Run the replications of a task, one after the other.

    What the scenario or the engine refuses at this point is told in words, and is no matter of other points. SimError
    if this process has other code or other facts than the one that gave the task.
    """
    if task.made != (contents.seeds(), contents.code()):
        raise SimError(
            "whoever works on the sweep needs the same version of Landbridge, of seeds/ and of the libraries"
        )
    results: dict[int, Result] = {}
    refusal, began = "", time.monotonic()
    try:
        trial = _Trial(task)
        began = time.monotonic()
        for replication in task.replications:
            results[replication] = trial.run(replication)
    except SimError as err:
        refusal = why(err)
    return Done(results, refusal, time.monotonic() - began)


def why(err: SimError) -> str:
    """Why a point is refused; where in the scenario, but in no file, since a point stands in none."""
    if not isinstance(err, ScenarioError):
        return str(err)
    return "; ".join(each.message if not each.path else f"{each.path}: {each.message}" for each in err.problems)


def prepared(base: Baseline, settings: Mapping[str, Plain]) -> tuple[Scenario, Compiled, Traffic]:
    """A point as it is run: its scenario, its plan, and what moves. SimError if it is refused."""
    located = override(base.located, settings)
    scenario = base.scenario(located)
    compiled = base.compiled(scenario)
    moving = base.traffic(scenario, compiled)
    limits.refuse(Loaded(scenario, located), compiled, moving)
    return scenario, compiled, moving


class _Trial:
    """The scenario at a point, checked and compiled once for its replications."""

    def __init__(self, task: Task) -> None:
        scenario, compiled, self.moving = prepared(task.base, task.settings)
        self.task, self.plan = task, compiled.plan
        self.ready = task.base.ready(scenario, compiled, task.measures)
        self.engine = ENGINES[choose(task.engine, task.visits, needs(self.plan))]

    def run(self, replication: int) -> Result:
        """What one replication comes to."""
        seed = self.task.seed
        moved = self.task.base.entities(self.moving, seed, replication)
        made = Replication(moved, with_breakdowns(self.plan, seed, replication))
        done = self.engine(made.plan, made.entities, seed=seed, replication=replication)
        found = outcomes(self.ready, made, done.visits, self.task.base.movers(self.ready, moved))
        return Result(found, len(done.waiting))
