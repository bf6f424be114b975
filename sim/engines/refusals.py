"""What can never be, refused before a run: more units than there are, or a way round on which no time passes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import NamedTuple

import numpy as np

from sim.errors import GridlockError
from sim.plan import ways
from sim.plan.tables import ABSENT, Bools, Entities, Hold, Ints, Plan, StepKind

_KEEPS = (int(Hold.UNTIL), int(Hold.UNTIL_ENTERED))
"""Ways to keep units until a later step."""


class Misfit(NamedTuple):
    """A step at which an entity asks for what there can never be."""

    route: int
    said: str
    """The step, its route and what is wrong, in words."""
    place: int = ABSENT
    """Of which it asks for more units than there are, or ABSENT where it is something else."""


def refuse_misfits(plan: Plan, entities: Entities) -> None:
    """Raise GridlockError, with a line for each of the :func:`misfits`."""
    if found := misfits(plan, entities):
        raise GridlockError("\n".join(misfit.said for misfit in found))


def misfits(plan: Plan, entities: Entities) -> list[Misfit]:
    """Steps at which an entity asks for what there can never be, in the order of their numbers.

    That is more units than its place has in any window (unless units of other places come back there); more than any
    consist between its two stops can carry; units until a step that it does not come to, so that they would not be
    given back; or to go round for ever while no time passes. Raises ValueError for breakdowns that are no windows yet.
    """
    if len(plan.breakdowns.pace):
        raise ValueError("an engine knows no breakdowns: sim.plan.breakdowns.with_breakdowns makes windows of them")
    largest, room = (_largest(plan, entities, sizes) for sizes in (entities.teu, entities.capacity))
    carried = _carried(plan, room)
    found = []
    back = ways.goes_back(plan)
    for route, steps in _suspects(plan, largest, back):
        timeless = ways.timeless_ways(plan, route) if back[route] else ()
        for step in steps:
            position = step - int(plan.routes.first[route])
            too_much = _units_of_place(plan, step, int(largest[route]))
            misfit = too_much or _room_for_ride(plan, step, int(largest[route]), carried)
            misfit = misfit or _kept_for_ever(plan, step, route)
            if back[route] and position in ways.reached(timeless, position):
                misfit = "can be come to again and again while no time passes"
            if misfit:
                said = f"{plan.steps.names[step]} (route {plan.routes.names[route]}) {misfit}"
                place = int(plan.steps.place[step]) if misfit == too_much else ABSENT
                found.append(Misfit(route, said, place))
    return found


def _largest(plan: Plan, entities: Entities, sizes: Ints) -> Ints:
    """The largest of some sizes on each route; ABSENT where nobody goes."""
    largest = np.full(len(plan.routes.names), ABSENT)
    np.maximum.at(largest, entities.route, sizes)
    return largest


def _suspects(plan: Plan, largest: Ints, back: Bools) -> Iterator[tuple[int, list[int]]]:
    """Routes that somebody follows, each with the steps that need a closer look; ``back``: where one may go back.

    Most steps need none: they ask for no more than there is at times, or keep nothing until a step that is not ahead.
    """
    steps, first = plan.steps, plan.routes.first
    route = np.repeat(np.arange(len(largest)), np.diff(first))
    position = np.arange(len(route)) - first[route]
    units = steps.units * np.where(steps.units_per_teu, largest[route], 1)
    # The last is that of a step at no place.
    widest = np.append(np.maximum.reduceat(plan.windows.capacity, plan.places.first_window[:-1]), units.max(initial=0))
    occupies, rides = (steps.kind == int(kind) for kind in (StepKind.OCCUPY, StepKind.RIDE))
    narrow = occupies & (units > widest[np.where(occupies, steps.place, ABSENT)])
    keeps = (steps.hold == int(Hold.UNTIL)) | (steps.hold == int(Hold.UNTIL_ENTERED))
    ahead = (steps.hold_until > position) & (steps.hold_until < np.diff(first)[route])
    odd = narrow | rides | (keeps & ~ahead) | back[route]
    for number in np.flatnonzero(largest != ABSENT).tolist():
        begin = int(first[number])
        found = np.flatnonzero(odd[begin : int(first[number + 1])]) + begin
        if len(found):
            yield number, found.tolist()


def _carried(plan: Plan, room: Ints) -> dict[tuple[int, int], int]:
    """Units that the largest consist carries which boards at the first stop and calls later at the second.

    ``room``: of the largest on each route; ABSENT where nobody goes.
    """
    carried: dict[tuple[int, int], int] = {}
    steps = plan.steps
    calls = np.flatnonzero(steps.kind == int(StepKind.CALL))
    of_route = np.searchsorted(plan.routes.first, calls, side="right") - 1
    wandering = ways.wandering(plan)
    for route in np.unique(of_route[room[of_route] != ABSENT]).tolist():
        own = calls[of_route == route].tolist()
        for step, later in _one_after_another(plan, route, own) if wandering[route] else combinations(own, 2):
            if steps.boards[step]:
                between = int(steps.place[step]), int(steps.place[later])
                carried[between] = max(int(room[route]), carried.get(between, 0))
    return carried


def _one_after_another(plan: Plan, route: int, own: list[int]) -> Iterator[tuple[int, int]]:
    """Pairs of some steps of a route of which the second can be come to after the first."""
    on_ways, first = ways.ways(plan, route), int(plan.routes.first[route])
    for step in own:
        reached = ways.reached(on_ways, step - first)
        yield from ((step, later) for later in own if later - first in reached)


def _asked(plan: Plan, step: int, largest: int) -> int:
    """Units that the largest asks for."""
    return int(plan.steps.units[step]) * (largest if plan.steps.units_per_teu[step] else 1)


def _room_for_ride(plan: Plan, step: int, largest: int, carried: Mapping[tuple[int, int], int]) -> str:
    if plan.steps.kind[step] != StepKind.RIDE:
        return ""
    units, stop = _asked(plan, step, largest), int(plan.steps.place[step])
    most = carried.get((stop, int(plan.steps.to_stop[step])), units)
    what, name = "TEU" if plan.steps.units_per_teu[step] else "units", plan.stops.names[stop]
    return f"asks for {units} {what}, and no consist from {name} carries more than {most}" if units > most else ""


def _units_of_place(plan: Plan, step: int, largest: int) -> str:
    place = int(plan.steps.place[step])
    if plan.steps.kind[step] != StepKind.OCCUPY or place == ABSENT or place in plan.steps.return_place:
        return ""
    units = _asked(plan, step, largest)
    rows = plan.places.windows_of(place)
    most = int(plan.windows.capacity[rows].max())
    name = plan.places.names[place]
    return f"asks for {units} units of {name}, which never has more than {most}" if units > most else ""


def _kept_for_ever(plan: Plan, step: int, route: int) -> str:
    hold, until, place = int(plan.steps.hold[step]), int(plan.steps.hold_until[step]), int(plan.steps.place[step])
    if hold not in _KEEPS or place == ABSENT:
        return ""
    own = ways.of_route(plan, route)
    position = step - own.start
    if position < until < len(own) or (hold == Hold.UNTIL and until == position):
        return ""
    if until < position and until in ways.reached(ways.ways(plan, route), position):
        return ""
    return f"holds {plan.places.names[place]} until step {until}, to which it does not come after that"
