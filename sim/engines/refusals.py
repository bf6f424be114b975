"""What can never be, refused before a run: more units than there are, or a way round on which no time passes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.errors import GridlockError
from sim.plan import ways
from sim.plan.tables import ABSENT, Entities, Hold, Plan, StepKind


def refuse_misfits(plan: Plan, entities: Entities) -> None:
    """Raise GridlockError, with a line for each step, if an entity asks for what there can never be.

    That is more units than its place has in any window (unless units of other places come back there); more than any
    consist between its two stops can carry; units until a step that it does not come to, so that they would not be
    given back; or to go round for ever while no time passes. Raises ValueError for breakdowns that are no windows yet.
    """
    if len(plan.breakdowns.pace):
        raise ValueError("an engine knows no breakdowns: sim.plan.breakdowns.with_breakdowns makes windows of them")
    carried = _carried(plan, entities)
    misfits = []
    for route in np.unique(entities.route).tolist():
        largest = int(entities.teu[entities.route == route].max())
        on_ways, timeless = ways.ways(plan, route), ways.timeless_ways(plan, route)
        for position, step in enumerate(ways.of_route(plan, route)):
            misfit = _misfit(plan, step, largest, carried)
            misfit = misfit or _kept_for_ever(plan, step, position, on_ways)
            if position in ways.reached(timeless, position):
                misfit = "can be come to again and again while no time passes"
            if misfit:
                misfits.append(f"{plan.steps.names[step]} (route {plan.routes.names[route]}) {misfit}")
    if misfits:
        raise GridlockError("\n".join(misfits))


def _carried(plan: Plan, entities: Entities) -> dict[tuple[int, int], int]:
    """Units that the largest consist carries which boards at the first stop and calls later at the second."""
    carried: dict[tuple[int, int], int] = {}
    steps = plan.steps
    for route in np.unique(entities.route).tolist():
        largest = int(entities.capacity[entities.route == route].max())
        own, on_ways = ways.of_route(plan, route), ways.ways(plan, route)
        calls = [step for step in own if steps.kind[step] == StepKind.CALL]
        for step in calls:
            reached = ways.reached(on_ways, step - own.start)
            for later in [later for later in calls if steps.boards[step] and later - own.start in reached]:
                between = int(steps.place[step]), int(steps.place[later])
                carried[between] = max(largest, carried.get(between, 0))
    return carried


def _misfit(plan: Plan, step: int, largest: int, carried: Mapping[tuple[int, int], int]) -> str:
    kind, place = int(plan.steps.kind[step]), int(plan.steps.place[step])
    units = int(plan.steps.units[step]) * (largest if plan.steps.units_per_teu[step] else 1)
    if kind == StepKind.RIDE:
        most = carried.get((place, int(plan.steps.to_stop[step])), units)
        what = "TEU" if plan.steps.units_per_teu[step] else "units"
        name = plan.stops.names[place]
        return f"asks for {units} {what}, and no consist from {name} carries more than {most}" if units > most else ""
    if kind != StepKind.OCCUPY or place == ABSENT or place in plan.steps.return_place:
        return ""
    rows = plan.places.windows_of(place)
    most = int(plan.windows.capacity[rows].max())
    name = plan.places.names[place]
    return f"asks for {units} units of {name}, which never has more than {most}" if units > most else ""


def _kept_for_ever(plan: Plan, step: int, position: int, on_ways: ways.Ways) -> str:
    hold, until, place = plan.steps.hold[step], int(plan.steps.hold_until[step]), int(plan.steps.place[step])
    if hold not in (Hold.UNTIL, Hold.UNTIL_ENTERED) or place == ABSENT:
        return ""
    if position < until < len(on_ways) or (hold == Hold.UNTIL and until == position):
        return ""
    if until < position and until in ways.reached(on_ways, position):
        return ""
    return f"holds {plan.places.names[place]} until step {until}, to which it does not come after that"
