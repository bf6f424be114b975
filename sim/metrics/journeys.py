"""A log turned from rows in the order of time into the journey of each entity: what all metrics start from."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from sim.log import NOT_YET, Log
from sim.metrics.accruals import Accrual, Windows, accrual
from sim.metrics.rows import Movers, Rows, broken, logged
from sim.metrics.setting import Setting
from sim.metrics.shape import Bools, Floats, Ints, counts, grouped, spans, texts
from sim.metrics.trips import Trips, teu_aboard, trips


@dataclass(frozen=True, eq=False)
class Travellers:
    """Each entity of all replications: the row number is that of the legend's entities."""

    setting: Setting = field(repr=False)
    visits: Rows = field(repr=False)
    """Of all of them, in the order of the log."""
    replication: Ints
    """Its place among the run's replications, from 0."""
    flow: Ints
    """Row of its flow in the legend's flows; NOT_YET for what is in no reported flow."""
    release: Ints
    teu: Ints

    @cached_property
    def last(self) -> Ints:
        """For each its last visit, as a row of the log; NOT_YET for one without any."""
        last = np.full(len(self.release), NOT_YET)
        # Of what is put into one place several times, the last stays.
        last[self.visits.raw("who")] = np.arange(len(self.visits))
        return last

    @cached_property
    def finished(self) -> Ints:
        """When it left the last step of its route; NOT_YET if it had not when the run ended."""
        return self.ends(np.arange(len(self.release)))

    def ends(self, who: Ints) -> Ints:
        """The same of some of them alone."""
        visits, last = self.visits, self.last[who]
        if not len(visits):
            return np.full(len(who), NOT_YET)
        ended = (last != NOT_YET) & self.setting.final[visits.at("step", last)] & ~visits.refused_at(last)
        return np.where(ended, visits.at("left", last), NOT_YET)

    @cached_property
    def counts(self) -> Bools:
        """In a reported flow, released in ``[warm_up, horizon)``."""
        seen = (self.last != NOT_YET) | (self.release < self.setting.horizon)
        counted: Bools = (self.flow != NOT_YET) & (self.release >= self.setting.warm_up) & seen
        return counted


@dataclass(frozen=True, eq=False)
class AtPlaces:
    """The visits of some places among all rows."""

    rows: Rows
    row: Ints
    places: Ints
    """Which places, rising."""
    spot: Ints
    """Number of the replication and the place, replication by replication."""
    spots: int

    @cached_property
    def visits(self) -> Rows:
        """The rows themselves."""
        return self.rows.taken(self.row)


@dataclass(frozen=True, eq=False)
class Journeys:
    """A log read as journeys. What is asked of it is worked out on first use, from no more than it needs.

    Raises ResultError for a log that breaks its own contract.
    """

    setting: Setting
    movers: Movers
    visits: Rows
    """Of all replications, in the order of the log."""
    windows: Windows

    @classmethod
    def of(cls, log: Log) -> Journeys:
        """Those of a log."""
        movers = Movers.of(log.legend.entities)
        return cls(Setting.of(log.legend), movers, logged(log.visits, movers), Windows.of(log.legend.windows))

    @cached_property
    def replications(self) -> Ints:
        """Numbers of the replications that hold an entity, rising."""
        return self.movers.replication[self.movers.fresh]

    @cached_property
    def rows(self) -> Rows:
        """All visits, those of one entity together."""
        rows = self.visits.taken(self._grouped[0], who=np.repeat(np.arange(len(self.movers)), np.diff(self.first)))
        self._check(rows)
        return rows

    @property
    def first(self) -> Ints:
        """(entities + 1) The visits of entity e are the rows ``first[e]`` up to, not including, ``first[e + 1]``."""
        return self._grouped[1]

    @cached_property
    def _grouped(self) -> tuple[Ints, Ints]:
        """The order of the log's rows in which those of one entity stand together, and where those of each begin."""
        return grouped(self.visits.who, len(self.movers))

    def _check(self, rows: Rows) -> None:
        """Visits of one entity partition its time, from its release on."""
        begins = self.first[:-1].compress(np.diff(self.first) > 0)
        apart = rows.requested[1:] != rows.left[:-1]
        apart[begins[1:] - 1] = False
        gap = np.flatnonzero(apart) + 1
        late = begins.compress(rows.requested[begins] != self.movers.release[rows.who[begins]])
        for found, rule in ((gap, "a visit begins when the one before it is left"), (late, "the first is at release")):
            if len(found):
                at, movers = int(found[0]), self.movers
                entity = rows.who[at]
                who = f"replication {movers.replication[entity]}, entity {movers.entity[entity]}"
                broken(f"{who}, step {rows.step[at]}, requested {rows.requested[at]}: {rule}")

    @cached_property
    def travellers(self) -> Travellers:
        """All entities."""
        movers, setting = self.movers, self.setting
        return Travellers(setting, self.visits, movers.run, setting.flow_of(movers), movers.release, movers.teu)

    def among(self, names: pd.Series[str]) -> Ints:
        """For each entity the row of its group among some distinct names; NOT_YET where it is none of them."""
        row: Ints = np.asarray(pd.Index(names).get_indexer(self.movers.groups), dtype=np.int64)[self.movers.group]
        return row

    @cached_property
    def turned_away(self) -> Bools:
        """Entities whose last visit was in vain: turned away for good, or given up."""
        last = self.travellers.last
        seen = np.flatnonzero(last != NOT_YET)
        away = np.zeros(len(last), dtype=bool)
        away[seen] = self.visits.refused_at(last[seen])
        return away

    @cached_property
    def at_places(self) -> AtPlaces:
        """The visits of all places that were ever visited, as rows of the log."""
        place = self.setting.place[np.flatnonzero(counts(self.visits.step, len(self.setting.steps)))]
        return self.at(self.visits, np.unique(place[place != NOT_YET]))

    @cached_property
    def teu_at_places(self) -> Floats:
        """TEU that each of these moves or keeps."""
        carrying, there = np.flatnonzero(self.riding != 0), self.at_places
        riding = np.zeros(len(self.riding))
        riding[self._grouped[0].take(carrying)] = self.riding.take(carrying)
        return riding.take(there.row) + self.travellers.teu.take(there.visits.who)

    def at(self, rows: Rows, places: Ints) -> AtPlaces:
        """The visits of some places, which rise, among all rows in whatever order; at slots nobody is."""
        number = np.full(len(self.setting.places) + 1, NOT_YET)
        number[places] = np.arange(len(places))
        of_step = number[self.setting.place]
        row = np.flatnonzero((of_step != NOT_YET).take(rows.step))
        replication = self.travellers.replication.take(rows.who.take(row))
        spot = replication * len(places) + of_step.take(rows.step.take(row))
        return AtPlaces(rows, row, places, spot, len(self.replications) * len(places))

    @cached_property
    def cell(self) -> Ints:
        """For each entity of a reported flow the number of its replication and flow; NOT_YET for any other.

        Cells go through the reported flows of the first replication, then of the second, and so on.
        """
        reported = self.setting.reported
        flow = np.searchsorted(reported, self.travellers.flow)
        return np.where(self.travellers.flow == NOT_YET, NOT_YET, self.travellers.replication * len(reported) + flow)

    @property
    def cells(self) -> int:
        """How many pairs of replication and reported flow there are."""
        return len(self.replications) * len(self.setting.reported)

    @cached_property
    def arrived(self) -> Ints:
        """Entities that count and have finished, in the order of the legend."""
        return np.flatnonzero(self.travellers.counts & (self.travellers.finished != NOT_YET))

    @cached_property
    def rows_of_arrived(self) -> tuple[Ints, Ints]:
        """Rows of these: which of them it is of, and the row."""
        return spans(self.first.take(self.arrived), self.first.take(self.arrived + 1))

    def of_cells(self, *columns: str) -> dict[str, Any]:
        """Columns ``replication``, ``flow`` and others of the legend's flows, for all cells in their order."""
        flow = np.tile(self.setting.reported, len(self.replications))
        named = {name: texts(self.setting.flows[name], flow) for name in ("flow", *columns)}
        return {"replication": np.repeat(self.replications, len(self.setting.reported)), **named}

    @cached_property
    def trips(self) -> Trips:
        """What rides stand for."""
        return trips(self.rows, self.setting.of_kind("call"))

    @cached_property
    def riding(self) -> Floats:
        """TEU that ride on each row of a consist."""
        return teu_aboard(self.rows, self.trips, self.travellers.teu)

    def aboard(self, row: Ints) -> Floats:
        """TEU that some rows move or keep: those aboard a consist, those of the entity itself otherwise."""
        return self.riding.take(row) + self.travellers.teu.take(self.rows.who.take(row))

    @cached_property
    def closed(self) -> Accrual:
        """Seconds for which each place had no capacity."""
        return self.accrued((self.windows.capacity == 0).astype(np.int64))

    @cached_property
    def provided(self) -> Accrual:
        """Unit-seconds of capacity of each place."""
        return self.accrued(self.windows.capacity)

    def accrued(self, rate: Ints) -> Accrual:
        """The integral of a rate that each window of a place has."""
        return accrual(self.windows, rate, self.replications, len(self.setting.places))

    def where(self, at: Ints) -> tuple[Ints, Ints]:
        """Replication, by its place among them, and place of some rows."""
        rows = self.rows
        return self.travellers.replication.take(rows.who.take(at)), self.setting.place.take(rows.step.take(at))
