"""Checks of searches and fits against their scenario: goals, sentences, and what is fitted to what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sim.scenario.axes import Axis
from sim.scenario.expectations import BASE, EVERY
from sim.scenario.expected import Setting, expected
from sim.scenario.experiment import Experiment, Outcome, outcomes
from sim.scenario.findings import Finding, unknown
from sim.scenario.fit import Fit, spread_of
from sim.scenario.model import Scenario
from sim.scenario.search import PRICE, Search

TRIED = "the point"
"""Name of the point that a sentence of a search is judged at, beside the base."""


@dataclass(frozen=True)
class Sought:
    """What a search or a fit speaks of."""

    experiment: Experiment
    scenario: Scenario
    axes: Sequence[Axis]

    @property
    def outcomes(self) -> Mapping[str, Outcome]:
        """By id."""
        return outcomes(self.experiment, self.scenario)


def findings(sought: Sought) -> Iterator[Finding]:
    """Everything that does not fit."""
    search, fit = sought.experiment.search, sought.experiment.fit
    if search is not None:
        yield from _factors(sought, "search")
        yield from _goals(sought, search)
        yield from _sentences(sought, search)
    if fit is not None:
        yield from _ranges(sought)
        yield from _targets(sought, fit)


def _factors(sought: Sought, what: str) -> Iterator[Finding]:
    for axis in sought.axes:
        if axis.kind != "range" and not axis.choices:
            yield Finding(("factors", axis.factor), f"'values', a range or 'levels' are due for a {what}")


def _goals(sought: Sought, search: Search) -> Iterator[Finding]:
    known = sought.outcomes
    priced = [key for key, factor in sought.experiment.factors.items() if factor.price is not None]
    for position, goal in enumerate(search.goals):
        where = ("search", "goals", str(position))
        if goal in search.goals[:position]:
            yield Finding(where, f"'{goal}' is a goal already")
        elif goal == PRICE and not priced:
            yield Finding(where, "no factor has a 'price'")
        elif goal != PRICE and goal not in known:
            yield Finding(where, unknown("goal", goal, [PRICE, *known]))
        elif goal != PRICE and direction(known[goal]) is None:
            yield Finding(where, f"'{goal}' does not say which way is better: give the outcome 'better'")
    if priced and PRICE in known:
        yield Finding(("outcomes", PRICE), f"'{PRICE}' is what the factors cost: call the outcome something else")


def direction(outcome: Outcome) -> int | None:
    """1 if lower is better, -1 if higher is; None if neither is said."""
    return {"lower": 1, "higher": -1, None: None}[outcome.better or outcome.measure.kind.better]


def _sentences(sought: Sought, search: Search) -> Iterator[Finding]:
    setting = Setting(sought.scenario, sought.outcomes, (BASE, TRIED))
    for key, text in search.subject_to.items():
        try:
            found = expected(text, setting)
        except ValueError as err:
            yield Finding(("search", "subject_to", key), str(err))
            continue
        if found.stated.at != EVERY:
            message = f"it is judged at each point that is tried: leave 'at {found.stated.at}' out"
            yield Finding(("search", "subject_to", key), message)


def _ranges(sought: Sought) -> Iterator[Finding]:
    for axis in sought.axes:
        if axis.kind != "range":
            yield Finding(("factors", axis.factor), "a fit needs a range: 'low' and 'high', or 'range: stated'")


def _targets(sought: Sought, fit: Fit) -> Iterator[Finding]:
    known = sought.outcomes
    for key, target in fit.targets.items():
        where = ("fit", "targets", key)
        if target.outcome not in known:
            yield Finding((*where, "outcome"), unknown("outcome", target.outcome, known))
            continue
        rule = known[target.outcome].measure.kind.rule
        for name, number in (("observed", target.observed), ("spread", target.spread)):
            due = "" if number is None else rule(number.dimension)
            if number is not None and due:
                yield Finding((*where, name), f"'{number.text}' does not fit '{target.outcome}': {due}")
        if spread_of(target) is None:
            message = (
                "how sure the observation is must be said: 'spread', or 'low' and 'high' of it, or a fact with both"
            )
            yield Finding(where, message)
    if all(target.held_out for target in fit.targets.values()):
        yield Finding(("fit", "targets"), "all targets are held out: there is nothing to fit to")
