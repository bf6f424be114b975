"""The engine against queueing theory: means over replications lie within their confidence intervals.

Times of a simulation are whole seconds; services are long enough for the rounding to vanish. Theory is of the steady
state, so the first part of each run is left out. Intervals are at 99.9 %, so that a right engine fails rarely; with
fixed seeds it does not fail by chance at all.
"""

from __future__ import annotations

from math import exp, factorial, log, sqrt

import numpy as np
import pytest
from scipy import stats

from sim.engines import run
from sim.log import Visits
from sim.plan.draws import Address, Family, drawn, stream
from sim.plan.quantiles import gamma_quantiles
from sim.plan.tables import Entities, Purpose
from tests.small_plans import SmallPlan, call, end, exponential, lognormal, occupy, ride, table, uniform

SERVICE = 10_000.0
"""Mean service in seconds."""
CUSTOMERS = 12_000
WARM_UP = 2_000
REPLICATIONS = 16


def arrivals(mean_gap: float, replication: int, number: int = CUSTOMERS) -> np.ndarray:
    """A Poisson stream."""
    gaps = drawn(exponential(mean_gap), Address(77, replication, stream("arrivals"), Purpose.GAP), np.arange(number))
    return np.cumsum(gaps)


def entities(
    releases: np.ndarray, route: np.ndarray | int = 0, teu: int = 0, priority: np.ndarray | int = 0
) -> Entities:
    number = np.arange(len(releases))
    nothing = np.zeros(len(releases), np.int64)
    columns = (releases, nothing + route, number, nothing + priority, nothing + teu, nothing, nothing - 1)
    return Entities(*columns, class_=nothing, value_of_time=np.zeros(len(releases), np.float64))


def replications(servers: int, service: Family | int, load: float) -> list[Visits]:
    small = SmallPlan(horizon=10**12)
    small.place("server", servers)
    small.route("customer", occupy("server", service))
    plan = small.plan
    gap = SERVICE / (servers * load)
    return [
        run(plan, entities(arrivals(gap, replication)), seed=77, replication=replication).visits
        for replication in range(REPLICATIONS)
    ]


def waits(servers: int, service: Family | int, load: float) -> list[float]:
    logs = replications(servers, service, load)
    return [float((visits.entered - visits.requested)[WARM_UP:].mean()) for visits in logs]


def assert_mean(found: list[float], theory: float) -> None:
    """The theory's mean lies in the 99.9 % interval of the replications, which is narrow enough to mean something."""
    half = float(stats.t.ppf(0.9995, len(found) - 1)) * float(np.std(found, ddof=1)) / sqrt(len(found))
    assert half < 0.2 * theory
    assert abs(float(np.mean(found)) - theory) < half


def erlang_c(servers: int, load: float) -> float:
    """Share of those who wait in M/M/c."""
    offered = servers * load
    waiting = offered**servers / factorial(servers) / (1 - load)
    return waiting / (sum(offered**k / factorial(k) for k in range(servers)) + waiting)


@pytest.mark.parametrize(("servers", "load"), [(1, 0.5), (1, 0.7), (3, 0.7), (10, 0.8)])
def test_mmc(servers, load):
    theory = erlang_c(servers, load) * SERVICE / (servers * (1 - load))
    assert_mean(waits(servers, exponential(SERVICE), load), theory)


def test_share_of_those_who_wait_in_mmc():
    logs = replications(3, exponential(SERVICE), 0.7)
    found = [float((visits.entered > visits.requested)[WARM_UP:].mean()) for visits in logs]
    assert_mean(found, erlang_c(3, 0.7))


def test_md1():
    assert_mean(waits(1, int(SERVICE), 0.7), 0.7 * SERVICE / (2 * (1 - 0.7)))


@pytest.mark.parametrize("variation", [0.5, 1.2])
def test_mg1_pollaczek_khinchine_lognormal(variation):
    variance = log(1 + variation**2)
    service = lognormal(log(SERVICE) - variance / 2, sqrt(variance))
    assert exp(service.a + service.b**2 / 2) == pytest.approx(SERVICE)
    theory = 0.5 * SERVICE * (1 + variation**2) / (2 * (1 - 0.5))
    assert_mean(waits(1, service, 0.5), theory)


def test_mg1_pollaczek_khinchine_erlang():
    service = table(gamma_quantiles(4.0, SERVICE / 4))
    assert_mean(waits(1, service, 0.7), 0.7 * SERVICE * (1 + 1 / 4) / (2 * (1 - 0.7)))


def test_mg1_of_half_pace_is_mg1_of_twice_the_work():
    small = SmallPlan(horizon=10**12)
    small.place("server", (0, 1, 0.5))
    small.route("customer", occupy("server", exponential(SERVICE / 2)))
    found = [
        float((visits.entered - visits.requested)[WARM_UP:].mean())
        for visits in (
            run(small.plan, entities(arrivals(SERVICE / 0.6, replication)), seed=77, replication=replication).visits
            for replication in range(REPLICATIONS)
        )
    ]
    assert_mean(found, 0.6 * SERVICE / (1 - 0.6))


def test_priorities_of_mm1_cobham():
    """Mean waits of two classes without pre-emption: R / (1 - r1) and R / ((1 - r1)(1 - r1 - r2)), Cobham 1954."""
    small = SmallPlan(horizon=10**12)
    small.place("server", 1)
    small.route("customer", occupy("server", exponential(SERVICE)))
    urgent, others = [], []
    for replication in range(REPLICATIONS):
        releases = arrivals(SERVICE / 0.7, replication)
        priority = drawn(uniform(-0.5, 1.5), Address(77, replication, stream("class"), 3), np.arange(CUSTOMERS))
        visits = run(small.plan, entities(releases, priority=priority), seed=77, replication=replication).visits
        wait = (visits.entered - visits.requested)[WARM_UP:]
        which = priority[visits.entity[WARM_UP:]]
        urgent.append(float(wait[which == 0].mean()))
        others.append(float(wait[which == 1].mean()))
    residual = 0.7 * SERVICE
    assert_mean(urgent, residual / (1 - 0.35))
    assert_mean(others, residual / ((1 - 0.35) * (1 - 0.7)))


def test_littles_law_holds_in_every_run():
    """Over a span in which a queue begins and ends empty, mean number times length equals the sum of the times."""
    for visits in replications(2, exponential(SERVICE), 0.8)[:3]:
        span = int(visits.left.max())
        events = np.concatenate([visits.requested, visits.left])
        steps = np.concatenate([np.ones(len(visits.left)), -np.ones(len(visits.left))])
        order = np.argsort(events, kind="stable")
        inside = np.cumsum(steps[order])
        area = float(np.sum(inside[:-1] * np.diff(events[order])))
        arrival_rate, mean_time = len(visits.left) / span, float((visits.left - visits.requested).mean())
        assert area / span == pytest.approx(arrival_rate * mean_time, rel=1e-12)


def test_utilisation_is_offered_load():
    logs = replications(3, exponential(SERVICE), 0.7)
    found = [
        float((visits.left - visits.entered)[WARM_UP:].sum() / 3 / (visits.left.max() - visits.requested[WARM_UP]))
        for visits in logs
    ]
    assert_mean(found, 0.7)


def test_wait_for_a_train_that_goes_when_full():
    """With room for n and a train always there, the k-th of n waits for n - k gaps: on average (n - 1) / 2."""
    room, gap = 20, 600.0
    small = trains(least_load=room)
    found = []
    for replication in range(REPLICATIONS):
        visits = ridden(small, arrivals(gap, replication, 2000), np.zeros(100, np.int64), room, replication)
        assert np.all(visits.consist[visits.step == 0] >= 0)
        found.append(float((visits.entered - visits.requested)[visits.step == 0].mean()))
    assert_mean(found, (room - 1) / 2 * gap)


def test_wait_for_trains_by_a_timetable():
    """Poisson arrivals wait half the headway for a train with room for all."""
    small = trains(least_load=0)
    found = []
    for replication in range(REPLICATIONS):
        departures = np.arange(1, 300) * 12_000
        visits = ridden(small, arrivals(600.0, replication, 4000), departures, 10**6, replication)
        assert np.all(visits.consist[visits.step == 0] >= 0)
        found.append(float((visits.entered - visits.requested)[visits.step == 0].mean()))
    assert_mean(found, 12_000 / 2)


def trains(least_load: int) -> SmallPlan:
    small = SmallPlan(horizon=10**12)
    small.stop("port")
    small.stop("inland")
    small.route("box", ride("port", "inland"))
    small.route("train", call("port", least_load=least_load), occupy(None, 100), end("inland"))
    return small


def ridden(small: SmallPlan, boxes: np.ndarray, departures: np.ndarray, capacity: int, replication: int) -> Visits:
    """Boxes of 1 TEU and trains, released at the times given."""
    one, nothing = np.ones(len(boxes), np.int64), np.zeros(len(departures), np.int64)
    both = Entities(
        release=np.concatenate([boxes, departures]),
        route=np.concatenate([0 * one, nothing + 1]),
        ordinal=np.concatenate([np.arange(len(boxes)), np.arange(len(departures))]),
        priority=np.concatenate([0 * one, nothing]),
        teu=np.concatenate([one, nothing]),
        capacity=np.concatenate([0 * one, nothing + capacity]),
        slot=np.concatenate([-one, nothing - 1]),
        class_=np.concatenate([0 * one, nothing]),
        value_of_time=np.concatenate([0.0 * one, nothing + 0.0]),
    )
    return run(small.plan, both, seed=77, replication=replication).visits
