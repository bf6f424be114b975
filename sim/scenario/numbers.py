"""Numbers of a scenario: each with its unit and its origin, a fact of seeds/ or a literal that is an assumption.

A number is written as text (``36 h``), as ``{fact: id}`` with an optional ``part`` and ``times``, or as
``{value: 36 h, low: 24 h, high: 48 h, note: why}``. Read, it is a :class:`Number` in the units of the code.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer

from sim import facts, units
from sim.errors import FactError
from sim.scenario import zones

PARTS = ("value", "low", "high", "typical")
CURRENCIES = ("CNY", "EUR", "USD")
YEARS = range(1900, 2201)
"""Years that a scenario may speak of."""


class Named(BaseModel):
    """What a scenario holds under an id: nothing unknown, nothing changed after reading."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True, populate_by_name=False
    )


@dataclass(frozen=True)
class Number:
    """A value in the units of the code, with how it was written and where it comes from."""

    value: float
    unit: str
    """Unit of the code: s, km, TEU, kg, a currency, products of these; empty for a ratio."""
    counted: str
    """What is counted, in the singular; empty if nothing is."""
    dimension: units.Dimension
    written: str | dict[str, Any]
    fact: str = ""
    note: str = ""
    low: float | None = None
    high: float | None = None

    @property
    def text(self) -> str:
        """The number as a reader of the scenario sees it."""
        if isinstance(self.written, str):
            return self.written
        if "value" in self.written:
            return str(self.written["value"])
        part = self.written.get("part", "value")
        times = f" times {self.written['times']}" if "times" in self.written else ""
        return f"{facts.get(self.fact).quantity(part)}{times}"


Rule = Callable[[units.Dimension], str]
"""Says what is due instead of a dimension, or nothing if the dimension will do."""


def _exactly(unit: str) -> Rule:
    due = units.one(unit).dimension

    def rule(dimension: units.Dimension) -> str:
        if dimension == due:
            return ""
        return f"{units.describe(due)} is due" + ("" if dimension else f" ({units.example(due)})")

    return rule


_VEHICLES = ("aircraft", "train", "trip", "truck", "vessel", "wagon")


def _teu(dimension: units.Dimension) -> str:
    """TEU, or the TEU of one vehicle as facts print them (50 FEU/train)."""
    per_vehicle = any(dimension == tuple(sorted((("TEU", 1), (vehicle, -1)))) for vehicle in _VEHICLES)
    return "" if per_vehicle else _exactly("TEU")(dimension)


def _count(dimension: units.Dimension) -> str:
    single = len(dimension) == 1 and dimension[0][1] == 1 and dimension[0][0] not in ("s", "km", "kg", *CURRENCIES)
    return "" if single else "a count is due (4 lanes, 12 trains, 2400 TEU)"


def _rate(dimension: units.Dimension) -> str:
    rest = tuple(base for base in dimension if base != ("s", -1))
    return "" if len(rest) == len(dimension) - 1 and not _count(rest) else "a rate is due (5.5 trains/day)"


def of_dimension(unit: str = "", *, counted: bool = False) -> Rule:
    """The rule of a unit, or of a count of things over it (``1/s``: a rate of them)."""
    return (_rate if unit else _count_of_things) if counted else _exactly(unit)


def _count_of_things(dimension: units.Dimension) -> str:
    return _count(dimension) if dimension != (("TEU", 1),) else "a number of shipments or vehicles is due (12 trains)"


def _amount(dimension: units.Dimension) -> str:
    rest = tuple(base for base in dimension if base != ("s", -1))
    good = not _count(rest) or rest == (("kg", 1),)
    return "" if good else "a count, a mass or a rate of these is due (1200 TEU, 12 kt, 300 trains/year)"


def _money(*over: tuple[units.Dimension, str]) -> Rule:
    """Money divided by one of the given dimensions."""

    def rule(dimension: units.Dimension) -> str:
        currency = [base for base in dimension if base[0] in CURRENCIES and base[1] == 1]
        rest = tuple(base for base in dimension if base not in currency)
        if len(currency) == 1 and rest in [given for given, _ in over]:
            return ""
        return f"money is due ({', '.join(example for _, example in over)})"

    return rule


def _either(*rules: Rule) -> Rule:
    def rule(dimension: units.Dimension) -> str:
        due = [rule(dimension) for rule in rules]
        return "" if "" in due else " or ".join(due)

    return rule


def _parsed(written: str | float, rule: Rule) -> units.Quantity:
    """A number with its unit; one without is told what the rule asks for."""
    try:
        return units.parse(written)
    except units.UnitMissingError:
        if due := rule(()):
            raise ValueError(f"{written} lacks a unit: {due}") from None
        raise


def _quantity(written: object, rule: Rule) -> tuple[units.Quantity, str, float]:
    """The quantity, the fact it comes from and the factor on it, of a number as written."""
    if isinstance(written, (str, int, float)) and not isinstance(written, bool):
        return _parsed(written, rule), "", 1.0
    if not isinstance(written, dict):
        message = "a number with its unit is due, e.g. '36 h', or {fact: id}"
        raise ValueError(message)  # noqa: TRY004 - pydantic reports ValueError only
    allowed = {"fact", "part", "times", "note"} if "fact" in written else {"value", "low", "high", "note"}
    unknown = sorted(set(written) - allowed)
    if unknown or not {"fact", "value"} & set(written):
        message = f"unknown key '{unknown[0]}'" if unknown else "'fact' or 'value' is due"
        raise ValueError(f"{message}: a number is text, {{fact, part, times, note}} or {{value, low, high, note}}")
    if "value" in written:
        return _parsed(written["value"], rule), "", 1.0
    if not isinstance(written["fact"], str) or written.get("part", "value") not in PARTS:
        raise ValueError(f"a fact is named by its id, its part is one of {', '.join(PARTS)}")
    try:
        quantity = facts.get(written["fact"]).quantity(written.get("part", "value"))
    except FactError as err:
        raise ValueError(str(err)) from err
    return quantity, written["fact"], units.ratio(written.get("times", 1.0))


@dataclass(frozen=True)
class Bounds:
    """What a value may be, in the unit of the code."""

    least: float = 0.0
    strictly: bool = False
    """Whether it must lie above the least."""
    most: float = math.inf
    whole: bool = False

    def refuse(self, value: float, shown: str, unit: str) -> None:
        """ValueError if the value lies outside."""
        if value < self.least or (self.strictly and value == self.least):
            than = "above" if self.strictly else "at least"
            raise ValueError(f"{shown} is too small: it must be {than} {_bound(self.least, unit)}")
        if value > self.most:
            raise ValueError(f"{shown} is too large: it must be at most {_bound(self.most, unit)}")
        if self.whole and abs(value - round(value)) > 1e-9:
            raise ValueError(f"{shown} is no whole number")


def _bound(value: float, unit: str) -> str:
    """A bound with its unit, as people write it; 0 needs none."""
    return units.show(value, unit) if value and unit == "s" else f"{value:g}"


def _read(written: object, rule: Rule, bounds: Bounds) -> Number:
    """Read a number in any of its forms; ValueError if it is none, of the wrong dimension or out of bounds."""
    if isinstance(written, Number):
        return written
    quantity, fact, times = _bare_ratio(written, rule) or _quantity(written, rule)
    due = rule(quantity.dimension)
    shown = f"fact '{fact}' = '{quantity}'" if fact else f"'{quantity}'"
    if due:
        raise ValueError(f"{shown} is {units.describe(quantity.dimension)}, {due}")
    value = quantity.house * times
    bounds.refuse(value, shown, units.house_unit(quantity.dimension))
    as_dict = written if isinstance(written, dict) else {}
    low, high = (
        units.parse(as_dict[key], quantity.unit or "%").house if key in as_dict else None for key in ("low", "high")
    )
    if (low is not None and low > value) or (high is not None and high < value):
        raise ValueError(f"{shown} is outside of its range, {as_dict.get('low', '-')} to {as_dict.get('high', '-')}")
    return Number(
        value=value,
        unit=units.house_unit(quantity.dimension),
        counted=quantity.counted,
        dimension=quantity.dimension,
        written=dict(written) if isinstance(written, dict) else str(written),
        fact=fact,
        note=str(as_dict.get("note", "")),
        low=low,
        high=high,
    )


def ratio(written: object) -> Number:
    """What is written as a ratio (5 %, 0.05), not below 0; ValueError if it is none."""
    return _read(written, _exactly(""), Bounds())


def _bare_ratio(written: object, rule: Rule) -> tuple[units.Quantity, str, float] | None:
    """A number without a unit, where a ratio is due."""
    if isinstance(written, (dict, bool)) or rule(()) != "":
        return None
    try:
        return units.parse(str(written), "%"), "", 1.0
    except ValueError:
        return None


def read_number(written: object) -> Number:
    """A number of any dimension in any of its forms; ValueError if it is none, or below 0."""
    return _read(written, lambda _dimension: "", Bounds())


class Written(BaseModel):
    """Shape of a number in the JSON schema."""

    model_config = ConfigDict(extra="forbid", title="Number with its origin")
    fact: str | None = None
    part: Literal["value", "low", "high", "typical"] | None = None
    times: str | float | None = None
    value: str | None = None
    low: str | None = None
    high: str | None = None
    note: str | None = None


def _kind(rule: Rule, bounds: Bounds = Bounds()) -> Any:
    def read(written: object) -> Number:
        return _read(written, rule, bounds)

    return BeforeValidator(read, json_schema_input_type=str | float | Written)


_shown = PlainSerializer(lambda number: number.written, return_type=str | dict[str, Any])
_MONEY: tuple[units.Dimension, str] = ((), "500 USD")
_PER_TEU: tuple[units.Dimension, str] = ((("TEU", -1),), "52000 USD/TEU")
_ANY = Number  # the type that all kinds below carry

ABOVE_0 = Bounds(strictly=True)
_CENTURY = 100 * 365 * 86400.0

_LONGEST = 100 * _CENTURY
"""Beyond any time of a run; sums of such times are still whole seconds."""

Wait = Annotated[_ANY, _kind(_exactly("s"), Bounds(most=_LONGEST)), _shown]
"""A duration, also none, up to ten thousand years."""
MSER_5 = "mser-5"
"""The word for a warm-up that is found in the run itself."""


def _warm_up(written: object) -> Number | str:
    if written == MSER_5:
        return MSER_5
    try:
        return _read(written, _exactly("s"), Bounds(most=_LONGEST))
    except ValueError as err:
        raise ValueError(f"{err}; or the word {MSER_5}") from err


WarmUp = Annotated[
    Number | Literal["mser-5"],
    BeforeValidator(_warm_up, json_schema_input_type=str | float | Written),
    PlainSerializer(lambda given: given.written if isinstance(given, Number) else given, return_type=Any),
]
"""A duration, or the rule by which it is found."""
Interval = Annotated[_ANY, _kind(_exactly("s"), Bounds(least=1.0, most=_LONGEST)), _shown]
"""A duration of a second or more, up to ten thousand years."""
Stretch = Annotated[_ANY, _kind(_exactly("s"), Bounds(least=60.0, most=_CENTURY)), _shown]
"""A duration of a minute or more, up to a hundred years."""
Length = Annotated[_ANY, _kind(_exactly("km"), ABOVE_0), _shown]
Speed = Annotated[_ANY, _kind(_exactly("km/s"), ABOVE_0), _shown]
Capacity = Annotated[_ANY, _kind(_count, Bounds(strictly=True, whole=True)), _shown]
Remaining = Annotated[_ANY, _kind(_count, Bounds(whole=True)), _shown]
Size = Annotated[_ANY, _kind(_teu, ABOVE_0), _shown]
Room = Annotated[_ANY, _kind(_either(_teu, _count), ABOVE_0), _shown]
Load = Annotated[_ANY, _kind(_either(_count, _exactly(""))), _shown]
Rate = Annotated[_ANY, _kind(_rate, ABOVE_0), _shown]
Amount = Annotated[_ANY, _kind(_amount), _shown]
Share = Annotated[_ANY, _kind(_exactly("")), _shown]
Positive = Annotated[_ANY, _kind(_exactly(""), ABOVE_0), _shown]
Pace = Annotated[_ANY, _kind(_exactly(""), ABOVE_0), _shown]
Money = Annotated[_ANY, _kind(_money(_MONEY, ((("s", -1),), "600 million CNY/year"))), _shown]
UnitValue = Annotated[_ANY, _kind(_money(_PER_TEU), ABOVE_0), _shown]
Fee = Annotated[_ANY, _kind(_money(_MONEY, _PER_TEU)), _shown]
Freight = Annotated[
    _ANY, _kind(_money(((("TEU", -1), ("km", -1)), "0.61 USD/FEU-km"), ((("tkm", -1),), "0.05 USD/tkm"))), _shown
]
Emission = Annotated[_ANY, _kind(_exactly("kg/tkm")), _shown]
HandlingEmission = Annotated[_ANY, _kind(_exactly("kg/TEU")), _shown]
Payload = Annotated[_ANY, _kind(_exactly("kg/TEU"), ABOVE_0), _shown]
TimeValue = Annotated[
    _ANY, _kind(_either(_money(((("TEU", -1), ("s", -1)), "100 USD/TEU/day")), _exactly("%/s"))), _shown
]
Bound = Annotated[_ANY, _kind(lambda _dimension: ""), _shown]
"""An end of a band, of any dimension."""
ExchangeRate = Annotated[_ANY, _kind(_money(((("USD", -1),), "6.9 CNY/USD")), ABOVE_0), _shown]


def _gauge(written: object) -> int:
    if isinstance(written, int) and not isinstance(written, bool):
        raise ValueError(f"{written} lacks a unit, e.g. '{written} mm'")  # noqa: TRY004 - as above
    width = round(units.parse(str(written), "mm").to("mm"))
    if width not in (1000, 1067, 1435, 1520):
        raise ValueError(f"'{written}' is no gauge in use here: allowed are 1000 mm, 1067 mm, 1435 mm, 1520 mm")
    return width


Gauge = Annotated[
    int, BeforeValidator(_gauge, json_schema_input_type=str), PlainSerializer(lambda mm: f"{mm} mm", return_type=str)
]


def _zone(written: object) -> str:
    if not isinstance(written, str) or written not in zones.names():
        raise ValueError(f"unknown time zone '{written}': IANA names such as Asia/Shanghai are allowed")
    return str(written)


Zone = Annotated[str, BeforeValidator(_zone)]


@dataclass(frozen=True)
class Instant:
    """A date, or a date with a time of day, of a zone that its place in the scenario says (UTC if nothing does)."""

    written: str
    stated: dt.datetime
    """As written: with its own zone if it has one."""
    whole_day: bool

    def utc(self, zone: str = "UTC", *, end: bool = False) -> dt.datetime:
        """The moment in UTC; the end of a whole day is the next midnight. ``zone`` holds if none was written."""
        stated = self.stated + dt.timedelta(days=1) if end and self.whole_day else self.stated
        local = stated if stated.tzinfo is not None else stated.replace(tzinfo=zones.zone(zone))
        return local.astimezone(dt.UTC)


def instant(written: object) -> Instant:
    """What is written as a date, with or without a time of day; ValueError if it is none."""
    if isinstance(written, Instant):
        return written
    text = str(written)
    try:
        stated = dt.datetime.fromisoformat(text)
    except ValueError as err:
        raise ValueError(f"'{text}' is no date: write 2020-01-31, or 2020-01-31T08:00") from err
    if stated.year not in YEARS:
        raise ValueError(f"'{text}' lies outside of the years {YEARS.start} to {YEARS.stop - 1}")
    return Instant(text, stated, whole_day=not re.search("[T ]", text))


Moment = Annotated[
    Instant,
    BeforeValidator(instant, json_schema_input_type=str),
    PlainSerializer(lambda moment: moment.written, return_type=str),
]
