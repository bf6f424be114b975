"""Routes of a plan made ready to be followed, with the draws of those who follow them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.engines.steps import Call, Occupy, Pause, Ride, Step, World
from sim.plan.draws import durations
from sim.plan.tables import ABSENT, Hold, Ints, Kind, Plan, Purpose, StepKind

BLOCK = 1024
"""Entities whose draws are made at once: few enough to need little memory, enough for NumPy to pay."""


class Route:
    """A template of steps, and the draws of its entities: the stays of all steps and the times of their holds."""

    def __init__(self, plan: Plan, route: int, world: World, run: tuple[int, int], ordinals: Ints) -> None:
        numbers = range(int(plan.routes.first[route]), int(plan.routes.first[route + 1]))
        kinds = plan.steps.kind
        self.calls = bool(np.any(kinds[numbers] == StepKind.CALL))
        """Whether who follows it is a consist."""
        self.steps: tuple[Step, ...] = tuple(_step(plan, number, numbers.stop, world) for number in numbers)
        until = {int(plan.steps.hold_until[number]) for number in numbers if plan.steps.hold[number] == Hold.UNTIL}
        self.ends = tuple(position if position in until else ABSENT for position in range(len(numbers)))
        """For each step its position if units of an earlier step, or its own, come back when it ends."""
        self.stays = Draws(plan, numbers, run, ordinals, Purpose.STAY)
        self.holds = Draws(plan, numbers, run, ordinals, Purpose.HOLD)


def _step(plan: Plan, number: int, end: int, world: World) -> Step:
    kind = int(plan.steps.kind[number])
    if kind == StepKind.RIDE:
        return Ride(world, plan, number)
    if kind == StepKind.CALL:
        later = [step for step in range(number + 1, end) if plan.steps.kind[step] == StepKind.CALL]
        return Call(world, plan, number, frozenset(plan.steps.place[later].tolist()))
    return Pause(world, plan, number) if plan.steps.place[number] == ABSENT else Occupy(world, plan, number)


class Draws:
    """Draws of a route for one purpose: for each entity a sequence of whole seconds, one for each step.

    They are made for a block of entities when its first is released, and kept until its last one is.
    """

    def __init__(self, plan: Plan, steps: range, run: tuple[int, int], ordinals: Ints, purpose: Purpose) -> None:
        self.plan = plan
        self.steps = steps
        self.run = run
        self.ordinals = ordinals
        self.purpose = purpose
        self.blocks: dict[int, list[list[int]]] = {}
        self.left: dict[int, int] = {}
        rows = (plan.steps.hold_time if purpose == Purpose.HOLD else plan.steps.duration)[steps]
        fixed = bool(np.all(plan.distributions.kind[rows[rows != ABSENT]] == Kind.FIXED))
        self.fixed = self._drawn(ordinals[:1])[0] if fixed else None
        """The draws of all entities, if they are all the same."""

    def of(self, rank: int) -> Sequence[int]:
        """Draws of one entity, counted from 0 along the route's entities; each asks once."""
        if self.fixed is not None:
            return self.fixed
        block, within = divmod(rank, BLOCK)
        if block not in self.blocks:
            self.blocks[block] = self._drawn(self.ordinals[block * BLOCK : (block + 1) * BLOCK])
            self.left[block] = len(self.blocks[block])
        draws = self.blocks[block][within]
        self.left[block] -= 1
        if not self.left[block]:
            del self.blocks[block], self.left[block]
        return draws

    def _drawn(self, ordinals: Ints) -> list[list[int]]:
        drawn: list[list[int]] = durations(self.plan, self.steps, self.run, ordinals, self.purpose).tolist()
        return drawn
