"""The key table: what a reader wants to know first, each number with its interval over replications."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
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
from sim.metrics.shape import DAY_S, HOUR_S, ratio, shaped, totals
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

OF_QUICK = frozenset(name for name, table, column, _ in OF_FLOWS if table in OF_THE_FINISHED and column != "unfinished")
"""Numbers of the key table that are marked where too many shipments are unfinished."""

TOP = 5
"""How many places, and how many causes of waiting, are named."""

WAITING = CAUSES[CAUSES.index("queueing") :]
"""The causes that are no work: queueing, closed and those after them."""

NUMBERS = {
    "metric": "str",
    "group": "str",
    "label": "str",
    "unit": "str",
    "replication": "int64",
    "value": "float64",
    "n": "int64",
}
"""Columns of :func:`key_numbers`."""

KEY = ("metric", "group", "label", "unit")

Key = tuple[str, ...]


class _Row(NamedTuple):
    """What one replication says of one number."""

    key: Key
    replication: int
    value: float
    n: int


Spots = Mapping[str, Sequence[Key]]
"""By metric what is told of where: causes with their node and place, or places."""


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
    numbers = _numbers(held.journeys, given, largest(held, given))
    row = {key: at for at, key in enumerate(dict.fromkeys(number.key for number in numbers))}
    named = {name: [key[at] for key in row] for at, name in enumerate(KEY)}
    group = np.array([row[number.key] for number in numbers], dtype=np.int64)
    found = intervals(group, np.array([number.value for number in numbers], dtype=np.float64), len(row))
    good = too_good(given["transit"])
    marks = [
        good.get(flow, "") if metric in OF_QUICK else ""
        for metric, flow in zip(named["metric"], named["group"], strict=True)
    ]
    values = {
        **named,
        "label": [f"{label}{mark}" for label, mark in zip(named["label"], marks, strict=True)],
        "mean": found.mean,
        "low": found.low,
        "high": found.high,
        "n": totals(group, np.array([number.n for number in numbers], dtype=np.int64), len(row)),
        "replications": found.values,
    }
    return shaped(COLUMNS, values)


def key_numbers(
    log: Log | Accounts, tables: Mapping[str, pd.DataFrame] | None = None, spots: Spots | None = None
) -> pd.DataFrame:
    """What each replication says of each number of the key table; see :func:`summary`.

    ``spots``: of which waits and places there is a row, whether they are among the largest here or not.
    """
    held = accounts(log)
    given = {name: tables[name] if tables else metric(held) for name, metric in SOURCES.items()}
    rows = _numbers(held.journeys, given, largest(held, given) if spots is None else spots)
    columns = {name: [row.key[at] for row in rows] for at, name in enumerate(KEY)}
    for name in ("replication", "value", "n"):
        columns[name] = [getattr(row, name) for row in rows]
    return shaped(NUMBERS, columns)


def _numbers(journeys: Journeys, given: Mapping[str, pd.DataFrame], spots: Spots) -> list[_Row]:
    """All rows of :func:`key_numbers`."""
    return [
        *_of_flows(journeys, given),
        *_of_borders(journeys, given["borders"]),
        *_of_waits(journeys, given, spots["Why late"]),
        *_of_places(journeys, given["throughput"], spots["Throughput"]),
    ]


def largest(log: Log | Accounts, tables: Mapping[str, pd.DataFrame] | None = None) -> Spots:
    """Where most waiting is, by cause, node and place, and which places pass most TEU, by name; largest first."""
    held = accounts(log)
    split, passed = (tables[name] if tables else SOURCES[name](held) for name in ("why_late", "throughput"))
    waits: Counter[Key] = Counter()
    for spot, total in sorted(_sums(split, WAIT, "total_s").items()):
        if spot[0] in WAITING:
            waits[spot] += total
    places: Counter[Key] = Counter()
    for (_, name), teu in sorted(_sums(passed, ["place", "name"], "teu").items()):
        places[(name,)] += teu
    return {
        "Why late": [spot for spot, _ in waits.most_common(TOP)],
        "Throughput": [spot for spot, _ in places.most_common(TOP)],
    }


def too_good(transit: pd.DataFrame) -> dict[str, str]:
    """What is to be added to the label of each flow of which too many shipments are unfinished, all replications."""
    return {flow: f" (too good: {100 * part:.0f} % unfinished)" for flow, part in too_many(transit).items()}


def too_many(transit: pd.DataFrame) -> dict[str, float]:
    """The share of unfinished shipments of each flow of which they are too many, all replications."""
    finished, unfinished = (_sums(transit, ["flow"], name) for name in ("finished", "unfinished"))
    share = {key: unfinished[key] / (number + unfinished[key]) for key, number in sorted(finished.items()) if number}
    return {flow: part for (flow,), part in share.items() if part > TOO_MANY_UNFINISHED}


def _of_flows(journeys: Journeys, given: Mapping[str, pd.DataFrame]) -> Iterator[_Row]:
    labels = _named(journeys.setting.flows, "flow", "label")
    paid = given["cost"]["freight_usd_teu"] + given["cost"]["fees_usd_teu"]
    tables = {**given, "cost": given["cost"].assign(paid_usd_teu=paid)}
    finished = given["transit"]["finished"].to_numpy()
    released = finished + given["transit"]["unfinished"].to_numpy()
    flows, replications = (given["transit"][name].tolist() for name in ("flow", "replication"))
    for metric, table, column, unit in OF_FLOWS:
        many = released if column == "unfinished" else finished
        values = tables[table][column].tolist()
        for flow, replication, value, n in zip(flows, replications, values, many.tolist(), strict=True):
            yield _Row((metric, flow, labels[flow] or flow, unit), replication, value, n)


def _of_borders(journeys: Journeys, table: pd.DataFrame) -> Iterator[_Row]:
    """Crossing time of each post and direction, over all flows, weighted by crossings."""
    names = _named(journeys.setting.nodes, "node", "name")
    keys = list(zip(*(table[name].tolist() for name in ("border", "direction", "country", "replication")), strict=True))
    posts = sorted(set(keys))
    number = {post: row for row, post in enumerate(posts)}
    post = np.array([number[key] for key in keys], dtype=np.int64)
    crossings = table["crossings"].to_numpy()
    hours = pd.Series(np.where(crossings > 0, table["tfi1_h"].to_numpy() * crossings, 0.0)).groupby(post).sum()
    crossings = totals(post, crossings, len(posts)).astype(np.int64)
    for (border, direction, country, replication), n, mean in zip(
        posts, crossings.tolist(), ratio(np.asarray(hours, np.float64), crossings).tolist(), strict=True
    ):
        label = f"{names.get(border, '') or border} ({country}, {direction})"
        group = f"{border} {direction} {country}".strip()
        yield _Row(("Border crossing time", group, label, "h"), replication, mean, n)


WAIT = ["cause", "node", "name"]
"""What names a wait: its cause, where it is, and the place or service that it is for."""


def _of_waits(journeys: Journeys, given: Mapping[str, pd.DataFrame], spots: Sequence[Key]) -> Iterator[_Row]:
    """What waiting is for, in hours per finished shipment; a replication without it has 0 of it, not nothing."""
    finished = _sums(given["transit"], ["replication"], "finished")
    seconds = _sums(given["why_late"], [*WAIT, "replication"], "total_s")
    labels = _named(journeys.setting.places, "name", "label")
    nodes = _named(journeys.setting.nodes, "node", "name")
    for cause, node, name in spots:
        where = labels.get(name, "") or f"{nodes.get(node, '') or node}, {name}"
        for (replication,), n in finished.items():
            value = seconds[cause, node, name, replication] / n / HOUR_S if n else np.nan
            yield _Row(("Why late", f"{cause} {node} {name}", f"{cause}: {where}", "h"), replication, value, n)


def _of_places(journeys: Journeys, table: pd.DataFrame, spots: Sequence[Key]) -> Iterator[_Row]:
    """TEU a day at places; a place that nothing ever passes has no row."""
    days = (journeys.setting.horizon - journeys.setting.warm_up) / DAY_S
    visits, teu = (_sums(table, ["name", "replication"], column) for column in ("visits", "teu"))
    labels = _named(journeys.setting.places, "name", "label")
    for (name,) in spots:
        for key in sorted(key for key in teu if key[0] == name):
            yield _Row(("Throughput", name, labels[name] or name, "TEU/day"), key[1], teu[key] / days, visits[key])


def _named(table: pd.DataFrame, key: str, name: str) -> dict[str, str]:
    """What a table calls each of its rows."""
    return dict(zip(table[key].tolist(), table[name].tolist(), strict=True))


def _sums(table: pd.DataFrame, by: list[str], column: str) -> Counter[Any]:
    """Sums of whole numbers over the rows of the same key."""
    sums: Counter[Any] = Counter()
    for key, value in zip(
        zip(*(table[name].tolist() for name in by), strict=True), table[column].tolist(), strict=True
    ):
        sums[key] += value
    return sums
