"""Routes of a plan made ready to be followed, with the draws of those who follow them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

import numpy as np

from sim.engines.choices import Choose
from sim.engines.steps import Call, Occupy, Pause, Ride, Step, World
from sim.engines.terms import Awaited, OccupyOnTerms, RideOnTerms, Terms
from sim.plan import ways
from sim.plan.draws import Replication, choices, durations
from sim.plan.tables import ABSENT, Hold, Ints, Kind, Plan, Purpose, Rule, StepKind

BLOCK = 1024
"""Entities whose draws are made at once: few enough to need little memory, enough for NumPy to pay."""
LAPS = 64
"""Laps of an entity whose draws are made at once."""

Draw = TypeVar("Draw")


class Route:
    """A template of steps, and the draws of its entities."""

    def __init__(self, plan: Plan, route: int, world: World, run: tuple[int, int], ordinals: Ints) -> None:
        numbers = ways.of_route(plan, route)
        steps = plan.steps
        self.calls = bool(np.any(steps.kind[numbers] == StepKind.CALL))
        """Whether who follows it is a consist."""
        self.wanders = ways.wanders(plan, route)
        """Whether who follows it may go on at another step than the next."""
        awaited = {int(steps.hold_until[n]) for n in numbers if steps.hold[n] == Hold.UNTIL_ENTERED}
        make = _Making(plan, world, ways.ways(plan, route), numbers.start)
        self.steps: tuple[Step, ...] = tuple(
            make.step(position, position in awaited) for position in range(len(numbers))
        )
        until = {int(steps.hold_until[n]) for n in numbers if steps.hold[n] == Hold.UNTIL}
        self.ends = tuple(position if position in until else ABSENT for position in range(len(numbers)))
        """For each step its position if units of an earlier step, or its own, come back when it ends."""
        self.stays = _seconds(plan, numbers, run, ordinals, Purpose.STAY)
        self.holds = _seconds(plan, numbers, run, ordinals, Purpose.HOLD)
        self.patience = _seconds(plan, numbers, run, ordinals, Purpose.PATIENCE)
        fixed = None if np.any(np.isin(steps.rule[numbers], (Rule.SHARES, Rule.FUNCTION))) else [0.0] * len(numbers)
        self.luck = Draws(lambda run, ordinals: choices(plan, numbers, run, ordinals).tolist(), run, ordinals, fixed)


class _Making(NamedTuple):
    """Makes the steps of a route, each as plain as it can be."""

    plan: Plan
    world: World
    ways: ways.Ways
    first: int

    def step(self, position: int, awaited: bool) -> Step:
        """The step at that position; ``awaited``: units are kept until it is entered."""
        number = self.first + position
        kind = int(self.plan.steps.kind[number])
        if kind == StepKind.RIDE:
            return self._ride(number, position, awaited)
        if kind == StepKind.CALL:
            return self._call(number, position, awaited)
        if kind == StepKind.OCCUPY and self.plan.steps.place[number] != ABSENT:
            return self._occupy(number, position, awaited)
        step: Step
        if kind == StepKind.CHOOSE:
            step = Choose(self.world, self.plan, number, position)
        else:
            step = Pause(self.world, self.plan, number)
        return Awaited(step, position) if awaited else step

    def _call(self, number: int, position: int, awaited: bool) -> Step:
        steps = self.plan.steps
        later = [self.first + at for at in ways.reached(self.ways, position) if at < len(self.ways)]
        stops = frozenset(int(steps.place[step]) for step in later if steps.kind[step] == StepKind.CALL)
        return Call(self.world, self.plan, number, stops, position if awaited else ABSENT)

    def _ride(self, number: int, position: int, awaited: bool) -> Step:
        if not awaited and self._refuses_nobody(number):
            return Ride(self.world, self.plan, number)
        terms = Terms(self.world, self.plan, number, position, awaited)
        return RideOnTerms(self.world, self.plan, number, terms)

    def _occupy(self, number: int, position: int, awaited: bool) -> Step:
        unseen = self.world.places[int(self.plan.steps.place[number])].load is None
        if unseen and not awaited and self._refuses_nobody(number):
            return Occupy(self.world, self.plan, number)
        terms = Terms(self.world, self.plan, number, position, awaited)
        return OccupyOnTerms(self.world, self.plan, number, terms)

    def _refuses_nobody(self, number: int) -> bool:
        steps = self.plan.steps
        return bool(steps.longest_queue[number] == ABSENT and steps.patience[number] == ABSENT)


def _seconds(plan: Plan, steps: range, run: tuple[int, int], ordinals: Ints, purpose: Purpose) -> Draws[int]:
    """Draws of a route for one purpose in whole seconds."""
    columns = {Purpose.HOLD: plan.steps.hold_time, Purpose.PATIENCE: plan.steps.patience}
    rows = columns.get(purpose, plan.steps.duration)[steps]

    def draw(run: Replication, ordinals: Ints) -> list[list[int]]:
        drawn: list[list[int]] = durations(plan, steps, run, ordinals, purpose).tolist()
        return drawn

    fixed = bool(np.all(plan.distributions.kind[rows[rows != ABSENT]] == Kind.FIXED))
    return Draws(draw, run, ordinals, draw(run, ordinals[:1])[0] if fixed else None)


class Draws(Generic[Draw]):
    """Draws of a route for one purpose: for each entity a sequence, one for each step.

    Those of lap 0 are made for a block of entities when its first is released, and kept until its last one is; those of
    later laps for a block of laps of an entity.
    """

    def __init__(
        self,
        draw: Callable[[Replication, Ints], list[list[Draw]]],
        run: tuple[int, int],
        ordinals: Ints,
        fixed: Sequence[Draw] | None,
    ) -> None:
        self.draw = draw
        self.run = run
        self.ordinals = ordinals
        self.fixed = fixed
        """The draws of all entities, if they are all the same."""
        self.blocks: dict[int, list[list[Draw]]] = {}
        self.left: dict[int, int] = {}
        self.laps: dict[int, list[list[Draw]]] = {}

    def of(self, rank: int) -> Sequence[Draw]:
        """Draws of one entity, counted from 0 along the route's entities; each asks once."""
        if self.fixed is not None:
            return self.fixed
        block, within = divmod(rank, BLOCK)
        if block not in self.blocks:
            self.blocks[block] = self.draw(self.run, self.ordinals[block * BLOCK : (block + 1) * BLOCK])
            self.left[block] = len(self.blocks[block])
        draws = self.blocks[block][within]
        self.left[block] -= 1
        if not self.left[block]:
            del self.blocks[block], self.left[block]
        return draws

    def of_lap(self, rank: int, lap: int) -> Sequence[Draw]:
        """Draws of a later lap of an entity, which asks for one lap after the other from 1 on."""
        if self.fixed is not None:
            return self.fixed
        within = (lap - 1) % LAPS
        if within == 0:
            laps = np.arange(lap, lap + LAPS)
            self.laps[rank] = self.draw((*self.run, laps), np.full(LAPS, self.ordinals[rank]))
        return self.laps[rank][within]
