"""``landbridge report``: the reports of a run folder again, without simulating."""

from __future__ import annotations

from pathlib import Path

import click

from sim.cli.folder import replace_within, staged
from sim.cli.progress import progress
from sim.cli.summary import tell


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the folder and the key table as JSON.")
def report(folder: Path, as_json: bool) -> int:
    """Make tables, figures, PDF and HTML of a run again from its log. FOLDER is what `landbridge run` has written."""
    from sim.cli.reports import write_reports
    from sim.experiments import runs

    with staged(folder) as fresh, progress() as show:
        result = runs.report(folder)
        runs.write_tables(fresh, result.tables)
        write_reports(result, fresh, show)
        replace_within(folder, fresh)
    tell(result, folder, as_json)
    return 0
