"""Every number that a scenario uses, with its path and its origin: a fact with its source, or an assumption."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from pydantic import BaseModel

from sim.scenario.demand import MONTHS
from sim.scenario.model import Scenario
from sim.scenario.network import DAYS
from sim.scenario.numbers import Number


def numbers(scenario: Scenario, beside: Scenario | None = None) -> list[tuple[tuple[str, ...], Number]]:
    """The numbers by path of keys as written in the file, sorted by path; not those that judge a run or end it.

    Without what is one and the same part in the scenario ``beside``.
    """
    found = [each for each in _walk(scenario, (), beside) if each[0][0] not in {"observations", "replications"}]
    return sorted(found, key=lambda each: each[0])


def _walk(part: object, path: tuple[str, ...], beside: object) -> Iterator[tuple[tuple[str, ...], Number]]:
    if part is beside:
        return
    if isinstance(part, Number):
        yield path, part
    elif isinstance(part, BaseModel):
        for name, key in _keys(type(part)):
            yield from _walk(getattr(part, name), (*path, *key), getattr(beside, name, None))
    elif isinstance(part, dict):
        others = beside if isinstance(beside, dict) else {}
        for key, value in part.items():
            yield from _walk(value, (*path, str(key)), others.get(key))
    elif isinstance(part, list):
        for position, value in enumerate(part):
            yield from _walk(value, (*path, str(position)), None)


@cache
def _keys(model: type[BaseModel]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The fields of a model, each with its key in the file; a fixed value stands for what it is of."""
    fields = model.model_fields.items()
    return tuple((name, () if name == "fixed" else (field.alias or name,)) for name, field in fields)


def patterns(scenario: Scenario) -> list[tuple[tuple[str, ...], str]]:
    """What else is assumed: seasons, weeks and timetables, by path, each as one text."""
    found: list[tuple[tuple[str, ...], str]] = []
    for key, flow in scenario.flows.items():
        for name, weights, order in (("season", flow.season, MONTHS), ("week", flow.week, DAYS)):
            if weights:
                text = ", ".join(f"{part} {weights[part]:g}" for part in order if part in weights)
                found.append((("flows", key, name), text))
    for key, service in scenario.services.items():
        timetable = service.departures.timetable
        if timetable is not None:
            text = f"{', '.join(timetable.days)} at {', '.join(timetable.at)}"
            found.append((("services", key, "departures", "timetable"), text))
    return sorted(found)
