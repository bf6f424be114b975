"""The time-space diagram: consists and vehicles as strings between the nodes, time to the right.

A rising string goes away from the first node, a falling one comes back; a thick horizontal piece is a consist or
vehicle that stands.
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
WINDOW_D = 14
OTHERS, OTHERS_COLOUR = "other traffic", "#C4C4C4"
MOST_STRINGS = {True: 160, False: 60}
"""Strings of the reported services, and of other traffic."""

LEAST_REACH = 0.05
"""A service that goes over less of the axis than this share is not drawn."""

STANDS_S = 3 * 3600
"""A consist that stays at a node for longer than this is drawn as standing."""

LEAST_ROOM = 0.045
"""Names stand apart by at least this share of the axis."""


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


def thinned(points: pd.DataFrame, own: set[str]) -> pd.DataFrame:
    """So many strings of the reported services and of other traffic that single ones can be seen, evenly taken."""
    order = points.drop_duplicates("entity").sort_values(["time_s", "entity"])
    mine = order["group"].isin(own)
    kept: list[int] = []
    for reported_, most in MOST_STRINGS.items():
        entities = order.loc[mine == reported_, "entity"].tolist()
        kept += entities[:: max(1, -(-len(entities) // most))]
    return points[points["entity"].isin(kept)].reset_index(drop=True)


def standing(points: pd.DataFrame) -> pd.Series:
    """Seconds until the next point of the same string at the same kilometre; missing where it moves on or ends."""
    same = (points["entity"].shift(-1) == points["entity"]) & (points["km"].shift(-1) == points["km"])
    return (points["time_s"].shift(-1) - points["time_s"]).where(same).astype(float)


def window_start(points: pd.DataFrame, warm_up_s: float, horizon_s: float) -> float:
    """Start of the two weeks, moved by whole weeks from the end of the warm-up, in which consists stand the most."""
    stands = standing(points)
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


def looks(log: Log, points: pd.DataFrame, own: set[str]) -> dict[int, tuple[str, str]]:
    """Entity to the label and colour of its direction; other traffic is grey."""
    names = node_names(log)
    ends = points[points["node"] != ""].groupby("node")["km"].mean()
    first, last = (names.get(str(node), str(node)) for node in (ends.idxmin(), ends.idxmax()))
    runs = points.groupby("entity").agg(group=("group", "first"), begin=("km", "first"), end=("km", "last"))
    ways = {True: (f"towards {last}", style.PALETTE[0]), False: (f"towards {first}", style.PALETTE[1])}
    return {
        int(str(row.Index)): ways[bool(float(str(row.end)) >= float(str(row.begin)))]
        if row.group in own else (OTHERS, OTHERS_COLOUR) for row in runs.itertuples()
    }  # fmt: skip


def draw_strings(axes: Axes, points: pd.DataFrame, look: dict[int, tuple[str, str]], days: pd.Series) -> None:
    """A thin line for each entity in the colour of its direction, thick where it stands; other traffic lies below."""
    x, y = style.date_numbers(days), points["km"].to_numpy(dtype=float)
    rests = np.flatnonzero((standing(points) > STANDS_S).to_numpy())
    for label, colour in dict.fromkeys(look.values()):
        other = label == OTHERS
        mine = np.array([look[int(entity)][0] == label for entity in points["entity"]])
        rows = np.flatnonzero(mine)
        cuts = np.flatnonzero(np.diff(points["entity"].to_numpy()[rows]) != 0) + 1
        strings = [np.column_stack([x[part], y[part]]) for part in np.split(rows, cuts) if len(part) > 1]
        axes.add_collection(LineCollection(strings, colors=colour, linewidths=0.4 if other else 0.7,
                                           zorder=1.5 if other else 2))  # fmt: skip
        thick = [np.column_stack([x[at : at + 2], y[at : at + 2]]) for at in rests if mine[at] and not other]
        axes.add_collection(LineCollection(thick, colors=colour, linewidths=2.0, zorder=2.5, alpha=0.8))


def ticks(log: Log, points: pd.DataFrame) -> list[tuple[float, str, bool]]:
    """Heights and names of nodes, and whether they are a border, rising; so few that no two names touch.

    Both stations of a border share a name where they are near each other. Ends come first, then borders, then the
    nodes where consists stand.
    """
    names, pairs = node_names(log), log.legend.nodes.set_index("node")["border"].fillna("").to_dict()
    order = points[points["node"] != ""].groupby("node")["km"].mean().sort_values()
    room = max(float(order.iloc[-1] - order.iloc[0]), 1.0) * LEAST_ROOM
    waits = standing(points).fillna(0).groupby(points["node"]).sum().reindex(order.index, fill_value=0.0)
    ends = {str(order.index[0]), str(order.index[-1])}
    rank = sorted(order.index, key=lambda node: (node not in ends, pairs.get(node, "") == "", -waits[node], node))
    kept: dict[str, list[str]] = {}
    for node in rank:
        twin = next((other for other in kept if pairs.get(node, "") and pairs.get(other) == pairs[node]
                     and abs(order[node] - order[other]) < room), None)  # fmt: skip
        if twin is not None:
            kept[twin] = sorted([*kept[twin], str(node)], key=lambda one: float(order[one]))
        elif all(abs(order[node] - order[other]) >= room for other in kept):
            kept[str(node)] = [str(node)]
    return [
        (float(order[node]), style.shorten(" / ".join(names.get(one, one) for one in reversed(both)), 34),
         pairs.get(node, "") != "") for node, both in sorted(kept.items(), key=lambda item: float(order[item[0]]))
    ]  # fmt: skip


def longest_stand(points: pd.DataFrame, names: dict[str, str]) -> tuple[str, float]:
    """The node with the longest mean stand in the window, and that mean in hours."""
    means = standing(points).div(3600).groupby(points["node"]).mean().drop("", errors="ignore").dropna().sort_index()
    if means.empty:
        return "", 0.0
    return names.get(str(means.idxmax()), str(means.idxmax())), float(means.max())


def within(points: pd.DataFrame, first: float, last: float) -> pd.DataFrame:
    """All points of the entities that are on their way at some time of the window."""
    times = points.groupby("entity")["time_s"]
    return points[times.transform("max").ge(first) & times.transform("min").le(last)].reset_index(drop=True)


def picture(log: Log, points: pd.DataFrame, own: set[str], limits: pd.Series) -> Figure:
    """The strings with their nodes and dates; borders stand on a line of their own."""
    look = looks(log, points, own)
    figure = style.new_figure(10.6)
    axes = figure.subplots()
    draw_strings(axes, points, look, moments(log, points["time_s"]))
    marks = ticks(log, points)
    axes.set_yticks([height for height, _, _ in marks], [label for _, label, _ in marks])
    for label, (height, _, border) in zip(axes.get_yticklabels(), marks, strict=True):
        label.set_fontweight("bold" if border else "normal")
        axes.axhline(height, color=style.PALE_INK if border else style.GRID, linewidth=0.5, zorder=1)
    axes.set(xlim=(limits[0], limits[1]), ylim=(marks[0][0], marks[-1][0]), ylabel="Node (spaced by km)",
             xlabel=f"Date (UTC), {limits[0].year}")  # fmt: skip
    style.date_axis(axes, 2 if (limits[1] - limits[0]).days > 7 else 1)
    axes.grid(visible=True, axis="x")
    shown = [Line2D([], [], color=colour, label=style.wrap(label, 40)) for label, colour in
             sorted(dict.fromkeys(look.values()), key=lambda one: (one[0] == OTHERS, one[0]))]  # fmt: skip
    shown.append(Line2D([], [], color=style.INK, linewidth=2.0, label=f"stands for more than {STANDS_S // 3600} h"))
    figure.legend(
        handles=shown, loc="outside lower left", ncols=2 if max(len(str(one.get_label())) for one in shown) > 30 else 4
    )
    return figure


def draw(log: Log, tables: Tables) -> Drawing | LeftOut:
    """Two weeks of one replication."""
    points = one_replication(log, tables)
    if points.empty:
        return LeftOut(NAME, TITLE, "no consist or vehicle moves along the nodes of the corridor")
    groups = set(points["group"].astype(str))
    own = groups - background(log) or groups
    mine = points[points["group"].isin(own)].reset_index(drop=True)
    horizon = origin_number(log, "horizon_s") or float(points["time_s"].max())
    first = window_start(mine, origin_number(log, "warm_up_s"), horizon)
    last = min(first + WINDOW_D * DAY_S, horizon, max(float(points["time_s"].max()), first + DAY_S))
    points, mine = within(points, first, last), within(mine, first, last)
    if mine.empty:
        return LeftOut(NAME, TITLE, "nothing moves after the warm-up")
    limits = moments(log, pd.Series([first, last]))
    shown = thinned(points, own)
    with style.house_style():
        figure = picture(log, shown, own, limits)
    where, hours = longest_stand(mine, node_names(log))
    longest = f"; they stand longest at {where}, {style.number(hours)} h on average" if where else ""
    caption = (
        f"{mine['entity'].nunique():,} consists and vehicles of the reported flows are under way between "
        f"{limits[0].day} {limits[0]:%B} and {limits[1].day} {limits[1]:%B %Y} in one replication{longest}."
    )
    how = "One string a consist or vehicle, horizontal where it stands. "
    counts = {True: (shown["group"].isin(own), len(mine)), False: (~shown["group"].isin(own), len(points) - len(mine))}
    drawn = {
        kind: (shown.loc[rows, "entity"].nunique(), int(rows.sum()) < most) for kind, (rows, most) in counts.items()
    }
    how += f"Of them {drawn[True][0]:,} are drawn, evenly taken. " if drawn[True][1] else ""
    how += f"Of the other traffic {drawn[False][0]:,} are drawn. " if drawn[False][1] else ""
    how += "Of the run, the two weeks with most standing." if horizon - first > WINDOW_D * DAY_S else ""
    return Drawing(NAME, TITLE, caption, how.strip(), f"Time-space diagram. {caption}", figure)
