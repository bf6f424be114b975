"""Partial dependence: an outcome over each factor, averaged over the others by a surrogate, with the points behind."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from sim.counts import counted
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
from sim.metrics.coordinates import named, places
from sim.metrics.response import BASE

NAME = "partial_dependence"
COLOUR = style.PALETTE[1]
SCALES = {"as it is": "", "logarithm": ", fitted by logarithms", "logit": ", fitted by logits"}
"""What is said of the scale on which a surrogate was fitted."""


def dots(tables: Tables, outcome: Row) -> pd.DataFrame:
    """The points but the base, each with the mean of the outcome."""
    points = tables["points"]
    own = of_outcome(tables["response"], outcome)[["point", "mean", "too_good"]]
    return points[points["point"] != BASE].merge(own, on="point").dropna(subset=["mean"])


def panel(axes: Axes, points: pd.DataFrame, everywhere: pd.Series[Any], curve: pd.DataFrame) -> None:
    """Points in grey, and the curve with its band where there is one."""
    key = str(everywhere.name)
    names = named(points, key)
    at = places(points[key], everywhere)
    marks = pd.DataFrame({"at": at, "setting": points[key].astype(str)}).drop_duplicates("at").sort_values("at")
    flawed = points["too_good"].to_numpy()
    axes.plot(at[~flawed], points["mean"][~flawed], ".", color=style.PALE_INK, alpha=0.45, markersize=3)
    if flawed.any():
        axes.plot(at[flawed], points["mean"][flawed], "x", color=style.PALE_INK, alpha=0.6, markersize=3)
    if names:
        axes.plot(curve["at"], curve["mean"], "o", color=COLOUR, markersize=4)
        axes.vlines(curve["at"], curve["low"], curve["high"], color=COLOUR, linewidth=1.2)
    else:
        axes.plot(curve["at"], curve["mean"], color=COLOUR)
        axes.fill_between(curve["at"], curve["low"], curve["high"], color=COLOUR, alpha=0.25, linewidth=0)
    mark_settings(axes, marks, names)


def widest(curves: pd.DataFrame) -> list[str]:
    """Factors by how far their curves reach, the farthest first."""
    means = curves.groupby("factor", sort=False)["mean"]
    return [str(factor) for factor in (means.max() - means.min()).sort_values(ascending=False, kind="stable").index]


def words(curves: pd.DataFrame, outcome: Row, labels: dict[str, str], told: Row) -> str:
    """What the widest curve shows and how far the surrogate can be trusted, or why there is none."""
    name, unit, explained = title(outcome), str(outcome["unit"]), float(told["explained"])
    if not told["shown"]:
        if math.isnan(explained):
            return f"{name}: no curve is drawn, since {told['reason']}."
        return (
            f"{name}: no curve is drawn, since a surrogate cannot be believed here: {told['reason']}. At points left "
            f"out it errs by {_error(told, unit)}."
        )
    reaches = {factor: reach(curves[curves["factor"] == factor]) for factor in widest(curves)}
    certain = [factor for factor, (least, _) in reaches.items() if least > 0]
    factor = (certain or list(reaches))[0]
    own = sorted(curves[curves["factor"] == factor].to_dict("records"), key=lambda row: float(row["mean"]))
    low, high = (
        f"{amount(float(row['mean']), unit)}{spread(float(row['low']), float(row['high']))} at {row['setting']}"
        for row in (own[0], own[-1])
    )
    text = f"{name}: averaged over the others, "
    if certain:
        close = [labels[each] for each, (_, most) in reaches.items() if each != factor and most >= reaches[factor][0]]
        text += f"{labels[factor]} moves it{' most' * (not close)}, from {low} to {high}."
        text += f" Whether it moves it more than {listed(close)} cannot be told: the bands overlap." if close else ""
    else:
        text += f"no factor is shown to move it. The widest curve, over {labels[factor]}, goes from {low} to {high}."
    return f"{text} At points left out the surrogate errs by {_error(told, unit)}."


def reach(curve: pd.DataFrame) -> tuple[float, float]:
    """How far a curve goes from its lowest to its highest mean: by the inner ends of the bands there, and at most."""
    rows = sorted(curve.to_dict("records"), key=lambda row: float(row["mean"]))
    low, high = rows[0], rows[-1]
    return float(high["low"]) - float(low["high"]), float(curve["high"].max()) - float(curve["low"].min())


def _error(told: Row, unit: str) -> str:
    """How well a surrogate predicts points left out, and what part nothing can predict."""
    explained, noise = float(told["explained"]), float(told["noise"])
    share = f"{max(100 * explained, 0.0):.0f}%" if explained < 0.995 else "more than 99%"
    chance = "" if math.isnan(noise) else f"; {100 * noise:.1f}% come from replications, which nothing predicts"
    return f"{amount(float(told['error']), unit)} (root mean square) and predicts {share} of the variance{chance}"


def draw(tables: Tables, outcome: Row) -> Drawing | LeftOut | None:
    """A panel a factor; nothing for designs whose points do not lie scattered."""
    found = of_outcome(table(tables, "surrogates"), outcome).to_dict("records")
    name, heading = f"{NAME}-{outcome['outcome']}", f"Partial dependence: {title(outcome)}"
    if not found:
        return None
    points = dots(tables, outcome)
    if points.empty:
        return LeftOut(name, heading, "it was not measured at any point")
    curves, labels, known = (
        of_outcome(tables["partial_dependence"], outcome),
        factor_labels(tables),
        factor_rows(tables),
    )
    chosen = (widest(curves) if len(curves) else list(labels))[:MOST_PANELS]
    order = [factor for factor in labels if factor in chosen]
    with style.house_style():
        figure = style.new_figure(panel_height(len(order)))
        for axes, factor in zip(panels(figure, [known[factor] for factor in order]), order, strict=True):
            panel(axes, points, tables["points"][factor], curves[curves["factor"] == factor])
        figure.supylabel(axis_label(outcome), fontsize=style.SMALL + 0.5)
    caption = words(curves, outcome, labels, found[0]) + too_good(tables, outcome)
    how = f"Dots: means over replications at {counted(len(points), 'point')}. "
    how += "Crosses: too good, since too many were unfinished. " * bool(points["too_good"].any())
    if found[0]["shown"]:
        how += (
            f"Lines: a smooth surface through {found[0]['points']} points{SCALES[str(found[0]['scale'])]}, averaged "
            "over the other factors; bands are 1.96 standard errors by a jackknife over five parts of the points. "
            "Neither goes beyond what the number can be. "
        )
    if len(labels) > len(order):
        how += f"Shown are {len(order)} of {len(labels)} factors{', the widest' if len(curves) else ''}."
    return Drawing(name, heading, caption, how.rstrip(), f"Points and curves over each factor. {caption}", figure)
