"""Heat map: an outcome over the grid of two factors."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, Normalize, to_hex

from sim.figures import style
from sim.figures.drawing import Drawing, LeftOut, Tables
from sim.figures.factors import MARK, Row, amount, axis_label, factor_rows, of_outcome, spread, title, too_good
from sim.metrics.coordinates import is_grid, named, settings
from sim.metrics.response import BASE

NAME = "heat"
COLOURS = "Blues"
PLACES = ("at the first", "at the second")
"""Columns of the settings of both factors."""
MOST_CELLS = 20
"""Values of a factor up to which each cell has its number."""


def ordered(points: pd.DataFrame, factor: Row) -> dict[object, str]:
    """The values of a factor in their order, numbers rising and names as they come, each with how it is read."""
    key = str(factor["factor"])
    texts = dict(zip(points[key], settings(points, factor), strict=True))
    return texts if named(points, key) else {value: texts[value] for value in sorted(texts)}


def cells(axes: Axes, means: pd.DataFrame, flawed: pd.DataFrame, look: tuple[Colormap, Normalize]) -> None:
    """A number in each cell, in white or ink, with a mark where it is too good."""
    numbers, (colours, scale) = means.to_numpy(dtype=float), look
    for row in range(len(means)):
        for column in range(len(means.columns)):
            value = numbers[row, column]
            if np.isfinite(value):
                ink = style.darkness(to_hex(colours(scale(value))))
                text = style.number(value) + MARK * bool(flawed.iloc[row, column])
                axes.text(column, row, text, ha="center", va="center", fontsize=style.TINY, color=ink)


def ticks(axes: Axes, values_of: list[dict[object, str]], factors: tuple[Row, Row]) -> None:
    """The settings of both factors, of many some, and what the factors are called."""
    for axis, values, factor in zip((axes.yaxis, axes.xaxis), values_of, factors, strict=True):
        every = max(1, -(-len(values) // 12))
        labels = [style.wrap(style.shorten(text, 40), 14) for text in list(values.values())[::every]]
        axis.set_ticks(range(0, len(values), every), labels)
        axis.set_label_text(style.wrap(style.shorten(style.dashes(str(factor["label"])), 56), 30))


def words(rows: pd.DataFrame, outcome: Row, factors: tuple[Row, Row]) -> str:
    """Where the outcome is least and where it is largest."""
    found = rows.dropna(subset=["mean"]).to_dict("records")
    labels = [style.dashes(str(factor["label"])) for factor in factors]
    parts = []
    for name, row in (("lowest", min(found, key=_mean)), ("highest", max(found, key=_mean))):
        value = f"{amount(_mean(row), str(outcome['unit']))}{spread(float(row['low']), float(row['high']))}"
        where = " and ".join(f"{label} {row[place]}" for label, place in zip(labels, PLACES, strict=True))
        alike = sum(_mean(other) == _mean(row) for other in found) - 1
        where += f" (and at {alike} other{'s' * (alike > 1)})" * bool(alike)
        parts.append(f"the {name} mean is {value}, with {where}")
    return f"{title(outcome)}: {'; '.join(parts)}."


def _mean(row: Row) -> float:
    return float(row["mean"])


def draw(tables: Tables, outcome: Row) -> Drawing | LeftOut | None:
    """A cell for each pair of values; nothing for other designs than a grid of two factors."""
    points, known = tables["points"], list(factor_rows(tables).values())
    if len(known) != 2 or not is_grid(points, tables["factors"]):
        return None
    tried = points[points["point"] != BASE]
    axes_of = [ordered(tried, factor) for factor in known]
    if min(len(values) for values in axes_of) < 2:
        return None
    rows = tried.merge(of_outcome(tables["response"], outcome), on="point")
    name, heading = f"{NAME}-{outcome['outcome']}", f"Over both factors: {title(outcome)}"
    if rows["mean"].isna().all():
        return LeftOut(name, heading, "it was not measured at any point")
    across, down = known[1], known[0]
    table = rows.pivot(index=str(down["factor"]), columns=str(across["factor"]), values="mean")
    table = table.reindex(index=list(axes_of[0]), columns=list(axes_of[1]))
    colours = mpl.colormaps[COLOURS].with_extremes(bad="white")
    with style.house_style():
        figure = style.new_figure(min(max(0.6 * len(table) + 2.6, 6.4), 18.0))
        axes = figure.subplots()
        scale = Normalize(float(rows["mean"].min()), float(rows["mean"].max()))
        image = axes.imshow(table.to_numpy(dtype=float), aspect="auto", cmap=colours, norm=scale,
                            interpolation="nearest")  # fmt: skip
        if max(table.shape) <= MOST_CELLS:
            flawed = rows.pivot(index=table.index.name, columns=table.columns.name, values="too_good")
            cells(axes, table, flawed.reindex_like(table).fillna(value=False), (colours, scale))
        ticks(axes, axes_of, (down, across))
        axes.tick_params(length=0)
        for spine in axes.spines.values():
            spine.set_visible(False)
        figure.colorbar(image, ax=axes, aspect=18, pad=0.02).set_label(axis_label(outcome, 30))
    rows = rows.assign(**dict(zip(PLACES, (settings(rows, factor) for factor in known), strict=True)))
    caption = words(rows, outcome, (down, across)) + too_good(tables, outcome)
    how = (
        "Mean over replications at each point, whose interval stands in tables/response.csv; a white cell was not "
        "measured."
    )
    how += f" {MARK} too good, since too many were unfinished." * bool(rows["too_good"].any())
    return Drawing(name, heading, caption, how, f"Heat map of the outcome over two factors. {caption}", figure)
