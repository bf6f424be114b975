"""Waiting and inside over time, for the places with the largest queues."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.counts import counted
from sim.figures import interval, style
from sim.figures.drawing import Drawing, LeftOut, Tables, moments, origin_number, place_labels, table
from sim.log import Log

NAME = "queue_stock"
TITLE = "Waiting and inside at the busiest places"
MOST_PLACES = 6
DAY_S = 86_400
MANY_DAYS = 150
"""With more days than this lines are thin."""

LEAST_QUEUE = 0.2
"""A place counts as having a queue if on average at least so many wait after the warm-up."""

WAITING, INSIDE = "#D55E00", "#0072B2"


def queues(log: Log, tables: Tables) -> pd.Series:
    """Place to the mean number waiting after the warm-up, longest first, for places that have a queue."""
    stock = table(tables, "stock")
    if stock.empty:
        return pd.Series(dtype=float)
    counted = stock[stock["time_s"] >= origin_number(log, "warm_up_s")]
    means = counted.groupby("place")["waiting"].mean().astype(float)
    means = means[means >= LEAST_QUEUE].sort_index()
    return means.sort_values(ascending=False, kind="stable").head(MOST_PLACES)


def over_time(stock: pd.DataFrame, place: object, column: str) -> pd.DataFrame:
    """Mean, lowest and highest over replications of the means of each day."""
    rows = stock[stock["place"] == place]
    rows = rows.assign(time_s=rows["time_s"].astype("int64") // DAY_S * DAY_S)
    # What is left of a day at the end of the run is no day.
    last = rows["time_s"].max()
    whole = rows.groupby("time_s")["time_s"].transform("size")
    rows = rows[(rows["time_s"] < last) | (whole >= whole.max())]
    means = rows.groupby(["replication", "time_s"])[column].mean().reset_index()
    return pd.DataFrame(means.groupby("time_s")[column].agg(["mean", "min", "max"]).astype(float).reset_index())


def draw_place(axes: Axes, log: Log, stock: pd.DataFrame, place: object) -> None:
    """One panel: inside and waiting, each as a mean line in its band, the warm-up shaded."""
    for column, colour in (("inside", INSIDE), ("waiting", WAITING)):
        rows = over_time(stock, place, column)
        days = moments(log, rows["time_s"])
        axes.fill_between(days, rows["min"], rows["max"], color=colour, alpha=0.2, linewidth=0)
        axes.plot(days, rows["mean"], color=colour, linewidth=1.1 if len(days) < MANY_DAYS else 0.6)
    warm_up = origin_number(log, "warm_up_s")
    if warm_up > 0:
        ends = moments(log, pd.Series([0.0, warm_up]))
        axes.axvspan(ends[0], ends[1], color=style.GRID, alpha=0.6, linewidth=0)
    axes.set_ylim(0, None)
    axes.margins(x=0)
    axes.grid(visible=True, axis="y")
    style.thousands(axes, "y")
    style.date_axis(axes)


def picture(log: Log, stock: pd.DataFrame, places: list[object]) -> Figure:
    """Small multiples, up to three a row."""
    labels = place_labels(log)
    columns = len(places) if len(places) < 4 else 2 if len(places) == 4 else 3
    rows = math.ceil(len(places) / columns)
    figure = style.new_figure(3.2 * rows + 1.2)
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes, place in zip(panels, places, strict=False):
        draw_place(axes, log, stock, place)
        axes.set_title(style.wrap(labels.get(int(str(place)), str(place)), 84 // columns))
    for axes in panels[len(places) :]:
        axes.remove()
    figure.supylabel("Entities (shipments, trains, lorries)", fontsize=style.SMALL + 0.5)
    figure.legend(
        handles=[
            panels[0].plot([], [], color=WAITING, label="waiting for entry")[0],
            panels[0].plot([], [], color=INSIDE, label="inside")[0],
        ],
        loc="outside lower left", ncols=2,
    )  # fmt: skip
    return figure


def draw(log: Log, tables: Tables) -> Drawing | LeftOut:
    """A panel for each of the places with the largest queues."""
    means = queues(log, tables)
    if means.empty:
        return LeftOut(NAME, TITLE, "no place has a queue after the warm-up")
    stock = table(tables, "stock")
    with style.house_style():
        figure = picture(log, stock, list(means.index))
    first = means.index[0]
    label = place_labels(log).get(int(str(first)), str(first))
    rows = over_time(stock, first, "waiting")
    peak = rows.iloc[int(rows["mean"].argmax())]
    when = moments(log, pd.Series([peak["time_s"]]))[0]
    own = stock[stock["place"] == first]
    after = own[own["time_s"] >= origin_number(log, "warm_up_s")]
    at_peak = own[own["time_s"] // DAY_S * DAY_S == peak["time_s"]]
    usual, highest = (interval.told(each.groupby("replication")["waiting"].mean()) for each in (after, at_peak))
    caption = (
        f"The longest queue is at {label}: {usual} wait on average after the warm-up, and {highest} at the peak on "
        f"{when.day} {when:%B %Y} (means over replications)."
    )
    how = (
        "Means of each day: lines are means over replications, bands run from the lowest to the highest. The warm-up "
        "is shaded."
    )
    alt = f"Line charts of the number waiting and inside over time at {counted(len(means), 'place')}. {caption}"
    return Drawing(NAME, TITLE, caption, how, alt, figure)
