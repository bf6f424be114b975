"""Axes: a factor with its values read, so that a design can go along it; in the factor's unit, or as words."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from sim import facts, units
from sim.counts import of_unit
from sim.scenario.factors import Factor
from sim.scenario.located import Located, Plain
from sim.scenario.numbers import Number, read_number

DIGITS = 12
"""Significant digits of a number between the ends of a range."""

ROUNDING = 1e-9
"""What a sum of fractions may be off by."""

AS_IT_IS = "own"
"""Name of what the scenario says itself where no level says the same."""

LEFT_OUT = "left out"
"""Shown for a key that is not there, or is deleted."""


@dataclass(frozen=True)
class Choice:
    """One value of a factor, and what it sets in the scenario."""

    value: float | str
    """In the factor's unit, or in words."""
    settings: Mapping[str, Plain]


@dataclass(frozen=True)
class Axis:
    """A factor as a design sees it: choices, or a range."""

    factor: str
    label: str
    unit: str
    """Of its numbers; empty for ratios, bare numbers and words."""
    kind: Literal["range", "numbers", "words", "levels"]
    own: Choice
    """What the scenario says; its settings change nothing."""
    choices: tuple[Choice, ...] = ()
    """In the order of the file; those of a range with steps; none for a range without."""
    paths: tuple[str, ...] = ()
    low: float = math.nan
    high: float = math.nan
    scale: Literal["linear", "log"] = "linear"

    @property
    def numeric(self) -> bool:
        """Whether its values are numbers."""
        return self.kind in ("range", "numbers")

    def at(self, share: float) -> Choice:
        """The value at a share of the way, 0 to 1: each of several choices has the same part of it.

        Along a range with steps on a logarithmic scale it is the nearest step.
        """
        if not self.choices or self.scale == "log":
            return self._nearest(self.between(share))
        return self.choices[min(int(share * len(self.choices) + ROUNDING), len(self.choices) - 1)]

    def cut(self, levels: int) -> tuple[Choice, ...]:
        """The choices, or so many values of a range without steps, both ends among them."""
        return self.choices or tuple(self._set(self.between(place / (levels - 1))) for place in range(levels))

    def chosen(self, written: Plain) -> Choice:
        """The choice that is written in a list of points. ValueError if it is none."""
        if self.kind == "levels":
            found = [choice for choice in self.choices if choice.value == written]
            if not found:
                names = ", ".join(str(choice.value) for choice in self.choices)
                raise ValueError(f"'{worded(written)}' is no level of '{self.factor}'; allowed: {names}")
            return found[0]
        if not self.numeric:
            return Choice(_named(written), dict.fromkeys(self.paths, written))
        number, due = number_of(written), units.one(self.unit).dimension
        if number is None or number.dimension != due:
            raise ValueError(f"'{worded(written)}' is no value of '{self.factor}': {units.describe(due)} is due")
        return Choice(_in_unit(number.value, self.unit), dict.fromkeys(self.paths, written))

    def share(self, value: float | str) -> float:
        """Where on the way from the low end of a range, 0, to the high end, 1, a number lies."""
        number = float(value)
        if self.scale == "log":
            return math.log(number / self.low) / math.log(self.high / self.low)
        return (number - self.low) / (self.high - self.low)

    def between(self, share: float) -> float:
        """The number at a share of the way along a range, steps or not."""
        if self.scale == "log":
            return self.low * math.exp(math.log(self.high / self.low) * share)
        return self.low + (self.high - self.low) * share

    def _nearest(self, value: float) -> Choice:
        if not self.choices:
            return self._set(value)
        return min(self.choices, key=lambda choice: abs(float(choice.value) - value))

    def _set(self, value: float) -> Choice:
        return _number_set(min(max(value, self.low), self.high), self.unit, self.paths)


def axis(key: str, factor: Factor, scenario: Located) -> Axis:
    """The axis of a factor over a scenario. ValueError if it has none."""
    label = factor.label or key
    if factor.levels is not None:
        choices = tuple(Choice(name, dict(settings)) for name, settings in factor.levels.items())
        return Axis(key, label, "", "levels", _own_level(choices, scenario), choices, tuple(factor.paths))
    paths = tuple(factor.paths)
    stated = [scenario.at(tuple(path.split("."))) for path in paths]
    if factor.low is not None or factor.range is not None:
        low, high = _ends(factor, paths, stated)
        return _ranged(key, factor, (low, high), stated)
    found = [number_of(value) for value in factor.values] if factor.values is not None else []
    numbers = [number for number in (found or [number_of(value) for value in stated]) if number is not None]
    if numbers and len(numbers) == len(found or stated) and len({number.dimension for number in numbers}) == 1:
        unit = written_unit(max(numbers, key=lambda number: number.value))
        values = [_in_unit(number.value, unit) for number in numbers] if found else []
        choices = tuple(_chosen(values, factor, paths))
        return Axis(key, label, unit, "numbers", _own_number(stated, unit), choices, paths)
    choices = tuple(_chosen([_named(value) for value in factor.values or []], factor, paths))
    return Axis(key, label, "", "words", Choice(_named(stated[0]), {}), choices, paths)


def _chosen(values: Sequence[float | str], factor: Factor, paths: Sequence[str]) -> Iterator[Choice]:
    for value, written in zip(values, factor.values or [], strict=bool(values)):
        yield Choice(value, dict.fromkeys(paths, written))


def _ranged(key: str, factor: Factor, ends: tuple[Number, Number], stated: Sequence[Plain]) -> Axis:
    unit = written_unit(ends[1])
    low, high = (_in_unit(end.value, unit) for end in ends)
    if low >= high:
        raise ValueError(f"'{ends[0].text}' is not below '{ends[1].text}'")
    if factor.scale == "log" and low <= 0:
        raise ValueError(f"'{ends[0].text}' has no logarithm: a log scale is above 0")
    paths = tuple(factor.paths)
    choices: tuple[Choice, ...] = ()
    if factor.step is not None:
        if factor.step.dimension != ends[1].dimension or factor.step.value <= 0:
            raise ValueError(f"'{factor.step.text}' is no step of '{ends[0].text}' to '{ends[1].text}'")
        step = _in_unit(factor.step.value, unit)
        most = math.floor((high - low) / step + ROUNDING)
        if most > MOST_STEPS:
            raise ValueError(f"'{factor.step.text}' makes {most + 1:,} values: {MOST_STEPS + 1:,} are the most")
        choices = tuple(_number_set(low + place * step, unit, paths) for place in range(most + 1))
    own = _own_number(stated, unit)
    return Axis(key, factor.label or key, unit, "range", own, choices, paths, low, high, factor.scale)


MOST_STEPS = 99_999
"""Most steps of a range."""


def _ends(factor: Factor, paths: Sequence[str], stated: Sequence[Plain]) -> tuple[Number, Number]:
    """The least and largest value. ValueError if they do not go together, or the scenario states none."""
    if factor.low is not None and factor.high is not None:
        if factor.low.dimension != factor.high.dimension:
            raise ValueError(f"'{factor.low.text}' and '{factor.high.text}' measure different things")
        return factor.low, factor.high
    found = [stated_range(path, written) for path, written in zip(paths, stated, strict=True)]
    first = found[0]
    for path, other in zip(paths[1:], found[1:], strict=True):
        if [end.value for end in other] != [end.value for end in first]:
            raise ValueError(f"'{paths[0]}' and '{path}' state different ranges: give 'low' and 'high'")
    return first


def stated_range(path: str, written: Plain) -> tuple[Number, Number]:
    """The range that a number of a scenario says beside its value, or that its fact has. ValueError if none."""
    ends: tuple[Plain, Plain] = (None, None)
    if isinstance(written, dict) and "value" in written:
        ends = (written.get("low"), written.get("high"))
    elif isinstance(written, dict) and isinstance(written.get("fact"), str):
        fact = facts.get(str(written["fact"]))
        times = {"times": written["times"]} if "times" in written else {}
        if fact.low and fact.high:
            ends = ({"fact": fact.id, "part": "low", **times}, {"fact": fact.id, "part": "high", **times})
    if ends[0] is None or ends[1] is None:
        raise ValueError(f"the scenario states no range at '{path}': give 'low' and 'high', or 'values'")
    return read_number(ends[0]), read_number(ends[1])


def number_of(written: Plain) -> Number | None:
    """What is written as a number with its unit, a fact or a bare number; None if it is none."""
    if isinstance(written, bool) or not isinstance(written, (str, int, float, dict)):
        return None
    try:
        return read_number(written)
    except ValueError:
        return None


def written_unit(number: Number) -> str:
    """The unit in which a number was written."""
    written = number.written
    if isinstance(written, dict):
        if "value" not in written:
            return facts.get(number.fact).quantity(written.get("part", "value")).unit
        written = str(written["value"])
    return units.parse(written, None if number.dimension else "%").unit


def worded(written: Plain) -> str:
    """A value as words: text as it is, all else as in JSON."""
    return written if isinstance(written, str) else json.dumps(written, ensure_ascii=False)


def _named(written: Plain) -> str:
    """A value as a table of points shows it."""
    return LEFT_OUT if written is None else worded(written)


def _in_unit(value: float, unit: str) -> float:
    return tidy(value / units.one(unit).house)


def tidy(value: float) -> float:
    """A number without what turning it into units of the code and back has left."""
    return float(f"{value:.{DIGITS}g}")


def _number_set(value: float, unit: str, paths: Sequence[str]) -> Choice:
    """A number and how it stands in a scenario: a text with its unit, or a bare number."""
    number = tidy(value)
    plain: Plain = of_unit(str(int(number)) if number.is_integer() else format(Decimal(repr(number)), "f"), unit)
    if not unit:
        plain = int(number) if number.is_integer() else number
    return Choice(number, dict.fromkeys(paths, plain))


def _own_number(stated: Sequence[Plain], unit: str) -> Choice:
    """What the scenario says: nan if it says nothing, or not the same everywhere."""
    numbers = [number_of(value) for value in stated]
    values = {
        number.value for number in numbers if number is not None and number.dimension == units.one(unit).dimension
    }
    same = len(values) == 1 and None not in numbers
    return Choice(_in_unit(min(values), unit) if same else math.nan, {})


def _own_level(choices: Sequence[Choice], scenario: Located) -> Choice:
    for choice in choices:
        if all(scenario.at(tuple(path.split("."))) == value for path, value in choice.settings.items()):
            return Choice(choice.value, {})
    return Choice(AS_IT_IS, {})
