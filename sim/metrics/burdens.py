"""What each shipment bears on its way: kilometres, time in motion, freight, fees, CO2e; rides are expanded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.log import NOT_YET
from sim.metrics.causes import Seconds, seconds
from sim.metrics.journeys import Journeys
from sim.metrics.shape import Bools, Floats, Ints, ratio, totals
from sim.metrics.trips import on_trips


@dataclass(frozen=True, eq=False)
class Burdens:
    """Sums over the journey of each entity of a reported flow (of an unfinished one: so far), rides expanded.

    A ride stands for the steps of the consist.
    Where the consist is carried itself, by a ferry or through a lock, that ride is expanded in turn. Money and CO2e are
    per TEU. What is counted by the tonne takes the payload of the entity's own flow, whatever carries it. A number is
    missing where a rate that it needs is missing. Each is worked out on first use.
    """

    journeys: Journeys

    @cached_property
    def spent(self) -> Seconds:
        """Where the seconds of each row went."""
        return seconds(self.journeys)

    @cached_property
    def due(self) -> Floats:
        """USD per TEU due at each row."""
        return fees(self.journeys)

    @cached_property
    def km(self) -> Floats:
        """Kilometres moved."""
        return self._moves.of_step(self.journeys.setting.rates("km"))

    @cached_property
    def moving_s(self) -> Floats:
        """Seconds in motion."""
        return self._moves.borne(self.spent.stayed.take)

    @cached_property
    def freight_usd(self) -> Floats:
        """Freight for the TEU and for the tonnes in it."""
        per_teu, per_tonne = (self._moves.of_step(_per_km(self.journeys, rate)) for rate in ("usd_teu_km", "usd_tkm"))
        return per_teu + _of_tonnes(per_tonne, _tonnes_teu(self.journeys))

    @cached_property
    def fees_usd(self) -> Floats:
        """Fees paid."""
        return _Bearing(self.journeys, self.due != 0).borne(self.due.take)

    @cached_property
    def moving_kg(self) -> Floats:
        """CO2e of the way."""
        return _of_tonnes(self._moves.of_step(_per_km(self.journeys, "kg_tkm")), _tonnes_teu(self.journeys))

    @cached_property
    def handling_kg(self) -> Floats:
        """CO2e of handling. One without a factor counts as 0: most hubs have none, and it is small beside the way."""
        rows, factor = self.journeys.rows, np.nan_to_num(self.journeys.setting.rates("kg_teu"))
        return _Bearing(self.journeys, (factor != 0).take(rows.step) & ~rows.refused).of_step(factor)

    @cached_property
    def _moves(self) -> _Bearing:
        return _Bearing(self.journeys, self.journeys.setting.moving.take(self.journeys.rows.step))


def fees(journeys: Journeys) -> Floats:
    """USD per TEU due at each row: what each TEU pays, and an even share of what the consist or vehicle pays.

    A fee that is not given is not charged, nor to who did not get in. A fee of a consist without TEU falls on nobody.
    """
    rows = journeys.rows
    each, whole = (np.nan_to_num(journeys.setting.rates(name)) for name in ("fee_usd_teu", "fee_usd"))
    due = np.zeros(len(rows))
    charged = np.flatnonzero(journeys.setting.charges.take(rows.step) & ~rows.refused)
    each, whole = each[rows.step[charged]], whole[rows.step[charged]]
    if whole.any():
        shared = np.nan_to_num(ratio(whole, journeys.aboard(charged)))
        each = each + np.where(whole > 0, shared, 0)
    due[charged] = each
    return due


def freights(journeys: Journeys, tonnes_teu: float) -> Floats:
    """USD per TEU for each step: kilometres times the rates; missing where a moving step has no rate.

    Of a TEU with so many tonnes, which a rate for tonne-kilometres needs.
    """
    return _per_km(journeys, "usd_teu_km") + _of_tonnes(_per_km(journeys, "usd_tkm"), tonnes_teu)


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
    """Rows that bear something: those of the entities of reported flows, and those of trips."""

    def __init__(self, journeys: Journeys, bears: Bools) -> None:
        rows, trips = journeys.rows, journeys.trips
        self._journeys = journeys
        row = np.flatnonzero(bears)
        who = rows.who.take(row)
        own = np.flatnonzero((journeys.travellers.flow != NOT_YET).take(who))
        self._own, self._who = row.take(own), who.take(own)
        on_trip = np.flatnonzero(bears.take(trips.row))
        self._carried, self._of = trips.row.take(on_trip), trips.of.take(on_trip)

    def borne(self, number: Callable[[Ints], Floats | Ints]) -> Floats:
        """The sum of a number, given for some rows, over the entity's own rows and over the rows of its trips."""
        journeys, trips = self._journeys, self._journeys.trips
        entities, carried = len(journeys.movers), number(self._carried)
        own = totals(self._who, number(self._own), entities)
        if len(trips.carried):
            of_row = np.zeros(len(journeys.rows))
            of_row[self._carried] = carried
            of_trip = on_trips(trips, of_row)
        else:
            of_trip = totals(self._of, carried, len(trips.board))
        return own + totals(trips.who, of_trip.take(trips.trip), entities)

    def of_step(self, number: Floats) -> Floats:
        """The same of a number that each step has."""
        step = self._journeys.rows.step
        return self.borne(lambda row: number.take(step.take(row))) if number.any() else self._nothing

    @cached_property
    def _nothing(self) -> Floats:
        return np.zeros(len(self._journeys.movers))
