"""Two engines compared row by row; the compiled one as it is, and as plain Python with a fault put into it.

Run as a script it prints a digest of the rows of the compiled engine: ``python -m tests.compared PLANS ENTITIES``.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import numba
import numpy as np

from sim.engines import ENGINES, Engine, Run
from sim.plan.breakdowns import with_breakdowns
from tests.busy_plans import busy_plan
from tests.rich_plans import rich_plan
from tests.small_plans import SmallPlan

REPLICATION = 2**32 - 3
"""Of all runs compared: any number that a replication may have."""

PARTS = ("jit", "layout", "agenda", "queues", "sampler", "holds", "boarding", "onward", "acts", "kernel", "compiled")
"""Modules of the compiled engine, each after those that it imports."""

CONFIG: Any = numba.config


def done(engine: Engine, small: SmallPlan, seed: int) -> Run:
    plan = with_breakdowns(small.plan, seed, REPLICATION)
    return engine(plan, small.entities, seed=seed, replication=REPLICATION)


def differences(one: Run, other: Run) -> list[str]:
    """What two runs of the same input do not have in common, in words."""
    found = [] if (one.ended, one.waiting) == (other.ended, other.waiting) else ["ends"]
    for name, column in vars(one.visits).items():
        twin = getattr(other.visits, name)
        if column.dtype != twin.dtype or not np.array_equal(column, twin):
            found.append(name)
    return found


def digest(runs: Iterator[Run]) -> str:
    """Names the rows of all runs."""
    sum_ = hashlib.sha256()
    for run in runs:
        for column in vars(run.visits).values():
            sum_.update(np.ascontiguousarray(column).tobytes())
    return sum_.hexdigest()


def busy_runs(engine: Engine, plans: int, entities: int) -> Iterator[Run]:
    """Of plans of about so many entities, and as many small ones that use every feature."""
    for seed in range(plans):
        yield done(engine, busy_plan(seed, entities), seed)
        yield done(engine, rich_plan(seed), seed)


@contextmanager
def plain(part: str = "", old: str = "", new: str = "") -> Iterator[Engine]:
    """The compiled engine as plain Python, with one piece of the source of one of its modules replaced by another."""
    names = [f"sim.engines.{name}" for name in PARTS]
    before = {name: sys.modules.pop(name, None) for name in names}
    jit_off, CONFIG.DISABLE_JIT = CONFIG.DISABLE_JIT, True
    try:
        for name in names:
            _load(name, old if name.endswith(part) and part else "", new)
        yield sys.modules["sim.engines.compiled"].run
    finally:
        CONFIG.DISABLE_JIT = jit_off
        for name, module in before.items():
            sys.modules.pop(name, None)
            if module is not None:
                sys.modules[name] = module


def _load(name: str, old: str, new: str) -> None:
    spec = find_spec(name)
    assert spec is not None
    assert spec.origin is not None
    source = Path(spec.origin).read_text(encoding="utf-8")
    if old:
        assert source.count(old) == 1, f"{name} holds {source.count(old)} times: {old}"
        source = source.replace(old, new)
    module = ModuleType(name)
    module.__file__ = spec.origin
    sys.modules[name] = module
    exec(compile(source, spec.origin, "exec"), vars(module))


if __name__ == "__main__":
    print(digest(busy_runs(ENGINES["compiled"], int(sys.argv[1]), int(sys.argv[2]))))  # noqa: T201 - it is a script
