"""How transit times scatter: a histogram and the cumulative share for each flow."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from sim.figures import interval, style
from sim.figures.drawing import Drawing, LeftOut, Tables, flow_colours, flow_labels, largest_flows, table
from sim.log import Log

NAME = "transit_distribution"
TITLE = "Transit times of shipments"
MOST_FLOWS = 6
MOST_WORDS = 4
"""Flows named in the caption."""

BINS = 40
MARKS: dict[int, tuple[float, tuple[float, ...]]] = {50: (0, (4, 2)), 95: (0, (1, 1.5))}
"""Percentiles with the dashes of their lines."""


def days_of(times: pd.DataFrame, flow: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Transit times of a flow in days, all replications together, rising."""
    return np.sort(times.loc[times["flow"] == flow, "hours"].to_numpy(dtype=np.float64) / 24)


def draw_flow(axes: Axes, days: np.ndarray[tuple[int], np.dtype[np.float64]], colour: str) -> Axes:
    """Histogram in per cent on the left scale, cumulative share on the right one (returned), P50 and P95 marked."""
    axes.hist(days, bins=BINS, weights=np.full(len(days), 100 / len(days)), color=colour, alpha=0.45, linewidth=0)
    axes.set_ylim(0, axes.get_ylim()[1] * 1.3)
    axes.grid(visible=True, axis="y")
    share = axes.twinx()
    share.plot(days, 100 * np.arange(1, len(days) + 1) / len(days), color=style.INK, linewidth=1.0)
    share.set(ylim=(0, 138), yticks=[0, 25, 50, 75, 100])
    share.spines["right"].set_visible(True)
    spread = float(days[-1] - days[0]) or 1.0
    marks = [(percent, float(np.quantile(days, percent / 100)), line) for percent, line in MARKS.items()]
    for _, value, line in marks:
        share.axvline(value, ymax=118 / 138, color=style.INK, linewidth=0.8, linestyle=line)
    text = ", ".join(f"P{percent} {style.number(value)} d" for percent, value, _ in marks)
    share.annotate(text, (0.02, 0.985), xycoords="axes fraction", va="top", fontsize=style.SMALL)
    axes.set_xlim(max(0.0, float(days[0]) - 0.12 * spread), float(days[-1]) + 0.12 * spread)
    return share


def words(transit: pd.DataFrame, flows: list[str], labels: dict[str, str]) -> str:
    """One sentence with the median and the 95th percentile of each flow, means over replications."""
    parts = []
    for flow in flows[:MOST_WORDS]:
        own = transit[transit["flow"] == flow]
        middle, late = (interval.told(own[name], " days") for name in ("p50_d", "p95_d"))
        parts.append(f"{labels[flow]}: half within {middle}, 95% within {late}")
    return "; ".join(parts) + "."


def draw(log: Log, tables: Tables) -> Drawing | LeftOut:
    """A panel a flow, for the largest flows."""
    times = table(tables, "transit_times")
    if times.empty:
        return LeftOut(NAME, TITLE, "no reported flow finished a shipment after the warm-up")
    spread = times.groupby("flow")["hours"].nunique()
    flows = largest_flows(log, {str(flow) for flow in spread.index[spread > 1]}, MOST_FLOWS)
    if not flows:
        return LeftOut(NAME, TITLE, "all shipments of a flow took the same time")
    labels, colours = flow_labels(log), flow_colours(log)
    with style.house_style():
        columns = len(flows) if len(flows) < 4 else 2 if len(flows) == 4 else 3
        rows = math.ceil(len(flows) / columns)
        figure = style.new_figure(5.6 * rows)
        panels = figure.subplots(rows, columns, squeeze=False).ravel()
        for number, (axes, flow) in enumerate(zip(panels, flows, strict=False)):
            days = days_of(times, flow)
            share = draw_flow(axes, days, colours[flow])
            axes.set_title(style.wrap(f"{labels[flow]} ({len(days):,})", 84 // columns))
            axes.set_xlabel("Transit time (days)")
            axes.set_ylabel("Shipments (%)" if number % columns == 0 else "")
            last = number % columns == columns - 1 or number == len(flows) - 1
            share.set_ylabel("Cumulative (%)" if last else "")
        for axes in panels[len(flows) :]:
            axes.remove()
    caption = words(table(tables, "transit"), flows, labels)
    how = (
        "Number of shipments in brackets. Bars: share of shipments; line: share that took at most so long; "
        "dashed: P50, dotted: P95. Finished "
        "shipments released after the warm-up, all replications together."
    )
    how += (
        f" Shown are {len(flows)} of {len(spread)} flows, the largest of each corridor."
        if len(spread) > len(flows)
        else ""
    )
    return Drawing(NAME, TITLE, caption, how, f"Histograms and cumulative shares. {caption}", figure)
