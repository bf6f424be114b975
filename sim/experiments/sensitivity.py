"""Which factors an outcome answers to: screening by Morris, and Sobol's shares of the variance.

Both rest on the means over the replications that all points have in common. Their intervals reach 1.96 standard
deviations of resamples to either side, in which trajectories or rows of the design are drawn anew with replacement, and
so are the replications, the same for all points, since points share their luck. What replications alone do to a result
is told beside it as ``noise``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from sim.metrics.coordinates import SAME, coordinates, named
from sim.metrics.intervals import CONFIDENCE
from sim.metrics.response import BASE
from sim.metrics.shape import Bools, Floats, Ints, shaped
from sim.metrics.values import matrix

SCREENING = {
    "outcome": "str",
    "factor": "str",
    "unit": "str",
    "mu": "float64",
    "mu_low": "float64",
    "mu_high": "float64",
    "mu_star": "float64",
    "mu_star_low": "float64",
    "mu_star_high": "float64",
    "sigma": "float64",
    "sigma_low": "float64",
    "sigma_high": "float64",
    "noise": "float64",
    "trajectories": "int64",
    "replications": "int64",
}

INDICES = {
    "outcome": "str",
    "order": "str",
    "factor": "str",
    "other": "str",
    "value": "float64",
    "low": "float64",
    "high": "float64",
    "noise": "float64",
    "rows": "int64",
    "replications": "int64",
}

RESAMPLES = 1000
MOST_DRAWN = 4_000_000
"""Numbers drawn at once in resampling; larger designs have fewer resamples."""

FEWEST_TRAJECTORIES = 2
FEWEST_ROWS = 8
"""Complete parts of a design below which nothing is said."""


@dataclass(frozen=True)
class Sample:
    """The points of a design with what was measured there: the tables of a sweep, and its design as it was written."""

    design: Mapping[str, Any]
    points: pd.DataFrame
    factors: pd.DataFrame
    outcomes: pd.DataFrame
    values: pd.DataFrame

    @property
    def seed(self) -> int:
        """Of the resamples: that of the design."""
        return int(self.design.get("seed", 1))

    def blocks(self, outcome: Mapping[Any, Any], size: int) -> tuple[Ints, Floats]:
        """Parts of ``size`` points one after the other, those of which all points were measured: numbers and values.

        Values by part, point and replication, in shown units; only replications that all these points have.
        """
        tried = self.points[self.points["point"] != BASE]
        number = matrix(self.values, tried, str(outcome["outcome"]), float(outcome["unit_size"]))
        parts = number[: len(number) // size * size].reshape(-1, size, number.shape[1])
        whole = np.flatnonzero(np.all(np.any(~np.isnan(parts), axis=2), axis=1))
        parts = parts[whole]
        return whole, parts[:, :, ~np.isnan(parts).any(axis=(0, 1))]


def analyse(sample: Sample) -> dict[str, pd.DataFrame]:
    """The tables that go with the design: ``screening`` for Morris, ``indices`` for Sobol's, none for the others."""
    if sample.design.get("kind") == "morris":
        return {"screening": screening(sample)}
    if sample.design.get("kind") == "sobol-indices":
        return {"indices": indices(sample)}
    return {}


def screening(sample: Sample) -> pd.DataFrame:
    """Morris: mean elementary effect (mu), mean of its size (mu*), and how it varies (sigma), by outcome and factor.

    An elementary effect is the change of the outcome between two neighbours of a trajectory, over the share of the
    factor's range that lies between them: the outcome's unit for a whole range. ``noise``: the mu* that replications
    alone would give a factor without effect; missing with one replication. A factor that rounding left where it was
    has no effect there, and that step is left out. Names of levels have no distances: their effects are those of any
    change, and their mu has no meaning beyond two names.
    """
    names = sample.factors["factor"].astype(str).tolist()
    where = coordinates(sample.points, sample.factors)[(sample.points["point"] != BASE).to_numpy()]
    worded = np.array([named(sample.points, name) for name in names])
    rows = []
    for outcome in sample.outcomes.to_dict("records"):
        whole, value = sample.blocks(outcome, len(names) + 1)
        known = {"outcome": outcome["outcome"], "unit": outcome["unit"], "trajectories": len(whole),
                 "replications": value.shape[2]}  # fmt: skip
        if len(whole) < FEWEST_TRAJECTORIES or not value.shape[2]:
            rows += [{**dict.fromkeys(SCREENING, np.nan), **known, "factor": name} for name in names]
            continue
        start = where[: len(where) // (len(names) + 1) * (len(names) + 1)].reshape(-1, len(names) + 1, len(names))
        found = _screened(elementary_effects(start[whole], value, worded), sample.seed)
        rows += [{**known, "factor": name, **{key: column[j] for key, column in found.items()}}
                 for j, name in enumerate(names)]  # fmt: skip
    return shaped(SCREENING, {name: [row[name] for row in rows] for name in SCREENING})


def elementary_effects(where: Floats, value: Floats, worded: Bools) -> Floats:
    """Effects by trajectory, factor and replication, of points (trajectory, point, factor) and their values.

    ``worded``: factors that take names, of which each is a whole step from each other.
    """
    step, change = np.diff(where, axis=1), np.diff(value, axis=1)
    step = np.where(worded, np.sign(step), step)
    moved = np.abs(step) > SAME
    effect: Floats = np.einsum("tsf,tsr->tfr", np.divide(1.0, step, out=np.zeros_like(step), where=moved), change)
    effect[~moved.any(axis=1)] = np.nan
    return effect


def _screened(effect: Floats, seed: int) -> dict[str, Floats]:
    """The columns of the table, a number for each factor."""
    trajectories, factors, replications = effect.shape
    generator = np.random.default_rng(seed)
    found = _moments(effect.mean(axis=2))
    drawn: dict[str, list[Floats]] = {name: [] for name in found}
    for _ in range(RESAMPLES):
        again = generator.integers(trajectories, size=trajectories), generator.integers(replications, size=replications)
        for name, column in _moments(effect[again[0]][:, :, again[1]].mean(axis=2)).items():
            drawn[name].append(column)
    columns = dict(found)
    for name, column in found.items():
        low, high = around(column, np.array(drawn[name]))
        columns[f"{name}_low"], columns[f"{name}_high"] = (low if name == "mu" else np.maximum(low, 0.0)), high
    columns["noise"] = np.full(factors, np.nan)
    if replications > 1:
        # The mean size of a normal number is its standard deviation times the root of 2 / pi.
        variance = _moments(effect.var(axis=2, ddof=1) / replications)["mu"]
        columns["noise"] = np.sqrt(2 / np.pi * variance)
    return columns


def _moments(effect: Floats) -> dict[str, Floats]:
    """mu, mu* and sigma of effects by trajectory and factor; missing where a factor never moved."""
    there = ~np.isnan(effect)
    count = there.sum(axis=0)
    whole, size = np.where(there, effect, 0.0), np.where(there, np.abs(effect), 0.0)
    share = np.where(count > 0, count, np.nan)
    mu = whole.sum(axis=0) / share
    spread = np.where(there, (effect - mu) ** 2, 0.0).sum(axis=0) / np.where(count > 1, count - 1, np.nan)
    return {"mu": mu, "mu_star": size.sum(axis=0) / share, "sigma": np.sqrt(spread)}


def around(value: Floats, drawn: Floats) -> tuple[Floats, Floats]:
    """Interval of 95 % by the standard deviation of resamples, one of them a row."""
    there = ~np.isnan(drawn)
    count = np.maximum(there.sum(axis=0), 1)
    mean = np.where(there, drawn, 0.0).sum(axis=0) / count
    spread = np.where(there, (drawn - mean) ** 2, 0.0).sum(axis=0) / np.maximum(count - 1, 1)
    half = float(ndtri((1 + CONFIDENCE) / 2)) * np.sqrt(spread)
    return value - half, value + half


def indices(sample: Sample) -> pd.DataFrame:
    """Sobol: which share of the variance between points comes from a factor alone (first), with all others (total).

    With ``second_order`` also what each pair adds beyond its two factors. Estimators of SALib (Saltelli 2010).
    ``noise``: share of the variance that replications make, by about which a total index is too high; missing with one
    replication. Nothing is said of an outcome that is the same at all points.
    """
    names = sample.factors["factor"].astype(str).tolist()
    pairs = bool(sample.design.get("second_order", False))
    rows = []
    for outcome in sample.outcomes.to_dict("records"):
        whole, value = sample.blocks(outcome, (2 if pairs else 1) * len(names) + 2)
        known = {"outcome": outcome["outcome"], "rows": len(whole), "replications": value.shape[2], "other": "",
                 "value": np.nan, "low": np.nan, "high": np.nan, "noise": np.nan}  # fmt: skip
        enough = len(whole) >= FEWEST_ROWS and value.shape[2] > 0 and bool(np.ptp(value.mean(axis=2)) > 0)
        if enough:
            known["noise"] = noise_share(value.reshape(-1, value.shape[2]))
        shares = _Shares(value, len(names), pairs, sample.seed) if enough else None
        for order, each in (("first", 1), ("total", 1), *((("second", 2),) if pairs else ())):
            for which in combinations(range(len(names)), each):
                found = {} if shares is None else shares.index(order, which)
                texts = dict(zip(("factor", "other"), (names[j] for j in which), strict=False))
                rows.append({**known, "order": order, **texts, **found})
    return shaped(INDICES, {name: [row[name] for row in rows] for name in INDICES})


def noise_share(value: Floats) -> float:
    """Share of the variance between points (rows) that comes from replications (columns); missing with one.

    What a replication does to all points alike is no noise: it falls out of every comparison.
    """
    rows, replications = value.shape
    if replications < 2 or rows < 2:
        return float("nan")
    left = value - value.mean(axis=1, keepdims=True) - value.mean(axis=0) + value.mean()
    noise = float((left**2).sum() / ((rows - 1) * (replications - 1)) / replications)
    between = float(value.mean(axis=1).var(ddof=1))
    return noise / between if between > 0 else float("nan")


class _Shares:
    """The values of Saltelli's scheme, and resamples of them: a column for each."""

    def __init__(self, value: Floats, factors: int, pairs: bool, seed: int) -> None:
        rows, size, replications = value.shape
        generator = np.random.default_rng(seed)
        resamples = int(np.clip(MOST_DRAWN // rows, 100, RESAMPLES))
        again = generator.integers(rows, size=(rows, resamples))
        picks = generator.integers(replications, size=(replications, resamples))
        weight = np.stack([(picks == number).mean(axis=0) for number in range(replications)])
        # SALib takes a variance below the precision of 1 for none.
        value = (value - value.mean()) / value.mean(axis=2).std()
        self.estimate = {at: value[:, at].mean(axis=1) for at in range(size)}
        self.drawn = {at: np.take_along_axis(value[:, at] @ weight, again, axis=0) for at in range(size)}
        self.last, self.factors = size - 1, factors

    def index(self, order: str, which: tuple[int, ...]) -> dict[str, float]:
        """One index of one factor, or of two, with its interval."""
        value = float(self._of(self.estimate, order, which))
        low, high = around(np.array(value), np.asarray(self._of(self.drawn, order, which)))
        return {"value": value, "low": max(float(low), 0.0) if order == "total" else float(low), "high": float(high)}

    def _of(self, rows: Mapping[int, Floats], order: str, which: tuple[int, ...]) -> Any:
        from SALib.analyze import sobol  # noqa: PLC0415 - SALib takes its time to import

        first, second = rows[0], rows[self.last]
        mixed = [rows[1 + j] for j in which]
        if order == "first":
            return sobol.first_order(first, mixed[0], second)
        if order == "total":
            return sobol.total_order(first, mixed[0], second)
        return sobol.second_order(first, *mixed, rows[1 + self.factors + which[0]], second)
