"""What the commands that run an experiment share: options, who works, the store, what an interruption is told."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, NamedTuple, ParamSpec

import click

from sim.cli.files import Readable
from sim.cli.folder import staged
from sim.cli.progress import Progress, progress
from sim.cli.run import engine_option
from sim.cli.stopping import Interrupted
from sim.cli.summary import warn

if TYPE_CHECKING:
    from sim.experiments.executors import Crew
    from sim.experiments.sweep import Order
    from sim.experiments.swept import Swept

STORE = "store.sqlite"

P = ParamSpec("P")


@dataclass(frozen=True)
class Asked:
    """What the caller asks for; None: as the experiment says."""

    file: Path
    workers: int | None
    dask: str | None
    replications: int | None
    seed: int | None
    engine: str | None
    out: Path
    as_json: bool
    no_report: bool

    @property
    def order(self) -> Order:
        """The experiment with the numbers that are given. ScenarioError for one that is refused."""
        from sim.experiments.sweep import order

        return order(self.file, replications=self.replications, seed=self.seed, engine=self.engine)

    def place(self, given: Order) -> Path:
        """Where the results go."""
        return self.out / given.loaded.name / given.digest


def options(command: Callable[Concatenate[Asked, P], int]) -> Callable[..., int]:
    """FILE and the options of a command that runs an experiment, handed over as one value."""

    @functools.wraps(command)
    def called(*args: P.args, **given: P.kwargs) -> int:
        asked = Asked(**{each.name: given.pop(each.name) for each in fields(Asked)})  # type: ignore[arg-type]  # as options
        return command(asked, *args, **given)

    path = click.Path(file_okay=False, path_type=Path)
    kept = "Results go to FOLDER/EXPERIMENT/DIGEST, what is done to FOLDER/EXPERIMENT/store.sqlite."
    every = (
        click.argument("file", type=Readable()),
        click.option(
            "--workers", metavar="N", type=click.IntRange(min=1), help="Runs at once; left out: one on each core."
        ),
        click.option("--dask", metavar="ADDRESS", help="Scheduler of a Dask cluster that works, e.g. tcp://host:8786."),
        click.option(
            "--replications",
            metavar="N",
            type=click.IntRange(min=1),
            help="At each point, not what the experiment says.",
        ),
        click.option(
            "--seed", metavar="N", type=click.IntRange(0, 2**32 - 1), help="The seed, not what the experiment says."
        ),
        engine_option(None, more=", not what the experiment says"),
        click.option("--out", metavar="FOLDER", type=path, default=Path("reports"), show_default=True, help=kept),
        click.option("--json", "as_json", is_flag=True, help="Print the folder and the main tables as JSON."),
        click.option("--no-report", is_flag=True, help="Write tables only: no figures, PDF or HTML."),
    )
    for each in reversed(every):
        called = each(called)
    return called


class Bench(NamedTuple):
    """Where an experiment is run."""

    folder: Path
    """Empty, to be published; gone when the block ends."""
    store: Path
    crew: Crew | int | None
    show: Progress


@contextmanager
def bench(asked: Asked, given: Order) -> Iterator[Bench]:
    """All that an experiment needs to be run; an interruption is told with where the work goes on."""
    if asked.dask is not None and asked.workers is not None:
        raise click.UsageError("--workers are of this machine, --dask of a cluster: give one of them")
    store = asked.out / given.loaded.name / STORE
    with staged(asked.out) as folder, progress() as show, _crew(asked) as crew:
        store.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield Bench(folder, store, crew, show)
        except (KeyboardInterrupt, SystemExit) as stop:
            if not store.exists():
                raise
            kept = f"what is done is kept in {store}, and the same command goes on from there"
            if isinstance(stop, KeyboardInterrupt):
                raise Interrupted(kept) from stop
            say(f"stopped: {kept}")
            raise


def warn_of(found: Swept) -> None:
    """What a search or a fit warns of, on standard error, points that could not be run among it."""
    from sim.metrics.refused import by_cause

    warn(found.head["warnings"])
    warn([f"could not be run, and counts as missing: {line}" for line in by_cause(found.failures).values()])


def say(words: str) -> None:
    """Tell something beside the result."""
    click.echo(words, err=True)


@contextmanager
def _crew(asked: Asked) -> Iterator[Crew | int | None]:
    if asked.dask is None:
        yield asked.workers
        return
    from sim.experiments import executors

    with executors.dask(asked.dask) as crew:
        yield crew
