"""What each shipment bears on its way: kilometres, time in motion, freight, fees, CO2e; rides are expanded."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.metrics.causes import Seconds
from sim.metrics.journeys import Journeys
from sim.metrics.shape import Floats, Ints, ratio, totals
from sim.metrics.trips import on_trips


@dataclass(frozen=True, eq=False)
class Burdens:
    """Sums over each entity's journey, rides expanded into the steps of the consist. Money and CO2e per TEU.

    A number is missing where a rate that it needs is missing.
    """

    km: Floats
    moving_s: Floats
    freight_usd: Floats
    fees_usd: Floats
    moving_kg: Floats
    handling_kg: Floats


def fees(journeys: Journeys) -> Floats:
    """USD per TEU due at each row: what each TEU pays, and an even share of what the consist or vehicle pays.

    A fee that is not given is not charged, nor to who did not get in. A fee of a consist without TEU falls on nobody.
    """
    rows = journeys.rows
    each, whole = (np.nan_to_num(journeys.rates(name))[rows.step] for name in ("fee_usd_teu", "fee_usd"))
    return np.where(rows.refused, 0, each + np.where(whole > 0, np.nan_to_num(ratio(whole, journeys.aboard)), 0))


def freights(journeys: Journeys) -> Floats:
    """USD per TEU for each step: kilometres times the rate; missing where a moving step has no rate."""
    return _per_km(journeys, "usd_teu_km")


def burdens(journeys: Journeys, spent: Seconds) -> Burdens:
    """What each entity bears in all (of an unfinished one: so far)."""
    moving, step = journeys.moving, journeys.rows.step
    handling = (journeys.steps["activity"] == "handling").to_numpy(dtype=bool) & journeys.of_kind("occupy")
    of_handling = journeys.rates("kg_teu")
    # A hub factor may stand at any step; only handling must have one.
    of_handling = np.where(handling, of_handling, np.nan_to_num(of_handling))
    return Burdens(
        km=_borne(journeys, np.where(moving, journeys.rates("km"), 0)[step]),
        moving_s=_borne(journeys, np.where(moving[step], spent.stayed, 0)),
        freight_usd=_borne(journeys, freights(journeys)[step]),
        fees_usd=_borne(journeys, fees(journeys)),
        moving_kg=_borne(journeys, _per_km(journeys, "kg_teu_km")[step]),
        handling_kg=_borne(journeys, np.where(journeys.rows.refused, 0, of_handling[step])),
    )


def _per_km(journeys: Journeys, rate: str) -> Floats:
    km = np.where(journeys.moving, journeys.rates("km"), 0)
    return np.where(km == 0, 0, km * journeys.rates(rate))


def _borne(journeys: Journeys, weights: Floats | Ints) -> Floats:
    """The sum of a number of each row over the entity's own rows and over the rows of its trips."""
    rows, trips, entities = journeys.rows, journeys.trips, len(journeys.travellers.teu)
    own = totals(rows.who, weights, entities)
    riding = on_trips(trips, weights)[trips.trip]
    return own + totals(rows.who[trips.ride], riding, entities)
