"""A surrogate: a smooth surface through the points that were run, in place of the simulator where none was.

Thin-plate splines (scipy's RBFInterpolator) with the smoothing that predicts left-out points best; how well it does is
part of it, so that nobody takes a poor surface for an answer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import RBFInterpolator

from sim.metrics.shape import Floats

SMOOTHINGS = (1e-6, 1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0, 1e3)
"""Tried ones; the last is all but a plane."""
FOLDS = 10
"""Parts of the points of which each is left out once."""


@dataclass(frozen=True, eq=False)
class Surrogate:
    """A surface over positions between 0 and 1 on each axis."""

    surface: RBFInterpolator
    error: float
    """Root mean square of the errors at points that were left out."""
    explained: float
    """Share of the variance between points that it predicts of points left out; 0 or below: nothing."""

    def __call__(self, positions: Floats) -> Floats:
        """Numbers at positions, (points, axes)."""
        return np.asarray(self.surface(positions), dtype=np.float64)


def surrogate(positions: Floats, numbers: Floats) -> Surrogate | None:
    """The surface through numbers at positions, (points, axes); None for fewer points than twice what a plane takes.

    Points whose number is missing are left out, of equal positions the mean is taken.
    """
    there = ~np.isnan(numbers)
    spots, place = np.unique(positions[there], axis=0, return_inverse=True)
    if len(spots) < 2 * (positions.shape[1] + 1):
        return None
    means = np.bincount(place.ravel(), numbers[there]) / np.bincount(place.ravel())
    middle, size = means.mean(), means.std() or 1.0
    scaled = (means - middle) / size
    errors = [float(np.sqrt(np.mean(_left_out(spots, scaled, smoothing) ** 2))) for smoothing in SMOOTHINGS]
    best = int(np.argmin(errors))
    surface = RBFInterpolator(spots, means, smoothing=SMOOTHINGS[best])
    return Surrogate(surface, float(errors[best] * size), float(1 - errors[best] ** 2))


def _left_out(spots: Floats, numbers: Floats, smoothing: float) -> Floats:
    """Errors at each point of a surface through the others of its fold's complement."""
    # Points stand in the order of their positions: every tenth is left out, not a whole corner.
    fold = np.arange(len(spots)) % FOLDS
    errors = np.empty(len(spots))
    for out in range(FOLDS):
        own = fold == out
        if own.any():
            errors[own] = RBFInterpolator(spots[~own], numbers[~own], smoothing=smoothing)(spots[own]) - numbers[own]
    return errors
