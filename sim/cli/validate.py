"""``landbridge validate``: published observations against the simulation."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.ci import Wanted, hand_over, placed, wanted
from sim.cli.files import Readable
from sim.cli.folder import publish, staged
from sim.cli.progress import Progress, progress
from sim.cli.run import engine_option

if TYPE_CHECKING:
    from sim.experiments.validate import Validated
    from sim.report.verdicts import Verdict


@click.command()
@click.argument("files", nargs=-1, type=Readable())
@click.option(
    "--replications", metavar="N", type=click.IntRange(min=1), help="How many, instead of what the scenarios say."
)
@engine_option()
@click.option(
    "--workers", metavar="N", type=click.IntRange(min=1), help="Scenarios that run at once; left out: one on each core."
)
@click.option(
    "--out",
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("reports"),
    show_default=True,
    help="The validation is written to FOLDER/validation/DIGEST.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the table as JSON.")
@wanted
def validate(
    files: tuple[Path, ...],
    replications: int | None,
    engine: str,
    workers: int | None,
    out: Path,
    as_json: bool,
    junit: Path | None,
    summary: Path | None,
) -> int:
    """Hold runs against what was published: observed, simulated, band, pass or fail.

    FILES are scenarios with observations; left out: the cases that come with the program. An observation passes if the
    mean over the replications lies in its band. Exit status 1 if one fails without a stated reason, or passes though a
    reason for its failing is stated.
    """
    from sim.experiments import validate as validation
    from sim.scenario.shipped import scenarios_folder

    chosen = files or validation.shipped(scenarios_folder())
    tasks = [validation.Task(file, replications, engine) for file in chosen]
    with staged(out) as folder, progress() as show:
        found = validation.validate(tasks, workers=workers, progress=show)
        validation.write(folder, found)
        _write_report(folder, found, show)
        text = (folder / "validation.json").read_text(encoding="utf-8")
        place = publish(folder, out / "validation" / found.digest)
    if as_json:
        click.echo(text, nl=False)
    else:
        _print(found)
        click.echo(str(place))
    return hand_over("Validation", _suites(found, chosen), Wanted(junit, summary))


def _suites(found: Validated, files: Sequence[Path]) -> dict[str, list[Verdict]]:
    """The verdicts of each file, with the places of its observations."""
    from sim import scenario
    from sim.report import validated

    suites = {}
    for file in files:
        own = validated.verdicts(found.table[found.table["file"] == file.name])
        suites[file.stem] = placed(own, scenario.open_scenario(file).located, "observations")
    return suites


def _write_report(folder: Path, found: Validated, show: Progress) -> None:
    from sim.figures import Drawings
    from sim.report import validated, write_document

    show(0, 0, "writing the report")
    write_document(folder, validated.document(found.table), Drawings((), ()))
    (folder / "validation.md").write_text(validated.markdown(found.table), encoding="utf-8")


def _print(found: Validated) -> None:
    """The table and the count, on standard output."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from sim.report import validated

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in validated.HEADINGS:
        table.add_column(heading, justify="right" if heading in ("Simulated", "95% interval") else "left")
    for row in validated.rows(found.table):
        table.add_row(*(Text(cell) for cell in row))
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else 180)
    console.print(table)
    for reason in validated.reasons(found.table):
        console.print(Text(reason))
    click.echo(validated.verdict(found.table))
