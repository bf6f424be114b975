"""How often a scenario is simulated: a number of replications, or until the intervals are as narrow as is asked."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from sim.scenario.numbers import Named, Number, Share, ratio
from sim.scenario.observations import Measure

MOST = 10_000
"""Most replications of a run."""


class Precision(Named):
    """Replications are made until the 95 % interval of a mean is as narrow as asked, and stays so."""

    half_width: Share
    """Half the width of the interval (Student's t) over the mean, at most: 5 %."""
    of: Measure | None = None
    """Whose interval; left out: the mean transit time of every reported flow, all at once."""
    least: Annotated[int, Field(ge=2, le=MOST)] = 10
    """Replications before the first look; a rule that looks earlier stops by luck."""
    most: Annotated[int, Field(ge=2, le=MOST)] = 200
    """Where it ends though the interval is wider; the result says so."""

    @model_validator(mode="after")
    def rising(self) -> Precision:
        """Refuse a width that no interval has, or that says nothing, and bounds out of order."""
        _refuse_width(self.half_width)
        if self.most < self.least:
            raise ValueError(f"'most: {self.most}' is below 'least: {self.least}'")
        return self


def _refuse_width(width: Number) -> None:
    if not 0 < width.value < 1:
        raise ValueError(f"the half width '{width.text}' is not allowed: it must lie between 0 % and 100 %")


Replications = Annotated[int, Field(ge=1, le=MOST)] | Precision


def narrowed(own: int | Precision, half_width: str) -> Precision:
    """What a scenario asks for, with another half width; ValueError if that is none."""
    width = ratio(half_width)
    _refuse_width(width)
    return own.model_copy(update={"half_width": width}) if isinstance(own, Precision) else Precision(half_width=width)
