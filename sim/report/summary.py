"""The first page: the question, the answer in key numbers, and the map."""

from __future__ import annotations

import pandas as pd

from sim.figures import Drawings, Tables
from sim.figures.drawing import flow_labels, largest_flows, table
from sim.log import Log
from sim.report.document import Block, Column, Paragraph, Picture, Table
from sim.report.formats import ABSENT, between, over_replications, plain

MOST_FLOWS = 5

ANSWERS = (
    ("transit", "mean_d", "Mean transit (days)", 1.0),
    ("transit", "p95_d", "95% within (days)", 1.0),
    ("transit", "on_time_share", "On time (%)", 100.0),
    ("cost", "total_usd_teu", "Cost (USD per TEU)", 1.0),
    ("emissions", "total_kg_teu", "CO2e (kg per TEU)", 1.0),
)
"""Table, column, title and factor of the key numbers on the first page."""


def opening(log: Log, tables: Tables, drawings: Drawings) -> tuple[Block, ...]:
    """Blocks of the first page."""
    answer = key_numbers(log, tables)
    blocks: list[Block] = [answer] if answer.rows else []
    late = drawings.named("why_late")
    if late is not None:
        blocks.append(Paragraph(late.caption, late.name))
    corridor = drawings.named("map")
    if corridor is not None:
        blocks += [Paragraph(corridor.caption, corridor.name), Picture(corridor)]
    return tuple(blocks)


def key_numbers(log: Log, tables: Tables) -> Table:
    """A row for each of the largest flows: what it takes, costs and emits, with intervals where there are any."""
    present = set(table(tables, "transit").get("flow", pd.Series(dtype=str)).astype(str))
    flows = largest_flows(log, present, MOST_FLOWS)
    labels = flow_labels(log)
    columns = [column for column in ANSWERS if column[1] in table(tables, column[0])]
    cells: dict[str, list[str]] = {flow: [labels[flow]] for flow in flows}
    for name, column, _, factor in columns:
        rows = table(tables, name)[["flow", "replication", column]].astype({column: "float64"})
        rows = rows.assign(**{column: rows[column] * factor})
        found = over_replications(rows, ["flow"], [column]).set_index("flow")
        for flow in flows:
            cells[flow].append(cell(found.loc[[flow]].iloc[0], column, factor) if flow in found.index else ABSENT)
    header = (Column("Flow", share=2.7), *(Column(title, "right", 1.15) for _, _, title, _ in columns))
    rows_of = tuple(tuple(cells[flow]) for flow in flows)
    caption = "The answer in key numbers: mean over replications, below it the 95% interval."
    return Table(caption, header, rows_of)


def cell(row: pd.Series, column: str, factor: float) -> str:
    """Mean, and below it the interval; a share in per cent stays between 0 and 100."""
    mean, low, high = (float(row[name]) for name in (column, f"{column}_low", f"{column}_high"))
    if factor == 100.0:
        low, high = max(low, 0.0), min(high, 100.0)
    interval = between(mean, low, high)
    return plain(mean) if interval == ABSENT else f"{plain(mean)}\n{interval}"
