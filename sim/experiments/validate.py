"""Validation: scenarios with published observations, each run once with its replications and judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

from sim import scenario
from sim.errors import Problem, ScenarioError
from sim.experiments import runs
from sim.experiments.executors import carry_out, cores, processes
from sim.metrics.validation import ACCEPTABLE, validation
from sim.scenario import Loaded, canonical

Progress = runs.Progress


@dataclass(frozen=True)
class Task:
    """What one file is run with; a number that is None is the scenario's own."""

    file: Path
    replications: int | None = None
    engine: str = "auto"

    def __str__(self) -> str:
        return str(self.file)


@dataclass(frozen=True)
class Validated:
    """The observations of all files, judged: columns of the metric after those of the file."""

    table: pd.DataFrame

    @property
    def digest(self) -> str:
        """Names the validation: the runs that it was made of, whatever their order."""
        return canonical.digest(" ".join(sorted(set(self.table["digest"]))))

    @property
    def acceptable(self) -> bool:
        """Whether all observations are met but those whose shortfall is stated, and no such statement is outdated."""
        return bool(self.table["verdict"].isin(ACCEPTABLE).all())


def shipped(folder: Path) -> list[Path]:
    """The cases that come with the program, sorted by name."""
    return sorted((folder / "validation").glob("*.yaml"))


def validate(tasks: Sequence[Task], *, workers: int | None = None, progress: Progress | None = None) -> Validated:
    """Run all files and judge their observations: a row for each, in the order of the files and of their ids.

    Files are run in as many processes as there are cores, unless ``workers`` says otherwise; the result does not depend
    on it. Raises ScenarioError with all problems of all files, before anything is run.
    """
    tell = progress or runs.silent
    tell(0, 0, "reading the scenarios")
    _refuse(tasks)
    size = min(len(tasks), cores() if workers is None else workers)
    tables = _here(tasks, tell) if size <= 1 else _elsewhere(tasks, size, tell)
    return Validated(pd.concat(tables, ignore_index=True))


def _refuse(tasks: Sequence[Task]) -> None:
    found: list[Problem] = []
    for task in tasks:
        try:
            loaded = scenario.open_scenario(task.file)
        except ScenarioError as err:
            found += err.problems
            continue
        if not loaded.scenario.observations:
            message = "the scenario has no 'observations', so that there is nothing to validate"
            found.append(loaded.located.problem((), message))
    if found:
        raise ScenarioError(found)


def judged(task: Task, progress: Progress) -> pd.DataFrame:
    """The observations of one file after its run, with the file, its title, seed, replications, and run digest."""
    loaded: Loaded = scenario.open_scenario(task.file)
    stated = loaded.scenario
    replications = stated.replications if task.replications is None else task.replications
    order = runs.Order(loaded, task.file.stem, stated.seed, replications, task.engine)
    recorded = runs.simulate(order, progress)
    table = validation(recorded)
    own = pd.DataFrame(
        {
            "file": task.file.name,
            "title": stated.title,
            "seed": stated.seed,
            "runs": int(str(recorded.legend.origin["replications"])),
            "digest": runs.run_digest(order),
        },
        index=table.index,
    )
    return own.join(table)


def _here(tasks: Sequence[Task], progress: Progress) -> list[pd.DataFrame]:
    """One file after the other in this process."""
    return [judged(task, progress) for task in tasks]


def _elsewhere(tasks: Sequence[Task], workers: int, progress: Progress) -> list[pd.DataFrame]:
    """Files side by side in processes of their own."""
    found: dict[Task, pd.DataFrame] = {}

    def tell() -> None:
        progress(len(found), len(tasks), "validating, scenarios")

    tell()
    found.update(carry_out(partial(judged, progress=runs.silent), dict.fromkeys(tasks), processes(workers), tell))
    return [found[task] for task in tasks]


def write(folder: Path, validated: Validated) -> None:
    """The table as CSV, Parquet and JSON, into a folder."""
    table = validated.table
    table.to_csv(folder / "validation.csv", index=False, lineterminator="\n")
    table.to_parquet(folder / "validation.parquet", index=False)
    text = table.to_json(orient="records", double_precision=12, indent=2, force_ascii=False)
    (folder / "validation.json").write_text(text + "\n", encoding="utf-8")
