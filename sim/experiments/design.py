"""Designs: the points of an experiment, each with what it sets in the scenario."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from sim.experiments import samples
from sim.scenario import canonical, designs
from sim.scenario.axes import Axis, Choice
from sim.scenario.checks_of_points import other_choices, point_names
from sim.scenario.expectations import BASE
from sim.scenario.experiment_files import LoadedExperiment
from sim.scenario.located import Plain


@dataclass(frozen=True)
class Point:
    """A scenario as one run of an experiment sees it."""

    number: int
    """0: the base, which is the scenario with the settings of the experiment."""
    name: str
    """``base``, the id in a list, else ``p1``, ``p2``, ..."""
    values: Mapping[str, float | str]
    """Of each factor: a number in its unit (nan: the scenario says none), the name of a level, or a value in words."""
    settings: Mapping[str, Plain]
    """Dotted path -> value as it would stand in the scenario; beside the settings of the experiment."""


def points(loaded: LoadedExperiment) -> tuple[Point, ...]:
    """The base, then the points of the design in its order; a function of the experiment alone."""
    own = {each.factor: each.own for each in loaded.axes}
    found = [point_of(0, BASE, own)]
    names = point_names(loaded.experiment.design, loaded.axes, loaded.rows)
    for number, choices in enumerate(_chosen(loaded), start=1):
        found.append(point_of(number, names[number], {**own, **choices}))
    return tuple(found)


def point_of(number: int, name: str, choices: Mapping[str, Choice]) -> Point:
    """The point at which each factor has a choice; those that are its own set nothing."""
    values = {factor: choice.value for factor, choice in choices.items()}
    settings = {path: value for choice in choices.values() for path, value in choice.settings.items()}
    return Point(number, name, values, settings)


def equal_points(found: tuple[Point, ...]) -> dict[int, int]:
    """Points that set the same as an earlier one, by number: that of the first; they need no run of their own."""
    first: dict[str, int] = {}
    equal: dict[int, int] = {}
    for point in found:
        number = first.setdefault(canonical.digest(dict(point.settings)), point.number)
        if number != point.number:
            equal[point.number] = number
    return equal


def points_table(loaded: LoadedExperiment, found: tuple[Point, ...]) -> pd.DataFrame:
    """Number and name of each point, and a column for each factor: numbers in its unit, or words."""
    columns: dict[str, pd.Series] = {
        "point": pd.Series([point.number for point in found], dtype="int64"),
        "name": pd.Series([point.name for point in found], dtype="str"),
    }
    for each in loaded.axes:
        values = [point.values[each.factor] for point in found]
        columns[each.factor] = pd.Series(values, dtype="float64" if each.numeric else "str")
    return pd.DataFrame(columns)


def factors_table(loaded: LoadedExperiment) -> pd.DataFrame:
    """A row for each factor: its label, unit, least and largest value (nan for words), scale, kind and own value.

    Also the paths that it sets, and the note that says where its values come from.
    """
    rows = []
    for each in loaded.axes:
        numbers = [float(choice.value) for choice in each.choices] if each.numeric else []
        low, high = each.low, each.high
        if numbers and each.kind != "range":
            low, high = min(numbers), max(numbers)
        factor = loaded.experiment.factors[each.factor]
        origin = (", ".join(factor.paths), factor.note or _STATED * (factor.range == "stated"))
        rows.append(
            (each.factor, each.label, each.unit, low, high, each.scale, each.kind, str(each.own.value), *origin)
        )
    columns = {"factor": "str", "label": "str", "unit": "str", "low": "float64", "high": "float64"}
    columns |= {"scale": "str", "kind": "str", "own": "str", "paths": "str", "note": "str"}
    return pd.DataFrame(rows, columns=list(columns)).astype(columns)


_STATED = "the range that the scenario states"
_Choices = dict[str, Choice]


def _chosen(loaded: LoadedExperiment) -> Iterator[_Choices]:
    """The choices of each point of the design; factors left out keep their own."""
    design, axes = loaded.experiment.design, loaded.axes
    match design:
        case None:
            return
        case designs.Grid():
            yield from _grid(axes, design.levels or 0)
        case designs.OneAtATime():
            for each in axes:
                yield from ({each.factor: choice} for choice in other_choices(each, design.levels))
        case designs.Listed() | designs.Csv():
            by_factor = {each.factor: each for each in axes}
            for row in loaded.rows:
                yield {key: by_factor[key].chosen(value) for key, value in row.values.items()}
        case _:
            for shares in samples.shares(design, len(axes)).tolist():
                yield {each.factor: each.at(share) for each, share in zip(axes, shares, strict=True)}


def _grid(axes: tuple[Axis, ...], levels: int) -> Iterator[_Choices]:
    names = [each.factor for each in axes]
    for choices in itertools.product(*(each.cut(levels) for each in axes)):
        yield dict(zip(names, choices, strict=True))
