"""Random small plans that use every feature of the law: those of :mod:`tests.random_plans`, and all that came after.

A plan is one of the plain ones with steps and tables put on it.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from sim.plan.tables import ABSENT, Rule, StepKind
from tests.random_plans import HORIZON, random_plan
from tests.small_plans import (
    WRITTEN_RULES,
    SmallOption,
    SmallPlan,
    SmallStep,
    Time,
    call,
    choose,
    end,
    exponential,
    occupy,
    ride,
)


def rich_plan(seed: int) -> SmallPlan:
    """A plain plan, changed; with a lock for barges, and a shuttle that goes round."""
    dice = Random(seed)
    small = random_plan(seed)
    small.horizon = HORIZON // 2
    for name, steps in small.routes.items():
        changed = [_on_terms(dice, small, position, steps) for position in range(len(steps))]
        if not name.startswith("train"):
            changed += _ending(dice, small, len(changed))
        elif dice.random() < 0.5:
            changed.append(occupy(None, dice.randint(1, 30)))
            changed.append(choose(Rule.SHARES, SmallOption(0), stream=f"{dice.random()}"))
        small.routes[name] = tuple(changed)
    _lock(dice, small)
    _shuttle(dice, small)
    for _ in range(dice.randint(0, 2)):
        _gate(dice, small)
    for number in range(len(small.who)):
        small.kinds[number] = dice.randint(0, 2), dice.choice((0.0, 0.1, 2.0))
    return small


def _patience(dice: Random) -> Time:
    return dice.choice((0, 1, 5, 20, dice.randint(0, 60), exponential(15.0)))


def _on_terms(dice: Random, small: SmallPlan, position: int, steps: tuple[SmallStep, ...]) -> SmallStep:
    """The step at that position with a longest queue, patience, another way to hold or another place to return to."""
    step = steps[position]
    waits = step.kind == StepKind.RIDE or (step.kind == StepKind.OCCUPY and step.place is not None)
    if not waits:
        return step
    if step.kind == StepKind.OCCUPY and dice.random() < 0.25 and position + 1 < len(steps):
        until = dice.randint(position + 1, len(steps) - 1)
        step = replace(step, until=until, entered=True, hold=dice.choice((None, 0, 4)))
    if step.kind == StepKind.OCCUPY and dice.random() < 0.15:
        step = replace(step, back=dice.choice(list(small.places)))
    if step.kind == StepKind.RIDE and dice.random() < 0.3:
        step = replace(step, units=dice.randint(1, 2), units_per_teu=False)
    forward = dice.choice((ABSENT, *range(position + 1, len(steps))))
    if dice.random() < 0.2:
        step = replace(step, longest_queue=dice.randint(0, 4), otherwise=forward)
    if dice.random() < 0.25:
        back = dice.choice((forward, dice.randint(0, position)))
        patience = _patience(dice) if back == forward else dice.randint(1, 30)
        otherwise = back if step.longest_queue == ABSENT else forward
        step = replace(step, patience=patience, otherwise=otherwise)
    return step


def _ending(dice: Random, small: SmallPlan, last: int) -> list[SmallStep]:
    """A pause, so that time passes, and a choice between going back, one of two places, and the end."""
    if dice.random() < 0.4:
        return []
    rule = dice.choice(WRITTEN_RULES)
    first, second = (dice.choice(list(small.places)) for _ in range(2))
    targets = (dice.randint(0, last), last + 2, last + 3, last + 4)
    looked_at = (None, first, second, None)
    options = [
        SmallOption(
            target,
            weight=dice.choice((0.5, 1.0, 3.0)),
            place=place,
            seconds=dice.choice((0.0, 5.0, 12.5)),
            each=dice.choice((1.0, 4.0, 0.3)),
            usd=dice.choice((0.0, 10.0)),
            class_=dice.choice((ABSENT, 0, 1, 1)),
        )
        for target, place in zip(targets, looked_at, strict=True)
    ]
    chosen = dice.sample(options, dice.randint(1, 4))
    return [
        occupy(None, dice.randint(5, 60), stream=f"{dice.random()}"),
        choose(rule, *chosen, stream=f"{dice.random()}"),
        occupy(first, dice.randint(0, 9), stream=f"{dice.random()}"),
        occupy(second, exponential(6.0), stream=f"{dice.random()}"),
    ]


def _lock(dice: Random, small: SmallPlan) -> None:
    """Barges carry boxes from a, and ride in a lock that goes to and fro."""
    for name in ("below", "above"):
        small.stop(name, overtaking=dice.random() < 0.5)
    patience = dice.choice((None, None, dice.randint(1, 50)))
    through = ride("below", "above", units=dice.randint(1, 2), units_per_teu=False, patience=patience, stream="lock")
    small.route("train barge", call("a", 2), through, occupy(None, 4, per_teu=0.5), end("c", 1))
    chamber = {"least_load": dice.choice((0, 2)), "longest_wait": dice.choice((0, 30))}
    there = [call("below", 1, **chamber), occupy(None, dice.randint(1, 9), per_teu=1.0)]
    small.route(
        "chamber", *there, call("above", 1), occupy(None, 5), choose(Rule.SHARES, SmallOption(0), stream="back")
    )
    for _ in range(dice.randint(1, 4)):
        small.entity("train barge", dice.randint(0, 100), capacity=dice.randint(3, 8), teu=dice.randint(0, 1))
    small.entity("chamber", dice.randint(0, 20), capacity=dice.randint(2, 3))


def _shuttle(dice: Random, small: SmallPlan) -> None:
    """A consist that goes round by slots."""
    slots = small.calendar(*sorted(dice.sample(range(HORIZON // 2), dice.randint(1, 12))))
    berth = occupy(dice.choice(list(small.places)), dice.randint(0, 5), until=1, entered=True)
    small.route(
        "shuttle",
        berth,
        call("a", dice.randint(0, 5), slots=slots, cut_off=dice.choice((0, 10))),
        occupy(None, exponential(10.0), stream="out"),
        call("c"),
        occupy(None, 1 + dice.randint(0, 9)),
        choose(Rule.SHARES, SmallOption(0, weight=4.0), SmallOption(6, weight=1.0), stream="round"),
    )
    small.entity("shuttle", dice.randint(0, 40), capacity=dice.randint(3, 9))


def _gate(dice: Random, small: SmallPlan) -> None:
    free = [name for name in small.places if name not in [place for place, *_ in small.gates]]
    if free:
        low = dice.randint(0, 4)
        small.gate(dice.choice(free), dice.choice(list(small.places)), high=low + dice.randint(1, 5), low=low)
