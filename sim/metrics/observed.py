"""What observations are measured by: one number of each replication, in the units of the code.

Of a flow, or several together: transit-time (from release to arrival, of shipments released in the period that have
arrived), shipments, teu and teu-per-shipment (of what was released in the period), standing-time (mean time not in
motion), moving-share, on-time-share, speed-with-delay and speed-without-delay (as in the tables of transit and
speeds). Of places, all traffic: waiting (entities in ``[requested, entered)``, or until they went away), inside
(``[entered, released)``), each over a period or at a moment; waiting-time (from request to entry, of those who asked in
the period and have entered); clearing-time (from the beginning of the period until nobody waits any more for the first
time, missing if somebody always does); throughput (visits that ended in the period, by its length). Of a service:
departures and load-factor, from the warm-up on. A period is ``[from, to)``; left out: from the warm-up, to the horizon.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from sim.log import NOT_YET
from sim.metrics.accounts import Accounts
from sim.metrics.load_factor import load_factor
from sim.metrics.shape import HOUR_S, Bools, Floats, Ints, counts, ratio, totals
from sim.metrics.speeds import speeds
from sim.metrics.transit import transit
from sim.metrics.why_late import why_late


@dataclass(frozen=True, eq=False)
class Observed:
    """A number for each replication, missing where there is none, and what it leaves out."""

    values: Floats
    unfinished: int = 0
    """Shipments or visits of the period that had not come to their end, in all replications."""


@dataclass(frozen=True, eq=False)
class Asked:
    """What is asked of a run, with names and seconds."""

    held: Accounts
    names: tuple[str, ...]
    begin: int
    end: int
    at: int | None
    statistic: str

    @property
    def replications(self) -> int:
        """How many there are."""
        return len(self.held.journeys.replications)


STATISTICS: Mapping[str, Callable[[Ints], float]] = MappingProxyType(
    {
        "mean": lambda times: float(np.mean(times)),
        "median": lambda times: float(np.median(times)),
        "p90": lambda times: float(np.quantile(times, 0.90)),
        "p95": lambda times: float(np.quantile(times, 0.95)),
        "least": lambda times: float(np.min(times)),
        "most": lambda times: float(np.max(times)),
    }
)


def observed(held: Accounts, measure: Mapping[str, Any]) -> Observed:
    """A measure as the legend's observations hold it: ``of``, ``statistic`` and one or two ``aims``.

    Each aim has ``names``, ``from_s``, ``to_s`` and ``at_s``; the second is taken off, replication by replication.
    """
    found = [_of(str(measure["of"]), _asked(held, aim, str(measure["statistic"]))) for aim in measure["aims"]]
    values = found[0].values - found[1].values if len(found) > 1 else found[0].values
    return Observed(values, sum(each.unfinished for each in found))


def _of(name: str, asked: Asked) -> Observed:
    """A measure of what is there; of a place that no traffic uses there is no number."""
    if MEASURES[name] in OF_PLACES and not set(asked.names) <= set(asked.held.journeys.places["name"]):
        return Observed(np.full(asked.replications, np.nan))
    return MEASURES[name](asked)


def _asked(held: Accounts, aim: Mapping[str, Any], statistic: str) -> Asked:
    journeys = held.journeys
    begin, end = aim["from_s"], aim["to_s"]
    return Asked(
        held=held,
        names=tuple(aim["names"]),
        begin=journeys.warm_up if begin is None else int(begin),
        end=journeys.horizon if end is None else int(end),
        at=None if aim["at_s"] is None else int(aim["at_s"]),
        statistic=statistic,
    )


def _released(asked: Asked) -> Ints:
    """Entities of the flows that were released in the period, as rows of the legend."""
    found = asked.held.journeys.travellers
    flows = np.flatnonzero(asked.held.journeys.flows["flow"].isin(asked.names))
    inside = (found.release >= asked.begin) & (found.release < asked.end)
    return np.flatnonzero(np.isin(found.flow, flows) & inside)


def _transit_time(asked: Asked) -> Observed:
    found, who = asked.held.journeys.travellers, _released(asked)
    done = who[found.finished[who] != NOT_YET]
    took = found.finished[done] - found.release[done]
    return Observed(_statistic(asked, found.replication[done], took), len(who) - len(done))


def _statistic(asked: Asked, replication: Ints, times: Ints) -> Floats:
    of = STATISTICS[asked.statistic]
    each = [times[replication == run] for run in range(asked.replications)]
    return np.array([of(own) if len(own) else np.nan for own in each])


def _shipments(asked: Asked) -> Observed:
    found, who = asked.held.journeys.travellers, _released(asked)
    return Observed(counts(found.replication[who], asked.replications).astype(np.float64))


def _teu(asked: Asked) -> Observed:
    found, who = asked.held.journeys.travellers, _released(asked)
    return Observed(totals(found.replication[who], found.teu[who], asked.replications))


def _teu_per_shipment(asked: Asked) -> Observed:
    return Observed(ratio(_teu(asked).values, _shipments(asked).values))


def _standing_time(asked: Asked) -> Observed:
    table = why_late(asked.held)
    rows = table[table["flow"].isin(asked.names) & (table["cause"] != "moving")]
    hours = rows.groupby("replication")["hours"].sum()
    hours = hours.reindex(asked.held.journeys.replications)
    return Observed(hours.to_numpy(dtype=np.float64) * HOUR_S)


Find = Callable[[Asked], Observed]


def _of_table(metric: Callable[[Accounts], pd.DataFrame], key: str, column: str, size: float = 1.0) -> Find:
    """A column of a metric, of which there is a row for each replication and flow or service."""

    def find(asked: Asked) -> Observed:
        table = metric(asked.held)
        rows = table[table[key].isin(asked.names)].set_index("replication")[column]
        return Observed(rows.reindex(asked.held.journeys.replications).to_numpy(dtype=np.float64) * size)

    return find


def _visits(asked: Asked) -> Bools:
    """Which visits are at the places."""
    journeys = asked.held.journeys
    places = np.flatnonzero(journeys.places["name"].isin(asked.names))
    return np.isin(journeys.rows.place, places)


def _waiting(asked: Asked) -> Observed:
    rows = asked.held.journeys.rows
    return _present(asked, rows.requested, np.where(rows.refused, rows.left, rows.entered))


def _inside(asked: Asked) -> Observed:
    rows = asked.held.journeys.rows
    return _present(asked, rows.entered, rows.released)


def _present(asked: Asked, begin: Ints, end: Ints) -> Observed:
    """How many are there in their ``[begin, end)``, at the moment or over the period."""
    journeys = asked.held.journeys
    at = np.flatnonzero(_visits(asked) & (begin != NOT_YET))
    run = journeys.travellers.replication[journeys.rows.who[at]]
    since, until = begin[at], np.where(end[at] == NOT_YET, journeys.horizon + 1, end[at])
    if asked.at is not None:
        there = (since <= asked.at) & (asked.at < until)
        return Observed(counts(run[there], asked.replications).astype(np.float64))
    since, until = np.clip(since, asked.begin, asked.end), np.clip(until, asked.begin, asked.end)
    if asked.statistic == "mean":
        seconds = totals(run, until - since, asked.replications)
        return Observed(seconds / max(asked.end - asked.begin, 1))
    each = [_extreme(since[run == r], until[run == r], asked) for r in range(asked.replications)]
    return Observed(np.array(each))


def _extreme(since: Ints, until: Ints, asked: Asked) -> float:
    """The least or most that are there at once, between times that lie within the period."""
    some = until > since
    times = np.concatenate([[asked.begin], since[some], until[some]])
    change = np.concatenate([[0], np.ones(some.sum(), np.int64), -np.ones(some.sum(), np.int64)])
    moments, which = np.unique(times, return_inverse=True)
    there = np.cumsum(totals(which, change, len(moments)))[moments < asked.end]
    return STATISTICS[asked.statistic](there.astype(np.int64))


def _waiting_time(asked: Asked) -> Observed:
    journeys = asked.held.journeys
    rows = journeys.rows
    asks = _visits(asked) & (rows.requested >= asked.begin) & (rows.requested < asked.end) & ~rows.refused
    done = np.flatnonzero(asks & (rows.entered != NOT_YET))
    waited = rows.entered[done] - rows.requested[done]
    run = journeys.travellers.replication[rows.who[done]]
    return Observed(_statistic(asked, run, waited), int(asks.sum()) - len(done))


def _clearing_time(asked: Asked) -> Observed:
    journeys = asked.held.journeys
    rows = journeys.rows
    end = np.where(rows.refused, rows.left, rows.entered)
    at = np.flatnonzero(_visits(asked) & (rows.requested < asked.end) & ((end > asked.begin) | (end == NOT_YET)))
    run = journeys.travellers.replication[rows.who[at]]
    until = np.where(end[at] == NOT_YET, asked.end, end[at])
    since = np.maximum(rows.requested[at], asked.begin)
    return Observed(np.array([_clear(since[run == r], until[run == r], asked) for r in range(asked.replications)]))


def _clear(since: Ints, until: Ints, asked: Asked) -> float:
    """Seconds from the beginning to the first moment that lies in no ``[since, until)``; missing if there is none."""
    order = np.argsort(since, kind="stable")
    reach = np.maximum.accumulate(np.concatenate([[asked.begin], until[order]]))
    free = np.flatnonzero(np.append(since[order], asked.end) > reach)
    return float(reach[free[0]] - asked.begin) if len(free) else np.nan


def _throughput(asked: Asked) -> Observed:
    journeys = asked.held.journeys
    rows = journeys.rows
    passed = _visits(asked) & (rows.left >= asked.begin) & (rows.left < asked.end) & ~rows.refused
    run = journeys.travellers.replication[rows.who[passed]]
    return Observed(counts(run, asked.replications) / max(asked.end - asked.begin, 1))


OF_PLACES = (_waiting, _inside, _waiting_time, _clearing_time, _throughput)

MEASURES: Mapping[str, Find] = MappingProxyType(
    {
        "transit-time": _transit_time,
        "standing-time": _standing_time,
        "moving-share": _of_table(speeds, "flow", "moving_share"),
        "on-time-share": _of_table(transit, "flow", "on_time_share"),
        "speed-with-delay": _of_table(speeds, "flow", "swd_kmh", 1 / HOUR_S),
        "speed-without-delay": _of_table(speeds, "flow", "swod_kmh", 1 / HOUR_S),
        "shipments": _shipments,
        "teu": _teu,
        "teu-per-shipment": _teu_per_shipment,
        "waiting": _waiting,
        "inside": _inside,
        "waiting-time": _waiting_time,
        "clearing-time": _clearing_time,
        "throughput": _throughput,
        "departures": _of_table(load_factor, "service", "departures"),
        "load-factor": _of_table(load_factor, "service", "load_factor"),
    }
)
"""Each measure by its name in a scenario."""
