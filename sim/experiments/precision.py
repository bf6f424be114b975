"""The stopping rule: replications are made until intervals are as narrow as is asked, and stay so."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.counts import counted
from sim.errors import SimError
from sim.experiments.observations import in_words, measured
from sim.log import Log
from sim.metrics.accounts import accounts
from sim.metrics.intervals import intervals
from sim.metrics.observed import observed
from sim.metrics.shape import Floats
from sim.scenario import Scenario
from sim.scenario.observations import Measure
from sim.scenario.precision import Precision

LOOK_AHEAD = 5
"""Replications, or per cent of them from a hundred on, for which the width must stay reached."""


@dataclass
class Watch:
    """The rule of Hoad, Robinson and Davies (2010), Automated selection of the number of replications.

    From ``least`` replications on it looks at the half width of each mean's 95 % interval (Student's t), over the mean.
    It is met when all widths have been reached at a number of replications and at each of the next five, or of the
    next five per cent. It ends there, or at ``most``. With one mean that is the rule of sim-tools.
    """

    width: float
    least: int
    most: int
    values: list[Floats] = field(default_factory=list)
    """Of each replication the value of each mean, missing where it has none."""
    held: int = 0
    """At how many looks on end the width has been reached."""

    def add(self, value: Floats) -> None:
        """Take what one more replication says."""
        self.values.append(value)
        if self.made >= self.least:
            self.held = self.held + 1 if (self.widths <= self.width).all() else 0

    @property
    def made(self) -> int:
        """Replications so far."""
        return len(self.values)

    @property
    def widths(self) -> Floats:
        """Half width over mean, of each mean; without end where there is none."""
        table = np.array(self.values)
        group = np.tile(np.arange(table.shape[1]), len(table))
        found = intervals(group, table.ravel(), table.shape[1])
        half = (found.high - found.low) / 2
        size = np.abs(found.mean)
        # Where all values are 0 the mean is known, and nothing is to be divided.
        relative = np.divide(half, size, out=np.where(half == 0, 0.0, np.inf), where=size > 0)
        return np.where(np.isnan(relative), np.inf, relative)

    @property
    def met(self) -> bool:
        """Whether the width was reached, and stayed so."""
        return self.held > max(self.made, 100) * LOOK_AHEAD // 100

    @property
    def done(self) -> bool:
        """Whether no more replications are made."""
        return self.met or self.made >= self.most

    @property
    def reached(self) -> int | None:
        """At how many replications the width was reached for good; None if it is not."""
        return self.made - self.held + 1 if self.held else None

    @property
    def expected(self) -> int:
        """How many it will take, as it looks now: the width falls with the root of their number."""
        if self.made < self.least:
            return self.least
        more = self.made * float(self.widths.max() / self.width) ** 2 if self.held == 0 else float(self.reached or 0)
        least = min(more + LOOK_AHEAD, float(self.most))
        return max(self.made + 1, math.ceil(least))


@dataclass
class Looks:
    """What a scenario asks of its means, and how far its replications have come."""

    scenario: Scenario
    asked: Precision
    watch: Watch
    measures: tuple[Measure, ...]

    def add(self, log: Log) -> None:
        """Take the replications of a log. Raises SimError if after the first look a mean has not a single value."""
        held = accounts(log)
        found = [observed(held, measured(self.scenario, measure)).values for measure in self.measures]
        for value in np.column_stack(found):
            self.watch.add(value)
        silent = np.isnan(np.array(self.watch.values)).all(axis=0)
        if silent.any():
            name = in_words(self.measures[int(np.flatnonzero(silent)[0])])
            flow = ", ".join(self.measures[int(np.flatnonzero(silent)[0])].flow or [])
            raise SimError(
                f"the {name}{f' of {flow}' if flow else ''} has no value in any of "
                f"{counted(self.watch.made, 'replication')}, so "
                "that no number of them is enough: name another number in replications.of, or give their number"
            )

    def told(self) -> dict[str, Any]:
        """What was asked and reached, for the origin of a run."""
        widths = [None if math.isinf(width) else width for width in self.watch.widths.tolist()]
        return {
            "asked": self.asked.half_width.value,
            "of": [
                {"what": _named(self.scenario, measure), "half_width": width}
                for measure, width in zip(self.measures, widths, strict=True)
            ],
            "least": self.watch.least,
            "most": self.watch.most,
            "reached_at": self.watch.reached,
            "met": self.watch.met,
        }

    def warnings(self) -> Iterator[str]:
        """That the rule was not met, if it was not."""
        if self.watch.met:
            return
        widest = max(self.watch.widths.tolist())
        reached = "has no interval" if math.isinf(widest) else f"is {100 * widest:.3g} % wide to either side"
        if self.watch.held:
            reached += f", which it has been from {self.watch.reached} on, not long enough to trust"
        yield (
            f"the {self.watch.made} replications that are the most allowed are not enough: the widest interval "
            f"{reached}, and {100 * self.watch.width:.3g} % was asked"
        )


def looks(scenario: Scenario, asked: int | Precision) -> Looks | None:
    """The rule of a scenario; None where a number of replications is given."""
    if isinstance(asked, int):
        return None
    watch = Watch(asked.half_width.value, asked.least, asked.most)
    return Looks(scenario, asked, watch, tuple(_measures(scenario, asked)))


def _measures(scenario: Scenario, asked: Precision) -> Sequence[Measure]:
    """Whose means are looked at."""
    if asked.of is not None:
        return [asked.of]
    reported = sorted(key for key, flow in scenario.flows.items() if flow.report)
    return [Measure(of="transit-time", flow=[key]) for key in reported]


def _named(scenario: Scenario, measure: Measure) -> str:
    """A mean in words, with flows called by their labels."""
    keys = measure.flow or measure.place or measure.service or []
    labels = [scenario.flows[key].label if measure.flow else key for key in keys]
    return f"{in_words(measure)}: {', '.join(labels)}"
