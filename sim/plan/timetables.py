"""Timetables: departures at fixed local times, the time in which a service runs, and the months of a run."""

from __future__ import annotations

import datetime as dt

import numpy as np

from sim.plan import windows
from sim.plan.tables import Ints
from sim.scenario import paths, zones
from sim.scenario.model import Scenario
from sim.scenario.network import clock_minutes, weekdays
from sim.scenario.services import Departures, Service

WEEK = 7 * windows.DAY


def period(scenario: Scenario, rule: Departures, zone: str, beyond: int = 0) -> tuple[int, int]:
    """From when to when, half-open, a service runs within the horizon; its dates are local to the zone.

    ``beyond``: seconds after the horizon that count as well.
    """
    horizon = round(scenario.horizon.value) + beyond
    first = 0 if rule.first is None else max(0, scenario.seconds(rule.first.utc(zone)))
    last = horizon if rule.last is None else min(horizon, scenario.seconds(rule.last.utc(zone, end=True)))
    return first, last


def ready_before(service: Service) -> int:
    """Seconds before its departure at which a consist of a timetable stands ready."""
    before = service.departures.ready_before
    return 0 if before is None else round(before.value)


def departures(scenario: Scenario, service: Service) -> Ints:
    """Departures by timetable, in seconds since the start: of all consists that stand ready before the horizon.

    A fleet that circulates has those of a week after it too: who waits for the next one there does not wait for ever.
    """
    timetable = service.departures.timetable
    beyond = WEEK if service.circulates else ready_before(service)
    assert timetable is not None
    zone = timetable.zone or zone_of(scenario, service)
    days = {day for text in timetable.days for day in weekdays(text)}
    first, last = period(scenario, service.departures, zone, beyond)
    tz = zones.zone(zone)
    times = sorted(clock_minutes(text) for text in timetable.at)
    laid_out = windows.days(scenario, zone, beyond)
    moments = laid_out.midnight[:-1, np.newaxis] + 60 * np.array(times, np.int64)
    # On a day on which the clock is set, a time of day is not so long after midnight.
    for odd in np.flatnonzero(np.diff(laid_out.midnight) != windows.DAY).tolist():
        date = laid_out.date[odd].item()
        moments[odd] = [scenario.seconds(windows.clock(date, minutes, tz)) for minutes in times]
    runs = np.isin(windows.weekdays_of(laid_out.date), sorted(days))
    wanted = np.sort(moments[runs], axis=None)
    return wanted[(wanted >= first) & (wanted < last)]


def zone_of(scenario: Scenario, service: Service) -> str:
    """The zone of a service's first stop."""
    return scenario.nodes[paths.stops(scenario, service)[0]].zone


def month_edges(scenario: Scenario) -> tuple[Ints, list[str]]:
    """Starts of the UTC months that the run touches, in seconds since the start, with the end; and their names."""
    start, horizon = scenario.start_utc, round(scenario.horizon.value)
    edges, names = [0], [f"{start:%Y-%m}"]
    year, month = start.year, start.month
    while True:
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        edge = scenario.seconds(dt.datetime(year, month, 1, tzinfo=dt.UTC))
        if edge >= horizon:
            return np.array([*edges, horizon], np.int64), names
        edges.append(edge)
        names.append(f"{year}-{month:02}")
