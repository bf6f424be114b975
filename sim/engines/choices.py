"""Choices: how an entity goes on, by a written rule, from what it sees in its act."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate
from math import inf
from typing import NamedTuple

import numpy as np

from sim.engines.places import Place
from sim.engines.rules import Seen, View, answer
from sim.engines.steps import Entity, Following, World
from sim.plan.tables import ABSENT, Plan, Rule


class Option(NamedTuple):
    """One way to go on."""

    target: int
    share: float
    """Sum of the weights of the options up to this one."""
    place: Place | None
    seconds: float
    each: float
    usd: float
    class_: int
    weight: float
    name: str
    """Of the place."""

    def load(self) -> int:
        """Units waiting and in use at the place."""
        return self.place.load.units if self.place and self.place.load else 0

    def time(self) -> float:
        """Seconds that it is expected to take; infinite while the place has no capacity."""
        if self.place is None:
            return self.seconds
        capacity = self.place.capacity[self.place.row]
        return self.seconds + self.load() * self.each / capacity if capacity else inf

    def cost(self, value_of_time: float) -> float:
        """USD that it is expected to cost, the time included; infinite if the time is."""
        time = self.time()
        return inf if time == inf else self.usd + time * value_of_time

    def seen(self) -> Seen:
        """As a function of the user is shown it."""
        place = self.place
        waiting = sum(request[3] for request in place.queue) if place else 0
        capacity = place.capacity[place.row] if place else 0
        return Seen(self.name, waiting, self.load() - waiting, capacity, self.seconds, self.each, self.usd, self.weight)


class Choose:
    """Go on at the step that the rule picks; no time passes."""

    def __init__(self, world: World, plan: Plan, number: int, position: int) -> None:
        self.record = world.record
        self.number = number
        self.position = position
        self.options = _options(world, plan, number)
        self.pick = _PICKS[int(plan.steps.rule[number])]
        self.name = plan.steps.names[number]
        self.route = plan.routes.names[int(np.searchsorted(plan.routes.first, number, side="right")) - 1]
        self.rules = world.rules
        self.function = plan.rules[int(plan.steps.function[number])] if self.pick is Choose.by_function else ""

    def follow(self, entity: Entity, now: int, stay: int, hold: int) -> Following:
        """Be there, choose, be gone."""
        record = self.record
        row = record.reach(entity.number, self.number, now)
        record.entered[row] = record.left[row] = now
        entity.next = self.pick(self, entity, now)
        yield from ()
        return now

    def by_share(self, entity: Entity, _now: int) -> int:
        """The first option whose share, summed up, is above the draw's part of all."""
        part = entity.luck[self.position] * self.options[-1].share
        return next((option.target for option in self.options if option.share > part), self.options[-1].target)

    def by_queue(self, _entity: Entity, _now: int) -> int:
        """Least load."""
        return min(self.options, key=Option.load).target

    def by_time(self, _entity: Entity, _now: int) -> int:
        """Least time."""
        return min(self.options, key=Option.time).target

    def by_cost(self, entity: Entity, _now: int) -> int:
        """Least cost."""
        return min(self.options, key=lambda option: option.cost(entity.value_of_time)).target

    def by_class(self, entity: Entity, _now: int) -> int:
        """The first option for its class; the next step if there is none."""
        own = (option.target for option in self.options if option.class_ in (entity.class_, ABSENT))
        return next(own, self.position + 1)

    def by_function(self, entity: Entity, now: int) -> int:
        """The option that the user's function answers."""
        view = View(
            time=now,
            step=self.name,
            route=self.route,
            entity=entity.number,
            class_=entity.class_,
            priority=entity.priority,
            teu=entity.teu,
            value_of_time=entity.value_of_time,
            lap=entity.lap,
            draw=entity.luck[self.position],
            options=tuple(option.seen() for option in self.options),
        )
        return self.options[answer(self.function, self.rules[self.function], view)].target


_PICKS: dict[int, Callable[[Choose, Entity, int], int]] = {
    Rule.SHARES: Choose.by_share,
    Rule.SHORTEST_QUEUE: Choose.by_queue,
    Rule.LEAST_TIME: Choose.by_time,
    Rule.LEAST_COST: Choose.by_cost,
    Rule.CLASS: Choose.by_class,
    Rule.FUNCTION: Choose.by_function,
}


def _options(world: World, plan: Plan, number: int) -> list[Option]:
    options = plan.options
    rows = range(int(options.first[number]), int(options.first[number + 1]))
    shares = list(accumulate(options.weight[rows].tolist()))
    places = [None if place == ABSENT else world.places[place] for place in options.place[rows].tolist()]
    return [
        Option(
            int(options.target[row]),
            share,
            place,
            float(options.seconds[row]),
            float(options.each[row]),
            float(options.usd[row]),
            int(options.class_[row]),
            float(options.weight[row]),
            "" if options.place[row] == ABSENT else plan.places.names[int(options.place[row])],
        )
        for row, share, place in zip(rows, shares, places, strict=True)
    ]
