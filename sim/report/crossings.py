"""Border crossings and speeds: CAREC's indicators TFI1 to TFI4."""

from __future__ import annotations

import pandas as pd

from sim.figures import Tables
from sim.figures.drawing import flow_labels, node_names, table
from sim.log import Log
from sim.report.countries import crossing
from sim.report.document import Block, Column, Paragraph, Section, Table
from sim.report.formats import ABSENT, between, over_replications, plain


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
    """TFI1 and TFI2 by border crossing point, direction and flow."""
    names, labels = node_names(log), flow_labels(log)
    keys = ["border", "direction", "country", "flow"]
    found = over_replications(crossings, keys, ["tfi1_h", "tfi1_p95_h", "tfi2_usd"])
    rows, before = [], ""
    for _, row in found.dropna(subset=["tfi1_h"]).iterrows():
        post = crossing(names.get(row["border"], row["border"]), row["direction"], row["country"])
        rows.append((post if post != before else "", labels.get(row["flow"], str(row["flow"])), plain(row["tfi1_h"]),
                     interval(row, "tfi1_h"), plain(row["tfi1_p95_h"]), plain(row["tfi2_usd"])))  # fmt: skip
        before = post
    header = (
        Column("Border crossing point", share=2.2), Column("Flow", share=2.5), Column("TFI1 (h)", "right", 0.7),
        Column("95% interval", "right", 1.1), Column("95% within (h)", "right", 0.8),
        Column("TFI2 (USD)", "right", 0.8),
    )  # fmt: skip
    return Table(
        "Time and fees at border crossing points, a shipment; means over replications.", header, tuple(rows)
    ).without_empty(ABSENT)


def speed_table(log: Log, speeds: pd.DataFrame) -> Table:
    """TFI3 and TFI4 by flow."""
    labels = flow_labels(log)
    columns = ["km", "swd_kmh", "swod_kmh", "ratio", "tfi3_usd_500km_20t"]
    rows = []
    for _, row in over_replications(speeds, ["flow"], columns).dropna(subset=["km"]).iterrows():
        rows.append((labels.get(row["flow"], str(row["flow"])), plain(row["km"], 0), plain(row["swd_kmh"]),
                     interval(row, "swd_kmh"), plain(row["swod_kmh"]), plain(row["ratio"]),
                     plain(row["tfi3_usd_500km_20t"])))  # fmt: skip
    header = (
        Column("Flow", share=2.2), Column("Distance (km)", "right", 0.9), Column("SWD (km/h)", "right", 1.05),
        Column("95% interval", "right", 1.1), Column("SWOD (km/h)", "right", 1.2), Column("SWD / SWOD", "right", 0.8),
        Column("TFI3 (USD)", "right", 0.8),
    )  # fmt: skip
    return Table("Speeds and cost of a corridor section; means over replications.", header, tuple(rows)).without_empty(
        ABSENT
    )


def interval(row: pd.Series, column: str) -> str:
    """The 95% interval of a column of :func:`over_replications`."""
    return between(float(row[column]), float(row[f"{column}_low"]), float(row[f"{column}_high"]))
