"""Samples: points of the unit cube, a row each and a column for each factor, by the designs that draw them.

Each is a function of its design and the number of factors. Sobol's and Halton's sequences, Morris' trajectories and
Saltelli's scheme begin with the same rows however many there are, so that a larger one keeps what was run.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy.stats import qmc

from sim.scenario import designs

Shares = npt.NDArray[np.float64]
Drawn = designs.LatinHypercube | designs.SobolSequence | designs.Halton | designs.Morris | designs.SobolIndices
"""Designs that draw their points."""


def shares(design: Drawn, factors: int) -> Shares:
    """The points of a design in its order: shares, 0 to 1, of the way along each factor."""
    match design:
        case designs.LatinHypercube():
            exchange: Literal["random-cd"] | None = "random-cd" if design.optimised else None
            drawn = qmc.LatinHypercube(factors, rng=design.seed, optimization=exchange).random(design.points)
        case designs.SobolSequence():
            power = (design.points - 1).bit_length()
            drawn = qmc.Sobol(factors, rng=design.seed).random_base2(power)[: design.points]
        case designs.Halton():
            drawn = qmc.Halton(factors, rng=design.seed).random(design.points)
        case designs.Morris():
            drawn = _trajectories(design, factors)
        case designs.SobolIndices():
            drawn = _saltelli(design, factors)
    return np.asarray(drawn, dtype=np.float64)


def problem(names: list[str]) -> dict[str, Any]:
    """The factors as SALib wants to be told of them, each as a share of its way."""
    return {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}


def _trajectories(design: designs.Morris, factors: int) -> Shares:
    from SALib.sample import morris  # noqa: PLC0415 - SALib takes its time to import

    names = [str(factor) for factor in range(factors)]
    found: Shares = morris.sample(problem(names), design.trajectories, num_levels=design.levels, seed=design.seed)
    return found


def _saltelli(design: designs.SobolIndices, factors: int) -> Shares:
    from SALib.sample import sobol  # noqa: PLC0415 - SALib takes its time to import

    names = [str(factor) for factor in range(factors)]
    found: Shares = sobol.sample(problem(names), design.base, calc_second_order=design.second_order, seed=design.seed)
    return found
