"""What differs between runs: paired differences with their intervals, as shares of the base."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from sim.figures import style
from sim.figures.drawing import Drawing, LeftOut
from sim.figures.factors import signed
from sim.metrics.comparison import HIGHER, LOWER

NAME = "comparison"
TITLE = "Differences to the base"
MOST = 24
"""Numbers shown: those that differ most."""
WORDS = 58
"""Characters of a number's name."""


def draw(found: pd.DataFrame, base: str) -> Drawing | LeftOut:
    """A row for each number, a mark for each run: filled where the difference is shown, open where it is not."""
    shown = largest(found)
    if shown.empty:
        return LeftOut(NAME, TITLE, "no number has a difference with an interval")
    names, runs = list(dict.fromkeys(shown["name"])), list(dict.fromkeys(shown["run"]))
    with style.house_style():
        figure = style.new_figure(2.2 + 0.62 * len(names) * max(1.0, 0.45 * len(runs)))
        axes = figure.subplots()
        for at, run in enumerate(runs):
            offset = (at - (len(runs) - 1) / 2) * 0.7 / len(runs)
            marks(axes, shown[shown["run"] == run], names, (offset, style.PALETTE[at % len(style.PALETTE)]))
        axes.axvline(0, color=style.INK, linewidth=0.8, zorder=1)
        axes.set_yticks(range(len(names)), [style.shorten(name, WORDS) for name in names])
        axes.set(ylim=(len(names) - 0.5, -0.5), xlabel=f"Difference to {base} (% of its mean)")
        axes.grid(visible=True, axis="x")
        axes.tick_params(axis="y", length=0)
        if len(runs) > 1:
            figure.legend(*axes.get_legend_handles_labels(), loc="outside upper right", ncols=min(len(runs), 4))
    how = (
        f"Mean difference to {base}, replication by replication under the same luck, with its 95% interval, in per "
        "cent of the mean there. Filled: a difference that is shown, where the chance of a single false one in the "
        "whole table is 5% (Holm); open: none is shown."
    )
    most = found.dropna(subset=["share", "share_low"])
    every = most[most["difference"] != 0].groupby(["metric", "group"]).ngroups
    how += f" Shown are {len(names)} of {every} numbers that differ, the largest." if every > len(names) else ""
    caption = words(shown, base)
    return Drawing(NAME, TITLE, caption, how, f"Points with intervals, a row for each number. {caption}", figure)


def largest(found: pd.DataFrame) -> pd.DataFrame:
    """The rows of the numbers that differ most in any run, with their names, in the order of the table."""
    sound = found.dropna(subset=["share", "share_low"])
    sound = sound[sound["difference"] != 0]
    plain = sound["label"].str.replace(r" \(too good, .*", "", regex=True)
    sound = sound.assign(
        name=[style.dashes(f"{metric}: {label}") for metric, label in zip(sound["metric"], plain, strict=True)]
    )
    size = sound.assign(size=sound["share"].abs()).groupby("name")["size"].max()
    kept = set(size.sort_values(ascending=False, kind="stable").index[:MOST])
    return sound[sound["name"].isin(kept)]


def marks(axes: Axes, rows: pd.DataFrame, names: list[str], look: tuple[float, str]) -> None:
    """The differences of one run: ``look`` is how far below the middle of their rows, and in which colour."""
    offset, colour = look
    label = str(rows["run"].iloc[0])
    height = np.array([names.index(name) + offset for name in rows["name"]])
    share, low, high = (100 * rows[name].to_numpy(dtype=np.float64) for name in ("share", "share_low", "share_high"))
    axes.hlines(height, low, high, color=colour, linewidth=1.2, zorder=2)
    told = rows["verdict"].isin([LOWER, HIGHER]).to_numpy()
    axes.scatter(share[told], height[told], s=16, color=colour, zorder=3, label=label)
    axes.scatter(share[~told], height[~told], s=16, facecolor="white", edgecolor=colour, zorder=3,
                 label="" if told.any() else label)  # fmt: skip


def words(shown: pd.DataFrame, base: str) -> str:
    """One sentence with the largest difference that is shown."""
    told = shown[shown["verdict"].isin([LOWER, HIGHER])]
    if told.empty:
        return f"No difference to {base} is shown by these replications."
    row = max(told.to_dict("records"), key=lambda each: abs(float(each["share"])))
    share, low, high = (signed(100 * float(row[name])) for name in ("share", "share_low", "share_high"))
    return (
        f"The largest difference to {base} that is shown: {row['name']}, {share}% in {row['run']} ({low} to {high}%)."
    )
