"""Prints how the outcomes of a sweep answer to its points: a table for each outcome."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sim.cli.summary import interval, rounded

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    import pandas as pd

    from sim.experiments.swept import Swept

MOST_ROWS = 40
"""Points that are printed of each outcome; all are in the tables."""


def print_response(found: Swept) -> None:
    """For each outcome its mean at each point, with the difference to the base, on standard output."""
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else 160)
    settings = {row["point"]: _settings(row, found.factors) for row in found.points.to_dict("records")}
    for outcome in found.outcomes.to_dict("records"):
        rows = found.response[found.response["outcome"] == outcome["outcome"]].to_dict("records")
        unit = f", {outcome['unit']}" if outcome["unit"] else ""
        console.print(_table(f"{outcome['label']}{unit}", rows[:MOST_ROWS], settings))
        if len(rows) > MOST_ROWS:
            console.print(f"and {len(rows) - MOST_ROWS} points more: see tables/response.csv")


def _table(title: str, rows: list[dict[Hashable, Any]], settings: Mapping[Any, str]) -> Table:
    table = Table(title=Text(title, "bold"), title_justify="left", box=None, pad_edge=False, header_style="bold")
    for heading in ("point", "of"):
        table.add_column(heading)
    for heading in ("mean", "95 % interval", "to base", "95 % interval", "p (Holm)", "n"):
        table.add_column(heading, justify="right")
    for row in rows:
        table.add_row(
            Text(row["name"]),
            Text(settings[row["point"]]),
            rounded(row["mean"]),
            interval(row["low"], row["high"]),
            rounded(row["difference"]),
            interval(row["difference_low"], row["difference_high"]),
            rounded(row["p_holm"]),
            str(row["replications"]),
        )
    return table


def _settings(row: Mapping[Hashable, Any], factors: pd.DataFrame) -> str:
    """The values of the factors at a point, in words."""
    parts = []
    for factor in factors.to_dict("records"):
        value = row[factor["factor"]]
        shown = f"{rounded(value)} {factor['unit']}".strip() if isinstance(value, float) else str(value)
        parts.append(f"{factor['factor']} {shown}")
    return ", ".join(parts)
