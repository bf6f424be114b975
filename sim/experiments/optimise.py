"""Optimising: the search of an experiment carried out, and what was found run again with fresh replications."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from sim.errors import ScenarioError
from sim.experiments import runs
from sim.experiments.campaign import Campaign
from sim.experiments.executors import Crew
from sim.experiments.expectations import expectation_table
from sim.experiments.search import Broken, Searched, Sought, search
from sim.experiments.sweep import Order
from sim.experiments.swept import Swept
from sim.experiments.trials import Trials
from sim.metrics.expectations import HOLDS, UNMEASURED, judged, measures
from sim.metrics.response import response
from sim.scenario.checks_of_searches import TRIED, direction
from sim.scenario.expectations import BASE
from sim.scenario.expected import Setting
from sim.scenario.search import PRICE, Search


@dataclass(frozen=True)
class Optimised:
    """The points that were tried, as those of a sweep, and what was found among them."""

    swept: Swept
    searched: Searched
    goals: pd.DataFrame
    """The outcomes that were goals, in their order."""
    confirmed: pd.DataFrame
    """The outcomes of what was found, and of the base, by fresh replications: columns of ``response``."""

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """All tables by name."""
        own = {"goals": self.goals, "trials": self.searched.trials, "confirmed": self.confirmed}
        return {**self.swept.tables, **own}


def optimise(
    given: Order, *, crew: Crew | int | None = None, store: Path | None = None, progress: runs.Progress = runs.silent
) -> Optimised:
    """Search the best points of an experiment. ScenarioError if it has no search; see sim.experiments.sweep."""
    stated = given.loaded.experiment.search
    if stated is None:
        message = "the experiment has no 'search': there is nothing to look for"
        raise ScenarioError([given.loaded.located.problem((), message)])
    sentences = _sentences(given, stated)
    own = {key: json.loads(text) for key, text in measures(sentences).items()}
    runs_ = (stated.trials + 1) * given.replications
    ground = replace(given.ground, measures={**given.measures, **own}, runs=runs_)
    with Campaign(ground, store=store, crew=crew) as campaign:
        trials = Trials(given, campaign, progress, stated.trials + 1)
        searched = search(_sought(given, stated), given.points[0], trials.run, _broken(sentences))
        told = trials.told(searched.points, "search")
        told = replace(told, head={**told.head, "whole": searched.whole})
        goals = pd.DataFrame({"outcome": list(stated.goals)})
        return Optimised(told, searched, goals, _confirmed(trials, searched, stated, told.outcomes))


def _sought(given: Order, stated: Search) -> Sought:
    outcomes = given.loaded.outcomes
    goals = {goal: 1 if goal == PRICE else direction(outcomes[goal]) or 1 for goal in stated.goals}
    return Sought(given.loaded.axes, goals, stated.trials, stated.together, stated.seed)


def _sentences(given: Order, stated: Search) -> pd.DataFrame:
    setting = Setting(given.loaded.scenario.scenario, given.loaded.outcomes, (BASE, TRIED))
    return expectation_table(stated.subject_to, setting)


def _broken(sentences: pd.DataFrame) -> Broken:
    """By how much points break the sentences."""

    def broken(values: pd.DataFrame, number: int) -> dict[str, float]:
        points = pd.DataFrame({"point": [0, number], "name": [BASE, TRIED]})
        table = judged(sentences, values, points)
        own = table[table["point"] == number]
        rows = zip(own["expectation"], own["verdict"], own["excess"], strict=True)
        return {str(key): _violation(verdict, excess) for key, verdict, excess in rows}

    return broken


LEAST = 1e-9
"""Violation of a sentence that is broken by nothing but its strictness."""


def _violation(verdict: str, excess: float) -> float:
    """Above 0 if the sentence does not hold, missing if nobody knows."""
    if verdict == UNMEASURED:
        return math.nan
    return min(excess, 0.0) if verdict == HOLDS else max(excess, LEAST)


def _confirmed(trials: Trials, searched: Searched, stated: Search, outcomes: pd.DataFrame) -> pd.DataFrame:
    """What was found, and the base, by replications that the search has not seen."""
    points = [searched.points[0], *(point for point in searched.found if point.number)]
    first = trials.order.replications
    fresh = first + (first if stated.confirm is None else stated.confirm)
    values = trials.run(points, fresh)
    table = pd.DataFrame({"point": [point.number for point in points], "name": [point.name for point in points]})
    return response(values[values["replication"] >= first], table, outcomes)
