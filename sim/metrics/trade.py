"""Trade: what set out, what it was worth, and what arrived, by corridor and month."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.log import NOT_YET, Log
from sim.metrics.accounts import Accounts, accounts
from sim.metrics.journeys import Journeys
from sim.metrics.months import months
from sim.metrics.shape import Bools, shaped, totals

COLUMNS = {
    "replication": "int64",
    "corridor": "str",
    "flow": "str",
    "month": "str",
    "teu": "int64",
    "value_usd": "float64",
    "tonnes": "float64",
    "delivered_teu": "int64",
    "on_way_teu": "int64",
    "waiting_teu": "int64",
    "turned_away_teu": "int64",
}


def trade(log: Log | Accounts) -> pd.DataFrame:
    """A row for each replication, corridor, reported flow and month of the run, warm-up included: it is demand.

    ``teu``, ``value_usd`` and ``tonnes`` set out in the month; ``delivered_teu`` arrived in it, whenever they set out.
    Of those that set out in the month, ``on_way_teu`` were on the way when the run ended, ``waiting_teu`` waited for
    a place or a departure, and ``turned_away_teu`` had been turned away or had given up. Over all months: teu =
    delivered_teu + on_way_teu + waiting_teu + turned_away_teu.
    """
    journeys = accounts(log).journeys
    found, span = journeys.travellers, months(journeys, 0)
    out = np.flatnonzero(
        (found.flow != NOT_YET)
        & ((journeys.first[1:] > journeys.first[:-1]) | (found.release < journeys.setting.horizon))
    )
    groups = journeys.cells * len(span)
    group, teu = journeys.cell[out] * len(span) + span.of(found.release[out]), found.teu[out]
    home = np.flatnonzero(found.finished[out] != NOT_YET)
    arrival = journeys.cell[out[home]] * len(span) + span.of(found.finished[out[home]])
    waiting = _waiting(journeys).take(out)
    gone = journeys.turned_away.take(out)
    away = (found.finished[out] == NOT_YET) & ~gone
    value = journeys.movers.value_usd[out]
    named = journeys.of_cells("corridor", "tonnes_teu")
    keys = list(zip(*(named[name] for name in ("replication", "corridor", "flow")), strict=True))
    cell = np.repeat(sorted(range(journeys.cells), key=keys.__getitem__), len(span)).astype(np.int64)
    row = cell * len(span) + np.tile(np.arange(len(span)), journeys.cells)
    set_out = totals(group, teu, groups)[row]
    values = {
        **{name: named[name].take(cell) for name in ("replication", "corridor", "flow")},
        "month": np.array(span.names * journeys.cells, dtype=object),
        "teu": set_out,
        "value_usd": totals(group, value, groups)[row],
        "tonnes": set_out * named["tonnes_teu"].take(cell).to_numpy(),
        "delivered_teu": totals(arrival, teu[home], groups)[row],
        "on_way_teu": totals(group, teu * (away & ~waiting), groups)[row],
        "waiting_teu": totals(group, teu * (away & waiting), groups)[row],
        "turned_away_teu": totals(group, teu * gone, groups)[row],
    }
    return shaped(COLUMNS, values)


def _waiting(journeys: Journeys) -> Bools:
    """Whether an entity had not entered its last step when the run ended."""
    rows, found = journeys.rows, journeys.travellers
    seen = np.flatnonzero(journeys.first[1:] > journeys.first[:-1])
    waiting = np.ones(len(found.teu), dtype=bool)
    waiting[seen] = rows.entered[journeys.first[1:][seen] - 1] == NOT_YET
    return waiting
