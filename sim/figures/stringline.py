"""The time-space diagram: consists and vehicles as strings between the nodes, time to the right.

A rising string goes away from the first node, a falling one comes back; a horizontal piece is a consist that stands.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.figures import style
from sim.figures.drawing import (
    Drawing,
    LeftOut,
    Tables,
    flow_labels,
    moments,
    node_names,
    origin_number,
    reported,
    table,
)
from sim.log import Log

NAME = "stringline"
TITLE = "Time-space diagram"
DAY_S = 86_400
WINDOW_D = 28
MOST_GROUPS = 8
OTHERS, OTHERS_COLOUR = "other traffic", "#BDBDBD"
MOST_STRINGS = 600
LEAST_REACH = 0.05
"""A service that goes over less of the axis than this share is not drawn."""

STANDS_S = 3 * 3600
"""A consist that stays at a node for longer than this counts as standing in the choice of the window."""


def one_replication(log: Log, tables: Tables) -> pd.DataFrame:
    """Points of the first replication in the order of each string, on the axis of one corridor."""
    points = table(tables, "strings")
    if points.empty:
        return points
    chosen = points["km"].notna() & points["time_s"].notna() & points["replication"].eq(points["replication"].min())
    points = points.loc[chosen & points["corridor"].eq(corridor_of(log, points))]
    points = points.sort_values(["entity", "time_s"], kind="stable", ignore_index=True)
    axis = points["km"].max() - points["km"].min()
    reach = points.groupby("group")["km"].agg(lambda km: km.max() - km.min())
    return points[points["group"].isin(reach.index[reach >= LEAST_REACH * axis])].reset_index(drop=True)


def corridor_of(log: Log, points: pd.DataFrame) -> str:
    """The corridor with most trains, vessels and other consists; with most vehicles where none has any."""
    entities = log.legend.entities
    consists = points["group"].isin(entities.loc[entities["kind"] == "consist", "group"].unique())
    counted = points[consists] if consists.any() else points
    return str(counted.groupby("corridor").size().sort_index().idxmax())


def thinned(points: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """At most so many entities of each group, evenly taken, so that single strings can be seen; and how many."""
    most = max(MOST_STRINGS // max(points["group"].nunique(), 1), 1)
    order = points.drop_duplicates(["group", "entity"]).sort_values(["group", "time_s", "entity"])
    turn, size = order.groupby("group").cumcount(), order.groupby("group")["entity"].transform("size")
    kept = order.loc[turn % -(-size // most) == 0, "entity"]
    return points[points["entity"].isin(kept)].reset_index(drop=True), most


def window_start(points: pd.DataFrame, warm_up_s: float, horizon_s: float) -> float:
    """Start of the four weeks, moved by whole weeks from the end of the warm-up, in which consists stand the most."""
    same = (points["entity"].shift(-1) == points["entity"]) & (points["km"].shift(-1) == points["km"])
    stands = (points["time_s"].shift(-1) - points["time_s"]).where(same).astype(float)
    times = points["time_s"].astype(float)[stands > STANDS_S].to_numpy()
    spent = stands[stands > STANDS_S].to_numpy()
    last = max(warm_up_s, horizon_s - WINDOW_D * DAY_S)
    starts = np.arange(warm_up_s, last + 1, 7 * DAY_S)
    sums = [spent[(times >= first) & (times < first + WINDOW_D * DAY_S)].sum() for first in starts]
    return float(starts[int(np.argmax(sums))])


def background(log: Log) -> set[str]:
    """Groups of the rest of the traffic: they are there for the places that they fill, and drawn in grey."""
    entities = log.legend.entities
    return {str(group) for group in entities.loc[entities["kind"] == "traffic", "group"].unique()} - reported(log)


def group_looks(log: Log, points: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """Group to its label and colour: the service, or the direction alone where there are more than eight services."""
    services, names = log.legend.services, node_names(log)
    labels = flow_labels(log) | dict(zip(services["service"].astype(str), services["label"].astype(str), strict=True))
    groups, others = sorted(set(points["group"].astype(str))), background(log)
    own = [group for group in groups if group not in others]
    looks = {group: (OTHERS, OTHERS_COLOUR) for group in groups if group in others}
    if len(own) <= MOST_GROUPS:
        return looks | {group: (labels.get(group, group), colour) for group, colour in style.colours(own).items()}
    ends = points[points["node"] != ""].groupby("node")["km"].mean()
    first, last = (names.get(str(node), str(node)) for node in (ends.idxmin(), ends.idxmax()))
    runs = points.groupby(["group", "entity"])["km"].agg(["first", "last"])
    rising = (runs["last"] - runs["first"]).groupby("group").mean() > 0
    ways = {True: (f"towards {last}", style.PALETTE[0]), False: (f"towards {first}", style.PALETTE[1])}
    return looks | {group: ways[bool(rising[group])] for group in own}


def draw_strings(axes: Axes, points: pd.DataFrame, looks: dict[str, tuple[str, str]], days: pd.Series) -> None:
    """A thin line for each entity, in the colour of its service; other traffic lies below."""
    x = style.date_numbers(days)
    y = points["km"].to_numpy(dtype=float)
    for group, (label, colour) in looks.items():
        rows = points.index[points["group"] == group]
        cuts = np.flatnonzero(np.diff(points.loc[rows, "entity"].to_numpy(dtype=float)) != 0) + 1
        strings = [np.column_stack([x[part], y[part]]) for part in np.split(rows.to_numpy(), cuts) if len(part) > 1]
        axes.add_collection(
            LineCollection(
                strings, colors=colour, linewidths=0.5 if label == OTHERS else 0.7, zorder=1.5 if label == OTHERS else 2
            )
        )


def ticks(points: pd.DataFrame, names: dict[str, str], least_share: float = 0.04) -> tuple[list[float], list[str]]:
    """Heights and names of nodes, thinned so that no two names touch; nodes where consists stand come first."""
    order = points[points["node"] != ""].groupby("node")["km"].mean().sort_values()
    same = (points["entity"].shift(-1) == points["entity"]) & (points["km"].shift(-1) == points["km"])
    stands = (points["time_s"].shift(-1) - points["time_s"]).where(same, 0).astype(float)
    waits = stands.groupby(points["node"]).sum().drop("", errors="ignore")
    room = max(float(order.iloc[-1] - order.iloc[0]), 1.0) * least_share
    kept: list[str] = []
    ends = [str(order.index[0]), str(order.index[-1])]
    for node in ends + [str(node) for node in waits.sort_values(ascending=False, kind="stable").index]:
        if node not in kept and all(abs(order[node] - order[other]) >= room for other in kept):
            kept.append(node)
    kept.sort(key=lambda node: float(order[node]))
    return [float(order[node]) for node in kept], [style.wrap(names.get(node, node), 24) for node in kept]


def standing(points: pd.DataFrame, names: dict[str, str]) -> tuple[str, float]:
    """The node with the longest mean stand in the window, and that mean in hours."""
    same = (points["entity"].shift(-1) == points["entity"]) & (points["km"].shift(-1) == points["km"])
    hours = (points["time_s"].shift(-1) - points["time_s"]).where(same).astype(float).div(3600)
    means = hours.groupby(points["node"]).mean().drop("", errors="ignore").dropna().sort_index()
    if means.empty:
        return "", 0.0
    return names.get(str(means.idxmax()), str(means.idxmax())), float(means.max())


def within(points: pd.DataFrame, first: float, last: float) -> pd.DataFrame:
    """All points of the entities that are on their way at some time of the window."""
    times = points.groupby("entity")["time_s"]
    return points[times.transform("max").ge(first) & times.transform("min").le(last)].reset_index(drop=True)


def picture(log: Log, points: pd.DataFrame, limits: pd.Series) -> Figure:
    """The strings with their nodes and dates."""
    looks = group_looks(log, points)
    figure = style.new_figure(9.4)
    axes = figure.subplots()
    draw_strings(axes, points, looks, moments(log, points["time_s"]))
    heights, labels = ticks(points, node_names(log))
    axes.set_yticks(heights, labels)
    axes.set(xlim=(limits[0], limits[1]), ylim=(heights[0], heights[-1]), ylabel="Node (spaced by km)",
             xlabel=f"Date (UTC), {limits[0].year}")  # fmt: skip
    style.date_axis(axes, 4)
    axes.grid(visible=True)
    marks = [
        Line2D([], [], color=colour, label=style.wrap(label, 40)) for label, colour in dict(looks.values()).items()
    ]
    figure.legend(handles=marks, loc="outside lower left", ncols=3 if len(marks) > 2 else 2)
    return figure


def draw(log: Log, tables: Tables) -> Drawing | LeftOut:
    """Four weeks of one replication."""
    points = one_replication(log, tables)
    if points.empty:
        return LeftOut(NAME, TITLE, "no consist or vehicle moves along the nodes of the corridor")
    horizon = origin_number(log, "horizon_s") or float(points["time_s"].max())
    first = window_start(points, origin_number(log, "warm_up_s"), horizon)
    last = min(first + WINDOW_D * DAY_S, horizon)
    points = within(points, first, last)
    if points.empty:
        return LeftOut(NAME, TITLE, "nothing moves after the warm-up")
    limits = moments(log, pd.Series([first, last]))
    shown, most = thinned(points)
    with style.house_style():
        figure = picture(log, shown, limits)
    where, hours = standing(points, node_names(log))
    longest = f"; they stand longest at {where}, {style.number(hours)} h on average" if where else ""
    caption = (
        f"{points['entity'].nunique():,} consists and vehicles between {limits[0].day} {limits[0]:%B} and "
        f"{limits[1].day} {limits[1]:%B %Y} in one replication{longest}."
    )
    thin = f", at most {most} of a service" if len(shown) < len(points) else ""
    how = f"One string a consist or vehicle{thin}. "
    how += "Horizontal pieces are waits; of the run, the four weeks with most standing."
    return Drawing(NAME, TITLE, caption, how, f"Time-space diagram. {caption}", figure)
