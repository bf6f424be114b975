"""What each shipment bears on its way: kilometres, time in motion, freight, fees, CO2e; rides are expanded."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.log import NOT_YET
from sim.metrics.causes import Seconds
from sim.metrics.journeys import Journeys
from sim.metrics.shape import Floats, Ints, ratio, totals
from sim.metrics.trips import on_trips


@dataclass(frozen=True, eq=False)
class Burdens:
    """Sums over each entity's journey, rides expanded into the steps of the consist. Money and CO2e per TEU.

    Where the consist is carried itself, by a ferry or through a lock, that ride is expanded in turn.

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
    each, whole = (np.nan_to_num(journeys.setting.rates(name)) for name in ("fee_usd_teu", "fee_usd"))
    due = np.zeros(len(rows))
    charged = np.flatnonzero((each + whole != 0)[rows.step] & ~rows.refused)
    each, whole = each[rows.step[charged]], whole[rows.step[charged]]
    shared = np.nan_to_num(ratio(whole, journeys.aboard[charged]))
    due[charged] = each + np.where(whole > 0, shared, 0)
    return due


def freights(journeys: Journeys, tonnes_teu: float) -> Floats:
    """USD per TEU for each step: kilometres times the rates; missing where a moving step has no rate.

    Of a TEU with so many tonnes, which a rate for tonne-kilometres needs.
    """
    return _per_km(journeys, "usd_teu_km") + _of_tonnes(_per_km(journeys, "usd_tkm"), tonnes_teu)


def burdens(journeys: Journeys, spent: Seconds, due: Floats) -> Burdens:
    """What each entity bears in all (of an unfinished one: so far).

    ``due``: the fees of each row. What is counted by the tonne takes the payload of the entity's own flow, whatever
    carries it. A handling without a factor counts as 0: most hubs have none, and what they emit is small beside the
    way.
    """
    rows, tonnes = journeys.rows, _tonnes_teu(journeys)
    moves = _Bearing(journeys, np.flatnonzero(journeys.setting.moving[rows.step]))
    km, per_teu, per_tonne, kg_tonne = (
        moves.borne(each[rows.step[moves.row]])
        for each in (
            journeys.setting.rates("km"),
            *(_per_km(journeys, rate) for rate in ("usd_teu_km", "usd_tkm", "kg_tkm")),
        )
    )
    handling = np.nan_to_num(journeys.setting.rates("kg_teu"))
    handled = _Bearing(journeys, np.flatnonzero((handling != 0)[rows.step] & ~rows.refused))
    charged = _Bearing(journeys, np.flatnonzero(due))
    return Burdens(
        km=km,
        moving_s=moves.borne(spent.stayed[moves.row]),
        freight_usd=per_teu + _of_tonnes(per_tonne, tonnes),
        fees_usd=charged.borne(due[charged.row]),
        moving_kg=_of_tonnes(kg_tonne, tonnes),
        handling_kg=handled.borne(handling[rows.step[handled.row]]),
    )


def _per_km(journeys: Journeys, rate: str) -> Floats:
    km = np.where(journeys.setting.moving, journeys.setting.rates("km"), 0)
    return np.where(km == 0, 0, km * journeys.setting.rates(rate))


def _of_tonnes(of_tonne: Floats, tonnes: Floats | float) -> Floats:
    """What is counted by the tonne, for so many; nothing is nothing, whatever the tonnes."""
    return np.where(of_tonne == 0, 0, of_tonne * tonnes)


def _tonnes_teu(journeys: Journeys) -> Floats:
    """Tonnes in a TEU of each entity: those of its flow; 0 for a consist and what is not reported."""
    flow = journeys.travellers.flow
    of_flow = journeys.setting.flows["tonnes_teu"].to_numpy(dtype=np.float64, na_value=np.nan)
    return np.where(flow == NOT_YET, 0.0, np.append(of_flow, 0.0)[flow])


class _Bearing:
    """Rows that bear something, and those of them that belong to trips."""

    def __init__(self, journeys: Journeys, row: Ints) -> None:
        trips = journeys.trips
        self.row = row
        self._journeys = journeys
        number = np.full(len(journeys.rows), NOT_YET)
        number[row] = np.arange(len(row))
        carried = number[trips.row]
        some = np.flatnonzero(carried != NOT_YET)
        self._carried, self._of_trip = carried[some], trips.of[some]

    def borne(self, weights: Floats | Ints) -> Floats:
        """The sum of a number of each row over the entity's own rows and over the rows of its trips."""
        rows, trips, entities = self._journeys.rows, self._journeys.trips, len(self._journeys.travellers.teu)
        own = totals(rows.who[self.row], weights, entities)
        if len(trips.carried):
            of_row = np.zeros(len(rows))
            of_row[self.row] = weights
            of_trip = on_trips(trips, of_row)
        else:
            of_trip = totals(self._of_trip, weights[self._carried], len(trips.board))
        return own + totals(rows.who[trips.ride], of_trip[trips.trip], entities)
