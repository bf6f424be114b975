"""Numbers with units, as people write them: ``36 h``, ``1200 km``, ``5.5 trains/day``, ``3289 USD/FEU``, ``12 %``.

This room knows nothing of the rest of the house but how to count. A quantity keeps the number and the unit as
written; ``house`` turns it into the units of the code: seconds, km, TEU, kg, the currency that was written, and
products of these. Units that count different things (trains, TEU, boxes) never turn into one another, nor do
currencies. FEU = 2 TEU, a year is 365 days.

A unit is a product of names: ``/`` divides by the next name, ``-`` multiplies by it, and both bind from left to right
within their term, so that ``USD/FEU-km`` and ``USD/FEU/km`` are the same.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache, cached_property, lru_cache
from types import MappingProxyType

from sim.counts import of_unit, plural

Dimension = tuple[tuple[str, int], ...]
"""Exponents of base units, sorted by name, none of them 0. A plain ratio has none: ``()``."""

_LARGEST = 1e15
_LONGEST = 80
_NUMBER = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?)(?:\s+(million|billion)\b)?\s*(.*)", re.ASCII)
_GROUPED = re.compile(r"-?[0-9]+[,_][0-9]", re.ASCII)
_SCALES = MappingProxyType({None: 1, "million": 10**6, "billion": 10**9})
_HOUR, _DAY = 3600, 86400
# fmt: off
_COUNTED = frozenset({
    "agreement", "aircraft", "berth", "bogie", "box", "chamber", "city", "consist", "consulate", "country",
    "crane", "crew", "delegation", "delivery", "driver", "embassy", "event", "factory", "ferry", "firm",
    "flight", "government", "lane", "lift", "lock", "lockage", "locomotive", "machine", "mask", "move",
    "pair", "person", "port", "post", "project", "route", "slot", "track", "train", "trip", "truck",
    "trailer", "vehicle", "vessel", "voyage", "wagon", "workshop",
})
# fmt: on


def known() -> tuple[str, ...]:
    """All names of units."""
    return tuple(_atoms())


@cache
def _atoms() -> Mapping[str, tuple[Fraction, Dimension]]:
    """Each name of a unit with its size in base units."""
    plain: dict[str, tuple[str, Fraction | int]] = {"s": ("s", 1), "sec": ("s", 1), "min": ("s", 60)}
    plain |= dict.fromkeys(("h", "hour", "hours"), ("s", _HOUR))
    plain |= dict.fromkeys(("d", "day", "days"), ("s", _DAY))
    plain |= dict.fromkeys(("week", "weeks"), ("s", 7 * _DAY))
    plain |= dict.fromkeys(("year", "years"), ("s", 365 * _DAY))
    plain |= {"km": ("km", 1), "m": ("km", Fraction(1, 10**3)), "mm": ("km", Fraction(1, 10**6))}
    plain |= {"nm": ("km", Fraction(1852, 1000)), "m3": ("m3", 1), "tkm": ("tkm", 1)}
    plain |= {"g": ("kg", Fraction(1, 1000)), "kg": ("kg", 1), "kt": ("kg", 10**6), "Mt": ("kg", 10**9)}
    plain |= dict.fromkeys(("t", "tonne", "tonnes"), ("kg", 1000))
    plain |= {"USD": ("USD", 1), "EUR": ("EUR", 1), "CNY": ("CNY", 1), "RMB": ("CNY", 1)}
    plain |= {"TEU": ("TEU", 1), "FEU": ("TEU", 2), "container": ("box", 1), "containers": ("box", 1)}
    for noun in sorted(_COUNTED):
        plain |= {noun: (noun, 1), plural(noun): (noun, 1)}
    atoms: dict[str, tuple[Fraction, Dimension]] = {
        name: (Fraction(size), ((base, 1),)) for name, (base, size) in plain.items()
    }
    atoms["%"] = (Fraction(1, 100), ())
    atoms["kn"] = (Fraction(1852, 1000 * _HOUR), (("km", 1), ("s", -1)))
    return MappingProxyType(atoms)


_KNOWN: Mapping[Dimension, tuple[str, str, str]] = MappingProxyType(
    {
        (): ("a ratio", "%", "12 %"),
        (("s", 1),): ("a duration", "s, min, h, days, weeks, years", "12 days"),
        (("km", 1),): ("a length", "km, m, nm", "1200 km"),
        (("km", 1), ("s", -1)): ("a speed", "km/h, km/day, kn", "60 km/h"),
        (("kg", 1),): ("a mass", "g, kg, t, kt, Mt", "12 t"),
        (("TEU", 1),): ("a number of TEU", "TEU, FEU", "40 TEU"),
        (("USD", 1),): ("money in USD", "USD", "329 USD"),
        (("CNY", 1),): ("money in CNY", "CNY, RMB", "52.5 CNY"),
        (("EUR", 1),): ("money in EUR", "EUR", "500 EUR"),
    }
)


@dataclass(frozen=True)
class Quantity:
    """A number with its unit, both as written."""

    value: float
    unit: str
    dimension: Dimension

    @cached_property
    def house(self) -> float:
        """The value in the units of the code: s, km, TEU, kg, the currency as written, 1 for a ratio."""
        return float(Fraction(repr(self.value)) * _size(self.unit)[0])

    @cached_property
    def counted(self) -> str:
        """What is counted (``train``, ``TEU``), or ``""`` if nothing or more than one thing is."""
        nouns = [base for base, exponent in self.dimension if exponent == 1 and (base in _COUNTED or base == "TEU")]
        return nouns[0] if len(nouns) == 1 else ""

    def to(self, unit: str) -> float:
        """The value in another unit of the same dimension; ValueError if the dimension differs."""
        size, dimension = _size(unit)
        if dimension != self.dimension:
            raise ValueError(_mismatch(str(self), self.dimension, dimension))
        return float(Fraction(repr(self.value)) * _size(self.unit)[0] / size)

    def __str__(self) -> str:
        number = format(Decimal(repr(self.value)).normalize(), "f")
        return f"{number} {self.unit}".strip()


class UnitMissingError(ValueError):
    """A bare number where a unit is due."""


def parse(text: str | float, due: str | None = None, *, negative: bool = False) -> Quantity:
    """Read a number with its unit. ``due`` is any unit of the dimension that is wanted, e.g. ``km`` for a length.

    Numbers are plain decimals, in ASCII, at most 1e15 in size; ``million`` or ``billion`` may follow. A bare number is
    a ratio if a ratio is due (``due="%"``) and refused otherwise. Below 0 only if ``negative``. Errors: ValueError.
    """
    return _parsed(text.strip() if isinstance(text, str) else format(text), due, negative)


@lru_cache(maxsize=8192)
def _parsed(written: str, due: str | None, negative: bool) -> Quantity:
    wanted = None if due is None else _size(due)[1]
    found = _NUMBER.fullmatch(written) if len(written) <= _LONGEST and not _GROUPED.match(written) else None
    if found is None:
        raise ValueError(_no_number(written, wanted))
    number, scale, unit = found.groups()
    value = float(number) * _SCALES[scale]
    if not unit and wanted != ():
        raise UnitMissingError(f"{written} lacks a unit, e.g. '{example(wanted)}'")
    dimension = _unit_of(unit, written)[1]
    if wanted is not None and dimension != wanted:
        raise ValueError(_mismatch(written, dimension, wanted))
    if abs(value) > _LARGEST:
        raise ValueError(f"'{written}' is too large: at most 1e15")
    if value < 0 and not negative:
        raise ValueError(f"'{written}' is below 0")
    return Quantity(value, unit, dimension)


def one(unit: str) -> Quantity:
    """One of a unit; of none: the ratio 1. Errors: ValueError."""
    return parse(f"1 {unit}", None if unit else "%")


def seconds(text: str | float) -> float:
    """A duration in seconds."""
    return parse(text, "s").house


def kilometres(text: str | float) -> float:
    """A length in km."""
    return parse(text, "km").house


def ratio(text: str | float) -> float:
    """A plain number or a percentage, as a number: ``12 %`` is 0.12."""
    return parse(text, "%").house


def count(text: str | float) -> tuple[float, str]:
    """How many, and of what, in the singular: ``3 cranes`` is ``(3, "crane")``, ``1 FEU`` is ``(2, "TEU")``."""
    quantity = parse(text)
    if quantity.dimension != ((quantity.counted, 1),):
        raise ValueError(f"'{quantity}' is {describe(quantity.dimension)}, a count is due (e.g. 3 cranes, 40 TEU)")
    return quantity.house, quantity.counted


def rate(text: str | float) -> tuple[float, str]:
    """How many in a second, and of what: ``86400 TEU/day`` is ``(1, "TEU")``."""
    quantity = parse(text)
    if quantity.dimension != tuple(sorted(((quantity.counted, 1), ("s", -1)))):
        raise ValueError(
            f"'{quantity}' is {describe(quantity.dimension)}, a rate is due (e.g. 5.5 trains/day, 40 TEU/day)"
        )
    return quantity.house, quantity.counted


def house_unit(dimension: Dimension) -> str:
    """The unit of the code for a dimension: ``s``, ``km/s``, ``USD/TEU-km``, ``""`` for a ratio."""
    above = "-".join(base for base, exponent in dimension for _ in range(exponent))
    below = "-".join(base for base, exponent in dimension for _ in range(-exponent))
    return (above or "1") + (f"/{below}" if below else "") if dimension else ""


def describe(dimension: Dimension) -> str:
    """A dimension in words: ``a duration``, ``a number of trains``, ``a quantity in TEU/s``."""
    if dimension in _KNOWN:
        return _KNOWN[dimension][0]
    if len(dimension) == 1 and dimension[0][1] == 1 and dimension[0][0] in _COUNTED:
        return f"a number of {plural(dimension[0][0])}"
    return f"a quantity in {house_unit(dimension)}"


def show(value: float, unit: str) -> str:
    """A value in its unit, rounded to what people read: three figures below 1000, whole numbers with commas above.

    Seconds turn into min, h or days; a ratio (``""`` or ``%``; the value is the ratio itself) into per cent.
    """
    if not math.isfinite(value):
        return "none"
    if unit == "s":
        size, unit = next(
            ((n, u) for n, u in ((_DAY, "days"), (_HOUR, "h"), (60, "min")) if abs(value) >= 2 * n), (1, "s")
        )
        value /= size
    elif unit in ("", "%"):
        value, unit = value * 100, "%"
    whole = len(format(abs(value), ".2f")) - len(".00")
    number = format(value, f",.{max(0, 3 - whole)}f")
    if "." in number:
        number = number.rstrip("0").rstrip(".")
    return of_unit("0" if number == "-0" else number, unit)


@cache
def _size(unit: str) -> tuple[Fraction, Dimension]:
    """A unit in base units; ValueError whose text is the name that is not known."""
    size, exponents = Fraction(1), dict[str, int]()
    for place, term in enumerate(unit.replace(" ", "").split("/") if unit else ()):
        for name in term.split("-"):
            if name not in _atoms():
                raise ValueError(name)
            atom, dimension = _atoms()[name]
            sign = -1 if place else 1
            size *= atom**sign
            for base, exponent in dimension:
                exponents[base] = exponents.get(base, 0) + sign * exponent
    return size, tuple(sorted((base, exponent) for base, exponent in exponents.items() if exponent))


def _unit_of(unit: str, written: str) -> tuple[Fraction, Dimension]:
    """As _size, with an error that says what is allowed."""
    try:
        return _size(unit)
    except ValueError as err:
        name = str(err)
        raise ValueError(f"unknown unit '{name}' in '{written}'{_remedy(name)}") from None


def _remedy(name: str) -> str:
    """Say what to write instead of an unknown unit."""
    if name.casefold() in ("month", "months"):
        return ": a month has no fixed length, write days or weeks"
    lowered = {known.casefold(): known for known in sorted(_atoms(), reverse=True)}
    close = difflib.get_close_matches(name.casefold(), lowered, n=1, cutoff=0.6)
    if close:
        return f" - did you mean '{lowered[close[0]]}'?"
    return ", allowed are e.g. days, h, km, TEU, trains, USD, t, %"


def example(wanted: Dimension | None) -> str:
    """Write a quantity of the dimension that is due."""
    if wanted is None:
        return "12 days"
    return _KNOWN[wanted][2] if wanted in _KNOWN else f"5 {house_unit(wanted)}"


def _mismatch(written: str, found: Dimension, wanted: Dimension) -> str:
    allowed = _KNOWN[wanted][1] if wanted in _KNOWN else house_unit(wanted)
    return f"'{written}' is {describe(found)}, {describe(wanted)} is due ({allowed})"


def _no_number(written: str, wanted: Dimension | None) -> str:
    """Why a text does not start with a number that is read."""
    if len(written) > _LONGEST:
        return f"a number with its unit takes at most {_LONGEST} characters, e.g. '{example(wanted)}'"
    if _GROUPED.match(written):
        return f"'{written}' groups its digits: write them without a separator, e.g. '1200 km'"
    return f"'{written}' is no number with a unit, e.g. '{example(wanted)}'"
