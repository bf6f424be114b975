"""Who waits for ever, in words: a circle of those who wait for one another once, and who is stranded one by one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from sim.engines.gridlock import Waiting
from sim.scenario import Scenario

MOST = 10
"""How many sentences are told, and how many of a circle are named."""


class Stuck(NamedTuple):
    """A sentence, and how many of those who wait for ever it tells of."""

    sentence: str
    entities: int


def stuck(scenario: Scenario, waiting: Sequence[Waiting]) -> list[Stuck]:
    """A sentence for each circle, with how many wait behind it, then one for each who is stranded; times in UTC."""
    by_entity = {each.entity: each for each in waiting}
    behind: dict[tuple[int, ...], int] = {}
    for each in waiting:
        behind[each.circle] = behind.get(each.circle, 0) + (each.entity not in each.circle)
    found = []
    for circle, count in behind.items():
        if circle:
            told = [_told(scenario, by_entity[entity]) for entity in circle[:MOST]]
            left_out = [f"and {len(circle) - MOST} more in the circle"] if len(circle) > MOST else []
            rest = [f"{count} more wait{'s' if count == 1 else ''} behind"] if count else []
            who = "each waiting for the next and the last for the first" if len(circle) > 1 else "waiting for itself"
            sentence = f"gridlock, {who}: {'; '.join([*told, *left_out, *rest])}"
            found.append(Stuck(sentence, len(circle) + count))
    return found + [Stuck(f"stranded: {_told(scenario, each)}", 1) for each in waiting if not each.circle]


def few(found: Sequence[Stuck]) -> list[str]:
    """The first sentences, and how many the others tell of."""
    rest = sum(each.entities for each in found[MOST:])
    return [each.sentence for each in found[:MOST]] + ([f"and {rest} more wait for ever"] if rest else [])


def _told(scenario: Scenario, each: Waiting) -> str:
    """What it holds, for what it waits, and since when."""
    kind = "flow" if each.route in scenario.flows else "service"
    holds = f" holds {', '.join(each.keeps)} and" if each.keeps else ""
    since = scenario.start_utc + dt.timedelta(seconds=each.since)
    return (
        f"entity {each.entity} of {kind} {each.route}{holds} has waited at {each.step} for {each.what} "
        f"since {since:%Y-%m-%dT%H:%M:%SZ}"
    )
