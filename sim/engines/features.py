"""Features: what a plan uses beyond the first set of steps, for an engine that does not know everything."""

from __future__ import annotations

import numpy as np

from sim.plan.tables import Plan, Rule


def needs(plan: Plan) -> tuple[str, ...]:
    """Names of what the plan uses that the compiled engine does not know, in a fixed order; empty if nothing."""
    used = {"rules in Python": np.any(plan.steps.rule == Rule.FUNCTION)}
    return tuple(name for name, uses in used.items() if uses)
