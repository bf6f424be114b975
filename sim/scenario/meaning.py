"""Meaning: the content of a scenario apart from how it is written, for the digest that names it.

``3 h``, ``180 min`` and ``{value: 3 h}`` are one number, and a default that is written out is as good as left out.
What a reader of the report sees beside the numbers does count: names, notes, ranges, and the facts behind them.
"""

from __future__ import annotations

import datetime as dt

from pydantic import BaseModel

from sim.scenario.located import Plain
from sim.scenario.numbers import Instant, Number

DIGITS = 12
"""Significant digits of a number: what units come to differs in the sixteenth (0.1 days, 2.4 h)."""


def meaning(part: object) -> Plain:
    """A part of a scenario as plain values."""
    if isinstance(part, BaseModel):
        return {
            field.alias or name: _moment(value, end=name == "last") if isinstance(value, Instant) else meaning(value)
            for name, field in type(part).model_fields.items()
            if (value := getattr(part, name)) != field.get_default(call_default_factory=True)
        }
    if isinstance(part, Number):
        numbers = {"value": part.value, "low": part.low, "high": part.high}
        found = {name: f"{value:.{DIGITS}g}" for name, value in numbers.items() if value is not None}
        words = {"unit": part.unit, "counted": part.counted, "fact": part.fact, "note": part.note}
        return {**found, **{name: text for name, text in words.items() if text}}
    if isinstance(part, Instant):
        return _moment(part)
    if isinstance(part, dict):
        return {str(key): meaning(value) for key, value in part.items()}
    if isinstance(part, (list, tuple)):
        return [meaning(value) for value in part]
    assert part is None or isinstance(part, (bool, int, float, str)), f"{part!r} has no plain form"
    return part


def _moment(moment: Instant, *, end: bool = False) -> str:
    """A moment as text; the end of a whole day is the next midnight."""
    return (moment.stated + dt.timedelta(days=1 if end and moment.whole_day else 0)).isoformat()
