"""What a sweep leaves: tables by point, replication and outcome, and a head that says where they come from.

The tables are a function of the experiment alone, unless it has a budget of time: not of who worked and how many, nor
of how often the work was broken off.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from sim.counts import counted
from sim.errors import ResultError
from sim.experiments import design
from sim.experiments.campaign import Ground, Met
from sim.experiments.design import Point
from sim.experiments.observations import in_words
from sim.experiments.store import Result
from sim.experiments.tasks import pointed
from sim.log import LEGEND
from sim.metrics.expectations import acceptable, judged
from sim.metrics.response import response
from sim.metrics.shape import shaped
from sim.metrics.values import VALUES
from sim.scenario import canonical
from sim.scenario.experiment_files import LoadedExperiment

OUTCOMES = {
    "outcome": "str",
    "label": "str",
    "unit": "str",
    "unit_size": "float64",
    "better": "str",
    "measure": "str",
    "what": "str",
}
HEAD = "experiment.json"
KEPT = ("points", "factors", "outcomes", "sentences", "values", "failures")
"""Tables that are made by running; all else follows from them."""
MOST_NAMED = 20
"""Points that a warning names."""
FAILURES = {"point": "int64", "name": "str", "why": "str", "cause": "str"}
"""``why`` is the cause after the name of the point and what it sets."""


@dataclass(frozen=True)
class Swept:
    """The tables of a sweep."""

    head: Mapping[str, Any]
    """Where it comes from, and what a reader must know."""
    points: pd.DataFrame
    factors: pd.DataFrame
    outcomes: pd.DataFrame
    values: pd.DataFrame
    """A row for each point, replication and outcome, in this order; outcomes as in the file."""
    failures: pd.DataFrame
    """Points that the scenario or the engine refuses, and why."""
    sentences: pd.DataFrame
    """What is expected of it, in the columns of the legend's expectations."""

    @cached_property
    def response(self) -> pd.DataFrame:
        """How the outcomes answer: means with intervals, and differences to the base."""
        return response(self.values, self.points, self.outcomes)

    @cached_property
    def expectations(self) -> pd.DataFrame:
        """What is expected, judged at the points."""
        return judged(self.sentences, self.values, self.points)

    @property
    def acceptable(self) -> bool:
        """Whether all points could be run, and what is expected holds."""
        return self.failures.empty and acceptable(self.expectations)

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """All tables by name that every design gives."""
        return {name: getattr(self, name) for name in (*KEPT, "response", "expectations")}


@dataclass(frozen=True)
class Course:
    """What was asked for and what came of it."""

    loaded: LoadedExperiment
    ground: Ground
    sentences: pd.DataFrame
    asked: Sequence[tuple[Point, int]]
    """Points, each with how many replications of it the budget allowed."""
    replications: int
    met: Mapping[int, Met]
    """By the number of the point."""

    def results(self, point: Point, count: int) -> list[tuple[int, Result]]:
        """What replications of a point came to, of those asked for, by number; none of a point that is refused.

        Which of its replications are refused depends on who was first.
        """
        own = self.met[point.number]
        return (
            [] if own.refusal else [(number, own.results[number]) for number in range(count) if number in own.results]
        )


def write(folder: Path, found: Swept, loaded: LoadedExperiment) -> None:
    """The head, and what was run with everything filled in; with the tables it can be read again."""
    (folder / HEAD).write_text(json.dumps(dict(found.head), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    (folder / "experiment.resolved.yaml").write_text(canonical.rewritten(loaded.experiment), encoding="utf-8")
    (folder / "scenario.resolved.yaml").write_text(canonical.resolved(loaded.scenario.scenario), encoding="utf-8")


def read(folder: Path) -> Swept:
    """The sweep of a folder. ResultError for one that cannot be read."""
    try:
        head = json.loads((folder / HEAD).read_text(encoding="utf-8"))
        tables = {name: pd.read_parquet(folder / "tables" / f"{name}.parquet") for name in KEPT}
        columns = {"values": VALUES, "outcomes": OUTCOMES, "failures": FAILURES, "sentences": LEGEND["expectations"]}
        tables |= {name: shaped(own, {column: tables[name][column] for column in own}) for name, own in columns.items()}
    except (OSError, ValueError, KeyError, TypeError) as err:
        raise ResultError(f"{folder}: no folder of a sweep that can be read: {err}") from err
    return Swept(head=head, **tables)


def all_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """All tables of a folder by name, as they were written."""
    return {file.stem: pd.read_parquet(file) for file in sorted((folder / "tables").glob("*.parquet"))}


def swept(course: Course, head: Mapping[str, Any]) -> Swept:
    """The tables of a sweep, with what a reader must know of it."""
    points = tuple(point for point, _ in course.asked)
    failed = [point for point in points if course.met[point.number].refusal]
    causes = [course.met[point.number].refusal for point in failed]
    whys = [f"{pointed(point.name, point.settings)}: {cause}" for point, cause in zip(failed, causes, strict=True)]
    failures = {"point": [p.number for p in failed], "name": [p.name for p in failed], "why": whys, "cause": causes}
    return Swept(
        head={**head, "warnings": [*_missing(course), *_stuck(course)]},
        points=design.points_table(course.loaded, points),
        factors=design.factors_table(course.loaded),
        outcomes=_outcomes(course),
        values=_values(course),
        sentences=course.sentences,
        failures=shaped(FAILURES, failures),
    )


def _values(course: Course) -> pd.DataFrame:
    rows = [
        (point.number, replication, outcome, *result.values[outcome])
        for point, count in course.asked
        for replication, result in course.results(point, count)
        for outcome in course.ground.measures
    ]
    return shaped(VALUES, {name: [row[place] for row in rows] for place, name in enumerate(VALUES)})


def _outcomes(course: Course) -> pd.DataFrame:
    rows = []
    for key, outcome in course.loaded.outcomes.items():
        what = in_words(outcome.measure)
        better = outcome.better or outcome.measure.kind.better or ""
        measure = json.dumps(course.ground.measures[key], sort_keys=True)
        rows.append((key, outcome.label or what, outcome.shown_unit or "", outcome.unit_size, better, measure, what))
    return shaped(OUTCOMES, {name: [row[place] for row in rows] for place, name in enumerate(OUTCOMES)})


def _missing(course: Course) -> list[str]:
    """Points without all their replications, since the budget did not last."""
    short = []
    for point, count in course.asked:
        there = len(course.results(point, count))
        if there < course.replications and not course.met[point.number].refusal:
            short.append(f"{point.name} ({there} of {course.replications})")
    if not short:
        return []
    return [f"the budget did not last for all replications of {counted(len(short), 'point')}: {', '.join(short)}"]


def _stuck(course: Course) -> list[str]:
    """Points at which somebody waits for ever, all in one sentence."""
    each = {
        point.name: max(stuck)
        for point, count in course.asked
        if (stuck := [result.stuck for _, result in course.results(point, count) if result.stuck])
    }
    names = [*each]
    if not names:
        return []
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    where = f"point {names[0]}" if len(names) == 1 else f"{len(names)} points ({', '.join(names[:MOST_NAMED])}{more})"
    return [
        f"at {where} up to {max(each.values())} wait for ever in a replication: landbridge run with the settings of "
        "such a point says who waits for what, and who holds it"
    ]
