"""A task of an experiment: some replications of a scenario at one point, and what they come to.

A task is all that somebody else needs to do it, in another process or on another machine: the scenario as it was read
goes along, so that no files need be there.
"""

from __future__ import annotations

import pickle
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from sim.engines import ENGINES, choose, needs
from sim.errors import ScenarioError, SimError
from sim.experiments import contents, limits
from sim.experiments.legend import Replication
from sim.experiments.outcomes import made_ready, outcomes
from sim.experiments.store import Result
from sim.plan import traffic
from sim.plan.breakdowns import with_breakdowns
from sim.plan.compile import compile_plan
from sim.plan.tables import Entities
from sim.plan.traffic import Traffic
from sim.scenario import Loaded, Scenario
from sim.scenario.checks import findings
from sim.scenario.complaints import check
from sim.scenario.located import Located, Plain
from sim.scenario.override import override
from sim.scenario.recheck import recheck

KEPT, CROWD = 32, 100_000
"""Replications whose entities are kept for other points, if they have no more than so many: some 200 MB at most."""


class Tree:
    """The tree of a scenario, which goes to other processes as bytes that are made once and read once."""

    def __init__(self, located: Located) -> None:
        self.located = located
        self._drawn: dict[tuple[int, int], Entities] = {}

    @cached_property
    def checked(self) -> Scenario:
        """What it comes to by itself, of which points take what they do not change."""
        return check(self.located, Scenario)

    def entities(self, seed: int, replication: int) -> Entities:
        """What moves in a replication; drawn once for all points, if it is not too much to keep."""
        found = self._drawn.get((seed, replication))
        if found is None:
            found = traffic.drawn(self._moving, seed, replication)
            if len(self._drawn) < KEPT and len(found) <= CROWD:
                self._drawn[seed, replication] = found
        return found

    @cached_property
    def _moving(self) -> Traffic:
        return traffic.prepare(self.checked, compile_plan(self.checked))

    @cached_property
    def _packed(self) -> bytes:
        return pickle.dumps(self.located)

    def __reduce__(self) -> tuple[Any, tuple[bytes]]:
        return _unpacked, (self._packed,)


@lru_cache(maxsize=2)
def _unpacked(packed: bytes) -> Tree:
    return Tree(pickle.loads(packed))


@dataclass(frozen=True)
class Task:
    """Some replications at a point."""

    tree: Tree
    settings: Mapping[str, Plain]
    """Dotted path -> value, laid over the tree."""
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
    except ScenarioError as err:
        refusal = "; ".join(each.message if not each.path else f"{each.path}: {each.message}" for each in err.problems)
    except SimError as err:
        refusal = str(err)
    return Done(results, refusal, time.monotonic() - began)


class _Trial:
    """The scenario at a point, checked and compiled once for its replications."""

    def __init__(self, task: Task) -> None:
        self.task = task
        located = override(task.tree.located, task.settings)
        self.scenario = recheck(located, Scenario, task.tree.located, task.tree.checked)
        wrong = [located.problem(finding.where, finding.message) for finding in findings(self.scenario)]
        if wrong:
            raise ScenarioError(wrong)
        self.compiled = compile_plan(self.scenario)
        self.moving = traffic.prepare(self.scenario, self.compiled)
        self.shared = traffic.same(self.scenario, task.tree.checked)
        limits.refuse(Loaded(self.scenario, located), self.moving)
        self.ready = made_ready(self.scenario, self.compiled, task.measures)
        self.engine = ENGINES[choose(task.engine, task.visits, needs(self.compiled.plan))]

    def run(self, replication: int) -> Result:
        """What one replication comes to."""
        seed = self.task.seed
        tree = self.task.tree
        moved = tree.entities(seed, replication) if self.shared else traffic.drawn(self.moving, seed, replication)
        made = Replication(moved, with_breakdowns(self.compiled.plan, seed, replication))
        done = self.engine(made.plan, made.entities, seed=seed, replication=replication)
        return Result(outcomes(self.ready, made, done.visits), len(done.waiting))
