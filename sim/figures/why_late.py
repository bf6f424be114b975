"""Why late: where the time of a shipment goes, and the places where shipments wait the longest."""

from __future__ import annotations

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.figures import interval, style
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
    """Hours of waiting a finished shipment by place and cause, mean over replications, the longest first.

    Flows weigh by their finished shipments.
    """
    hours = waits(log, tables)
    if hours.empty:
        return hours
    sums = hours.groupby(["spot", "cause"])["hours"].sum().unstack(fill_value=0) / max(len(replications(tables)), 1)
    totals = sums.sum(axis=1).sort_values(ascending=False, kind="stable")
    order = totals.index[totals >= 0.01 * float(totals.max())][:MOST_PLACES]
    causes = [cause for cause in style.CAUSE_COLOURS if cause in sums.columns]
    return sums.loc[order, causes + sorted(set(sums.columns) - set(causes))]


def waits(log: Log, tables: Tables) -> pd.DataFrame:
    """Hours of waiting a finished shipment: a row for each replication, cause and place where there are any."""
    split, transit = table(tables, "why_late"), table(tables, "transit")
    split = split[~split["cause"].isin(style.PRODUCTIVE)]
    if split.empty or transit.empty:
        return pd.DataFrame()
    finished = transit.groupby("replication")["finished"].sum().clip(lower=1).astype(float)
    rows = split.assign(spot=spots(log, split))
    rows["hours"] = rows["total_s"] / HOUR_S / rows["replication"].map(finished)
    return pd.DataFrame(rows.groupby(["replication", "spot", "cause"])["hours"].sum().reset_index())


def replications(tables: Tables) -> list[int]:
    """Their numbers."""
    return sorted(int(number) for number in table(tables, "transit")["replication"].unique())


def ends_of(rows: pd.DataFrame, key: str, replications: list[int]) -> pd.DataFrame:
    """All hours together by key: mean over replications with its interval; a replication without a row has none."""
    wide = rows.pivot_table(index=key, columns="replication", values="hours", aggfunc="sum")
    long = wide.reindex(columns=replications).fillna(0.0).reset_index().melt(id_vars=key, value_name="hours")
    return interval.over_replications(long, key, "hours")


def spots(log: Log, rows: pd.DataFrame) -> list[str]:
    """What a row of the ranking is called: the place, or the node where the shipment waits for a departure."""
    labels, names = place_labels(log), node_names(log)
    at_node = [f"{names.get(node, node)}, {cause}" for node, cause in zip(rows["node"], rows["cause"], strict=True)]
    places = rows["place"].astype("Int64").fillna(-1).astype(int)
    return [labels.get(place, here) for place, here in zip(places, at_node, strict=True)]


def stacked(axes: Axes, shares: pd.DataFrame, ends: pd.DataFrame, labels: list[str]) -> None:
    """Horizontal bars stacked by cause, the first row at the top, with the total and its interval at the end."""
    left = [0.0] * len(shares)
    for cause in shares.columns:
        values = shares[cause].fillna(0.0).to_list()
        axes.barh(range(len(shares)), values, left=left, label=cause, height=0.62,
                  color=style.CAUSE_COLOURS.get(str(cause), style.PALE_INK))  # fmt: skip
        left = [before + value for before, value in zip(left, values, strict=True)]
    axes.set_yticks(range(len(shares)), labels)
    axes.set_ylim(len(shares) - 0.5, -0.5)
    interval.whiskers(axes, ends)
    axes.grid(visible=True, axis="x")
    axes.tick_params(axis="y", length=0)


def picture(
    shares: pd.DataFrame, waits: pd.DataFrame, labels: dict[str, str], ends: tuple[pd.DataFrame, pd.DataFrame]
) -> Figure:
    """Flows above, places below, one legend for both; ``ends``: totals of both with their intervals."""
    rows = len(shares) * 1.6, len(waits)
    spots_of = [style.wrap(style.shorten(str(spot), 86), 46) for spot in waits.index]
    row = 0.8 if any("\n" in spot for spot in spots_of) else 0.6
    heights = [0.7 * rows[0] + 1.2] + ([row * rows[1] + 1.4] if len(waits) else [])
    figure = style.new_figure(sum(heights) + 1.4)
    panels = figure.subplots(len(heights), 1, height_ratios=heights, squeeze=False).ravel()
    names_of = [style.wrap(style.shorten(labels[str(flow)], 86), 30) for flow in shares.index]
    stacked(panels[0], shares, ends[0].reindex(shares.index), names_of)
    panels[0].set(title="Mean transit time by cause", xlabel="Days a finished shipment")
    if len(waits):
        stacked(panels[1], waits, ends[1].reindex(waits.index), spots_of)
        panels[1].set(title="Waiting by place, all flows", xlabel="Hours of waiting a finished shipment")
    found: dict[str, Artist] = {}
    for axes in panels:
        handles, names = axes.get_legend_handles_labels()
        found |= dict(zip((str(name) for name in names), handles, strict=True))
    figure.legend(list(found.values()), list(found), loc="outside lower left", ncols=4)
    return figure


def words(split: pd.DataFrame, waits: pd.DataFrame, labels: dict[str, str], longest: str) -> str:
    """What share of the time is waiting, and where most of it is spent; ``split`` as of :func:`times`."""
    parts = []
    for flow in list(dict.fromkeys(split["flow"]))[:MOST_WORDS]:
        own = split[split["flow"] == flow]
        share, days = interval.told(own["waiting_share"], "%"), interval.told(own["days"], " days")
        parts.append(f"{labels[str(flow)]}: {share} of {days}")
    text = f"Share of the transit time spent waiting: {'; '.join(parts)}."
    if len(waits):
        worst = waits.iloc[0]
        cause, spot = str(worst.idxmax()), str(waits.index[0])
        most = "" if spot.endswith(cause) else f", most of it {cause}"
        text += f" The longest wait is {longest} a shipment at {spot}{most}."
    return text


def times(tables: Tables, flows: list[str]) -> pd.DataFrame:
    """Days a finished shipment and the percentage of them spent waiting, by flow and replication."""
    split = table(tables, "why_late")
    idle = split[~split["cause"].isin(style.PRODUCTIVE)]
    keys = ["flow", "replication"]
    whole = split.groupby(keys)["hours"].sum()
    waiting = idle.groupby(keys)["hours"].sum().reindex(whole.index).fillna(0.0)
    found = pd.DataFrame({"days": whole / 24, "waiting_share": 100 * waiting / whole.where(whole > 0)})
    return found.reindex(flows, level="flow").reset_index()


def draw(log: Log, tables: Tables) -> Drawing | LeftOut:
    """Stacked bars by cause, for flows and for places."""
    if table(tables, "why_late").empty:
        return LeftOut(NAME, TITLE, "no reported flow finished a shipment after the warm-up")
    shares, by_place, labels = by_flow(log, tables), waits_by_place(log, tables), flow_labels(log)
    if shares.empty:
        return LeftOut(NAME, TITLE, "no reported flow finished a shipment after the warm-up")
    split, runs = times(tables, [str(flow) for flow in shares.index]), replications(tables)
    idle = ends_of(waits(log, tables), "spot", runs) if len(by_place) else by_place
    with style.house_style():
        figure = picture(shares, by_place, labels, (interval.over_replications(split, "flow", "days"), idle))
    longest = interval.in_words(tuple(idle.loc[by_place.index[0]]), " h") if len(by_place) else ""
    caption = words(split, by_place, labels, longest)
    how = (
        "The parts of a bar add up to the mean transit time. Cool colours are time in which something is done, warm "
        "ones are waiting. Flows weigh by their finished shipments in the ranking of places. "
        f"{interval.how(len(runs))}"
    )
    return Drawing(NAME, TITLE, caption, how, f"Stacked bars of transit time by cause. {caption}", figure)
