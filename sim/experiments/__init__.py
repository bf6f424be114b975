"""Whatever runs the simulator: single runs with their replications, and the checks before them."""

from __future__ import annotations

from sim.experiments.loads import check

__all__ = ["check"]
