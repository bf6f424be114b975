"""Checks of an experiment against its scenario: paths, values, designs and outcomes, each located in the file."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sim import units
from sim.errors import FactError, Problem, ScenarioError
from sim.scenario import checks_of_observations, checks_of_searches, designs
from sim.scenario.axes import Axis, Choice, axis, worded
from sim.scenario.checks import findings
from sim.scenario.complaints import check
from sim.scenario.expectations import BASE
from sim.scenario.expected import Setting, expected
from sim.scenario.experiment import Experiment, outcomes
from sim.scenario.extends import beside, shown
from sim.scenario.factors import Factor
from sim.scenario.findings import unknown
from sim.scenario.located import Located, Plain, child
from sim.scenario.model import Scenario
from sim.scenario.numbers import CURRENCIES, MSER_5
from sim.scenario.override import override
from sim.scenario.points_files import Row, listed_rows, read_csv

MOST_RUNS = 1_000_000
"""Most runs, points times replications, of an experiment."""

TABLE = ("point", "name")
"""Columns of the table of points, which no factor may be called."""


OF_ALL = ("seed", "replications")
"""What no factor changes, so that points are compared on the same draws."""


@dataclass(frozen=True)
class Stated:
    """An experiment and its scenario, each right by itself."""

    experiment: Experiment
    located: Located
    scenario: Scenario
    base: Located
    path: Path


@dataclass
class Checked:
    """What comes of the checks."""

    axes: tuple[Axis, ...] = ()
    rows: tuple[Row, ...] = ()
    problems: list[Problem] = field(default_factory=list)


def check_experiment(stated: Stated) -> Checked:
    """The axes of all factors and the points that are written one by one, with every problem."""
    found = Checked()
    found.problems += [*_paths(stated), *_own_paths(stated), *_outcomes(stated)]
    axes: dict[str, Axis] = {}
    lost = _lost(stated)
    found.problems += [problem for problems in lost.values() for problem in problems]
    for key, factor in stated.experiment.factors.items():
        if key in lost:
            continue
        try:
            axes[key] = axis(key, factor, stated.base)
        except (ValueError, FactError) as err:
            found.problems.append(_at(stated, ("factors", key, *_range_key(factor)), str(err)))
    found.axes = tuple(axes.values())
    for each in found.axes:
        found.problems += [*_values(stated, each), *_price(stated, each)]
    rows, problems = _rows(stated)
    found.problems += [*problems, *_written(stated, axes, rows)]
    found.rows = rows
    found.problems += _found_in_a_run(stated)
    if len(axes) == len(stated.experiment.factors):
        found.problems += [*_design(stated, found), *_expectations(stated, found)]
        sought = checks_of_searches.Sought(stated.experiment, stated.scenario, found.axes)
        found.problems += [_at(stated, each.where, each.message) for each in checks_of_searches.findings(sought)]
    return found


def _at(stated: Stated, where: tuple[str, ...], message: str, *, key: bool = False) -> Problem:
    return stated.located.problem(where, message, key=key)


def _range_key(factor: Factor) -> tuple[str, ...]:
    """Of what a factor without an axis is blamed."""
    return ("range",) if factor.range is not None else ("low",) if factor.low is not None else ()


def _paths(stated: Stated) -> Iterator[Problem]:
    """No two factors set the same thing, and none sets what holds a setting."""
    seen: dict[str, str] = {}
    for key, factor in stated.experiment.factors.items():
        where = _where(key, factor)
        for path in factor.paths:
            for taken, other in seen.items():
                if _overlap(path, taken):
                    yield _at(stated, where, f"'{path}' is set by the factor '{other}' too{_as(path, taken)}")
            for setting in stated.experiment.settings:
                if setting != path and _within(setting, path):
                    yield _at(stated, where, f"'{path}' holds '{setting}', which is one of the settings")
        seen |= dict.fromkeys(factor.paths, key)


def _own_paths(stated: Stated) -> Iterator[Problem]:
    """No factor sets a thing twice, or what is the same at all points; none is called like a column of the points."""
    for key, factor in stated.experiment.factors.items():
        if key in TABLE:
            yield _at(stated, ("factors", key), f"no factor is called {' or '.join(TABLE)}: points are", key=True)
        for path in factor.paths:
            if path in OF_ALL:
                message = f"'{path}' is the same at all points: it is a key of the experiment itself"
                yield _at(stated, _where(key, factor), message)
        for paths in [factor.paths] if factor.levels is None else map(list, factor.levels.values()):
            for path, other in itertools.combinations(paths, 2):
                if _overlap(path, other):
                    yield _at(stated, _where(key, factor), f"'{other}' is set once more{_as(other, path)}")


def _where(key: str, factor: Factor) -> tuple[str, ...]:
    """Where a factor says what it sets."""
    return ("factors", key, "path" if factor.levels is None else "levels")


def _as(path: str, taken: str) -> str:
    return "" if path == taken else f", as '{taken}'"


def _overlap(path: str, other: str) -> bool:
    return _within(path, other) or _within(other, path)


def _within(inner: str, outer: str) -> bool:
    return inner == outer or inner.startswith(f"{outer}.")


def _outcomes(stated: Stated) -> Iterator[Problem]:
    """What outcomes are measured of is there, and they are measured while the run goes on."""
    for key, outcome in stated.experiment.outcomes.items():
        for finding in checks_of_observations.of_measure(
            stated.scenario, ("outcomes", key, "measure"), outcome.measure
        ):
            yield _at(stated, finding.where, finding.message)


def _lost(stated: Stated) -> dict[str, list[Problem]]:
    """Paths that are not in the scenario, by factor; those of levels are told with their values."""
    found: dict[str, list[Problem]] = {}
    for key, factor in stated.experiment.factors.items():
        for position, path in enumerate(factor.path or []):
            wrong = override(stated.base, {path: ""}).problems
            where = ("factors", key, "path", *([str(position)] if len(factor.paths) > 1 else []))
            if wrong:
                found.setdefault(key, []).append(_at(stated, where, f"{path}: {wrong[0].message}"))
    return found


def _values(stated: Stated, each: Axis) -> Iterator[Problem]:
    """The scenario takes each value of a factor by itself; a range by its ends. The same is said once."""
    factor = stated.experiment.factors[each.factor]
    choices = list(each.choices)
    if each.kind == "range":
        choices = [each.at(0.0), each.at(1.0)]
    said: set[str] = set()
    for position, choice in enumerate(choices):
        where: tuple[str, ...] = ("factors", each.factor)
        if factor.levels is not None:
            where = (*where, "levels", str(choice.value))
        elif factor.values is not None:
            where = (*where, "values", str(position))
        else:
            where = (*where, "range" if factor.range else ("low", "high")[position])
        for problem in refusals(stated.base, choice.settings):
            message = _said(problem, choice.settings)
            if message not in said:
                said.add(message)
                own = [path for path in choice.settings if _within(problem.path, path)]
                if factor.levels is not None and own:
                    yield _at(stated, (*where, own[0]), message.removeprefix(f"{own[0]}: "))
                else:
                    yield _at(stated, where, message)


def _said(problem: Problem, settings: Mapping[str, Plain]) -> str:
    """What is wrong, and with which value where the problem stands elsewhere."""
    said = f"{problem.path}: {problem.message}"
    if any(_overlap(problem.path, path) for path in settings):
        return said
    return f"with {', '.join(f'{path} = {worded(value)}' for path, value in settings.items())}, at {said}"


def refusals(base: Located, settings: Mapping[str, Plain]) -> tuple[Problem, ...]:
    """Everything that is wrong with a scenario once some values are set in it."""
    located = override(base, settings)
    try:
        scenario = check(located, Scenario)
    except ScenarioError as err:
        return err.problems
    return tuple(located.problem(finding.where, finding.message) for finding in findings(scenario))


def _price(stated: Stated, each: Axis) -> Iterator[Problem]:
    """A price is money for one of what the factor counts."""
    price = stated.experiment.factors[each.factor].price
    if price is None:
        return
    where = ("factors", each.factor, "price")
    if not each.numeric:
        yield _at(stated, where, "only a factor of numbers has a price")
        return
    rest = dict(price.dimension)
    for base, exponent in units.parse(f"1 {each.unit}", None if each.unit else "%").dimension:
        rest[base] = rest.get(base, 0) + exponent
    left = {base: exponent for base, exponent in rest.items() if exponent}
    if len(left) != 1 or next(iter(left.items())) not in [(code, 1) for code in CURRENCIES]:
        yield _at(stated, where, f"'{price.text}' is no price of '{each.unit or 'a ratio'}'")


def _rows(stated: Stated) -> tuple[tuple[Row, ...], tuple[Problem, ...]]:
    """The points that are written one by one."""
    design = stated.experiment.design
    if isinstance(design, designs.Listed):
        node = child(stated.located.root, "design")
        points = None if node is None else child(node, "points")
        assert points is not None
        return listed_rows(points, design.points), ()
    if isinstance(design, designs.Csv):
        mark = stated.located.mark(("design", "file"))
        path, problems = beside(design.file, stated.path, mark, "design.file")
        return ((), problems) if path is None else read_csv(path, shown(path), list(stated.experiment.factors))
    return (), ()


def _written(stated: Stated, axes: Mapping[str, Axis], rows: tuple[Row, ...]) -> Iterator[Problem]:
    """The scenario takes what stands in each point."""
    judged: dict[tuple[str, str], tuple[str, ...]] = {}
    for row in rows:
        if row.name == BASE:
            message = f"'{BASE}' is the scenario itself: another id is due"
            yield Problem(row.mark.file, row.mark.line, row.mark.column, "", message)
        settings, wrong = dict[str, Plain](), list[tuple[str, str]]()
        for key, value in row.values.items():
            try:
                choice = _chosen(stated, axes, key, value)
            except ValueError as err:
                yield _in_row(stated, row, key, str(err))
                continue
            if choice is None:
                continue
            settings |= choice.settings
            known = (key, worded(value))
            if known not in judged:
                found = refusals(stated.base, choice.settings)
                judged[known] = tuple(dict.fromkeys(_said(problem, choice.settings) for problem in found))
            wrong += [(key, message) for message in judged[known]]
        # What is refused by itself may be right with the other values of the point.
        if wrong and refusals(stated.base, settings):
            yield from (_in_row(stated, row, key, message) for key, message in wrong)


def _chosen(stated: Stated, axes: Mapping[str, Axis], key: str, value: Plain) -> Choice | None:
    """What a value of a point comes to; None if its factor is wrong already. ValueError if it is no value."""
    if key not in stated.experiment.factors:
        raise ValueError(unknown("factor", key, stated.experiment.factors))
    return axes[key].chosen(value) if key in axes else None


def _in_row(stated: Stated, row: Row, key: str, message: str) -> Problem:
    mark = row.marks.get(key, row.mark)
    where = (key,) if mark.file != stated.located.file else ("design", "points", row.name, key)
    return Problem(mark.file, mark.line, mark.column, ".".join(where), message)


def _found_in_a_run(stated: Stated) -> Iterator[Problem]:
    """What a run finds out for itself would differ from point to point, which are compared with each other."""
    if stated.experiment.replications is None and not isinstance(stated.scenario.replications, int):
        yield _at(stated, (), "the scenario says a half width, but all points need as many: say 'replications'")
    if stated.scenario.warm_up == MSER_5:
        message = f"the warm-up by '{MSER_5}' differs from point to point: give one (settings: {{warm_up: 20 days}})"
        yield _at(stated, (), message)


def _design(stated: Stated, found: Checked) -> Iterator[Problem]:
    """A design has what it needs, and not more points than can be run."""
    design = stated.experiment.design
    if design is None:
        return
    for each in found.axes:
        lacking = _lacking(design, each)
        if lacking:
            yield _at(stated, ("factors", each.factor), f"{lacking} for the design '{design.kind}'", key=True)
    if isinstance(design, designs.SobolIndices) and design.base & (design.base - 1):
        yield _at(stated, ("design", "base"), f"{design.base} is no power of 2")
    asked = stated.experiment.replications or stated.scenario.replications
    replications = asked if isinstance(asked, int) else asked.least
    runs = (1 + number_of_points(design, found.axes, found.rows)) * replications
    if runs > MOST_RUNS:
        yield _at(stated, ("design",), f"{runs:,} runs with {replications} replications: {MOST_RUNS:,} are the most")


def _expectations(stated: Stated, found: Checked) -> Iterator[Problem]:
    """Sentences name outcomes and points that there are."""
    points = point_names(stated.experiment.design, found.axes, found.rows)
    known = outcomes(stated.experiment, stated.scenario)
    for key, text in stated.experiment.expect.items():
        try:
            expected(text, Setting(stated.scenario, known, points))
        except ValueError as err:
            yield _at(stated, ("expect", key), str(err))


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
