"""Tables with a row for each flow: a number and, below it, its interval over replications."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.figures import Tables
from sim.figures.drawing import flow_labels, origin_number, reported, table
from sim.log import Log
from sim.metrics.summary import too_good
from sim.report.document import Column, Table
from sim.report.formats import ABSENT, intervals_told, over_replications, with_interval


@dataclass(frozen=True)
class Number:
    """What is said of each flow: a column of a metric's table."""

    table: str
    column: str
    title: str
    percent: bool = False
    """Whether it is a share, to be shown in per cent."""


TIMES = (
    Number("transit", "mean_d", "Mean (days)"), Number("transit", "p50_d", "Median (days)"),
    Number("transit", "p95_d", "95% within (days)"), Number("transit", "on_time_share", "On time (%)", percent=True),
    Number("cost", "teu", "Delivered (TEU)"), Number("transit", "unfinished", "Unfinished (shipments)"),
)  # fmt: skip

MONEY = (
    Number("cost", "freight_usd_teu", "Freight (USD per TEU)"),
    Number("cost", "fees_usd_teu", "Fees (USD per TEU)"),
    Number("cost", "inventory_usd_teu", "Inventory (USD per TEU)"),
    Number("cost", "total_usd_teu", "Cost in all (USD per TEU)"),
    Number("emissions", "total_kg_teu", "CO2e (kg per TEU)"),
)  # fmt: skip

ANSWERS = (
    Number("transit", "mean_d", "Mean transit (days)"), Number("transit", "p95_d", "95% within (days)"),
    Number("transit", "on_time_share", "On time (%)", percent=True),
    Number("cost", "total_usd_teu", "Cost (USD per TEU)"), Number("emissions", "total_kg_teu", "CO2e (kg per TEU)"),
)  # fmt: skip
"""The key numbers of the first page."""


OF_TIMES = (*TIMES[:4], *ANSWERS[:3])
"""Numbers of the finished shipments alone, and so of the quicker ones."""


def by_flow(log: Log, tables: Tables, numbers: Sequence[Number], flows: Sequence[str], caption: str) -> Table:
    """A row for each of the flows; a number that no flow has is left out."""
    labels, marked = flow_labels(log), too_good(table(tables, "transit")) if set(numbers) & set(OF_TIMES) else {}
    columns = {one.title: values(tables, one) for one in numbers}
    columns = {title: found for title, found in columns.items() if set(found) & set(flows)}
    rows = tuple(
        (
            labels[flow] + marked.get(flow, "").replace(" %", "%"),
            *(found.get(flow, ABSENT) for found in columns.values()),
        )
        for flow in flows
    )
    header = (Column("Flow", share=2.6), *(Column(title, "right", 1.15) for title in columns))
    how = intervals_told(origin_number(log, "replications"))
    return Table(f"{caption}; {how}.", header, rows if columns else ())


def present(log: Log, tables: Tables) -> list[str]:
    """Reported flows with a row in the table of transit times, in the order of the legend."""
    transit = table(tables, "transit")
    found = set(transit["flow"].astype(str)) & reported(log) if len(transit) else set()
    return [flow for flow in flow_labels(log) if flow in found]


def values(tables: Tables, one: Number) -> dict[str, str]:
    """Flow to the mean and its interval as text; flows without the number are left out."""
    rows = table(tables, one.table)
    if one.column not in rows or rows.empty:
        return {}
    found = over_replications(rows, ["flow"], [one.column]).dropna(subset=[one.column])
    return {str(row["flow"]): with_interval(row, one.column, percent=one.percent) for _, row in found.iterrows()}
