"""What a fit found: what is left of each factor's range, and how far the targets are from what was observed."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from sim.figures import style
from sim.figures.drawing import Drawing, Tables
from sim.figures.factors import amount, listed, spread
from sim.metrics.intervals import NORMAL

NAME = "fitted"
MARGIN = 0.03
"""Room beside the range of a factor, in shares of it, so that what is written at its ends is free of the axis."""


def draw(tables: Tables) -> Drawing:
    """Factors to the left, targets to the right."""
    factors, targets = tables["fitted"], tables["targets"]
    rows = max(len(factors), len(targets))
    with style.house_style():
        figure = style.new_figure(1.0 * rows + 3.4)
        left, right = figure.subplots(1, 2)
        of_factors(left, factors)
        of_targets(right, targets)
        handles, names = [], []
        for axes in (left, right):
            for handle, name in zip(*axes.get_legend_handles_labels(), strict=True):
                if name not in names:
                    handles.append(handle)
                    names.append(name)
        figure.legend(handles, names, loc="outside lower left", ncols=3)
    caption = words(factors, targets)
    how = (
        "Left: the pale bar is the range of a factor, the dark one the 95% interval that the observations leave of it. "
        "Right: simulated less observed, in standard errors of both; the grey band holds 95% of what chance does."
    )
    return Drawing(NAME, "What the observations say of the factors", caption, how,
                   f"Intervals of factors, and targets with their distance from the observations. {caption}",
                   figure)  # fmt: skip


def of_factors(axes: Axes, factors: pd.DataFrame) -> None:
    """A row for each factor along its range."""
    for at, row in enumerate(factors.to_dict("records")):
        low, high, fitted, own = (_share(row, name) for name in ("low", "high", "fitted", "own"))
        axes.barh(at, 1.0, height=0.5, color=style.GRID, label="range" if at == 0 else None)
        if not math.isnan(low):
            axes.barh(at, high - low, left=low, height=0.5, color=style.PALETTE[4],
                      label="95% interval" if at == 0 else None)  # fmt: skip
        axes.plot(fitted, at, "o", color=style.PALETTE[1], markersize=5, label="fitted" if at == 0 else None)
        if 0 <= own <= 1:
            axes.plot(own, at, "|", color=style.INK, markersize=12, label="in the scenario" if at == 0 else None)
        for x, name, align in ((0.0, "prior_low", "left"), (1.0, "prior_high", "right")):
            axes.annotate(amount(float(row[name]), str(row["unit"])), (x, at + 0.3), va="top", ha=align,
                          fontsize=style.TINY, color=style.PALE_INK)  # fmt: skip
    axes.set_yticks(range(len(factors)), [style.wrap(style.dashes(str(label)), 22) for label in factors["label"]])
    axes.set_ylim(len(factors) - 0.35, -0.5)
    axes.set_xticks([])
    axes.set_xlim(-MARGIN, 1 + MARGIN)
    axes.set_title("Factors")
    axes.tick_params(axis="y", length=0)


def _share(row: Mapping[Hashable, Any], name: str) -> float:
    """Where a value lies between the ends of its factor's range."""
    low, high = float(row["prior_low"]), float(row["prior_high"])
    return (float(row[name]) - low) / (high - low)


def of_targets(axes: Axes, targets: pd.DataFrame) -> None:
    """A row for each target: before and after."""
    axes.axvspan(-NORMAL, NORMAL, color=style.GRID, zorder=0)
    axes.axvline(0, color=style.PALE_INK, linewidth=0.8)
    seen: set[str] = set()
    for at, row in enumerate(targets.to_dict("records")):
        after = "held out" if row["held_out"] else "fitted"
        marks = (("in the scenario", "before_apart", "|", style.INK, 12), (after, "apart", "o",
                 style.PALETTE[2] if row["held_out"] else style.PALETTE[1], 5))  # fmt: skip
        for name, column, mark, colour, size in marks:
            axes.plot(float(row[column]), at, mark, color=colour, markersize=size,
                      label=None if name in seen else name, linestyle="none")  # fmt: skip
            seen.add(name)
    names = [style.wrap(style.dashes(str(label)), 22) for label in targets["label"]]
    axes.set_yticks(range(len(targets)), names)
    axes.set_ylim(len(targets) - 0.35, -0.5)
    axes.set_xlabel(style.wrap("Simulated less observed, in standard errors", 30))
    axes.set_title("Targets")
    axes.tick_params(axis="y", length=0)


def words(factors: pd.DataFrame, targets: pd.DataFrame) -> str:
    """What was identified, what was not, and whether what was held out is met."""
    said = []
    for row in factors.to_dict("records"):
        value = amount(float(row["fitted"]), str(row["unit"]))
        if row["identified"] == "yes":
            said.append(f"{style.dashes(str(row['label']))} {value}{spread(float(row['low']), float(row['high']))}")
    lost = [style.dashes(str(row["label"])) for row in factors.to_dict("records") if row["identified"] != "yes"]
    text = f"Fitted: {listed(said)}." if said else "The observations identify none of the factors."
    text += f" Not identified, or hardly: {listed(lost)}." if lost and said else ""
    held = targets[targets["held_out"]]
    if len(held):
        text += f" {_judged(held)}"
    return text


def _judged(held: pd.DataFrame) -> str:
    """Whether the targets that were held out are met, and how far off the farthest of them lies."""
    met = int((held["apart"].abs() <= NORMAL).sum())
    text = f"Of the targets held out, {met} of {len(held)} {'is' if met == 1 else 'are'} met within chance"
    known = held.dropna(subset=["apart"]).to_dict("records")
    if not known:
        return f"{text}."
    far = max(known, key=lambda row: abs(float(row["apart"])))
    which = "the simulated value" if len(held) == 1 else f"farthest off is {style.dashes(str(far['label']))}, which"
    side = "above" if float(far["apart"]) > 0 else "below"
    return f"{text}; {which} lies {abs(float(far['apart'])):.1f} standard errors {side} what was observed."
