"""Trade by corridor and month: containers released and delivered, and the value of the goods."""

from __future__ import annotations

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from sim.figures import interval, style
from sim.figures.drawing import (
    Drawing,
    LeftOut,
    Tables,
    flow_colours,
    flow_labels,
    month_names,
    origin_number,
    reported,
    start,
    table,
)
from sim.log import Log

NAME = "trade_flows"
TITLE = "Trade flows by corridor and month"
MOST_CORRIDORS = 3
MOST_FLOWS = 6
"""With more reported flows than this, bars are stacked by direction."""

DELIVERED = "delivered in the month"


def monthly(log: Log, tables: Tables) -> pd.DataFrame:
    """TEU, value and delivered TEU of reported flows by corridor, flow and whole month, mean over replications.

    Months of which the run covers only a part are left out. With many flows those of a direction are taken together,
    and ``flow`` is the direction.
    """
    trade = table(tables, "trade")
    if trade.empty:
        return trade
    replications = trade["replication"].nunique()
    trade = trade[trade["flow"].isin(reported(log)) & trade["month"].isin(whole_months(log))]
    if trade["flow"].nunique() > MOST_FLOWS:
        trade = trade.assign(flow=trade["flow"].map(directions(log)))
    columns = ["teu", "value_usd", "delivered_teu"]
    sums = trade.groupby(["corridor", "flow", "month"])[columns].sum() / replications
    return sums.astype(float).reset_index()


def directions(log: Log) -> dict[str, str]:
    """Flow to its direction as the scenario calls it."""
    flows = log.legend.flows
    return {
        str(flow): str(way) or "direction not stated"
        for flow, way in zip(flows["flow"], flows["direction"], strict=True)
    }


def whole_months(log: Log) -> list[str]:
    """The months that lie within the run from their first day to their last."""
    begin = start(log)
    end = begin + pd.Timedelta(seconds=origin_number(log, "horizon_s"))
    months = pd.period_range(begin, end, freq="M")
    return [str(month) for month in months if month.start_time >= begin and (month + 1).start_time <= end]


def warm_up_months(log: Log, months: list[str]) -> int:
    """How many of the months begin before the warm-up ends."""
    end = start(log) + pd.Timedelta(seconds=origin_number(log, "warm_up_s"))
    return sum(pd.Timestamp(f"{month}-01") < end for month in months)


def largest_corridors(rows: pd.DataFrame) -> list[str]:
    """The corridors with most TEU, largest first."""
    sums = rows.groupby("corridor")["teu"].sum().sort_values(ascending=False, kind="stable")
    return [str(corridor) for corridor in sums.index[:MOST_CORRIDORS]]


def stack(axes: Axes, rows: pd.DataFrame, column: str, looks: dict[str, tuple[str, str]]) -> None:
    """Bars of each month stacked by flow."""
    months = sorted(set(rows["month"]))
    bottom = pd.Series(0.0, index=months)
    for flow, (label, colour) in looks.items():
        values = rows[rows["flow"] == flow].groupby("month")[column].sum().reindex(months, fill_value=0.0)
        if values.sum() > 0:
            axes.bar(range(len(months)), values, bottom=bottom, color=colour, width=0.72, label=label)
            bottom = bottom + values
    every = max(1, (len(months) + 5) // 6)
    axes.set_xticks(range(0, len(months), every), month_names(months[::every]))
    axes.set_xlim(-0.6, len(months) - 0.4)
    axes.grid(visible=True, axis="y")
    style.thousands(axes, "y")


def shade(axes: Axes, warm_up: int) -> None:
    """The months of the warm-up in grey."""
    if warm_up > 0:
        axes.axvspan(-0.6, warm_up - 0.5, color=style.GRID, alpha=0.8, linewidth=0, zorder=0)


def picture(rows: pd.DataFrame, corridors: list[str], looks: dict[str, tuple[str, str]], warm_up: int) -> Figure:
    """A column a corridor: TEU above, value below if the goods have any."""
    valued = bool((rows["value_usd"] > 0).any())
    figure = style.new_figure((7.6 if valued else 5.0) + 0.2 * len(looks))
    panels = figure.subplots(1 + valued, len(corridors), squeeze=False, sharex="col")
    for column, corridor in enumerate(corridors):
        part = rows[rows["corridor"] == corridor].assign(value=lambda found: found["value_usd"] / 1e6)
        stack(panels[0, column], part, "teu", looks)
        delivered = part.groupby("month")["delivered_teu"].sum().sort_index().to_numpy()
        panels[0, column].plot(range(warm_up, len(delivered)), delivered[warm_up:], color=style.INK, marker="o",
                               markersize=3, linewidth=0.9, label=DELIVERED)  # fmt: skip
        if valued:
            stack(panels[1, column], part, "value", looks)
        for axes in panels[:, column]:
            shade(axes, warm_up)
        panels[0, column].set_title(style.wrap(style.dashes(corridor), 66 // len(corridors)))
        panels[-1, column].set_xlabel("Month")
    panels[0, 0].set_ylabel("Released (TEU)")
    panels[-1, 0].set_ylabel("Value (million USD)" if valued else "Released (TEU)")
    found: dict[str, Artist] = {}
    for axes in panels[0]:
        handles, names = axes.get_legend_handles_labels()
        found |= dict(zip((str(name) for name in names), handles, strict=True))
    found[DELIVERED] = found.pop(DELIVERED)
    if warm_up > 0:
        found["warm-up"] = Patch(color=style.GRID)
    names = [style.wrap(style.shorten(name, 96), 48) for name in found]
    figure.legend(list(found.values()), names, loc="outside lower left", ncols=2 if max(map(len, names)) > 30 else 4)
    return figure


def words(log: Log, tables: Tables, corridors: list[str]) -> str:
    """One sentence with the sums of each corridor over the months shown, means over replications."""
    trade = table(tables, "trade")
    shown = trade[trade["flow"].isin(reported(log)) & trade["month"].isin(whole_months(log))]
    sums = shown.groupby(["corridor", "replication"])[["teu", "value_usd", "delivered_teu"]].sum().astype(float)
    parts = []
    for corridor in corridors:
        own = sums.loc[corridor]
        teu, delivered = (interval.told(own[name], " TEU") for name in ("teu", "delivered_teu"))
        worth = f" worth USD {interval.told(own['value_usd'] / 1e6, ' million')}" if own["value_usd"].sum() > 0 else ""
        parts.append(f"{style.dashes(corridor)}: {teu}{worth} released, {delivered} delivered")
    return f"Over the months shown: {'; '.join(parts)}."


def draw(log: Log, tables: Tables) -> Drawing | LeftOut:
    """Bars by whole month, mean over replications; warm-up included, since it is demand, and marked."""
    rows = monthly(log, tables)
    if table(tables, "trade").empty or (len(rows) and rows["teu"].sum() <= 0):
        return LeftOut(NAME, TITLE, "no flow releases a shipment")
    if rows.empty:
        return LeftOut(NAME, TITLE, "the run covers no whole calendar month")
    corridors = largest_corridors(rows)
    shown = rows[rows["corridor"].isin(corridors)]
    together = set(shown["flow"]) & set(directions(log).values()) if not set(shown["flow"]) <= reported(log) else set()
    if together:
        looks = {way: (way, colour) for way, colour in style.colours(sorted(together)).items()}
    else:
        labels, colours = flow_labels(log), flow_colours(log)
        looks = {flow: (labels[flow], colours[flow]) for flow in labels if flow in set(shown["flow"])}
    months = sorted(set(rows["month"]))
    with style.house_style():
        figure = picture(shown, corridors, looks, warm_up_months(log, months))
    caption = words(log, tables, corridors)
    more = rows["corridor"].nunique() - len(corridors)
    how = "Sums of each month, mean over replications. "
    how += (
        "Months of the warm-up are shaded; deliveries are shown from its end on. "
        if origin_number(log, "warm_up_s")
        else ""
    )
    cut = table(tables, "trade")["month"].nunique() - len(months)
    how += "The month of which the run covers only a part is left out. " if cut == 1 else ""
    how += "The months of which the run covers only a part are left out. " if cut > 1 else ""
    how += f"The {more} smaller corridors are left out." if more else ""
    return Drawing(NAME, TITLE, caption, how.strip(), f"Stacked bars of TEU and value by month. {caption}", figure)
