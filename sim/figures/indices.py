"""Sobol's indices: which share of the variance of an outcome comes from which factor."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.axes import Axes

from sim.counts import counted
from sim.figures import style
from sim.figures.drawing import Drawing, LeftOut, Tables, table
from sim.figures.factors import Row, factor_labels, listed, of_outcome, title, too_good

NAME = "indices"
MOST_FACTORS = 15
KINDS = {
    "first": ("alone (first order)", style.PALETTE[0], -0.19),
    "total": ("with all others (total)", style.PALETTE[4], 0.19),
}


def ranked(rows: pd.DataFrame) -> list[str]:
    """Factors by their total index, the largest first."""
    total = rows[rows["order"] == "total"].sort_values("value", ascending=False, kind="stable")
    return [str(factor) for factor in total["factor"]]


def bars(axes: Axes, rows: pd.DataFrame, order: list[str], labels: dict[str, str]) -> None:
    """Two bars a factor with their intervals, in per cent."""
    for kind, (label, colour, shift) in KINDS.items():
        own = rows[rows["order"] == kind].set_index("factor").loc[order]
        places = [at + shift for at in range(len(order))]
        axes.barh(places, 100 * own["value"], height=0.36, color=colour, label=label)
        for at, low, high in zip(places, own["low"], own["high"], strict=True):
            axes.plot([100 * low, 100 * high], [at, at], color=style.INK, linewidth=0.9)
    axes.axvline(0, color=style.PALE_INK, linewidth=0.8)
    axes.set_yticks(range(len(order)), [style.wrap(style.shorten(labels[factor], 80), 36) for factor in order])
    axes.set_ylim(len(order) - 0.5, -0.5)
    axes.grid(visible=True, axis="x")
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("Share of the variance between points (%)")


def percent(row: Row) -> str:
    """A share with its interval."""
    value, low, high = (round(100 * float(row[name])) for name in ("value", "low", "high"))
    return f"{value}% ({low} to {high})".replace("-", "−")


def words(rows: pd.DataFrame, outcome: Row, labels: dict[str, str]) -> str:
    """What explains most, how much factors do together, what pair stands out, and what does nothing."""
    order, records = ranked(rows), rows.to_dict("records")
    first, total = ({str(row["factor"]): row for row in records if row["order"] == kind} for kind in ("first", "total"))
    noise = float(records[0]["noise"])
    floor = 0.0 if math.isnan(noise) else noise
    quiet = [labels[factor] for factor in order if float(total[factor]["low"]) <= floor]
    top, least = order[0], float(total[order[0]]["low"])
    if len(quiet) == len(order):
        return (
            f"{title(outcome)}: no factor's share of the variance can be told from chance with so few rows of the "
            f"design. The largest estimate is that of {labels[top]}, {percent(total[top])} together with the others."
        )
    text = (
        f"{title(outcome)}: {labels[top]} accounts for the largest share of the variance, {percent(first[top])} alone "
        f"and {percent(total[top])} together with the others."
    )
    close = [labels[factor] for factor in order[1:] if float(total[factor]["high"]) >= least]
    if close:
        text += f" Whether it is more than that of {listed(close)} cannot be told: the intervals of the totals overlap."
    more = [labels[factor] for factor in order if float(total[factor]["low"]) > float(first[factor]["high"])]
    if more:
        text += f" These act more together with others than alone: {listed(more)}."
    pairs = [row for row in records if row["order"] == "second" and float(row["low"]) > 0]
    if pairs:
        pair = max(pairs, key=lambda row: float(row["value"]))
        text += f" The pair that adds most is {labels[pair['factor']]} with {labels[pair['other']]}: {percent(pair)}."
    return f"{text} Not distinguishable from chance: {listed(quiet)}." if quiet else text


def draw(tables: Tables, outcome: Row) -> Drawing | LeftOut | None:
    """First and total index of each factor; nothing for another design."""
    rows = of_outcome(table(tables, "indices"), outcome)
    name, heading = f"{NAME}-{outcome['outcome']}", f"Shares of the variance: {title(outcome)}"
    if rows.empty:
        return None
    if rows["value"].isna().any():
        few = int(rows["rows"].iloc[0]) < 8
        reason = "too few rows of the design were measured whole" if few else "it is the same at all points"
        return LeftOut(name, heading, reason)
    labels, order = factor_labels(tables), ranked(rows)[:MOST_FACTORS]
    with style.house_style():
        figure = style.new_figure(0.75 * len(order) + 2.2)
        bars(figure.subplots(), rows, order, labels)
        figure.legend(loc="outside lower left", ncols=2)
    caption, noise = words(rows, outcome, labels) + too_good(tables, outcome), float(rows["noise"].iloc[0])
    how = (
        f"Sobol's indices from {counted(int(rows['rows'].iloc[0]), 'row')} of the design; lines are 95% intervals over "
        "rows and replications, so that an estimate may lie below 0 or above 100%. First order: what the factor does "
        "by itself; total: with all that it does together with others. "
    )
    if math.isnan(noise):
        how += "With one replication it is not known how much of this is chance."
    else:
        how += f"Replications make {100 * noise:.1f}% of the variance; a total is too high by about that."
    return Drawing(name, heading, caption, how, f"Bars of first and total index by factor. {caption}", figure)
