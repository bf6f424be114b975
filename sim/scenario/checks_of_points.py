"""Checks of points: what a design needs, how many there are, and those that are written one by one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from sim.counts import counted
from sim.errors import Problem
from sim.scenario import designs
from sim.scenario.axes import Axis, Choice, number_of, worded
from sim.scenario.expectations import BASE
from sim.scenario.extends import beside, shown, written_in
from sim.scenario.findings import unknown
from sim.scenario.located import Plain, child
from sim.scenario.points_files import Row, listed_rows, read_csv
from sim.scenario.tried_values import Stated

MOST_TRIED = 200
"""Points written one by one that are all tried before anything is run."""

MOST_RUNS = 1_000_000
"""Most runs, points times replications, of an experiment."""


def rows_of(stated: Stated) -> tuple[tuple[Row, ...], tuple[Problem, ...]]:
    """The points that are written one by one."""
    design = stated.experiment.design
    if isinstance(design, designs.Listed):
        node = child(stated.located.root, "design")
        points = None if node is None else child(node, "points")
        assert points is not None
        return listed_rows(points, design.points), ()
    if isinstance(design, designs.Csv):
        mark = stated.located.mark(("design", "file"))
        path, problems = beside(design.file, written_in(stated.located, mark), mark, "design.file")
        return ((), problems) if path is None else read_csv(path, shown(path), _factors(stated))
    return (), ()


def written(stated: Stated, axes: Mapping[str, Axis], rows: tuple[Row, ...]) -> Iterator[Problem]:
    """What stands in the points is values of their factors, and the scenario takes it."""
    settings: dict[int, dict[str, Plain]] = {}
    for position, row in enumerate(rows):
        if row.name == BASE:
            message = f"'{BASE}' is the scenario itself: another id is due"
            yield Problem(row.mark.file, row.mark.line, row.mark.column, "", message)
        found: dict[str, Plain] = {}
        for key, value in row.values.items():
            try:
                found |= _chosen(stated, axes, key, value)
            except ValueError as err:
                yield _in_row(stated, row, key, str(err))
        settings[position] = found
    judged: dict[tuple[str, str], tuple[str, ...]] = {}
    for position in _tried(axes, rows):
        if stated.refused(settings[position]):
            yield from _blamed(stated, axes, rows[position], judged)


def _tried(axes: Mapping[str, Axis], rows: tuple[Row, ...]) -> list[int]:
    """The points that are tried on the scenario: the first ones, and of all those with a least or largest number.

    To try every point of a long table takes as long as to run it; what is wrong with another is told by the sweep.
    """
    tried = set(range(min(len(rows), MOST_TRIED)))
    for each in (each for each in axes.values() if each.numeric and len(rows) > MOST_TRIED):
        numbers = {
            position: number.value
            for position, row in enumerate(rows)
            if each.factor in row.values and (number := number_of(row.values[each.factor])) is not None
        }
        tried |= {pick(numbers, key=lambda position: numbers[position]) for pick in (min, max) if numbers}
    return sorted(tried)


def _blamed(
    stated: Stated, axes: Mapping[str, Axis], row: Row, judged: dict[tuple[str, str], tuple[str, ...]]
) -> Iterator[Problem]:
    """Why a point is refused: the values that are refused by themselves, or else all of them together."""
    settings: dict[str, Plain] = {}
    alone = []
    for key, value in row.values.items():
        try:
            own = _chosen(stated, axes, key, value)
        except ValueError:  # told before
            continue
        settings |= own
        if (key, worded(value)) not in judged:
            judged[key, worded(value)] = stated.refused(own)
            alone += [_in_row(stated, row, key, message) for message in judged[key, worded(value)]]
    known = any(judged.get((key, worded(value))) for key, value in row.values.items())
    yield from alone
    if not known:
        for message in stated.refused(settings):
            yield Problem(row.mark.file, row.mark.line, row.mark.column, "", f"taken together, {message}")


def _chosen(stated: Stated, axes: Mapping[str, Axis], key: str, value: Plain) -> Mapping[str, Plain]:
    """What a value of a point sets; nothing if its factor is wrong already. ValueError if it is no value."""
    if key not in _factors(stated):
        raise ValueError(unknown("factor", key, _factors(stated)))
    return axes[key].chosen(value).settings if key in axes else {}


def _factors(stated: Stated) -> list[str]:
    """All factors of the file, also those that are wrong."""
    return [*stated.experiment.factors, *sorted(stated.lost("factors"))]


def _in_row(stated: Stated, row: Row, key: str, message: str) -> Problem:
    mark = row.marks.get(key, row.mark)
    where = (key,) if mark.file != stated.located.file else ("design", "points", row.name, key)
    return Problem(mark.file, mark.line, mark.column, ".".join(where), message)


def lacking(stated: Stated, axes: tuple[Axis, ...]) -> Iterator[Problem]:
    """A design has what it needs."""
    design = stated.experiment.design
    if design is None:
        return
    for each in axes:
        lacking = _lacking(design, each)
        if lacking:
            yield stated.at(("factors", each.factor), f"{lacking} for the design '{design.kind}'", key=True)
    if isinstance(design, designs.SobolIndices) and design.base & (design.base - 1):
        yield stated.at(("design", "base"), f"{design.base} is no power of 2")


def too_many(stated: Stated, axes: tuple[Axis, ...], rows: tuple[Row, ...]) -> Iterator[Problem]:
    """A design has not more points than can be run."""
    design = stated.experiment.design
    asked = stated.experiment.replications or stated.scenario.replications
    replications = asked if isinstance(asked, int) else asked.least
    runs = (1 + number_of_points(design, axes, rows)) * replications
    if runs > MOST_RUNS:
        yield stated.at(
            ("design",), f"{runs:,} runs with {counted(replications, 'replication')}: {MOST_RUNS:,} are the most"
        )


def point_names(design: designs.AnyDesign | None, axes: tuple[Axis, ...], rows: tuple[Row, ...]) -> tuple[str, ...]:
    """Names of all points in their order, the base first."""
    count = min(number_of_points(design, axes, rows), MOST_RUNS)
    named = [row.name for row in rows] or [""] * count
    return (BASE, *(name or f"p{number}" for number, name in enumerate(named, start=1)))


def _lacking(design: designs.AnyDesign, each: Axis) -> str:
    """What a factor lacks for a design; nothing if it will do."""
    if isinstance(design, (designs.Listed, designs.Csv)):
        return ""
    if each.kind != "range" and not each.choices:
        return "'values', a range or 'levels' are due"
    if isinstance(design, designs.Grid) and not each.choices and design.levels is None:
        return "'step' is due, or 'levels' of the design,"
    if isinstance(design, (designs.Morris, designs.SobolIndices)) and each.kind != "range" and len(each.choices) < 2:
        return "two values or more are due"
    return ""


def number_of_points(design: designs.AnyDesign | None, axes: tuple[Axis, ...], rows: tuple[Row, ...]) -> int:
    """Points of a design beside the base."""
    count, points = len(axes), 0
    match design:
        case designs.Grid():
            points = math.prod(len(each.choices) or design.levels or 0 for each in axes)
        case designs.OneAtATime():
            points = sum(len(other_choices(each, design.levels)) for each in axes)
        case designs.LatinHypercube() | designs.SobolSequence() | designs.Halton():
            points = design.points
        case designs.Morris():
            points = design.trajectories * (count + 1)
        case designs.SobolIndices():
            points = design.base * (2 * count + 2 if design.second_order else count + 2)
        case designs.Listed() | designs.Csv():
            points = len(rows)
    return points


def other_choices(each: Axis, levels: int) -> list[Choice]:
    """The values of a factor other than its own."""
    return [choice for choice in each.cut(levels) if choice.value != each.own.value]
