"""What a factor does on average over all the others, read off the surrogate of a design whose points lie scattered."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.counts import counted
from sim.experiments.sensitivity import Sample, noise_share
from sim.experiments.surrogate import Surrogate, surrogate
from sim.metrics.bounds import Bounds, bounds
from sim.metrics.coordinates import coordinates, named, places
from sim.metrics.intervals import NORMAL
from sim.metrics.response import BASE
from sim.metrics.shape import Floats, shaped
from sim.metrics.values import matrix

SURROGATES = {
    "outcome": "str",
    "unit": "str",
    "points": "int64",
    "explained": "float64",
    "error": "float64",
    "scale": "str",
    "noise": "float64",
    "shown": "bool",
    "reason": "str",
}

COLUMNS = {
    "outcome": "str",
    "factor": "str",
    "at": "float64",
    "setting": "str",
    "unit": "str",
    "mean": "float64",
    "low": "float64",
    "high": "float64",
}

SCATTERED = ("latin-hypercube", "sobol-sequence", "halton", "sobol-indices", "list", "csv")
"""Designs whose points fill the space; the curves of the others need no surrogate."""

GOOD = 0.7
"""Share of the variance of points left out that a surrogate must predict to be shown."""
PARTS = 5
"""Parts of the points of which each is left out once, for the band."""
CUTS = 21
"""Values of a range at which a curve is read off."""
MOST_POINTS = 300
"""The first so many points make the surrogate: more cost much and add little."""
MOST_AVERAGED = 100
"""Points over whose other factors a curve is averaged."""
FEWEST_POINTS = 20

Stop = tuple[float, str, list[float]]
"""Where a curve is read off: the number of the factor, what it is called, and its place on the axes."""


def partial_dependence(sample: Sample) -> dict[str, pd.DataFrame]:
    """The tables ``surrogates``, a row for each outcome, and ``partial_dependence`` of those that are predicted well.

    ``explained``: share of the variance of points left out that the surrogate predicts; ``error``: root mean square of
    its errors there, in the unit of the outcome; ``scale``: on which it was fitted. ``noise``: the share that
    replications make, which nothing can predict. The curve at a value is the mean of the surrogate with the factor at
    that value and all others as at the points. Its band, 1.96 standard errors by a jackknife over five parts of the
    points, tells how far it hangs on which points were tried; neither leaves what the measure can be. A factor of names
    has their order in the points.
    """
    found, curves = [], []
    for outcome in sample.outcomes.to_dict("records") if sample.design.get("kind") in SCATTERED else ():
        row, lines = _of_outcome(sample, outcome)
        found.append({"outcome": outcome["outcome"], "unit": outcome["unit"], **row})
        curves += [{"outcome": outcome["outcome"], "unit": outcome["unit"], **line} for line in lines]
    return {
        "surrogates": shaped(SURROGATES, {name: [row[name] for row in found] for name in SURROGATES}),
        "partial_dependence": shaped(COLUMNS, {name: [row[name] for row in curves] for name in COLUMNS}),
    }


def _of_outcome(sample: Sample, outcome: Mapping[Hashable, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    tried = independent(sample)
    number = matrix(sample.values, tried, str(outcome["outcome"]), float(outcome["unit_size"]))
    there = np.flatnonzero(~np.all(np.isnan(number), axis=1))[:MOST_POINTS]
    number, tried = number[there], tried.iloc[there].reset_index(drop=True)
    number = number[:, ~np.any(np.isnan(number), axis=0)]
    axes = _axes(tried, sample.factors)
    known = {"points": len(tried), "explained": np.nan, "error": np.nan, "scale": "", "shown": False, "noise": np.nan}
    if not axes or not number.size:
        return {**known, "reason": "no factor varies, or the points have no replication in common"}, []
    value, where = number.mean(axis=1), np.column_stack(list(axes.values()))
    known["noise"] = noise_share(number)
    if reason := _why_none(where, value):
        return {**known, "reason": reason}, []
    possible = bounds(outcome)
    whole = surrogate(where, value, possible)
    if whole is not None:
        known |= {"explained": whole.explained, "error": whole.error, "scale": whole.scale.name}
    if whole is None or whole.explained < GOOD:
        return {**known, "reason": "no smooth surface predicts points that it has not seen"}, []
    part = np.random.default_rng(sample.seed).permutation(len(value)) % PARTS
    fewer = [surrogate(where[part != number], value[part != number], possible) for number in range(PARTS)]
    curves = _Curves(sample, tried, axes, possible, [whole, *(one for one in fewer if one is not None)])
    found = [row for factor in sample.factors.to_dict("records") for row in curves.of(factor)]
    return {**known, "shown": True, "reason": ""}, found


def _why_none(where: Floats, value: Floats) -> str:
    """Why no surrogate can be made of points at these places; empty if one can."""
    fewest = max(FEWEST_POINTS, 4 * where.shape[1])
    if len(value) < fewest:
        return f"too few for it: {counted(len(value), 'point')}, {fewest} are needed"
    if float(np.ptp(value)) == 0:
        return "it is the same at all points"
    if np.linalg.matrix_rank(where - where.mean(axis=0)) < where.shape[1]:
        return "some factors change only together"
    return ""


def independent(sample: Sample) -> pd.DataFrame:
    """The points that lie by themselves: all but the base, and of Saltelli's scheme only the two samples that it mixes.

    The others differ from one of these in a single factor, so that predicting them proves nothing.
    """
    tried: pd.DataFrame = sample.points[sample.points["point"] != BASE].reset_index(drop=True)
    if sample.design.get("kind") != "sobol-indices":
        return tried
    size = (2 if sample.design.get("second_order") else 1) * len(sample.factors) + 2
    place = np.arange(len(tried)) % size
    return tried.iloc[np.flatnonzero((place == 0) | (place == size - 1))].reset_index(drop=True)


def _axes(points: pd.DataFrame, factors: pd.DataFrame) -> dict[tuple[str, str], Floats]:
    """The directions in which points lie: one for a number, for names one less than there are; only where they vary."""
    found: dict[tuple[str, str], Floats] = {}
    where = coordinates(points, factors)
    for number, key in enumerate(factors["factor"].astype(str)):
        if named(points, key):
            texts = points[key].astype(str)
            for name in sorted(set(texts))[1:]:
                found[key, name] = (texts == name).to_numpy().astype(np.float64)
        elif float(np.ptp(where[:, number])) > 0:
            found[key, ""] = where[:, number]
    return found


@dataclass(frozen=True)
class _Curves:
    """What curves are read off: surrogates, the first of all points and the others of fewer, and what made them."""

    sample: Sample
    tried: pd.DataFrame
    axes: dict[tuple[str, str], Floats]
    possible: Bounds
    surfaces: list[Surrogate]

    def of(self, factor: Mapping[Hashable, Any]) -> Iterator[dict[str, Any]]:
        """The curve of a factor, a row for each value; nothing of one that does not vary."""
        where = np.column_stack(list(self.axes.values()))
        chosen = np.linspace(0, len(where) - 1, min(len(where), MOST_AVERAGED)).astype(np.int64)
        own = [(column, name) for column, (key, name) in enumerate(self.axes) if key == factor["factor"]]
        for at, setting, place in self._stops(factor, [name for _, name in own]) if own else ():
            asked = where[chosen]
            asked[:, [column for column, _ in own]] = place
            mean, *left = (float(surface(asked).mean()) for surface in self.surfaces)
            apart = np.array(left) - np.mean(left)
            half = NORMAL * float(np.sqrt((len(left) - 1) / len(left) * (apart**2).sum()))
            low, high = self.possible.cut(np.array([mean - half, mean + half])).tolist()
            yield {"factor": factor["factor"], "at": at, "setting": setting, "mean": mean, "low": low, "high": high}

    def _stops(self, factor: Mapping[Hashable, Any], names: list[str]) -> list[Stop]:
        key = str(factor["factor"])
        if named(self.tried, key):
            known = self.tried[key].drop_duplicates()
            stops = zip(places(known, self.sample.points[key]), known.astype(str), strict=True)
            return sorted((float(at), name, [float(name == other) for other in names]) for at, name in stops)
        column = np.unique(self.tried[key].to_numpy(dtype=np.float64))
        if len(column) >= CUTS:
            logs = factor["scale"] == "log" and column[0] > 0
            column = (np.geomspace if logs else np.linspace)(column[0], column[-1], CUTS)
        marks = pd.concat([self.tried[[key]], pd.DataFrame({key: column})], ignore_index=True)
        place = coordinates(marks, pd.DataFrame([factor]))[len(self.tried) :, 0]
        texts = [f"{value:.3g} {factor['unit']}".strip() for value in column]
        return list(zip(column.tolist(), texts, [[float(at)] for at in place], strict=True))
