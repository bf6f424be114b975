"""Rows: one step of a route each, with what the engine needs and what it means to a reader of the log.

Positions in rows are those of their own list; joining lists moves them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from sim.plan import distributions
from sim.plan.draws import Family
from sim.plan.tables import ABSENT, Hold, Rule, StepKind

LEG = "leg"
NODE = "node"


@dataclass(frozen=True)
class Meaning:
    """What a step means to a reader of the log; the columns of the legend's steps."""

    activity: str
    node: str
    to_node: str
    leg: str = ""
    mode: str = ""
    service: str = ""
    km: float | None = 0.0
    border: str = ""
    direction: str = ""
    country: str = ""
    fee_usd: float = 0.0
    fee_usd_teu: float = 0.0
    usd_teu_km: float | None = 0.0
    """Freight for a TEU and km; beside it that for a tonne and km. None, both of them: no rate is known."""
    usd_tkm: float | None = 0.0
    kg_tkm: float | None = 0.0
    """CO2e for a tonne and km; None: no factor is known."""
    kg_teu: float | None = 0.0
    label: str = ""
    """What the scenario calls it; empty: by the step's name."""


@dataclass(frozen=True)
class Option:
    """One way to go on at a step that chooses, with the names of places; see the plan's Options."""

    target: int
    weight: float = 0.0
    place: str = ""
    seconds: float = 0.0
    each: float = 0.0
    usd: float = 0.0
    class_: int = ABSENT


@dataclass(frozen=True)
class StepRow:
    """One step of one route, with names where the plan's tables have numbers."""

    name: str
    kind: StepKind
    meaning: Meaning
    place: str = ""
    stop: str = ""
    to_stop: str = ""
    units: int = 1
    units_per_teu: bool = False
    duration: Family = field(default_factory=lambda: distributions.fixed(0.0))
    per_teu: float = 0.0
    hold: Hold = Hold.STAY
    hold_time: Family | None = None
    hold_until: int | None = None
    awaits: str = ""
    """Item of the path or chain until which it keeps its units, as long as its step is not known."""
    blocks: str = ""
    """LEG or NODE: keeps its units until the next place is entered, as seen from a leg or at a node."""
    return_place: str = ""
    longest_queue: int | None = None
    patience: Family | None = None
    otherwise: int | None = None
    boards: bool = False
    slot: int | None = None
    least_load: int = 0
    longest_wait: int | None = None
    cut_off: int = 0
    slots: tuple[str, int] | None = None
    """CALL: the service whose timetable is its slot calendar, and the seconds after each of its departures; or OCCUPY:
    that whose departures are the units of the place."""
    rule: Rule | None = None
    function: str = ""
    options: tuple[Option, ...] = ()


def moved(rows: Iterable[StepRow], by: int) -> list[StepRow]:
    """The rows as they stand so many positions later."""
    return [_moved(row, by) for row in rows]


def _moved(row: StepRow, by: int) -> StepRow:
    if row.hold_until is None and row.otherwise is None and not row.options:
        return row
    return replace(
        row,
        hold_until=None if row.hold_until is None else row.hold_until + by,
        otherwise=None if row.otherwise is None else row.otherwise + by,
        options=tuple(replace(option, target=option.target + by) for option in row.options),
    )


def waits(row: StepRow) -> bool:
    """Whether an entity may have to wait to enter: at a place, or for a ride."""
    return row.kind == StepKind.RIDE or (row.kind == StepKind.OCCUPY and bool(row.place))


def onward(row: StepRow, position: int, class_: int) -> list[tuple[int, float]]:
    """Where entities of a class go on after a step, and which share of them.

    Evenly many go each way where the state of things decides.
    """
    if row.kind != StepKind.CHOOSE:
        return [(position + 1, 1.0)]
    if row.rule == Rule.CLASS:
        found = [(option.target, 1.0) for option in row.options if option.class_ in (class_, ABSENT)]
        return found[:1] or [(position + 1, 1.0)]
    total = sum(option.weight for option in row.options) if row.rule == Rule.SHARES else 0.0
    even = 1.0 / len(row.options)
    return [(option.target, option.weight / total if total else even) for option in row.options]


def numbered(rows: list[StepRow]) -> list[StepRow]:
    """Names made unique within the route, in the order of their coming: the streams of draws hang on them."""
    seen: dict[str, int] = {}
    unique = []
    for row in rows:
        seen[row.name] = seen.get(row.name, 0) + 1
        again = seen[row.name]
        unique.append(row if again == 1 else replace(row, name=f"{row.name} #{again}"))
    return unique


@dataclass(frozen=True)
class PlaceRow:
    """What a place means: the columns of the legend's places."""

    name: str
    label: str
    node: str
    kind: str
    unit: str
    leg: str = ""
    """Leg whose tracks or entry it is."""
