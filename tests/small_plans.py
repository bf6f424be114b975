"""Small plans for tests, written as one would say them.

::

    plan = SmallPlan(horizon=100)
    plan.place("gate", 1)                                   # a place with one unit, always open
    plan.place("hall", (0, 2), (50, 0), (80, 2))            # windows: (time, capacity) or (time, capacity, pace)
    plan.stop("port")
    plan.route("truck", occupy("gate", 10), occupy("hall", 5, hold=20))
    plan.entity("truck", release=3)
    log = plan.run()
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.engines import Run, run
from sim.log import NOT_YET, Visits
from sim.plan.draws import Family, stream
from sim.plan.tables import (
    ABSENT,
    Distributions,
    Entities,
    Hold,
    Kind,
    Places,
    Plan,
    Routes,
    StepKind,
    Steps,
    Stops,
    Windows,
)

Time = int | Family
Rows = list[tuple[Any, ...]]


def exponential(mean: float) -> Family:
    return Family(Kind.EXPONENTIAL, mean, 0.0, 0.0, ())


def lognormal(mu: float, sigma: float) -> Family:
    return Family(Kind.LOGNORMAL, mu, sigma, 0.0, ())


def uniform(low: float, high: float) -> Family:
    return Family(Kind.UNIFORM, low, high, 0.0, ())


def table(quantiles: np.ndarray) -> Family:
    return Family(Kind.TABLE, 0.0, 0.0, 0.0, tuple(quantiles.tolist()))


@dataclass(frozen=True)
class SmallStep:
    """A step with names instead of numbers."""

    kind: StepKind
    place: str | None
    stay: Time = 0
    to_stop: str | None = None
    units: int = 1
    units_per_teu: bool = False
    per_teu: float = 0.0
    hold: Time | None = None
    until: int | None = None
    boards: bool = False
    slot: int = ABSENT
    least_load: int = 0
    longest_wait: int = ABSENT
    cut_off: int = 0
    stream: str | None = None

    @property
    def hold_kind(self) -> Hold:
        if self.until is not None:
            return Hold.UNTIL
        return Hold.STAY if self.hold is None else Hold.SECONDS


def occupy(place: str | None, stay: Time = 0, **columns: Any) -> SmallStep:
    return SmallStep(StepKind.OCCUPY, place, stay, **columns)


def call(stop: str, dwell: Time = 0, **columns: Any) -> SmallStep:
    return SmallStep(StepKind.CALL, stop, dwell, **{"boards": True, **columns})


def end(stop: str, dwell: Time = 0, **columns: Any) -> SmallStep:
    return call(stop, dwell, boards=False, **columns)


def ride(stop: str, to_stop: str) -> SmallStep:
    return SmallStep(StepKind.RIDE, stop, to_stop=to_stop)


@dataclass
class SmallPlan:
    """Collects places, stops, routes and entities; ``plan`` and ``entities`` are the tables."""

    horizon: int = 1000
    places: dict[str, tuple[list[tuple[float, ...]], bool, bool]] = field(default_factory=dict)
    stops: dict[str, bool] = field(default_factory=dict)
    routes: dict[str, tuple[SmallStep, ...]] = field(default_factory=dict)
    who: list[tuple[int, ...]] = field(default_factory=list)

    def place(
        self, name: str, *windows: int | tuple[float, ...], overtaking: bool = False, suspends: bool = False
    ) -> None:
        rows = [(0, window) if isinstance(window, int) else window for window in windows]
        self.places[name] = ([row if len(row) == 3 else (*row, 1.0) for row in rows], overtaking, suspends)

    def stop(self, name: str, overtaking: bool = False) -> None:
        self.stops[name] = overtaking

    def route(self, name: str, *steps: SmallStep) -> None:
        self.routes[name] = steps

    def entity(self, route: str, release: int = 0, **columns: int) -> int:
        """The next entity; columns: priority, teu, capacity, slot."""
        index = list(self.routes).index(route)
        ordinal = sum(1 for row in self.who if row[1] == index)
        priority, teu, capacity = (columns.pop(name, 0) for name in ("priority", "teu", "capacity"))
        self.who.append((release, index, ordinal, priority, teu, capacity, columns.pop("slot", ABSENT)))
        assert not columns
        return len(self.who) - 1

    @property
    def entities(self) -> Entities:
        columns = np.array(self.who, np.int64).reshape(-1, 7).T
        return Entities(*(np.ascontiguousarray(column) for column in columns))

    @property
    def plan(self) -> Plan:
        rows = [row for windows, _, _ in self.places.values() for row in windows]
        lengths = [len(windows) for windows, _, _ in self.places.values()]
        families: list[Family] = []
        steps = [self._step(step, families) for steps in self.routes.values() for step in steps]
        names = tuple(
            f"{route}/{position}" for route, of_route in self.routes.items() for position in range(len(of_route))
        )
        columns = {name: np.array([step[name] for step in steps], _types(name)) for name in _STEP_COLUMNS}
        return Plan(
            self.horizon,
            Places(
                tuple(self.places),
                np.cumsum([0, *lengths]).astype(np.int64),
                np.array([overtaking for _, overtaking, _ in self.places.values()], np.bool_),
                np.array([suspends for _, _, suspends in self.places.values()], np.bool_),
            ),
            Windows(
                np.array([row[0] for row in rows], np.int64),
                np.array([row[1] for row in rows], np.int64),
                np.array([row[2] for row in rows], np.float64),
            ),
            Stops(tuple(self.stops), np.array(list(self.stops.values()), np.bool_)),
            _distributions(families),
            Steps(names=names, **columns),
            Routes(
                tuple(self.routes), np.cumsum([0, *(len(steps) for steps in self.routes.values())]).astype(np.int64)
            ),
        )

    def _step(self, step: SmallStep, families: list[Family]) -> dict[str, Any]:
        def distribution(time: Time | None) -> int:
            if time is None:
                return ABSENT
            families.append(Family(Kind.FIXED, float(time), 0.0, 0.0, ()) if isinstance(time, int) else time)
            return len(families) - 1

        names = list(self.places) if step.kind == StepKind.OCCUPY else list(self.stops)
        return {
            "kind": step.kind,
            "place": ABSENT if step.place is None else names.index(step.place),
            "to_stop": ABSENT if step.to_stop is None else names.index(step.to_stop),
            "units": step.units if step.kind == StepKind.OCCUPY else 0,
            "units_per_teu": step.units_per_teu,
            "duration": ABSENT if step.kind == StepKind.RIDE else distribution(step.stay),
            "per_teu": step.per_teu,
            "hold": step.hold_kind,
            "hold_time": distribution(step.hold),
            "hold_until": ABSENT if step.until is None else step.until,
            "boards": step.boards,
            "slot": step.slot,
            "least_load": step.least_load,
            "longest_wait": step.longest_wait,
            "cut_off": step.cut_off,
            "stream": stream(step.stream or f"{step.place}"),
        }

    def run(self, seed: int = 1, replication: int = 0) -> Run:
        return run(self.plan, self.entities, seed=seed, replication=replication)

    def rows(self) -> Rows:
        """The log as (entity, where, requested, entered, left); None for what has not happened."""
        return told(self, self.run().visits)


_STEP_COLUMNS = tuple(name for name in Steps.__dataclass_fields__ if name != "names")


def _types(column: str) -> Any:
    return {"units_per_teu": np.bool_, "boards": np.bool_, "per_teu": np.float64}.get(column, np.int64)


def _distributions(families: list[Family]) -> Distributions:
    a, b, c = (np.array([family[column] for family in families], np.float64) for column in (1, 2, 3))
    kind = np.array([family.kind for family in families], np.int64)
    first = np.cumsum([0, *(len(family.quantiles) for family in families)]).astype(np.int64)
    quantiles = np.array([quantile for family in families for quantile in family.quantiles], np.float64)
    return Distributions(kind, a, b, c, first, quantiles)


def told(small: SmallPlan, visits: Visits) -> Rows:
    """Rows of a log as (entity, where, requested, entered, left)."""
    where = [step.place or "" for steps in small.routes.values() for step in steps]
    columns = (visits.entity, visits.step, visits.requested, visits.entered, visits.left)
    return [
        (entity, where[step], *(None if time == NOT_YET else time for time in times))
        for entity, step, *times in zip(*(column.tolist() for column in columns), strict=True)
    ]
