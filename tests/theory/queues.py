"""Open queues at one place: servers, services of every family, priorities, batches, loss, giving up, breakdowns."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import exp
from typing import Any

import numpy as np
from pydantic import TypeAdapter
from scipy import stats

from sim.log import Visits
from sim.plan.distributions import family_of
from sim.plan.draws import Family
from sim.plan.tables import Entities, Floats
from sim.scenario.spreads import Time
from tests.small_plans import SmallStep, exponential, occupy
from tests.theory import exact
from tests.theory.systems import (
    CUSTOMERS,
    SERVICE,
    WARM_UP,
    Measured,
    System,
    arrivals,
    entities,
    in_vain,
    picked,
    poisson,
    station,
    system,
    unit_gaps,
    waits,
)

HOUR = 3600.0


def one_place(servers: int, *steps: SmallStep) -> System:
    """Customers of each step's route at one place; the rest is to be filled in."""
    small = station(servers)
    for number, step in enumerate(steps):
        small.route(f"customer {number}", step)
    return System(small.plan, lambda _: small.entities, lambda _: {}, {})


def mmc(servers: int, load: float) -> System:
    """M/M/c: mean wait, share who wait, share who wait for longer than a service over the servers, busy servers."""
    plan = one_place(servers, occupy("0", exponential(SERVICE))).plan
    waiting = exact.erlang_c(servers, load)

    def measure(visits: Visits) -> Measured:
        waited = waits(visits)
        begin, end = visits.requested[WARM_UP], visits.requested[-1]
        busy = np.clip(visits.left, begin, end) - np.clip(visits.entered, begin, end)
        return {
            "mean wait": waited.mean(),
            "share who wait": (waited > 0).mean(),
            "share who wait for long": (waited > SERVICE / servers).mean(),
            "utilisation": busy.sum() / servers / (end - begin),
        }

    theory = {
        "mean wait": exact.mmc_wait(servers, load, SERVICE),
        "share who wait": waiting,
        "share who wait for long": waiting * exp(load - 1),
        "utilisation": load,
    }
    return System(plan, poisson(SERVICE / (servers * load)), measure, theory)


def mmck(servers: int, room: int, load: float) -> System:
    """M/M/c/K: who finds the room full is lost; the others wait."""
    plan = one_place(servers, occupy("0", exponential(SERVICE), longest_queue=room - servers)).plan
    chances = exact.birth_and_death([servers * load] * room, [float(min(n + 1, servers)) for n in range(room)])
    waiting = sum(max(0, n - servers) * chance for n, chance in enumerate(chances.tolist()))
    lost = float(chances[-1])
    theory = {"share lost": lost, "mean wait": waiting / (servers * load * (1 - lost)) * SERVICE}
    return System(
        plan,
        poisson(SERVICE / (servers * load)),
        lambda visits: {"share lost": in_vain(visits), "mean wait": waits(visits).mean()},
        theory,
    )


def reneging(servers: int, load: float, patience: float) -> System:
    """M/M/c+M: who has not entered after an exponential patience gives up."""
    plan = one_place(servers, occupy("0", exponential(SERVICE), patience=exponential(patience * SERVICE))).plan
    deaths = [min(n + 1, servers) + max(0, n + 1 - servers) / patience for n in range(150)]
    chances = exact.birth_and_death([servers * load] * 150, deaths)
    waiting = sum(max(0, n - servers) * chance for n, chance in enumerate(chances.tolist()))

    def measure(visits: Visits) -> Measured:
        over = np.where(visits.entered >= 0, visits.entered, visits.left) - visits.requested
        return {"share who give up": in_vain(visits), "mean wait of all": over[WARM_UP:].mean()}

    rate = servers * load
    theory = {"share who give up": waiting / patience / rate, "mean wait of all": waiting / rate * SERVICE}
    return System(plan, poisson(SERVICE / rate), measure, theory)


EMPIRICAL = (2.0, 5.0, 9.0, 14.0, 20.0)
"""Hours. Between observed values a draw is spread evenly."""
SERVICES: dict[str, tuple[Any, Any]] = {
    "fixed": ("10 h", stats.rv_discrete(values=([10.0], [1.0]))),
    "exponential": ({"exponential": {"mean": "10 h"}}, stats.expon(scale=10.0)),
    "lognormal": (
        {"lognormal": {"median": "8 h", "cv": "80 %"}},
        stats.lognorm(np.sqrt(np.log(1.64)), scale=8.0),
    ),
    "gamma": ({"gamma": {"mean": "10 h", "cv": "120 %"}}, stats.gamma(1 / 1.44, scale=14.4)),
    "erlang": ({"erlang": {"mean": "10 h", "stages": 4}}, stats.gamma(4, scale=2.5)),
    "triangular": (
        {"triangular": {"low": "1 h", "mode": "4 h", "high": "25 h"}},
        stats.triang(3 / 24, loc=1.0, scale=24.0),
    ),
    "uniform": ({"uniform": {"low": "0 h", "high": "20 h"}}, stats.uniform(0.0, 20.0)),
    "weibull": ({"weibull": {"scale": "10 h", "shape": 0.8}}, stats.weibull_min(0.8, scale=10.0)),
    "empirical": (
        {"empirical": {"values": [f"{hours} h" for hours in EMPIRICAL]}},
        stats.rv_histogram((np.array([1 / 3, 1 / 4, 1 / 5, 1 / 6]), np.array(EMPIRICAL)), density=True),
    ),
}
"""Each family of the language as it is written, and the distribution that it means, in hours."""


def family(name: str) -> Family:
    """The family as the plan has it."""
    return family_of(TypeAdapter(Time).validate_python(SERVICES[name][0]))


def moments(name: str) -> tuple[float, float]:
    """First two moments of the family in seconds, by SciPy."""
    theory = SERVICES[name][1]
    mean, variance = float(theory.mean()), float(theory.var())
    return mean * HOUR, (variance + mean**2) * HOUR**2


def mg1(name: str, load: float) -> System:
    """M/G/1 with a service of that family."""
    mean, second = moments(name)
    plan = one_place(1, occupy("0", family(name))).plan
    theory = {"mean wait": exact.pollaczek_khinchine(load / mean, mean, second)}
    return System(plan, poisson(mean / load), lambda visits: {"mean wait": waits(visits).mean()}, theory)


def loss(name: str, servers: int, offered: float) -> System:
    """M/G/c/c: the share lost is that of Erlang, whatever the service."""
    plan = one_place(servers, occupy("0", family(name), longest_queue=0)).plan
    theory = {"share lost": exact.erlang_b(servers, offered)}
    gap = moments(name)[0] / offered
    return System(plan, poisson(gap), lambda visits: {"share lost": in_vain(visits)}, theory)


def impatient(load: float) -> System:
    """With a patience far shorter than the service one server is a loss system."""
    plan = one_place(1, occupy("0", exponential(SERVICE), patience=1)).plan
    theory = {"share lost": exact.erlang_b(1, load)}
    return System(plan, poisson(SERVICE / load), lambda visits: {"share lost": in_vain(visits)}, theory)


def by_class(visits: Visits, classes: Sequence[int]) -> Measured:
    """Mean waits of the customers of each class; every customer has one visit."""
    waited, own = (visits.entered - visits.requested)[WARM_UP:], np.array(classes)[visits.entity[WARM_UP:]]
    return {f"mean wait of class {each}": waited[own == each].mean() for each in range(int(own.max()) + 1)}


def priorities(servers: int, loads: Sequence[float], services: Sequence[str]) -> System:
    """Classes with one queue: M/G/1 with services of their own, or M/M/c with the same for all."""
    steps = [occupy("0", family(name), stream=name + str(number)) for number, name in enumerate(services)]
    plan = one_place(servers, *steps).plan
    means = np.array([moments(name)[0] for name in services])
    rates = servers * np.array(loads) / means
    chosen: dict[int, list[int]] = {}

    def customers(replication: int) -> Entities:
        classes = picked(rates / rates.sum(), replication, 2 * CUSTOMERS)
        chosen[0] = classes.tolist()
        return entities(arrivals(1 / rates.sum(), replication, 2 * CUSTOMERS), classes, classes)

    if servers == 1:
        theory = exact.cobham([exact.Class(rate, *moments(name)) for rate, name in zip(rates, services, strict=True)])
    else:
        theory = exact.cobham_of_servers(servers, loads, SERVICE)
    named = {f"mean wait of class {number}": wait for number, wait in enumerate(theory)}
    return System(plan, customers, lambda visits: by_class(visits, chosen[0]), named)


def two_stages(servers: int, load: float) -> System:
    """E2/E2/c: gaps of two exponential stages, services of two."""
    small = station(servers)
    small.route("customer", occupy("0", family_of(TypeAdapter(Time).validate_python(_TWO_STAGES))))
    gap = SERVICE / (servers * load)

    def customers(replication: int) -> Entities:
        stages = unit_gaps("stages", replication, 2 * CUSTOMERS)
        times = np.floor(gap / 2 * np.cumsum(stages)[1::2] + 0.5)
        return entities(times.astype(np.int64))

    theory = {"mean wait": exact.two_stages(servers, load) / (servers * load) * SERVICE}
    return System(small.plan, customers, lambda visits: {"mean wait": waits(visits).mean()}, theory)


_TWO_STAGES = {"erlang": {"mean": "10 h", "stages": 2}}


def batches(shares: Floats, load: float) -> System:
    """M^X/M/1: one comes alone, or two together, ... by those shares."""
    plan = one_place(1, occupy("0", exponential(SERVICE))).plan
    sizes = np.arange(1, len(shares) + 1)
    mean, second = float(sizes @ shares), float(sizes**2 @ shares)
    rate = load / mean / SERVICE

    def customers(replication: int) -> Entities:
        together = picked(shares, replication) + 1
        return entities(np.repeat(arrivals(1 / rate, replication), together)[: 2 * CUSTOMERS])

    theory = {"mean wait": exact.batch_wait(rate, SERVICE, mean, second)}
    return System(plan, customers, lambda visits: {"mean wait": waits(visits).mean()}, theory)


def half_pace(load: float) -> System:
    """At half the pace M/M/1 is M/M/1 of twice the work."""
    small = station()
    small.place("0", (0, 1, 0.5))
    small.route("customer", occupy("0", exponential(SERVICE / 2)))
    theory = {"mean wait": exact.mmc_wait(1, load, SERVICE)}
    return System(small.plan, poisson(SERVICE / load), lambda visits: {"mean wait": waits(visits).mean()}, theory)


def breakdowns(rate: float, fail: float, mend: float) -> System:
    """M/M/1 of mean service 1 that breaks down at random, at work or not; work in hand is resumed."""
    small = station(1, suspends=True)
    small.horizon = int(1.2 * CUSTOMERS / rate * SERVICE)
    small.route("customer", occupy("0", exponential(SERVICE)))
    small.breakdown("0", between=exponential(SERVICE / fail), repair=exponential(SERVICE / mend), capacity=0)

    def measure(visits: Visits) -> Measured:
        assert np.all(visits.left >= 0)
        return {"mean time in the system": (visits.left - visits.requested)[WARM_UP:].mean()}

    theory = {"mean time in the system": exact.down_at_times(rate, fail, mend) / rate * SERVICE}
    return System(small.plan, poisson(SERVICE / rate), measure, theory)


for _servers, _load in ((1, 0.5), (1, 0.7), (3, 0.7), (5, 0.75)):
    system(f"M/M/{_servers} at {_load}", partial(mmc, _servers, _load))
for _servers, _room, _load in ((1, 4, 0.8), (2, 5, 0.9), (3, 6, 1.4)):
    system(f"M/M/{_servers}/{_room} at {_load}", partial(mmck, _servers, _room, _load))
for _name in SERVICES:
    system(f"M/G/1, {_name}", partial(mg1, _name, 0.6))
for _name in ("fixed", "exponential", "lognormal", "weibull"):
    system(f"M/G/5/5, {_name}", partial(loss, _name, 5, 4.0))
for _servers, _load, _patience in ((1, 1.2, 2.0), (3, 0.9, 1.0)):
    system(f"M/M/{_servers}+M at {_load}", partial(reneging, _servers, _load, _patience))
system("M/M/1 with hardly any patience", partial(impatient, 0.7))
system("two classes, M/M/1", partial(priorities, 1, (0.35, 0.35), ("exponential",) * 2))
system("three classes, M/G/1", partial(priorities, 1, (0.2, 0.3, 0.2), ("uniform", "fixed", "lognormal")))
system("three classes, M/M/3", partial(priorities, 3, (0.3, 0.2, 0.25), ("exponential",) * 3))
for _servers, _load in ((1, 0.7), (2, 0.7), (3, 0.8)):
    system(f"E2/E2/{_servers}", partial(two_stages, _servers, _load))
system("M^X/M/1, three together", partial(batches, np.array([0.0, 0.0, 1.0]), 0.5))
system("M^X/M/1, one to four together", partial(batches, np.array([0.4, 0.3, 0.1, 0.2]), 0.6))
system("M/M/1 at half the pace", partial(half_pace, 0.6))
system("M/M/1 with breakdowns", partial(breakdowns, 0.5, 0.2, 0.6))
