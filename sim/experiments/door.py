"""The door for programs and notebooks: scenarios and experiments in, tidy tables out.

What stands here is handed on by ``import sim``, which loads it on first use. Nothing is written to disk but a store
that is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sim import scenario
from sim.errors import SimError
from sim.experiments import compare as comparing
from sim.experiments import fitting, runs
from sim.experiments import optimise as optimising
from sim.experiments import sweep as sweeps
from sim.experiments.executors import Crew
from sim.experiments.fitting import Fitted
from sim.experiments.grids import to_xarray
from sim.experiments.optimise import Optimised
from sim.experiments.runs import RunResult
from sim.experiments.swept import Swept
from sim.metrics.comparison import Compared
from sim.plan import compile as compiling
from sim.plan.compile import Compiled
from sim.scenario import Loaded
from sim.scenario.experiment_files import LoadedExperiment, open_experiment
from sim.scenario.shipped import is_shipped, shipped_file

__all__ = ["calibrate", "compare", "compile_plan", "load", "load_experiment", "optimise", "run", "sweep", "to_xarray"]


def _file(path: Path | str) -> Path:
    """A file, or one that comes with the program: ``shipped:example.yaml``. SimError if that has none so called."""
    name = str(path)
    try:
        return shipped_file(name) if is_shipped(name) else Path(path)
    except ValueError as err:
        raise SimError(str(err)) from err


def load(path: Path | str, settings: Mapping[str, str] | None = None) -> Loaded:
    """A scenario read and checked, with values set at dotted paths as they would stand in the file.

    ``shipped:NAME.yaml`` names one that comes with the program. ScenarioError carries every problem of all files.

    >>> import sim
    >>> loaded = sim.load("shipped:example.yaml", {"places.hall.capacity": "2 tracks"})
    >>> loaded.scenario.title, loaded.scenario.places["hall"].capacity.value
    ('Urumqi - Almaty by rail', 2.0)
    """
    return scenario.open_scenario(_file(path), settings)


def compile_plan(loaded: Loaded | Path | str) -> Compiled:
    """The plan of a scenario: tables of places, routes and steps in which nothing is implied.

    >>> import sim
    >>> sim.compile_plan("shipped:example.yaml").groups
    ('boxes', 'chinese-train', 'kazakh-train')
    """
    return compiling.compile_plan(_loaded(loaded).scenario)


def _loaded(given: Loaded | Path | str) -> Loaded:
    return given if isinstance(given, Loaded) else load(given)


def run(
    loaded: Loaded | Path | str, *, replications: int | None = None, seed: int | None = None, engine: str = "auto"
) -> RunResult:
    """All replications of a scenario; None: as it says. Nothing is written to disk.

    ``result.tables`` are the metrics by name, whose columns end in their units, ``result.summary`` is the key table and
    ``result.log`` has every visit.

    >>> import sim
    >>> result = sim.run("shipped:example.yaml", replications=1)
    >>> result.summary.loc[0, ["metric", "label", "unit"]].tolist()
    ['Transit time, mean', 'Boxes to Almaty', 'days']
    >>> list(result.tables["transit"].columns)[:3]
    ['replication', 'flow', 'direction']
    """
    return runs.run(_loaded(loaded), replications=replications, seed=seed, engine=engine)


def compare(*runs: Path | str, replications: int | None = None, seed: int | None = None) -> Compared:
    """Scenario files, or folders of runs, held against the first, replication by replication, under the same luck.

    ``compared.table`` has the differences with paired intervals and Holm's correction. SimError for runs that are not
    paired.

    >>> import sim
    >>> compared = sim.compare("shipped:example.yaml", "shipped:example.yaml", replications=2)
    >>> float(compared.table["difference"].abs().max())
    0.0
    """
    return comparing.compare([_file(each) for each in runs], comparing.Order(replications, seed))


def load_experiment(path: Path | str) -> LoadedExperiment:
    """An experiment read and checked, with its scenario; ScenarioError carries every problem of all files.

    >>> import sim
    >>> [axis.factor for axis in sim.load_experiment("shipped:experiments/smoke.yaml").axes]
    ['customs', 'every']
    """
    return open_experiment(_file(path))


def sweep(
    experiment: LoadedExperiment | Path | str,
    *,
    replications: int | None = None,
    seed: int | None = None,
    workers: Crew | int | None = None,
    store: Path | None = None,
) -> Swept:
    """A scenario at all points of an experiment; None: as it says, and one run at once on each core.

    ``workers``: how many runs at once, or who does them (:mod:`sim.experiments.executors`). ``store``: a file that
    keeps what is done, so that the same call goes on where one was broken off. ``swept.values`` has a row for each
    point, replication and outcome in units of the code, ``swept.response`` means with intervals in the units shown.

    >>> import sim
    >>> swept = sim.sweep("shipped:experiments/smoke.yaml", replications=1, workers=1)
    >>> list(swept.response.columns)[:5]
    ['point', 'name', 'outcome', 'unit', 'mean']
    >>> sim.to_xarray(swept).dims
    ('customs', 'every', 'replication', 'outcome')
    """
    return sweeps.sweep(_order(experiment, replications, seed), crew=workers, store=store)


def optimise(
    experiment: LoadedExperiment | Path | str,
    *,
    replications: int | None = None,
    seed: int | None = None,
    workers: Crew | int | None = None,
    store: Path | None = None,
) -> Optimised:
    """The search of an experiment carried out; see :func:`sweep` for what is handed in.

    ``found.tables["trials"]`` says which points keep all sentences and which no other beats, ``found.swept`` is all
    that was tried as a sweep, ``found.confirmed`` what was found by fresh replications.
    """
    return optimising.optimise(_order(experiment, replications, seed), crew=workers, store=store)


def calibrate(
    experiment: LoadedExperiment | Path | str,
    *,
    replications: int | None = None,
    seed: int | None = None,
    workers: Crew | int | None = None,
    store: Path | None = None,
) -> Fitted:
    """The fit of an experiment carried out; see :func:`sweep` for what is handed in.

    ``found.tables["fitted"]`` has the factors with what is left of their ranges, ``found.tables["targets"]`` how near
    the observations are, ``found.patch`` a file that extends the scenario.
    """
    return fitting.fit(_order(experiment, replications, seed), crew=workers, store=store)


def _order(experiment: LoadedExperiment | Path | str, replications: int | None, seed: int | None) -> sweeps.Order:
    loaded = experiment if isinstance(experiment, LoadedExperiment) else load_experiment(experiment)
    return sweeps.order(loaded, replications=replications, seed=seed)
