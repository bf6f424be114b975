"""Response: an outcome over the values of each factor."""

from __future__ import annotations

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
    mark_settings,
    of_outcome,
    panel_height,
    panels,
    spread,
    title,
)
from sim.metrics.coordinates import named
from sim.metrics.curves import AVERAGED

NAME = "response"
COLOUR = style.PALETTE[0]


def widest(rows: pd.DataFrame) -> list[str]:
    """Factors by how far apart the outcome's means lie, the widest first."""
    means = rows.groupby("factor", sort=False)["mean"]
    return [str(factor) for factor in (means.max() - means.min()).sort_values(ascending=False, kind="stable").index]


def curve(axes: Axes, own: pd.DataFrame, names: bool) -> None:
    """A line with its band, or for names a mark each with its interval."""
    if names or len(own) == 1:
        axes.plot(own["at"], own["mean"], "o", color=COLOUR, markersize=4)
        axes.vlines(own["at"], own["low"], own["high"], color=COLOUR, linewidth=1.2)
    else:
        axes.plot(own["at"], own["mean"], "o-", color=COLOUR, markersize=3)
        axes.fill_between(own["at"], own["low"], own["high"], color=COLOUR, alpha=0.2, linewidth=0)
    mark_settings(axes, own, names)


def words(rows: pd.DataFrame, outcome: Row, labels: dict[str, str]) -> str:
    """Between what values the outcome lies over the factor that moves it most."""
    factor = widest(rows)[0]
    own = sorted(rows[rows["factor"] == factor].to_dict("records"), key=lambda row: float(row["mean"]))
    if float(own[0]["mean"]) == float(own[-1]["mean"]):
        return f"{title(outcome)}: the same at all values."
    low, high = (
        f"{amount(float(row['mean']), str(outcome['unit']))}{spread(float(row['low']), float(row['high']))} at "
        f"{row['setting']}"
        for row in (own[0], own[-1])
    )
    many = rows["factor"].nunique() > 1
    most = f"it moves most with {labels[factor]}," if many else f"with {labels[factor]} it moves"
    return f"{title(outcome)}: {most} from {low} to {high}."


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
    how += f" Shown are {len(order)} of {rows['factor'].nunique()} factors, the widest." * (
        len(chosen) < rows["factor"].nunique()
    )
    caption = words(rows, outcome, labels)
    return Drawing(name, heading, caption, how, f"Curves of the outcome over each factor. {caption}", figure)
