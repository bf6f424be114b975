"""The base of an experiment: the scenario over which points are laid, and what they leave of it as it is."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from sim.errors import ScenarioError
from sim.experiments.outcomes import MeasureRow, Ready, made_ready, movers
from sim.metrics.rows import Movers
from sim.plan import traffic
from sim.plan.compile import Compiled, compile_plan, resized
from sim.plan.tables import Entities
from sim.plan.traffic import Traffic
from sim.scenario import Scenario
from sim.scenario.checks import findings
from sim.scenario.complaints import check
from sim.scenario.located import Located
from sim.scenario.recheck import recheck
from sim.scenario.structure import same_structure

KEPT, CROWD = 32, 100_000
"""Replications whose entities are kept for other points, if they have no more than so many: some 200 MB at most."""


class Baseline:
    """A scenario as it was read, which goes to other processes as bytes that are made once and read once.

    All that it gives for a point is what would come of the point alone; threads may share it.
    """

    def __init__(self, located: Located) -> None:
        self.located = located
        self._drawn: dict[tuple[int, int], Entities] = {}
        self._movers: dict[Entities, Movers] = {}

    def scenario(self, located: Located) -> Scenario:
        """The scenario of a point by its tree; ScenarioError with all that is wrong in it."""
        found = recheck(located, Scenario, self.located, self._stated)
        wrong = [located.problem(finding.where, finding.message) for finding in findings(found, self._sound)]
        if wrong:
            raise ScenarioError(wrong)
        return found

    def compiled(self, scenario: Scenario) -> Compiled:
        """The plan of a point."""
        if self._sound is None or not same_structure(scenario, self._sound):
            return compile_plan(scenario)
        return resized(scenario, self._sound, self._compiled)

    def traffic(self, scenario: Scenario, compiled: Compiled) -> Traffic:
        """What moves at a point."""
        if self._sound is None or not traffic.same(scenario, self._sound):
            return traffic.prepare(scenario, compiled)
        return self._traffic

    def entities(self, moving: Traffic, seed: int, replication: int) -> Entities:
        """What moves in a replication; drawn once for all points that leave the traffic as it is, unless too much."""
        if self._sound is None or moving is not self._traffic:
            return traffic.drawn(moving, seed, replication)
        found = self._drawn.get((seed, replication))
        if found is None:
            found = traffic.drawn(moving, seed, replication)
            if len(self._drawn) < KEPT and len(found) <= CROWD:
                self._movers[found] = movers(self._ready.groups, found)
                self._drawn[seed, replication] = found
        return found

    def ready(self, scenario: Scenario, compiled: Compiled, measures: Mapping[str, MeasureRow]) -> Ready:
        """A point ready to be measured."""
        if self._sound is None or not self._reads_alike(scenario, compiled):
            return made_ready(scenario, compiled, measures)
        return replace(self._ready, measures=dict(measures))

    def movers(self, ready: Ready, entities: Entities) -> Movers:
        """What moves in a replication, as it is measured."""
        if entities in self._movers and ready.groups is self._ready.groups:
            return self._movers[entities]
        return movers(ready.groups, entities)

    def _reads_alike(self, scenario: Scenario, compiled: Compiled) -> bool:
        """Whether the log of a point means what that of the base does."""
        own, suspends = self._compiled, compiled.plan.places.suspends
        return (
            compiled.step_rows is own.step_rows
            and compiled.place_rows == own.place_rows
            and np.array_equal(suspends, own.plan.places.suspends)
            and scenario.flows is self._stated.flows
        )

    @cached_property
    def _stated(self) -> Scenario:
        return check(self.located, Scenario)

    @cached_property
    def _sound(self) -> Scenario | None:
        """The scenario itself, unless anything is wrong in it: then nobody takes anything from it."""
        return None if findings(self._stated) else self._stated

    @cached_property
    def _compiled(self) -> Compiled:
        return compile_plan(self._stated)

    @cached_property
    def _traffic(self) -> Traffic:
        return traffic.prepare(self._stated, self._compiled)

    @cached_property
    def _ready(self) -> Ready:
        return made_ready(self._stated, self._compiled, {})

    @cached_property
    def _packed(self) -> bytes:
        return pickle.dumps(self.located)

    def __reduce__(self) -> tuple[Any, tuple[bytes]]:
        return _unpacked, (self._packed,)


@lru_cache(maxsize=2)
def _unpacked(packed: bytes) -> Baseline:
    return Baseline(pickle.loads(packed))
