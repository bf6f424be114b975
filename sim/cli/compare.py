"""``landbridge compare``: runs held against the first of them, replication by replication."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.files import Readable
from sim.cli.folder import publish, staged
from sim.cli.progress import Progress, progress
from sim.cli.run import engine_option
from sim.cli.summary import interval, rounded, warn

if TYPE_CHECKING:
    from sim.metrics.comparison import Compared


@click.command()
@click.argument("runs", nargs=-1, required=True, type=Readable(folders=True))
@click.option(
    "--replications", metavar="N", type=click.IntRange(min=1), help="Of files; left out: as many as the base has."
)
@click.option("--seed", metavar="N", type=click.IntRange(0, 2**32 - 1), help="Of files; left out: that of the base.")
@engine_option()
@click.option("--best", "number", metavar="NUMBER[@OF]", help='Pick the lowest: "transit time, mean@goods".')
@click.option("--highest", is_flag=True, help="The best is the highest.")
@click.option(
    "--indifference", metavar="X", type=click.FloatRange(min=0, min_open=True), help="Difference that does not matter."
)
@click.option(
    "--out",
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("reports"),
    show_default=True,
    help="The comparison is written to FOLDER/comparison/DIGEST.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the comparison as JSON.")
def compare(
    runs: tuple[Path, ...],
    replications: int | None,
    seed: int | None,
    engine: str,
    number: str | None,
    highest: bool,
    indifference: float | None,
    out: Path,
    as_json: bool,
) -> int:
    """Hold runs against the first of them: differences with intervals, corrected for how many there are.

    RUNS are folders that `landbridge run` has written, or scenario files, which are run with the seed and the number of
    replications of the base, so that all meet the same luck.
    """
    if number is None and (highest or indifference is not None):
        raise click.UsageError("--highest and --indifference go with --best NUMBER")
    from sim.experiments import compare as comparing

    pick = None if number is None else comparing.Pick(number, highest, indifference)
    with staged(out) as folder, progress() as show:
        order = comparing.Order(replications, seed, engine)
        found = comparing.compare(runs, order, pick, show)
        comparing.write(folder, found)
        _write_report(folder, found, show)
        place = publish(folder, out / "comparison" / comparing.digest(found))
    warn(list(found.warnings))
    if as_json:
        told = {"folder": str(place), **comparing.told(found)}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        _print(found)
        click.echo(str(place))
    return 0


def _write_report(folder: Path, found: Compared, show: Progress) -> None:
    from sim.figures import Drawings
    from sim.figures import comparison as figure
    from sim.report import comparison, write_document

    show(0, 0, "writing the report")
    drawings = Drawings.of([figure.draw(found.table, found.base)])
    write_document(folder, comparison.document(found, drawings), drawings)


def _print(found: Compared) -> None:
    """All numbers that differ in any replication, and what comes of that in words, on standard output."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from sim.metrics.comparison import NONE, SAME
    from sim.report.comparison import chosen, sentence

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("run", "metric", "of"):
        table.add_column(heading)
    for heading in ("base", "run", "difference", "95 % interval"):
        table.add_column(heading, justify="right")
    for heading in ("unit", "result"):
        table.add_column(heading)
    for row in found.table[~found.table["verdict"].isin([SAME, NONE])].to_dict("records"):
        numbers = (rounded(float(row[name])) for name in ("base", "value", "difference"))
        between = interval(float(row["low"]), float(row["high"]))
        texts = (row["run"], row["metric"], row["label"], *numbers, between, row["unit"], row["verdict"])
        table.add_row(*(Text(str(text)) for text in texts))
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else 180)
    console.print(table)
    for run in found.others:
        console.print(Text(sentence(found, run)))
    if found.best is not None:
        console.print(Text(chosen(found.best)))
