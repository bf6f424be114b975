"""What a scenario is made of beside its sizes: who goes where and how, whatever a place can do and however much moves.

Experiments vary sizes again and again. What hangs on the structure alone is then worked out once::

    if same_structure(point, base):
        compiled = resized(point, base, compile_plan(base))
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sim.scenario.model import Scenario
from sim.scenario.numbers import Named

SIZES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "places": frozenset({"capacity", "changes", "overtaking", "when_closed"}),
        "flows": frozenset({"arrivals", "demand", "season", "week"}),
    }
)
"""Parts of a scenario, and of their entries the fields that are no structure."""


def same_structure(one: Scenario, other: Scenario) -> bool:
    """Whether two scenarios differ in sizes at most; those that share no parts are taken to differ."""
    names = type(one).model_fields
    return all(_same(getattr(one, name), getattr(other, name), SIZES.get(name)) for name in names)


def _same(part: object, before: object, sizes: frozenset[str] | None) -> bool:
    if part is before:
        return True
    if sizes is None or not isinstance(part, dict) or not isinstance(before, dict) or part.keys() != before.keys():
        return False
    return all(each is before[key] or _resized(each, before[key], sizes) for key, each in part.items())


def _resized(entry: Named, before: Named, sizes: frozenset[str]) -> bool:
    """Whether entries have all in common that is no size."""
    names = sorted(type(entry).model_fields.keys() - sizes)
    return all(getattr(entry, name) == getattr(before, name) for name in names)
