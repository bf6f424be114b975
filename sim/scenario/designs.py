"""Designs: at which points an experiment tries its factors."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, JsonValue

from sim.scenario.ids import Id
from sim.scenario.numbers import Named

MOST_POINTS = 1_000_000

Seed = Annotated[int, Field(ge=0, lt=2**32)]
Count = Annotated[int, Field(ge=1, le=MOST_POINTS)]
Cuts = Annotated[int, Field(ge=2, le=1000)]


class Grid(Named):
    """Every value of each factor with every value of the others; the last factor changes fastest."""

    kind: Literal["grid"]
    levels: Cuts | None = None
    """Into how many values a range without steps is cut, both ends among them."""


class OneAtATime(Named):
    """Each factor in turn takes each of its values, the others their own of the scenario."""

    kind: Literal["one-at-a-time"]
    levels: Cuts = 2
    """Into how many values a range without steps is cut; 2: its ends."""


class LatinHypercube(Named):
    """As many strata of each factor as there are points, and one point in each."""

    kind: Literal["latin-hypercube"]
    points: Count
    seed: Seed = 1
    optimised: bool = False
    """Whether values are exchanged between points until these fill the space more evenly, which takes some seconds."""


class SobolSequence(Named):
    """The first points of a scrambled Sobol sequence, best if they are a power of 2; more points keep the first."""

    kind: Literal["sobol-sequence"]
    points: Count
    seed: Seed = 1


class Halton(Named):
    """The first points of a scrambled Halton sequence; more points keep the first."""

    kind: Literal["halton"]
    points: Count
    seed: Seed = 1


class Morris(Named):
    """Screening by elementary effects: from a start, each factor is changed once; many such trajectories."""

    kind: Literal["morris"]
    trajectories: Annotated[int, Field(ge=2, le=10_000)]
    levels: Annotated[int, Field(ge=4, le=1000, multiple_of=2)] = 4
    """Values into which each range is cut, an even number."""
    seed: Seed = 1


class SobolIndices(Named):
    """Shares of the variance by factor (Saltelli's scheme on a Sobol sequence)."""

    kind: Literal["sobol-indices"]
    base: Annotated[int, Field(ge=2, le=2**16)]
    """Points of each of the two samples that are mixed, a power of 2."""
    second_order: bool = False
    """Whether pairs of factors are looked at too, at about twice the points."""
    seed: Seed = 1


class Listed(Named):
    """Points one by one; a factor that a point leaves out has its own value of the scenario."""

    kind: Literal["list"]
    points: Annotated[dict[Id, dict[str, JsonValue]], Field(min_length=1)]
    """By id: factor -> value as it would stand in the scenario, or name of a level."""


class Csv(Named):
    """Points from a CSV file: a column for each factor, a row for each point, and `point` for its id if wanted."""

    kind: Literal["csv"]
    file: Annotated[str, Field(min_length=1)]
    """Relative to this file. Cells carry units, or the heading does, in brackets behind the id: `dwell (h)`."""


AnyDesign: TypeAlias = (
    Grid | OneAtATime | LatinHypercube | SobolSequence | Halton | Morris | SobolIndices | Listed | Csv
)
Design = Annotated[AnyDesign, Field(discriminator="kind")]
