"""Traffic: the entities of one replication: consists by their departures, shipments by demand, season and week."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.plan import batches, draws, timetables, windows
from sim.plan.compile import Compiled
from sim.plan.forks import classes
from sim.plan.tables import ABSENT, Entities, Floats, Ints, Purpose
from sim.scenario.demand import MONTHS, Flow
from sim.scenario.model import Scenario
from sim.scenario.network import DAYS
from sim.scenario.services import Service

YEAR = 365 * 86400


@dataclass(frozen=True)
class _Group:
    """Releases, sizes and slots of one flow or service, in the order of the ordinals."""

    release: Ints
    teu: Ints
    slot: Ints
    priority: int
    capacity: int


@dataclass(frozen=True, eq=False)
class Traffic:
    """The traffic of a scenario with what is the same in all replications, worked out on first use."""

    scenario: Scenario
    groups: tuple[str, ...]
    """The flows and services of its routes."""

    @cached_property
    def expected(self) -> dict[str, tuple[Floats, Floats]]:
        """Of each flow: times, and the expected number of shipments until then."""
        scenario = self.scenario
        flows = {key: scenario.flows[key] for key in self.groups if key in scenario.flows}
        zones = sorted({_zone(scenario, each) for each in flows.values()})
        days = {zone: windows.days(scenario, zone) for zone in zones}
        return {key: _cumulative(scenario, flow, days[_zone(scenario, flow)]) for key, flow in flows.items()}

    @cached_property
    def consists(self) -> dict[str, _Group]:
        """Of each service that runs by itself."""
        stated = self.scenario
        own = [key for key in self.groups if key not in stated.flows]
        return {key: _consists(stated, stated.services[key]) for key in own}

    @cached_property
    def first(self) -> Entities:
        """What moves in replication 0 by the scenario's own seed, which checks look at before a run."""
        return _drawn(self, self.scenario.seed, 0)


def prepare(scenario: Scenario, compiled: Compiled) -> Traffic:
    """The traffic of a scenario, from which each replication is drawn."""
    return Traffic(scenario, compiled.groups)


BESIDE = frozenset({"places", "operations"})
"""What a scenario holds of which no traffic depends on more than the ids."""


def same(one: Scenario, other: Scenario) -> bool:
    """Whether the same moves in both, since they are one and the same in all that traffic may depend on."""
    names = sorted(type(one).model_fields.keys() - BESIDE)
    ids = all(getattr(one, name).keys() == getattr(other, name).keys() for name in sorted(BESIDE))
    return ids and all(getattr(one, name) is getattr(other, name) for name in names)


def entities(scenario: Scenario, compiled: Compiled, seed: int, replication: int) -> Entities:
    """What moves in one replication; flows first, then services, each by its id."""
    return drawn(prepare(scenario, compiled), seed, replication)


def drawn(traffic: Traffic, seed: int, replication: int) -> Entities:
    """The same from traffic that is prepared."""
    own = (seed, replication) == (traffic.scenario.seed, 0)
    return traffic.first if own else _drawn(traffic, seed, replication)


def _drawn(traffic: Traffic, seed: int, replication: int) -> Entities:
    scenario = traffic.scenario
    levels = _levels(traffic, seed, replication)
    groups = [
        _shipments(traffic, key, levels[key], (seed, replication)) if key in levels else traffic.consists[key]
        for key in traffic.groups
    ]
    lengths = [len(group.release) for group in groups]
    return Entities(
        release=_joined([group.release for group in groups]),
        route=np.repeat(np.arange(len(groups)), lengths),
        ordinal=_joined([np.arange(length) for length in lengths]),
        priority=np.repeat(np.array([group.priority for group in groups], np.int64), lengths),
        teu=_joined([group.teu for group in groups]),
        capacity=np.repeat(np.array([group.capacity for group in groups], np.int64), lengths),
        slot=_joined([group.slot for group in groups]),
        class_=np.repeat(np.array([_class(scenario, key) for key in traffic.groups], np.int64), lengths),
        value_of_time=_joined_values(traffic, groups),
    )


def _class(scenario: Scenario, group: str) -> int:
    numbers = classes(scenario)
    if group in scenario.flows:
        return numbers[scenario.flows[group].commodity, scenario.flows[group].priority]
    return numbers["", scenario.services[group].priority]


def _joined_values(traffic: Traffic, groups: list[_Group]) -> Floats:
    """What a second costs each entity in USD; consists and what has no stated value cost nothing."""
    scenario = traffic.scenario
    values = [
        group.teu * (usd_teu_second(scenario, scenario.flows[key]) or 0.0)
        if key in scenario.flows
        else np.zeros(len(group.teu))
        for key, group in zip(traffic.groups, groups, strict=True)
    ]
    return np.concatenate([np.zeros(0), *values])


def usd_teu_second(scenario: Scenario, flow: Flow) -> float | None:
    """Value of time: USD that a second costs each TEU, as stated or as a share of its value; None if not stated."""
    given = flow.value_of_time or scenario.value_of_time
    if given is None:
        return None
    if dict(given.dimension).get("TEU") == -1:
        return scenario.usd(given)
    return None if flow.value_per_teu is None else given.value * scenario.usd(flow.value_per_teu)


def _joined(parts: list[Ints]) -> Ints:
    return np.concatenate([np.zeros(0, np.int64), *parts])


def _priority(name: str) -> int:
    return 0 if name == "express" else 1


def _consists(scenario: Scenario, service: Service) -> _Group:
    """Consists by timetable or evenly spread."""
    departures = service.departures
    if departures.fleet is not None:
        release = _fleet(scenario, service)
        slots = np.full(len(release), ABSENT, np.int64)
    elif departures.timetable is not None:
        slots = timetables.departures(scenario, service)
        release = np.maximum(slots - timetables.ready_before(service), 0)
    else:
        release = _evenly(scenario, service)
        slots = np.full(len(release), ABSENT, np.int64)
    assert service.capacity is not None  # a service that runs by itself has one
    return _Group(
        release, np.zeros(len(release), np.int64), slots, _priority(service.priority), round(service.capacity.value)
    )


def _evenly(scenario: Scenario, service: Service) -> Ints:
    """Consists evenly spread, the first after the offset."""
    departures = service.departures
    if departures.every is not None:
        interval = departures.every.value
    else:
        assert departures.rate is not None
        interval = 1.0 / departures.rate.value
    first, last = timetables.period(scenario, departures, timetables.zone_of(scenario, service))
    first += 0 if departures.offset is None else round(departures.offset.value)
    count = max(0, math.ceil((last - first) / interval))
    times: Ints = first + np.floor(np.arange(count) * interval + 0.5).astype(np.int64)
    return times[times < last]


def _fleet(scenario: Scenario, service: Service) -> Ints:
    """Consists that circulate: when each of them starts for the first time."""
    departures = service.departures
    assert departures.fleet is not None
    first, _ = timetables.period(scenario, departures, timetables.zone_of(scenario, service))
    first += 0 if departures.offset is None else round(departures.offset.value)
    apart = 0.0 if departures.every is None else departures.every.value
    count = round(departures.fleet.value)
    return np.array([first + math.floor(k * apart + 0.5) for k in range(count)], np.int64)


def _shipments(traffic: Traffic, key: str, levels: Floats, run: tuple[int, int]) -> _Group:
    """Shipments of a flow: when they are released and of how many TEU."""
    scenario, flow = traffic.scenario, traffic.scenario.flows[key]
    times, totals = traffic.expected[key]
    release = np.floor(np.interp(levels, totals, times)).astype(np.int64)
    release = np.clip(release, 0, round(scenario.horizon.value) - 1)
    address = draws.Address(*run, draws.stream(f"{key}/sizes"), Purpose.SIZE)
    teu = batches.sizes(scenario, flow, address, len(release))
    return _Group(release, teu, np.full(len(release), ABSENT, np.int64), _priority(flow.priority), 0)


def expected_shipments(traffic: Traffic, key: str) -> float:
    """Mean number of shipments of a flow in a replication."""
    return float(traffic.expected[key][1][-1])


def expected_consists(scenario: Scenario, key: str) -> float:
    """Number of consists of a service in a replication, if it were made all the time."""
    departures, horizon = scenario.services[key].departures, scenario.horizon.value
    if departures.fleet is not None:
        return departures.fleet.value
    if departures.every is not None:
        return horizon / departures.every.value
    if departures.rate is not None:
        return horizon * departures.rate.value
    return 0.0


def _levels(traffic: Traffic, seed: int, replication: int) -> dict[str, Floats]:
    """Expected shipments until the release of each shipment of each flow: evenly spread, or a Poisson process."""
    levels = {}
    for key, (_, totals) in traffic.expected.items():
        total = float(totals[-1])
        if traffic.scenario.flows[key].arrivals == "poisson":
            address = draws.Address(seed, replication, draws.stream(f"{key}/gaps"), Purpose.GAP)
            levels[key] = _poisson_points(address, total)
        else:
            levels[key] = np.arange(math.floor(total + 0.5), dtype=np.float64) + 0.5
    return levels


def _poisson_points(address: draws.Address, total: float) -> Floats:
    """Points of a Poisson process of rate 1 in [0, total): sums of gaps, of which as many as likely are drawn."""
    points, made = np.zeros(1), 0
    while points[-1] < total:
        likely = total - float(points[-1])
        count = math.ceil(likely + 4.0 * math.sqrt(likely)) + 16
        # Added up one after the other, whatever was drawn at once.
        sums = np.cumsum(np.concatenate([points[-1:], draws.gaps(address, made, count)]))
        points, made = np.concatenate([points, sums[1:]]), made + count
    return points[1 : np.searchsorted(points, total)]


def teu_per_second(scenario: Scenario, flow: Flow) -> float:
    """Mean rate of a flow in TEU a second, before season and week."""
    demand = flow.demand
    given = demand.given
    over = YEAR if demand.over is None else demand.over.value
    amount = given.value if dict(given.dimension).get("s") == -1 else given.value / over
    share = 1.0 if demand.share is None else demand.share.value
    return share * amount * _teu_per_unit(scenario, flow)


def _teu_per_unit(scenario: Scenario, flow: Flow) -> float:
    """TEU for each unit in which the demand is given: a TEU, a kg, a consist, a unit of currency."""
    if flow.demand.teu is not None:
        return 1.0
    if flow.demand.tonnes is not None:
        return 1.0 / (scenario.payload if flow.payload is None else flow.payload).value
    if flow.demand.consists is not None:
        return batches.mean_size(scenario, flow)
    assert flow.demand.value is not None  # a demand has one measure
    assert flow.value_per_teu is not None  # the flow itself refuses money without it
    given = flow.demand.value
    usd = scenario.usd(given) / given.value if given.value else 0.0
    return usd / scenario.usd(flow.value_per_teu)


def _zone(scenario: Scenario, flow: Flow) -> str:
    """Zone of the origin of a flow."""
    return scenario.nodes[flow.from_node].zone


def _cumulative(scenario: Scenario, flow: Flow, days: windows.Days) -> tuple[Floats, Floats]:
    """Expected number of shipments since the start, at the ends of the local days of the origin.

    Weights of month and weekday are relative: over the 365 days from the start their mean is 1, so that the yearly
    amount is as given.
    """
    zone, horizon = _zone(scenario, flow), scenario.horizon.value
    first = 0.0 if flow.first is None else max(0.0, scenario.seconds(flow.first.utc(zone)))
    last = horizon if flow.last is None else min(horizon, scenario.seconds(flow.last.utc(zone, end=True)))
    # Added up one after the other, so that the sum is the same everywhere.
    mean_weight = np.cumsum(_weights(flow, days.year))[-1] / len(days.year)
    rate = teu_per_second(scenario, flow) / batches.mean_size(scenario, flow) / mean_weight
    ends = np.minimum(days.midnight[1:], last)
    fresh = ends > np.concatenate([[first], np.maximum(ends[:-1], first)])
    times = np.concatenate([[first], ends[fresh]])
    amounts = rate * _weights(flow, days.date)[fresh] * np.diff(times)
    return times, np.concatenate([[0.0], np.cumsum(amounts)])


def _weights(flow: Flow, date: windows.Dates) -> Floats:
    """Weight of each day by its month and weekday."""
    of_month = np.array([flow.season.get(month, 1.0) for month in MONTHS])
    of_weekday = np.array([flow.week.get(day, 1.0) for day in DAYS])
    month = date.astype("datetime64[M]").astype(np.int64) % 12
    weights: Floats = of_month[month] * of_weekday[windows.weekdays_of(date)]
    return weights
