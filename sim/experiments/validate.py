"""Validation: scenarios with published observations, each run once with its replications and judged."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from sim import scenario
from sim.errors import Problem, ScenarioError
from sim.experiments import runs
from sim.metrics.validation import ACCEPTABLE, validation
from sim.scenario import Loaded, canonical

Progress = runs.Progress

BEAT_S = 0.5
"""How often somebody who waits for other processes is told that they still work."""


@dataclass(frozen=True)
class Task:
    """What one file is run with; a number that is None is the scenario's own."""

    file: Path
    replications: int | None = None
    engine: str = "auto"


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
    processes = min(len(tasks), cores() if workers is None else workers)
    tables = _here(tasks, tell) if processes <= 1 else _elsewhere(tasks, processes, tell)
    return Validated(pd.concat(tables, ignore_index=True))


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


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
    table = validation(runs.simulate(order, progress))
    own = pd.DataFrame(
        {
            "file": task.file.name,
            "title": stated.title,
            "seed": stated.seed,
            "runs": replications,
            "digest": runs.run_digest(order),
        },
        index=table.index,
    )
    return own.join(table)


def _here(tasks: Sequence[Task], progress: Progress) -> list[pd.DataFrame]:
    """One file after the other in this process."""
    return [judged(task, progress) for task in tasks]


def _elsewhere(tasks: Sequence[Task], workers: int, progress: Progress) -> list[pd.DataFrame]:
    """Files side by side in processes of their own, which end when this one is asked to."""
    # Not forked: threads of libraries do not survive that.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_deaf) as pool:
        futures = [pool.submit(judged, task, runs.silent) for task in tasks]
        try:
            for done in _finished(futures):
                progress(done, len(tasks), "validating, scenarios")
            return [future.result() for future in futures]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in multiprocessing.active_children():
                process.terminate()
            raise


def _finished(futures: Sequence[Future[pd.DataFrame]]) -> Iterator[int]:
    """How many are done, again and again, until all are; raises what one of them raised."""
    pending: set[Future[pd.DataFrame]] = set(futures)
    while pending:
        yield len(futures) - len(pending)
        done, pending = wait(pending, timeout=BEAT_S)
        for future in done:
            future.result()


def _deaf() -> None:
    """Leave Ctrl-C to the process that waits for this one, and end when it says so."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def write(folder: Path, validated: Validated) -> None:
    """The table as CSV, Parquet and JSON, into a folder."""
    table = validated.table
    table.to_csv(folder / "validation.csv", index=False, lineterminator="\n")
    table.to_parquet(folder / "validation.parquet", index=False)
    text = table.to_json(orient="records", double_precision=12, indent=2, force_ascii=False)
    (folder / "validation.json").write_text(text + "\n", encoding="utf-8")
