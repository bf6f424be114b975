"""What every metric starts from: the journeys of a log, where their seconds went and what they cost, once for all."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from sim.log import Log
from sim.metrics.burdens import Burdens
from sim.metrics.causes import Seconds
from sim.metrics.journeys import Journeys
from sim.metrics.paths import Path, paths, pieces
from sim.metrics.shape import Floats

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Accounts:
    """Journeys with what is worked out from them on first use."""

    journeys: Journeys
    _known: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False)

    def once(self, key: Hashable, work: Callable[[], T]) -> T:
        """What several measures ask for, worked out for the first of them; ``key`` names it."""
        if key not in self._known:
            self._known[key] = work()
        found: T = self._known[key]
        return found

    @cached_property
    def burdens(self) -> Burdens:
        """What each entity bears in all."""
        return Burdens(self.journeys)

    @property
    def spent(self) -> Seconds:
        """Where the seconds of each visit went."""
        return self.burdens.spent

    @property
    def fees(self) -> Floats:
        """USD per TEU due at each row."""
        return self.burdens.due

    @cached_property
    def pieces(self) -> tuple[Floats, Floats]:
        """For each step the shares of its leg's length at which it begins and ends."""
        return pieces(self.journeys)

    @cached_property
    def paths(self) -> list[Path]:
        """The path of each flow that arrived."""
        return paths(self.journeys)


def accounts(log: Log | Accounts) -> Accounts:
    """The accounts of a log; accounts themselves are given back, so that metrics can share them."""
    return log if isinstance(log, Accounts) else Accounts(Journeys.of(log))
