"""Response: an outcome over the values of each factor."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.axes import Axes

from sim.figures import style
from sim.figures.drawing import Drawing, LeftOut, Tables, table
from sim.figures.factors import (
    MOST_PANELS,
    Row,
    amount,
    axis_label,
    factor_labels,
    factor_rows,
    listed,
    mark_settings,
    of_outcome,
    panel_height,
    panels,
    spread,
    title,
    too_good,
)
from sim.metrics.coordinates import named
from sim.metrics.curves import AVERAGED
from sim.metrics.paired import JOINT_LEVEL

NAME = "response"
COLOUR = style.PALETTE[0]


def widest(rows: pd.DataFrame) -> list[str]:
    """Factors by how far apart the outcome's means lie, the widest first."""
    means = rows.groupby("factor", sort=False)["mean"]
    return [str(factor) for factor in (means.max() - means.min()).sort_values(ascending=False, kind="stable").index]


def curve(axes: Axes, own: pd.DataFrame, names: bool) -> None:
    """A line with its band, or for names a mark each with its interval; open marks are too good."""
    if names or len(own) == 1:
        axes.plot(own["at"], own["mean"], "o", color=COLOUR, markersize=4)
        axes.vlines(own["at"], own["low"], own["high"], color=COLOUR, linewidth=1.2)
    else:
        axes.plot(own["at"], own["mean"], "o-", color=COLOUR, markersize=3)
        axes.fill_between(own["at"], own["low"], own["high"], color=COLOUR, alpha=0.2, linewidth=0)
    flawed = own[own["too_good"]]
    if len(flawed):
        axes.plot(flawed["at"], flawed["mean"], "o", color=COLOUR, markerfacecolor="white", markersize=4, zorder=4)
    mark_settings(axes, own, names)


def words(rows: pd.DataFrame, moved: pd.DataFrame, outcome: Row, labels: dict[str, str]) -> str:
    """What moves the outcome most and how far, if that can be told from chance; else that it cannot."""
    found, name, unit = moved.to_dict("records"), title(outcome), str(outcome["unit"])
    if not found or all(float(row["difference"]) == 0 for row in found):
        return f"{name}: the mean is the same at all values tried."
    told = [row for row in found if float(row["p_holm"]) < JOINT_LEVEL]
    top = (told or found)[0]
    label = labels[top["factor"]]
    own = rows[rows["factor"] == top["factor"]]
    ends = (_mean(own[own["setting"] == top[end]].iloc[0].to_dict(), unit) for end in ("least", "most"))
    lowest, highest = (f"{mean} at {top[end]}" for mean, end in zip(ends, ("least", "most"), strict=True))
    if math.isnan(float(top["p_holm"])):
        return f"{name}: {lowest}, {highest} ({label}). One replication cannot tell this from chance."
    wide = f"{amount(float(top['difference']), unit)}{spread(float(top['low']), float(top['high']), sign=True)}"
    if not told:
        which = f"{label} is" if len(found) == 1 else "any factor is"
        return (
            f"{name}: these replications do not show that {which} of influence. The means farthest apart, those over "
            f"{label}, are {lowest} and {highest}: a paired difference of {wide}, no more than chance "
            "may give among all the pairs compared."
        )
    alone = [each for each in found if each is not top]
    first = not alone or all(float(row["p_first"]) < JOINT_LEVEL for row in alone)
    text = f"{name}: {label} moves it{' most' * bool(first and alone)}, from {lowest} to {highest}, by {wide}."
    close = [labels[row["factor"]] for row in told[1:] if not float(row["p_first"]) < JOINT_LEVEL]
    text += f" Whether it moves it more than {listed(close)} cannot be told." if close else ""
    silent = [labels[row["factor"]] for row in found if row not in told]
    return f"{text} Not distinguishable from chance: {listed(silent)}." if silent else text


def _mean(row: Row, unit: str) -> str:
    """A mean with its interval."""
    return f"{amount(float(row['mean']), unit)}{spread(float(row['low']), float(row['high']))}"


def draw(tables: Tables, outcome: Row) -> Drawing | LeftOut | None:
    """A panel a factor; nothing for a design whose points lie scattered."""
    whole = table(tables, "curves")
    rows = of_outcome(whole, outcome)
    name, heading = f"{NAME}-{outcome['outcome']}", f"Over each factor: {title(outcome)}"
    if whole.empty:
        return None
    if rows.empty:
        return LeftOut(name, heading, "it was not measured at any point")
    chosen = widest(rows)[:MOST_PANELS]
    known, labels = factor_rows(tables), factor_labels(tables)
    order = [factor for factor in labels if factor in chosen]
    with style.house_style():
        figure = style.new_figure(panel_height(len(order)))
        grid = panels(figure, [known[factor] for factor in order])
        for axes, factor in zip(grid, order, strict=True):
            curve(axes, rows[rows["factor"] == factor], named(tables["points"], factor))
        figure.supylabel(axis_label(outcome), fontsize=style.SMALL + 0.5)
    others = (
        "averaged over all values of the others" if AVERAGED in set(rows["others"]) else "the others as in the base"
    )
    how = "Means over replications" + (f", {others}" if len(labels) > 1 else "")
    how += "; bands and lines are 95% intervals of these means." if rows["low"].notna().any() else "; one replication."
    how += " Open marks: too good, since too many were unfinished." * bool(rows["too_good"].any())
    how += f" Shown are {len(order)} of {rows['factor'].nunique()} factors, the widest." * (
        len(chosen) < rows["factor"].nunique()
    )
    caption = words(rows, of_outcome(table(tables, "effects"), outcome), outcome, labels)
    caption += too_good(tables, outcome)
    return Drawing(name, heading, caption, how, f"Curves of the outcome over each factor. {caption}", figure)
