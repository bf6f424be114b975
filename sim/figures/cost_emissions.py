"""What a TEU costs and emits on each flow, by part."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from sim.figures import interval, style
from sim.figures.drawing import Drawing, LeftOut, Tables, flow_labels, largest_flows, origin_number, table
from sim.log import Log

NAME = "cost_emissions"
TITLE = "Cost and emissions of a TEU"
MOST_FLOWS = 10
MOST_WORDS = 4
"""Flows named in the caption."""

COST_PARTS = {
    "freight_usd_teu": ("freight", "#0072B2"),
    "fees_usd_teu": ("fees and handling", "#56B4E9"),
    "inventory_usd_teu": ("inventory (time of the goods)", "#E9A23B"),
}
EMISSION_PARTS = {
    "moving_kg_teu": ("emitted in motion", "#4D4D4D"),
    "handling_kg_teu": ("emitted in terminals", "#A8A8A8"),
}


def means(rows: pd.DataFrame, parts: dict[str, tuple[str, str]], flows: list[str]) -> pd.DataFrame:
    """Each part by flow, mean over replications; a part that is missing everywhere counts as 0."""
    if rows.empty:
        return pd.DataFrame()
    found = rows.groupby("flow")[list(parts)].mean().astype(float).fillna(0.0)
    return found.reindex([flow for flow in flows if flow in found.index])


def whole(rows: pd.DataFrame, parts: dict[str, tuple[str, str]]) -> pd.DataFrame:
    """The rows with all parts together."""
    return rows if rows.empty else rows.assign(whole=rows[list(parts)].astype("float64").sum(axis=1))


def stacked(
    axes: Axes, shares: pd.DataFrame, ends: pd.DataFrame, parts: dict[str, tuple[str, str]], labels: dict[str, str]
) -> None:
    """Horizontal bars with their total and its interval at the end."""
    left = pd.Series(0.0, index=shares.index)
    for column, (label, colour) in parts.items():
        if shares[column].abs().max() <= 0:
            continue
        axes.barh(range(len(shares)), shares[column], left=left, color=colour, height=0.6, label=label)
        left = left + shares[column]
    axes.set_yticks(range(len(shares)), [style.wrap(style.shorten(labels[str(flow)], 74), 26) for flow in shares.index])
    axes.set_ylim(len(shares) - 0.5, -0.5)
    interval.whiskers(axes, ends)
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=True, axis="x")
    style.thousands(axes, "x")


def words(cost: pd.DataFrame, emission: pd.DataFrame, flows: list[str], labels: dict[str, str]) -> str:
    """One sentence with the totals of each flow."""
    parts = []
    for flow in flows[:MOST_WORDS]:
        told = [
            f"{before}{interval.told(rows.loc[rows['flow'] == flow, 'whole'], unit)}"
            for rows, before, unit in ((cost, "USD ", ""), (emission, "", " kg CO2e"))
            if len(rows) and (rows["flow"] == flow).any()
        ]
        parts.append(f"{labels[flow]}: {' and '.join(told)}")
    return "A TEU costs and emits: " + "; ".join(parts) + "."


def draw(log: Log, tables: Tables) -> Drawing | LeftOut:
    """Two panels side by side, cost and CO2e."""
    cost, emission = whole(table(tables, "cost"), COST_PARTS), whole(table(tables, "emissions"), EMISSION_PARTS)
    present = set(cost.get("flow", pd.Series(dtype=str))) | set(emission.get("flow", pd.Series(dtype=str)))
    flows, labels = largest_flows(log, present, MOST_FLOWS), flow_labels(log)
    costs, emissions = means(cost, COST_PARTS, flows), means(emission, EMISSION_PARTS, flows)
    if costs.to_numpy().sum() + emissions.to_numpy().sum() <= 0:
        return LeftOut(NAME, TITLE, "the scenario gives neither costs nor emission factors")
    with style.house_style():
        figure = style.new_figure(0.95 * max(len(costs), len(emissions)) + 3.2)
        left, right = figure.subplots(1, 2, sharey=len(costs) == len(emissions))
        for axes, shares, rows, parts, title in (
            (left, costs, cost, COST_PARTS, "Cost (USD per TEU)"),
            (right, emissions, emission, EMISSION_PARTS, "Emissions, well to wheel (kg CO2e per TEU)"),
        ):
            if shares.empty:
                axes.remove()
                continue
            ends = interval.over_replications(rows, "flow", "whole").reindex(shares.index)
            stacked(axes, shares, ends, parts, labels)
            axes.set_xlabel(title)
        figure.legend(loc="outside lower left", ncols=3)
    told = [str(flow) for flow in (costs.index if len(costs) else emissions.index)]
    caption = words(cost, emission, told, labels)
    how = (
        "Means over finished shipments and replications. CO2e counts empties and terminals as the scenario does. "
        f"{interval.how(origin_number(log, 'replications'))}"
    )
    return Drawing(NAME, TITLE, caption, how, f"Stacked bars of cost and CO2e a TEU by flow. {caption}", figure)
