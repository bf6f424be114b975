"""A surrogate: a smooth surface through the points that were run, in place of the simulator where none was.

Thin-plate splines (scipy's RBFInterpolator) with the smoothing that predicts left-out points best; how well it does is
part of it, so that nobody takes a poor surface for an answer. Numbers that can lie only between bounds may be fitted on
a scale that has none, by logarithms or by logits, if that predicts left-out points better; what the surface tells is
cut at the bounds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import RBFInterpolator
from scipy.special import expit, logit

from sim.metrics.bounds import Bounds
from sim.metrics.shape import Floats

SMOOTHINGS = (1e-6, 1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0, 1e3)
"""Tried ones; the last is all but a plane."""
FOLDS = 10
"""Parts of the points of which each is left out once."""


@dataclass(frozen=True)
class Scale:
    """A way to take numbers so that a surface may go anywhere, and the way back."""

    name: str
    there: Callable[[Floats], Floats]
    back: Callable[[Floats], Floats]


AS_IT_IS = Scale("as it is", lambda number: number, lambda number: number)


def scales(numbers: Floats, possible: Bounds) -> list[Scale]:
    """Those that can take all the numbers: as they are, and without bounds where none of them lies on a bound."""
    found = [AS_IT_IS]
    low, high = possible
    if np.isfinite(low) and (numbers > low).all():
        if np.isinf(high):
            found.append(Scale("logarithm", lambda n: np.log(n - low), lambda n: low + np.exp(n)))
        elif (numbers < high).all():
            width = high - low
            found.append(Scale("logit", lambda n: logit((n - low) / width), lambda n: low + width * expit(n)))
    return found


@dataclass(frozen=True, eq=False)
class Surrogate:
    """A surface over positions between 0 and 1 on each axis."""

    surface: RBFInterpolator
    error: float
    """Root mean square of the errors at points that were left out."""
    explained: float
    """Share of the variance between points that it predicts of points left out; 0 or below: nothing."""
    scale: Scale = AS_IT_IS
    """On which the surface was fitted."""
    possible: Bounds = Bounds()  # noqa: RUF009 - a tuple

    def __call__(self, positions: Floats) -> Floats:
        """Numbers at positions, (points, axes)."""
        return self.possible.cut(self.scale.back(np.asarray(self.surface(positions), dtype=np.float64)))


def surrogate(positions: Floats, numbers: Floats, possible: Bounds | None = None) -> Surrogate | None:
    """The surface through numbers at positions, (points, axes); None for fewer points than twice what a plane takes.

    Points whose number is missing are left out, of equal positions the mean is taken. ``possible``: the bounds between
    which the numbers must lie; left out: none.
    """
    there = ~np.isnan(numbers)
    spots, place = np.unique(positions[there], axis=0, return_inverse=True)
    if len(spots) < 2 * (positions.shape[1] + 1):
        return None
    means = np.bincount(place.ravel(), numbers[there]) / np.bincount(place.ravel())
    within = possible or Bounds()
    each = [_on_scale(spots, means, scale, within) for scale in scales(means, within)]
    return min(each, key=lambda found: found.error)


def _on_scale(spots: Floats, means: Floats, scale: Scale, possible: Bounds) -> Surrogate:
    """The surface on a scale, with the smoothing that predicts left-out points best."""
    taken = scale.there(means)
    middle, size = taken.mean(), taken.std() or 1.0
    scaled = (taken - middle) / size
    errors = [_left_out(spots, scaled, smoothing) for smoothing in SMOOTHINGS]
    best = int(np.argmin([float(np.sqrt(np.mean(error**2))) for error in errors]))
    told = possible.cut(scale.back((scaled + errors[best]) * size + middle))
    error = float(np.sqrt(np.mean((told - means) ** 2)))
    surface = RBFInterpolator(spots, taken, smoothing=SMOOTHINGS[best])
    return Surrogate(surface, error, float(1 - (error / (means.std() or 1.0)) ** 2), scale, possible)


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
