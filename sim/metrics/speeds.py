"""Speed with and without delay, and the cost of a corridor section (CAREC CPMM, TFI4 and TFI3)."""

from __future__ import annotations

import pandas as pd

from sim.log import Log
from sim.metrics.accounts import Accounts, accounts
from sim.metrics.shape import HOUR_S, counts, ratio, shaped, totals

COLUMNS = {
    "replication": "int64",
    "flow": "str",
    "km": "float64",
    "swd_kmh": "float64",
    "swod_kmh": "float64",
    "ratio": "float64",
    "tfi3_usd_500km_20t": "float64",
    "moving_share": "float64",
}


def speeds(log: Log | Accounts) -> pd.DataFrame:
    """Corridor Performance Measurement and Monitoring (CAREC), over finished shipments of each reported flow.

    swd_kmh, speed with delay: all kilometres by all time from release to arrival. swod_kmh, speed without delay: the
    same kilometres by the time in motion; never below the first. ratio: the first by the second. moving_share: time in
    motion by all time. tfi3_usd_500km_20t: freight and fees for 20 t over 500 km, by the flow's tonnes per TEU.
    """
    held = accounts(log)
    journeys, borne = held.journeys, held.burdens
    who, cells = journeys.arrived, journeys.cells
    cell, found = journeys.cell[who], journeys.travellers
    km = totals(cell, borne.km[who], cells)
    hours = totals(cell, found.finished[who] - found.release[who], cells) / HOUR_S
    moving = totals(cell, borne.moving_s[who], cells) / HOUR_S
    named = journeys.of_cells("tonnes_teu")
    tonne_km = totals(cell, found.teu[who] * borne.km[who], cells) * named.pop("tonnes_teu").to_numpy()
    usd = totals(cell, found.teu[who] * (borne.freight_usd + borne.fees_usd)[who], cells)
    swd, swod = ratio(km, hours), ratio(km, moving)
    values = {
        **named,
        "km": ratio(km, counts(cell, cells)),
        "swd_kmh": swd,
        "swod_kmh": swod,
        "ratio": ratio(swd, swod),
        "tfi3_usd_500km_20t": ratio(usd, tonne_km) * 500 * 20,
        "moving_share": ratio(moving, hours),
    }
    return shaped(COLUMNS, values)
