"""What a replication comes to: the same for every engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from sim.engines.gridlock import Waiting
from sim.log import Visits

Ended = Literal["horizon", "nothing scheduled"]
"""Why a run ended."""


@dataclass(frozen=True)
class Run:
    """What a replication came to."""

    visits: Visits
    ended: Ended
    waiting: tuple[Waiting, ...]
    """Who waits for ever, in the order of their numbers.

    If nothing was scheduled any more, all who have not come to their end; at the horizon, those in gridlock.
    """


def width(horizon: int) -> np.dtype[Any]:
    """The numbers in which a log is written: 32 bits for up to 68 years. At much traffic its memory is what costs."""
    return np.dtype(np.int32 if horizon <= np.iinfo(np.int32).max else np.int64)
