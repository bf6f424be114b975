"""The results: the key table, and the figures with a sentence each on what they show."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from sim.figures import Drawings, Tables
from sim.figures.drawing import flow_labels, largest_flows, node_names, table
from sim.log import Log
from sim.report.document import Block, Column, Heading, Paragraph, Picture, Section, Table
from sim.report.formats import ABSENT, between, over_replications, plain

IN_RESULTS = (
    "transit_distribution", "time_cost_distance", "stringline", "queue_stock", "utilisation_heat", "trade_flows",
)  # fmt: skip
"""Figures of this chapter in their order; others of the run follow, but those that other chapters show."""

ELSEWHERE = ("map", "why_late", "cost_emissions")


def results(tables: Tables, drawings: Drawings) -> Section:
    """Key table and figures."""
    key = key_table(table(tables, "summary"))
    blocks: list[Block] = [key] if key.rows else [Paragraph("No reported flow gave a result after the warm-up.")]
    known = [*IN_RESULTS, *ELSEWHERE]
    names = [*IN_RESULTS, *(drawing.name for drawing in drawings.drawn if drawing.name not in known)]
    for name in names:
        blocks += picture(drawings, name)
    return Section("Results", tuple(blocks))


def picture(drawings: Drawings, name: str) -> list[Block]:
    """A figure below its heading, with what there is to be seen."""
    drawing = drawings.named(name)
    return [] if drawing is None else [Heading(drawing.title), Paragraph(drawing.caption, name), Picture(drawing)]


def key_table(summary: pd.DataFrame) -> Table:
    """Every number of the summary with its interval; shares in per cent."""
    rows = []
    before = ""
    for _, row in summary.iterrows():
        if pd.isna(row["mean"]):
            continue
        factor, unit = (100.0, "%") if row["unit"] == "share" else (1.0, str(row["unit"]))
        mean, low, high = (float(row[name]) * factor for name in ("mean", "low", "high"))
        if unit == "%":
            low, high = max(low, 0.0), min(high, 100.0)
        metric = str(row["metric"])
        rows.append(
            (metric if metric != before else "", str(row["label"]), plain(mean), between(mean, low, high), unit,
             plain(row["n"], 0))
        )  # fmt: skip
        before = metric
    header = (
        Column("Quantity", share=1.6), Column("Of", share=2.9), Column("Mean", "right", 0.7),
        Column("95% interval", "right", 1.4), Column("Unit", share=0.85), Column("Count", "right", 0.6),
    )  # fmt: skip
    caption = (
        "Key results. The interval is over replications; the last column counts the observations behind the number."
    )
    return Table(caption, header, tuple(rows))


def borders(log: Log, tables: Tables) -> Section:
    """CAREC's indicators: time and fees at each border crossing point (TFI1, TFI2), cost and speed (TFI3, TFI4)."""
    blocks: list[Block] = [
        Paragraph(
            "Indicators of CAREC's corridor performance measurement and monitoring. TFI1: hours from arriving at a "
            "border crossing point to leaving it, waiting included. TFI2: fees there. TFI3: cost of 500 km for 20 "
            "tonnes. TFI4: speed with delay (SWD), all stops included; without them, SWOD."
        )
    ]
    crossings = table(tables, "borders")
    if crossings.empty:
        blocks.append(Paragraph("No reported flow crosses a border crossing point."))
    else:
        blocks.append(crossing_table(log, crossings))
    speeds = table(tables, "speeds")
    if len(speeds):
        blocks.append(speed_table(log, speeds))
    return Section("Border crossings and speeds", tuple(blocks))


def crossing_table(log: Log, crossings: pd.DataFrame) -> Table:
    """TFI1 and TFI2 by border crossing point, direction and flow."""
    names, labels = node_names(log), flow_labels(log)
    keys = ["border", "direction", "country", "flow"]
    found = over_replications(crossings, keys, ["tfi1_h", "tfi1_p95_h", "tfi2_usd"])
    rows = []
    for _, row in found.iterrows():
        if pd.isna(row["tfi1_h"]):
            continue
        post = f"{names.get(row['border'], row['border'])} ({row['country']}, {row['direction']})"
        rows.append((post, labels.get(row["flow"], str(row["flow"])), plain(row["tfi1_h"]), interval(row, "tfi1_h"),
                     plain(row["tfi1_p95_h"]), plain(row["tfi2_usd"])))  # fmt: skip
    header = (
        Column("Border crossing point", share=1.9), Column("Flow", share=2.6), Column("TFI1 (h)", "right", 0.7),
        Column("95% interval", "right", 1.1), Column("95% within (h)", "right", 0.8),
        Column("TFI2 (USD)", "right", 0.8),
    )  # fmt: skip
    return Table("Time and fees at border crossing points, a shipment; means over replications.", header, tuple(rows))


def speed_table(log: Log, speeds: pd.DataFrame) -> Table:
    """TFI3 and TFI4 by flow."""
    labels = flow_labels(log)
    columns = ["km", "swd_kmh", "swod_kmh", "ratio", "tfi3_usd_500km_20t"]
    rows = []
    for _, row in over_replications(speeds, ["flow"], columns).iterrows():
        rows.append((labels.get(row["flow"], str(row["flow"])), plain(row["km"]), plain(row["swd_kmh"]),
                     interval(row, "swd_kmh"), plain(row["swod_kmh"]), plain(row["ratio"]),
                     plain(row["tfi3_usd_500km_20t"])))  # fmt: skip
    header = (
        Column("Flow", share=2.2), Column("Distance (km)", "right", 0.9), Column("SWD (km/h)", "right", 0.8),
        Column("95% interval", "right", 1.1), Column("SWOD (km/h)", "right", 0.8), Column("SWD / SWOD", "right", 0.8),
        Column("TFI3 (USD)", "right", 0.8),
    )  # fmt: skip
    return Table("Speeds and cost of a corridor section; means over replications.", header, tuple(rows))


def interval(row: pd.Series, column: str) -> str:
    """The 95% interval of a column of :func:`over_replications`."""
    return between(float(row[column]), float(row[f"{column}_low"]), float(row[f"{column}_high"]))


def why_late(drawings: Drawings, tables: Tables, log: Log) -> Section:
    """Where the time goes, as figure and table."""
    blocks: list[Block] = picture(drawings, "why_late")[1:]
    delays = table(tables, "delays")
    if delays.empty:
        return Section("Why late", (Paragraph("No reported flow finished a shipment after the warm-up."),))
    sums = delays.groupby(["replication", "flow", "cause"])["hours"].sum().unstack(fill_value=0).stack()
    means = sums.groupby(["cause", "flow"], sort=False).mean().unstack()
    labels = flow_labels(log)
    flows = largest_flows(log, set(means.columns), 5)
    means = means.iloc[np.argsort(-means[flows].fillna(0).to_numpy().sum(axis=1), kind="stable")]
    rows = [(str(cause), *(plain(row[flow]) for flow in flows)) for cause, row in means[flows].iterrows()]
    rows.append(("all causes", *(plain(means[flow].to_numpy(dtype=float).sum()) for flow in flows)))
    header = (Column("Cause", share=1.4), *(Column(labels[flow], "right", 1.2) for flow in flows))
    blocks.append(Table("Hours a finished shipment by cause; the parts add up to the transit time.", header,
                        tuple(rows)))  # fmt: skip
    return Section("Why late", tuple(blocks))


def cost(log: Log, tables: Tables, drawings: Drawings) -> Section:
    """Cost and emissions, as figure and table."""
    blocks: list[Block] = picture(drawings, "cost_emissions")[1:]
    note = str(log.legend.origin.get("currency_note", ""))
    labels = flow_labels(log)
    parts = (
        ("cost", "freight_usd_teu", "Freight"), ("cost", "fees_usd_teu", "Fees"),
        ("cost", "inventory_usd_teu", "Inventory"), ("cost", "total_usd_teu", "Cost in all"),
        ("emissions", "total_kg_teu", "CO2e (kg per TEU)"),
    )  # fmt: skip
    found = {column: means(table(tables, name), column) for name, column, _ in parts}
    rows = [
        (label, *(plain(found[column].get(flow)) for _, column, _ in parts))
        for flow, label in labels.items()
        if any(flow in values for values in found.values())
    ]
    header = (Column("Flow", share=2.2), *(Column(title, "right", 0.9) for _, _, title in parts))
    if rows:
        blocks.append(Table(f"Cost in USD per TEU, and emissions from well to wheel. {note}".strip(), header,
                            tuple(rows)))  # fmt: skip
    empty = Paragraph("The scenario gives neither costs nor emission factors.")
    return Section("Cost and emissions", tuple(blocks) or (empty,))


def means(rows: pd.DataFrame, column: str) -> dict[str, float]:
    """Flow to the mean of a column over replications."""
    if column not in rows:
        return {}
    return {str(flow): float(value) for flow, value in rows.groupby("flow")[column].mean().items()}


def validation(found: pd.DataFrame) -> Section:
    """Published observations against the simulation, as the table came."""
    numbers = {name for name in found.columns if pd.api.types.is_numeric_dtype(found[name])}
    header = tuple(
        Column(str(name).replace("_", " "), "right" if name in numbers else "left", 1.0 if name in numbers else 1.6)
        for name in found.columns
    )
    rows = tuple(tuple(words(row)) for row in found.itertuples(index=False))
    return Section("Validation", (Table("Published observations against the simulation.", header, rows),))


def words(row: Iterable[object]) -> Iterable[str]:
    """The cells of a row as text."""
    for value in row:
        if isinstance(value, bool):
            yield "yes" if value else "no"
        elif isinstance(value, int | float):
            yield plain(value)
        else:
            yield str(value) or ABSENT
