"""``landbridge calibrate``: free values of a scenario fitted to observations."""

from __future__ import annotations

import click

from sim.cli import experiment
from sim.cli.experiment import Asked
from sim.cli.folder import publish
from sim.cli.summary import print_json

PATCH = "patch.yaml"


@click.command()
@experiment.options
def calibrate(asked: Asked) -> int:
    """Fit free values of a scenario to what was observed, and say what the observations cannot tell.

    FILE is an experiment in YAML with a `fit`. The folder has `patch.yaml`: a file that extends the scenario and sets
    the fitted values with their intervals.
    """
    from sim.experiments import fitting, runs, swept

    given = asked.order
    with experiment.bench(asked, given) as at:
        found = fitting.fit(given, crew=at.crew, store=at.store, progress=at.show)
        swept.write(at.folder, found.swept, given.loaded)
        runs.write_tables(at.folder, found.tables)
        (at.folder / PATCH).write_text(found.patch, encoding="utf-8")
        if not asked.no_report:
            from sim.cli.reports import write_experiment_report

            write_experiment_report(found.swept.head, found.tables, at.folder, at.show)
        place = publish(at.folder, asked.place(given))
    experiment.warn_of(found.swept)
    if asked.as_json:
        names = ("fitted", "targets", "failures")
        tables = {name: found.tables[name] for name in names}
        print_json(place, tables, patch=str(place / PATCH), warnings=found.swept.head["warnings"])
    else:
        from sim.cli.responses import print_fitted

        print_fitted(found)
        click.echo(str(place / PATCH))
    return 0
