"""Warnings before a run: circles of places that can lock."""

from __future__ import annotations

from dataclasses import dataclass

from sim.plan.circles import circles_that_can_fill
from sim.plan.compile import Compiled
from sim.plan.tables import Entities


@dataclass(frozen=True)
class Lock:
    """Places that may all be full of those who wait for the next of them: there are enough of them for that.

    Whether it comes to that, the run shows: it does not ask when who is where.
    """

    places: tuple[str, ...]
    file: str = ""

    def __str__(self) -> str:
        file = f"{self.file}: " if self.file else ""
        circle = ", ".join((*self.places, self.places[0]))
        return f"{file}this circle of places can lock: {circle}; it does if all are full of who waits for the next"


def locks(compiled: Compiled, entities: Entities, file: str = "") -> list[Lock]:
    """Circles of places that can fill, so that nobody in them would go on any more."""
    return [Lock(places, file) for places in circles_that_can_fill(compiled.plan, entities)]
