"""Every sampler against its theory: families by inversion and in distribution, rates that step, sizes, shares, spells.

Statistical tests here have a joint level: a right sampler fails any of them with a chance of at most ``JOINT``.
"""

from __future__ import annotations

import datetime as dt
import math
import zoneinfo
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from sim.engines import ENGINES, Run, needs
from sim.plan import draws, traffic
from sim.plan.breakdowns import spells_of
from sim.plan.compile import compile_plan
from sim.plan.draws import Address, drawn, sample, samples, stream, uniforms
from sim.plan.tables import Floats, Ints, Purpose, Rule
from sim.scenario import Scenario
from tests.small_plans import SmallOption, SmallPlan, choose, exponential, jump, lognormal, occupy
from tests.small_scenarios import small
from tests.theory.queues import HOUR, SERVICES, family

JOINT, TESTS = 0.001, 60
LEVEL = JOINT / TESTS
"""Of each test, of which there are fewer than ``TESTS``."""
MANY = np.arange(100_000)
CELLS = 64
TABLES = ("gamma", "erlang", "empirical")
SPREAD = [name for name in SERVICES if name != "fixed"]
HERE = Address(seed=7, replication=3, stream=stream("sampled"), purpose=Purpose.STAY)
DAY = 86400


def fits(counts: Any, expected: Any, parameters: int = 1) -> float:
    """Chance of counts that differ as much from what is expected; ``parameters`` were taken from the counts."""
    found, due = np.asarray(counts, np.float64).ravel(), np.asarray(expected, np.float64).ravel()
    assert due.min() >= 5
    return float(stats.chi2.sf(((found - due) ** 2 / due).sum(), len(due) - parameters))


@cache
def hours(name: str) -> Floats:
    return samples(family(name), uniforms(HERE, MANY)) / HOUR


@pytest.mark.parametrize("name", SPREAD)
def test_each_draw_is_the_quantile_of_its_number(name):
    theory, it = SERVICES[name][1], family(name)
    us = np.concatenate([np.arange(1, 4096) / 4096, [] if name in TABLES else [1e-9, 1e-5, 1 - 1e-5, 1 - 1e-9]])
    found = np.array([sample(it, u) for u in us.tolist()]) / HOUR
    assert np.allclose(found, theory.ppf(us), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", TABLES)
def test_between_the_quantiles_of_a_table_lie_straight_lines(name):
    it, us = family(name), (np.arange(4096) + 0.25) / 4096
    low, high = (np.array([sample(it, (cell + part) / 4096) for cell in range(4096)]) for part in (0.0, 1 - 1e-9))
    assert np.allclose([sample(it, u) for u in us.tolist()], 0.75 * low + 0.25 * high, rtol=1e-6)


def test_fixed_is_fixed():
    assert set(samples(family("fixed"), uniforms(HERE, MANY[:99])).tolist()) == {10 * HOUR}


@pytest.mark.parametrize("name", SPREAD)
def test_draws_are_distributed_as_their_family(name):
    theory = SERVICES[name][1]
    cells = np.searchsorted(theory.ppf(np.arange(1, CELLS) / CELLS), hours(name))
    assert fits(np.bincount(cells, minlength=CELLS), np.full(CELLS, len(MANY) / CELLS)) > LEVEL
    assert stats.kstest(hours(name), theory.cdf).pvalue > LEVEL


@pytest.mark.parametrize("name", SPREAD)
def test_draws_are_not_distributed_as_any_other_family(name):
    others = [other for other in SPREAD if other != name]
    assert max(stats.kstest(hours(name), SERVICES[other][1].cdf).pvalue for other in others) < LEVEL


@pytest.mark.parametrize("column", ["lap", "stream", "replication", "purpose"])
def test_draws_of_neighbours_are_independent(column):
    """In the square of two numbers whose addresses differ by one, all cells are as likely."""
    first = uniforms(HERE, MANY)
    second = uniforms(HERE._replace(**{column: getattr(HERE, column) + 1}), MANY)
    cells = np.floor(first * 16).astype(np.int64) * 16 + np.floor(second * 16).astype(np.int64)
    assert fits(np.bincount(cells, minlength=256), np.full(256, len(MANY) / 256)) > LEVEL


def ran(engine: str, plan: SmallPlan) -> Run:
    return ENGINES[engine](plan.plan, plan.entities, seed=7, replication=3)


def every_family() -> SmallPlan:
    """Trucks whose stays, and how long they hold a place, are of all families."""
    plan = SmallPlan(10**12)
    plan.place("yard", 10**6)
    plan.route(
        "truck",
        *(occupy(None, family(name), stream=name) for name in SERVICES),
        *(occupy("yard", 1, hold=family(name), stream=f"{name} held") for name in SERVICES),
    )
    plan.who = [(0, 0, 2**32 - 1 - number, 0, 0, 0, -1) for number in range(3000)]
    return plan


@pytest.mark.parametrize("engine", ENGINES)
def test_engines_draw_every_family_to_the_last_bit(engine):
    plan = every_family()
    visits, ordinals = ran(engine, plan).visits, plan.entities.ordinal
    for step, name in enumerate(SERVICES):
        for at, purpose, column in ((step, Purpose.STAY, "left"), (step + len(SERVICES), Purpose.HOLD, "released")):
            own = visits.step == at
            address = HERE._replace(stream=stream(name if purpose == Purpose.STAY else f"{name} held"), purpose=purpose)
            lasted = (getattr(visits, column) - visits.entered)[own][np.argsort(visits.entity[own])]
            assert lasted.tolist() == drawn(family(name), address, ordinals).tolist(), (name, column)


def in_vain() -> SmallPlan:
    """Trucks that give up at a place that never opens."""
    plan = SmallPlan(10**9)
    plan.place("gate", (0, 0), (10**9 - 1, 1))
    for name in SPREAD:
        plan.route(name, occupy("gate", 1, patience=family(name), stream=name))
        for _ in range(500):
            plan.entity(name)
    return plan


SHARES = (0.5, 3.0, 0.0, 1.0, 0.25)


def shared() -> SmallPlan:
    plan = SmallPlan(1000)
    ways = [SmallOption(1 + 2 * number, weight) for number, weight in enumerate(SHARES)]
    steps = [each for number in range(len(SHARES)) for each in (occupy(None, 1 + number), jump(11))]
    plan.route("truck", choose(Rule.SHARES, *ways, stream="choice"), *steps)
    plan.who = [(0, 0, number, 0, 0, 0, -1) for number in range(20_000)]
    return plan


def engines_for(make: Callable[[], SmallPlan]) -> list[str]:
    return [engine for engine in ENGINES if engine == "reference" or not needs(make().plan)]


@pytest.mark.parametrize("engine", engines_for(in_vain))
def test_engines_draw_patience_to_the_last_bit(engine):
    plan = in_vain()
    visits, numbers = ran(engine, plan).visits, np.arange(500)
    for route, name in enumerate(SPREAD):
        own = np.flatnonzero(plan.entities.route[visits.entity] == route)
        own = own[np.argsort(visits.entity[own])]
        address = HERE._replace(stream=stream(name), purpose=Purpose.PATIENCE)
        assert (visits.left - visits.requested)[own].tolist() == drawn(family(name), address, numbers).tolist()


@pytest.mark.parametrize("engine", engines_for(shared))
def test_shares_are_those_of_the_weights(engine):
    visits = ran(engine, shared()).visits
    taken = np.bincount(visits.step[np.isin(visits.step, [1, 3, 5, 7, 9])], minlength=10)[1::2]
    due = 20_000 * np.array(SHARES) / sum(SHARES)
    assert taken[2] == 0
    assert fits(np.delete(taken, 2), np.delete(due, 2)) > LEVEL
    assert fits(np.delete(taken, 2), np.full(4, 5000)) < LEVEL


SEASON = {"jan": 0.5, "feb": 2.0, "mar": 1.0, "apr": 0.0}
WEEK = {"mon": 1.5, "sat": 0.25, "sun": 0.0}
STEPS = {
    "flows.goods.season": "{jan: 0.5, feb: 2, apr: 0}",
    "flows.goods.week": "{mon: 1.5, sat: 0.25, sun: 0}",
    "flows.goods.demand": "{teu: 60000 TEU/year}",
    "flows.goods.from_date": "2020-01-03",
    "nodes.alpha.zone": "Europe/Berlin",
    "horizon": "100 days",
}
"""Clocks are set in the origin of the flow within the run."""
BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
RUNS = 40


def day_weight(day: dt.date) -> float:
    month, weekday = f"{day:%b}".lower(), f"{day:%a}".lower()
    return SEASON.get(month, 1.0) * WEEK.get(weekday, 1.0)


@cache
def stretches(zone: zoneinfo.ZoneInfo = BERLIN) -> tuple[list[dt.date], Floats, Floats]:
    """Local days, where each begins in seconds since the start, and shipments expected until each of them."""
    start = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    days = [dt.date(2020, 1, 1) + dt.timedelta(days=number) for number in range(101)]
    midnights = [dt.datetime.combine(day, dt.time(), zone) for day in days]
    begins = np.clip([(each.astimezone(dt.UTC) - start).total_seconds() for each in midnights], 0, 100 * DAY)
    year = [dt.date(2020, 1, 1) + dt.timedelta(days=number) for number in range(365)]
    rate = 60_000 / 2 / (365 * DAY) / (sum(map(day_weight, year)) / 365)
    weights = [day_weight(day) if day >= dt.date(2020, 1, 3) else 0.0 for day in days[:-1]]
    amounts = rate * np.array(weights) * np.diff(begins)
    return days[:-1], begins, np.concatenate([[0.0], np.cumsum(amounts)])


@cache
def releases(folder: Path, arrivals: str) -> tuple[Scenario, list[Ints]]:
    scenario = small(folder, {**STEPS, "flows.goods.arrivals": arrivals})
    compiled = compile_plan(scenario)
    route = compiled.groups.index("goods")
    moved = (traffic.entities(scenario, compiled, 7, replication) for replication in range(RUNS))
    return scenario, [each.release[each.route == route] for each in moved]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    path: Path = tmp_path_factory.mktemp("steps")
    return path


def by_day(found: list[Ints], begins: Floats) -> Ints:
    """Shipments of each day in each replication."""
    return np.array([np.histogram(own, begins)[0] for own in found])


def test_counts_of_a_rate_that_steps_are_poisson(folder):
    """By month and weekday sums are Poisson numbers of the stated means; by day they vary as much, no more, no less."""
    days, begins, until = stretches()
    counts, due = by_day(releases(folder, "poisson")[1], begins), np.diff(until)
    assert counts[:, due == 0].sum() == 0
    kinds = [f"{day:%m %a}" for day in days]
    names = sorted({kind for kind, mean in zip(kinds, due, strict=True) if mean > 0})
    own = np.array([[kind == name for kind in kinds] for name in names])
    assert len(names) > 15
    assert fits(own @ counts.sum(axis=0), RUNS * own @ due, parameters=0) > LEVEL
    some = due > 5
    spread = float((((counts - due) ** 2 / np.where(some, due, 1.0))[:, some]).sum())
    assert LEVEL < stats.chi2(RUNS * int(some.sum())).sf(spread) < 1 - LEVEL


def test_counts_are_by_local_days(folder):
    """Held to the days of another zone, or to other weekdays, the same counts are far out."""
    _, begins, until = stretches()
    found = releases(folder, "poisson")[1]
    due = np.diff(until)
    for moved in (begins + 6 * 3600, begins + DAY):
        counts = by_day(found, moved).sum(axis=0)
        assert fits(counts[due > 5], RUNS * due[due > 5], parameters=0) < LEVEL
    assert fits(by_day(found, begins).sum(axis=0)[due > 5], RUNS * due[due > 5], parameters=0) > LEVEL


def test_gaps_in_expected_shipments_are_exponential(folder):
    """A shipment's release, told as the number expected until then, makes a Poisson process of rate 1."""
    _, begins, until = stretches()
    levels = [np.interp(own + 0.5, begins, until) for own in releases(folder, "poisson")[1]]
    gaps = np.concatenate([np.diff(own, prepend=0.0) for own in levels])
    assert len(gaps) > 50_000
    assert stats.kstest(gaps, "expon").pvalue > LEVEL


@pytest.mark.parametrize("arrivals", ["poisson", "regular"])
def test_releases_are_where_the_expected_number_reaches_their_level(folder, arrivals):
    """By inversion of the expected number, worked out here once more: to the second, but for the last bit of a sum."""
    _, begins, until = stretches()
    for replication, own in enumerate(releases(folder, arrivals)[1][:3]):
        address = Address(7, replication, stream("goods/gaps"), Purpose.GAP)
        levels = np.cumsum([-math.log(u) for u in uniforms(address, np.arange(len(own))).tolist()])
        if arrivals == "regular":
            levels = np.arange(len(own)) + 0.5
        seconds = np.floor(np.interp(levels, until, begins))
        assert len(own) > 1000
        assert np.abs(seconds - own).max() <= 1
        assert (seconds != own).sum() <= 2


def test_regular_counts_are_the_expected_numbers_to_one(folder):
    _, begins, until = stretches()
    counts = np.cumsum(by_day(releases(folder, "regular")[1], begins)[0])
    assert np.abs(counts - until[1:]).max() <= 0.5 + 1e-9


def test_sizes_are_those_of_their_distribution_in_whole_boxes(tmp_path):
    spread = {"flows.goods.batch": "{uniform: {low: 2 TEU, high: 10 TEU}}", "flows.goods.box": "1 FEU"}
    scenario = small(tmp_path, {**spread, "flows.goods.demand": "{teu: 900000 TEU/year}"})
    compiled = compile_plan(scenario)
    moved = traffic.entities(scenario, compiled, 7, 0)
    boxes = moved.teu[moved.route == compiled.groups.index("goods")] // 2
    due = len(boxes) * np.array([1, 2, 2, 2, 1]) / 8
    assert fits(np.bincount(boxes, minlength=6)[1:], due) > LEVEL
    assert fits(np.bincount(boxes, minlength=6)[1:], np.full(5, len(boxes) / 5)) < LEVEL


def test_spells_and_the_times_between_them_are_those_of_their_families():
    plan = SmallPlan(10**11)
    plan.place("gate", 1)
    plan.breakdown("gate", between=exponential(400_000.0), repair=lognormal(10.0, 0.6), capacity=0)
    begins, ends = spells_of(plan.plan, 0, (7, 3))
    between = begins - np.concatenate([[0], ends[:-1]])
    assert len(begins) > 50_000
    assert stats.kstest(between, stats.expon(scale=400_000.0).cdf).pvalue > LEVEL
    assert stats.kstest(ends - begins, stats.lognorm(0.6, scale=math.exp(10.0)).cdf).pvalue > LEVEL
    assert stats.kstest(ends - begins, stats.expon(scale=float((ends - begins).mean())).cdf).pvalue < LEVEL


def test_logarithms_are_those_of_the_library():
    us = uniforms(HERE, MANY[:20_000])
    assert draws.logarithms(us).tolist() == [math.log(u) for u in us.tolist()]
