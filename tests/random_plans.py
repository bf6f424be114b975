"""Random small plans that use every feature of the plan, a few of them each."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.small_plans import SmallPlan, SmallStep, Time, call, end, exponential, occupy, ride, uniform

HORIZON = 400


def random_plan(seed: int) -> SmallPlan:
    """Places with windows, two services over three stops, shipments that ride and others that do not."""
    dice = Random(seed)
    small = SmallPlan(HORIZON)
    for number in range(dice.randint(1, 4)):
        _place(dice, small, f"place {number}")
    for name in "abc":
        small.stop(name, overtaking=dice.random() < 0.3)
    for number in range(2):
        small.route(f"truck {number}", *_steps(dice, small, dice.randint(1, 5)))
    for number in range(dice.randint(1, 3)):
        start, to = dice.choice(("ab", "ac", "bc"))
        before = _steps(dice, small, dice.randint(0, 2))
        after = _steps(dice, small, dice.randint(0, 2), first=len(before) + 1)
        small.route(f"box {number}", *before, ride(start, to), *after)
    for number, stops in enumerate(dice.choice((("abc",), ("abc", "ab"), ("abc", "bc")))):
        small.route(f"train {number}", *_service(dice, small, stops))
    _entities(dice, small)
    return small


def _place(dice: Random, small: SmallPlan, name: str) -> None:
    capacity = dice.randint(1, 5)
    rows: list[tuple[float, ...]] = [(0, capacity if dice.random() < 0.8 else 0, 1.0)]
    time = 0
    for _ in range(dice.choice((0, 0, 1, 3, 6))):
        time += dice.randint(1, 60)
        rows.append((time, dice.choice((0, 0, 1, 2, capacity)), dice.choice((1.0, 1.0, 0.5, 2.0, 0.25))))
    rows.append((time + dice.randint(1, 60), max(5, capacity), 1.0))
    small.place(name, *rows, overtaking=dice.random() < 0.3, suspends=dice.random() < 0.4)


def _time(dice: Random) -> Time:
    return dice.choice((0, 0, 1, 3, 10, dice.randint(0, 30), exponential(8.0), uniform(0.0, 20.0)))


def _steps(dice: Random, small: SmallPlan, number: int, first: int = 0) -> list[SmallStep]:
    steps = []
    for position in range(first, first + number):
        place = dice.choice((*small.places, None))
        name = f"{dice.random()}"
        if place is None:
            steps.append(occupy(None, _time(dice), per_teu=dice.choice((0.0, 0.5)), stream=name))
            continue
        by_teu = dice.random() < 0.2
        until = dice.randint(position, first + number - 1)
        held = dice.choice(({}, {}, {"hold": _time(dice)}, {"until": until}, {"until": until, "hold": _time(dice)}))
        units = 1 if by_teu else dice.randint(1, 2)
        per_teu = dice.choice((0.0, 0.0, 1.5))
        steps.append(
            occupy(place, _time(dice), units=units, units_per_teu=by_teu, per_teu=per_teu, stream=name, **held)
        )
    return steps


def _service(dice: Random, small: SmallPlan, stops: str) -> list[SmallStep]:
    steps: list[SmallStep] = []
    for stop in stops[:-1]:
        rule: dict[str, Any] = {
            "least_load": dice.choice((0, 2, 4, 9)),
            "longest_wait": dice.choice((-1, 0, 15, 40)),
            "cut_off": dice.choice((0, 0, 5, 20)),
            "slot": dice.choice((-1, 10 * len(steps))),
            "per_teu": dice.choice((0.0, 0.5)),
        }
        berth = [occupy(dice.choice(list(small.places)), 0, until=len(steps) + 1)] if dice.random() < 0.3 else []
        steps += [*berth, call(stop, _time(dice), **rule), occupy(None, _time(dice), per_teu=dice.choice((0.0, 1.5)))]
    return [*steps, end(stops[-1], _time(dice), per_teu=0.5)]


def _entities(dice: Random, small: SmallPlan) -> None:
    for route in small.routes:
        train = route.startswith("train")
        for _ in range(dice.randint(2, 5) if train else dice.randint(2, 12)):
            release = dice.choice((0, 10, 20, dice.randint(0, 200)))
            slot = release + dice.randint(0, 40) if dice.random() < 0.5 else -1
            small.entity(
                route,
                release,
                priority=dice.choice((0, 0, 1)),
                teu=0 if train else dice.randint(0, 3),
                capacity=dice.randint(3, 8) if train else 0,
                slot=slot if train else -1,
            )
