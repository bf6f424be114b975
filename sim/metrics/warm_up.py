"""The warm-up as a run itself shows it: how long the TEU under way take to settle."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.log import NOT_YET, Log
from sim.metrics.accounts import Accounts, accounts
from sim.metrics.journeys import Journeys
from sim.metrics.shape import HOUR_S, Floats, Ints, shaped, texts, totals

COLUMNS = {"flow": "str", "warm_up_s": "int64", "converged": "bool"}

BATCH = 5
"""Values in a batch: the 5 of MSER-5."""


@dataclass(frozen=True)
class Truncation:
    """Where a series settles: the number of values before that, and whether it does so in its first half."""

    at: int
    converged: bool


def mser_5(series: Floats) -> Truncation:
    """The truncation that leaves the mean of what remains with the least standard error.

    White, Cobb and Spratt (2000), A comparison of five steady-state truncation heuristics for simulation: of the means
    z of batches of five values, the d that makes sum((z - mean)^2) / (n - d)^2 over the last n - d of them least, the
    first if several do. The last five batches, or a quarter if that is less, are no candidates: so few may agree by
    chance. A least value in the second half is none: the series is too short, or does not settle. Values that do not
    fill a batch are left out.
    """
    batches = len(series) // BATCH
    if batches < 2:
        return Truncation(0, converged=False)
    means = series[: batches * BATCH].reshape(batches, BATCH).mean(axis=1)
    backwards = (means - means.mean())[::-1]
    left = np.arange(1, batches + 1)
    squares = np.cumsum(backwards**2) - np.cumsum(backwards) ** 2 / left
    error = (squares / left**2)[::-1]
    at = int(np.argmin(error[: batches - max(1, min(BATCH, batches // 4))]))
    return Truncation(at * BATCH, converged=at <= batches // 2)


def warm_up(log: Log | Accounts) -> pd.DataFrame:
    """Where each reported flow settles, by MSER-5 on its TEU under way at each hour, mean over replications.

    TEU under way, and not the transit times in the order of release: what is released last does not finish within the
    run, so that the end of those times holds the quick ones alone, and times may be steady from the start on while the
    places on the way still stand empty. Where the TEU under way are steady at a steady demand, so are transit times
    (Little's law). A flow that does not settle in the first half of the run has half of it, and is not ``converged``.
    """
    journeys = accounts(log).journeys
    found = [mser_5(series) for series in under_way(journeys)]
    half = journeys.setting.horizon // 2
    values = {
        "flow": texts(journeys.setting.flows["flow"], journeys.setting.reported),
        "warm_up_s": [each.at * HOUR_S if each.converged else half for each in found],
        "converged": [each.converged for each in found],
    }
    return shaped(COLUMNS, values)


def under_way(journeys: Journeys) -> Floats:
    """(reported flows x hours) TEU between release and end of the route at each hour, mean over replications."""
    found, hours = journeys.travellers, journeys.setting.horizon // HOUR_S + 1
    who = np.flatnonzero((found.flow != NOT_YET) & (found.release <= journeys.setting.horizon))
    end = np.where(found.finished == NOT_YET, _last_seen(journeys), found.finished)[who]
    flow = np.searchsorted(journeys.setting.reported, found.flow[who])
    change = np.zeros(len(journeys.setting.reported) * (hours + 1))
    for times, sign in ((found.release[who], 1), (end, -1)):
        slot = np.minimum(-(-times // HOUR_S), hours)
        change += sign * totals(flow * (hours + 1) + slot, found.teu[who], len(change))
    level: Floats = np.cumsum(change.reshape(-1, hours + 1), axis=1)[:, :-1] / max(len(journeys.replications), 1)
    return level


def _last_seen(journeys: Journeys) -> Ints:
    """When each entity that never finished ceased to be under way: when it was turned away, else after the run."""
    first, left = journeys.first, journeys.rows.left
    away = np.flatnonzero(journeys.turned_away)
    last = np.full(len(first) - 1, journeys.setting.horizon + HOUR_S)
    last[away] = left[first[1:][away] - 1]
    return last
