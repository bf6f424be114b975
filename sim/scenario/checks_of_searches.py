"""Checks of searches and fits against their scenario: goals, sentences, and what is fitted to what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sim.scenario.axes import Axis
from sim.scenario.expectations import BASE, EVERY, parse
from sim.scenario.expected import Setting, expected
from sim.scenario.experiment import Outcome, outcomes
from sim.scenario.findings import Finding, unknown
from sim.scenario.fit import Fit, spread_of
from sim.scenario.search import PRICE, Search
from sim.scenario.tried_values import Stated

TRIED = "the point"
"""Name of the point that a sentence of a search is judged at, beside the base."""


def findings(stated: Stated, axes: Sequence[Axis]) -> Iterator[Finding]:
    """Everything that does not fit; ``axes``: of the factors that have one."""
    search, fit = stated.experiment.search, stated.experiment.fit
    if search is not None:
        yield from _factors(axes, "search")
        yield from _goals(stated, search)
        yield from _sentences(stated, search)
    if fit is not None:
        yield from _ranges(axes)
        yield from _targets(stated, fit)


def _factors(axes: Sequence[Axis], what: str) -> Iterator[Finding]:
    for axis in axes:
        if axis.kind != "range" and not axis.choices:
            yield Finding(("factors", axis.factor), f"'values', a range or 'levels' are due for a {what}")


def _goals(stated: Stated, search: Search) -> Iterator[Finding]:
    known = outcomes(stated.experiment, stated.scenario)
    priced = [key for key, factor in stated.experiment.factors.items() if factor.price is not None]
    for position, goal in enumerate(search.goals):
        where = ("search", "goals", str(position))
        if goal in search.goals[:position]:
            yield Finding(where, f"'{goal}' is a goal already")
        elif stated.unclear("outcomes", goal) or (goal == PRICE and stated.lost("factors")):
            continue
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


def _sentences(stated: Stated, search: Search) -> Iterator[Finding]:
    setting = Setting(stated.scenario, outcomes(stated.experiment, stated.scenario), (BASE, TRIED))
    for key, text in search.subject_to.items():
        if stated.unclear("outcomes", parse(text).outcome):
            continue
        try:
            found = expected(text, setting)
        except ValueError as err:
            yield Finding(("search", "subject_to", key), str(err))
            continue
        if found.stated.at != EVERY:
            message = f"it is judged at each point that is tried: leave 'at {found.stated.at}' out"
            yield Finding(("search", "subject_to", key), message)


def _ranges(axes: Sequence[Axis]) -> Iterator[Finding]:
    for axis in axes:
        if axis.kind != "range":
            yield Finding(("factors", axis.factor), "a fit needs a range: 'low' and 'high', or 'range: stated'")


def _targets(stated: Stated, fit: Fit) -> Iterator[Finding]:
    known = outcomes(stated.experiment, stated.scenario)
    for key, target in fit.targets.items():
        where = ("fit", "targets", key)
        if target.outcome not in known:
            if not stated.unclear("outcomes", target.outcome):
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
