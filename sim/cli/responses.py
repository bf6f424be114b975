"""Prints what experiments came to: a table for each outcome of a sweep, what a search found, what a fit is."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sim.cli.summary import interval, rounded
from sim.counts import counted
from sim.metrics import coordinates
from sim.report.points import at_both_ends, unfinished

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    import pandas as pd

    from sim.experiments.fitting import Fitted
    from sim.experiments.optimise import Optimised
    from sim.experiments.swept import Swept

LEAST_P = 0.001
"""Chances below it are not told apart."""
MOST_ROWS = 40
"""Points up to which all are printed of each outcome; of more the base and both ends, as in the report."""


def print_response(found: Swept) -> None:
    """For each outcome its mean at each point, with the difference to the base, on standard output."""
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else 160)
    settings = _settings(found.points, found.factors)
    for outcome in found.outcomes.to_dict("records"):
        rows = found.response[found.response["outcome"] == outcome["outcome"]]
        shown = rows if len(rows) <= MOST_ROWS else at_both_ends(found.tables, outcome)
        unit = f", {outcome['unit']}" if outcome["unit"] else ""
        console.print(_table(f"{outcome['label']}{unit}", shown.to_dict("records"), settings))
        if len(shown) < len(rows):
            console.print(f"the base and both ends of {counted(len(rows), 'point')}: see tables/response.csv")


def _table(title: str, rows: list[dict[Hashable, Any]], settings: Mapping[Any, str]) -> Table:
    table = Table(title=Text(title, "bold"), title_justify="left", box=None, pad_edge=False, header_style="bold")
    for heading in ("point", "of"):
        table.add_column(heading)
    for heading in ("mean", "95 % interval", "to base", "95 % interval", "p (Holm)", "n", "unfinished"):
        table.add_column(heading, justify="right")
    for row in rows:
        table.add_row(
            Text(row["name"]),
            Text(settings[row["point"]]),
            rounded(row["mean"]),
            interval(row["low"], row["high"]),
            rounded(row["difference"]),
            interval(row["difference_low"], row["difference_high"]),
            "< 0.001" if row["p_holm"] < LEAST_P else rounded(row["p_holm"]),
            str(row["replications"]),
            unfinished(row),
        )
    return table


def _settings(points: pd.DataFrame, factors: pd.DataFrame) -> dict[int, str]:
    """The values of the factors at each point, in words."""
    columns = [
        [f"{factor['factor']} {shown}" for shown in coordinates.settings(points, factor)]
        for factor in factors.to_dict("records")
    ]
    return {int(point): ", ".join(texts) for point, *texts in zip(points["point"], *columns, strict=True)}


def print_found(found: Optimised) -> None:
    """A row for each point found, the best in the first goal first: its outcomes, and what fresh replications say."""
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else 160)
    if not found.searched.found:
        console.print("no point tried meets all requirements")
        return
    settings = _settings(found.swept.points, found.swept.factors)
    seen, fresh = (
        {(row["point"], row["outcome"]): row for row in table.to_dict("records")}
        for table in (found.swept.response, found.confirmed)
    )
    outcomes = found.swept.outcomes.to_dict("records")
    headings = tuple(f"{outcome['outcome']}{', ' * bool(outcome['unit'])}{outcome['unit']}" for outcome in outcomes)
    first = found.goals["outcome"].iloc[0]
    rows = []
    for point in sorted(found.searched.found, key=lambda each: float(seen[each.number, first]["mean"])):
        own = [(point.number, outcome["outcome"]) for outcome in outcomes]
        rows.append(
            (point.name, settings[point.number], *(_twice(seen[key], fresh.get(key, seen[key])) for key in own))
        )
    console.print(_plain(("point", "of", *headings), rows))
    console.print("In brackets: what replications say that the search has not seen, with the 95 % interval.")


def _twice(seen: Mapping[Hashable, Any], fresh: Mapping[Hashable, Any]) -> str:
    """A mean, and the mean of fresh replications with its interval if they can differ."""
    if fresh["low"] == fresh["high"]:
        return rounded(seen["mean"])
    return f"{rounded(seen['mean'])} ({rounded(fresh['mean'])}, {interval(fresh['low'], fresh['high'])})"


def print_fitted(found: Fitted) -> None:
    """The factors with what is left of their ranges, and the targets before and after."""
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else 160)
    factors = found.tables["fitted"].to_dict("records")
    rows = [
        (row["factor"], rounded(row["own"]), rounded(row["fitted"]), interval(row["low"], row["high"]), row["unit"],
         row["identified"])
        for row in factors
    ]  # fmt: skip
    console.print(_plain(("factor", "scenario", "fitted", "95 % interval", "unit", "identified"), rows))
    aims = [
        (row["target"], *(_with_interval(row, *ends) for ends in ENDS), row["unit"], f"{row['apart']:.2f}",
         "held out" if row["held_out"] else "fitted to")
        for row in found.tables["targets"].to_dict("records")
    ]  # fmt: skip
    console.print(_plain(("target", "observed", "in the scenario", "fitted", "unit", "std. errors apart", "use"), aims))
    console.print("In brackets: 95 % intervals, of what was observed and of the simulated means.")


ENDS = (
    ("observed", "observed_low", "observed_high"),
    ("before", "before_low", "before_high"),
    ("fitted", "low", "high"),
)
"""Columns of the targets: a number and its interval."""


def _with_interval(row: Mapping[Hashable, Any], value: str, low: str, high: str) -> str:
    """A number with its interval in brackets, where there is one."""
    between = interval(row[low], row[high])
    return rounded(row[value]) if between == "-" else f"{rounded(row[value])} ({between})"


def _plain(headings: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        table.add_column(heading)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table
