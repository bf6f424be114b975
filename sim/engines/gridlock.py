"""What can never go on: refused before a run, told after it."""

from __future__ import annotations

from typing import NamedTuple

from sim.log import Visits
from sim.plan.tables import Entities, Plan


class Waiting(NamedTuple):
    """An entity that waits when nothing is scheduled any more."""

    entity: int


def refuse_misfits(plan: Plan, entities: Entities) -> None:
    """Raise GridlockError if an entity asks for more units than its place can ever have."""


def who_waits(plan: Plan, entities: Entities, visits: Visits) -> tuple[Waiting, ...]:
    """Those who have not gone through their last step, in the order of their numbers."""
    return ()
