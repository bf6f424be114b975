"""Texts of a scenario that are printed: titles, names, labels, notes; for whoever must know whether they can be."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from sim.scenario.model import Scenario
from sim.scenario.numbers import Number

PRINTED = frozenset(
    {"title", "question", "note", "name", "name_zh", "name_ru", "label", "corridor", "direction", "commodity", "length"}
    | {"case", "says", "reason"}
)
"""Keys whose text reaches the report."""


def texts(scenario: Scenario) -> list[tuple[str, str]]:
    """Dotted path and text of all that a report may print, notes of numbers included, sorted by path."""
    return sorted(_walk(scenario, ()))


def _walk(part: object, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if isinstance(part, str):
        if path[-1] in PRINTED and part:
            yield ".".join(path), part
    elif isinstance(part, Number):
        yield ".".join(path), part.text
        yield ".".join((*path, "note")), part.note
    else:
        for key, inner in _parts(part):
            yield from _walk(inner, (*path, key))


def _parts(part: object) -> Iterator[tuple[str, object]]:
    """What a part of a scenario is made of, by key or position."""
    if isinstance(part, BaseModel):
        yield from ((field.alias or name, getattr(part, name)) for name, field in type(part).model_fields.items())
    elif isinstance(part, dict):
        yield from ((str(key), value) for key, value in part.items())
    elif isinstance(part, list):
        yield from ((str(position), value) for position, value in enumerate(part))
