"""From a checked scenario to the plan: rows of steps become tables, names become numbers.

Everything goes in the order of ids, so that the order of keys in a file moves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.plan import distributions, draws, steps, windows
from sim.plan.steps import Meaning, StepRow
from sim.plan.tables import (
    ABSENT,
    Breakdowns,
    Gates,
    Ints,
    Options,
    Places,
    Plan,
    Routes,
    Slots,
    StepKind,
    Steps,
    Stops,
    Windows,
)
from sim.scenario import paths
from sim.scenario.model import Scenario

UNLIMITED = 1_000_000
"""Tracks of a leg that is a place only because it is disrupted: more than there are consists."""


@dataclass(frozen=True)
class PlaceRow:
    """What a place means: the columns of the legend's places."""

    name: str
    label: str
    node: str
    kind: str
    unit: str


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
    places = _Places(scenario, [row for rows in routes.values() for row in rows])
    table = distributions.DistributionTable()
    stop_names = tuple(
        sorted(
            steps.stop_name(key, node)
            for key, service in scenario.services.items()
            for node in paths.stops(scenario, service)
        )
    )
    rows = [(route, row) for route, own in routes.items() for row in own]
    step_table = _steps(rows, places.numbers, {name: n for n, name in enumerate(stop_names)}, table)
    plan = Plan(
        horizon=round(scenario.horizon.value),
        places=places.table,
        windows=places.windows,
        stops=Stops(stop_names, _overtaking(scenario, stop_names)),
        distributions=table.table(),
        steps=step_table,
        routes=Routes(tuple(routes), _offsets([len(own) for own in routes.values()])),
        options=_no_options(len(rows)),
        gates=Gates(*(np.zeros(0, np.int64) for _ in range(4))),
        slots=Slots(np.zeros(1, np.int64), np.zeros(0, np.int64)),
        breakdowns=_no_breakdowns(),
    )
    return Compiled(
        plan, tuple(places.rows), tuple(row.meaning for _, row in rows), tuple(row for _, row in rows), tuple(routes)
    )


def _routes(scenario: Scenario) -> dict[str, list[StepRow]]:
    """One route for each flow, then one for each service that runs by itself, in the order of their ids."""
    routes = {key: steps.flow_rows(scenario, flow) for key, flow in sorted(scenario.flows.items())}
    for key, service in sorted(scenario.services.items()):
        if not service.departures.on_demand:
            carriage = steps.Carriage(scenario, key, scenario.payload.value / 1000.0)
            routes[key] = steps.service_rows(carriage)
    return routes


class _Places:
    """All places with their windows: those of the scenario, then tracks and headways of legs that routes use."""

    def __init__(self, scenario: Scenario, rows: list[StepRow]) -> None:
        self._scenario = scenario
        self.rows: list[PlaceRow] = []
        self._windows: list[list[windows.Row]] = []
        overtaking, suspends = [], []
        for key, place in sorted(scenario.places.items()):
            label = place.label or f"{scenario.nodes[place.node].name}: {place.kind}"
            self._add(
                PlaceRow(key, label, place.node, place.kind, place.capacity.counted), windows.place_rows(scenario, key)
            )
            overtaking.append(place.overtaking)
            suspends.append(place.when_closed == "suspend")
        for name, leg_id, start in sorted(set(_leg_places(rows))):
            self._add_leg(name, leg_id, start)
            overtaking.append(False)
            suspends.append(True)
        self.numbers = {row.name: number for number, row in enumerate(self.rows)}
        self.table = Places(
            tuple(row.name for row in self.rows),
            _offsets([len(own) for own in self._windows]),
            np.array(overtaking, np.bool_),
            np.array(suspends, np.bool_),
        )
        flat = [row for own in self._windows for row in own]
        self.windows = Windows(
            np.array([row[0] for row in flat], np.int64),
            np.array([row[1] for row in flat], np.int64),
            np.array([row[2] for row in flat], np.float64),
        )

    def _add(self, row: PlaceRow, own: list[windows.Row]) -> None:
        self.rows.append(row)
        self._windows.append(own)

    def _add_leg(self, name: str, leg_id: str, start: str) -> None:
        leg = self._scenario.legs[leg_id]
        mode = {"rail": "train", "road": "truck", "air": "aircraft"}.get(leg.mode, "vessel")
        if name.endswith(" entry"):
            self._add(PlaceRow(name, f"Headway {name.removesuffix(' entry')}", start, "headway", mode), [(0, 1, 1.0)])
            return
        tracks = UNLIMITED if leg.tracks is None else round(leg.tracks.value)
        self._add(PlaceRow(name, f"Line {name}", start, "leg", mode), windows.leg_rows(self._scenario, leg_id, tracks))


def _leg_places(rows: list[StepRow]) -> list[tuple[str, str, str]]:
    """Name, leg and start node of each place that a leg is."""
    return [(row.place, row.meaning.leg, row.meaning.node) for row in rows if row.place and row.meaning.leg]


def _overtaking(scenario: Scenario, stop_names: tuple[str, ...]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    allowed = {
        steps.stop_name(key, node): stop.overtaking
        for key, service in scenario.services.items()
        for node, stop in service.stops.items()
    }
    return np.array([allowed[name] for name in stop_names], np.bool_)


def _offsets(lengths: list[int]) -> Ints:
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def _no_options(steps: int) -> Options:
    ints, floats = np.zeros(0, np.int64), np.zeros(0, np.float64)
    return Options(np.zeros(steps + 1, np.int64), ints, floats, ints, floats, floats, floats, ints)


def _no_breakdowns() -> Breakdowns:
    ints, floats = np.zeros(0, np.int64), np.zeros(0, np.float64)
    return Breakdowns(np.zeros(1, np.int64), ints, ints, ints, ints, floats, ints)


def _steps(
    rows: list[tuple[str, StepRow]],
    places: dict[str, int],
    stops: dict[str, int],
    table: distributions.DistributionTable,
) -> Steps:
    """The table of all steps."""

    def column(values: list[int]) -> Ints:
        return np.array(values, np.int64)

    own = [row for _, row in rows]
    absent = np.full(len(own), ABSENT, np.int64)
    streams = [draws.stream(f"{route}/{row.name}") for route, row in rows]
    return Steps(
        names=tuple(row.name for row in own),
        kind=column([row.kind for row in own]),
        place=column([_where(row, places, stops) for row in own]),
        to_stop=column([stops[row.to_stop] if row.to_stop else ABSENT for row in own]),
        units=column([_units(row) for row in own]),
        units_per_teu=np.array([row.units_per_teu or row.kind == StepKind.RIDE for row in own], np.bool_),
        duration=column([ABSENT if row.kind == StepKind.RIDE else table.row(row.duration) for row in own]),
        per_teu=np.array([row.per_teu for row in own], np.float64),
        hold=column([row.hold for row in own]),
        hold_time=column([ABSENT if row.hold_time is None else table.row(row.hold_time) for row in own]),
        hold_until=column([ABSENT if row.hold_until is None else row.hold_until for row in own]),
        return_place=absent,
        longest_queue=absent,
        patience=absent,
        otherwise=absent,
        boards=np.array([row.boards for row in own], np.bool_),
        slot=column([ABSENT if row.slot is None else row.slot for row in own]),
        least_load=column([row.least_load for row in own]),
        longest_wait=column([ABSENT if row.longest_wait is None else row.longest_wait for row in own]),
        cut_off=column([row.cut_off for row in own]),
        slots=absent,
        rule=absent,
        stream=column(_distinct(streams)),
    )


def _units(row: StepRow) -> int:
    """Units asked for: of a place, or of a consist's capacity, where it is one for each TEU."""
    if row.kind == StepKind.OCCUPY:
        return row.units
    return 1 if row.kind == StepKind.RIDE else 0


def _where(row: StepRow, places: dict[str, int], stops: dict[str, int]) -> int:
    if row.stop:
        return stops[row.stop]
    return places[row.place] if row.place else ABSENT


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
