"""From what documents say of a distribution (median and P90, mean and cv) to the plan's families."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from sim.plan.draws import Family, sample
from sim.plan.tables import Distributions, Kind
from sim.scenario.numbers import Number
from sim.scenario.spreads import Spread

_P90 = 1.2815515655446004
"""90th percentile of the standard normal distribution."""


def family_of(spread: Spread[Number]) -> Family:
    """The family of a spread, its parameters in the unit of the code."""
    name = next(name for name in type(spread).model_fields if getattr(spread, name) is not None)
    return _FAMILIES[name](getattr(spread, name))


def fixed(value: float) -> Family:
    """Always the same value."""
    return Family(Kind.FIXED, value, 0.0, 0.0, ())


def lognormal(median: float, cv: float) -> Family:
    """By median and coefficient of variation: sigma^2 = ln(1 + cv^2) (Johnson, Kotz, Balakrishnan 1994, ch. 14)."""
    return Family(Kind.LOGNORMAL, math.log(median), math.sqrt(math.log1p(cv * cv)), 0.0, ()) if cv else fixed(median)


def mean(family: Family) -> float:
    """Expected value, to about one part in a thousand: the mean of 999 quantiles where there is no formula."""
    kind, a, b, c, _ = family
    if kind in (Kind.FIXED, Kind.EXPONENTIAL):
        return a
    if kind == Kind.LOGNORMAL:
        return math.exp(a + b * b / 2)
    if kind == Kind.TRIANGULAR:
        return (a + b + c) / 3
    if kind == Kind.UNIFORM:
        return (a + b) / 2
    return sum(sample(family, (k + 0.5) / 999) for k in range(999)) / 999


def median(family: Family) -> float:
    """The value that half of the draws stay under."""
    return sample(family, 0.5)


def scaled(family: Family, factor: float) -> Family:
    """The family of a multiple of the same random time; the factor is above 0."""
    kind, a, b, c, quantiles = family
    if kind == Kind.LOGNORMAL:
        return Family(kind, a + math.log(factor), b, c, quantiles)
    if kind == Kind.WEIBULL:
        return Family(kind, a * factor, b, c, quantiles)
    return Family(kind, a * factor, b * factor, c * factor, tuple(q * factor for q in quantiles))


Summary = Callable[[Family], float]
"""A number that stands for a family: its mean or its median."""


class DistributionTable:
    """Collects families, each once, into the plan's table."""

    def __init__(self) -> None:
        self._rows: dict[Family, int] = {}

    def row(self, family: Family) -> int:
        """Number of the family's row."""
        return self._rows.setdefault(family, len(self._rows))

    def families(self) -> list[Family]:
        """All families by row."""
        return list(self._rows)

    def table(self) -> Distributions:
        """The table as the plan holds it."""
        families = self.families()
        lengths = [len(family.quantiles) for family in families]
        quantiles = [value for family in families for value in family.quantiles]
        return Distributions(
            kind=np.array([family.kind for family in families], np.int64),
            a=np.array([family.a for family in families], np.float64),
            b=np.array([family.b for family in families], np.float64),
            c=np.array([family.c for family in families], np.float64),
            first=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            quantiles=np.array(quantiles, np.float64),
        )


def _of_lognormal(given: Any) -> Family:
    if given.cv is not None:
        return lognormal(given.median.value, given.cv.value)
    sigma = math.log(given.p90.value / given.median.value) / _P90
    return Family(Kind.LOGNORMAL, math.log(given.median.value), sigma, 0.0, ())


def _gamma(mean_value: float, cv: float) -> Family:
    from sim.plan.quantiles import gamma_quantiles  # noqa: PLC0415 - SciPy takes its time to import

    shape = 1.0 / (cv * cv)
    return Family(Kind.TABLE, 0.0, 0.0, 0.0, tuple(gamma_quantiles(shape, mean_value / shape).tolist()))


def _empirical(given: Any) -> Family:
    from sim.plan.quantiles import empirical_quantiles  # noqa: PLC0415 - SciPy takes its time to import

    values = np.array(sorted(number.value for number in given.values))
    return Family(Kind.TABLE, 0.0, 0.0, 0.0, tuple(empirical_quantiles(values).tolist()))


_FAMILIES: dict[str, Callable[[Any], Family]] = {
    "fixed": lambda given: fixed(given.value),
    "exponential": lambda given: Family(Kind.EXPONENTIAL, given.mean.value, 0.0, 0.0, ()),
    "lognormal": _of_lognormal,
    "gamma": lambda given: _gamma(given.mean.value, given.cv.value) if given.cv.value else fixed(given.mean.value),
    "erlang": lambda given: _gamma(given.mean.value, 1.0 / math.sqrt(given.stages)),
    "triangular": lambda given: Family(Kind.TRIANGULAR, given.low.value, given.mode.value, given.high.value, ()),
    "uniform": lambda given: Family(Kind.UNIFORM, given.low.value, given.high.value, 0.0, ()),
    "weibull": lambda given: Family(Kind.WEIBULL, given.scale.value, given.shape, 0.0, ()),
    "empirical": _empirical,
}
