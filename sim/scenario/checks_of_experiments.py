"""Checks of an experiment against its scenario: paths, values, designs and outcomes, each located in the file."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

from sim import units
from sim.errors import FactError, Problem
from sim.scenario import checks_of_observations, checks_of_points, checks_of_searches
from sim.scenario.axes import Axis, axis
from sim.scenario.expectations import parse
from sim.scenario.expected import Setting, expected
from sim.scenario.experiment import outcomes
from sim.scenario.factors import Factor
from sim.scenario.numbers import CURRENCIES, MSER_5
from sim.scenario.override import override
from sim.scenario.points_files import Row
from sim.scenario.tried_values import Stated, overlap, refusals, said, within

TABLE = ("point", "name")
"""Columns of the table of points, which no factor may be called."""


OF_ALL = {
    "seed": "it is a key of the experiment itself",
    "replications": "it is a key of the experiment itself",
    "start": "dates of outcomes are counted from it; give it in 'settings'",
}
"""What no factor changes, so that points are compared on the same draws and dates, and where it is given."""


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
            found.problems.append(stated.at(("factors", key, *_range_key(factor)), str(err)))
    found.axes = tuple(axes.values())
    for each in found.axes:
        found.problems += [*_values(stated, each), *_price(stated, each)]
    rows, problems = checks_of_points.rows_of(stated)
    found.problems += [*problems, *checks_of_points.written(stated, axes, rows)]
    found.rows = rows
    found.problems += _found_in_a_run(stated)
    found.problems += checks_of_points.lacking(stated, found.axes)
    names: tuple[str, ...] | None = None
    if not problems and not stated.wrong and len(axes) == len(stated.experiment.factors):
        found.problems += checks_of_points.too_many(stated, found.axes, rows)
        names = checks_of_points.point_names(stated.experiment.design, found.axes, rows)
    found.problems += _expectations(stated, names)
    found.problems += [stated.at(each.where, each.message) for each in checks_of_searches.findings(stated, found.axes)]
    return found


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
                if overlap(path, taken):
                    yield stated.at(where, f"'{path}' is set by the factor '{other}' too{_as(path, taken)}")
            for setting in stated.experiment.settings:
                if setting != path and within(setting, path):
                    yield stated.at(where, f"'{path}' holds '{setting}', which is one of the settings")
        seen |= dict.fromkeys(factor.paths, key)


def _own_paths(stated: Stated) -> Iterator[Problem]:
    """No factor sets a thing twice, or what is the same at all points; none is called like a column of the points."""
    for key, factor in stated.experiment.factors.items():
        if key in TABLE:
            yield stated.at(("factors", key), f"no factor is called {' or '.join(TABLE)}: points are", key=True)
        for path in factor.paths:
            if path in OF_ALL:
                message = f"'{path}' is the same at all points: {OF_ALL[path]}"
                yield stated.at(_where(key, factor), message)
        for paths in [factor.paths] if factor.levels is None else map(list, factor.levels.values()):
            for path, other in itertools.combinations(paths, 2):
                if overlap(path, other):
                    yield stated.at(_where(key, factor), f"'{other}' is set once more{_as(other, path)}")


def _where(key: str, factor: Factor) -> tuple[str, ...]:
    """Where a factor says what it sets."""
    return ("factors", key, "path" if factor.levels is None else "levels")


def _as(path: str, taken: str) -> str:
    return "" if path == taken else f", as '{taken}'"


def _outcomes(stated: Stated) -> Iterator[Problem]:
    """What outcomes are measured of is there, and they are measured while the run goes on."""
    for key, outcome in stated.experiment.outcomes.items():
        for finding in checks_of_observations.of_measure(
            stated.scenario, ("outcomes", key, "measure"), outcome.measure
        ):
            yield stated.at(finding.where, finding.message)


def _lost(stated: Stated) -> dict[str, list[Problem]]:
    """Paths that are not in the scenario, by factor; those of levels are told with their values."""
    found: dict[str, list[Problem]] = {}
    for key, factor in stated.experiment.factors.items():
        for position, path in enumerate(factor.path or []):
            wrong = override(stated.base, {path: ""}).problems
            where = ("factors", key, "path", *([str(position)] if len(factor.paths) > 1 else []))
            if wrong:
                found.setdefault(key, []).append(stated.at(where, f"{path}: {wrong[0].message}"))
    return found


def _values(stated: Stated, each: Axis) -> Iterator[Problem]:
    """The scenario takes each value of a factor by itself; a range by its ends. The same is said once."""
    factor = stated.experiment.factors[each.factor]
    choices = list(each.choices)
    if each.kind == "range":
        choices = [each.at(0.0), each.at(1.0)]
    told: set[str] = set()
    for position, choice in enumerate(choices):
        where: tuple[str, ...] = ("factors", each.factor)
        if factor.levels is not None:
            where = (*where, "levels", str(choice.value))
        elif factor.values is not None:
            where = (*where, "values", str(position))
        else:
            where = (*where, "range" if factor.range else ("low", "high")[position])
        for problem in refusals(stated.base, choice.settings):
            message = said(problem, choice.settings)
            if message not in told:
                told.add(message)
                own = [path for path in choice.settings if within(problem.path, path)]
                if factor.levels is not None and own:
                    yield stated.at((*where, own[0]), message.removeprefix(f"{own[0]}: "))
                else:
                    yield stated.at(where, message)


def _price(stated: Stated, each: Axis) -> Iterator[Problem]:
    """A price is money for one of what the factor counts."""
    price = stated.experiment.factors[each.factor].price
    if price is None:
        return
    where = ("factors", each.factor, "price")
    if not each.numeric:
        yield stated.at(where, "only a factor of numbers has a price")
        return
    rest = dict(price.dimension)
    for base, exponent in units.one(each.unit).dimension:
        rest[base] = rest.get(base, 0) + exponent
    left = {base: exponent for base, exponent in rest.items() if exponent}
    if len(left) != 1 or next(iter(left.items())) not in [(code, 1) for code in CURRENCIES]:
        yield stated.at(where, f"'{price.text}' is no price of '{each.unit or 'a ratio'}'")


def _found_in_a_run(stated: Stated) -> Iterator[Problem]:
    """What a run finds out for itself would differ from point to point, which are compared with each other."""
    asked = stated.experiment.replications is not None or ("replications",) in stated.wrong
    if not asked and not isinstance(stated.scenario.replications, int):
        yield stated.at((), "the scenario says a half width, but all points need as many: say 'replications'")
    if stated.scenario.warm_up == MSER_5:
        message = f"the warm-up by '{MSER_5}' differs from point to point: give one (settings: {{warm_up: 20 days}})"
        yield stated.at((), message)


def _expectations(stated: Stated, points: tuple[str, ...] | None) -> Iterator[Problem]:
    """Sentences name outcomes and points that there are; None: nobody knows which points."""
    known = outcomes(stated.experiment, stated.scenario)
    for key, text in stated.experiment.expect.items():
        if stated.unclear("outcomes", parse(text).outcome):
            continue
        try:
            expected(text, Setting(stated.scenario, known, points))
        except ValueError as err:
            yield stated.at(("expect", key), str(err))
