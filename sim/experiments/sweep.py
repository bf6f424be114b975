"""Sweeps: a scenario run at all points of an experiment."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import Any

import pandas as pd

from sim.counts import counted
from sim.errors import ScenarioError
from sim.experiments import design, runs
from sim.experiments.campaign import Campaign, Gap, Ground
from sim.experiments.design import Point
from sim.experiments.executors import Crew
from sim.experiments.expectations import expectation_table
from sim.experiments.legend import span
from sim.experiments.observations import measured
from sim.experiments.swept import Course, Swept, swept
from sim.metrics.expectations import measures
from sim.scenario import canonical
from sim.scenario.expected import Setting
from sim.scenario.experiment_files import LoadedExperiment, open_experiment

_CHANGED = {
    "scenario": "of the scenario as it was",
    "seeds": "with seeds/ as it was",
    "code": "by other code",
    "seed": "with another seed",
    "outcomes": "of other outcomes",
}
"""What has changed since a result was kept, in words."""


@dataclass(frozen=True)
class Order:
    """What is to be swept, with the numbers that the caller may set."""

    loaded: LoadedExperiment
    seed: int
    replications: int
    engine: str

    @cached_property
    def points(self) -> tuple[Point, ...]:
        """The base, then the points of the design."""
        return design.points(self.loaded)

    @cached_property
    def sentences(self) -> pd.DataFrame:
        """What is expected, in the columns of the legend's expectations."""
        names = tuple(point.name for point in self.points)
        setting = Setting(self.loaded.scenario.scenario, self.loaded.outcomes, names)
        return expectation_table(self.loaded.experiment.expect, setting)

    @cached_property
    def measures(self) -> dict[str, dict[str, Any]]:
        """What is kept of each replication: the outcomes, then what expectations are judged by."""
        stated = self.loaded.scenario.scenario
        own = {key: measured(stated, outcome.measure) for key, outcome in self.loaded.outcomes.items()}
        return own | {key: json.loads(text) for key, text in measures(self.sentences).items() if key not in own}

    @property
    def digest(self) -> str:
        """Names the sweep by what it means; not the engine, since all yield the same rows."""
        stated = self.loaded.experiment.model_dump(mode="json", by_alias=True, exclude={"engine"})
        rows = [[row.name, dict(row.values)] for row in self.loaded.rows]
        # The digest of a mapping knows no order, but that of the factors is that of the points.
        named: dict[str, Any] = {"order": [list(self.loaded.experiment.factors), list(self.loaded.outcomes)]}
        named |= {"experiment": stated, "scenario": self.loaded.scenario.digest, "rows": rows}
        return canonical.digest({**named, "seed": self.seed, "replications": self.replications})

    @cached_property
    def ground(self) -> Ground:
        """What all points share."""
        much = len(self.points) * self.replications
        return Ground(self.loaded.name, self.loaded.scenario, self.measures, self.seed, self.engine, much)


def order(
    experiment: LoadedExperiment | Path | str,
    *,
    replications: int | None = None,
    seed: int | None = None,
    engine: str | None = None,
) -> Order:
    """What is to be swept; what is None is as the experiment says. ScenarioError for input that is refused."""
    loaded = experiment if isinstance(experiment, LoadedExperiment) else open_experiment(experiment)
    return Order(
        loaded,
        loaded.seed if seed is None else seed,
        loaded.replications if replications is None else replications,
        loaded.experiment.engine if engine is None else engine,
    )


def _unheard(_words: str) -> None:
    """Tell nobody."""


def sweep(
    given: Order,
    *,
    crew: Crew | int | None = None,
    store: Path | None = None,
    progress: runs.Progress = runs.silent,
    note: Callable[[str], None] = _unheard,
) -> Swept:
    """Run an experiment at all its points.

    See :class:`sim.experiments.campaign.Campaign` for who works and for the store. ``note`` is told in words what is
    taken from the store and what is left aside. A point that cannot be run is told in the tables, and the others go on.
    JobError names a point that kills who works on it.
    """
    _refuse_others(given)
    budget = given.loaded.experiment.budget
    seconds = None if budget is None or budget.time is None else budget.time.value
    until = None if seconds is None else time.monotonic() + seconds
    progress(0, 0, "looking what there is")
    ground = given.ground
    with Campaign(ground, store=store, crew=crew) as campaign:
        asked = _asked(given, campaign)
        gaps = campaign.gaps(asked)
        for words in _kept(campaign, gaps, asked):
            note(words)
        campaign.run(gaps, progress, until)
        met = {point.number: campaign.met(point) for point in given.points}
        return swept(
            Course(given.loaded, ground, given.sentences, asked, given.replications, met), head(given, campaign.engine)
        )


def _refuse_others(given: Order) -> None:
    """ScenarioError for an experiment that is no sweep."""
    for part, command in (("search", "optimise"), ("fit", "calibrate")):
        if getattr(given.loaded.experiment, part) is not None:
            message = f"this experiment has a '{part}' and no points of its own: landbridge {command} carries it out"
            raise ScenarioError([given.loaded.located.problem((part,), message, key=True)])


def _asked(given: Order, campaign: Campaign) -> list[tuple[Point, int]]:
    """Points, each with how many of its replications the budget allows, point by point.

    What sets the same as an earlier point has the replications of that one, which cost nothing.
    """
    budget = given.loaded.experiment.budget
    left = None if budget is None else budget.replications
    counts: dict[str, int] = {}
    keys = [campaign.key(point) for point in given.points]
    for key in keys:
        if key not in counts:
            counts[key] = given.replications if left is None else min(left, given.replications)
            left = None if left is None else left - counts[key]
    return [(point, counts[key]) for point, key in zip(given.points, keys, strict=True)]


def _kept(campaign: Campaign, gaps: list[Gap], asked: list[tuple[Point, int]]) -> Iterator[str]:
    """What is taken from the store, and what is left aside, in words."""
    due = sum(len(gap.replications) for gap in gaps)
    there = {id(met): min(count, len(met.results)) for point, count in asked for met in [campaign.met(point)]}
    if any(there.values()):
        yield f"{counted(sum(there.values()), 'run')} there already, {counted(due, 'run')} to be done"
    for what, count in campaign.left_aside().items():
        yield f"left aside: {counted(count, 'run')} {_CHANGED[what]}"


STATED = ("settings", "design", "budget", "expect", "search", "fit")
"""Parts of an experiment that its head repeats."""


def head(given: Order, engine: str, kind: str = "sweep") -> dict[str, Any]:
    """Where results come from; ``kind``: sweep, search or fit."""
    experiment, scenario = given.loaded.experiment, given.loaded.scenario
    stated = experiment.model_dump(mode="json", by_alias=True, include=set(STATED))
    return {
        "kind": kind,
        "name": given.loaded.name,
        "title": experiment.title,
        "question": experiment.question,
        "note": experiment.note,
        "scenario": given.loaded.scenario_path.stem,
        "scenario_title": scenario.scenario.title,
        "scenario_digest": scenario.digest,
        **stated,
        **span(scenario.scenario),
        "seed": given.seed,
        "replications": given.replications,
        "engine": engine,
        "version": metadata.version("landbridge"),
        "commit": runs.commit(),
        "digest": given.digest,
    }
