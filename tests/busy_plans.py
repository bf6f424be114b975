"""Random plans of any size that use every feature of the plan, for the comparison of engines.

Times are whole ticks more often than not, so that much falls into the same second.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np

from sim.plan.draws import Family
from sim.plan.tables import Kind
from tests.small_plans import (
    SmallPlan,
    SmallStep,
    Time,
    call,
    end,
    exponential,
    lognormal,
    occupy,
    ride,
    table,
    uniform,
)

STOPS = "abcd"
LARGEST = 4
"""TEU of a shipment."""


@dataclass(frozen=True)
class Draft:
    """A plan that is being made, and the dice that make it."""

    dice: Random
    small: SmallPlan
    tick: int

    def time(self) -> Time:
        """Of a stay or a hold."""
        tick, dice = self.tick, self.dice
        kind = dice.choice(("none", "ticks", "ticks", "ticks", "any", "drawn", "drawn"))
        if kind == "none":
            return 0
        if kind == "ticks":
            return tick * dice.randint(1, 6)
        if kind == "any":
            return dice.randint(1, 5 * tick)
        return self._family()

    def _family(self) -> Family:
        tick = float(self.tick)
        return self.dice.choice(
            (
                exponential(3 * tick),
                lognormal(float(np.log(2 * tick)), 0.8),
                uniform(0.0, 4 * tick),
                Family(Kind.TRIANGULAR, tick, 2 * tick, 6 * tick, ()),
                Family(Kind.WEIBULL, 3 * tick, 1.7, 0.0, ()),
                table(np.linspace(0.0, 5 * tick, 4097) ** 1.01),
                Family(Kind.FIXED, 2.5 * tick, 0.0, 0.0, ()),
            )
        )

    def per_teu(self) -> float:
        """Seconds that each TEU adds to a stay."""
        return self.dice.choice((0.0, 0.0, 0.5, 0.3 * self.tick))


def busy_plan(seed: int, entities: int) -> SmallPlan:
    """About so many entities, half of them shipments that ride with two services."""
    dice = Random(seed)
    tick = dice.choice((1, 5, 60))
    draft = Draft(dice, SmallPlan(entities * tick * dice.choice((1, 2, 4)) + 50 * tick), tick)
    for number in range(dice.randint(2, 6)):
        _place(draft, f"place {number}", entities)
    for name in STOPS:
        draft.small.stop(name, overtaking=dice.random() < 0.3)
    for number in range(3):
        draft.small.route(f"truck {number}", *_chain(draft, dice.randint(2, 8)))
    for number, way in enumerate(("ab", "ac", "bc", "bd", "ad", "cd")):
        before = _chain(draft, dice.randint(0, 2))
        after = _chain(draft, dice.randint(0, 2), first=len(before) + 1)
        draft.small.route(f"box {number}", *before, ride(*way), *after)
    draft.small.route("change", ride("a", "b"), occupy(None, draft.time()), ride("b", "c"))
    draft.small.route("long train", *_service(draft, "abcd"))
    draft.small.route("short train", *_service(draft, dice.choice(("ab", "bc", "abc"))))
    _entities(draft, entities)
    return draft.small


def _place(draft: Draft, name: str, entities: int) -> None:
    dice, tick = draft.dice, draft.tick
    units = dice.randint(1, 12)
    widest = max(2 * LARGEST, units)
    rows: list[tuple[float, ...]] = [(0, units if dice.random() < 0.8 else 0, 1.0)]
    for _ in range(dice.choice((0, 0, 2, 8, 30))):
        time = rows[-1][0] + tick * dice.randint(1, max(2, entities // 10))
        rows.append((time, dice.choice((0, 1, units, units)), dice.choice((1.0, 1.0, 0.5, 2.0, 0.3, 7.0))))
    last = dice.choice((1.0, 0.7))
    rows.append((rows[-1][0] + dice.randint(1, 20 * tick), widest, last))
    draft.small.place(name, *rows, overtaking=dice.random() < 0.5, suspends=dice.random() < 0.5)


def _chain(draft: Draft, number: int, first: int = 0) -> list[SmallStep]:
    dice = draft.dice
    steps = []
    until = 0
    for position in range(first, first + number):
        place = dice.choice((*draft.small.places, None))
        if place is None:
            steps.append(occupy(None, draft.time(), per_teu=draft.per_teu(), stream=f"{dice.random()}"))
            continue
        columns: dict[str, Any] = {"units": dice.randint(1, 2), "units_per_teu": dice.random() < 0.4}
        held = dice.random()
        if held < 0.25:
            columns["hold"] = draft.time()
        elif held < 0.6:
            if until < position or dice.random() < 0.4:
                until = min(dice.randint(position, position + 2), first + number - 1)
            columns["until"] = until
            columns |= {"hold": draft.time()} if dice.random() < 0.4 else {}
        steps.append(occupy(place, draft.time(), per_teu=draft.per_teu(), stream=f"{dice.random()}", **columns))
    return steps


def _service(draft: Draft, stops: str) -> list[SmallStep]:
    dice, tick = draft.dice, draft.tick
    steps: list[SmallStep] = []
    for stop in stops[:-1]:
        rule: dict[str, Any] = {
            "least_load": dice.choice((0, 4, 10, 99)),
            "longest_wait": dice.choice((-1, 0, 5 * tick, 20 * tick)),
            "cut_off": dice.choice((0, 0, tick, 6 * tick)),
            "slot": dice.choice((-1, -1, tick * 10 * len(steps))),
            "per_teu": draft.per_teu(),
            "boards": dice.random() < 0.8,
        }
        if dice.random() < 0.3:
            steps.append(occupy(dice.choice(list(draft.small.places)), 0, until=len(steps) + 1))
        dwell = 0 if dice.random() < 0.4 else draft.time()
        steps.append(call(stop, dwell, stream=f"{dice.random()}", **rule))
        steps.append(occupy(None, draft.time(), per_teu=draft.per_teu(), stream=f"{dice.random()}"))
    return [*steps, end(stops[-1], draft.time(), per_teu=draft.per_teu())]


def _entities(draft: Draft, entities: int) -> None:
    dice, tick, small = draft.dice, draft.tick, draft.small
    routes = list(small.routes)
    trains = {routes.index("long train"), routes.index("short train")}
    shares = [1 if route in trains else dice.choice((0, 2, 3, 6)) for route in range(len(routes))]
    numbers = dice.choices(range(len(routes)), shares, k=entities)
    priorities = dice.choice(((0,), (0, 1), (0, 0, 1, -3), (5, 2, 2, 1, 7)))
    latest = max(1, small.horizon // tick * 3 // 4)
    for ordinal, route in enumerate(sorted(numbers)):
        train = route in trains
        release = tick * dice.randint(0, latest)
        if dice.random() < 0.1:
            release = min(small.horizon + 1, release // (20 * tick) * 20 * tick + dice.randint(0, 2))
        slot = release + tick * dice.randint(0, 30) if train and dice.random() < 0.5 else -1
        teu = dice.randint(0, 1) if train else dice.randint(0, LARGEST)
        room = dice.randint(LARGEST, 40) if train else 0
        small.who.append((release, route, ordinal, dice.choice(priorities), teu, room, slot))


def two_berths() -> SmallPlan:
    """A ship that gives back two berths as one step ends, with others that wait at both."""
    small = SmallPlan()
    for name in ("north", "south"):
        small.place(name, 1)
    small.route("ship", occupy("north", until=2), occupy("south", until=2), occupy(None, 10))
    small.route("south first", occupy("south", 1), occupy("north", 1))
    small.route("north first", occupy("north", 1), occupy("south", 1))
    for route, release in (("ship", 0), ("north first", 5), ("south first", 6)):
        small.entity(route, release)
    return small
