"""Trade by corridor and month: containers released and delivered, and the value of the goods."""

from __future__ import annotations

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.figures import style
from sim.figures.drawing import Drawing, LeftOut, Tables, flow_colours, flow_labels, largest_flows, reported, table
from sim.log import Log

NAME = "trade_flows"
TITLE = "Trade flows by corridor and month"
MOST_CORRIDORS = 3
MOST_FLOWS = 7
OTHERS, OTHERS_COLOUR = "other flows", "#BDBDBD"
DELIVERED = "delivered in the month"


def monthly(log: Log, tables: Tables) -> pd.DataFrame:
    """TEU, value and delivered TEU by corridor, flow and month, mean over replications; the smaller flows together."""
    trade = table(tables, "trade")
    if trade.empty:
        return trade
    replications = trade["replication"].nunique()
    trade = trade[trade["flow"].isin(reported(log))]
    large = largest_flows(log, set(trade["flow"].astype(str)), MOST_FLOWS)
    if trade["flow"].nunique() > MOST_FLOWS:
        trade = trade.assign(flow=trade["flow"].where(trade["flow"].isin(large), OTHERS))
    columns = ["teu", "value_usd", "delivered_teu"]
    sums = trade.groupby(["corridor", "flow", "month"])[columns].sum() / replications
    return sums.astype(float).reset_index()


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
    every = max(1, (len(months) + 11) // 12)
    axes.set_xticks(range(0, len(months), every), months[::every], rotation=45, ha="right", rotation_mode="anchor")
    axes.grid(visible=True, axis="y")
    style.thousands(axes, "y")


def picture(rows: pd.DataFrame, corridors: list[str], looks: dict[str, tuple[str, str]]) -> Figure:
    """A column a corridor: TEU above, value below."""
    figure = style.new_figure(7.2 + 0.4 * len(looks))
    panels = figure.subplots(2, len(corridors), squeeze=False, sharex="col")
    for column, corridor in enumerate(corridors):
        part = rows[rows["corridor"] == corridor].assign(value=lambda found: found["value_usd"] / 1e6)
        stack(panels[0, column], part, "teu", looks)
        delivered = part.groupby("month")["delivered_teu"].sum().sort_index()
        panels[0, column].plot(range(len(delivered)), delivered, color=style.INK, marker="o", markersize=3,
                               linewidth=0.9, label=DELIVERED)  # fmt: skip
        stack(panels[1, column], part, "value", looks)
        panels[0, column].set_title(style.wrap(corridor, 66 // len(corridors)))
    panels[0, 0].set_ylabel("Released (TEU)")
    panels[1, 0].set_ylabel("Value (million USD)")
    for axes in panels[1]:
        axes.set_xlabel("Month")
    found: dict[str, Artist] = {}
    for axes in panels[0]:
        handles, names = axes.get_legend_handles_labels()
        found |= dict(zip((str(name) for name in names), handles, strict=True))
    found[DELIVERED] = found.pop(DELIVERED)
    figure.legend(list(found.values()), [style.wrap(name, 48) for name in found], loc="outside lower left", ncols=2)
    return figure


def words(rows: pd.DataFrame, corridors: list[str]) -> str:
    """One sentence with the sums of each corridor."""
    parts = []
    for corridor in corridors:
        sums = rows[rows["corridor"] == corridor][["teu", "value_usd", "delivered_teu"]].sum()
        sums["value_usd"] /= 1e6
        teu, usd, delivered = (style.number(float(sums[name])) for name in ("teu", "value_usd", "delivered_teu"))
        parts.append(f"{corridor}: {teu} TEU worth USD {usd} million released, {delivered} TEU delivered")
    return "; ".join(parts) + "."


def draw(log: Log, tables: Tables) -> Drawing | LeftOut:
    """Bars by month, mean over replications; warm-up included, since it is demand."""
    rows = monthly(log, tables)
    if rows.empty or rows["teu"].sum() <= 0:
        return LeftOut(NAME, TITLE, "no flow releases a shipment")
    corridors = largest_corridors(rows)
    labels = {**flow_labels(log), OTHERS: OTHERS}
    colours = {**flow_colours(log), OTHERS: OTHERS_COLOUR}
    present = [flow for flow in labels if flow in set(rows.loc[rows["corridor"].isin(corridors), "flow"])]
    with style.house_style():
        figure = picture(rows, corridors, {flow: (labels[flow], colours[flow]) for flow in present})
    caption = words(rows, corridors)
    more = rows["corridor"].nunique() - len(corridors)
    how = "Sums of each month, mean over replications, the warm-up included. The first and last month may be cut short."
    how += f" The {more} smaller corridors are left out." if more else ""
    return Drawing(NAME, TITLE, caption, how, f"Stacked bars of TEU and value by month. {caption}", figure)
