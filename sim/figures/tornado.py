"""Tornado: what each factor does to an outcome alone, at the ends of its range."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from sim.figures import style
from sim.figures.drawing import Drawing, LeftOut, Tables, table
from sim.figures.factors import Row, amount, factor_labels, listed, of_outcome, signed, spread, title, too_good
from sim.metrics.coordinates import named
from sim.metrics.paired import JOINT_LEVEL

NAME = "tornado"
MOST_FACTORS = 15
COLOURS = {"low": style.PALETTE[0], "high": style.PALETTE[1]}
SHIFTS = {"low": -0.19, "high": 0.19}
"""Where the bar of an end lies in the row of its factor: bars to the same side do not cover each other."""


def largest(rows: pd.DataFrame) -> pd.DataFrame:
    """Of each factor the end with the larger difference, the largest first, with the bounds of its size."""
    size = rows["difference"].abs()
    found = rows.assign(size=size).sort_values("size", ascending=False, kind="stable").drop_duplicates("factor")
    ends = found[["low", "high"]].abs()
    crosses = (found["low"] <= 0) & (found["high"] >= 0)
    return found.assign(least=ends.min(axis=1).where(~crosses, 0.0), most=ends.max(axis=1), crosses=crosses)


def bars(axes: Axes, rows: pd.DataFrame, order: list[str], coloured: dict[str, str]) -> None:
    """A bar for each end with its interval, and what the factor is set to there."""
    ends = rows[["difference", "low", "high"]]
    least, most = min(float(ends.min().min()), 0.0), max(float(ends.max().max()), 0.0)
    # Room for what is written at the ends of bars.
    room = 0.26 * max(most - least, 1e-12)
    for row in rows.to_dict("records"):
        at = order.index(row["factor"]) + SHIFTS[row["end"]]
        value, low, high = (float(row[name]) for name in ("difference", "low", "high"))
        axes.barh(at, value, height=0.36, color=coloured.get(row["factor"], COLOURS[row["end"]]))
        bounds = [low, high] if not math.isnan(low) else [value, value]
        axes.plot(bounds, [at, at], color=style.INK, linewidth=0.9)
        right = value >= 0
        end = max(*bounds, value, 0.0) if right else min(*bounds, value, 0.0)
        axes.annotate(style.shorten(str(row["setting"]), 24), (end, at), xytext=(3 if right else -3, 0),
                      textcoords="offset points", va="center", ha="left" if right else "right",
                      fontsize=style.TINY)  # fmt: skip
    axes.set_xlim(least - room, most + room)
    axes.axvline(0, color=style.PALE_INK, linewidth=0.8)
    axes.set_ylim(len(order) - 0.5, -0.5)
    axes.grid(visible=True, axis="x")
    axes.tick_params(axis="y", length=0)


def words(rows: pd.DataFrame, outcome: Row, labels: dict[str, str]) -> str:
    """What moves the outcome most, how far that is certain, and what does nothing that can be told from chance."""
    first, name = largest(rows).to_dict("records"), title(outcome)
    if float(first[0]["size"]) == 0:
        return f"{name}: no factor changes it by itself."
    silent = silent_factors(rows)
    told = [row for row in first if row["factor"] not in silent]
    top = (told or first)[0]
    change = f"{signed(float(top['difference']))} {outcome['unit']}".rstrip()
    change += spread(float(top["low"]), float(top["high"]), sign=True)
    if all(math.isnan(float(row["p_holm"])) for row in first):
        return (
            f"{name}: the largest change by a single factor is that of {labels[top['factor']]} at {top['setting']}, "
            f"{change}. One replication cannot tell this from chance."
        )
    if not told:
        return (
            f"{name}: these replications do not show that any factor changes it by itself. The largest change, "
            f"{change}, is that of {labels[top['factor']]} at {top['setting']}."
        )
    text = f"{name}: by itself {labels[top['factor']]} changes it most, {change} at {top['setting']}."
    others = [row for row in first if row is not top and row["factor"] not in silent]
    close = [labels[row["factor"]] for row in others if float(row["most"]) >= float(top["least"])]
    if close:
        text += f" Whether it does more than {listed(close)} cannot be told: the intervals overlap."
    quiet = [labels[factor] for factor in silent]
    return f"{text} Not distinguishable from chance: {listed(quiet)}." if quiet else text


def silent_factors(rows: pd.DataFrame) -> list[str]:
    """Factors of which no end is shown to differ from the base, with Holm's correction over all points."""
    told = (rows["p_holm"] < JOINT_LEVEL).groupby(rows["factor"], sort=False).any()
    return [str(factor) for factor, any_told in told.items() if not any_told]


def draw(tables: Tables, outcome: Row) -> Drawing | LeftOut | None:
    """Two bars a factor, the largest at the top; nothing for a design in which no factor changes alone."""
    whole = table(tables, "tornado")
    rows = of_outcome(whole, outcome)
    name = f"{NAME}-{outcome['outcome']}"
    heading = f"What each factor does alone: {title(outcome)}"
    if whole.empty:
        return None
    if rows.empty:
        return LeftOut(name, heading, "it was not measured where a factor changes alone")
    first = largest(rows)
    order = [str(factor) for factor in first["factor"][:MOST_FACTORS]]
    shown, labels = rows[rows["factor"].isin(order)], factor_labels(tables)
    texts = {key for key in labels if named(tables["points"], key)}
    bases = dict(zip(rows["factor"], rows["base"], strict=True))
    with style.house_style():
        figure = style.new_figure(0.95 * len(order) + 2.6)
        axes = figure.subplots()
        bars(axes, shown, order, dict.fromkeys(texts, style.PALE_INK))
        names = [style.shorten(labels[key] + f" ({bases[key]})" * bool(bases[key]), 90) for key in order]
        axes.set_yticks(range(len(order)), [style.wrap(text, 34) for text in names])
        unit = f" ({outcome['unit']})" if outcome["unit"] else ""
        axes.set_xlabel(style.wrap(f"Change of {title(outcome)} against the base{unit}", 90))
        legend = {"least value below the base": COLOURS["low"], "largest value above it": COLOURS["high"]}
        legend |= {"other name": style.PALE_INK} if texts & set(order) else {}
        figure.legend([Patch(color=colour) for colour in legend.values()], list(legend), loc="outside lower left",
                      ncols=3)  # fmt: skip
    base = of_outcome(tables["response"], outcome).query("point == 0")
    middle = f" The base, at 0, is {amount(float(base['mean'].iloc[0]), str(outcome['unit']))}." if len(base) else ""
    how = (
        "Each bar: one factor set as written at its end, all others as in the base, whose own setting stands in "
        "brackets; lines are 95% intervals of the difference, paired by replication, each for itself. Effects are "
        "told from chance with Holm's correction over all points." + middle
    )
    if len(first) > len(order):
        how += f" Shown are {len(order)} of {len(first)} factors, the largest."
    caption = words(rows, outcome, labels) + too_good(tables, outcome)
    return Drawing(name, heading, caption, how, f"Bars of changes against the base by factor. {caption}", figure)
