"""The model: what the corridor is made of, as the engine saw it."""

from __future__ import annotations

import pandas as pd

from sim.figures import Tables
from sim.figures.drawing import node_names, origin_number, table
from sim.log import Log
from sim.report.document import Block, Column, Paragraph, Section, Table, paragraphs
from sim.report.formats import ABSENT, days, over_replications, plain

WEEK_S = 7 * 86_400

ENDLESS = 10**6
"""A capacity from here on stands for one that never binds."""


def model(log: Log, tables: Tables) -> Section:
    """Flows, services, legs and places."""
    note = str(log.legend.origin.get("note", "") or "")
    blocks: list[Block] = [*paragraphs(note), Paragraph(overview(log)), flows(log)]
    found = (services(log, tables), legs(log), places(log, tables))
    return Section("Model", (*blocks, *(table for table in found if table.rows)))


def overview(log: Log) -> str:
    """One paragraph with the counts."""
    legend = log.legend
    return (
        f"The corridor has {counted(len(legend.nodes), 'node')} and {counted(len(legend.legs), 'leg')}. "
        f"It has {counted(len(legend.places), 'place')} with limited capacity: whoever finds one full waits for entry "
        f"in a queue. Goods: {counted(len(legend.flows), 'flow')}, carried by "
        f"{counted(len(legend.services), 'service')} or by vehicles of their own. Every entity is simulated one by one "
        "through all steps of its route."
    )


def counted(number: int, noun: str) -> str:
    """A number with its noun."""
    return f"{number:,} {noun}" if number == 1 else f"{number or 'no'} {noun}s"


def flows(log: Log) -> Table:
    """What is carried from where to where."""
    names = node_names(log)
    rows = []
    for _, flow in log.legend.flows.iterrows():
        promise = ABSENT if pd.isna(flow["promise_s"]) else days(float(flow["promise_s"]))
        label = str(flow["label"]) + ("" if flow["report"] else " (background)")
        ends = f"{names.get(flow['from_node'], flow['from_node'])} to {names.get(flow['to_node'], flow['to_node'])}"
        rows.append((label, ends, str(flow["scope"]) or ABSENT, plain(flow["teu_per_year"]),
                     plain(flow["value_usd_teu"]), promise))  # fmt: skip
    header = (
        Column("Flow", share=2.2), Column("From and to", share=1.8), Column("Scope", share=0.6),
        Column("TEU a year", "right", 0.8), Column("Value (USD per TEU)", "right", 0.9),
        Column("Promised in", "right", 0.8),
    )  # fmt: skip
    caption = "Flows. Scope: TT terminal to terminal, DD door to door, BB border to border, SP to the Polish terminal."
    return Table(caption, header, tuple(rows))


def services(log: Log, tables: Tables) -> Table:
    """What moves the goods: consists, how often they leave, and how full."""
    names, entities = node_names(log), log.legend.entities
    weeks = max(origin_number(log, "horizon_s") / WEEK_S, 1e-9) * max(entities["replication"].nunique(), 1)
    consists = entities[entities["kind"] != "shipment"].groupby("group").size() / weeks
    loads = table(tables, "load_factor")
    full = over_replications(loads, ["service"], ["load_factor"]).set_index("service") if len(loads) else loads
    rows = []
    for _, service in log.legend.services.iterrows():
        key = service["service"]
        if key not in consists.index:
            continue
        ends = f"{names.get(service['from_node'], '')} to {names.get(service['to_node'], '')}"
        gauge = "" if pd.isna(service["gauge_mm"]) or service["gauge_mm"] == 0 else f", {int(service['gauge_mm'])} mm"
        load = f"{100 * float(full.loc[key, 'load_factor']):.0f}" if key in full.index else ABSENT
        rows.append((str(service["label"]), f"{service['mode']}{gauge}", ends, plain(float(consists.get(key, 0))),
                     plain(service["capacity_teu"]), load))  # fmt: skip
    header = (
        Column("Service", share=1.9), Column("Mode", share=1.0), Column("From and to", share=2.0),
        Column("Consists a week", "right", 0.8), Column("Capacity (TEU)", "right", 0.8),
        Column("Load factor (%)", "right", 0.7),
    )  # fmt: skip
    caption = "Services: consists released a week, over the whole run; load factor after the warm-up."
    hidden = len(log.legend.services) - len(rows)
    caption += f" {hidden} services of the rest of the traffic are not listed." if hidden else ""
    return Table(caption, header, tuple(rows))


def legs(log: Log) -> Table:
    """Where entities move, and whether they do so both ways; directions of the same length stand in one row."""
    names, found, steps = node_names(log), log.legend.legs, log.legend.steps
    used = set(zip(steps["leg"], steps["node"], steps["to_node"], strict=True))
    gauges = found["gauge_mm"].fillna(0).astype(int).tolist()
    ends = zip(found["from_node"], found["to_node"], found["mode"], gauges, found["km"], strict=True)
    keys = [(str(start), str(end), str(mode), gauge, float(km)) for start, end, mode, gauge, km in ends]
    rows, known = [], set(keys)
    for leg, (start, end, mode, gauge, km) in zip(found["leg"], keys, strict=True):
        twin = (end, start, mode, gauge, km) in known
        if twin and end < start:
            continue
        both = twin or ((leg, start, end) in used and (leg, end, start) in used)
        width = str(gauge) if gauge else ABSENT
        rows.append((names.get(start, start), names.get(end, end), "both ways" if both else "this way", mode, width,
                     plain(km, 0)))  # fmt: skip
    header = (
        Column("From", share=2), Column("To", share=2), Column("Used", share=0.9), Column("Mode", share=0.7),
        Column("Gauge (mm)", "right", 0.8), Column("Length (km)", "right", 0.8),
    )  # fmt: skip
    return Table("Legs.", header, tuple(rows))


def places(log: Log, tables: Tables) -> Table:
    """Anything with limited capacity but the legs themselves, with what passed through it."""
    windows = log.legend.windows.groupby("place")["capacity"].agg(["first", "min", "max", "size"])
    dwell = table(tables, "dwell")
    waits = over_replications(dwell, ["place"], ["wait_mean_h"]).set_index("place") if len(dwell) else dwell
    names = node_names(log)
    rows = []
    for _, place in log.legend.places[log.legend.places["kind"] != "leg"].iterrows():
        window = windows.loc[place["place"]]
        low, high = int(window["min"]), int(window["max"])
        amount = "no limit" if low >= ENDLESS else f"{low:,}" if low == high else f"{low:,} to {high:,}"
        wait = float(waits.loc[place["place"], "wait_mean_h"]) if place["place"] in waits.index else None
        rows.append((str(place["label"]), names.get(place["node"], str(place["node"])), str(place["kind"]),
                     f"{amount} {place['unit']}".strip() if low < ENDLESS else amount, str(int(window["size"])),
                     plain(wait)))  # fmt: skip
    header = (
        Column("Place", share=2.4), Column("Node", share=1.5), Column("Kind", share=0.8),
        Column("Capacity", "right", 1.2), Column("Windows", "right", 0.7), Column("Mean wait (h)", "right", 0.8),
    )  # fmt: skip
    caption = (
        "Places, without the legs' own. Windows count how often capacity or pace changes over the run; a capacity of 0 "
        "is a closure."
    )
    return Table(caption, header, tuple(rows))
