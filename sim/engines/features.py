"""Features: what a plan uses beyond the first set of steps, for an engine that does not know everything."""

from __future__ import annotations

import numpy as np

from sim.plan.tables import ABSENT, Plan, StepKind


def needs(plan: Plan) -> tuple[str, ...]:
    """Names of what the plan uses beyond the first set of steps, in a fixed order; empty if nothing."""
    steps = plan.steps
    rides = steps.kind == StepKind.RIDE
    calls = {route for route in range(len(plan.routes.names)) if StepKind.CALL in steps.kind[_of(plan, route)]}
    used = {
        "longest queue": np.any(steps.longest_queue != ABSENT),
        "patience": np.any(steps.patience != ABSENT),
        "choose": np.any(steps.kind == StepKind.CHOOSE),
        "gates": len(plan.gates.place) > 0,
        "rides in other units": np.any(rides & ~(steps.units_per_teu & (steps.units == 1))),
        "rides of consists": any(np.any(rides[_of(plan, route)]) for route in calls),
        "breakdowns": len(plan.breakdowns.pace) > 0,
    }
    return tuple(name for name, uses in used.items() if uses)


def _of(plan: Plan, route: int) -> slice:
    return slice(int(plan.routes.first[route]), int(plan.routes.first[route + 1]))
