"""Why late: where the time of a shipment goes, and the places where shipments wait the longest."""

from __future__ import annotations

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.figures import style
from sim.figures.drawing import Drawing, LeftOut, Tables, flow_labels, largest_flows, node_names, place_labels, table
from sim.log import Log

NAME = "why_late"
TITLE = "Where the time goes, and where shipments wait"
MOST_FLOWS = 8
MOST_PLACES = 10
MOST_WORDS = 3
"""Flows named in the caption."""

HOUR_S = 3600


def by_flow(log: Log, tables: Tables) -> pd.DataFrame:
    """Days a finished shipment by flow (rows) and cause (columns), mean over replications."""
    split = table(tables, "why_late")
    flows = largest_flows(log, set(split["flow"].astype(str)), MOST_FLOWS)
    sums = split.groupby(["replication", "flow", "cause"])["hours"].sum().unstack(fill_value=0)
    means = sums.groupby("flow").mean() / 24
    order = [cause for cause in style.CAUSE_COLOURS if cause in means.columns]
    return means.reindex(index=flows, columns=order + sorted(set(means.columns) - set(order)))


def waits_by_place(log: Log, tables: Tables) -> pd.DataFrame:
    """Hours of waiting a finished shipment by place and cause; flows weigh by their finished shipments."""
    split, transit = table(tables, "why_late"), table(tables, "transit")
    split = split[~split["cause"].isin(style.PRODUCTIVE)]
    if split.empty or transit.empty:
        return pd.DataFrame()
    shipments = max(float(transit["finished"].sum()), 1.0)
    rows = split.assign(spot=spots(log, split))
    sums = rows.groupby(["spot", "cause"])["total_s"].sum().unstack(fill_value=0) / HOUR_S / shipments
    totals = sums.sum(axis=1).sort_values(ascending=False, kind="stable")
    order = totals.index[totals >= 0.01 * float(totals.max())][:MOST_PLACES]
    causes = [cause for cause in style.CAUSE_COLOURS if cause in sums.columns]
    return sums.loc[order, causes + sorted(set(sums.columns) - set(causes))]


def spots(log: Log, rows: pd.DataFrame) -> list[str]:
    """What a row of the ranking is called: the place, or the node where the shipment waits for a departure."""
    labels, names = place_labels(log), node_names(log)
    at_node = [f"{names.get(node, node)}, {cause}" for node, cause in zip(rows["node"], rows["cause"], strict=True)]
    places = rows["place"].astype("Int64").fillna(-1).astype(int)
    return [labels.get(place, here) for place, here in zip(places, at_node, strict=True)]


def stacked(axes: Axes, shares: pd.DataFrame, labels: list[str]) -> None:
    """Horizontal bars stacked by cause, the first row at the top, with the total at the end of the bar."""
    left = [0.0] * len(shares)
    for cause in shares.columns:
        values = shares[cause].fillna(0.0).to_list()
        axes.barh(range(len(shares)), values, left=left, label=cause, height=0.62,
                  color=style.CAUSE_COLOURS.get(str(cause), style.PALE_INK))  # fmt: skip
        left = [before + value for before, value in zip(left, values, strict=True)]
    for row, total in enumerate(left):
        axes.annotate(style.number(total), (total, row), xytext=(3, 0), textcoords="offset points", va="center",
                      fontsize=style.SMALL)  # fmt: skip
    axes.set_yticks(range(len(shares)), labels)
    axes.set_ylim(len(shares) - 0.5, -0.5)
    axes.set_xlim(0, max(*left, 1e-9) * 1.1)
    axes.grid(visible=True, axis="x")
    axes.tick_params(axis="y", length=0)


def picture(shares: pd.DataFrame, waits: pd.DataFrame, labels: dict[str, str]) -> Figure:
    """Flows above, places below, one legend for both."""
    rows = len(shares) * 1.6, len(waits)
    spots_of = [style.wrap(style.shorten(str(spot), 86), 46) for spot in waits.index]
    row = 0.8 if any("\n" in spot for spot in spots_of) else 0.6
    heights = [0.7 * rows[0] + 1.2] + ([row * rows[1] + 1.4] if len(waits) else [])
    figure = style.new_figure(sum(heights) + 1.4)
    panels = figure.subplots(len(heights), 1, height_ratios=heights, squeeze=False).ravel()
    stacked(panels[0], shares, [style.wrap(style.shorten(labels[str(flow)], 86), 30) for flow in shares.index])
    panels[0].set(title="Mean transit time by cause", xlabel="Days a finished shipment")
    if len(waits):
        stacked(panels[1], waits, spots_of)
        panels[1].set(title="Waiting by place, all flows", xlabel="Hours of waiting a finished shipment")
    found: dict[str, Artist] = {}
    for axes in panels:
        handles, names = axes.get_legend_handles_labels()
        found |= dict(zip((str(name) for name in names), handles, strict=True))
    figure.legend(list(found.values()), list(found), loc="outside lower left", ncols=4)
    return figure


def words(shares: pd.DataFrame, waits: pd.DataFrame, labels: dict[str, str]) -> str:
    """What share of the time is waiting, and where most of it is spent."""
    waiting = [cause for cause in shares.columns if cause not in style.PRODUCTIVE]
    parts = [
        f"{labels[str(flow)]}: {100 * row[waiting].sum() / row.sum():.0f}% of {style.number(float(row.sum()))} days"
        for flow, row in shares.head(MOST_WORDS).iterrows()
    ]
    text = f"Share of the transit time spent waiting: {'; '.join(parts)}."
    if len(waits):
        worst = waits.iloc[0]
        cause, spot = str(worst.idxmax()), str(waits.index[0])
        most = "" if spot.endswith(cause) else f", most of it {cause}"
        text += f" The longest wait is {style.number(float(worst.sum()))} h a shipment at {spot}{most}."
    return text


def draw(log: Log, tables: Tables) -> Drawing | LeftOut:
    """Stacked bars by cause, for flows and for places."""
    if table(tables, "why_late").empty:
        return LeftOut(NAME, TITLE, "no reported flow finished a shipment after the warm-up")
    shares, waits, labels = by_flow(log, tables), waits_by_place(log, tables), flow_labels(log)
    if shares.empty:
        return LeftOut(NAME, TITLE, "no reported flow finished a shipment after the warm-up")
    with style.house_style():
        figure = picture(shares, waits, labels)
    caption = words(shares, waits, labels)
    how = (
        "The parts of a bar add up to the mean transit time. Cool colours are time in which something is done, warm "
        "ones are waiting. Flows weigh by their finished shipments in the ranking of places."
    )
    return Drawing(NAME, TITLE, caption, how, f"Stacked bars of transit time by cause. {caption}", figure)
