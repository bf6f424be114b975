"""Forged checkpoints: numbers of a run that stands still are changed, so that all still point inside of their tables.

Run as a script it lets each forgery go on, and prints how many of them were refused: ``python -m
tests.forged_checkpoints PLANS``. A kernel that follows a ring for ever can be ended from outside only.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random

import numpy as np

from sim.engines import compiled, kernel, stages
from sim.engines.checkpoint import Checkpoint
from sim.engines.features import needs
from sim.engines.layout import CHANGING, World
from sim.errors import SimError
from sim.plan import traffic
from sim.plan.breakdowns import with_breakdowns
from sim.plan.compile import compile_plan
from sim.plan.tables import Entities, Ints, Plan
from sim.scenario import open_scenario
from tests.busy_plans import busy_plan
from tests.plans_of_ways import GIVEN, plan_with
from tests.rich_plans import rich_plan
from tests.valid_scenarios import VALID

Given = tuple[Plan, Entities]
Forge = Callable[[Random, dict[str, Ints]], None]

ENTITIES = 40
MOST = 300_000
"""Acts after which a run of one of these plans has not come to its end: true ones take some thousands."""
EACH = 5
"""Forgeries of each sort at a stop."""
SCENARIOS = ("ferry", "gate", "lock", "pools", "single-track", "two-gauges", "until-entered")
SORTS = (*GIVEN, "all", "busy", *SCENARIOS)


def a_number(dice: Random, arrays: dict[str, Ints]) -> None:
    """Any number becomes any other."""
    numbers = _filled(dice, arrays).reshape(-1)
    other = dice.choice((-1, 0, 1, dice.randint(-2, 200), int(dice.choice(numbers)), 2**40))
    numbers[dice.randrange(numbers.size)] = other


def a_little(dice: Random, arrays: dict[str, Ints]) -> None:
    """Any number becomes one more or less."""
    numbers = _filled(dice, arrays).reshape(-1)
    numbers[dice.randrange(numbers.size)] += dice.choice((-1, 1))


def two_swapped(dice: Random, arrays: dict[str, Ints]) -> None:
    """Two numbers of the same row or column change places."""
    table = np.atleast_2d(_filled(dice, arrays))
    lines = dice.choice((table, table.T))
    line = lines[dice.randrange(len(lines))]
    one, other = dice.randrange(len(line)), dice.randrange(len(line))
    line[[one, other]] = line[[other, one]]


def a_row_twice(dice: Random, arrays: dict[str, Ints]) -> None:
    """A row stands in the place of another: an entity, a place, a queue, or what is due."""
    name = dice.choice([name for name in ("servers", "queues", "gates", "state", "keys") if len(arrays[name])])
    one, other = dice.randrange(len(arrays[name])), dice.randrange(len(arrays[name]))
    for changed in ("keys", "subjects") if name == "keys" else (name,):
        arrays[changed][one] = arrays[changed][other]


def several(dice: Random, arrays: dict[str, Ints]) -> None:
    """Two to four of these at once."""
    for _ in range(dice.randint(2, 4)):
        dice.choice((a_number, a_little, two_swapped, a_row_twice))(dice, arrays)


FORGERIES: tuple[Forge, ...] = (a_number, a_little, two_swapped, a_row_twice, several)


def _filled(dice: Random, arrays: dict[str, Ints]) -> Ints:
    return arrays[dice.choice([name for name in CHANGING if arrays[name].size])]


def given(seed: int) -> Given:
    """A plan that the compiled engine knows, of one of all sorts in turn."""
    sort = SORTS[seed % len(SORTS)]
    if sort in SCENARIOS:
        stated = open_scenario(VALID / f"{sort}.yaml").scenario
        made = compile_plan(stated)
        return with_breakdowns(made.plan, seed, 0), traffic.entities(stated, made, seed, 0)
    own = {"all": rich_plan, "busy": lambda seed: busy_plan(seed, ENTITIES)}
    small = own.get(sort, lambda seed: plan_with(sort, seed, ENTITIES))(seed)
    plan = with_breakdowns(small.plan, seed, 0)
    return given(seed + len(SORTS)) if needs(plan) else (plan, small.entities)


def stands(dice: Random, plan: Plan, entities: Entities) -> Checkpoint:
    """A run that stands in its first half, where there is most to be changed."""
    begun = stages.begin(plan, entities, seed=1, replication=0)
    return stages.advance(begun, plan, entities, until=dice.randint(1, plan.horizon // 2))


def forged(dice: Random, whole: Checkpoint, forge: Forge) -> Checkpoint:
    """A copy, changed."""
    arrays = {name: array.copy() for name, array in whole.arrays.items()}
    forge(dice, arrays)
    return replace(whole, arrays=arrays)


def changed(one: Checkpoint, other: Checkpoint) -> bool:
    return any(not np.array_equal(one.arrays[name], other.arrays[name]) for name in CHANGING)


def bounded(world: World, until: int, most: int) -> int:
    """The kernel, which has to come to the end at once."""
    why: int = kernel.advance(world, until, min(most, MOST))
    if why == kernel.PAUSED:
        raise RuntimeError("the run does not come to its end")
    return why


def outcomes(plans: int) -> Iterator[tuple[str, bool]]:
    """Of each forgery that changes something, which sort it was, and whether it was refused."""
    vars(compiled)["advance"] = bounded
    for seed in range(plans):
        dice, (plan, entities) = Random(seed), given(seed)
        whole = stands(dice, plan, entities)
        for forge in FORGERIES * EACH:
            wrong = forged(dice, whole, forge)
            if changed(whole, wrong):
                try:
                    stages.finish(wrong, plan, entities)
                except SimError:
                    yield forge.__name__, True
                else:
                    yield forge.__name__, False


if __name__ == "__main__":
    told = list(outcomes(int(sys.argv[1])))
    shares = {
        forge.__name__: [sum(which == (forge.__name__, refused) for which in told) for refused in (True, False)]
        for forge in FORGERIES
    }
    print(json.dumps(shares))  # noqa: T201 - it is a script
