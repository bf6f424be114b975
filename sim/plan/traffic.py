"""Traffic: the entities of one replication: consists by their departures, shipments by demand, season and week."""

from __future__ import annotations

import datetime as dt
import math
import zoneinfo
from dataclasses import dataclass

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
_BLOCK = 4096
"""Draws made at once."""


@dataclass(frozen=True)
class _Group:
    """Releases, sizes and slots of one flow or service, in the order of the ordinals."""

    release: Ints
    teu: Ints
    slot: Ints
    priority: int
    capacity: int


def entities(scenario: Scenario, compiled: Compiled, seed: int, replication: int) -> Entities:
    """What moves in one replication; flows first, then services, each by its id."""
    groups = [
        _shipments(scenario, key, seed, replication)
        if key in scenario.flows
        else _consists(scenario, scenario.services[key])
        for key in compiled.groups
    ]
    lengths = [len(group.release) for group in groups]
    return Entities(
        release=_joined([group.release for group in groups]),
        route=np.repeat(np.arange(len(groups)), lengths).astype(np.int64),
        ordinal=_joined([np.arange(length) for length in lengths]),
        priority=np.repeat([group.priority for group in groups], lengths).astype(np.int64),
        teu=_joined([group.teu for group in groups]),
        capacity=np.repeat([group.capacity for group in groups], lengths).astype(np.int64),
        slot=_joined([group.slot for group in groups]),
        class_=np.repeat([_class(scenario, key) for key in compiled.groups], lengths).astype(np.int64),
        value_of_time=_joined_values(scenario, compiled, groups),
    )


def _class(scenario: Scenario, group: str) -> int:
    numbers = classes(scenario)
    if group in scenario.flows:
        return numbers[scenario.flows[group].commodity, scenario.flows[group].priority]
    return numbers["", scenario.services[group].priority]


def _joined_values(scenario: Scenario, compiled: Compiled, groups: list[_Group]) -> Floats:
    """What a second costs each entity in USD; consists and what has no stated value cost nothing."""
    values = [
        group.teu * (usd_teu_second(scenario, scenario.flows[key]) or 0.0)
        if key in scenario.flows
        else np.zeros(len(group.teu))
        for key, group in zip(compiled.groups, groups, strict=True)
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
    return np.concatenate(parts).astype(np.int64) if parts else np.zeros(0, np.int64)


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
        before = 0 if departures.ready_before is None else round(departures.ready_before.value)
        release = np.maximum(slots - before, 0)
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
    times = [first + math.floor(k * interval + 0.5) for k in range(count)]
    return np.array([time for time in times if time < last], np.int64)


def _fleet(scenario: Scenario, service: Service) -> Ints:
    """Consists that circulate: when each of them starts for the first time."""
    departures = service.departures
    assert departures.fleet is not None
    first, _ = timetables.period(scenario, departures, timetables.zone_of(scenario, service))
    first += 0 if departures.offset is None else round(departures.offset.value)
    apart = 0.0 if departures.every is None else departures.every.value
    count = round(departures.fleet.value)
    return np.array([first + math.floor(k * apart + 0.5) for k in range(count)], np.int64)


def _shipments(scenario: Scenario, key: str, seed: int, replication: int) -> _Group:
    """Shipments of a flow: when they are released and of how many TEU."""
    flow = scenario.flows[key]
    days, totals = _cumulative(scenario, flow)
    total = float(totals[-1])
    if flow.arrivals == "poisson":
        levels = _poisson_levels(total, draws.Address(seed, replication, draws.stream(f"{key}/gaps"), Purpose.GAP))
    else:
        levels = np.arange(math.floor(total + 0.5), dtype=np.float64) + 0.5
    release = np.floor(np.interp(levels, totals, days)).astype(np.int64)
    release = np.clip(release, 0, round(scenario.horizon.value) - 1)
    address = draws.Address(seed, replication, draws.stream(f"{key}/sizes"), Purpose.SIZE)
    teu = batches.sizes(scenario, flow, address, len(release))
    return _Group(release, teu, np.full(len(release), ABSENT, np.int64), _priority(flow.priority), 0)


def expected_shipments(scenario: Scenario, flow: Flow) -> float:
    """Mean number of shipments of a flow in a replication."""
    return float(_cumulative(scenario, flow)[1][-1])


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


def _poisson_levels(total: float, address: draws.Address) -> Floats:
    """Points of a Poisson process of rate 1 in [0, total): sums of exponential gaps."""
    levels: list[float] = []
    level, made = 0.0, 0
    while level < total:
        for u in draws.uniforms(address, np.arange(made, made + _BLOCK)).tolist():
            level -= math.log(u)
            levels.append(level)
        made += _BLOCK
    points = np.array(levels, np.float64)
    return points[points < total]


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


def _cumulative(scenario: Scenario, flow: Flow) -> tuple[Floats, Floats]:
    """Expected number of shipments since the start, at the ends of the local days of the origin.

    Weights of month and weekday are relative: over the 365 days from the start their mean is 1, so that the yearly
    amount is as given.
    """
    zone = scenario.nodes[flow.from_node].zone
    tz = zoneinfo.ZoneInfo(zone)
    horizon = scenario.horizon.value
    first = 0.0 if flow.first is None else max(0.0, scenario.seconds(flow.first.utc(zone)))
    last = horizon if flow.last is None else min(horizon, scenario.seconds(flow.last.utc(zone, end=True)))
    rate = teu_per_second(scenario, flow) / batches.mean_size(scenario, flow) / _mean_weight(scenario, flow, tz)
    times, totals = [first], [0.0]
    for day in windows.local_days(scenario, zone):
        end = min(last, float(scenario.seconds(windows.clock(day, 1440, tz))))
        if end > times[-1]:
            totals.append(totals[-1] + rate * _weight(flow, day) * (end - times[-1]))
            times.append(end)
    return np.array(times), np.array(totals)


def _weight(flow: Flow, day: dt.date) -> float:
    return flow.season.get(MONTHS[day.month - 1], 1.0) * flow.week.get(DAYS[day.weekday()], 1.0)


def _mean_weight(scenario: Scenario, flow: Flow, tz: dt.tzinfo) -> float:
    first = scenario.start_utc.astimezone(tz).date()
    weights = [_weight(flow, first + dt.timedelta(days=n)) for n in range(365)]
    return sum(weights) / len(weights)
