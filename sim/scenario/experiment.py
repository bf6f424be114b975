"""Experiments: whatever runs the simulator more than once, as a user may write it in a file."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from sim import units
from sim.scenario.designs import Design
from sim.scenario.expectations import Sentence
from sim.scenario.factors import Factor, Settings
from sim.scenario.fit import Fit
from sim.scenario.ids import Id
from sim.scenario.model import Scenario
from sim.scenario.numbers import Interval, Named
from sim.scenario.observations import Better, Measure
from sim.scenario.search import Search

DEFAULT_STATISTICS = ("mean", "median", "p95")
UNITS = ("h", "%", "TEU", "km/h", "USD/TEU", "kg/TEU")
"""In which outcomes are shown that do not say it."""
COUNTED = "train"
"""A unit of what is shown as a plain number."""


class Outcome(Named):
    """One number that is kept of each replication."""

    label: str = ""
    """Left out: what is measured, in words."""
    measure: Measure
    unit: str = ""
    """In which it is shown; left out: h, %, km/h, TEU, USD/TEU, kg/TEU, or none. A throughput says it: trains/day."""
    better: Better | None = None
    """Which way is better; left out: as what is measured says."""
    note: str = ""

    @property
    def shown_unit(self) -> str | None:
        """The unit in which it is shown, empty for plain numbers; None if it must be said."""
        if self.unit:
            return self.unit
        rule = self.measure.kind.rule
        fitting = [unit for unit in UNITS if not rule(units.one(unit).dimension)]
        return fitting[0] if fitting else None if rule(units.one(COUNTED).dimension) else ""

    @property
    def unit_size(self) -> float:
        """Units of the code in one that is shown."""
        return units.one(self.shown_unit or "").house

    @model_validator(mode="after")
    def same_measure(self) -> Outcome:
        """Refuse a unit of something else than what is measured."""
        if not self.unit and self.shown_unit is None:
            raise ValueError(f"of '{self.measure.of}' the unit is due, such as trains/day: missing key 'unit'")
        if self.unit:
            due = self.measure.kind.rule(units.one(self.unit).dimension)
            if due:
                raise ValueError(f"'{self.unit}' is no unit of '{self.measure.of}': {due}")
        return self


class Budget(Named):
    """After what a sweep stops, and says which points are missing."""

    time: Interval | None = None
    """Time of the clock on the wall."""
    replications: Annotated[int | None, Field(ge=1)] = None
    """Replications of all points together."""

    @model_validator(mode="after")
    def one_end(self) -> Budget:
        """Refuse a budget of nothing."""
        if self.time is None and self.replications is None:
            message = "a budget has 'time', 'replications' or both"
            raise ValueError(message)
        return self


class Experiment(Named):
    """A scenario run at several points, which differ in its factors."""

    schema_version: Annotated[Literal[1], Field(alias="schema")]
    """Version of the language of experiments."""
    title: str
    question: str = ""
    """What the experiment is run to answer."""
    note: str = ""
    """What a reader must know."""
    scenario: Annotated[str, Field(min_length=1)]
    """File of the scenario, relative to this one, or `shipped:NAME.yaml` for one that comes with the program."""
    settings: Settings = {}
    """Dotted path -> value as it would stand in the scenario: laid over it at every point; null deletes a key."""
    factors: dict[Id, Factor] = {}
    """What varies."""
    design: Design | None = None
    """At which points; left out: the scenario alone."""
    replications: Annotated[int | None, Field(ge=1, le=10_000)] = None
    """At each point; left out: those of the scenario."""
    seed: Annotated[int | None, Field(ge=0, lt=2**32)] = None
    """Of all points, so that they meet the same luck; left out: that of the scenario."""
    engine: Literal["auto", "compiled", "reference"] = "auto"
    budget: Budget | None = None
    outcomes: dict[Id, Outcome] = {}
    """What is kept of each replication; left out: transit time (mean, median, p95) and unfinished of each flow."""
    expect: dict[Id, Sentence] = {}
    """Sentences about outcomes that must hold, such as `p95 < 18 d at every point`."""
    search: Search | None = None
    """The best points instead of a design: `landbridge optimise`."""
    fit: Fit | None = None
    """The values of the factors that fit observations instead of a design: `landbridge calibrate`."""

    @model_validator(mode="after")
    def factors_and_design(self) -> Experiment:
        """Refuse factors that no design tries, and a design of nothing."""
        given = [name for name in ("design", "search", "fit") if getattr(self, name) is not None]
        if given and not self.factors:
            raise ValueError(f"a {given[0]} tries factors: 'factors' is missing")
        if len(given) > 1:
            raise ValueError(f"'{given[0]}' and '{given[1]}' do not go together: each is an experiment of its own")
        return self


def outcomes(experiment: Experiment, scenario: Scenario) -> dict[str, Outcome]:
    """What is kept of each replication, by id in the order of the file; if nothing is said, those of flows."""
    if experiment.outcomes:
        return dict(experiment.outcomes)
    found = {}
    for key, flow in sorted(scenario.flows.items()):
        for statistic in DEFAULT_STATISTICS if flow.report else ():
            measure = Measure.model_validate({"of": "transit-time", "flow": [key], "statistic": statistic})
            found[f"{key}-{statistic}"] = Outcome(measure=measure, unit="days")
        if flow.report:
            found[f"{key}-unfinished"] = Outcome(measure=Measure.model_validate({"of": "unfinished", "flow": [key]}))
    return found
