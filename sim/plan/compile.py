"""From a checked scenario to the plan: rows of steps become tables, names become numbers.

Everything goes in the order of ids, so that the order of keys in a file moves nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

import numpy as np

from sim.plan import calls, distributions, draws, flows, special, steps, windows
from sim.plan.blocking import blocked
from sim.plan.branches import rows_of
from sim.plan.draws import Family
from sim.plan.rows import Meaning, PlaceRow, StepRow, numbered
from sim.plan.tables import (
    ABSENT,
    Ints,
    Places,
    Plan,
    Routes,
    StepKind,
    Steps,
    Stops,
    Windows,
)
from sim.scenario import paths
from sim.scenario.model import Scenario
from sim.scenario.uses import uses

UNLIMITED = 1_000_000
"""Tracks of a leg that is a place only because it is disrupted: more than there are consists."""


@dataclass(frozen=True)
class Compiled:
    """A plan with what its numbers mean."""

    plan: Plan
    place_rows: tuple[PlaceRow, ...]
    meanings: tuple[Meaning, ...]
    """Of each step."""
    step_rows: tuple[StepRow, ...]
    groups: tuple[str, ...]
    """Flow or service of each route: a route has the name of its group."""


def compile_plan(scenario: Scenario) -> Compiled:
    """The plan of a scenario that has passed its checks."""
    routes = _routes(scenario)
    places = _Places(scenario, [row for rows in routes.values() for row in rows], {})
    table = distributions.DistributionTable()
    stop_names = tuple(
        sorted(
            calls.stop_name(key, node)
            for key, service in scenario.services.items()
            for node in paths.stops(scenario, service)
        )
    )
    rows = [(route, row) for route, own in routes.items() for row in own]
    calendars = special.calendars([row for _, row in rows])
    names = _Names(places.numbers, {name: n for n, name in enumerate(stop_names)}, calendars)
    step_table = _steps(rows, names, table)
    breakdowns = special.breakdowns(scenario, places.rows, table)
    plan = Plan(
        horizon=round(scenario.horizon.value),
        places=places.table,
        windows=places.windows,
        stops=Stops(stop_names, _overtaking(scenario, stop_names)),
        distributions=table.table(),
        steps=step_table,
        routes=Routes(tuple(routes), _offsets([len(own) for own in routes.values()])),
        options=special.options([row for _, row in rows], places.numbers),
        gates=special.gates(scenario, places.numbers),
        slots=special.slots(scenario, calendars),
        breakdowns=breakdowns,
        rules=_functions(row for _, row in rows),
    )
    return Compiled(
        plan, tuple(places.rows), tuple(row.meaning for _, row in rows), tuple(row for _, row in rows), tuple(routes)
    )


def resized(scenario: Scenario, before: Scenario, compiled: Compiled) -> Compiled:
    """As :func:`compile_plan`, for one of the same structure as a scenario ``before``, which is compiled already."""
    places = _Places(scenario, list(compiled.step_rows), _kept(scenario, before, compiled))
    plan = replace(compiled.plan, places=places.table, windows=places.windows)
    return replace(compiled, plan=plan, place_rows=tuple(places.rows))


def _kept(scenario: Scenario, before: Scenario, compiled: Compiled) -> dict[str, Windows]:
    """The windows of each place that is as it was."""
    first, all_rows = compiled.plan.places.first_window, compiled.plan.windows
    return {
        row.name: Windows(*rows_of(first, all_rows, number))
        for number, row in enumerate(compiled.place_rows)
        if scenario.places.get(row.name) is before.places.get(row.name)
    }


def _routes(scenario: Scenario) -> dict[str, list[StepRow]]:
    """One route for each flow, then one for each service that runs by itself, in the order of their ids."""
    routes = {key: flows.flow_rows(scenario, flow) for key, flow in sorted(scenario.flows.items())}
    for key, service in sorted(scenario.services.items()):
        if not service.departures.on_demand:
            routes[key] = steps.service_rows(steps.Carriage(scenario, key))
    return {key: numbered(blocked(own)) for key, own in routes.items()}


class _Places:
    """All places with their windows: those of the scenario that its traffic uses, then tracks and headways of legs.

    ``kept``: windows, by the place's name, that need not be laid out.
    """

    def __init__(self, scenario: Scenario, rows: list[StepRow], kept: Mapping[str, Windows]) -> None:
        self._scenario = scenario
        self._kept = kept
        self.rows: list[PlaceRow] = []
        self._windows: list[Windows] = []
        overtaking, suspends = [], []
        for key in sorted(uses(scenario).places):
            place = scenario.places[key]
            label = place.label or f"{scenario.nodes[place.node].name}: {place.kind}"
            self._add(
                PlaceRow(key, label, place.node, place.kind, place.capacity.counted),
                partial(windows.place_rows, scenario, key),
            )
            overtaking.append(place.overtaking)
            suspends.append(place.when_closed == "suspend")
        for row in {row.place: row for row in rows if row.place and row.slots is not None}.values():
            assert row.slots is not None
            named = PlaceRow(row.place, f"Slots of {row.meaning.service}", row.meaning.node, "slots", "slot")
            self._add(named, partial(calls.slot_windows, scenario, row.slots))
            overtaking.append(False)
            suspends.append(False)
        for name, leg_id, start in _leg_places(scenario, rows):
            self._add_leg(name, leg_id, start)
            overtaking.append(False)
            suspends.append(True)
        self.rows = _told_apart(self.rows)
        self.numbers = {row.name: number for number, row in enumerate(self.rows)}
        self.table = Places(
            tuple(row.name for row in self.rows),
            _offsets([len(own.time) for own in self._windows]),
            np.array(overtaking, np.bool_),
            np.array(suspends, np.bool_),
        )
        self.windows = Windows(
            np.concatenate([np.zeros(0, np.int64), *(own.time for own in self._windows)]),
            np.concatenate([np.zeros(0, np.int64), *(own.capacity for own in self._windows)]),
            np.concatenate([np.zeros(0, np.float64), *(own.pace for own in self._windows)]),
        )

    def _add(self, row: PlaceRow, lay_out: Callable[[], list[windows.Row]]) -> None:
        self.rows.append(row)
        self._windows.append(self._kept[row.name] if row.name in self._kept else _table(lay_out()))

    def _add_leg(self, name: str, leg_id: str, start: str) -> None:
        leg = self._scenario.legs[leg_id]
        mode = {"rail": "train", "road": "truck", "air": "aircraft"}.get(leg.mode, "vessel")
        if name.endswith(" entry"):
            # Closed when its leg is, so that who waits for that is told to do so.
            own = partial(windows.leg_rows, self._scenario, leg_id, 1)
            self._add(PlaceRow(name, f"Headway {name.removesuffix(' entry')}", start, "headway", mode, leg_id), own)
            return
        if name == steps.single_track(leg_id):
            own = partial(windows.leg_rows, self._scenario, leg_id, 1)
            self._add(PlaceRow(name, f"Line {leg_id}", leg.from_node, "leg", mode, leg_id), own)
            return
        tracks = UNLIMITED if leg.tracks is None else round(leg.tracks.value)
        own = partial(windows.leg_rows, self._scenario, leg_id, tracks)
        self._add(PlaceRow(name, f"Line {name}", start, "leg", mode, leg_id), own)


def _told_apart(rows: Sequence[PlaceRow]) -> list[PlaceRow]:
    """The rows with their names added to labels that several of them have."""
    often = Counter(row.label for row in rows)
    return [replace(row, label=f"{row.label} ({row.name})") if often[row.label] > 1 else row for row in rows]


def _table(rows: list[windows.Row]) -> Windows:
    return Windows(
        np.array([row[0] for row in rows], np.int64),
        np.array([row[1] for row in rows], np.int64),
        np.array([row[2] for row in rows], np.float64),
    )


def _leg_places(scenario: Scenario, rows: list[StepRow]) -> list[tuple[str, str, str]]:
    """Name, leg and start node of each place that a leg is; a single track starts where its leg does."""
    found = set()
    for row in rows:
        leg = row.meaning.leg
        if row.place and leg:
            start = scenario.legs[leg].from_node if row.place == steps.single_track(leg) else row.meaning.node
            found.add((row.place, leg, start))
    return sorted(found)


def _overtaking(scenario: Scenario, stop_names: tuple[str, ...]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    allowed = {
        calls.stop_name(key, node): stop.overtaking
        for key, service in scenario.services.items()
        for node, stop in service.stops.items()
    }
    return np.array([allowed[name] for name in stop_names], np.bool_)


def _offsets(lengths: list[int]) -> Ints:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


class _Names(NamedTuple):
    """Numbers of what steps name."""

    places: dict[str, int]
    stops: dict[str, int]
    calendars: dict[special.Calendar, int]

    def place(self, name: str) -> int:
        """Number of a place, or ABSENT for no name."""
        return self.places[name] if name else ABSENT

    def where(self, row: StepRow) -> int:
        """Number of the place or stop of a step."""
        return self.stops[row.stop] if row.stop else self.place(row.place)


def _steps(
    rows: list[tuple[str, StepRow]],
    names: _Names,
    table: distributions.DistributionTable,
) -> Steps:
    """The table of all steps."""

    def column(values: Iterable[int | None]) -> Ints:
        return np.array([ABSENT if value is None else value for value in values], np.int64)

    def family(value: Family | None) -> int:
        return ABSENT if value is None else table.row(value)

    own = [row for _, row in rows]
    functions = _functions(own)
    streams = [draws.stream(f"{route}/{row.name}") for route, row in rows]
    timed = (StepKind.OCCUPY, StepKind.CALL)
    return Steps(
        names=tuple(row.name for row in own),
        kind=column(row.kind for row in own),
        place=column(names.where(row) for row in own),
        to_stop=column(names.stops[row.to_stop] if row.to_stop else None for row in own),
        units=column(_units(row) for row in own),
        units_per_teu=np.array([row.units_per_teu for row in own], np.bool_),
        duration=column(table.row(row.duration) if row.kind in timed else None for row in own),
        per_teu=np.array([row.per_teu for row in own], np.float64),
        hold=column(row.hold for row in own),
        hold_time=column(family(row.hold_time) for row in own),
        hold_until=column(row.hold_until for row in own),
        return_place=column(names.place(row.return_place) for row in own),
        longest_queue=column(row.longest_queue for row in own),
        patience=column(family(row.patience) for row in own),
        otherwise=column(row.otherwise for row in own),
        boards=np.array([row.boards for row in own], np.bool_),
        slot=column(row.slot for row in own),
        least_load=column(row.least_load for row in own),
        longest_wait=column(row.longest_wait for row in own),
        cut_off=column(row.cut_off for row in own),
        slots=column(None if row.slots is None or row.place else names.calendars[row.slots] for row in own),
        rule=column(row.rule for row in own),
        function=column(functions.index(row.function) if row.function else None for row in own),
        stream=column(_distinct(streams)),
    )


def _functions(rows: Iterable[StepRow]) -> tuple[str, ...]:
    """Names of the functions that choices are made by."""
    return tuple(sorted({row.function for row in rows if row.function}))


def _units(row: StepRow) -> int:
    """Units asked for: of a place, or of a consist's capacity, where it is one for each TEU."""
    return row.units if row.kind in (StepKind.OCCUPY, StepKind.RIDE) else 0


def _distinct(streams: list[int]) -> list[int]:
    """Streams that differ: two names with one number (once in billions of pairs) would share their draws."""
    taken: set[int] = set()
    distinct = []
    for number in streams:
        free = number
        while free in taken:
            free = (free + 1) % 2**32
        taken.add(free)
        distinct.append(free)
    return distinct
