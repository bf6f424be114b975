"""How much goes over each leg: the TEU that came to it, by themselves or riding."""

from __future__ import annotations

import numpy as np

from sim.log import NOT_YET, Log
from sim.metrics.accounts import accounts
from sim.metrics.paths import pieces
from sim.metrics.shape import DAY_S, totals
from sim.metrics.trips import teu_aboard

YEAR_S = 365 * DAY_S


def leg_teu(log: Log) -> dict[str, float]:
    """Leg to the TEU a year of reported flows that entered it from the warm-up on, mean over replications.

    A leg driven in pieces, with rests between, counts once; where ways part, each counts who took it.
    """
    journeys = accounts(log).journeys
    rows, found = journeys.rows, journeys.travellers
    teu = np.where(found.flow == NOT_YET, 0, found.teu)
    begins = journeys.setting.moving & (pieces(journeys)[0] == 0)
    gone = np.flatnonzero(begins[rows.step] & (rows.entered >= journeys.setting.warm_up) & (rows.entered != NOT_YET))
    carried = teu_aboard(rows, journeys.trips, teu)[gone] + teu[rows.who[gone]]
    years = max(journeys.setting.horizon - journeys.setting.warm_up, 1) / YEAR_S * max(len(journeys.replications), 1)
    by_step = totals(rows.step[gone], carried, len(journeys.setting.steps)) / years
    loads: dict[str, float] = {}
    for step in np.flatnonzero(journeys.setting.moving).tolist():
        leg = str(journeys.setting.steps["leg"].iloc[step])
        loads[leg] = loads.get(leg, 0.0) + float(by_step[step])
    return loads
