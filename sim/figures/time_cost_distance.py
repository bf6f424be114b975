"""ESCAP's time/cost-distance chart: cumulative time and cumulative cost against the distance from the origin.

Introduced by the ESCAP secretariat in 2004 after Beresford and Dubey (1990) and Banomyong (2000). The slope of a piece
is time or cost a km; a vertical step is a stop, its height what the stop takes.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import textalloc
from matplotlib.axes import Axes

from sim.figures import style
from sim.figures.drawing import (
    Drawing,
    LeftOut,
    Tables,
    flow_colours,
    flow_labels,
    largest_flows,
    node_names,
    table,
)
from sim.log import Log

NAME = "time_cost_distance"
TITLE = "Time and cost against distance"
MOST_FLOWS = 4
MOST_STEPS = 9
LEAST_SHARE = {"days_mean": 0.05, "usd_teu": 0.012}
"""Labels in a panel."""


@dataclass(frozen=True)
class Stop:
    """A vertical step of one flow: where, from which height, how high (days or USD per TEU)."""

    flow: str
    node: str
    km: float
    base: float
    height: float


def profile(log: Log, tables: Tables) -> pd.DataFrame:
    """The table in days, a row per flow and point, for the largest flows; means over replications if it has any."""
    found = table(tables, "distance_profile")
    if found.empty:
        return found
    found = found.dropna(subset=["km", "hours_mean"])
    keys = ["flow", "point", "node"]
    values = ["km", "hours_mean", "hours_p05", "hours_p95", "usd_teu"]
    rows = found.groupby(keys, sort=False)[values].mean().reset_index().sort_values(["flow", "point"])
    for name in ("mean", "p05", "p95"):
        rows[f"days_{name}"] = rows[f"hours_{name}"].astype(float) / 24
    return rows[rows["flow"].isin(largest_flows(log, set(rows["flow"]), MOST_FLOWS))]


def stops(rows: pd.DataFrame, column: str) -> list[Stop]:
    """Vertical steps, highest first; what follows at the same distance counts as one step."""
    found: list[Stop] = []
    for flow, points in rows.groupby("flow", sort=False):
        for km, same in points.groupby("km", sort=True):
            base, height = float(same[column].iloc[0]), float(same[column].iloc[-1] - same[column].iloc[0])
            if len(same) > 1 and height > 0:
                found.append(Stop(str(flow), str(same["node"].iloc[-1]), float(str(km)), base, height))
    return sorted(found, key=lambda stop: (-stop.height, stop.flow, stop.km))


def draw_panel(axes: Axes, rows: pd.DataFrame, column: str, looks: dict[str, tuple[str, str]]) -> None:
    """Lines of all flows, with the band from P05 to P95 where the column is time."""
    for flow, (label, colour) in looks.items():
        points = rows[rows["flow"] == flow]
        if column == "days_mean":
            axes.fill_between(points["km"].astype(float), points["days_p05"], points["days_p95"], color=colour,
                              alpha=0.16, linewidth=0)  # fmt: skip
        axes.plot(points["km"], points[column], color=colour, label=label, solid_joinstyle="miter")
    axes.set_xlim(0, float(rows["km"].max()) * 1.02)
    axes.set_ylim(0, None)
    axes.margins(y=0.12)
    axes.grid(visible=True)
    style.thousands(axes, "x")
    style.thousands(axes, "y")


def tallest(rows: pd.DataFrame, column: str) -> list[Stop]:
    """The steps that get a label: the highest; none lost in the width of a line, none of a flow too short to see."""
    least = LEAST_SHARE[column] * float(rows[column].max())
    lengths = rows.groupby("flow")["km"].max()
    long = set(lengths.index[lengths >= 0.2 * float(lengths.max())])
    return [stop for stop in stops(rows, column) if stop.height >= least and stop.flow in long][:MOST_STEPS]


def label_steps(axes: Axes, rows: pd.DataFrame, steps: list[Stop], texts: list[str]) -> None:
    """The names of the highest steps, off the lines."""
    column = "days_mean" if axes.get_ylabel().startswith("Time") else "usd_teu"
    lines = [points for _, points in rows.groupby("flow", sort=False)]
    textalloc.allocate(
        axes, [stop.km for stop in steps], [stop.base + stop.height / 2 for stop in steps], texts,
        x_lines=[points["km"].to_numpy(float) for points in lines],
        y_lines=[points[column].to_numpy(float) for points in lines], textsize=style.TINY, max_distance=0.25,
        min_distance=0.012, margin=0.004, nbr_candidates=800, linewidth=0.4, linecolor=style.PALE_INK,
        avoid_label_lines_overlap=True, avoid_crossing_label_lines=True, zorder=6, plot_kwargs={"zorder": 1.5},
    )  # fmt: skip


def words(rows: pd.DataFrame, labels: dict[str, str], names: dict[str, str]) -> tuple[str, str]:
    """Caption and alternative text."""
    ends = rows.groupby("flow", sort=False).tail(1)
    totals = "; ".join(
        f"{labels[str(row.flow)]}: {row.km:,.0f} km in {style.number(float(str(row.days_mean)))} days for "
        f"USD {style.number(float(str(row.usd_teu)))} per TEU" for row in ends.itertuples()
    )  # fmt: skip
    top = stops(rows, "days_mean")[:1]
    most = f" The highest step is {names[top[0].node]} with {style.number(top[0].height)} days." if top else ""
    return f"{totals}.{most}", f"Two line charts of cumulative time and cost against distance. {totals}.{most}"


def draw(log: Log, tables: Tables) -> Drawing | LeftOut:
    """Two panels, time above and cost below."""
    rows = profile(log, tables)
    if rows.empty:
        return LeftOut(NAME, TITLE, "no reported flow finished a shipment")
    labels, names, colours = flow_labels(log), node_names(log), flow_colours(log)
    looks = {str(flow): (labels[str(flow)], colours[str(flow)]) for flow in rows["flow"].unique()}
    with style.house_style():
        figure = style.new_figure(11.6)
        upper, lower = figure.subplots(2, 1, sharex=True)
        draw_panel(upper, rows, "days_mean", looks)
        upper.set(title="Time", ylabel="Time from the origin (days)")
        draw_panel(lower, rows, "usd_teu", looks)
        lower.set(title="Cost", ylabel="Cost from the origin (USD per TEU)", xlabel="Distance from the origin (km)")
        handles, _ = upper.get_legend_handles_labels()
        figure.legend(handles, [style.wrap(look[0], 60) for look in looks.values()], loc="outside lower left",
                      ncols=1 if len(looks) < 3 else 2)  # fmt: skip
        slow = tallest(rows, "days_mean")
        label_steps(upper, rows, slow, [f"{names[stop.node]} {stop.height * 24:,.0f} h" for stop in slow])
        dear = tallest(rows, "usd_teu")
        label_steps(lower, rows, dear, [f"{names[stop.node]} USD {style.number(stop.height, 2)}" for stop in dear])
    caption, alt = words(rows, labels, names)
    how = (
        "The slope of a line is time or cost a km; a vertical step is a stop, and the highest are named with their "
        "height. Bands run from the 5th to the 95th percentile of shipments."
    )
    return Drawing(NAME, TITLE, caption, how, alt, figure)
