"""Border crossings and speeds: CAREC's indicators TFI1 to TFI4."""

from __future__ import annotations

import pandas as pd

from sim.figures import Tables
from sim.figures.drawing import flow_labels, node_names, origin_number, table
from sim.log import Log
from sim.report.countries import crossing
from sim.report.document import Block, Column, Paragraph, Section, Table
from sim.report.formats import ABSENT, intervals_told, over_replications, plain, with_interval


def borders(log: Log, tables: Tables) -> Section:
    """Time and fees at each border crossing point (TFI1, TFI2), cost and speed (TFI3, TFI4)."""
    blocks: list[Block] = [
        Paragraph(
            "Indicators of CAREC's corridor performance measurement and monitoring. TFI1: hours from arriving at a "
            "border crossing point to leaving it, waiting included. TFI2: fees there. TFI3: cost of 500 km for 20 "
            "tonnes. TFI4: speed with delay (SWD), all stops included; without them, SWOD."
        )
    ]
    crossings = table(tables, "borders")
    found = crossing_table(log, crossings) if len(crossings) else None
    if found is None or not found.rows:
        blocks.append(Paragraph("No reported flow crosses a border crossing point."))
    else:
        blocks.append(found)
    speeds = table(tables, "speeds")
    if len(speeds):
        blocks.append(speed_table(log, speeds))
    return Section("Border crossings and speeds", tuple(blocks))


def crossing_table(log: Log, crossings: pd.DataFrame) -> Table:
    """TFI1 and TFI2 by border crossing point, direction and flow, and who was still there at the end."""
    names, labels = node_names(log), flow_labels(log)
    keys = ["border", "direction", "country", "flow"]
    columns = ("tfi1_h", "tfi1_p95_h", "tfi2_usd", "unfinished")
    rows, before = [], ""
    for _, row in over_replications(crossings, keys, columns).dropna(subset=["tfi1_h"]).iterrows():
        post = crossing(names.get(row["border"], row["border"]), row["direction"], row["country"])
        cells = (with_interval(row, column) for column in columns)
        rows.append((post if post != before else "", labels.get(row["flow"], str(row["flow"])), *cells))
        before = post
    header = (
        Column("Border crossing point", share=2.2), Column("Flow", share=2.5), Column("TFI1 (h)", "right", 1.1),
        Column("95% within (h)", "right", 1.1), Column("TFI2 (USD)", "right", 1.0),
        Column("Still there at the end", "right", 0.9),
    )  # fmt: skip
    how = intervals_told(origin_number(log, "replications"))
    caption = f"Time and fees at border crossing points, a shipment; means over replications, {how}."
    return Table(caption, header, tuple(rows)).without_empty(ABSENT)


def speed_table(log: Log, speeds: pd.DataFrame) -> Table:
    """TFI3 and TFI4 by flow."""
    labels = flow_labels(log)
    columns = ("swd_kmh", "swod_kmh", "ratio", "tfi3_usd_500km_20t")
    rows = []
    for _, row in over_replications(speeds, ["flow"], ["km", *columns]).dropna(subset=["km"]).iterrows():
        cells = (with_interval(row, column) for column in columns)
        rows.append((labels.get(row["flow"], str(row["flow"])), plain(row["km"], 0), *cells))
    header = (
        Column("Flow", share=2.2), Column("Distance (km)", "right", 0.9), Column("SWD (km/h)", "right", 1.1),
        Column("SWOD (km/h)", "right", 1.1), Column("SWD / SWOD", "right", 1.1), Column("TFI3 (USD)", "right", 1.0),
    )  # fmt: skip
    how = intervals_told(origin_number(log, "replications"))
    caption = f"Speeds and cost of a corridor section; means over replications, {how}."
    return Table(caption, header, tuple(rows)).without_empty(ABSENT)
