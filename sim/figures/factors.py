"""What the figures of a sweep share: names of factors and outcomes, panels over factors, and words about numbers."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from sim.counts import of_unit
from sim.figures import style
from sim.figures.drawing import Tables

Row = Mapping[Hashable, Any]

MOST_PANELS = 6
CLOSE = 0.2
"""Share of an axis that a number below it takes."""
ACROSS = 3
"""Panels beside each other."""


def factor_labels(tables: Tables) -> dict[str, str]:
    """Factor to its label, in the order of the experiment."""
    factors = tables["factors"]
    labels = [style.dashes(str(label)) for label in factors["label"]]
    return dict(zip(factors["factor"].astype(str), labels, strict=True))


def factor_rows(tables: Tables) -> dict[str, Row]:
    """Factor to its row."""
    return {str(row["factor"]): row for row in tables["factors"].to_dict("records")}


def of_outcome(table: pd.DataFrame, outcome: Row) -> pd.DataFrame:
    """The rows of one outcome."""
    return table[table["outcome"] == outcome["outcome"]] if "outcome" in table else table


def title(outcome: Row) -> str:
    """An outcome as it is called in a sentence that does not begin with it, and in titles."""
    return style.dashes(str(outcome["label"]))


MARK = "†"
"""Stands at a number that is too good, since too many had not come to their end."""


def too_good(tables: Tables, outcome: Row) -> str:
    """A sentence on the points at which so many are unfinished that the outcome is too good, with a space before."""
    own = of_outcome(tables["response"], outcome)
    marked = own[own["too_good"]]
    if marked.empty:
        return ""
    where = "At all points" if len(marked) == len(own) else f"At {listed([str(name) for name in marked['name']], 3)}"
    share = (marked["unfinished"] / marked["asked"]).max()
    return (
        f" {where} the number is too good: up to {read(100 * float(share))}% had not come to their end when the run "
        "did, and these are the slow ones."
    )


def amount(value: float, unit: str) -> str:
    """A number with its unit."""
    return of_unit(read(value), unit).replace(" %", "%")


def read(value: float) -> str:
    """A number; what is 0 but for rounding has neither sign nor decimals."""
    text = style.number(value)
    return text if text.strip("−0.") else "0"


def signed(value: float) -> str:
    """A change: its sign is always told."""
    text = read(value)
    return f"+{text}" if value > 0 and text != "0" else text


def spread(low: float, high: float, sign: bool = False) -> str:
    """The interval in brackets behind a number, with a space before; nothing where there is none, or of no width."""
    if math.isnan(low) or math.isnan(high) or low == high:
        return ""
    write = signed if sign else read
    return f" ({write(low)} to {write(high)})"


def listed(names: Sequence[str], most: int = 4) -> str:
    """Names in a sentence: A, B and C; of many the first, and how many others; names with commas by semicolons."""
    shown = list(names[:most]) + ([f"{len(names) - most} more"] if len(names) > most else [])
    if any("," in name for name in shown):
        return "; ".join(shown)
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}" if shown else ""


def axis_label(outcome: Row, width: int = 34) -> str:
    """What stands at an axis on which an outcome is drawn, in lines of so many characters."""
    unit = str(outcome["unit"])
    name = style.shorten(title(outcome), 2 * width - 12)
    return style.wrap(f"{name} ({unit})" if unit else name, width)


def columns(factors: int) -> int:
    """How many of so many panels stand beside each other: four stand two by two."""
    return 2 if factors == 4 else min(factors, ACROSS)


def panels(figure: Figure, factors: Sequence[Row]) -> list[Axes]:
    """A panel for each factor, all with the same vertical scale, named and scaled as the factor is."""
    across = columns(len(factors))
    down = math.ceil(len(factors) / across)
    grid = figure.subplots(down, across, squeeze=False, sharey=True).ravel()
    for axes, factor in zip(grid, factors, strict=False):
        axes.set_title(style.wrap(style.dashes(str(factor["label"])), 84 // across))
        axes.grid(visible=True, axis="y")
        if factor["scale"] == "log":
            axes.set_xscale("log")
            axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0), numticks=6))
            axes.xaxis.set_minor_locator(NullLocator())
            axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.4g}"))
        axes.set_xlabel(str(factor["unit"]))
    for axes in grid[len(factors) :]:
        axes.remove()
    return list(grid[: len(factors)])


def mark_settings(axes: Axes, rows: pd.DataFrame, named: bool) -> None:
    """What stands below a panel: names at their places, or numbers, of few values each and of many some."""
    places = rows["at"].tolist()
    if named:
        names = [str(text) for text in rows["setting"]]
        if len(names) <= 3:
            axes.set_xticks(places, [style.wrap(style.shorten(name, 40), 14) for name in names])
        else:
            names = [style.shorten(name, 18) for name in names]
            axes.set_xticks(places, names, rotation=35, ha="right", rotation_mode="anchor")
        axes.set_xlim(min(places) - 0.5, max(places) + 0.5)
    elif len(places) <= 5:
        shown = far_apart(sorted(places), logs=axes.get_xscale() == "log")
        axes.set_xticks(shown, [f"{place:,.4g}" for place in shown])
    elif axes.get_xscale() != "log":
        axes.xaxis.set_major_locator(MaxNLocator(5))


def far_apart(places: list[float], *, logs: bool) -> list[float]:
    """Rising numbers without those too near to the one before for both to be written; the first and last stay."""
    at = [math.log(place) if logs else place for place in places]
    least = CLOSE * (at[-1] - at[0])
    kept: list[int] = []
    for number, value in enumerate(at):
        while number == len(at) - 1 and len(kept) > 1 and value - at[kept[-1]] < least:
            kept.pop()
        if not kept or number == len(at) - 1 or value - at[kept[-1]] >= least:
            kept.append(number)
    return [places[number] for number in kept]


def panel_height(factors: int) -> float:
    """Height in cm of a figure with so many panels."""
    rows = math.ceil(factors / columns(factors))
    return 5.3 if rows == 1 else 3.7 * rows + 0.6
