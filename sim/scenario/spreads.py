"""Distributions of a scenario, as documents give them: a median and a 90th percentile, a mean and a spread."""

from __future__ import annotations

from typing import Annotated, Generic, TypeVar

from pydantic import BeforeValidator, Field, model_validator

from sim.scenario.numbers import Named, Share, Size, Wait, Written

T = TypeVar("T")


M = TypeVar("M", bound=Named)


def _rising(family: M, *names: str) -> M:
    """The family itself; ValueError if the named numbers fall, or if all are the same."""
    values = [getattr(family, name).value for name in names]
    if values != sorted(values) or values[0] == values[-1]:
        raise ValueError(f"{', '.join(f'{n} {getattr(family, n).text}' for n in names)}: these must rise")
    return family


class Exponential(Named, Generic[T]):
    """Memoryless, by its mean."""

    mean: T


class Lognormal(Named, Generic[T]):
    """By its median and either the 90th percentile or the coefficient of variation."""

    median: T
    p90: T | None = None
    cv: Share | None = None

    @model_validator(mode="after")
    def one_width(self) -> Lognormal[T]:
        """Refuse a width given twice or not at all."""
        if (self.p90 is None) == (self.cv is None):
            message = "lognormal needs 'median' and one of 'p90' and 'cv'"
            raise ValueError(message)
        if self.p90 is not None:
            _rising(self, "median", "p90")
        if self.median.value == 0:  # type: ignore[attr-defined]  # T is a kind of number
            message = "the median of a lognormal distribution must be above 0"
            raise ValueError(message)
        return self


class Gamma(Named, Generic[T]):
    """By its mean and coefficient of variation."""

    mean: T
    cv: Share


class Erlang(Named, Generic[T]):
    """By its mean and its number of stages."""

    mean: T
    stages: Annotated[int, Field(ge=1, le=1000)]


class Triangular(Named, Generic[T]):
    """By its least, likeliest and largest value."""

    low: T
    mode: T
    high: T

    @model_validator(mode="after")
    def rising(self) -> Triangular[T]:
        """Refuse values that do not rise."""
        return _rising(self, "low", "mode", "high")


class Uniform(Named, Generic[T]):
    """Between its least and largest value."""

    low: T
    high: T

    @model_validator(mode="after")
    def rising(self) -> Uniform[T]:
        """Refuse values that do not rise."""
        return _rising(self, "low", "high")


class Weibull(Named, Generic[T]):
    """By its scale (63rd percentile) and shape."""

    scale: T
    shape: Annotated[float, Field(ge=0.1, le=100)]


class Empirical(Named, Generic[T]):
    """Observed values; a time between any two neighbours is as likely as between any others."""

    values: Annotated[list[T], Field(min_length=1)]


class Spread(Named, Generic[T]):
    """A distribution as documents give it: exactly one family with its parameters."""

    fixed: T | None = None
    exponential: Exponential[T] | None = None
    lognormal: Lognormal[T] | None = None
    gamma: Gamma[T] | None = None
    erlang: Erlang[T] | None = None
    triangular: Triangular[T] | None = None
    uniform: Uniform[T] | None = None
    weibull: Weibull[T] | None = None
    empirical: Empirical[T] | None = None

    @model_validator(mode="after")
    def one_family(self) -> Spread[T]:
        """Refuse none or several families."""
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"exactly one distribution is due: {', '.join(type(self).model_fields)}")
        return self


def _fixed(written: object) -> object:
    """A plain number is the distribution of a fixed value."""
    plain = not isinstance(written, (dict, Spread)) or (
        isinstance(written, dict) and bool({"fact", "value"} & set(written))
    )
    return {"fixed": written} if plain else written


Time = Annotated[Spread[Wait], BeforeValidator(_fixed, json_schema_input_type=str | Written | Spread[Wait])]
"""A duration, fixed or distributed."""
SizeSpread = Annotated[Spread[Size], BeforeValidator(_fixed, json_schema_input_type=str | Written | Spread[Size])]
"""A number of TEU, fixed or distributed."""
