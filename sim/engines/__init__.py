"""Engines turn a plan into a log of visits by a written law; see :mod:`sim.engines.reference` for the law.

All engines give the same rows in the same order. The compiled one is imported when it is called: it needs Numba, and
takes a second to start.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from typing import Protocol

from sim.engines.features import needs
from sim.engines.outcomes import Run
from sim.engines.reference import run
from sim.engines.rules import Rules
from sim.errors import SimError
from sim.plan.tables import Entities, Plan

__all__ = ["ENGINES", "Engine", "Run", "choose", "needs", "run"]

WORTH_COMPILING = 70_000
"""Visits from which on the compiled engine is done first, its start included."""


WITHOUT_NUMBA = "the compiled engine needs Numba: pip install 'landbridge[fast]', or take --engine reference"


class Engine(Protocol):
    """Runs one replication of a plan."""

    def __call__(
        self,
        plan: Plan,
        entities: Entities,
        *,
        seed: int,
        replication: int,
        progress: Callable[[int], None] | None = None,
    ) -> Run:
        """What the replication came to; see :func:`sim.engines.reference.run`."""


def _compiled(
    plan: Plan, entities: Entities, *, seed: int, replication: int, progress: Callable[[int], None] | None = None
) -> Run:
    if unknown := needs(plan):
        raise SimError(f"the compiled engine does not know {', '.join(unknown)}: take --engine reference")
    try:
        from sim.engines import compiled  # noqa: PLC0415 - Numba takes its time to import, and may not be there
    except ImportError as err:
        raise SimError(f"{WITHOUT_NUMBA} ({err})") from err
    return compiled.run(plan, entities, seed=seed, replication=replication, progress=progress)


ENGINES: dict[str, Engine] = {"compiled": _compiled, "reference": run}
"""Engines by name."""


def with_rules(name: str, rules: Rules) -> Engine:
    """The engine of that name, with functions by which choices are made: the reference alone takes any."""
    return partial(run, rules=rules) if rules and name == "reference" else ENGINES[name]


def choose(name: str, visits: int, beyond: tuple[str, ...] = ()) -> str:
    """The engine of that name; for ``auto`` the one that is sooner done with so many visits in all.

    ``beyond``: what the plan needs that the compiled engine does not know. Raises SimError if it is to be the compiled
    engine and Numba is not there.
    """
    compiles = find_spec("numba") is not None
    if name == "auto":
        return "compiled" if compiles and not beyond and visits >= WORTH_COMPILING else "reference"
    if name == "compiled" and not compiles:
        raise SimError(WITHOUT_NUMBA)
    return name


def slower(visits: int, beyond: tuple[str, ...] = ()) -> str:
    """Why ``auto`` has to take the reference engine where the compiled one is sooner done; empty if it has not to."""
    if visits < WORTH_COMPILING or choose("auto", visits, beyond) == "compiled":
        return ""
    lack = f"does not know {', '.join(beyond)}" if beyond else "needs Numba (pip install 'landbridge[fast]')"
    return f"the reference engine simulates these {visits:,} visits, some forty times slower: the compiled one {lack}"
