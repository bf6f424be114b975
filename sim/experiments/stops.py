"""Stops: the checkpoints of all replications of a run, kept in a file to go on from there."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim.engines import WITHOUT_NUMBA, Run
from sim.errors import SimError
from sim.plan.branches import branched
from sim.plan.tables import Entities, Plan

if TYPE_CHECKING:
    from sim.engines.checkpoint import Checkpoint


@dataclass(frozen=True)
class Stopped:
    """A run that stands still."""

    checkpoints: tuple[Checkpoint, ...]
    """One for each replication."""
    digest: str
    """Names what the file holds."""

    @property
    def time(self) -> int:
        """When it was stopped, in seconds from the start."""
        return self.checkpoints[0].time

    @property
    def first_seed(self) -> int:
        """By which it began: by that its entities are drawn, those to come as well."""
        return self.checkpoints[0].seed

    @property
    def seed(self) -> int:
        """By which the engine drew last."""
        return self.checkpoints[0].present_seed

    def plan(self, plan: Plan, replication: int) -> Plan:
        """The plan with the windows by which the replication came to its stop, and its own from then on.

        Raises SimError if it cannot be a plan of this run.
        """
        kept = self.checkpoints[replication]
        if len(kept.first_window) != len(plan.places.first_window):
            raise SimError("the run was stopped with another plan: its places are others")
        return branched((kept.first_window, kept.windows), plan, max(1, kept.time))

    def go_on(
        self,
        plan: Plan,
        entities: Entities,
        *,
        seed: int,
        replication: int,
        progress: Callable[[int], None] | None = None,
    ) -> Run:
        """An engine that begins where the run was stopped."""
        from sim.engines import stages  # noqa: PLC0415 - Numba takes its time to import

        return stages.finish(self.branch(plan, entities, seed, replication), plan, entities, progress=progress)

    def branch(self, plan: Plan, entities: Entities, seed: int, replication: int) -> Checkpoint:
        """The checkpoint of a replication, with the seed that counts from then on."""
        from sim.engines import stages  # noqa: PLC0415 - Numba takes its time to import

        return stages.branch(self.checkpoints[replication], plan, entities, seed=seed)


def read(path: Path) -> Stopped:
    """A run as it was stopped. Raises SimError if the file is not whole, or of another version of the engine."""
    try:
        from sim.engines import checkpoint  # noqa: PLC0415 - Numba takes its time to import, and may not be there
    except ImportError as err:
        raise SimError(f"{WITHOUT_NUMBA} ({err})") from err
    return Stopped(tuple(checkpoint.load(path)), hashlib.sha256(path.read_bytes()).hexdigest()[:12])
