"""The results: numbers of each flow, and the figures with a sentence each on what they show."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.figures import Drawings, Tables
from sim.figures.drawing import flow_labels, largest_flows, place_labels, table
from sim.figures.style import dashes
from sim.log import Log
from sim.report.document import Block, Column, Heading, Paragraph, Picture, Section, Table
from sim.report.flows import MONEY, TIMES, by_flow, present
from sim.report.formats import ABSENT, between, plain

IN_RESULTS = (
    "transit_distribution", "time_cost_distance", "stringline", "queue_stock", "utilisation_heat", "trade_flows",
)  # fmt: skip
"""Figures of this chapter in their order; others of the run follow, but those that other chapters show."""

ELSEWHERE = ("map", "why_late", "cost_emissions")
OF_PLACES = ("Why late", "Throughput")
"""Quantities of the summary that are no flow's and in no other chapter."""


def results(log: Log, tables: Tables, drawings: Drawings) -> Section:
    """Key tables and figures."""
    flows = by_flow(log, tables, TIMES, present(log, tables), "Transit times and deliveries of the reported flows")
    places = place_table(log, table(tables, "summary"))
    blocks: list[Block] = [one for one in (flows, places) if one.rows]
    blocks = blocks or [Paragraph("No reported flow gave a result after the warm-up.")]
    known = [*IN_RESULTS, *ELSEWHERE]
    names = [*IN_RESULTS, *(drawing.name for drawing in drawings.drawn if drawing.name not in known)]
    for name in names:
        blocks += picture(drawings, name)
    return Section("Results", tuple(blocks))


def picture(drawings: Drawings, name: str) -> list[Block]:
    """A figure below its heading, with what there is to be seen."""
    drawing = drawings.named(name)
    return [] if drawing is None else [Heading(drawing.title), Paragraph(drawing.caption, name), Picture(drawing)]


def place_table(log: Log, summary: pd.DataFrame) -> Table:
    """Where shipments wait most, and what passes most, each with its interval."""
    rows, before = [], ""
    for _, row in summary[summary["metric"].isin(OF_PLACES)].dropna(subset=["mean"]).iterrows():
        mean, low, high = (float(row[name]) for name in ("mean", "low", "high"))
        metric = {"Why late": "Waiting a shipment"}.get(str(row["metric"]), str(row["metric"]))
        rows.append((metric if metric != before else "", spoken(log, str(row["label"])), plain(mean),
                     between(mean, low, high), str(row["unit"])))  # fmt: skip
        before = metric
    header = (
        Column("Quantity", share=1.5), Column("Where", share=3.6), Column("Mean", "right", 0.8),
        Column("95% interval", "right", 1.3), Column("Unit", share=0.8),
    )  # fmt: skip
    return Table(
        "Where shipments wait most, mean of all reported flows, and the places that pass most.", header, tuple(rows)
    ).without_empty(ABSENT)


def spoken(log: Log, label: str) -> str:
    """A label of the summary with services and places called by their names for reading."""
    services = dict(zip(log.legend.services["service"], log.legend.services["label"], strict=True))
    before, comma, last = label.rpartition(", ")
    known = dict(zip(log.legend.places["label"].astype(str), place_labels(log).values(), strict=True))
    cause, colon, place = label.partition(": ")
    if comma and last in services:
        label = f"{before}, service {services[last]}"
    elif label in known or place in known:
        label = known.get(label) or f"{cause}{colon}{known[place]}"
    return dashes(label)


def why_late(drawings: Drawings, tables: Tables, log: Log) -> Section:
    """Where the time goes, as figure and table."""
    blocks: list[Block] = picture(drawings, "why_late")[1:]
    split = table(tables, "why_late")
    if split.empty:
        return Section("Why late", (Paragraph("No reported flow finished a shipment after the warm-up."),))
    sums = split.groupby(["replication", "flow", "cause"])["hours"].sum().unstack(fill_value=0).stack()
    means = sums.groupby(["cause", "flow"], sort=False).mean().unstack()
    labels = flow_labels(log)
    flows = largest_flows(log, set(means.columns), 5)
    means = means.iloc[np.argsort(-means[flows].fillna(0).to_numpy().sum(axis=1), kind="stable")]
    rows = [(str(cause), *(plain(row[flow]) for flow in flows)) for cause, row in means[flows].iterrows()]
    rows.append(("all causes", *(plain(means[flow].to_numpy(dtype=float).sum()) for flow in flows)))
    header = (Column("Cause", share=1.5), *(Column(labels[flow], "right", 1.2) for flow in flows))
    more = f" Shown are {len(flows)} of {len(means.columns)} flows." if len(means.columns) > len(flows) else ""
    blocks.append(Table(f"Hours a finished shipment by cause; the parts add up to the transit time.{more}", header,
                        tuple(rows)))  # fmt: skip
    return Section("Why late", tuple(blocks))


def cost(log: Log, tables: Tables, drawings: Drawings) -> Section:
    """Cost and emissions, as figure and table."""
    blocks: list[Block] = picture(drawings, "cost_emissions")[1:]
    note = str(log.legend.origin.get("currency_note", ""))
    found = by_flow(log, tables, MONEY, present(log, tables), "Cost, and emissions from well to wheel")
    blocks += [found] if found.rows else []
    blocks += [Paragraph(note)] if note and blocks else []
    empty = Paragraph("The scenario gives neither costs nor emission factors.")
    return Section("Cost and emissions", tuple(blocks) or (empty,))
