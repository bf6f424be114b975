"""Busy and random plans to which one more feature of the plan is given, for the comparison of engines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from sim.plan.tables import ABSENT, Rule, StepKind
from tests.busy_plans import busy_plan
from tests.random_plans import random_plan
from tests.small_plans import (
    WRITTEN_RULES,
    SmallOption,
    SmallPlan,
    SmallStep,
    call,
    choose,
    end,
    exponential,
    jump,
    occupy,
    ride,
    uniform,
)

Give = Callable[[Random, SmallPlan], None]


def each_step(small: SmallPlan, change: Callable[[SmallStep, int, int], SmallStep]) -> None:
    """Let every step be changed by what it is, its position and how many there are in its route."""
    for name, steps in small.routes.items():
        small.routes[name] = tuple(change(step, position, len(steps)) for position, step in enumerate(steps))


def at_place(step: SmallStep) -> bool:
    return step.kind == StepKind.OCCUPY and step.place is not None


def blocking(dice: Random, small: SmallPlan) -> None:
    """Units are kept until a later step is entered."""

    def change(step: SmallStep, position: int, length: int) -> SmallStep:
        if at_place(step) and position + 1 < length and dice.random() < 0.6:
            until = min(position + dice.choice((1, 1, 2, 3)), length - 1)
            return replace(step, hold=dice.choice((None, None, 0, 7)), until=until, entered=True)
        return step

    each_step(small, change)


def slots(dice: Random, small: SmallPlan) -> None:
    """Consists are ready at slots of calendars, some of which end before the run."""
    tick = max(1, small.horizon // 400)
    for _ in range(3):
        last = small.horizon * dice.choice((1, 2)) // 2 // tick
        times = {tick * dice.randint(0, last) for _ in range(dice.choice((5, 40, 150)))}
        small.calendar(*sorted(times))

    def change(step: SmallStep, _position: int, _length: int) -> SmallStep:
        if step.kind == StepKind.CALL and dice.random() < 0.6:
            return replace(step, slots=dice.randrange(3))
        return step

    each_step(small, change)


def pools(dice: Random, small: SmallPlan) -> None:
    """Units come back to other places than they were taken from."""
    places = list(small.places)

    def change(step: SmallStep, _position: int, _length: int) -> SmallStep:
        return replace(step, back=dice.choice(places)) if at_place(step) and dice.random() < 0.5 else step

    each_step(small, change)


def units(dice: Random, small: SmallPlan) -> None:
    """Rides take other units of a consist than TEU."""

    def change(step: SmallStep, _position: int, _length: int) -> SmallStep:
        if step.kind == StepKind.RIDE and dice.random() < 0.7:
            return replace(step, units=dice.randint(0, 2), units_per_teu=False)
        return step

    each_step(small, change)


def locks(dice: Random, small: SmallPlan) -> None:
    """Consists ride with another service before their last stop, and keep what is aboard."""
    tick = max(1, small.horizon // 400)
    trains = [name for name in small.routes if "train" in name]
    small.stop("below", overtaking=dice.random() < 0.3)
    small.stop("above")
    for name in trains:
        *steps, last = small.routes[name]
        by_teu = dice.random() < 0.2
        through = ride("below", "above", units=dice.randint(0, 2), units_per_teu=by_teu)
        small.routes[name] = (*steps, through, occupy(None, dice.choice((0, tick))), last)
    rule = {"least_load": dice.choice((0, 1, 3)), "longest_wait": dice.choice((0, 5 * tick)), "cut_off": tick // 2}
    small.route(
        "lock", call("below", tick, **rule), occupy(None, 3 * tick, per_teu=0.7), end("above", dice.choice((0, 1)))
    )
    for _ in range(sum(row[1] in {list(small.routes).index(name) for name in trains} for row in small.who) + 5):
        small.entity("lock", tick * dice.randint(0, 300), capacity=dice.randint(2, 6))


def gates(dice: Random, small: SmallPlan) -> None:
    """Three ways into a yard, all closed while there is too much in it; and gates between the other places."""
    tick = max(1, small.horizon // 400)
    watched, *places = dice.sample(list(small.places), len(small.places))
    for place in places[: dice.randint(0, 2)]:
        high = dice.choice((2, 5, 5, 12))
        small.gate(place, dice.choice((watched, watched, *places)), high, high - dice.choice((1, 1, 2)))
    ways = dice.sample(("north", "south", "west"), 3)
    for way in ("north", "south", "west", "yard"):
        small.place(way, dice.randint(3, 6), overtaking=dice.random() < 0.3)
    high = dice.choice((3, 6, 9))
    for way in ways:
        small.gate(way, "yard", high, high - dice.choice((2, 2, 3)))
    for way in ways:
        in_ = occupy(way, tick * dice.choice((0, 1, 1)), until=dice.choice((0, 1)), units=dice.randint(1, 2))
        there = occupy("yard", tick * dice.choice((1, 1, 2)), units_per_teu=dice.random() < 0.5)
        small.route(way, in_, there, occupy(None, 0))
        for _ in range(dice.choice((5, 15))):
            small.entity(way, tick * dice.randint(0, 40), teu=dice.randint(0, 3))


def breakdowns(dice: Random, small: SmallPlan) -> None:
    """Places work worse at random, some of them at the same times."""
    tick, places = max(1, small.horizon // 400), list(small.places)
    for _ in range(dice.randint(1, 3)):
        together = dice.sample(places, dice.randint(1, min(2, len(places))))
        left, pace = dice.choice((ABSENT, 0, 1)), dice.choice((1.0, 0.5, 0.3))
        between, repair = exponential(40.0 * tick), exponential(10.0 * tick)
        small.breakdown(*together, between=between, repair=repair, capacity=left, pace=pace)


def choices(dice: Random, small: SmallPlan) -> None:
    """Shipments choose between going back, ways through two places, and their end; each has a class and a value."""
    tick, places = max(1, small.horizon // 400), list(small.places)
    for name in [name for name in small.routes if "train" not in name]:
        steps = small.routes[name]
        last = len(steps)
        ways = dice.sample(places, 2) if len(places) > 1 else places * 2
        options = [
            SmallOption(
                target,
                weight=dice.choice((0.3, 1.0, 3.0)),
                place=place,
                seconds=tick * dice.choice((0.0, 0.1, 1.5, 4.0)),
                each=tick * dice.choice((0.3, 1.0, 2.0)),
                usd=dice.choice((0.0, 3.0, 0.7)),
                class_=dice.choice((ABSENT, 0, 1, 2)),
            )
            for target, place in ((dice.randint(0, last), None), (last + 3, ways[0]), (last + 4, ways[1]))
        ]
        chosen = dice.sample(options, dice.choice((1, 2, 3, 3)))
        until = dice.choice((None, None, last + 2, last + 3))
        ending = [
            occupy(None, dice.choice((tick, uniform(tick, 3.0 * tick))), stream=f"{dice.random()}"),
            occupy(dice.choice((None, *places)), 0, until=until),
            choose(dice.choice(WRITTEN_RULES), *chosen, stream=f"{dice.random()}"),
            occupy(ways[0], dice.choice((tick, exponential(1.0 * tick))), stream=f"{dice.random()}"),
            occupy(ways[1], tick, until=last + dice.choice((4, 5)), stream=f"{dice.random()}"),
            occupy(None, tick),
        ]
        if dice.random() < 0.3:
            ending += [choose(Rule.SHARES, SmallOption(last + 5), SmallOption(last + 7), stream=f"{dice.random()}")]
        small.routes[name] = (*steps, *ending)
    for number in range(len(small.who)):
        small.kinds[number] = dice.randint(0, 2), dice.choice((0.0, 0.01, 0.5))


def circuits(dice: Random, small: SmallPlan) -> None:
    """Consists go round, some by calendar; a berth is kept until the next lap; a fixed fleet cycles through places."""
    tick, places = max(1, small.horizon // 400), list(small.places)
    calendar = small.calendar(*sorted({tick * dice.randint(0, 400) for _ in range(40)}))
    for name in [name for name in small.routes if "train" in name]:
        steps = list(small.routes[name])
        calls = [position for position, step in enumerate(steps) if step.kind == StepKind.CALL]
        if dice.random() < 0.5:
            steps[calls[0]] = replace(steps[calls[0]], slots=calendar)
        steps[-1] = replace(steps[-1], boards=dice.random() < 0.5)
        again = calls[0] if dice.random() < 0.7 else calls[1]
        steps += [occupy(None, tick * dice.randint(3, 20)), choose(Rule.SHARES, SmallOption(again), stream=name)]
        small.routes[name] = tuple(steps)
    small.route("back", occupy(None, tick, stream="back"), ride("c", "a"), ride("b", "a"), jump(0))
    for _ in range(4):
        small.entity("back", tick * dice.randint(0, 20), teu=1)
    quay, crane = dice.choice(places), dice.choice(places)
    until, entered = dice.choice((0, 1)), dice.random() < 0.5
    kept = occupy(crane, tick, until=until, entered=entered, hold=dice.choice((None, tick)), stream="crane")
    round_ = [occupy(None, uniform(tick, 9.0 * tick), stream="out"), occupy(quay, tick, hold=tick, stream="quay"), kept]
    # At position 4 a jump to the start; or, after a choice that goes there too, the end of the route.
    onward, after = dice.choice((((0,), []), ((0, 4), [jump(0)]), ((0, 4), []), ((4, 1), [jump(0)])))
    turn = choose(Rule.SHARES, *(SmallOption(at, weight=3.0 - at / 2) for at in onward), stream="round")
    small.route("vehicle", *round_, turn, *after)
    for _ in range(dice.randint(1, 6)):
        small.entity("vehicle", tick * dice.randint(0, 5), teu=dice.randint(0, 2))


def waits(step: SmallStep) -> bool:
    return at_place(step) or step.kind == StepKind.RIDE


def watched(dice: Random, small: SmallPlan) -> None:
    """A gate that looks at a place."""
    if len(small.places) > 1 and dice.random() < 0.7:
        place, other = dice.sample(list(small.places), 2)
        high = dice.choice((3, 8))
        small.gate(place, other, high, high - dice.choice((1, 2)))


def queues(dice: Random, small: SmallPlan) -> None:
    """Queues are at most so long: who is turned away goes on at a later step, again after a time, or not at all."""
    tick = max(1, small.horizon // 400)
    least, most = dice.choice(((0, 0), (0, 4), (2, 10)))

    def change(step: SmallStep, position: int, length: int) -> SmallStep:
        if waits(step) and dice.random() < 0.6:
            onward = dice.choice((ABSENT, *range(position + 1, length)))
            return replace(step, longest_queue=dice.randint(least, most), otherwise=onward)
        return step

    each_step(small, change)
    watched(dice, small)
    place = dice.choice(list(small.places))
    again = occupy(place, tick, units=dice.randint(0, 2), longest_queue=dice.randint(0, 3), otherwise=0)
    small.route("again", occupy(None, tick * dice.randint(1, 3)), again, occupy(None, tick))
    for _ in range(dice.choice((3, 12))):
        small.entity("again", tick * dice.randint(0, 30), priority=dice.choice((0, 1)))


def patience(dice: Random, small: SmallPlan) -> None:
    """Who has waited so long goes on elsewhere, or not at all; some with a longest queue as well."""
    tick = max(1, small.horizon // 400)

    def change(step: SmallStep, position: int, length: int) -> SmallStep:
        if not waits(step) or dice.random() < 0.4:
            return step
        onward = dice.choice((ABSENT, *range(position + 1, length)))
        long = dice.choice((0, tick, 2 * tick, 5 * tick, exponential(3.0 * tick)))
        if step.longest_queue != ABSENT:
            # Its other way is not to be changed: who is turned away goes it in no time.
            return replace(step, patience=long)
        if dice.random() < 0.3:
            onward, long = dice.randint(0, position), tick * dice.randint(1, 4)
        elif dice.random() < 0.3:
            step = replace(step, longest_queue=dice.randint(0, 5))
        return replace(step, patience=long, otherwise=onward)

    each_step(small, change)
    watched(dice, small)
    small.place("narrow", 4)
    small.route("slim", occupy("narrow", 3 * tick))
    small.route("wide", occupy("narrow", tick, units=4, patience=tick * dice.randint(1, 3)))
    for _ in range(10):
        small.entity(dice.choice(("slim", "slim", "wide")), tick * dice.randint(0, 20))


GIVEN: dict[str, Give] = {
    "blocking": blocking,
    "slots": slots,
    "pools": pools,
    "units": units,
    "locks": locks,
    "gates": gates,
    "breakdowns": breakdowns,
    "queues": queues,
    "patience": patience,
    "choices": choices,
    "circuits": circuits,
}
"""In an order in which one plan may be given several: ways back come last, with a pause before them."""


def features(seed: int) -> list[str]:
    """Those of a full plan, any of which may meet any other."""
    dice = Random(seed)
    given = dice.sample(list(GIVEN), dice.randint(2, 4))
    return [feature for feature in GIVEN if feature in given]


def full_plan(seed: int, entities: int) -> SmallPlan:
    """A busy plan of about so many entities, with several features and what these bring."""
    dice = Random(seed + 1)
    small = busy_plan(seed, entities)
    for feature in features(seed):
        GIVEN[feature](dice, small)
    return small


def plan_with(feature: str, seed: int, entities: int) -> SmallPlan:
    """A plan that uses the feature; every third one is small and random, the others have about so many entities."""
    dice = Random(seed)
    small = random_plan(seed) if seed % 3 == 0 else busy_plan(seed, entities)
    GIVEN[feature](dice, small)
    return small
