"""Points of an experiment that cannot be run, found before any of them is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from sim.errors import Problem, SimError
from sim.experiments.baseline import Baseline
from sim.experiments.design import Point, equal_points
from sim.experiments.tasks import pointed, prepared, why
from sim.metrics.refused import by_cause
from sim.scenario.experiment_files import LoadedExperiment
from sim.scenario.located import Mark

if TYPE_CHECKING:
    # Which itself warns before a run, as a check does.
    from sim.experiments.runs import Progress

MOST_TRIED = 2000
"""Points that are all tried; of more, so many that lie evenly among them."""
WORTH_TELLING = 200
"""Points from which on it is told how far the trying is."""


def refusals(loaded: LoadedExperiment, found: tuple[Point, ...], progress: Progress | None = None) -> Iterator[Problem]:
    """A problem for each reason why points cannot be run, with all of them, where the first is asked for."""
    base, due = Baseline(loaded.scenario.located), to_try(found)
    rows = []
    for done, point in enumerate(due):
        if progress is not None and len(due) > WORTH_TELLING:
            progress(done, len(due), f"trying points of {loaded.name}")
        try:
            prepared(base, point.settings)
        except SimError as err:
            rows.append((point.number, point.name, f"{pointed(point.name, point.settings)}: {why(err)}", why(err)))
    for number, line in by_cause(pd.DataFrame(rows, columns=["point", "name", "why", "cause"])).items():
        mark = _asked_for(loaded, number)
        yield Problem(mark.file, mark.line, mark.column, "design", f"cannot be run: {line}")


def to_try(found: tuple[Point, ...]) -> list[Point]:
    """The points that are tried: all that set something of their own, unless they are too many."""
    equal = equal_points(found)
    own = [point for point in found[1:] if point.number not in equal]
    count = min(len(own), MOST_TRIED)
    return [own[place * len(own) // count] for place in range(count)]


def _asked_for(loaded: LoadedExperiment, number: int) -> Mark:
    """Where a point is written, or its design."""
    if loaded.rows:
        return loaded.rows[number - 1].mark
    return loaded.located.mark(("design",), key=True)
