"""Factors: what an experiment varies, by dotted paths of the scenario, and the values that they take."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue, model_validator

from sim.scenario.ids import Id
from sim.scenario.lists import OneOrMore
from sim.scenario.numbers import Bound, Named

MOST_VALUES = 1000
"""Most values or levels of one factor."""


Paths = Annotated[OneOrMore, Field(max_length=100)]
Settings = dict[str, JsonValue]


class Factor(Named):
    """One thing that an experiment varies: values of paths, a range of them, or named levels of several settings."""

    label: str = ""
    """Left out: the id."""
    note: str = ""
    """Where the values or the range come from."""
    path: Paths | None = None
    """Dotted path of the scenario, or several that always have the same value."""
    values: Annotated[list[JsonValue] | None, Field(min_length=1, max_length=MOST_VALUES)] = None
    """What the path is set to, each as it would stand in the scenario; null deletes a key."""
    low: Bound | None = None
    """Least value of a range."""
    high: Bound | None = None
    """Largest value of a range."""
    range: Literal["stated"] | None = None
    """`stated`: from the least to the largest value that the scenario itself, or its fact, says beside the number."""
    scale: Literal["linear", "log"] = "linear"
    """Whether a range is gone through by differences or by ratios."""
    step: Bound | None = None
    """Values of a range are the least and whole steps above it."""
    levels: Annotated[dict[Id, Settings] | None, Field(min_length=1, max_length=MOST_VALUES)] = None
    """Named alternatives, each a mapping of dotted paths to values; an empty one leaves the scenario as it is."""
    price: Bound | None = None
    """What one unit of it costs, such as 300000 USD/crane, for a search of the cheapest."""

    @property
    def paths(self) -> list[str]:
        """All paths that it sets at one point or another, in the order of the file."""
        if self.levels is None:
            return list(self.path or [])
        return list(dict.fromkeys(path for settings in self.levels.values() for path in settings))

    @model_validator(mode="after")
    def one_sort(self) -> Factor:
        """Refuse a factor that is of two sorts, or of none."""
        if (self.path is None) == (self.levels is None):
            message = "a factor has 'path', with 'values' or a range, or 'levels'"
            raise ValueError(message)
        ends = {"low": self.low, "high": self.high}
        given = [name for name, end in ends.items() if end is not None]
        sorts = ["values"] * (self.values is not None) + ["range"] * (self.range is not None) + given
        if self.levels is not None and sorts:
            raise ValueError(f"'{sorts[0]}' does not go with 'levels'")
        if len(sorts) > 1 and sorts != ["low", "high"]:
            raise ValueError(f"'{sorts[0]}' and '{sorts[1]}' do not go together")
        if len(given) == 1:
            raise ValueError(f"'{given[0]}' is one end of a range: the other is missing")
        if sorts[:1] not in (["low"], ["range"]):
            for name, beside in (("step", self.step), ("scale", None if self.scale == "linear" else self.scale)):
                if beside is not None:
                    raise ValueError(f"'{name}' goes with a range, 'low' and 'high' or 'range: stated'")
        return self
