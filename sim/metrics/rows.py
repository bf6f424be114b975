"""The visits of a log as arrays, by entity."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from sim.log import NOT_YET
from sim.metrics.shape import Bools, Ints


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

    @cached_property
    def refused(self) -> Bools:
        """Visits left without having been entered: turned away, or given up."""
        refused: Bools = (self.entered == NOT_YET) & (self.left != NOT_YET)
        return refused

    def __len__(self) -> int:
        return len(self.who)
