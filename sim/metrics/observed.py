"""What observations are measured by: one number of each replication, in the units of the code.

Of a flow, or several together: transit-time (from release to arrival, of shipments released in the period that have
arrived), shipments, teu and teu-per-shipment (of what was released in the period), unfinished and turned-away (of it:
shipments under way when the run ended; those refused, or given up, for good), on-time-share, cost, freight-and-fees and
co2e (as in the tables of transit, cost and emissions; of several flows the mean, weighted by arrived shipments or TEU).
Of one flow: standing-time (mean time not in motion), moving-share, speed-with-delay and speed-without-delay (as in the
tables of transit and speeds). Of places, all traffic: waiting (entities in ``[requested, entered)``, or until they went
away), inside (``[entered, released)``), each over a period or at a moment; waiting-time (from request to entry, of
those who asked in the period and have entered); clearing-time (from the beginning of the period until nobody waits any
more for the first time, missing if somebody always does); throughput (visits that ended in the period, by its length);
utilisation (as in its table, of all units of the places). Of a service: departures and load-factor, from the warm-up
on. A period is ``[from, to)``; left out: from the warm-up, to the horizon.
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
from sim.metrics.asked import Asked
from sim.metrics.cost import cost
from sim.metrics.emissions import emissions
from sim.metrics.load_factor import load_factor
from sim.metrics.months import Months
from sim.metrics.rows import Rows
from sim.metrics.shape import HOUR_S, Floats, Ints, counts, ratio, totals
from sim.metrics.speeds import speeds
from sim.metrics.transit import on_time_share
from sim.metrics.utilisation import usage
from sim.metrics.why_late import why_late


@dataclass(frozen=True, eq=False)
class Observed:
    """A number for each replication, missing where there is none, and what it leaves out."""

    values: Floats
    unfinished: int = 0
    """Shipments or visits of the period that had not come to their end, in all replications."""
    asked: int = 0
    """Shipments or visits of the period, come to their end or not; 0 of a number that leaves out nobody."""


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

    Each aim has ``names``, ``from_s``, ``to_s`` and ``at_s``; the second is taken off, replication by replication. With
    ``so_far``, a number of seconds, times of those who have not come to their end count as they were at the end of the
    run, which are too short and no less than that number; on-time-share: who is late already is late.
    """
    found = [_of(str(measure["of"]), Asked.of(held, aim, measure)) for aim in measure["aims"]]
    values = found[0].values - found[1].values if len(found) > 1 else found[0].values
    return Observed(values, sum(each.unfinished for each in found), sum(each.asked for each in found))


def _of(name: str, asked: Asked) -> Observed:
    """A measure of what is there; of a place that no traffic uses there is no number."""
    if MEASURES[name] in OF_PLACES and NOT_YET in asked.places:
        return Observed(np.full(asked.replications, np.nan))
    return MEASURES[name](asked)


def _transit_time(asked: Asked) -> Observed:
    found, who = asked.journeys.travellers, asked.released
    if asked.so_far is None:
        replication, took = asked.arrived
        return Observed(_statistic(asked, replication, took), len(who) - len(took), len(who))
    took = _by_now(asked, asked.ends) - found.release[who]
    return Observed(_statistic(asked, found.replication[who], took), _not_arrived(asked), len(who))


def _by_now(asked: Asked, ends: Ints) -> Ints:
    """When each has come to its end; the end of the run for who has not."""
    return np.where(ends == NOT_YET, asked.journeys.setting.horizon, ends)


def _not_arrived(asked: Asked) -> int:
    return int((asked.ends == NOT_YET).sum())


def _statistic(asked: Asked, replication: Ints, times: Ints) -> Floats:
    of = STATISTICS[asked.statistic]
    each = [times] if asked.replications == 1 else [times[replication == run] for run in range(asked.replications)]
    return np.array([of(own) if len(own) else np.nan for own in each])


def _shipments(asked: Asked) -> Observed:
    return _number(asked, asked.released)


def _unfinished(asked: Asked) -> Observed:
    who = asked.released
    away = asked.journeys.turned_away[who]
    return _number(asked, who[(asked.ends == NOT_YET) & ~away])


def _turned_away(asked: Asked) -> Observed:
    return _number(asked, asked.released[asked.journeys.turned_away[asked.released]])


def _number(asked: Asked, who: Ints) -> Observed:
    """How many entities there are in each replication."""
    return Observed(counts(asked.journeys.travellers.replication[who], asked.replications).astype(np.float64))


def _teu(asked: Asked) -> Observed:
    found, who = asked.journeys.travellers, asked.released
    return Observed(totals(found.replication[who], found.teu[who], asked.replications))


def _teu_per_shipment(asked: Asked) -> Observed:
    return Observed(ratio(_teu(asked).values, _shipments(asked).values))


def _standing_time(asked: Asked) -> Observed:
    table = why_late(asked.held)
    rows = table[table["flow"].isin(asked.names) & (table["cause"] != "moving")]
    hours = rows.groupby("replication")["hours"].sum()
    hours = hours.reindex(asked.journeys.replications)
    return Observed(hours.to_numpy(dtype=np.float64) * HOUR_S)


Find = Callable[[Asked], Observed]


def _of_table(metric: Callable[[Accounts], pd.DataFrame], key: str, column: str, size: float = 1.0) -> Find:
    """A column of a metric, of which there is a row for each replication and flow or service."""

    def find(asked: Asked) -> Observed:
        table = metric(asked.held)
        rows = table[table[key].isin(asked.names)].set_index("replication")[column]
        return Observed(rows.reindex(asked.journeys.replications).to_numpy(dtype=np.float64) * size)

    return find


def _per_teu(metric: Callable[[Accounts], pd.DataFrame], *columns: str) -> Find:
    """Columns of a metric of all cells, added up, for each TEU that has arrived."""

    def find(asked: Asked) -> Observed:
        table = metric(asked.held)
        values = sum((table[column].to_numpy() for column in columns), np.zeros(len(table)))
        return _of_all(asked, values, table["teu"].to_numpy())

    return find


def _on_time_share(asked: Asked) -> Observed:
    journeys = asked.journeys
    found = _of_all(asked, on_time_share(journeys), counts(journeys.cell[journeys.arrived], journeys.cells))
    return found if asked.so_far is None else _late_already(asked, found)


def _late_already(asked: Asked, found: Observed) -> Observed:
    """The share with who is still on the way and has had more time than was promised."""
    travellers, who = asked.journeys.travellers, asked.released
    promise = asked.journeys.setting.flows["promise_s"].to_numpy(dtype=np.float64, na_value=np.nan)[
        travellers.flow[who]
    ]
    took = _by_now(asked, asked.ends) - travellers.release[who]
    known = ~np.isnan(promise) & ((asked.ends != NOT_YET) | (took > promise))
    run = travellers.replication[who[known]]
    in_time = totals(run, (took <= promise)[known].astype(np.int64), asked.replications)
    share = ratio(in_time, counts(run, asked.replications))
    return Observed(np.where(np.isnan(found.values), np.nan, share), found.unfinished, found.asked)


def _of_all(asked: Asked, values: Floats, weights: Ints) -> Observed:
    """The weighted mean of what the flows have in each replication, those of no weight left out.

    Reckoned from the first of them, so that of a single flow it is the very number.
    """
    setting = asked.journeys.setting
    own = np.flatnonzero(np.isin(setting.reported, setting.flow_rows(asked.names)))
    found = []
    for run in range(asked.replications):
        at = run * len(setting.reported) + own
        at = at[weights[at] > 0]
        first = values[at[:1]].sum() if len(at) else np.nan
        found.append(first + np.dot(weights[at], values[at] - first) / max(int(weights[at].sum()), 1))
    return Observed(np.array(found, dtype=np.float64), _not_arrived(asked), len(asked.released))


def _waiting(asked: Asked) -> Observed:
    visits, at = asked.journeys.visits, asked.visits
    end = _waited_until(visits, at)
    return _present(asked, at, visits.at("requested", at), end)


def _waited_until(visits: Rows, at: Ints) -> Ints:
    """When the wait of some visits ended, in vain or not; NOT_YET while it lasts."""
    return np.where(visits.refused_at(at), visits.at("left", at), visits.at("entered", at))


def _inside(asked: Asked) -> Observed:
    visits = asked.journeys.visits
    at = asked.visits[visits.at("entered", asked.visits) != NOT_YET]
    return _present(asked, at, visits.at("entered", at), visits.at("released", at))


def _present(asked: Asked, at: Ints, since: Ints, until: Ints) -> Observed:
    """How many visits are there in their ``[since, until)``, at the moment or over the period."""
    run = asked.run(at)
    until = np.where(until == NOT_YET, asked.journeys.setting.horizon + 1, until)
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
    visits, at = asked.journeys.visits, asked.visits
    requested = visits.at("requested", at)
    asks = at[(requested >= asked.begin) & (requested < asked.end) & ~visits.refused_at(at)]
    entered = asks[visits.at("entered", asks) != NOT_YET]
    done = entered if asked.so_far is None else asks
    waited = _by_now(asked, visits.at("entered", done)) - visits.at("requested", done)
    return Observed(_statistic(asked, asked.run(done), waited), len(asks) - len(entered), len(asks))


def _clearing_time(asked: Asked) -> Observed:
    visits, at = asked.journeys.visits, asked.visits
    end = _waited_until(visits, at)
    some = (visits.at("requested", at) < asked.end) & ((end > asked.begin) | (end == NOT_YET))
    at, end = at[some], end[some]
    run, until = asked.run(at), np.where(end == NOT_YET, asked.end, end)
    since = np.maximum(visits.at("requested", at), asked.begin)
    return Observed(np.array([_clear(since[run == r], until[run == r], asked) for r in range(asked.replications)]))


def _clear(since: Ints, until: Ints, asked: Asked) -> float:
    """Seconds from the beginning to the first moment that lies in no ``[since, until)``; missing if there is none."""
    order = np.argsort(since, kind="stable")
    reach = np.maximum.accumulate(np.concatenate([[asked.begin], until[order]]))
    free = np.flatnonzero(np.append(since[order], asked.end) > reach)
    return float(reach[free[0]] - asked.begin) if len(free) else np.nan


def _throughput(asked: Asked) -> Observed:
    visits, at = asked.journeys.visits, asked.visits
    left = visits.at("left", at)
    passed = at[(left >= asked.begin) & (left < asked.end) & ~visits.refused_at(at)]
    return Observed(counts(asked.run(passed), asked.replications) / max(asked.end - asked.begin, 1))


def _utilisation(asked: Asked) -> Observed:
    journeys = asked.journeys
    there = journeys.at(journeys.visits, asked.places)
    used, provided = usage(journeys, there, Months(["the period"], np.array([asked.begin, asked.end])))
    shape = (asked.replications, len(asked.places))
    return Observed(ratio(used.reshape(shape).sum(axis=1), provided.reshape(shape).sum(axis=1)))


OF_PLACES = (_waiting, _inside, _waiting_time, _clearing_time, _throughput, _utilisation)

MEASURES: Mapping[str, Find] = MappingProxyType(
    {
        "transit-time": _transit_time,
        "standing-time": _standing_time,
        "moving-share": _of_table(speeds, "flow", "moving_share"),
        "on-time-share": _on_time_share,
        "speed-with-delay": _of_table(speeds, "flow", "swd_kmh", 1 / HOUR_S),
        "speed-without-delay": _of_table(speeds, "flow", "swod_kmh", 1 / HOUR_S),
        "shipments": _shipments,
        "unfinished": _unfinished,
        "turned-away": _turned_away,
        "teu": _teu,
        "teu-per-shipment": _teu_per_shipment,
        "cost": _per_teu(cost, "total_usd_teu"),
        "freight-and-fees": _per_teu(cost, "freight_usd_teu", "fees_usd_teu"),
        "co2e": _per_teu(emissions, "total_kg_teu"),
        "waiting": _waiting,
        "inside": _inside,
        "waiting-time": _waiting_time,
        "clearing-time": _clearing_time,
        "throughput": _throughput,
        "utilisation": _utilisation,
        "departures": _of_table(load_factor, "service", "departures"),
        "load-factor": _of_table(load_factor, "service", "load_factor"),
    }
)
"""Each measure by its name in a scenario."""
