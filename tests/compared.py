"""Two engines compared row by row; the compiled one as it is, and as plain Python with a fault put into it.

Run as a script it prints a digest of the rows of the compiled engine: ``python -m tests.compared PLANS``.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import numba
import numpy as np

from sim.engines import ENGINES, Engine, Run, compiled, reference
from sim.experiments.executors import carry_out, processes
from sim.plan.breakdowns import with_breakdowns
from tests.busy_plans import busy_plan
from tests.plans_of_ways import GIVEN, full_plan, plan_with
from tests.rich_plans import rich_plan
from tests.small_plans import SmallPlan

REPLICATION = 2**32 - 3
"""Of all runs compared: any number that a replication may have."""

PARTS = (
    "jit",
    "layout",
    "beginning",
    "agenda",
    "queues",
    "sampler",
    "holds",
    "boarding",
    "onward",
    "acts",
    "kernel",
    "compiled",
)
"""Modules of the compiled engine, each after those that it imports."""

CONFIG: Any = numba.config
CHECKS = "NUMBA_BOUNDSCHECK"


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


PLANS, ENTITIES = 300, 520
"""Full plans that are compared, and about how many entities they have before the features bring more."""
BLOCKS = 30
"""Into which the plans are cut, for whoever has time for the next."""


class Block(NamedTuple):
    """What the comparison of some full plans comes to."""

    rows: int
    differing: tuple[int, ...]
    """Seeds of the plans whose rows differ."""
    seconds: tuple[float, float, float]
    """Of CPU, for the plans, the reference engine, and the compiled engine with the comparison."""
    checked: bool
    """Whether the kernel was compiled with bounds checks."""


def compare(block: int) -> Block:
    """The full plans of one block by both engines."""
    rows, differing, spent = 0, [], np.zeros(3)
    for seed in range(block * PLANS // BLOCKS, (block + 1) * PLANS // BLOCKS):
        times = [time.process_time()]
        small = full_plan(seed, ENTITIES)
        times.append(time.process_time())
        expected = done(reference.run, small, seed)
        times.append(time.process_time())
        if differences(expected, done(compiled.run, small, seed)):
            differing.append(seed)
        rows += len(expected.visits.entity)
        spent += np.diff([*times, time.process_time()])
    seconds = float(spent[0]), float(spent[1]), float(spent[2])
    return Block(rows, tuple(differing), seconds, bool(CONFIG.BOUNDSCHECK))


@contextmanager
def bounds_checks() -> Iterator[None]:
    """Processes that are started meanwhile compile the kernel with bounds checks."""
    before = os.environ.get(CHECKS)
    os.environ[CHECKS] = "1"
    try:
        yield
    finally:
        del os.environ[CHECKS]
        if before is not None:
            os.environ[CHECKS] = before


def compile_kernel(seed: int) -> None:
    """Run a plan, for which the kernel is compiled and kept on disk."""
    done(compiled.run, busy_plan(seed, 10), seed)


def compile_checked() -> None:
    """The same in a process of its own, with bounds checks, so that not both of two processes do it."""
    with bounds_checks():
        assert len(list(carry_out(compile_kernel, [0], processes(1)))) == 1


def compare_all() -> list[Block]:
    """All full plans, with bounds checks, by two processes: the reference engine takes nearly all of the time."""
    with bounds_checks():
        return [block for _, block in carry_out(compare, range(BLOCKS), processes(2))]


def small_runs(engine: Engine, plans: int) -> Iterator[Run]:
    """Of so many plans of each sort: busy ones, those with each of the further features, and those with all."""
    for seed in range(plans):
        yield done(engine, busy_plan(seed, 300), seed)
        yield done(engine, rich_plan(seed), seed)
        for feature in GIVEN:
            yield done(engine, plan_with(feature, seed, 60), seed)


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
    print(digest(small_runs(ENGINES["compiled"], int(sys.argv[1]))))  # noqa: T201 - it is a script
