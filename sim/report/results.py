"""The results: numbers of each flow, and the figures with a sentence each on what they show."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.figures import Drawings, Tables
from sim.figures.drawing import flow_labels, largest_flows, origin_number, place_labels, table
from sim.figures.style import dashes
from sim.log import Log
from sim.report.document import Block, Column, Heading, Paragraph, Picture, Section, Table
from sim.report.flows import MONEY, TIMES, by_flow, present
from sim.report.formats import ABSENT, between, intervals_told, over_replications, plain, with_interval

IN_RESULTS = (
    "transit_distribution", "time_cost_distance", "stringline", "queue_stock", "utilisation_heat", "trade_flows",
)  # fmt: skip
"""Figures of this chapter in their order; others of the run follow, but those that other chapters show."""

ELSEWHERE = ("map", "why_late", "cost_emissions")
ALL_CAUSES = "all causes"
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
    blocks.append(cause_table(log, split))
    return Section("Why late", tuple(blocks))


def cause_table(log: Log, split: pd.DataFrame) -> Table:
    """Hours a finished shipment by cause, for the largest flows; causes of most hours first, all together last."""
    hours = split.groupby(["replication", "flow", "cause"])["hours"].sum().unstack(fill_value=0)
    labels = flow_labels(log)
    known = hours.index.unique("flow")
    flows = largest_flows(log, set(known), 5)
    causes = [str(cause) for cause in hours.columns]
    rows = hours.assign(**{ALL_CAUSES: hours.sum(axis=1)}).reset_index()
    shown = over_replications(rows, ["flow"], [*causes, ALL_CAUSES]).set_index("flow").loc[flows]
    order = np.argsort(-shown[causes].to_numpy(dtype=float).sum(axis=0), kind="stable")
    found = shown.to_dict("index")
    cells = [
        (cause, *(with_interval(found[flow], cause) for flow in flows))
        for cause in [*(causes[at] for at in order), ALL_CAUSES]
    ]
    header = (Column("Cause", share=1.5), *(Column(labels[flow], "right", 1.2) for flow in flows))
    more = f" Shown are {len(flows)} of {len(known)} flows." if len(known) > len(flows) else ""
    how = intervals_told(origin_number(log, "replications"))
    caption = f"Hours a finished shipment by cause; the parts add up to the transit time; {how}.{more}"
    return Table(caption, header, tuple(cells))


def cost(log: Log, tables: Tables, drawings: Drawings) -> Section:
    """Cost and emissions, as figure and table."""
    blocks: list[Block] = picture(drawings, "cost_emissions")[1:]
    note = str(log.legend.origin.get("currency_note", ""))
    found = by_flow(log, tables, MONEY, present(log, tables), "Cost, and emissions from well to wheel")
    blocks += [found] if found.rows else []
    blocks += [Paragraph(note)] if note and blocks else []
    empty = Paragraph("The scenario gives neither costs nor emission factors.")
    return Section("Cost and emissions", tuple(blocks) or (empty,))
