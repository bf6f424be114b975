"""The visits of a log as arrays, by entity."""

from __future__ import annotations

from dataclasses import dataclass

from sim.metrics.shape import Ints


@dataclass(frozen=True, eq=False)
class Rows:
    """All visits, those of one entity together and in their order. Times as in the log, NOT_YET where absent."""

    who: Ints
    """Row of the entity in the legend's entities."""
    step: Ints
    place: Ints
    requested: Ints
    entered: Ints
    left: Ints
    released: Ints
    consist: Ints
    """Row of the consist in the legend's entities; NOT_YET where it rides with none."""

    def __len__(self) -> int:
        return len(self.who)
