"""What a search found: the front of its goals, or how its one goal came down."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from sim.counts import counted
from sim.figures import style
from sim.figures.drawing import Drawing, LeftOut, Tables
from sim.figures.factors import Row, amount, axis_label, listed, of_outcome, spread, title
from sim.metrics.coordinates import settings

NAME = "found"
TRIED, KEPT, FOUND = style.GRID, style.PALETTE[4], style.PALETTE[1]
NAMED = 8
"""Points of a front whose names are written."""


def draw(tables: Tables) -> Drawing | LeftOut:
    """Two goals beside each other in a panel for each pair of them; one goal over the trials."""
    goals = goals_of(tables)
    heading = "The front of the goals" if len(goals) > 1 else f"The search for the best: {title(goals[0])}"
    trials = tables["trials"]
    if not trials["feasible"].any():
        return LeftOut(NAME, heading, "no point tried meets all requirements")
    with style.house_style():
        figure = style.new_figure(8.5)
        if len(goals) == 1:
            over_trials(figure.subplots(), tables, goals[0])
        else:
            pairs = list(combinations(goals, 2))
            for axes, pair in zip(figure.subplots(1, len(pairs), squeeze=False)[0], pairs, strict=True):
                beside(axes, tables, pair)
        handles, names = figure.axes[0].get_legend_handles_labels()
        figure.legend(handles, names, loc="outside lower left", ncols=3)
    caption = words(tables, goals)
    how = "Means over the replications; lines are 95% intervals of those found." if len(goals) > 1 else (
        "Means over the replications, at each trial; the line is the best so far that meets all requirements."
    )  # fmt: skip
    return Drawing(NAME, heading, caption, how, f"Points that a search has tried. {caption}", figure)


def goals_of(tables: Tables) -> list[Row]:
    """The outcomes that were goals, in their order."""
    known = {row["outcome"]: row for row in tables["outcomes"].to_dict("records")}
    return [known[goal] for goal in tables["goals"]["outcome"]]


def means(tables: Tables, goal: Row) -> pd.DataFrame:
    """The response of a goal by point."""
    return of_outcome(tables["response"], goal).set_index("point")


def sorts(tables: Tables) -> dict[str, list[int]]:
    """Points by what became of them, each once: broken a sentence, kept all, found. Some could not be run."""
    trials = tables["trials"].drop_duplicates("point")
    broken = trials.loc[~trials["feasible"] & ~refused(tables, trials), "point"].tolist()
    kept = trials.loc[trials["feasible"] & ~trials["front"], "point"].tolist()
    return {"misses a requirement": broken, "tried": kept, "found": trials.loc[trials["front"], "point"].tolist()}


def refused(tables: Tables, trials: pd.DataFrame) -> pd.Series[bool]:
    """Which trials are of points that could not be run."""
    return trials["point"].isin(tables["failures"]["point"])


LOOKS = {"misses a requirement": ("x", style.PALE_INK), "tried": ("o", KEPT), "found": ("o", FOUND)}


def beside(axes: Axes, tables: Tables, pair: tuple[Row, Row]) -> None:
    """One goal over another."""
    across, up = (means(tables, goal) for goal in pair)
    for sort, points in sorts(tables).items():
        if not points:
            continue
        mark, colour = LOOKS[sort]
        axes.plot(across.loc[points, "mean"], up.loc[points, "mean"], mark, color=colour, markersize=4, label=sort,
                  linestyle="none")  # fmt: skip
        if sort == "found":
            axes.vlines(across.loc[points, "mean"], up.loc[points, "low"], up.loc[points, "high"], color=colour, lw=0.9)
            axes.hlines(
                up.loc[points, "mean"], across.loc[points, "low"], across.loc[points, "high"], color=colour, lw=0.9
            )
            for point in points if len(points) <= NAMED else []:
                spot = (across.loc[point, "mean"], up.loc[point, "mean"])
                axes.annotate(str(up.loc[point, "name"]), spot, xytext=(4, 4), textcoords="offset points",
                              fontsize=style.TINY)  # fmt: skip
    axes.set_xlabel(axis_label(pair[0]))
    axes.set_ylabel(axis_label(pair[1]))
    style.thousands(axes, "x")
    style.thousands(axes, "y")
    axes.grid(visible=True)


def over_trials(axes: Axes, tables: Tables, goal: Row) -> None:
    """The goal at each trial, and the best so far."""
    trials, own = tables["trials"], means(tables, goal)
    value = own["mean"].reindex(trials["point"]).to_numpy(dtype=np.float64)
    feasible, front = trials["feasible"].to_numpy(), trials["front"].to_numpy()
    broken = ~feasible & ~refused(tables, trials).to_numpy()
    for sort, rows in (("misses a requirement", broken), ("tried", feasible & ~front), ("found", front)):
        if rows.any():
            mark, colour = LOOKS[sort]
            axes.plot(trials["trial"][rows] + 1, value[rows], mark, color=colour, markersize=4, label=sort,
                      linestyle="none", zorder=3)  # fmt: skip
    axes.step(trials["trial"] + 1, best_so_far(value, feasible, str(goal["better"])), where="post", color=FOUND,
              label="best so far")  # fmt: skip
    axes.set_xlabel("Trial")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylabel(axis_label(goal))
    style.thousands(axes, "y")
    axes.grid(visible=True, axis="y")


def best_so_far(value: np.ndarray, feasible: np.ndarray, better: str) -> np.ndarray:
    """The least, or the largest if that is better, of the allowed values up to each; missing before the first."""
    sign = -1.0 if better == "higher" else 1.0
    found = np.minimum.accumulate(np.where(feasible, sign * value, np.inf))
    return np.where(np.isinf(found), np.nan, sign * found)


def words(tables: Tables, goals: list[Row]) -> str:
    """What was found, with its intervals."""
    trials = tables["trials"]
    tried, kept = trials["point"].nunique(), trials.loc[trials["feasible"], "point"].nunique()
    own = means(tables, goals[0])["mean"].to_dict()
    front = sorted(sorts(tables)["found"], key=lambda point: float(own[point]))
    barred = trials.loc[refused(tables, trials), "point"].nunique()
    said = f"{counted(tried, 'point')} tried"
    meets = "meets" if kept == 1 else "meet"
    said = f"{kept} of {said} {meets} all requirements." if kept < tried else f"{said}."
    said = f"{said[:-1]}, and {barred} could not be run." if barred else said
    if len(goals) == 1:
        return f"{said} {_of_point(tables, front[0], goals)}" + _others(tables, front[1:])
    ends = [_of_point(tables, front[0], goals)] + ([_of_point(tables, front[-1], goals)] if len(front) > 1 else [])
    beaten = (
        f"{len(front)} are on the front, beaten by no other in all goals at once"
        if len(front) > 1
        else "One beats all others"
    )
    return f"{said} {beaten}: {' At the other end, '.join(ends)}"


def _others(tables: Tables, points: list[int]) -> str:
    names = tables["points"].set_index("point")["name"]
    return f" As good are {listed([str(names[point]) for point in points])}." if points else ""


def _of_point(tables: Tables, point: int, goals: list[Row]) -> str:
    """A point with its factors and goals, in words: by fresh replications, since those of the search flatter it."""
    set_to = tables["points"][tables["points"]["point"] == point]
    factors = [
        f"{style.dashes(str(each['label']))} {settings(set_to, each)[0]}"
        for each in tables["factors"].to_dict("records")
    ]
    reached = []
    for goal in goals:
        own = of_outcome(tables["confirmed"], goal).set_index("point")
        mean, low, high = (float(own[name].to_dict()[point]) for name in ("mean", "low", "high"))
        width = "" if low == high else spread(low, high)
        reached.append(f"{title(goal)} {amount(mean, str(goal['unit']))}{width}")
    return f"{set_to['name'].iloc[0]} ({', '.join(factors)}) has {listed(reached)}, by fresh replications."
