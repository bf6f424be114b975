"""The model: what the corridor is made of, as the engine saw it; in full in two appendices."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sim import counts
from sim.figures import Drawings, Tables
from sim.figures.drawing import flow_labels, node_names, origin_number, place_labels, table
from sim.figures.style import dashes
from sim.log import Log
from sim.metrics.load_factor import circulates
from sim.report.document import Block, Column, Paragraph, Section, Table, paragraphs
from sim.report.formats import (
    ABSENT,
    days,
    intervals_told,
    lean,
    over_replications,
    plain,
    with_interval,
)

WEEK_S = 7 * 86_400

ENDLESS = 10**6
"""A capacity from here on stands for one that never binds."""


def model(log: Log, tables: Tables, drawings: Drawings) -> Section:
    """What the scenario says of itself, the reported flows and what carries them."""
    note = dashes(str(log.legend.origin.get("note", "") or ""))
    corridor = drawings.named("map")
    seen = [Paragraph(corridor.caption, corridor.name)] if corridor is not None else []
    blocks: list[Block] = [*paragraphs(note), Paragraph(overview(log)), *seen, flows(log, reported=True)]
    found = services(log, tables)
    return Section("Model", (*blocks, *([found] if found.rows else [])))


def places_in_full(log: Log, tables: Tables) -> Section:
    """Appendix: all places, and the traffic that shares them."""
    found = (places(log, tables), flows(log, reported=False))
    empty = Paragraph("The scenario has no place with limited capacity and no other traffic.")
    return Section("Places and other traffic", tuple(one for one in found if one.rows) or (empty,), appendix=True)


def legs_in_full(log: Log) -> Section:
    """Appendix: all legs."""
    found = legs(log)
    return Section("Legs", (found if found.rows else Paragraph("The scenario has no legs."),), appendix=True)


def overview(log: Log) -> str:
    """One paragraph with the counts."""
    legend = log.legend
    told = int(legend.flows["report"].astype(bool).sum())
    others = len(legend.flows) - told
    return (
        f"The corridor has {counted(len(legend.nodes), 'node')} and {counted(len(legend.legs), 'leg')}. "
        f"It has {counted(len(legend.places), 'place')} with limited capacity: whoever finds one full waits for entry "
        f"in a queue. {counted(told, 'flow').capitalize()} of goods {'is' if told == 1 else 'are'} reported"
        + (
            f", and {counted(others, 'flow')} of other traffic {'takes' if others == 1 else 'take'} capacity"
            * bool(others)
        )
        + ". Every entity is simulated one by one through all steps of its route. Appendix B lists the places and the "
        "other traffic, appendix C the legs."
    )


def counted(number: int, noun: str) -> str:
    """A number with its noun."""
    return counts.counted(number, noun) if number else f"no {counts.plural(noun)}"


def flows(log: Log, reported: bool) -> Table:
    """What is carried from where to where: the reported flows, or the others."""
    names, labels = node_names(log), flow_labels(log)
    rows = []
    for _, flow in log.legend.flows[log.legend.flows["report"].astype(bool) == reported].iterrows():
        ends = f"{names.get(flow['from_node'], flow['from_node'])} to {names.get(flow['to_node'], flow['to_node'])}"
        row = [labels[str(flow["flow"])], ends, str(flow["scope"]) or ABSENT, plain(flow["teu_per_year"])]
        promise = ABSENT if pd.isna(flow["promise_s"]) else days(float(flow["promise_s"]))
        rows.append((*row, plain(flow["value_usd_teu"]), promise) if reported else tuple(row))
    header = [
        Column("Flow", share=2.2), Column("From and to", share=1.8), Column("Scope", share=0.6),
        Column("TEU a year", "right", 0.8), Column("Value (USD per TEU)", "right", 0.9),
        Column("Promised in", "right", 0.8),
    ]  # fmt: skip
    if not reported:
        return Table("Other traffic: it takes capacity, and is no result of its own.", tuple(header[:4]), tuple(rows))
    caption = (
        "Reported flows. Scope, between what time is measured: TT terminal to terminal, DD door to door, BB border to "
        "border, SP to the Polish border terminal, N node to node."
    )
    return Table(caption, tuple(header), tuple(rows)).without_empty(ABSENT)


def services(log: Log, tables: Tables) -> Table:
    """What moves the goods: consists, how often they leave, and how full."""
    names = node_names(log)
    consists = _consists(log)
    loads = table(tables, "load_factor")
    full = by_key(loads, "service", "load_factor")
    rows = []
    for _, service in log.legend.services.iterrows():
        key = service["service"]
        if key not in consists:
            continue
        ends = f"{names.get(service['from_node'], '')} to {names.get(service['to_node'], '')}"
        gauge = "" if pd.isna(service["gauge_mm"]) or service["gauge_mm"] == 0 else f", {int(service['gauge_mm'])} mm"
        load = with_interval(full[key], "load_factor", percent=True) if key in full else ABSENT
        room = service["capacity_teu"]
        amount = lean(float(room)) if pd.notna(room) and room else ABSENT
        rows.append((dashes(str(service["label"])), f"{service['mode']}{gauge}", ends,
                     dashes(str(service["length"])) or ABSENT, consists[key], amount,
                     load))  # fmt: skip
    header = (
        Column("Service", share=1.9), Column("Mode", share=1.0), Column("From and to", share=2.0),
        Column("Length", share=1.0), Column("Consists a week", "right", 0.8), Column("Capacity (TEU)", "right", 0.8),
        Column("Load factor (%)", "right", 0.9),
    )  # fmt: skip
    caption = (
        "Services: consists released a week, or how many go to and fro, over the whole run; load factor after "
        f"warm-up, {intervals_told(origin_number(log, 'replications'))}."
    )
    hidden = len(log.legend.services) - len(rows)
    caption += f" {counted(hidden, 'service')} of other traffic not listed." if hidden else ""
    return Table(caption, header, tuple(rows)).without_empty(ABSENT)


def by_key(rows: pd.DataFrame, key: str, column: str) -> dict[Any, dict[Any, Any]]:
    """Mean of a column with its interval by key; empty where there is no row."""
    if rows.empty:
        return {}
    return dict(over_replications(rows, [key], [column]).set_index(key).to_dict("index").items())


def _consists(log: Log) -> dict[str, str]:
    """Consists of each service: how many are released a week, or how many there are if they circulate."""
    entities, steps = log.legend.entities, log.legend.steps
    moving = entities[entities["kind"] != "shipment"]
    weeks = max(origin_number(log, "horizon_s") / WEEK_S, 1e-9)
    fleets = set(moving["group"][moving["route"].isin(steps["route"][circulates(steps)])])
    counts = pd.crosstab(moving["group"], moving["replication"]).reindex(
        columns=sorted(entities["replication"].unique()), fill_value=0
    )
    rows = counts.div(weeks).reset_index().melt(id_vars="group", value_name="weekly")
    found = by_key(rows, "group", "weekly")
    return {
        str(key): f"{lean(float(count))} in all" if key in fleets else with_interval(found[key], "weekly")
        for key, count in counts.mean(axis=1).items()
    }


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
    return Table("Legs. Where both ways have the same length they stand in one row.", header, tuple(rows))


def places(log: Log, tables: Tables) -> Table:
    """Anything with limited capacity but the legs themselves, with what passed through it."""
    windows = log.legend.windows.groupby("place")["capacity"].agg(["min", "max", "size"])
    courses = log.legend.windows.groupby("place")["replication"].nunique().clip(lower=1)
    windows["size"] = windows["size"] / courses
    dwell = table(tables, "dwell")
    waits = by_key(dwell, "place", "wait_mean_h")
    names, labels = node_names(log), place_labels(log)
    rows = []
    for _, place in log.legend.places[~log.legend.places["kind"].isin(["leg", "slots"])].iterrows():
        window = windows.loc[place["place"]]
        low, high = int(window["min"]), int(window["max"])
        noun = str(place["unit"]) if high == 1 else counts.plural(str(place["unit"]))
        amount = f"{low:,}" if low == high else f"{low:,} to {high:,}"
        amount = "no limit" if low >= ENDLESS else f"{amount} {noun}".strip()
        wait = with_interval(waits[place["place"]], "wait_mean_h") if place["place"] in waits else ABSENT
        rows.append((labels[int(place["place"])], names.get(place["node"], str(place["node"])), str(place["kind"]),
                     amount, plain(float(window["size"]), 0), wait))  # fmt: skip
    header = (
        Column("Place", share=2.4), Column("Node", share=1.5), Column("Kind", share=0.8),
        Column("Capacity", "right", 1.2), Column("Windows", "right", 0.7), Column("Mean wait (h)", "right", 1.0),
    )  # fmt: skip
    caption = (
        "Places, without the legs' own. Windows count how often capacity or pace changes over the run, in the mean "
        "over replications where it does so at random; a capacity of 0 is a closure. Mean wait: "
        f"{intervals_told(origin_number(log, 'replications'))}."
    )
    return Table(caption, header, tuple(rows))
