"""Quantile tables: how gamma, erlang and empirical distributions become a TABLE of the plan.

Made once when a scenario is compiled; apart from the draws, because SciPy takes its time to import and an engine has
no use for it.
"""

from __future__ import annotations

import numpy as np
from scipy.special import gammaincc, gammaincinv

from sim.plan.draws import CELLS
from sim.plan.tables import Floats


def gamma_quantiles(shape: float, scale: float) -> Floats:
    """Table of a gamma distribution; of an erlang distribution if the shape is whole. Mean: shape * scale seconds.

    The quantile at 1 is infinite. The table's last entry is put where the last straight piece has the mean that the
    distribution has in its last 4096th, which keeps the tail's share of the mean; quantiles beyond 4095/4096 are
    therefore bounded.
    """
    probabilities = np.arange(CELLS + 1) / CELLS
    quantiles = np.zeros(CELLS + 1)
    quantiles[:CELLS] = scale * gammaincinv(shape, probabilities[:CELLS])
    last = quantiles[CELLS - 1]
    tail_mean = CELLS * shape * scale * float(gammaincc(shape + 1.0, last / scale))
    quantiles[CELLS] = 2.0 * tail_mean - last
    return quantiles


def empirical_quantiles(values: Floats, probabilities: Floats | None = None) -> Floats:
    """Table of observed seconds, or of known quantiles at given probabilities.

    Observed values stand at equal distances from probability 0 (the least) to 1 (the greatest), with straight lines
    between them. Known quantiles must rise, their probabilities strictly; below the first and above the last
    probability the end values hold.
    """
    at = np.arange(CELLS + 1) / CELLS
    values = np.asarray(values, np.float64)
    if probabilities is None:
        return np.quantile(values, at)
    probabilities = np.asarray(probabilities, np.float64)
    if np.any(np.diff(values) < 0) or np.any(np.diff(probabilities) <= 0):
        raise ValueError(f"quantiles must rise with their probabilities: {values.tolist()} at {probabilities.tolist()}")
    return np.interp(at, probabilities, values)
