"""Tables that few scenarios fill: options of choices, gates, slot calendars, and breakdowns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.plan import distributions, draws, timetables
from sim.plan.rows import PlaceRow, StepRow
from sim.plan.tables import ABSENT, Breakdowns, Gates, Ints, Options, Slots, StepKind
from sim.scenario.demand import MONTHS
from sim.scenario.model import Scenario

Calendar = tuple[str, int]
"""A service, and the seconds after each of its departures by timetable."""


def options(rows: Sequence[StepRow], places: dict[str, int]) -> Options:
    """What all choices choose from."""
    own = [option for row in rows for option in row.options]
    floats = {
        name: np.array([getattr(option, name) for option in own], np.float64)
        for name in ("weight", "seconds", "each", "usd")
    }
    return Options(
        first=_offsets([len(row.options) for row in rows]),
        target=np.array([option.target for option in own], np.int64),
        place=np.array([places[option.place] if option.place else ABSENT for option in own], np.int64),
        class_=np.array([option.class_ for option in own], np.int64),
        **floats,
    )


def gates(scenario: Scenario, places: dict[str, int]) -> Gates:
    """Gates in the order of their places."""
    found = [
        (places[key], place.gate)
        for key, place in sorted(scenario.places.items())
        if place.gate is not None and key in places
    ]
    rows = [
        (number, places[gate.watches], round(gate.closes_at.value), round(gate.opens_at.value))
        for number, gate in sorted(found, key=lambda pair: pair[0])
    ]
    table = np.array(rows, np.int64).reshape(len(rows), 4)
    return Gates(*(np.ascontiguousarray(column) for column in table.T))


def calendars(rows: Sequence[StepRow]) -> dict[Calendar, int]:
    """The number of each slot calendar that a call names."""
    named = {row.slots for row in rows if row.slots is not None and row.kind == StepKind.CALL}
    return {key: number for number, key in enumerate(sorted(named))}


def slots(scenario: Scenario, numbers: dict[Calendar, int]) -> Slots:
    """Slot calendars: the departures of a timetable, some of them so much later."""
    times = [timetables.departures(scenario, scenario.services[service]) + after for service, after in numbers]
    return Slots(_offsets([len(own) for own in times]), np.concatenate([np.zeros(0, np.int64), *times]))


def breakdowns(scenario: Scenario, places: Sequence[PlaceRow], table: distributions.DistributionTable) -> Breakdowns:
    """Spells at random, of those that meet a place of the plan."""
    rows, own = [], []
    for key, breakdown in sorted(scenario.breakdowns.items()):
        named = set(breakdown.places)
        legs = set(breakdown.legs)
        met = [number for number, place in enumerate(places) if place.name in named or place.leg in legs]
        if met:
            rows.append((key, breakdown))
            own.append(met)
    seasons = [_seasons(scenario, each.months) for _, each in rows]
    capacity = [ABSENT if each.capacity is None else round(each.capacity.value) for _, each in rows]
    return Breakdowns(
        first=_offsets([len(met) for met in own]),
        place=np.array([number for met in own for number in met], np.int64),
        between=np.array([table.row(distributions.family_of(each.time_between)) for _, each in rows], np.int64),
        repair=np.array([table.row(distributions.family_of(each.time_to_repair)) for _, each in rows], np.int64),
        capacity=np.array(capacity, np.int64),
        pace=np.array([1.0 if each.pace is None else each.pace.value for _, each in rows], np.float64),
        stream=np.array([draws.stream(f"breakdowns/{key}") for key, _ in rows], np.int64),
        season_first=_offsets([len(each) for each in seasons]),
        season_from=np.array([begin for each in seasons for begin, _ in each], np.int64),
        season_to=np.array([end for each in seasons for _, end in each], np.int64),
    )


def _seasons(scenario: Scenario, months: Sequence[str]) -> list[tuple[int, int]]:
    """The UTC months of the run that are named, in seconds since its start; after its end there is no season.

    A season of no length if none of them is in the run, since a row without any has spells always.
    """
    edges, names = timetables.month_edges(scenario)
    spans = zip(names, edges[:-1].tolist(), edges[1:].tolist(), strict=True)
    named = [(begin, end) for name, begin, end in spans if MONTHS[int(name[-2:]) - 1] in months]
    return named or [(0, 0)] * bool(months)


def _offsets(lengths: Sequence[int]) -> Ints:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
