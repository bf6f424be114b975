"""What a TEU costs on its way: freight, fees and the value of its time."""

from __future__ import annotations

import pandas as pd

from sim.log import Log
from sim.metrics.accounts import Accounts, accounts
from sim.metrics.shape import DAY_S, ratio, shaped, totals

COLUMNS = {
    "replication": "int64",
    "flow": "str",
    "teu": "int64",
    "freight_usd_teu": "float64",
    "fees_usd_teu": "float64",
    "inventory_usd_teu": "float64",
    "total_usd_teu": "float64",
}


def cost(log: Log | Accounts) -> pd.DataFrame:
    """USD per TEU, weighted by TEU, over finished shipments released in ``[warm_up, horizon)`` of each reported flow.

    Freight: kilometres times the rate of each leg, for a TEU or for the tonnes that the flow has in one. Fees: those of
    each TEU and an even share of its vehicle's. Inventory: days in transit times the flow's value of time. Missing
    where a rate is missing, and so is the total.
    """
    held = accounts(log)
    journeys, borne, found = held.journeys, held.burdens, held.journeys.travellers
    who, cells = journeys.arrived, journeys.cells
    cell, teu = journeys.cell[who], found.teu[who]
    weight = totals(cell, teu, cells)
    named = journeys.of_cells("value_of_time_usd_teu_day")
    freight = ratio(totals(cell, teu * borne.freight_usd[who], cells), weight)
    due = ratio(totals(cell, teu * borne.fees_usd[who], cells), weight)
    days = ratio(totals(cell, teu * (found.finished[who] - found.release[who]), cells), weight) / DAY_S
    inventory = days * named.pop("value_of_time_usd_teu_day").to_numpy()
    values = {
        **named,
        "teu": weight,
        "freight_usd_teu": freight,
        "fees_usd_teu": due,
        "inventory_usd_teu": inventory,
        "total_usd_teu": freight + due + inventory,
    }
    return shaped(COLUMNS, values)
