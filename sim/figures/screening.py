"""Morris screening: how much each factor matters, and whether it does so alike everywhere."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from sim.counts import counted
from sim.figures import style
from sim.figures.drawing import Drawing, LeftOut, Tables, table
from sim.figures.factors import Row, amount, factor_labels, listed, of_outcome, spread, title, too_good

NAME = "screening"
MOST_FACTORS = 20
CORNER = 0.03
"""Share of the axes below which a factor has no number of its own."""
TOLD, NOT_TOLD = style.PALETTE[0], style.PALE_INK


def ranked(rows: pd.DataFrame) -> pd.DataFrame:
    """The largest first, each with whether it can be told from the noise of replications."""
    found = rows.sort_values("mu_star", ascending=False, kind="stable", ignore_index=True)
    floor = found["noise"].fillna(0.0).clip(lower=0.0)
    return found.assign(told=(found["mu_star_low"] > floor) & (found["mu_star"] > 0))


def names_of(rows: pd.DataFrame, labels: dict[str, str]) -> list[str]:
    """Factors after their rank, in lines."""
    names = [f"{at}  {style.shorten(labels[factor], 70)}" for at, factor in enumerate(rows["factor"], start=1)]
    return [style.wrap(name, 36) for name in names]


def bars(axes: Axes, rows: pd.DataFrame, labels: dict[str, str], unit: str) -> None:
    """mu* with its interval, and the noise as a mark."""
    colours = [TOLD if told else NOT_TOLD for told in rows["told"]]
    axes.barh(range(len(rows)), rows["mu_star"], height=0.6, color=colours)
    for at, row in enumerate(rows.to_dict("records")):
        axes.plot([row["mu_star_low"], row["mu_star_high"]], [at, at], color=style.INK, linewidth=0.9)
        axes.plot([row["noise"]] * 2, [at - 0.38, at + 0.38], color=style.PALETTE[1], linewidth=1.2)
    axes.set_yticks(range(len(rows)), names_of(rows, labels))
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(left=0)
    axes.grid(visible=True, axis="x")
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(style.wrap(f"μ*, mean size of effects ({unit or 'share'})", 46))


def plane(axes: Axes, rows: pd.DataFrame, unit: str) -> None:
    """mu* against sigma, each factor by its rank but in the corner, where numbers would cover each other."""
    far = max(float(rows[["mu_star_high", "sigma_high"]].max().max()), 1e-12)
    for at, row in enumerate(rows.to_dict("records"), start=1):
        colour = TOLD if row["told"] else NOT_TOLD
        axes.plot([row["mu_star_low"], row["mu_star_high"]], [row["sigma"]] * 2, color=colour, linewidth=0.6)
        axes.plot([row["mu_star"]] * 2, [row["sigma_low"], row["sigma_high"]], color=colour, linewidth=0.6)
        axes.plot(row["mu_star"], row["sigma"], "o", color=colour, markersize=3.5)
        if max(row["mu_star"], row["sigma"]) > CORNER * far:
            axes.annotate(str(at), (row["mu_star"], row["sigma"]), xytext=(3, 3), textcoords="offset points",
                          fontsize=style.SMALL)  # fmt: skip
    axes.plot([0, far], [0, far], color=style.PALE_INK, linewidth=0.7, linestyle=(0, (4, 2)))
    axes.set_xlim(0, max(float(rows["mu_star_high"].max()), 1e-12) * 1.08)
    axes.set_ylim(0, max(float(rows["sigma_high"].max()), 1e-12) * 1.12)
    axes.grid(visible=True)
    axes.set(xlabel=f"μ* ({unit or 'share'})", ylabel=f"σ ({unit or 'share'})")


def words(rows: pd.DataFrame, outcome: Row, labels: dict[str, str]) -> str:
    """Which factor matters most, how certain the order is, what uneven effects there are, and what can be left out."""
    found, name, unit = ranked(rows).to_dict("records"), title(outcome), str(outcome["unit"])
    top, others = found[0], found[1:]
    if float(top["mu_star"]) == 0:
        return f"{name}: no factor changes it anywhere in its range."
    if not any(row["told"] for row in found):
        return f"{name}: no factor's effect can be told from chance."
    text = (
        f"{name}: {labels[top['factor']]} matters most, by {amount(float(top['mu_star']), unit)}"
        f"{spread(float(top['mu_star_low']), float(top['mu_star_high']))} over its whole range on average."
    )
    close = [labels[row["factor"]] for row in others if float(row["mu_star_high"]) >= float(top["mu_star_low"])]
    if close:
        text += f" Whether it matters more than {listed(close)} cannot be told: the intervals overlap."
    uneven = [labels[row["factor"]] for row in found if row["told"] and row["sigma_low"] > row["mu_star_high"]]
    if uneven:
        text += f" Effects that depend on the other settings more than they amount to: {listed(uneven)}."
    quiet = [labels[row["factor"]] for row in found if not row["told"]]
    return f"{text} Not distinguishable from chance: {listed(quiet)}." if quiet else text


def draw(tables: Tables, outcome: Row) -> Drawing | LeftOut | None:
    """Bars of mu*, and the plane of mu* and sigma; nothing for another design."""
    whole = table(tables, "screening")
    rows = of_outcome(whole, outcome)
    name, heading = f"{NAME}-{outcome['outcome']}", f"Screening of the factors: {title(outcome)}"
    if rows.empty:
        return None
    rows = rows.dropna(subset=["mu_star"])
    if rows.empty:
        return LeftOut(name, heading, "fewer than two trajectories were measured whole")
    labels, unit = factor_labels(tables), str(outcome["unit"])
    shown = ranked(rows).head(MOST_FACTORS)
    with style.house_style():
        row = 0.33 * max(name.count("\n") + 1 for name in names_of(shown, labels)) + 0.2
        figure = style.new_figure(min(max(max(row, 0.62) * len(shown) + 2.4, 6.4), 20.5))
        left, right = figure.subplots(1, 2, width_ratios=[1.25, 1.0])
        bars(left, shown, labels, unit)
        plane(right, shown, unit)
    caption = words(rows, outcome, labels) + too_good(tables, outcome)
    first = rows.iloc[0]
    how = (
        f"Elementary effects of {counted(int(first['trajectories']), 'trajectory')}, scaled to the whole range "
        "of the factor. μ* is "
        "their mean size; σ their standard deviation: above the dashed line effects differ more than they amount to, "
        "by bends or by what factors do together. Thin lines are 95% intervals over trajectories and replications. "
    )
    if rows["noise"].notna().any():
        how += "The upright mark is the μ* that replications alone would give; grey is what cannot be told from it."
    else:
        how += "With one replication it is not known what chance gives; grey is what cannot be told from 0."
    if len(rows) > len(shown):
        how += f" Shown are {len(shown)} of {len(rows)} factors, the largest."
    return Drawing(name, heading, caption, how, f"Bars and plane of elementary effects by factor. {caption}", figure)
