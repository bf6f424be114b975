"""``landbridge calibrate``: free values of a scenario fitted to observations."""

from __future__ import annotations

import json
from pathlib import Path

import click

from sim.cli import experiment
from sim.cli.folder import publish

PATCH = "patch.yaml"


@click.command()
@experiment.options
def calibrate(
    file: Path,
    workers: int | None,
    dask: str | None,
    replications: int | None,
    seed: int | None,
    engine: str | None,
    out: Path,
    as_json: bool,
    no_report: bool,
) -> int:
    """Fit free values of a scenario to what was observed, and say what the observations cannot tell.

    FILE is an experiment in YAML with a `fit`. The folder has `patch.yaml`: a file that extends the scenario and sets
    the fitted values with their intervals.
    """
    from sim.experiments import fitting, runs, sweep, swept

    given = sweep.order(file, replications=replications, seed=seed, engine=engine)
    with experiment.bench(given, out, workers, dask) as at:
        found = fitting.fit(given, crew=at.crew, store=at.store, progress=at.show)
        swept.write(at.folder, found.swept, given.loaded)
        runs.write_tables(at.folder, found.tables)
        (at.folder / PATCH).write_text(found.patch, encoding="utf-8")
        if not no_report:
            from sim.cli.reports import write_experiment_report

            write_experiment_report(found.swept.head, found.tables, at.folder, at.show)
        place = publish(at.folder, out / given.loaded.name / given.digest)
    experiment.warn_of(found.swept)
    if as_json:
        names = ("fitted", "targets")
        rows = {name: json.loads(found.tables[name].to_json(orient="records", double_precision=15)) for name in names}
        click.echo(
            json.dumps({"folder": str(place), "patch": str(place / PATCH), **rows}, ensure_ascii=False, indent=2)
        )
    else:
        from sim.cli.responses import print_fitted

        print_fitted(found)
        click.echo(str(place / PATCH))
    return 0
