"""``landbridge sweep``: a scenario at many points, resumed where it stopped."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli import experiment
from sim.cli.ci import Wanted, hand_over, placed, wanted, write_verdicts
from sim.cli.experiment import Asked
from sim.cli.folder import publish
from sim.cli.progress import Progress
from sim.cli.summary import print_json, warn

if TYPE_CHECKING:
    from sim.experiments.swept import Swept
    from sim.report.verdicts import Verdict


@click.command()
@experiment.options
@wanted
def sweep(asked: Asked, junit: Path | None, summary: Path | None) -> int:
    """Run a scenario at all points of an experiment. FILE is an experiment in YAML.

    Each replication is kept as soon as it is done: the same command goes on where an interrupted one stopped, and uses
    what is there if points or replications are added. Exit status 1 if a point cannot be run, or if what the
    experiment expects does not hold.
    """
    from sim.experiments import sweep as sweeps
    from sim.experiments import swept

    given = asked.order
    with experiment.bench(asked, given) as at:
        found = sweeps.sweep(given, crew=at.crew, store=at.store, progress=at.show, note=experiment.say)
        swept.write(at.folder, found, given.loaded)
        write_tables(found, at.folder, at.show, report=not asked.no_report)
        write_verdicts(at.folder, given.loaded.experiment.title, {given.loaded.name: _verdicts(found)})
        place = publish(at.folder, asked.place(given))
    warn(found.head["warnings"])
    tell(found, place, asked.as_json)
    told = placed(_verdicts(found), given.loaded.located, "expect")
    return hand_over(given.loaded.experiment.title, {given.loaded.name: told}, Wanted(junit, summary))


def _verdicts(found: Swept) -> list[Verdict]:
    """What is expected, and points that cannot be run."""
    from sim.report import expected

    return [*expected.refused(found.failures), *expected.verdicts(found.expectations)]


def write_tables(found: Swept, folder: Path, show: Progress, *, report: bool) -> None:
    """All tables of a sweep into a folder, with its report if that is asked for."""
    from sim.experiments import analysis, runs

    show(0, 0, "working out what varies with what")
    tables = analysis.of_sweep(found)
    runs.write_tables(folder, tables)
    if report:
        from sim.cli.reports import write_experiment_report

        write_experiment_report(found.head, tables, folder, show)


def tell(found: Swept, folder: Path, as_json: bool) -> None:
    """The response and the folder, on standard output."""
    if as_json:
        names = ("response", "expectations", "failures")
        print_json(folder, {name: found.tables[name] for name in names}, warnings=found.head["warnings"])
        return
    from sim.cli.responses import print_response

    print_response(found)
    click.echo(str(folder))
