"""Prints the key table of a run: for people as columns, for scripts as JSON."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiments.runs import RunResult

OF_ORIGIN = ("replications", "precision", "warm_up_s", "warm_up")
"""What the origin of a run says of settings that may have been found in it."""


def tell(result: RunResult, folder: Path, as_json: bool) -> None:
    """The key table, what the run found out about its own settings, and the folder, on standard output."""
    origin = result.log.legend.origin
    if as_json:
        known = {name: origin[name] for name in OF_ORIGIN if name in origin}
        print_json(folder, {"summary": result.summary}, **known)
        return
    from sim.metrics.settings import left_out, often

    _print_table(result.summary)
    click.echo(f"Replications: {often(origin)}")
    if warm_up := left_out(origin):
        click.echo(f"Warm-up: {warm_up}")
    click.echo(str(folder))


def print_json(folder: Path, tables: Mapping[str, pd.DataFrame], **more: object) -> None:
    """Where the results are, what else there is to say, and tables as lists of rows, for a script."""
    from sim.metrics.shape import records

    rows = {name: records(table) for name, table in tables.items()}
    click.echo(json.dumps({"folder": str(folder), **more, **rows}, ensure_ascii=False, indent=2))


def warn(warnings: object) -> None:
    """What a run warns of, on standard error: a line for each."""
    for warning in warnings if isinstance(warnings, list) else ():
        click.echo(f"warning: {warning}", err=True)


def interval(low: float, high: float) -> str:
    """An interval as text; one replication has none."""
    return "-" if math.isnan(low) or math.isnan(high) else f"{rounded(low)} .. {rounded(high)}"


def rounded(number: float) -> str:
    """A number to four significant digits, without an exponent where people would not write one."""
    if math.isnan(number):
        return "-"
    if abs(number) >= 1000:
        return f"{number:,.0f}"
    return f"{number:.4g}"


def _print_table(summary: pd.DataFrame) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("metric", "of"):
        table.add_column(heading)
    for heading in ("mean", "95 % interval"):
        table.add_column(heading, justify="right")
    table.add_column("unit")
    table.add_column("n", justify="right")
    numbers = summary.astype(dict.fromkeys(("mean", "low", "high"), "float64"))
    for row in numbers.to_dict("records"):
        band = interval(row["low"], row["high"])
        texts = (row["metric"], row["label"], rounded(row["mean"]), band, row["unit"], row["n"])
        table.add_row(*(Text(str(text)) for text in texts))
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else 160)
    console.print(table)
