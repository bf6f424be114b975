"""``landbridge optimise``: the best points of an experiment, searched for."""

from __future__ import annotations

import click

from sim.cli import experiment
from sim.cli.experiment import Asked
from sim.cli.folder import publish
from sim.cli.summary import print_json

NOT_ACCEPTABLE = 1


@click.command()
@experiment.options
def optimise(asked: Asked) -> int:
    """Search for the cheapest point that keeps some sentences, or for the front of several goals.

    FILE is an experiment in YAML with a `search`. All points meet the same luck; what is found is run again with fresh
    replications. Exit status 1 if no point that was tried keeps all sentences.
    """
    from sim.experiments import optimise as searches
    from sim.experiments import runs, swept

    given = asked.order
    with experiment.bench(asked, given) as at:
        found = searches.optimise(given, crew=at.crew, store=at.store, progress=at.show)
        swept.write(at.folder, found.swept, given.loaded)
        runs.write_tables(at.folder, found.tables)
        if not asked.no_report:
            from sim.cli.reports import write_experiment_report

            write_experiment_report(found.swept.head, found.tables, at.folder, at.show)
        place = publish(at.folder, asked.place(given))
    experiment.warn_of(found.swept)
    if asked.as_json:
        names = ("trials", "points", "confirmed", "failures")
        tables = {name: found.tables[name] for name in names}
        print_json(place, tables, warnings=found.swept.head["warnings"])
    else:
        from sim.cli.responses import print_found

        print_found(found)
        click.echo(str(place))
    return 0 if found.searched.found else NOT_ACCEPTABLE
