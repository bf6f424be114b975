"""Systems of which theory knows the steady state, and what an engine comes to in replications of them.

Times of a simulation are whole seconds; services are long enough for the rounding to vanish. Theory is of the steady
state, so that the first part of each run is left out. All systems share one stream of arrivals.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from sim.engines import Engine, needs
from sim.log import NOT_YET, Visits
from sim.plan.breakdowns import with_breakdowns
from sim.plan.draws import Address, stream, uniforms
from sim.plan.tables import Entities, Floats, Ints, Plan, Purpose
from tests.small_plans import SmallPlan

SEED = 77
SERVICE = 36_000.0
"""Mean service in seconds: ten hours."""
LONG = 10**12
CUSTOMERS = 3000
WARM_UP = 500

Measured = Mapping[str, float]


@dataclass(frozen=True)
class System:
    """A plan, who moves in a replication of it, what is measured in a log, and what theory says of it."""

    plan: Plan
    entities: Callable[[int], Entities]
    measure: Callable[[Visits], Measured]
    theory: Measured


SYSTEMS: dict[str, Callable[[], System]] = {}


def system(name: str, make: Callable[[], System]) -> None:
    """Enter a system under its name."""
    assert name not in SYSTEMS
    SYSTEMS[name] = cache(make)


def prepared(made: System, replication: int) -> Plan:
    """The plan of one replication, as an engine takes it."""
    return with_breakdowns(made.plan, SEED, replication)


def unknown(name: str) -> tuple[str, ...]:
    """What the compiled engine does not know of a system."""
    return needs(prepared(SYSTEMS[name](), 0))


def measured(run: Engine, name: str, replications: int) -> dict[str, list[float]]:
    """Each measure of a system in each replication."""
    made = SYSTEMS[name]()
    found: dict[str, list[float]] = {measure: [] for measure in made.theory}
    for replication in range(replications):
        plan, entities = prepared(made, replication), made.entities(replication)
        visits = run(plan, entities, seed=SEED, replication=replication).visits
        measures = made.measure(visits)
        assert measures.keys() == found.keys()
        for measure, value in measures.items():
            found[measure].append(value)
    return found


@cache
def unit_gaps(name: str, replication: int, number: int) -> Floats:
    """Exponential gaps of mean 1; who draws them does not count on the engine's own draws."""
    us = uniforms(Address(SEED, replication, stream(name), Purpose.GAP), np.arange(number))
    return -np.log(us)


def arrivals(gap: float, replication: int, number: int = CUSTOMERS) -> Ints:
    """A Poisson stream with that mean gap in seconds."""
    return np.floor(gap * np.cumsum(unit_gaps("arrivals", replication, number)) + 0.5).astype(np.int64)


def picked(shares: Floats, replication: int, number: int = CUSTOMERS) -> Ints:
    """Which of several classes each customer is of, at random."""
    us = uniforms(Address(SEED, replication, stream("classes"), Purpose.SIZE), np.arange(number))
    return np.searchsorted(np.cumsum(shares), us).astype(np.int64)


def entities(release: Ints, route: Ints | int = 0, priority: Ints | int = 0, capacity: Ints | int = 0) -> Entities:
    """Customers, or consists, released at those times; their ordinals are their numbers."""
    number, nothing = np.arange(len(release)), np.zeros(len(release), np.int64)
    columns = (release, nothing + route, number, nothing + priority, nothing + 1, nothing + capacity, nothing - 1)
    return Entities(*columns, class_=nothing, value_of_time=np.zeros(len(release), np.float64))


def poisson(gap: float, number: int = CUSTOMERS) -> Callable[[int], Entities]:
    """Customers of one route in a Poisson stream."""
    return lambda replication: entities(arrivals(gap, replication, number))


def all_at_once(number: int) -> Callable[[int], Entities]:
    """Customers who all begin at time 0."""
    return lambda _: entities(np.zeros(number, np.int64))


def waits(visits: Visits, step: int = 0) -> Floats:
    """Seconds that those wait who enter that step, in the order in which they asked, after the warm-up."""
    own = visits.step == step
    waited: Ints = (visits.entered - visits.requested)[own][WARM_UP:]
    return np.array(waited[visits.entered[own][WARM_UP:] != NOT_YET], np.float64)


def in_vain(visits: Visits, step: int = 0) -> float:
    """Share of those who leave that step without having entered, after the warm-up."""
    own = visits.step == step
    return float(((visits.entered == NOT_YET) & (visits.left != NOT_YET))[own][WARM_UP:].mean())


def rate_after(visits: Visits, step: int, begin: int, end: int) -> float:
    """How often in a second that step ends in [begin, end)."""
    own = visits.left[visits.step == step]
    return float(((own >= begin) & (own < end)).sum()) / (end - begin)


def station(*servers: int, **places: bool) -> SmallPlan:
    """A long plan with places "0", "1", ... of so many servers."""
    small = SmallPlan(LONG)
    for number, capacity in enumerate(servers):
        small.place(f"{number}", capacity, **places)
    return small
