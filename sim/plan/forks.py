"""Forks: the ways of a choice laid out in a route, one after the other, and the step that sends entities into them.

First the step that chooses, then the steps of each way; a jump at the end of all but the last leads to a step of no
time at which the ways meet again, so that a route has one end and something can be held until the choice is over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from sim.plan import distributions
from sim.plan.rows import Meaning, Option, StepRow, moved, waits
from sim.plan.tables import ABSENT, Rule, StepKind
from sim.plan.worth import Worth
from sim.scenario.choices import Choice, Way
from sim.scenario.model import Scenario

RULES = {
    "shares": Rule.SHARES,
    "shortest-queue": Rule.SHORTEST_QUEUE,
    "least-time": Rule.LEAST_TIME,
    "least-cost": Rule.LEAST_COST,
    "by-class": Rule.CLASS,
    "function": Rule.FUNCTION,
}


class Branch(NamedTuple):
    """One way of a choice with its steps and what they come to."""

    way: str
    rows: list[StepRow]
    worth: Worth


def fork_rows(scenario: Scenario, choice_id: str, node: str, branches: Sequence[Branch]) -> list[StepRow]:
    """All steps of a choice."""
    choice = scenario.choices[choice_id]
    nothing = Meaning("waiting", node, node)
    if choice.rule == "divert":
        branches = sorted(branches, key=lambda branch: branch.way != choice.first()[0])
    rows: list[StepRow] = [] if choice.rule == "divert" else [StepRow(choice_id, StepKind.CHOOSE, nothing)]
    meet = len(rows) + sum(len(branch.rows) + 1 for branch in branches) - 1
    starts: dict[str, int] = {}
    for branch in branches:
        starts[branch.way] = len(rows)
        rows += moved(branch.rows, len(rows))
        if branch is not branches[-1]:
            jump = StepRow(f"{choice_id} after {branch.way}", StepKind.CHOOSE, nothing)
            rows.append(replace(jump, rule=Rule.SHARES, options=(Option(meet, weight=1.0),)))
    rows.append(StepRow(f"{choice_id} over", StepKind.OCCUPY, nothing))
    for key, way in sorted(choice.ways.items()):
        _refused(rows, starts, key, way)
    if choice.rule != "divert":
        options = [option for branch in branches for option in _options(scenario, choice, branch, starts)]
        rows[0] = replace(rows[0], rule=RULES[choice.rule], function=choice.function or "", options=tuple(options))
    return rows


def _refused(rows: list[StepRow], starts: dict[str, int], key: str, way: Way) -> None:
    """Put patience, and where else to go, to the step at which the way begins."""
    at = next((position for position in range(starts[key], len(rows)) if waits(rows[position])), None)
    if at is None:
        return
    if way.longest_wait is not None:
        rows[at] = replace(rows[at], patience=distributions.family_of(way.longest_wait))
    if way.otherwise is not None:
        rows[at] = replace(rows[at], otherwise=starts[way.otherwise])


def _options(scenario: Scenario, choice: Choice, branch: Branch, starts: dict[str, int]) -> list[Option]:
    way, worth = choice.ways[branch.way], branch.worth
    option = Option(
        starts[branch.way],
        weight=0.0 if way.share is None else way.share.value,
        place=worth.place,
        seconds=worth.seconds,
        each=worth.each,
        usd=worth.usd,
    )
    if choice.rule != "by-class":
        return [option]
    numbers = classes(scenario)
    wanted = [number for pair, number in numbers.items() if set(pair) & set(way.only)] if way.only else [ABSENT]
    return [replace(option, class_=number) for number in wanted]


def classes(scenario: Scenario) -> dict[tuple[str, str], int]:
    """The class of each pair of commodity and priority that moves; services have no commodity."""
    flows = {(flow.commodity, flow.priority) for flow in scenario.flows.values()}
    services = {("", service.priority) for service in scenario.services.values()}
    return {pair: number for number, pair in enumerate(sorted(flows | services))}
