"""Fitting: the fit of an experiment carried out, and what it found as a patch of the scenario."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from sim.counts import counted
from sim.errors import ScenarioError, SimError
from sim.experiments import runs
from sim.experiments.calibrate import Aim, Asked, Calibrated, calibrate
from sim.experiments.campaign import Campaign
from sim.experiments.executors import Crew
from sim.experiments.sweep import Order
from sim.experiments.swept import Swept
from sim.experiments.trials import Trials
from sim.metrics.refused import by_cause
from sim.scenario.experiment_files import LoadedExperiment
from sim.scenario.extends import gather
from sim.scenario.fit import Fit, spread_of
from sim.scenario.located import Plain
from sim.scenario.patch import patch
from sim.scenario.shipped import shipped_name
from sim.scenario.tried_values import refusals


@dataclass(frozen=True)
class Fitted:
    """The points that were tried, as those of a sweep, what fits best, and the patch that sets it."""

    swept: Swept
    calibrated: Calibrated
    patch: str

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """All tables by name."""
        own = self.calibrated
        targets = shown(own.targets, self.swept.outcomes)
        return {**self.swept.tables, "trials": own.trials, "fitted": own.factors, "targets": targets}


IN_UNITS = tuple(f"{of}{end}" for of in ("observed", "before") for end in ("", "_low", "_high"))
IN_UNITS += ("spread", "fitted", "low", "high")


def shown(targets: pd.DataFrame, outcomes: pd.DataFrame) -> pd.DataFrame:
    """The targets with the labels and in the units of their outcomes."""
    own = outcomes.set_index("outcome").loc[targets["outcome"]].reset_index(drop=True)
    told = targets.assign(label=own["label"] + ": " + targets["target"], unit=own["unit"])
    sizes = own["unit_size"].to_numpy()
    return told.assign(**{name: targets[name] / sizes for name in IN_UNITS})


def fit(
    given: Order, *, crew: Crew | int | None = None, store: Path | None = None, progress: runs.Progress = runs.silent
) -> Fitted:
    """Fit the factors of an experiment. ScenarioError if it has no fit; see sim.experiments.sweep."""
    stated = given.loaded.experiment.fit
    if stated is None:
        message = "the experiment has no 'fit': there is nothing to calibrate"
        raise ScenarioError([given.loaded.located.problem((), message)])
    ground = replace(given.ground, runs=(stated.trials + 2) * given.replications)
    with Campaign(ground, store=store, crew=crew) as campaign:
        trials = Trials(given, campaign, progress, stated.trials + 2)
        found = calibrate(_asked(given, stated), given.points[0], trials.run)
        told = trials.told(found.points, "fit")
        if math.isnan(found.misfit):
            raise SimError("\n".join([UNFITTED, *by_cause(told.failures).values()]))
        return Fitted(told, found, patch_of(given, stated, found))


UNFITTED = "none of the points that were tried has all numbers that the factors are to be fitted to"


def _asked(given: Order, stated: Fit) -> Asked:
    aims = [
        Aim(key, target.outcome, target.observed.value, spread_of(target) or 0.0, target.held_out)
        for key, target in stated.targets.items()
    ]
    return Asked(given.loaded.axes, tuple(aims), stated.trials, stated.together, stated.seed)


def patch_of(given: Order, stated: Fit, found: Calibrated) -> str:
    """The best point as a file that extends the scenario: each value with its interval and what it was fitted to."""
    loaded = given.loaded
    own = {key: target for key, target in stated.targets.items() if not target.held_out}
    to = "; ".join(f"{key} {target.observed.text}" for key, target in own.items())
    note = f"Fitted by the experiment '{loaded.name}' ({given.digest}) to {to}"
    settings = {**loaded.experiment.settings, **_values(loaded, found, note)}
    head = f"{note}.\nThe sum of the squared errors is {found.misfit:.3g} over {counted(len(own), 'target')}.\n"
    if shipped_name(loaded.scenario_path) is None:
        head += "To be laid beside the file of the scenario."
    return patch(gather(loaded.scenario_path), settings, head)


def _values(loaded: LoadedExperiment, found: Calibrated, note: str) -> dict[str, Plain]:
    """By path the fitted values, with their ranges where the scenario takes a number with a range."""
    settings: dict[str, Plain] = {}
    ends = found.factors.set_index("factor")
    for axis in loaded.axes:
        rows = [ends[name].to_dict()[axis.factor] for name in ("fitted", "low", "high")]
        value, low, high = (None if math.isnan(row) else axis.at(axis.share(row)).settings for row in rows)
        for path in axis.paths:
            plain = None if value is None else value[path]
            full: Plain = {"value": plain, "note": note}
            if low is not None and high is not None:
                full = {"value": plain, "low": low[path], "high": high[path], "note": note}
            settings[path] = plain if refusals(loaded.scenario.located, {path: full}) else full
    return settings
