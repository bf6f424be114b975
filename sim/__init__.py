"""Landbridge: a simulator of logistics corridors.

As a library it is used through the names below, which are loaded on first use, so that importing it costs nothing::

    import sim
    result = sim.run("scenarios/yuxinou.yaml", replications=5)
    result.summary                                                # a table of pandas
    swept = sim.sweep("scenarios/experiments/smoke.yaml")
    sim.to_xarray(swept).mean("replication")                      # a sweep over a grid

Each is explained where it stands, in :mod:`sim.experiments.door`; errors are those of :mod:`sim.errors`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.experiments.door import (
        calibrate,
        compare,
        compile_plan,
        load,
        load_experiment,
        optimise,
        run,
        sweep,
        to_xarray,
    )

__all__ = ["calibrate", "compare", "compile_plan", "load", "load_experiment", "optimise", "run", "sweep", "to_xarray"]


def __getattr__(name: str) -> object:
    """A name of the door, when it is asked for."""
    if name not in __all__:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    return getattr(import_module("sim.experiments.door"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
