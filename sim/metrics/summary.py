"""The key table: what a reader wants to know first, each number with its interval over replications."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from sim.log import Log
from sim.metrics.accounts import Accounts, accounts
from sim.metrics.borders import borders
from sim.metrics.causes import CAUSES
from sim.metrics.cost import cost
from sim.metrics.emissions import emissions
from sim.metrics.intervals import intervals
from sim.metrics.journeys import Journeys
from sim.metrics.shape import DAY_S, HOUR_S, shaped
from sim.metrics.speeds import speeds
from sim.metrics.throughput import throughput
from sim.metrics.transit import transit
from sim.metrics.why_late import why_late

COLUMNS = {
    "metric": "str",
    "group": "str",
    "label": "str",
    "unit": "str",
    "mean": "float64",
    "low": "float64",
    "high": "float64",
    "n": "int64",
    "replications": "int64",
}

OF_FLOWS = (
    ("Transit time, mean", "transit", "mean_d", "days"),
    ("Transit time, median", "transit", "p50_d", "days"),
    ("Transit time, 95th percentile", "transit", "p95_d", "days"),
    ("On time", "transit", "on_time_share", "share"),
    ("Speed with delay", "speeds", "swd_kmh", "km/h"),
    ("Speed without delay", "speeds", "swod_kmh", "km/h"),
    ("Cost", "cost", "total_usd_teu", "USD/TEU"),
    ("Freight and fees", "cost", "paid_usd_teu", "USD/TEU"),
    ("CO2e, well to wheel", "emissions", "total_kg_teu", "kg/TEU"),
    ("Delivered", "cost", "teu", "TEU"),
    ("Unfinished shipments", "transit", "unfinished", "shipments"),
)
"""Name, table, column and unit of what is said about each flow."""

SOURCES = {
    "transit": transit,
    "speeds": speeds,
    "cost": cost,
    "emissions": emissions,
    "borders": borders,
    "why_late": why_late,
    "throughput": throughput,
}

TOO_MANY_UNFINISHED = 0.1
"""Share of unfinished shipments above which means over the finished ones are too good to be taken as they are."""

OF_THE_FINISHED = frozenset({"transit", "speeds"})
"""Tables that speak of finished shipments alone, and so of the quicker ones."""

TOP = 5
"""How many places, and how many causes of waiting, are named."""

WAITING = CAUSES[CAUSES.index("queueing") :]
"""The causes that are no work: queueing, closed and those after them."""

KEY = ["metric", "group", "label", "unit"]


def summary(log: Log | Accounts, tables: Mapping[str, pd.DataFrame] | None = None) -> pd.DataFrame:
    """Means over replications with their 95 % intervals (Student's t).

    ``n``: observations behind the number in all replications (finished shipments, crossings, visits; for unfinished
    shipments all that were released). ``replications``: those that gave a value; with one, low and high are missing.
    Where more than a tenth of a flow's shipments are unfinished, the labels of its times and speeds say so: only the
    quicker ones had the time to finish, so that these numbers are too good. Why late: what most waiting is for and
    where, hours per finished shipment of any flow. Throughput: the places with most TEU a day from the warm-up on.
    ``tables`` may bring the metrics that are there already.
    """
    held = accounts(log)
    given = {name: tables[name] if tables else metric(held) for name, metric in SOURCES.items()}
    frames = list(_of_flows(held.journeys, given))
    frames.append(_of_borders(held.journeys, given["borders"]))
    frames.append(_of_waits(held.journeys, given))
    frames.append(_of_places(held.journeys, given["throughput"]))
    rows = pd.concat([frame for frame in frames if len(frame)], ignore_index=True) if any(map(len, frames)) else None
    if rows is None:
        return shaped(COLUMNS, {name: [] for name in COLUMNS})
    group = rows.groupby(KEY, sort=False).ngroup().to_numpy().astype(np.int64)
    groups = int(group.max()) + 1
    found = intervals(group, rows["value"].to_numpy(dtype=np.float64), groups)
    keys = rows.drop_duplicates(KEY)
    values = {
        **{name: keys[name].reset_index(drop=True) for name in KEY},
        "mean": found.mean,
        "low": found.low,
        "high": found.high,
        "n": np.bincount(group, weights=rows["n"].to_numpy(dtype=np.float64), minlength=groups),
        "replications": found.values,
    }
    return shaped(COLUMNS, values)


def too_good(transit: pd.DataFrame) -> dict[str, str]:
    """What is to be added to the label of each flow of which too many shipments are unfinished, all replications."""
    sums = transit.groupby("flow")[["finished", "unfinished"]].sum().astype("float64")
    share = sums["unfinished"] / (sums["finished"] + sums["unfinished"])
    found = share[(share > TOO_MANY_UNFINISHED) & (sums["finished"] > 0)]
    return {str(flow): f" (too good: {100 * part:.0f} % unfinished)" for flow, part in found.items()}


def _of_flows(journeys: Journeys, given: Mapping[str, pd.DataFrame]) -> Iterator[pd.DataFrame]:
    labels = dict(zip(journeys.flows["flow"], journeys.flows["label"], strict=True))
    paid = given["cost"]["freight_usd_teu"] + given["cost"]["fees_usd_teu"]
    tables = {**given, "cost": given["cost"].assign(paid_usd_teu=paid)}
    finished, unfinished = given["transit"]["finished"], given["transit"]["unfinished"]
    good = too_good(given["transit"])
    for metric, table, column, unit in OF_FLOWS:
        marked = good if table in OF_THE_FINISHED and column != "unfinished" else {}
        yield pd.DataFrame(
            {
                "metric": metric,
                "group": tables[table]["flow"],
                "label": [(labels[flow] or flow) + marked.get(flow, "") for flow in tables[table]["flow"]],
                "unit": unit,
                "value": tables[table][column].astype("float64"),
                "n": finished + unfinished if column == "unfinished" else finished,
            }
        )


def _of_borders(journeys: Journeys, table: pd.DataFrame) -> pd.DataFrame:
    """Crossing time of each post and direction, over all flows, weighted by crossings."""
    names = dict(zip(journeys.log.legend.nodes["node"], journeys.log.legend.nodes["name"], strict=True))
    hours = (table["tfi1_h"] * table["crossings"]).where(table["crossings"] > 0, 0.0)
    of_post = table.assign(hours=hours).groupby(["border", "direction", "country", "replication"], as_index=False)
    sums = of_post[["hours", "crossings"]].sum()
    ways = sums["border"] + " " + sums["direction"] + " " + sums["country"]
    named = [names.get(border, "") or border for border in sums["border"]]
    return pd.DataFrame(
        {
            "metric": "Border crossing time",
            "group": ways.str.strip(),
            "label": pd.Series(named, dtype="str") + " (" + sums["country"] + ", " + sums["direction"] + ")",
            "unit": "h",
            "value": sums["hours"] / sums["crossings"].where(sums["crossings"] > 0),
            "n": sums["crossings"],
        }
    )


def _of_waits(journeys: Journeys, given: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """What most waiting is for, in hours per finished shipment; a replication without it has 0 of it, not nothing."""
    table, finished = given["why_late"], given["transit"].groupby("replication")["finished"].sum()
    table = table[table["cause"].isin(WAITING)]
    sums = table.groupby(["cause", "node", "name", "replication"])["total_s"].sum().unstack(fill_value=0)
    sums = sums.reindex(columns=finished.index, fill_value=0)
    top = sums.loc[sums.sum(axis=1).sort_values(ascending=False, kind="stable").index[:TOP]]
    labels = dict(zip(journeys.places["name"], journeys.places["label"], strict=True))
    nodes = dict(zip(journeys.log.legend.nodes["node"], journeys.log.legend.nodes["name"], strict=True))
    frames = []
    for (cause, node, name), seconds in zip(top.index, top.to_numpy(), strict=True):
        where = labels.get(name, "") or f"{nodes.get(node, '') or node}, {name}"
        frames.append(
            pd.DataFrame(
                {
                    "metric": "Why late",
                    "group": f"{cause} {node} {name}",
                    "label": f"{cause}: {where}",
                    "unit": "h",
                    "value": seconds / finished.where(finished > 0) / HOUR_S,
                    "n": finished,
                }
            )
        )
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _of_places(journeys: Journeys, table: pd.DataFrame) -> pd.DataFrame:
    """TEU a day at the places that pass most."""
    days = (journeys.horizon - journeys.warm_up) / DAY_S
    sums = table.groupby(["place", "name", "replication"], as_index=False)[["visits", "teu"]].sum()
    order = sums.groupby("place")["teu"].sum().sort_values(ascending=False, kind="stable").index[:TOP]
    top = sums[sums["place"].isin(order)].copy()
    top["rank"] = top["place"].map({place: rank for rank, place in enumerate(order)})
    top = top.sort_values(["rank", "replication"], ignore_index=True)
    labels = dict(zip(journeys.places["name"], journeys.places["label"], strict=True))
    return pd.DataFrame(
        {
            "metric": "Throughput",
            "group": top["name"],
            "label": [labels[name] or name for name in top["name"]],
            "unit": "TEU/day",
            "value": top["teu"] / days,
            "n": top["visits"],
        }
    )
