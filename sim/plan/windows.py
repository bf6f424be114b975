"""Windows: what calendars, dated changes and disruptions come to, as rows of (time, capacity, pace) for each place.

Calendars are local time. They are laid out day by day with the rules that the zone has on that day, so that summer
time and changes of a zone by date hold.
"""

from __future__ import annotations

import bisect
import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.plan.tables import Ints
from sim.scenario import zones
from sim.scenario.model import Scenario
from sim.scenario.network import Calendar, Change, Disruption, minutes_of, weekdays

Row = tuple[int, int, float]
"""Time, capacity, pace."""

Dates = NDArray[np.datetime64]

DAY = 86400

FOR_EVER = 1 << 62
"""End of a change that has none."""


class Days(NamedTuple):
    """Local days of a zone that a run touches, with one before and one after."""

    date: Dates
    midnight: Ints
    """Seconds from the scenario's start to the begin of each day, and to the end of the last."""
    year: Dates
    """The 365 days from the one on which the run starts."""


@dataclass(frozen=True)
class _Span:
    """In [start, end): another capacity (None: as it is) and a factor on the pace."""

    start: int
    end: int
    capacity: int | None
    pace: float


def place_rows(scenario: Scenario, place_id: str) -> list[Row]:
    """Windows of a place: its capacity, changed by date, cut by disruptions, 0 outside its hours."""
    place = scenario.places[place_id]
    zone = scenario.nodes[place.node].zone
    disruptions = [d for _, d in sorted(scenario.disruptions.items()) if d.place == place_id]
    changes = [change for _, change in sorted(place.changes.items())]
    spans = sorted((_span(scenario, change, zone) for change in changes), key=lambda span: (span.start, -span.end))
    cuts = [_span(scenario, disruption, zone) for disruption in disruptions]
    hours = None
    if place.calendar is not None:
        calendar = scenario.calendars[place.calendar]
        dated = [edge for span in (*spans, *cuts) for edge in (span.start, span.end)]
        hours = open_hours(scenario, calendar, calendar.zone or zone, dated)
    return _rows(round(place.capacity.value), spans, cuts, hours)


def leg_rows(scenario: Scenario, leg_id: str, tracks: int) -> list[Row]:
    """Windows of the tracks of a leg: cut and slowed by disruptions."""
    zone = scenario.nodes[scenario.legs[leg_id].from_node].zone
    disruptions = [d for _, d in sorted(scenario.disruptions.items()) if d.leg == leg_id]
    return _rows(tracks, [], [_span(scenario, d, zone) for d in disruptions], None)


def _span(scenario: Scenario, change: Change | Disruption, zone: str) -> _Span:
    """A change or disruption in seconds since the start; its dates are local to the node."""
    start = scenario.seconds(change.first.utc(zone))
    end = FOR_EVER if change.last is None else scenario.seconds(change.last.utc(zone, end=True))
    capacity = None if change.capacity is None else round(change.capacity.value)
    return _Span(start, end, capacity, 1.0 if change.pace is None else change.pace.value)


def _rows(base: int, changes: list[_Span], cuts: list[_Span], hours: list[tuple[int, int]] | None) -> list[Row]:
    """Piecewise capacity and pace from 0 on, equal neighbours joined.

    Rows go beyond the horizon, as far as the hours that are laid out: a place that is closed at the horizon and opens
    later is not closed for ever.
    """
    edges = {0}
    for span in [*changes, *cuts]:
        edges |= {span.start, span.end}
    for start, end in hours or []:
        edges |= {start, end}
    openings = [start for start, _ in hours or []]
    rows: list[Row] = []
    for time in sorted(edge for edge in edges if 0 <= edge < FOR_EVER):
        capacity, pace = base, 1.0
        for span in changes:
            if span.start <= time < span.end:
                capacity = capacity if span.capacity is None else span.capacity
                pace *= span.pace
        for span in cuts:
            if span.start <= time < span.end:
                capacity = capacity if span.capacity is None else min(capacity, span.capacity)
                pace *= span.pace
        if hours is not None and not _open(openings, hours, time):
            capacity = 0
        if not rows or rows[-1][1:] != (capacity, pace):
            rows.append((time, capacity, pace))
    return rows


def _open(openings: list[int], hours: list[tuple[int, int]], time: int) -> bool:
    position = bisect.bisect_right(openings, time) - 1
    return position >= 0 and time < hours[position][1]


def open_hours(scenario: Scenario, calendar: Calendar, zone: str, dated: Iterable[int] = ()) -> list[tuple[int, int]]:
    """Half-open times in which a calendar is open, in seconds since the start, joined where they touch.

    What is said of fewer days goes before what is said of more: sun before mon-sun before daily. Beyond the days that
    the run touches only the first opening after the horizon is there, and after each later closure and each later of
    the ``dated`` times at which something else changes: one of them is an opening of the place if there ever is one.
    """
    spans: dict[int, list[tuple[int, int]]] = {day: [] for day in range(7)}
    for days, texts in sorted(calendar.hours.items(), key=lambda entry: -len(weekdays(entry[0]))):
        for weekday in weekdays(days):
            spans[weekday] = [] if texts == "closed" else sorted(minutes_of(text) for text in texts)
    closed = [(c.first.utc(zone), c.last.utc(zone, end=True)) for _, c in sorted(calendar.closed.items())]
    tz = zones.zone(zone)

    def openings(days: Iterable[dt.date]) -> Iterator[tuple[int, int]]:
        for day in days:
            for start, end in spans[day.weekday()]:
                moments = (_edge(day, start, tz), _edge(day, end, tz))
                yield from ((scenario.seconds(a), scenario.seconds(b)) for a, b in _without(moments, closed) if a < b)

    found = list(openings(local_days(scenario, zone)))
    horizon = round(scenario.horizon.value)
    edges = {horizon, *dated, *(scenario.seconds(moment) for span in closed for moment in span)}
    for edge in sorted(edge for edge in edges if horizon <= edge < FOR_EVER):
        found += islice((opening for opening in openings(_fortnight(scenario, edge, tz)) if opening[1] > edge), 1)
    return _joined(found)


def _fortnight(scenario: Scenario, time: int, tz: dt.tzinfo) -> Iterable[dt.date]:
    """The local day of a time, the one before and two weeks after it: in one of them a clock may leave an hour out."""
    day = (scenario.start_utc + dt.timedelta(seconds=time)).astimezone(tz).date()
    return (day + dt.timedelta(days=n) for n in range(-1, 15))


def clock(day: dt.date, minutes: int, tz: dt.tzinfo) -> dt.datetime:
    """The moment, in UTC, of a time of day in a zone; 1440 minutes are the next midnight."""
    midnight = dt.datetime.combine(day + dt.timedelta(days=minutes // 1440), dt.time(), tz)
    return midnight.replace(hour=minutes % 1440 // 60, minute=minutes % 60).astimezone(dt.UTC)


def _edge(day: dt.date, minutes: int, tz: dt.tzinfo) -> dt.datetime:
    """The moment, in UTC, of a time of day; of one that the clock leaves out as it goes forward, that of doing so."""
    shown = minutes
    while _left_out(clock(day, shown, tz).astimezone(tz), shown):
        shown -= 1
    return clock(day, shown, tz) + dt.timedelta(minutes=minutes > shown)


def _left_out(local: dt.datetime, minutes: int) -> bool:
    return local.hour * 60 + local.minute != minutes % 1440


def local_days(scenario: Scenario, zone: str) -> Iterable[dt.date]:
    """The local days that the run touches, with one before and one after."""
    first = _first_day(scenario, zone) - dt.timedelta(days=1)
    return (first + dt.timedelta(days=n) for n in range(_length(scenario)))


def days(scenario: Scenario, zone: str, beyond: int = 0) -> Days:
    """The same days, with those of so many seconds after the horizon, and the seconds at which they begin."""
    tz, first = zones.zone(zone), np.datetime64(_first_day(scenario, zone), "D")
    date = first - 1 + np.arange(_length(scenario, beyond) + 1)
    midnights = np.array([dt.datetime.combine(day, dt.time(), tz).timestamp() for day in date.tolist()])
    since_start = np.round(midnights - scenario.start_utc.timestamp()).astype(np.int64)
    return Days(date[:-1], since_start, first + np.arange(365))


def weekdays_of(date: Dates) -> Ints:
    """Weekday of each day, 0 for Monday."""
    return (date.astype(np.int64) + 3) % 7  # day 0, 1970-01-01, was a Thursday


def _first_day(scenario: Scenario, zone: str) -> dt.date:
    """The local day on which the run starts."""
    return scenario.start_utc.astimezone(zones.zone(zone)).date()


def _length(scenario: Scenario, beyond: int = 0) -> int:
    return (round(scenario.horizon.value) + beyond) // DAY + 3


def _without(
    span: tuple[dt.datetime, dt.datetime], closed: list[tuple[dt.datetime, dt.datetime]]
) -> list[tuple[dt.datetime, dt.datetime]]:
    """A span less the closures."""
    left = [span]
    for first, last in closed:
        left = [
            piece
            for start, end in left
            for piece in ((start, min(end, first)), (max(start, last), end))
            if piece[0] < piece[1]
        ]
    return left


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined
