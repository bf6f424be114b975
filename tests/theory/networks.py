"""Networks: tandem, open and closed; machines that are repaired, machines that block; trains and locks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from sim.log import Visits
from sim.plan.tables import Entities, Rule, StepKind
from tests.small_plans import SmallOption, SmallPlan, call, choose, end, exponential, jump, occupy, ride
from tests.theory import exact
from tests.theory.systems import (
    CUSTOMERS,
    LONG,
    SERVICE,
    WARM_UP,
    Measured,
    System,
    all_at_once,
    arrivals,
    entities,
    poisson,
    rate_after,
    station,
    system,
    waits,
)

ROUNDS = 1200
"""Mean services that a closed network runs for; the first sixth is left out."""
_AHEAD = 12
"""Trains that stand ready."""


def tandem(servers: Sequence[int], load: float) -> System:
    """Queues one after the other: what leaves M/M/c is a Poisson stream again (Burke 1956)."""
    small = station(*servers)
    services = [number * load * SERVICE for number in servers]
    steps = [occupy(f"{number}", exponential(service), stream=f"{number}") for number, service in enumerate(services)]
    small.route("customer", *steps)

    def measure(visits: Visits) -> Measured:
        return {f"mean wait at {number}": waits(visits, number).mean() for number in range(len(servers))}

    theory = {
        f"mean wait at {number}": exact.mmc_wait(own, load, service)
        for number, (own, service) in enumerate(zip(servers, services, strict=True))
    }
    return System(small.plan, poisson(SERVICE), measure, theory)


def jackson() -> System:
    """An open network: from 0 to 1 or 2, from 1 back to 0 or out, from 2 to 1, back to itself, or out."""
    small, number = station(1, 2, 1), CUSTOMERS // 2
    work = (0.3, 0.9, 0.35)
    places = [occupy(f"{number}", exponential(each * SERVICE), stream=f"{number}") for number, each in enumerate(work)]
    small.route(
        "customer",
        places[0],
        choose(Rule.SHARES, SmallOption(2, 0.6), SmallOption(4, 0.4), stream="from 0"),
        places[1],
        choose(Rule.SHARES, SmallOption(0, 0.25), SmallOption(6, 0.75), stream="from 1"),
        places[2],
        choose(Rule.SHARES, SmallOption(2, 0.5), SmallOption(4, 0.2), SmallOption(6, 0.3), stream="from 2"),
    )
    routing = np.array([[0.0, 0.6, 0.4], [0.25, 0.0, 0.0], [0.0, 0.5, 0.2]])
    rates = exact.traffic_equations(np.array([1.0, 0.0, 0.0]), routing).tolist()
    theory = {
        f"mean wait at {number}": exact.mmc_wait(own, rate * each / own, each * SERVICE)
        for number, (own, rate, each) in enumerate(zip((1, 2, 1), rates, work, strict=True))
    }
    theory["visits to 1"] = rates[1]

    def measure(visits: Visits) -> Measured:
        found = {f"mean wait at {number}": waits(visits, 2 * number).mean() for number in range(3)}
        return {**found, "visits to 1": (visits.step == 2).sum() / number}

    return System(small.plan, poisson(SERVICE, number), measure, theory)


def lasting(small: SmallPlan, step: int, customers: int, throughput: float) -> System:
    """A closed network that runs for a while; how often a step ends for each mean service."""
    small.horizon = int(ROUNDS * SERVICE)

    def measure(visits: Visits) -> Measured:
        return {"throughput": rate_after(visits, step, small.horizon // 6, small.horizon) * SERVICE}

    return System(small.plan, all_at_once(customers), measure, {"throughput": throughput})


def circle(demands: Sequence[float], servers: Sequence[int], customers: int) -> System:
    """A closed network of stations in a circle."""
    small = station(*servers)
    steps = [occupy(f"{n}", exponential(each * SERVICE), stream=f"{n}") for n, each in enumerate(demands)]
    small.route("cart", *steps, jump(0))
    if set(servers) == {1}:
        return lasting(small, 0, customers, exact.mean_values(demands, 0.0, customers))
    return lasting(small, 0, customers, exact.closed_network(demands, servers, customers))


def central_server() -> System:
    """A closed network with a choice by shares and a time to think."""
    small = station(1, 1, 1)
    small.route(
        "job",
        occupy(None, exponential(2 * SERVICE), stream="think"),
        occupy("0", exponential(0.5 * SERVICE)),
        choose(Rule.SHARES, SmallOption(0, 1.0), SmallOption(3, 3.0), SmallOption(5, 1.0), stream="choice"),
        occupy("1", exponential(0.4 * SERVICE)),
        jump(1),
        occupy("2", exponential(1.5 * SERVICE)),
        jump(1),
    )
    return lasting(small, 0, 6, exact.mean_values([5 * 0.5, 3 * 0.4, 1 * 1.5], 2.0, 6))


def repair(machines: int, men: int, runs: float) -> System:
    """Machines that run for a time, and men who repair them."""
    small = station(men)
    small.route("machine", occupy(None, exponential(runs * SERVICE)), occupy("0", exponential(SERVICE)), jump(0))
    births = [(machines - n) / runs for n in range(machines)]
    chances = exact.birth_and_death(births, [float(min(n + 1, men)) for n in range(machines)])
    busy = sum(min(n, men) * chance for n, chance in enumerate(chances.tolist()))
    return lasting(small, 1, machines, busy)


def blocking(first: float, second: float, buffer: int) -> System:
    """Two machines with a buffer between; the first keeps its finished part while there is no room."""
    small = station(1, 1)
    work, then = occupy("0", exponential(first * SERVICE), until=1, entered=True), exponential(second * SERVICE)
    if buffer:
        small.place("buffer", buffer)
        small.route("part", work, occupy("buffer", until=2, entered=True), occupy("1", then))
    else:
        small.route("part", work, occupy("1", then))

    def measure(visits: Visits) -> Measured:
        freed = np.sort(visits.released[visits.step == 0])
        return {"throughput": (CUSTOMERS - WARM_UP) / float(freed[-1] - freed[WARM_UP - 1]) * SERVICE}

    theory = {"throughput": exact.saturated_tandem(first, second, buffer)}
    return System(small.plan, all_at_once(CUSTOMERS), measure, theory)


def trains(least_load: int) -> SmallPlan:
    small = SmallPlan(LONG)
    small.stop("port")
    small.stop("inland")
    small.route("box", ride("port", "inland"))
    small.route("train", call("port", least_load=least_load), occupy(None, 100), end("inland"))
    return small


def ridden(small: SmallPlan, gap: float, departures: Sequence[int], room: int) -> System:
    """Boxes of one TEU at random, and trains with room for so many at the times given; the mean wait of the boxes."""

    def both(replication: int) -> Entities:
        boxes, times = arrivals(gap, replication), np.array(departures, np.int64)
        train = np.repeat([0, 1], [len(boxes), len(times)])
        return entities(np.concatenate([boxes, times]), train, capacity=room * train)

    def measure(visits: Visits) -> Measured:
        own = (small.plan.steps.kind[visits.step] == StepKind.RIDE) & (visits.entered >= 0)
        return {"mean wait": (visits.entered - visits.requested)[own][WARM_UP:].mean()}

    return System(small.plan, both, measure, {})


def when_full(room: int, gap: float) -> System:
    """With a train always there the k-th of n waits for n - k gaps: on average (n - 1) / 2."""
    number = CUSTOMERS // room + 1 + _AHEAD
    made = ridden(trains(least_load=room), gap, [int(max(0, n - _AHEAD) * room * gap) for n in range(number)], room)
    return System(made.plan, made.entities, made.measure, {"mean wait": (room - 1) / 2 * gap})


def timetable(period: int, rate: float, room: int) -> System:
    """Trains every period: half of it, and the periods for which those before leave no room."""
    number = int(CUSTOMERS / rate * 1.2)
    made = ridden(trains(least_load=0), period / rate, [period * n for n in range(1, number)], room)
    behind = exact.left_behind(rate, room) if room < CUSTOMERS else 0.0
    return System(made.plan, made.entities, made.measure, {"mean wait": period * (0.5 + behind / rate)})


def lock(period: int, room: int, rate: float) -> System:
    """A lock with room for a few vessels that goes up by slots and comes back down."""
    small = SmallPlan(int(period * CUSTOMERS / rate))
    small.stop("below")
    small.stop("above")
    slots = small.calendar(*range(period, small.horizon, period))
    small.route("vessel", ride("below", "above", units_per_teu=False))
    small.route("chamber", call("below", slots=slots), occupy(None, 700), end("above"), occupy(None, 800), jump(0))
    made = ridden(small, period / rate, [0], room)
    theory = {"mean wait": period * (0.5 + exact.left_behind(rate, room) / rate)}
    return System(made.plan, made.entities, made.measure, theory)


system("tandem of three queues", partial(tandem, (1, 3, 2), 0.6))
system("open Jackson network", jackson)
system("closed circle of three queues", partial(circle, (1.0, 0.8, 0.5), (1, 1, 1), 5))
system("closed circle with several servers", partial(circle, (1.0, 1.8, 2.5), (1, 2, 4), 7))
system("closed network with a choice", central_server)
system("machine repair", partial(repair, 8, 2, 4.0))
for _first, _second, _buffer in ((1.0, 1.0, 0), (1.0, 0.5, 0), (1.0, 1.0, 3), (0.8, 1.0, 1)):
    system(f"blocking, {_first} and {_second}, {_buffer} between", partial(blocking, _first, _second, _buffer))
system("trains that go when full", partial(when_full, 20, 600.0))
system("trains by a timetable with room for all", partial(timetable, 12_000, 20.0, 10**6))
system("trains by a timetable with room for ten", partial(timetable, 12_000, 8.0, 10))
system("lock with room for four", partial(lock, 6000, 4, 3.2))
