"""``landbridge report``: the reports of a run or a sweep again, without simulating."""

from __future__ import annotations

from pathlib import Path

import click

from sim.cli.folder import replace_within, staged
from sim.cli.progress import progress
from sim.cli.summary import tell

EXPERIMENT = "experiment.json"
"""What the folder of a sweep has, and that of a run has not."""


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the folder and the key table as JSON.")
def report(folder: Path, as_json: bool) -> int:
    """Make tables, figures, PDF and HTML again: of a run from its log, of a sweep from what it has measured.

    FOLDER is what `landbridge run`, `sweep`, `optimise` or `calibrate` has written.
    """
    if (folder / EXPERIMENT).exists():
        return _of_experiment(folder, as_json)
    from sim.cli.reports import write_reports
    from sim.experiments import runs

    with staged(folder) as fresh, progress() as show:
        result = runs.report(folder)
        runs.write_tables(fresh, result.tables)
        write_reports(result, fresh, show)
        replace_within(folder, fresh)
    tell(result, folder, as_json)
    return 0


def _of_experiment(folder: Path, as_json: bool) -> int:
    from sim.cli import sweep
    from sim.cli.reports import write_experiment_report
    from sim.experiments import swept

    with staged(folder) as fresh, progress() as show:
        found = swept.read(folder)
        if found.head["kind"] == "sweep":
            sweep.write_tables(found, fresh, show, report=True)
        else:
            # What a search or a fit has found is no function of the values of its points alone.
            write_experiment_report(found.head, swept.all_tables(folder), fresh, show)
        replace_within(folder, fresh)
    sweep.tell(found, folder, as_json)
    return 0
