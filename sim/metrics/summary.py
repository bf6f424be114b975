"""The key table: what a reader wants to know first, each number with its interval over replications."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

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
from sim.metrics.shape import DAY_S, HOUR_S, shaped, totals
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

KEY = ("metric", "group", "label", "unit")

Key = tuple[str, ...]


class _Row(NamedTuple):
    """What one replication says of one number."""

    key: Key
    value: float
    n: int


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
    rows = [
        *_of_flows(held.journeys, given),
        *_of_borders(held.journeys, given["borders"]),
        *_of_waits(held.journeys, given),
        *_of_places(held.journeys, given["throughput"]),
    ]
    keys = {key: number for number, key in enumerate(dict.fromkeys(row.key for row in rows))}
    group = np.array([keys[row.key] for row in rows], np.int64)
    found = intervals(group, np.array([row.value for row in rows], np.float64), len(keys))
    named = list(zip(*keys, strict=True)) or [()] * len(KEY)
    values = {
        **{name: list(texts) for name, texts in zip(KEY, named, strict=True)},
        "mean": found.mean,
        "low": found.low,
        "high": found.high,
        "n": totals(group, np.array([row.n for row in rows], np.float64), len(keys)),
        "replications": found.values,
    }
    return shaped(COLUMNS, values)


def too_good(transit: pd.DataFrame) -> dict[str, str]:
    """What is to be added to the label of each flow of which too many shipments are unfinished, all replications."""
    sums = transit.groupby("flow")[["finished", "unfinished"]].sum().astype("float64")
    share = sums["unfinished"] / (sums["finished"] + sums["unfinished"])
    found = share[(share > TOO_MANY_UNFINISHED) & (sums["finished"] > 0)]
    return {str(flow): f" (too good: {100 * part:.0f} % unfinished)" for flow, part in found.items()}


def _of_flows(journeys: Journeys, given: Mapping[str, pd.DataFrame]) -> Iterator[_Row]:
    labels = dict(zip(journeys.setting.flows["flow"], journeys.setting.flows["label"], strict=True))
    paid = given["cost"]["freight_usd_teu"] + given["cost"]["fees_usd_teu"]
    tables = {**given, "cost": given["cost"].assign(paid_usd_teu=paid)}
    finished = given["transit"]["finished"].to_numpy()
    released = finished + given["transit"]["unfinished"].to_numpy()
    good = too_good(given["transit"])
    flows = given["transit"]["flow"].tolist()
    for metric, table, column, unit in OF_FLOWS:
        marked = good if table in OF_THE_FINISHED and column != "unfinished" else {}
        many = released if column == "unfinished" else finished
        for flow, value, n in zip(flows, tables[table][column].tolist(), many.tolist(), strict=True):
            yield _Row((metric, flow, (labels[flow] or flow) + marked.get(flow, ""), unit), value, n)


def _of_borders(journeys: Journeys, table: pd.DataFrame) -> Iterator[_Row]:
    """Crossing time of each post and direction, over all flows, weighted by crossings."""
    names = dict(zip(journeys.setting.nodes["node"], journeys.setting.nodes["name"], strict=True))
    hours = (table["tfi1_h"] * table["crossings"]).where(table["crossings"] > 0, 0.0)
    of_post = table.assign(hours=hours).groupby(["border", "direction", "country", "replication"], as_index=False)
    sums = of_post[["hours", "crossings"]].sum()
    value = (sums["hours"] / sums["crossings"].where(sums["crossings"] > 0)).tolist()
    columns = (sums[name].tolist() for name in ("border", "direction", "country", "crossings"))
    for border, direction, country, crossings, mean in zip(*columns, value, strict=True):
        label = f"{names.get(border, '') or border} ({country}, {direction})"
        group = f"{border} {direction} {country}".strip()
        yield _Row(("Border crossing time", group, label, "h"), mean, crossings)


def _of_waits(journeys: Journeys, given: Mapping[str, pd.DataFrame]) -> Iterator[_Row]:
    """What most waiting is for, in hours per finished shipment; a replication without it has 0 of it, not nothing."""
    finished = _sums(given["transit"], ["replication"], "finished")
    table = given["why_late"]
    seconds = _sums(table[table["cause"].isin(WAITING)], ["cause", "node", "name", "replication"], "total_s")
    overall: Counter[Key] = Counter()
    for spot, total in sorted(seconds.items()):
        overall[spot[:3]] += total
    labels = dict(zip(journeys.setting.places["name"], journeys.setting.places["label"], strict=True))
    nodes = dict(zip(journeys.setting.nodes["node"], journeys.setting.nodes["name"], strict=True))
    for (cause, node, name), _ in overall.most_common(TOP):
        where = labels.get(name, "") or f"{nodes.get(node, '') or node}, {name}"
        for (replication,), n in finished.items():
            value = seconds[cause, node, name, replication] / n / HOUR_S if n else np.nan
            yield _Row(("Why late", f"{cause} {node} {name}", f"{cause}: {where}", "h"), value, n)


def _of_places(journeys: Journeys, table: pd.DataFrame) -> Iterator[_Row]:
    """TEU a day at the places that pass most."""
    days = (journeys.setting.horizon - journeys.setting.warm_up) / DAY_S
    visits, teu = (_sums(table, ["place", "replication"], column) for column in ("visits", "teu"))
    overall: Counter[int] = Counter()
    for (place, _), passed in sorted(teu.items()):
        overall[place] += passed
    for place, _ in overall.most_common(TOP):
        name, label = (str(journeys.setting.places[column].iloc[place]) for column in ("name", "label"))
        for key in sorted(key for key in teu if key[0] == place):
            yield _Row(("Throughput", name, label or name, "TEU/day"), teu[key] / days, visits[key])


def _sums(table: pd.DataFrame, by: list[str], column: str) -> Counter[Any]:
    """Sums of whole numbers over the rows of the same key."""
    sums: Counter[Any] = Counter()
    for key, value in zip(
        zip(*(table[name].tolist() for name in by), strict=True), table[column].tolist(), strict=True
    ):
        sums[key] += value
    return sums
