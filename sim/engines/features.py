"""Features: what a plan uses beyond the first set of steps, for an engine that does not know everything."""

from __future__ import annotations

import numpy as np

from sim.plan.tables import ABSENT, Plan, Rule


def needs(plan: Plan) -> tuple[str, ...]:
    """Names of what the plan uses beyond the first set of steps, in a fixed order; empty if nothing."""
    steps = plan.steps
    used = {
        "longest queue": np.any(steps.longest_queue != ABSENT),
        "patience": np.any(steps.patience != ABSENT),
        "rules in Python": np.any(steps.rule == Rule.FUNCTION),
    }
    return tuple(name for name, uses in used.items() if uses)
