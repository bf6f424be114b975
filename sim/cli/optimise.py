"""``landbridge optimise``: the best points of an experiment, searched for."""

from __future__ import annotations

import json
from pathlib import Path

import click

from sim.cli import experiment
from sim.cli.folder import publish

NOT_ACCEPTABLE = 1


@click.command()
@experiment.options
def optimise(
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
    """Search for the cheapest point that keeps some sentences, or for the front of several goals.

    FILE is an experiment in YAML with a `search`. All points meet the same luck; what is found is run again with fresh
    replications. Exit status 1 if no point that was tried keeps all sentences.
    """
    from sim.experiments import optimise as searches
    from sim.experiments import runs, sweep, swept

    given = sweep.order(file, replications=replications, seed=seed, engine=engine)
    with experiment.bench(given, out, workers, dask) as at:
        found = searches.optimise(given, crew=at.crew, store=at.store, progress=at.show)
        swept.write(at.folder, found.swept, given.loaded)
        runs.write_tables(at.folder, found.tables)
        if not no_report:
            from sim.cli.reports import write_experiment_report

            write_experiment_report(found.swept.head, found.tables, at.folder, at.show)
        place = publish(at.folder, out / given.loaded.name / given.digest)
    experiment.warn_of(found.swept)
    if as_json:
        names = ("trials", "points", "confirmed")
        rows = {name: json.loads(found.tables[name].to_json(orient="records", double_precision=15)) for name in names}
        click.echo(json.dumps({"folder": str(place), **rows}, ensure_ascii=False, indent=2))
    else:
        from sim.cli.responses import print_found

        print_found(found)
        click.echo(str(place))
    return 0 if found.searched.found else NOT_ACCEPTABLE
