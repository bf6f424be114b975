"""What an expectation comes to in a scenario: what is measured, the limits in units of the code, and the direction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from sim import units
from sim.scenario.expectations import BASE, EVERY, SOME, Expectation, parse
from sim.scenario.findings import Finding, unknown
from sim.scenario.model import Scenario
from sim.scenario.observations import MEASURES, Better, Group, Kind, Measure

SCOPES = ("n", "bb", "sp", "tt", "dd")
"""What stands for all reported flows of a scope, where no flow has that id."""

POINTS = "points"
"""What a difference of two ratios is counted in: hundredths."""


class Outcome(Protocol):
    """What is kept of each replication of an experiment, under an id."""

    @property
    def label(self) -> str:
        """For reading."""

    @property
    def measure(self) -> Measure:
        """What is measured."""

    @property
    def better(self) -> Better | None:
        """Which way it improves; None: as its measure says."""

    @property
    def unit(self) -> str | None:
        """The unit in which it is told; None: days for times, else that of the code."""


@dataclass(frozen=True)
class Expected:
    """An expectation that fits its scenario."""

    stated: Expectation
    outcome: str
    """Under what the number stands among the values: the id of an outcome, or measure.what.statistic."""
    label: str
    measure: Measure
    better: Better | None
    unit: str
    """In which numbers are told: that of the sentence, else of the outcome."""
    limits: tuple[float, ...] = ()
    """In units of the code: the limit, or both."""
    margin: float = 0.0
    """By how much it may be worse, or must be better: a share, or in units of the code."""
    relative: bool = False
    """Whether the margin is a share of the number that is compared with."""

    @property
    def unit_size(self) -> float:
        """Units of the code in one unit of the telling."""
        return units.one(self.unit).house


@dataclass(frozen=True)
class Setting:
    """Where a sentence stands: the scenario, the outcomes that it may name, and the points."""

    scenario: Scenario
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    points: tuple[str, ...] | None = (BASE,)
    """None: nobody knows them yet."""


def expected(text: str, setting: Setting) -> Expected:
    """What a sentence comes to; ValueError with what is wrong and what is allowed."""
    stated = parse(text)
    for point in {stated.reference, stated.at} - {"", EVERY, SOME}:
        if setting.points is not None and point not in setting.points:
            raise ValueError(unknown("point", point, setting.points))
    if stated.reference and stated.at == stated.reference:
        raise ValueError(f"'{stated.at}' is compared with itself")
    if stated.reference and setting.points is not None and len(setting.points) == 1:
        message = f"there is no other point to compare with '{stated.reference}': that is for the file of an experiment"
        raise ValueError(message)
    found = _side(stated, setting)
    if stated.reference and found.better is None:
        message = f"'{found.outcome}' has no direction, so that nothing is worse or better: give an outcome 'better'"
        raise ValueError(message)
    return _with_numbers(found)


def findings(scenario: Scenario) -> Iterator[Finding]:
    """What does not fit in the expectations of a scenario."""
    for key, text in sorted(scenario.expect.items()):
        try:
            expected(text, Setting(scenario))
        except ValueError as err:
            yield Finding(("expect", key), str(err))


def _side(stated: Expectation, setting: Setting) -> Expected:
    """What is measured."""
    first = stated.side[0]
    if len(stated.side) == 1:
        if first not in setting.outcomes:
            raise ValueError(_no_outcome(first, setting))
        named = setting.outcomes[first]
        better = named.better or named.measure.kind.better
        return Expected(stated, first, named.label or first, named.measure, better, named.unit or "")
    if first not in MEASURES:
        raise ValueError(unknown("measure", first, MEASURES))
    kind = MEASURES[first]
    names = _names(stated.side[1], kind.group, setting.scenario)
    if len(names) > 1 and not kind.several:
        raise ValueError(f"'{first}' is measured of one {kind.group}: one of {', '.join(names)}")
    statistic = stated.side[2] if len(stated.side) > 2 else None
    if statistic is not None and statistic not in kind.statistics:
        allowed = f"one of {', '.join(kind.statistics)}" if kind.statistics else "not given"
        raise ValueError(f"the statistic of '{first}' is {allowed}, not '{statistic}'")
    given = {"of": first, kind.group: names, "statistic": statistic}
    measure = Measure.model_validate({key: value for key, value in given.items() if value is not None})
    outcome = ".".join(stated.side)
    return Expected(stated, outcome, outcome, measure, kind.better, "")


def _no_outcome(name: str, setting: Setting) -> str:
    if name in MEASURES:
        group = MEASURES[name].group
        return f"'{name}' does not say of what: write {name}.{group.upper()}, with the id of a {group}"
    if not setting.outcomes:
        return f"unknown outcome '{name}': measure.what.statistic is due, e.g. transit_time.tt.p95"
    return unknown("outcome", name, setting.outcomes)


def _names(what: str, group: Group, scenario: Scenario) -> list[str]:
    """The ids that the second part of a side stands for."""
    if group == "flow":
        reported = {key: flow for key, flow in sorted(scenario.flows.items()) if flow.report}
        if what in SCOPES and what not in reported:
            names = [key for key, flow in reported.items() if flow.scope.lower() == what]
            if not names:
                raise ValueError(f"no reported flow has the scope {what.upper()}")
            return names
        if what in scenario.flows and what not in reported:
            raise ValueError(f"flow '{what}' is not reported, so that nothing is measured of it")
        known = list(reported)
    else:
        known = sorted(scenario.places if group == "place" else scenario.services)
    if what not in known:
        raise ValueError(unknown(group, what, known))
    return [what]


def _with_numbers(found: Expected) -> Expected:
    """With the limits or the margin of the sentence."""
    stated, kind = found.stated, found.measure.kind
    of = (found.stated, found.outcome, found.label, found.measure, found.better)
    if stated.reference:
        written = stated.numbers[0] if stated.numbers else ""
        margin, relative, unit = _margin(written, kind) if written else (0.0, True, "")
        return Expected(*of, unit or found.unit, margin=margin, relative=relative)
    limits = [_quantity(text, kind) for text in stated.numbers]
    values = tuple(each.house for each in limits)
    if len(values) == 2 and values[0] > values[1]:
        raise ValueError(f"'{stated.numbers[0]}' is above '{stated.numbers[1]}'")
    return Expected(*of, limits[0].unit or found.unit, limits=values)


def _quantity(text: str, kind: Kind) -> units.Quantity:
    """A number in what is measured."""
    found = units.parse(text, "%" if not kind.rule(()) else None, negative=True)
    if due := kind.rule(found.dimension):
        raise ValueError(f"'{text}' is {units.describe(found.dimension)}, {due}")
    return found


def _margin(text: str, kind: Kind) -> tuple[float, bool, str]:
    """A margin, whether it is a share of what is compared with, and the unit to tell it in."""
    if text.endswith(POINTS):
        if kind.rule(()):
            raise ValueError(f"'{text}': points are hundredths of a ratio, and no ratio is measured")
        return units.parse(text.removesuffix(POINTS).strip(), "%").house / 100, False, "%"
    if text.endswith("%"):
        return units.parse(text, "%").house, True, ""
    if not kind.rule(()):
        raise ValueError(f"'{text}' is a share of what, or a difference? write '2%' or '2 {POINTS}'")
    found = _quantity(text, kind)
    if found.house < 0:
        raise ValueError(f"'{text}' is below 0")
    return found.house, False, found.unit
