"""Rules of a user: functions in Python that pick how an entity goes on. The reference engine alone knows them.

A function is shown what a written rule may look at, and answers the number of an option, from 0. It must depend on that
alone, or two runs of the same input differ; for a choice by chance it is shown a draw.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from sim.errors import SimError
from sim.plan.tables import Plan


class Seen(NamedTuple):
    """An option as it is in the middle of the instant."""

    place: str
    """The place whose load counts; empty: none."""
    waiting: int
    """Units that are asked for there."""
    in_use: int
    """Units taken there that are not back yet, wherever they come back."""
    capacity: int
    """Units that the place has now; 0 without a place."""
    seconds: float
    """Expected, beyond the queue."""
    each: float
    """Seconds for each unit waiting and in use, over the capacity."""
    usd: float
    weight: float


class View(NamedTuple):
    """What a rule is shown."""

    time: int
    """Seconds from the start."""
    step: str
    route: str
    entity: int
    class_: int
    priority: int
    """Smaller is served first."""
    teu: int
    value_of_time: float
    """USD that a second costs the entity."""
    lap: int
    draw: float
    """Between 0 and 1: a draw of this choice, for this entity and lap."""
    options: tuple[Seen, ...]


Decide = Callable[[View], object]
"""Answers the number of an option, from 0."""

Rules = Mapping[str, Decide]
"""Functions by the names that the plan has for them."""

NO_RULES: Rules = MappingProxyType({})


def refuse_unknown(plan: Plan, rules: Rules) -> None:
    """Raise SimError if the plan names a rule that is not there."""
    if missing := [name for name in plan.rules if name not in rules]:
        raise SimError(f"the plan chooses by rules that are not given: {', '.join(missing)}")


def answer(name: str, decide: Decide, view: View) -> int:
    """What the rule answers. Raises SimError, with who asked and where, if that is no number of an option."""
    asked = f"rule {name}, asked at {view.time} s by entity {view.entity} ({view.route}) at {view.step}"
    try:
        number = decide(view)
    except Exception as err:
        frame = traceback.extract_tb(err.__traceback__)[-1]
        at = f"{frame.filename}:{frame.lineno}"
        raise SimError(f"{asked}, failed at {at}: {type(err).__name__}: {err}") from err
    if not isinstance(number, int | np.integer) or not 0 <= number < len(view.options):
        raise SimError(f"{asked}, answered {number!r}: allowed is a whole number from 0 to {len(view.options) - 1}")
    return int(number)
