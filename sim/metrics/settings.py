"""How often a run was made and what it leaves out, in words: what was given, and what was found by a rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.counts import of_unit
from sim.metrics.shape import DAY_S

RULES = {"mser-5": "MSER-5"}


def often(origin: Mapping[str, Any]) -> str:
    """The number of replications and, if a rule ended them, what it asked for and reached."""
    asked = origin.get("precision")
    number = str(origin["replications"])
    if not asked:
        return number
    named = [each for each in asked["of"] if each["half_width"] is not None]
    widest = max(named, key=lambda each: float(each["half_width"]), default=None)
    width = f"{100 * widest['half_width']:.3g} % of the mean ({widest['what']})" if widest else "missing"
    at = f"reached at {asked['reached_at']}" if asked["reached_at"] is not None else "not reached"
    end = "" if asked["met"] else f"; ended at the most allowed, {asked['most']}"
    return f"{number}: widest half width {width}, {100 * asked['asked']:.3g} % asked, {at}{end}"


def left_out(origin: Mapping[str, Any]) -> str:
    """How the warm-up was found; empty if it was given."""
    found = origin.get("warm_up")
    if not found:
        return ""
    rule = RULES.get(found["rule"], found["rule"])
    if found["unsettled"]:
        return f"half of the run: by {rule} it does not settle before ({'; '.join(found['unsettled'])})"
    days = of_unit(f"{float(origin['warm_up_s']) / DAY_S:.3g}", "days")
    return f"{days}, found by {rule}: until the TEU under way settle, longest of {found['flow']}"
