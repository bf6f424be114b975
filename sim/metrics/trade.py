"""Trade: what set out, what it was worth, and what arrived, by corridor and month."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.log import NOT_YET, Log
from sim.metrics.accounts import Accounts, accounts
from sim.metrics.journeys import Journeys
from sim.metrics.months import months
from sim.metrics.shape import Ints, shaped, totals

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

HOME, ON_WAY, WAITING, AWAY = STATES = range(4)
"""How those that set out stood when the run ended."""


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
    state = _state(journeys, out)
    home = np.flatnonzero(state == HOME)
    arrival = journeys.cell[out[home]] * len(span) + span.of(found.finished[out[home]])
    value = journeys.movers.value_usd[out]
    named = journeys.of_cells("corridor", "tonnes_teu")
    keys = list(zip(*(named[name] for name in ("replication", "corridor", "flow")), strict=True))
    cell = np.repeat(sorted(range(journeys.cells), key=keys.__getitem__), len(span)).astype(np.int64)
    row = cell * len(span) + np.tile(np.arange(len(span)), journeys.cells)
    by_state = totals(group * len(STATES) + state, teu, groups * len(STATES)).reshape(groups, len(STATES))[row]
    set_out = by_state.sum(axis=1)
    values = {
        **{name: named[name].take(cell) for name in ("replication", "corridor", "flow")},
        "month": np.array(span.names * journeys.cells, dtype=object),
        "teu": set_out,
        "value_usd": totals(group, value, groups)[row],
        "tonnes": set_out * named["tonnes_teu"].take(cell).to_numpy(),
        "delivered_teu": totals(arrival, teu[home], groups)[row],
        "on_way_teu": by_state[:, ON_WAY],
        "waiting_teu": by_state[:, WAITING],
        "turned_away_teu": by_state[:, AWAY],
    }
    return shaped(COLUMNS, values)


def _state(journeys: Journeys, who: Ints) -> Ints:
    """How some entities stood when the run ended: who had not entered its last step waited."""
    found = journeys.travellers
    last, state = found.last[who], np.where(found.finished[who] == NOT_YET, WAITING, HOME)
    seen = np.flatnonzero((last != NOT_YET) & (state == WAITING))
    state[seen[journeys.visits.at("entered", last[seen]) != NOT_YET]] = ON_WAY
    state[journeys.turned_away[who]] = AWAY
    return state
