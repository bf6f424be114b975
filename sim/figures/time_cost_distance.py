"""ESCAP's time/cost-distance chart: cumulative time and cumulative cost against the distance from the origin.

Introduced by the ESCAP secretariat in 2004 after Beresford and Dubey (1990) and Banomyong (2000). The slope of a piece
is time or cost a km; a vertical step is a stop, its height what the stop takes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.counts import of_unit
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
MOST_STEPS = 5
"""Labels in a panel."""

LEAST_SHARE = {"days_mean": 0.035, "usd_teu": 0.025}
"""A step lower than this share of the panel is not labelled."""

NEAR = 0.02
"""Stops closer together than this share of the longest way are one step: both stations of a border."""

PANEL_CM = (6.6, 2.5)
"""About the inside of a panel: labels are placed by it."""

ROOM_ABOVE = 1.12


@dataclass(frozen=True)
class Stop:
    """A vertical step: its nodes in the order of the way, where, from which height, how high (days or USD per TEU)."""

    nodes: tuple[str, ...]
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


def stops(points: pd.DataFrame, column: str, near_km: float) -> list[Stop]:
    """Vertical steps of one flow, highest first; rests on the way of a leg are none, stops that are near are one."""
    found: list[Stop] = []
    for km, same in points.groupby("km", sort=True):
        base, height = float(same[column].iloc[0]), float(same[column].iloc[-1] - same[column].iloc[0])
        node = str(same["node"].iloc[-1])
        if node == "" or height <= 0:
            continue
        last = found[-1] if found else None
        if last is not None and float(str(km)) - last.km < near_km:
            # The name of what is only passed on the way into a step is left out.
            own = last.nodes if height < 4 * last.height else ()
            nodes = (*own, node) if 4 * height > last.height else own
            found[-1] = Stop(nodes, last.km, last.base, base + height - last.base)
        else:
            found.append(Stop((node,), float(str(km)), base, height))
    return sorted(found, key=lambda stop: (-stop.height, stop.km))


def draw_line(axes: Axes, points: pd.DataFrame, column: str, colour: str) -> None:
    """The line of a flow, with the band from P05 to P95 where the column is time."""
    km = points["km"].astype(float)
    if column == "days_mean":
        axes.fill_between(km, points["days_p05"], points["days_p95"], color=colour, alpha=0.18, linewidth=0)
    axes.plot(km, points[column], color=colour, solid_joinstyle="miter")
    axes.grid(visible=True)
    style.thousands(axes, "x")
    style.thousands(axes, "y")


def spots(points: pd.DataFrame, column: str, stop: Stop, width: float, tall: float) -> list[tuple[float, float]]:
    """Lower left corners, as shares of the panel, at which a label of that size stays off a rising line, best first."""
    right, top = max(1.0, float(points["reach"].iloc[0])), max(1e-9, float(points[f"top_{column}"].iloc[0]))
    x, low, high = stop.km / right, stop.base / top, (stop.base + stop.height) / top
    below, above = (x + 0.012, low - tall), (x - width - 0.012, high)
    above_band = points.loc[points["km"].astype(float).between((x - width) * right, stop.km), "days_p95"]
    if column == "days_mean" and len(above_band):
        above = (above[0], max(high, float(above_band.max()) / top) + 0.01)
    heights = points[column].to_numpy(dtype=float) / top
    clear = points["km"].to_numpy(dtype=float)[int(np.argmax(heights > tall + 0.05))] / right
    return [below, above] if low > tall else [(max(clear, x) + 0.03, 0.02), above]


def label_steps(axes: Axes, points: pd.DataFrame, column: str, texts: dict[Stop, str]) -> None:
    """The highest steps with their names, below to the right or above to the left of the line, none on another."""
    tall = 1.25 * style.TINY / 72 * 2.54 / PANEL_CM[1]
    taken: list[tuple[float, float, float]] = []
    for stop, text in texts.items():
        width = 0.56 * style.TINY / 72 * 2.54 * len(text) / PANEL_CM[0]
        for x, y in spots(points, column, stop, width, tall):
            apart = all(abs(y - v) >= tall or x >= u + w or u >= x + width for u, v, w in taken)
            if apart and x >= 0 and x + width <= 1.01 and 0 <= y <= 1.02:
                axes.annotate(
                    text, (stop.km, stop.base + stop.height / 2), (x, y), textcoords="axes fraction", va="bottom",
                    fontsize=style.TINY, zorder=6, arrowprops={
                        "arrowstyle": "-", "color": style.PALE_INK, "linewidth": 0.4, "shrinkA": 0, "shrinkB": 0,
                        "relpos": (0 if x >= stop.km / float(points["reach"].iloc[0]) else 1, 0.5)},
                )  # fmt: skip
                taken.append((x, y, width))
                break


def tallest(points: pd.DataFrame, column: str, names: dict[str, str]) -> dict[Stop, str]:
    """The steps of a flow that get a label, highest first, with it."""
    least = LEAST_SHARE[column] * float(points[f"top_{column}"].iloc[0])
    found = stops(points, column, NEAR * float(points["reach"].iloc[0]))
    texts = {}
    for stop in [stop for stop in found if stop.height >= least][:MOST_STEPS]:
        where = style.shorten(" / ".join(names.get(node, node) for node in stop.nodes), 40)
        amount = (
            f"{style.number(stop.height * 24, 2)} h" if column == "days_mean" else f"USD {style.number(stop.height)}"
        )
        texts[stop] = f"{where} {amount}"
    return texts


def words(rows: pd.DataFrame, labels: dict[str, str], names: dict[str, str]) -> tuple[str, str]:
    """Caption and alternative text."""
    ends = rows.groupby("flow", sort=False).tail(1)
    totals = "; ".join(
        f"{labels[str(flow)]}: {total(row)}" for flow, (_, row) in zip(ends["flow"], ends.iterrows(), strict=True)
    )
    top = [
        stop for _, points in rows.groupby("flow", sort=False)
        for stop in stops(points, "days_mean", NEAR * float(rows["km"].max()))[:1]
    ]  # fmt: skip
    most = ""
    if top:
        highest = max(top, key=lambda stop: stop.height)
        where = " and ".join(names.get(node, node) for node in highest.nodes)
        most = f" The highest step is {where} with {of_unit(style.number(highest.height), 'days')}."
    return f"{totals}.{most}", f"Line charts of cumulative time and cost against distance. {totals}.{most}"


def total(row: pd.Series) -> str:
    """How far, how long and how dear a flow's whole way is."""
    km, days_, usd = (float(row[name]) for name in ("km", "days_mean", "usd_teu"))
    return f"{km:,.0f} km in {of_unit(style.number(days_), 'days')} for USD {style.number(usd)} per TEU"


def picture(rows: pd.DataFrame, looks: dict[str, tuple[str, str]], names: dict[str, str]) -> Figure:
    """A row a flow: time on the left, cost on the right, all on the same scales."""
    titles = {flow: style.wrap(label, 46) for flow, (label, _) in looks.items()}
    lines = max(title.count("\n") for title in titles.values())
    figure = style.new_figure((3.5 + 0.35 * lines) * len(looks) + 1.0)
    panels = figure.subplots(len(looks), 2, sharex="all", sharey="col", squeeze=False)
    rows = rows.assign(reach=1.02 * float(rows["km"].max()),
                       top_days_mean=ROOM_ABOVE * float(rows[["days_mean", "days_p95"]].max().max()),
                       top_usd_teu=ROOM_ABOVE * float(rows["usd_teu"].max()))  # fmt: skip
    for (left, right), (flow, (_, colour)) in zip(panels, looks.items(), strict=True):
        points = rows[rows["flow"] == flow]
        for axes, column in ((left, "days_mean"), (right, "usd_teu")):
            draw_line(axes, points, column, colour)
            axes.set(
                xlim=(0, float(points["reach"].iloc[0])), ylim=(0, max(float(points[f"top_{column}"].iloc[0]), 1e-9))
            )
            label_steps(axes, points, column, tallest(points, column, names))
        left.set_title(titles[flow])
        left.set_ylabel("Time (days)")
        right.set_ylabel("USD per TEU")
        right.set_title(total(points.iloc[-1]), fontsize=style.SMALL, fontweight="normal")
    for axes in panels[-1]:
        axes.set_xlabel("Distance from the flow's own origin (km)")
    return figure


def draw(log: Log, tables: Tables) -> Drawing | LeftOut:
    """A row of two panels for each of the largest flows."""
    rows = profile(log, tables)
    if rows.empty:
        return LeftOut(NAME, TITLE, "no reported flow finished a shipment after the warm-up")
    labels, names, colours = flow_labels(log), node_names(log), flow_colours(log)
    looks = {str(flow): (labels[str(flow)], colours[str(flow)]) for flow in rows["flow"].unique()}
    with style.house_style():
        figure = picture(rows, looks, names)
    caption, alt = words(rows, labels, names)
    flows = table(tables, "distance_profile")["flow"].nunique()
    how = (
        "Left: time since the release; right: freight and fees so far. The slope of a line is time or cost a km; a "
        "vertical step is a stop, and the highest are named with their height, both stations of a border together. "
        "Lines are means over all shipments of all replications, bands run from the 5th to the 95th percentile; the "
        "intervals of time and cost stand in the tables."
    )
    how += f" Shown are {len(looks)} of {flows} flows, the largest of each corridor." if flows > len(looks) else ""
    return Drawing(NAME, TITLE, caption, how, alt, figure)
