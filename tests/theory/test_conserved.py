"""What holds in every run, to the last TEU and second: Little's law at every place and stop, and no TEU lost or made.

Checked in what each engine wrote of random plans; a plan ends at its horizon with many still on their way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from sim.engines import ENGINES, Engine, needs, reference
from sim.log import NOT_YET, Visits
from sim.plan.tables import Entities, Ints, Plan, StepKind
from tests import test_conservation
from tests.busy_plans import busy_plan
from tests.rich_plans import rich_plan
from tests.small_plans import SmallPlan

BUSY, RICH = range(6), range(40)
ENTITIES = 1500


def plans(engine: str) -> Iterator[SmallPlan]:
    """Busy plans; and small ones that use every feature, if the engine knows them."""
    yield from (busy_plan(seed, ENTITIES) for seed in BUSY)
    known = (rich_plan(seed) for seed in RICH)
    yield from (small for small in known if engine == "reference" or not needs(small.plan))


def ends(visits: Visits, horizon: int) -> Ints:
    """When each visit ended; the horizon for those that did not."""
    return np.where(visits.left == NOT_YET, horizon, visits.left)


def wheres(plan: Plan, visits: Visits) -> Ints:
    """The place of each visit, and after the places the stops; NOT_YET on the way between."""
    at_stop = plan.steps.kind[visits.step] != StepKind.OCCUPY
    where: Ints = np.where(at_stop, len(plan.places.names) + plan.steps.place[visits.step], visits.place)
    return np.where(plan.steps.kind[visits.step] == StepKind.CHOOSE, NOT_YET, where)


def present(times: Ints, begins: Ints, over: Ints, weights: Ints) -> Ints:
    """How much is there after each of the times, counted by what came and what went."""
    came, went = (np.concatenate([[0], np.cumsum(weights[np.argsort(each)])]) for each in (begins, over))
    by = (np.searchsorted(np.sort(each), times, side="right") for each in (begins, over))
    first, last = by
    number: Ints = came[first] - went[last]
    return number


def little(plan: Plan, entities: Entities, visits: Visits) -> Iterator[str]:
    """At each place and stop the mean TEU there is the rate of TEU that come times the mean time of a TEU."""
    over, teu, where = ends(visits, plan.horizon), entities.teu[visits.entity], wheres(plan, visits)
    for each in np.unique(where[where != NOT_YET]).tolist():
        own = where == each
        times = np.unique([0, *visits.requested[own].tolist(), *over[own].tolist(), plan.horizon])
        there = present(times, visits.requested[own], over[own], teu[own])
        area = int(there[:-1] @ np.diff(times))
        spent = int(teu[own] @ (over - visits.requested)[own])
        if area != spent or np.any(there < 0):
            yield f"{each}: {area} TEU-seconds there, and {spent} spent by those who came"


def teu_are_conserved(plan: Plan, entities: Entities, visits: Visits) -> Iterator[str]:
    """At every moment what was released and has not ended its route is at exactly one step."""
    over, teu = ends(visits, plan.horizon), entities.teu[visits.entity]
    times = np.unique([*entities.release.tolist(), *over.tolist(), *visits.requested.tolist()])
    times = times[times < plan.horizon]
    last = np.full(len(entities), plan.horizon)
    last[visits.entity] = over
    out = entities.release < plan.horizon
    in_system = present(times, entities.release[out], last[out], entities.teu[out])
    at_steps = present(times, visits.requested.astype(np.int64), over, teu)
    for time in times[in_system != at_steps].tolist():
        yield f"at {time} the TEU at steps are not those in the system"


def loads_are_kept(plan: Plan, entities: Entities, visits: Visits) -> Iterator[str]:
    """Who boards a consist leaves it where it wants to, and no consist carries more than its capacity."""
    steps = plan.steps
    aboard = np.flatnonzero((steps.kind[visits.step] == StepKind.RIDE) & (visits.entered != NOT_YET))
    units = steps.units[visits.step[aboard]]
    units = np.where(steps.units_per_teu[visits.step[aboard]], units * entities.teu[visits.entity[aboard]], units)
    over = ends(visits, plan.horizon)
    for consist in np.unique(visits.consist[aboard]).tolist():
        own = visits.consist[aboard] == consist
        rows = aboard[own]
        times = np.unique(visits.entered[rows])
        if np.any(present(times, visits.entered[rows], over[rows], units[own]) > entities.capacity[consist]):
            yield f"{consist} carries more than {entities.capacity[consist]}"
        calls = visits.entity == consist
        called = set(zip(steps.place[visits.step[calls]].tolist(), visits.requested[calls].tolist(), strict=True))
        off = rows[visits.left[rows] != NOT_YET]
        left = zip(steps.to_stop[visits.step[off]].tolist(), visits.left[off].tolist(), strict=True)
        yield from (f"{consist} lets off at {where} and was not there" for where in left if where not in called)


CHECKS = {"little": little, "teu": teu_are_conserved, "loads": loads_are_kept}


def wrong(engine: Engine, small: SmallPlan, check: str) -> list[str]:
    plan, entities = small.plan, small.entities
    visits = engine(plan, entities, seed=3, replication=1).visits
    return list(CHECKS[check](plan, entities, visits))


@pytest.mark.parametrize(("engine", "check"), [*product(ENGINES, CHECKS)])
def test_nothing_is_wrong(engine, check):
    some = 0
    for small in plans(engine):
        assert wrong(ENGINES[engine], small, check) == []
        some += 1
    assert some >= len(BUSY)


@pytest.mark.parametrize(
    ("what", "check"),
    [
        ("boards beyond the capacity", "loads"),
        ("lets off at the wrong stop", "loads"),
        ("lets off everyone at the first stop", "loads"),
        ("forgets the TEU that have boarded", "loads"),
    ],
)
def test_a_broken_engine_is_found(what, check, monkeypatch):
    test_conservation.BROKEN[what](monkeypatch)
    assert any(wrong(reference.run, busy_plan(seed, ENTITIES), check) for seed in BUSY)


@pytest.mark.parametrize("column", ["requested", "left"])
@pytest.mark.parametrize("check", ["little", "teu"])
def test_a_log_with_one_wrong_time_is_found(column, check):
    """A visit that begins or ends when it did not, to the second; Little's law sees what lasts less than nothing."""
    small = busy_plan(0, ENTITIES)
    visits = reference.run(small.plan, small.entities, seed=3, replication=1).visits
    at_place = (wheres(small.plan, visits) != NOT_YET) & (small.entities.teu[visits.entity] > 0)
    row = int(np.flatnonzero(at_place & (visits.left != NOT_YET))[40])
    times = getattr(visits, column).copy()
    times[row] += 1 if check == "teu" else {"requested": 1, "left": -1}[column] * small.horizon
    tampered = replace(visits, **{column: np.maximum(times, 0)})
    assert list(CHECKS[check](small.plan, small.entities, tampered))
