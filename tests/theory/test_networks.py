"""The engine against theory: loss and giving up, blocking, closed networks, repair, breakdowns, bulk service.

Intervals and seeds as in :mod:`tests.theory.test_queues`.
"""

from __future__ import annotations

from collections.abc import Callable
from math import exp, factorial, log, sqrt

import numpy as np
import pytest

from sim.engines import run
from sim.log import NOT_YET, Visits
from sim.plan.breakdowns import with_breakdowns
from sim.plan.draws import Family
from sim.plan.tables import Rule, StepKind
from tests.small_plans import SmallOption, SmallPlan, call, choose, end, exponential, jump, lognormal, occupy, ride
from tests.theory.test_queues import REPLICATIONS, SERVICE, arrivals, assert_mean, entities

LONG = 10**12


def each_run(small: SmallPlan, gap: float, number: int, **columns: int) -> list[Visits]:
    """Replications of a Poisson stream of so many customers on the first route."""
    plan = small.plan
    return [
        run(plan, entities(arrivals(gap, replication, number), **columns), seed=77, replication=replication).visits
        for replication in range(REPLICATIONS)
    ]


def birth_and_death(births: list[float], deaths: list[float]) -> np.ndarray:
    """Probabilities of 0, 1, ...: the rate up from n is ``births[n]``, the rate down from n + 1 ``deaths[n]``."""
    weights = np.cumprod([1.0, *(birth / death for birth, death in zip(births, deaths, strict=True))])
    return np.array(weights / weights.sum())


def share_turned_away(visits: Visits) -> float:
    return float((visits.entered == NOT_YET)[1000:].mean())


@pytest.mark.parametrize("service", [exponential(SERVICE), lognormal(log(SERVICE) - 0.5, 1.0), int(SERVICE)])
def test_erlang_loss_whatever_the_service(service: Family | int):
    servers, offered = 5, 4.0
    small = SmallPlan(LONG)
    small.place("server", servers)
    small.route("customer", occupy("server", service, longest_queue=0))
    found = [share_turned_away(visits) for visits in each_run(small, SERVICE / offered, 6000)]
    loads = [offered**n / factorial(n) for n in range(servers + 1)]
    assert_mean(found, loads[-1] / sum(loads))


@pytest.mark.parametrize(("servers", "room", "load"), [(1, 4, 0.8), (2, 5, 0.9), (3, 6, 1.4)])
def test_mmck(servers: int, room: int, load: float):
    small = SmallPlan(LONG)
    small.place("server", servers)
    small.route("customer", occupy("server", exponential(SERVICE), longest_queue=room - servers))
    logs = each_run(small, SERVICE / (servers * load), 8000)
    chances = birth_and_death([servers * load] * room, [float(min(n + 1, servers)) for n in range(room)])
    assert_mean([share_turned_away(visits) for visits in logs], float(chances[-1]))
    waiting = sum(max(0, n - servers) * chance for n, chance in enumerate(chances))
    theory = waiting / (servers * load * (1 - chances[-1])) * SERVICE
    served = [visits.entered[1000:] >= 0 for visits in logs]
    waits = [(visits.entered - visits.requested)[1000:][own] for visits, own in zip(logs, served, strict=True)]
    assert_mean([float(wait.mean()) for wait in waits], theory)


def test_reneging_mm1_with_exponential_patience():
    """Rate down from n: service and n - 1 who may give up; the share who do is theta E[waiting] / lambda."""
    load, patience = 1.2, 2.0
    small = SmallPlan(LONG)
    small.place("server", 1)
    small.route("customer", occupy("server", exponential(SERVICE), patience=exponential(patience * SERVICE)))
    found = [share_turned_away(visits) for visits in each_run(small, SERVICE / load, 8000)]
    chances = birth_and_death([load] * 60, [1.0 + n / patience for n in range(60)])
    waiting = sum(max(0, n - 1) * chance for n, chance in enumerate(chances))
    assert_mean(found, waiting / patience / load)


def test_reneging_at_once_is_the_loss_system():
    """With a patience far shorter than the service it is the loss system of one server."""
    small = SmallPlan(LONG)
    small.place("server", 1)
    small.route("customer", occupy("server", exponential(SERVICE), patience=1))
    found = [share_turned_away(visits) for visits in each_run(small, SERVICE / 0.7, 6000)]
    assert_mean(found, 0.7 / 1.7)


@pytest.mark.parametrize(("first", "second"), [(1.0, 1.0), (1.0, 0.5)])
def test_blocking_after_service_of_a_saturated_tandem(first: float, second: float):
    """Without a buffer a part leaves the first machine at the end of the longer of two services (Hunt 1956)."""
    small = SmallPlan(LONG)
    small.place("first", 1)
    small.place("second", 1)
    small.route(
        "part",
        occupy("first", exponential(first * SERVICE), until=1, entered=True),
        occupy("second", exponential(second * SERVICE)),
    )
    number, found = 4000, []
    for replication in range(REPLICATIONS):
        visits = run(small.plan, entities(np.zeros(number, np.int64)), seed=77, replication=replication).visits
        found.append(float(visits.released[visits.step == 0].max()) / number)
    assert_mean(found, SERVICE * (first + second - first * second / (first + second)))


def mean_values(demands: list[float], think: float, customers: int) -> float:
    """Throughput of a closed network of queues with one server each, by mean value analysis.

    Source: Reiser, Lavenberg, "Mean-value analysis of closed multichain queuing networks", JACM 27 (2) 1980, 313-322.
    """
    queues, throughput = np.zeros(len(demands)), 0.0
    for number in range(1, customers + 1):
        times = np.array(demands) * (1 + queues)
        throughput = number / (think + float(times.sum()))
        queues = throughput * times
    return throughput


def closed(small: SmallPlan, customers: int, count: Callable[[Visits], int]) -> list[float]:
    """What is counted in replications of a closed network, per second of the last nine tenths."""
    found = []
    for replication in range(REPLICATIONS):
        visits = run(small.plan, entities(np.zeros(customers, np.int64)), seed=77, replication=replication).visits
        late = visits.left >= small.horizon // 10
        found.append(count(Visits(*(column[late] for column in vars(visits).values()))) / (0.9 * small.horizon))
    return found


def test_closed_network_of_queues_in_a_circle():
    small = SmallPlan(int(2500 * SERVICE))
    demands = [1.0, 0.8, 0.5]
    for number in range(3):
        small.place(f"station {number}", 1)
    stations = [occupy(f"station {number}", exponential(demand * SERVICE)) for number, demand in enumerate(demands)]
    small.route("cart", *stations, jump(0))
    found = closed(small, 5, lambda visits: int((visits.step == 0).sum()))
    assert_mean(found, mean_values(demands, 0.0, 5) / SERVICE)


def test_closed_network_with_a_choice_by_shares_and_a_time_to_think():
    small = SmallPlan(int(2500 * SERVICE))
    for name in ("centre", "left", "right"):
        small.place(name, 1)
    small.route(
        "job",
        occupy(None, exponential(2 * SERVICE), stream="think"),
        occupy("centre", exponential(0.5 * SERVICE)),
        choose(Rule.SHARES, SmallOption(0, 1.0), SmallOption(3, 3.0), SmallOption(5, 1.0), stream="choice"),
        occupy("left", exponential(0.4 * SERVICE)),
        jump(1),
        occupy("right", exponential(1.5 * SERVICE)),
        jump(1),
    )
    found = closed(small, 6, lambda visits: int((visits.step == 0).sum()))
    assert_mean(found, mean_values([5 * 0.5, 3 * 0.4, 1 * 1.5], 2.0, 6) / SERVICE)


def test_machine_repair():
    """N machines that run for a time and R men who repair them: births (N - n) / run, deaths min(n, R) / repair."""
    machines, men, runs = 8, 2, 4.0
    small = SmallPlan(int(2500 * SERVICE))
    small.place("men", men)
    small.route("machine", occupy(None, exponential(runs * SERVICE)), occupy("men", exponential(SERVICE)), jump(0))
    found = closed(small, machines, lambda visits: int((visits.step == 1).sum()))
    births = [(machines - n) / runs for n in range(machines)]
    chances = birth_and_death(births, [float(min(n + 1, men)) for n in range(machines)])
    assert_mean(found, sum(min(n, men) * chance for n, chance in enumerate(chances)) / SERVICE)


def test_mm1_with_breakdowns():
    """A server that works and is down for exponential times; work in hand is suspended and resumed.

    Mean number in the system: rate / (service * up - rate) * (1 + fail * service / (fail + mend)^2), up being the share
    of time in which it works (White and Christie, Operations Research 6 (1) 1958, 79-95, with breakdowns at any time).
    """
    rate, fail, mend = 0.5, 0.2, 0.6
    small = SmallPlan(int(8000 / rate * SERVICE))
    small.place("server", 1, suspends=True)
    small.route("customer", occupy("server", exponential(SERVICE)))
    small.breakdown("server", between=exponential(SERVICE / fail), repair=exponential(SERVICE / mend), capacity=0)
    found = []
    for replication in range(REPLICATIONS):
        plan = with_breakdowns(small.plan, 77, replication)
        visits = run(
            plan, entities(arrivals(SERVICE / rate, replication, 7000)), seed=77, replication=replication
        ).visits
        assert np.all(visits.left >= 0)
        found.append(float((visits.left - visits.requested)[1000:].mean()))
    up = mend / (fail + mend)
    number = rate / (up - rate) * (1 + fail / (fail + mend) ** 2)
    assert_mean(found, number / rate * SERVICE)


def waiting_after_departures(rate: float, room: int) -> float:
    """Mean number left behind by a departure that takes up to ``room``, with Poisson(rate) arrivals between two.

    The chain of Bailey, "On queueing processes with bulk service", JRSS B 16 (1) 1954, 80-87, solved for 0 to 200.
    """
    most = 200
    arriving = np.array([exp(-rate + n * log(rate) - sum(log(k) for k in range(1, n + 1))) for n in range(most)])
    moves = np.zeros((most, most))
    for before in range(most):
        for came, chance in enumerate(arriving):
            moves[before, min(max(before + came - room, 0), most - 1)] += chance
    chances = np.linalg.matrix_power(moves / moves.sum(axis=1, keepdims=True), 4096)[0]
    return float(np.arange(most) @ chances)


def test_lock_with_room_for_four_by_slots():
    """Vessels wait for half a period, and for those before them whom the chamber had no room for."""
    period, room, rate = 6000, 4, 3.2
    small = SmallPlan(4_000 * period)
    small.stop("below")
    small.stop("above")
    slots = small.calendar(*range(period, small.horizon, period))
    small.route("vessel", ride("below", "above", units_per_teu=False))
    small.route("chamber", call("below", slots=slots), occupy(None, 700), end("above"), occupy(None, 800), jump(0))
    found = []
    for replication in range(REPLICATIONS):
        small.who = [(0, 1, 0, 0, 0, room, -1)]
        small.who += [(int(at), 0, n, 0, 9, 0, -1) for n, at in enumerate(arrivals(period / rate, replication, 8000))]
        visits = run(small.plan, small.entities, seed=77, replication=replication).visits
        rides = small.plan.steps.kind[visits.step] == StepKind.RIDE
        found.append(float((visits.entered - visits.requested)[rides & (visits.entered >= 0)][1000:].mean()))
    assert_mean(found, period * (0.5 + waiting_after_departures(rate, room) / rate))


def test_littles_law_of_those_who_give_up_and_those_who_do_not():
    """Mean waiting times of those served and of those who gave up, weighted, are the mean queue over the rate."""
    small = SmallPlan(LONG)
    small.place("server", 1)
    small.route("customer", occupy("server", exponential(SERVICE), patience=exponential(SERVICE)))
    chances = birth_and_death([0.9] * 60, [1.0 + n for n in range(60)])
    waiting = sum(max(0, n - 1) * chance for n, chance in enumerate(chances))
    found = []
    for visits in each_run(small, SERVICE / 0.9, 8000):
        wait = np.where(visits.entered >= 0, visits.entered, visits.left) - visits.requested
        found.append(float(wait[1000:].mean()))
    assert_mean(found, waiting / 0.9 * SERVICE)
    assert sqrt(np.var(found)) < 0.1 * SERVICE
