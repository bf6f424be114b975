"""``landbridge sweep``: a scenario at many points, resumed where it stopped."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.ci import Wanted, hand_over, placed, wanted, write_verdicts
from sim.cli.folder import publish, staged
from sim.cli.progress import Progress, progress
from sim.cli.run import ENGINES
from sim.cli.summary import warn

if TYPE_CHECKING:
    from sim.experiments.executors import Crew
    from sim.experiments.swept import Swept
    from sim.report.verdicts import Verdict

STORE = "store.sqlite"


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--workers", type=click.IntRange(min=1), help="Runs at once; left out: one on each core.")
@click.option("--dask", metavar="ADDRESS", help="Scheduler of a Dask cluster that does the work, e.g. tcp://host:8786.")
@click.option("--replications", type=click.IntRange(min=1), help="At each point, instead of what the experiment says.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), help="The seed, instead of what the experiment says.")
@click.option("--engine", type=click.Choice(ENGINES), help="What simulates, instead of what the experiment says.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("reports"),
    show_default=True,
    help="The sweep is written to OUT/EXPERIMENT/DIGEST; what is done is kept in OUT/EXPERIMENT/store.sqlite.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the folder and the response as JSON.")
@click.option("--no-report", is_flag=True, help="Write tables only: no figures, PDF or HTML.")
@wanted
def sweep(
    file: Path,
    workers: int | None,
    dask: str | None,
    replications: int | None,
    seed: int | None,
    engine: str | None,
    out: Path,
    as_json: bool,
    no_report: bool,
    junit: Path | None,
    summary: Path | None,
) -> int:
    """Run a scenario at all points of an experiment. FILE is an experiment in YAML.

    Each replication is kept as soon as it is done: the same command goes on where an interrupted one stopped, and uses
    what is there if points or replications are added. Exit status 1 if a point cannot be run, or if what the
    experiment expects does not hold.
    """
    if dask is not None and workers is not None:
        raise click.UsageError("--workers are of this machine, --dask of a cluster: give one of them")
    from sim.experiments import sweep as sweeps
    from sim.experiments import swept

    given = sweeps.order(file, replications=replications, seed=seed, engine=engine)
    store = out / given.loaded.name / STORE
    with staged(out) as folder, progress() as show, _crew(workers, dask) as crew:
        store.parent.mkdir(parents=True, exist_ok=True)
        try:
            found = sweeps.sweep(given, crew=crew, store=store, progress=show, note=_say)
        except (KeyboardInterrupt, SystemExit):
            _say(f"interrupted; what is done is kept in {store}, and the same command goes on from there")
            raise
        swept.write(folder, found, given.loaded)
        write_tables(found, folder, show, report=not no_report)
        write_verdicts(folder, given.loaded.experiment.title, {given.loaded.name: _verdicts(found)})
        place = publish(folder, out / given.loaded.name / given.digest)
    warn(found.head["warnings"])
    tell(found, place, as_json)
    told = placed(_verdicts(found), given.loaded.located, "expect")
    return hand_over(given.loaded.experiment.title, {given.loaded.name: told}, Wanted(junit, summary))


def _verdicts(found: Swept) -> list[Verdict]:
    """What is expected, and points that cannot be run."""
    from sim.report import expected

    return [*expected.refused(found.failures), *expected.verdicts(found.expectations)]


def _say(words: str) -> None:
    click.echo(words, err=True)


@contextmanager
def _crew(workers: int | None, dask: str | None) -> Iterator[Crew | int | None]:
    if dask is None:
        yield workers
        return
    from sim.experiments import executors

    with executors.dask(dask) as crew:
        yield crew


def write_tables(found: Swept, folder: Path, show: Progress, *, report: bool) -> None:
    """All tables of a sweep into a folder, with its report if that is asked for."""
    from sim.experiments import analysis, runs

    show(0, 0, "working out what varies with what")
    tables = analysis.of_sweep(found)
    runs.write_tables(folder, tables)
    if report:
        from sim.cli.reports import write_sweep_report

        write_sweep_report(found, tables, folder, show)


def tell(found: Swept, folder: Path, as_json: bool) -> None:
    """The response and the folder, on standard output."""
    if as_json:
        names = ("response", "expectations", "failures")
        rows = {name: json.loads(found.tables[name].to_json(orient="records", double_precision=15)) for name in names}
        told = {"folder": str(folder), **rows, "warnings": found.head["warnings"]}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    from sim.cli.responses import print_response

    print_response(found)
    click.echo(str(folder))
