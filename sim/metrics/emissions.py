"""CO2e of a TEU on its way, well to wheel."""

from __future__ import annotations

import pandas as pd

from sim.log import Log
from sim.metrics.accounts import Accounts, accounts
from sim.metrics.shape import ratio, shaped, totals

COLUMNS = {
    "replication": "int64",
    "flow": "str",
    "teu": "int64",
    "moving_kg_teu": "float64",
    "handling_kg_teu": "float64",
    "total_kg_teu": "float64",
}


def emissions(log: Log | Accounts) -> pd.DataFrame:
    """Kilograms of CO2e per TEU, weighted by TEU, over finished shipments of each reported flow (ISO 14083, GLEC).

    Moving: kilometres times the factor of each leg per tonne-km, of the flow's own payload. Handling: the factor of
    each handling per TEU; one without counts as 0. Missing where a leg has no factor, and so is the total.
    """
    held = accounts(log)
    journeys, borne = held.journeys, held.burdens
    who, cells = journeys.arrived, journeys.cells
    cell, teu = journeys.cell[who], journeys.travellers.teu[who]
    weight = totals(cell, teu, cells)
    moving = ratio(totals(cell, teu * borne.moving_kg[who], cells), weight)
    handling = ratio(totals(cell, teu * borne.handling_kg[who], cells), weight)
    values = {
        **journeys.of_cells(),
        "teu": weight,
        "moving_kg_teu": moving,
        "handling_kg_teu": handling,
        "total_kg_teu": moving + handling,
    }
    return shaped(COLUMNS, values)
