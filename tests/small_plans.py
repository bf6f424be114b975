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
    Breakdowns,
    Distributions,
    Entities,
    Gates,
    Hold,
    Kind,
    Options,
    Places,
    Plan,
    Routes,
    Rule,
    Slots,
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


WRITTEN_RULES = tuple(rule for rule in Rule if rule != Rule.FUNCTION)
"""Those that every engine knows."""


@dataclass(frozen=True)
class SmallOption:
    """A way to go on at a choice, with a name instead of the number of its place."""

    target: int
    weight: float = 1.0
    place: str | None = None
    seconds: float = 0.0
    each: float = 0.0
    usd: float = 0.0
    class_: int = ABSENT


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
    entered: bool = False
    back: str | None = None
    longest_queue: int = ABSENT
    patience: Time | None = None
    otherwise: int = ABSENT
    boards: bool = False
    slot: int = ABSENT
    least_load: int = 0
    longest_wait: int = ABSENT
    cut_off: int = 0
    slots: int = ABSENT
    rule: int = ABSENT
    function: str | None = None
    options: tuple[SmallOption, ...] = ()
    stream: str | None = None

    @property
    def hold_kind(self) -> Hold:
        if self.until is not None:
            return Hold.UNTIL_ENTERED if self.entered else Hold.UNTIL
        return Hold.STAY if self.hold is None else Hold.SECONDS


def occupy(place: str | None, stay: Time = 0, **columns: Any) -> SmallStep:
    return SmallStep(StepKind.OCCUPY, place, stay, **columns)


def call(stop: str, dwell: Time = 0, **columns: Any) -> SmallStep:
    return SmallStep(StepKind.CALL, stop, dwell, **{"boards": True, **columns})


def end(stop: str, dwell: Time = 0, **columns: Any) -> SmallStep:
    return call(stop, dwell, boards=False, **columns)


def ride(stop: str, to_stop: str, **columns: Any) -> SmallStep:
    return SmallStep(StepKind.RIDE, stop, to_stop=to_stop, **{"units_per_teu": True, **columns})


def choose(rule: Rule, *options: SmallOption, **columns: Any) -> SmallStep:
    return SmallStep(StepKind.CHOOSE, None, rule=rule, options=options, **columns)


def jump(target: int) -> SmallStep:
    return choose(Rule.SHARES, SmallOption(target))


@dataclass
class SmallPlan:
    """Collects places, stops, routes and entities; ``plan`` and ``entities`` are the tables."""

    horizon: int = 1000
    places: dict[str, tuple[list[tuple[float, ...]], bool, bool]] = field(default_factory=dict)
    stops: dict[str, bool] = field(default_factory=dict)
    routes: dict[str, tuple[SmallStep, ...]] = field(default_factory=dict)
    who: list[tuple[int, ...]] = field(default_factory=list)
    kinds: dict[int, tuple[int, float]] = field(default_factory=dict)
    """Class and value of time of those entities that have any."""
    gates: list[tuple[str, str, int, int]] = field(default_factory=list)
    calendars: list[tuple[int, ...]] = field(default_factory=list)
    breakdowns: list[tuple[tuple[str, ...], Time, Time, int, float]] = field(default_factory=list)
    seasons: list[tuple[tuple[int, int], ...]] = field(default_factory=list)

    def place(
        self, name: str, *windows: int | tuple[float, ...], overtaking: bool = False, suspends: bool = False
    ) -> None:
        rows = [(0, window) if isinstance(window, int) else window for window in windows]
        self.places[name] = ([row if len(row) == 3 else (*row, 1.0) for row in rows], overtaking, suspends)

    def stop(self, name: str, overtaking: bool = False) -> None:
        self.stops[name] = overtaking

    def route(self, name: str, *steps: SmallStep) -> None:
        self.routes[name] = steps

    def gate(self, place: str, watched: str, high: int, low: int) -> None:
        self.gates.append((place, watched, high, low))

    def calendar(self, *times: int) -> int:
        """The number of a new slot calendar."""
        self.calendars.append(times)
        return len(self.calendars) - 1

    def breakdown(
        self, *places: str, between: Time, repair: Time, capacity: int = ABSENT, pace: float = 1.0, **more: Any
    ) -> None:
        """More: ``seasons``, pairs of begin and end."""
        self.seasons.append(more.pop("seasons", ()))
        self.breakdowns.append((places, between, repair, capacity, pace))
        assert not more

    def entity(self, route: str, release: int = 0, **columns: Any) -> int:
        """The next entity; columns: priority, teu, capacity, slot, class_, value_of_time."""
        if "class_" in columns or "value_of_time" in columns:
            self.kinds[len(self.who)] = columns.pop("class_", 0), columns.pop("value_of_time", 0.0)
        index = list(self.routes).index(route)
        ordinal = sum(1 for row in self.who if row[1] == index)
        priority, teu, capacity = (columns.pop(name, 0) for name in ("priority", "teu", "capacity"))
        self.who.append((release, index, ordinal, priority, teu, capacity, columns.pop("slot", ABSENT)))
        assert not columns
        return len(self.who) - 1

    @property
    def entities(self) -> Entities:
        columns = np.array(self.who, np.int64).reshape(-1, 7).T
        kinds = [self.kinds.get(number, (0, 0.0)) for number in range(len(self.who))]
        release, route, ordinal, priority, teu, capacity, slot = (np.ascontiguousarray(column) for column in columns)
        class_ = np.array([class_ for class_, _ in kinds], np.int64)
        value = np.array([value for _, value in kinds], np.float64)
        return Entities(release, route, ordinal, priority, teu, capacity, slot, class_, value)

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
        breakdowns = self._breakdowns(families)
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
            self._options(),
            self._gates(),
            Slots(
                np.cumsum([0, *(len(times) for times in self.calendars)]).astype(np.int64),
                np.array([time for times in self.calendars for time in times], np.int64),
            ),
            breakdowns,
            tuple(self.rules),
        )

    @property
    def rules(self) -> list[str]:
        """Names of functions that choices are made by."""
        return sorted({step.function for steps in self.routes.values() for step in steps if step.function is not None})

    def _number(self, place: str | None) -> int:
        return ABSENT if place is None else list(self.places).index(place)

    def _options(self) -> Options:
        steps = [step for steps in self.routes.values() for step in steps]
        options = [option for step in steps for option in step.options]
        return Options(
            np.cumsum([0, *(len(step.options) for step in steps)]).astype(np.int64),
            np.array([option.target for option in options], np.int64),
            np.array([option.weight for option in options], np.float64),
            np.array([self._number(option.place) for option in options], np.int64),
            np.array([option.seconds for option in options], np.float64),
            np.array([option.each for option in options], np.float64),
            np.array([option.usd for option in options], np.float64),
            np.array([option.class_ for option in options], np.int64),
        )

    def _gates(self) -> Gates:
        rows = [(self._number(place), self._number(watched), high, low) for place, watched, high, low in self.gates]
        return Gates(*np.array(rows, np.int64).reshape(-1, 4).T)

    def _breakdowns(self, families: list[Family]) -> Breakdowns:
        def distribution(time: Time) -> int:
            families.append(_family(time))
            return len(families) - 1

        rows = [(distribution(between), distribution(repair)) for _, between, repair, _, _ in self.breakdowns]
        return Breakdowns(
            np.cumsum([0, *(len(places) for places, *_ in self.breakdowns)]).astype(np.int64),
            np.array([self._number(place) for places, *_ in self.breakdowns for place in places], np.int64),
            np.array([between for between, _ in rows], np.int64),
            np.array([repair for _, repair in rows], np.int64),
            np.array([capacity for *_, capacity, _ in self.breakdowns], np.int64),
            np.array([pace for *_, pace in self.breakdowns], np.float64),
            np.array([stream(f"breakdown {number}") for number in range(len(rows))], np.int64),
            np.cumsum([0, *(len(seasons) for seasons in self.seasons)]).astype(np.int64),
            *np.array([season for seasons in self.seasons for season in seasons], np.int64).reshape(-1, 2).T,
        )

    def _step(self, step: SmallStep, families: list[Family]) -> dict[str, Any]:
        def distribution(time: Time | None) -> int:
            if time is None:
                return ABSENT
            families.append(_family(time))
            return len(families) - 1

        names = list(self.places) if step.kind == StepKind.OCCUPY else list(self.stops)
        return {
            "kind": step.kind,
            "place": ABSENT if step.place is None else names.index(step.place),
            "to_stop": ABSENT if step.to_stop is None else names.index(step.to_stop),
            "units": step.units if step.kind in (StepKind.OCCUPY, StepKind.RIDE) else 0,
            "units_per_teu": step.units_per_teu,
            "duration": ABSENT if step.kind in (StepKind.RIDE, StepKind.CHOOSE) else distribution(step.stay),
            "per_teu": step.per_teu,
            "hold": step.hold_kind,
            "hold_time": distribution(step.hold),
            "hold_until": ABSENT if step.until is None else step.until,
            "return_place": self._number(step.back),
            "longest_queue": step.longest_queue,
            "patience": distribution(step.patience),
            "otherwise": step.otherwise,
            "boards": step.boards,
            "slot": step.slot,
            "least_load": step.least_load,
            "longest_wait": step.longest_wait,
            "cut_off": step.cut_off,
            "slots": step.slots,
            "rule": step.rule,
            "function": ABSENT if step.function is None else self.rules.index(step.function),
            "stream": stream(step.stream or f"{step.place}"),
        }

    def run(self, seed: int = 1, replication: int = 0) -> Run:
        return run(self.plan, self.entities, seed=seed, replication=replication)

    def rows(self) -> Rows:
        """The log as (entity, where, requested, entered, left); None for what has not happened."""
        return told(self, self.run().visits)


_STEP_COLUMNS = tuple(name for name in Steps.__dataclass_fields__ if name != "names")


def _family(time: Time) -> Family:
    return Family(Kind.FIXED, float(time), 0.0, 0.0, ()) if isinstance(time, int) else time


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
