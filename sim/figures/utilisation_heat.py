"""How much of their capacity places use, month by month."""

from __future__ import annotations

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from sim.figures import interval, style
from sim.figures.drawing import Drawing, LeftOut, Tables, month_names, place_labels, table
from sim.log import Log

NAME = "utilisation_heat"
TITLE = "Utilisation of places by month"
MOST_PLACES = 15
FULL = 100.5
"""Per cent from which on more units were held than there were."""

ABOVE = "#D55E00"
COLOURS = "Blues"
"""One hue from pale to dark: the same for all kinds of colour vision, and in grey."""


def grid(log: Log, tables: Tables) -> pd.DataFrame:
    """Utilisation in per cent by place (rows, the most used first) and month (columns), mean over replications."""
    used = table(tables, "utilisation")
    if used.empty:
        return used
    used = used.dropna(subset=["utilisation"])
    means = used.groupby(["place", "month"])["utilisation"].mean().astype(float).unstack() * 100
    order = means.max(axis=1).sort_values(ascending=False, kind="stable")
    means = means.loc[order[order >= 0.5].index[:MOST_PLACES]]
    labels = place_labels(log)
    means.index = pd.Index([labels.get(int(str(place)), str(place)) for place in means.index], name="place")
    return means


def top(log: Log, tables: Tables, place: str, month: str) -> str:
    """The utilisation of a place in a month in per cent, with its interval."""
    used = table(tables, "utilisation")
    named = used["place"].map(place_labels(log)).eq(place) & used["month"].eq(month)
    return interval.told(100 * used.loc[named, "utilisation"], "%")


def cells(axes: Axes, shares: pd.DataFrame, colours: mpl.colors.Colormap) -> None:
    """A number in each cell, in white or ink."""
    numbers = shares.to_numpy(dtype=float)
    for row in range(len(shares)):
        for column in range(len(shares.columns)):
            value = numbers[row, column]
            if pd.notna(value):
                ink = style.darkness(mpl.colors.to_hex(colours(min(value / 100, 1.0))))
                axes.text(column, row, f"{value:.0f}", ha="center", va="center", fontsize=style.TINY, color=ink)
            if value > FULL:
                axes.add_patch(Rectangle((column - 0.46, row - 0.46), 0.92, 0.92, fill=False, linewidth=1.1,
                                         edgecolor=ABOVE))  # fmt: skip


def draw(log: Log, tables: Tables) -> Drawing | LeftOut:
    """A cell a place and month."""
    shares = grid(log, tables)
    if shares.empty:
        return LeftOut(NAME, TITLE, "no place with limited capacity is used")
    colours = mpl.colormaps[COLOURS].with_extremes(bad="white")
    with style.house_style():
        labels = [style.wrap(style.shorten(str(label), 76), 40) for label in shares.index]
        row = 0.66 if any("\n" in label for label in labels) else 0.46
        figure = style.new_figure(max(row * len(shares) + 2.2, 5.2))
        axes = figure.subplots()
        image = axes.imshow(shares.to_numpy(), aspect="auto", cmap=colours, vmin=0, vmax=100, interpolation="nearest")
        if len(shares.columns) <= 18:
            cells(axes, shares, colours)
        every = max(1, len(shares.columns) // 18 + (len(shares.columns) > 18))
        axes.set_xticks(range(0, len(shares.columns), every), month_names(list(shares.columns[::every])))
        axes.set_yticks(range(len(shares)), labels)
        axes.tick_params(length=0)
        axes.set_xlabel("Month")
        for spine in axes.spines.values():
            spine.set_visible(False)
        bar = figure.colorbar(image, ax=axes, shrink=min(1.0, 5 / len(shares) + 0.3), aspect=18, pad=0.02,
                              ticks=[0, 25, 50, 75, 100])  # fmt: skip
        bar.set_label("Utilisation (%)")
    place, month = str(shares.index[0]), str(shares.iloc[0].idxmax())
    highest = float(shares.iloc[0].max())
    full = int((shares.max(axis=1) >= 85).sum())
    caption = (
        f"The most used place is {place}: {top(log, tables, place, month)} in {month}; {full} of the {len(shares)} "
        "places shown reach 85% in some month."
    )
    how = "Unit-hours used over unit-hours of capacity as its windows give it, mean over replications."
    if highest > FULL:
        how += " Framed cells are above 100%, in its colour: units taken before the capacity fell were still held."
    return Drawing(NAME, TITLE, caption, how, f"Heat map of utilisation by place and month. {caption}", figure)
