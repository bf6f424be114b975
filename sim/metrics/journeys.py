"""A log turned from rows in the order of time into the journey of each entity: what all metrics start from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from sim.errors import ResultError
from sim.log import NOT_YET, Log, numbers_of
from sim.metrics.accruals import Accrual, accrual
from sim.metrics.rows import Rows
from sim.metrics.shape import Bools, Floats, Ints, counts, ordered, texts
from sim.metrics.trips import Trips, teu_aboard, trips


@dataclass(frozen=True, eq=False)
class Travellers:
    """Each entity of all replications: the row number is that of the legend's entities."""

    replication: Ints
    """Its place among the run's replications, from 0."""
    flow: Ints
    """Row of its flow in the legend's flows; NOT_YET for what is in no reported flow."""
    release: Ints
    teu: Ints
    first: Ints
    """(entities + 1) Its visits are the rows ``first[e]`` up to, not including, ``first[e + 1]``."""
    finished: Ints
    """When it left the last step of its route; NOT_YET if it had not when the run ended."""
    counts: Bools
    """In a reported flow, released in ``[warm_up, horizon)``."""


@dataclass(frozen=True, eq=False)
class AtPlaces:
    """The visits of places among all rows."""

    row: Ints
    place: Ints
    visited: Ints
    """Places that were ever visited, rising."""
    spot: Ints
    """Number of the replication and the visited place, replication by replication."""
    spots: int


@dataclass(frozen=True, eq=False)
class Journeys:
    """A log read as journeys. Raises ResultError for a log that breaks its own contract."""

    log: Log

    @property
    def horizon(self) -> int:
        """End of the run in seconds."""
        return int(str(self.log.legend.origin["horizon_s"]))

    @property
    def warm_up(self) -> int:
        """Seconds at the start whose releases do not count."""
        return int(str(self.log.legend.origin["warm_up_s"]))

    @property
    def start(self) -> datetime:
        """The moment of second 0, in UTC."""
        return datetime.fromisoformat(str(self.log.legend.origin["start"]))

    @cached_property
    def replications(self) -> Ints:
        """Numbers of the replications that hold an entity, rising."""
        return np.unique(numbers_of(self.log.legend.entities, "replication"))

    @property
    def flows(self) -> pd.DataFrame:
        """The legend's flows."""
        return self.log.legend.flows

    @property
    def steps(self) -> pd.DataFrame:
        """The legend's steps; the row number is the step's."""
        return self.log.legend.steps

    @property
    def places(self) -> pd.DataFrame:
        """The legend's places; the row number is the place's."""
        return self.log.legend.places

    @cached_property
    def reported(self) -> Ints:
        """Rows of the reported flows."""
        return np.flatnonzero(self.flows["report"].to_numpy(dtype=bool))

    @cached_property
    def slots(self) -> Ints:
        """Places whose units are departures by timetable: nobody is there, nothing stands before them in the field."""
        return np.flatnonzero(self.places["kind"] == "slots")

    @cached_property
    def rows(self) -> Rows:
        """All visits by entity; who waits for a slot is at no place."""
        for name, key in (("steps", "step"), ("places", "place")):
            table = getattr(self.log.legend, name)
            if not np.array_equal(numbers_of(table, key), np.arange(len(table))):
                _broken(f"legend.{name}: {key} should number the rows from 0")
        visits = self.log.visits
        columns = {name: numbers_of(visits, name) for name in visits.columns}
        replication, consist = columns.pop("replication"), columns.pop("consist")
        numbers = self._numbers(replication)
        who = numbers.of(replication, columns.pop("entity"))
        order = _by_entity(replication, who)
        # All are in range, which "clip" need not look at.
        sorted_columns = {name: values.take(order, mode="clip") for name, values in columns.items()}
        if len(self.slots):
            seen = np.arange(len(self.places) + 1)
            seen[[*self.slots.tolist(), -1]] = NOT_YET
            sorted_columns["place"] = seen[sorted_columns["place"]]
        at = np.empty(len(order), dtype=np.int64)
        at[order] = np.arange(len(order))
        rode = np.flatnonzero(consist != NOT_YET)
        carrier = np.full(len(order), NOT_YET)
        carrier[at[rode]] = numbers.of(replication[rode], consist[rode])
        entities = np.arange(len(self.log.legend.entities))
        rows = Rows(who=np.repeat(entities, counts(who, len(entities))), consist=carrier, **sorted_columns)
        self._check(rows)
        return rows

    def _numbers(self, replication: Ints) -> _Numbers:
        entities = self.log.legend.entities
        return _Numbers(numbers_of(entities, "replication"), numbers_of(entities, "entity"), replication)

    def _check(self, rows: Rows) -> None:
        """Visits of one entity partition its time, from its release on."""
        same = rows.who[1:] == rows.who[:-1]
        gap = np.flatnonzero(same & (rows.requested[1:] != rows.left[:-1])) + 1
        release = numbers_of(self.log.legend.entities, "release_s")
        begins = np.flatnonzero(np.concatenate([np.ones(min(len(rows), 1), dtype=bool), ~same]))
        late = begins[rows.requested[begins] != release[rows.who[begins]]]
        for found, rule in ((gap, "a visit begins when the one before it is left"), (late, "the first is at release")):
            if len(found):
                at = int(found[0])
                entity = self.log.legend.entities.iloc[int(rows.who[at])]
                who = f"replication {entity['replication']}, entity {entity['entity']}"
                _broken(f"{who}, step {rows.step[at]}, requested {rows.requested[at]}: {rule}")

    @cached_property
    def travellers(self) -> Travellers:
        """All entities."""
        entities, rows = self.log.legend.entities, self.rows
        release = numbers_of(entities, "release_s")
        first = np.concatenate([[0], np.cumsum(counts(rows.who, len(entities)))])
        flow = self.among(self.flows["flow"])
        flow = np.where(np.isin(flow, self.reported), flow, NOT_YET)
        seen = first[1:] > first[:-1]
        last = np.maximum(first[1:] - 1, 0)
        finished = np.full(len(entities), NOT_YET)
        ended = seen & (self.final[rows.step] & ~rows.refused)[last] if len(rows) else seen
        finished[ended] = rows.left[last[ended]]
        return Travellers(
            replication=np.searchsorted(self.replications, numbers_of(entities, "replication")),
            flow=flow,
            release=release,
            teu=numbers_of(entities, "teu"),
            first=first,
            finished=finished,
            counts=(flow != NOT_YET) & (release >= self.warm_up) & (seen | (release < self.horizon)),
        )

    def among(self, names: pd.Series[str]) -> Ints:
        """For each entity the row of its group among some distinct names; NOT_YET where it is none of them."""
        number, groups = self._grouped
        return np.asarray(pd.Index(names).get_indexer(groups), dtype=np.int64)[number]

    @property
    def groups(self) -> pd.Index[str]:
        """Flows and services of which there is an entity."""
        return self._grouped[1]

    @cached_property
    def _grouped(self) -> tuple[Ints, pd.Index[str]]:
        """For each entity the number of its group, and the groups."""
        number, groups = pd.factorize(self.log.legend.entities["group"])
        return number, pd.Index(groups)

    @cached_property
    def turned_away(self) -> Bools:
        """Entities whose last visit was in vain: turned away for good, or given up."""
        first = self.travellers.first
        away = np.zeros(len(first) - 1, dtype=bool)
        seen = np.flatnonzero(first[1:] > first[:-1])
        away[seen] = self.rows.refused[first[1:][seen] - 1]
        return away

    @cached_property
    def at_places(self) -> AtPlaces:
        """The visits of places."""
        rows = self.rows
        row = np.flatnonzero(rows.place != NOT_YET)
        place = rows.place[row]
        visited = np.flatnonzero(counts(place, len(self.places)))
        number = np.zeros(len(self.places), dtype=np.int64)
        number[visited] = np.arange(len(visited))
        spot = self.travellers.replication[rows.who[row]] * len(visited) + number[place]
        return AtPlaces(row, place, visited, spot, len(self.replications) * len(visited))

    @cached_property
    def consists(self) -> Bools:
        """Which entities are consists, that carry others."""
        return (self.log.legend.entities["kind"] == "consist").to_numpy(dtype=bool)

    @cached_property
    def cell(self) -> Ints:
        """For each entity of a reported flow the number of its replication and flow; NOT_YET for any other.

        Cells go through the reported flows of the first replication, then of the second, and so on.
        """
        flow = np.searchsorted(self.reported, self.travellers.flow)
        return np.where(
            self.travellers.flow == NOT_YET, NOT_YET, self.travellers.replication * len(self.reported) + flow
        )

    @property
    def cells(self) -> int:
        """How many pairs of replication and reported flow there are."""
        return len(self.replications) * len(self.reported)

    @cached_property
    def arrived(self) -> Ints:
        """Entities that count and have finished, in the order of the legend."""
        return np.flatnonzero(self.travellers.counts & (self.travellers.finished != NOT_YET))

    def of_cells(self, *columns: str) -> dict[str, Any]:
        """Columns ``replication``, ``flow`` and others of the legend's flows, for all cells in their order."""
        flow = np.tile(self.reported, len(self.replications))
        named = {name: texts(self.flows[name], flow) for name in ("flow", *columns)}
        return {"replication": np.repeat(self.replications, len(self.reported)), **named}

    @cached_property
    def final(self) -> Bools:
        """Whether a step is the last of its route."""
        position = self.steps["position"]
        return (position == position.groupby(self.steps["route"]).transform("max")).to_numpy(dtype=bool)

    def of_kind(self, kind: str) -> Bools:
        """Which steps are of a kind: occupy, call or ride."""
        return (self.steps["kind"] == kind).to_numpy(dtype=bool)

    @cached_property
    def moving(self) -> Bools:
        """Which steps move: a leg that is run."""
        return self.of_kind("occupy") & (self.steps["activity"] == "moving").to_numpy(dtype=bool)

    def rates(self, column: str) -> Floats:
        """A column of numbers of the steps, missing where absent."""
        return self.steps[column].to_numpy(dtype=np.float64, na_value=np.nan)

    @cached_property
    def trips(self) -> Trips:
        """What rides stand for."""
        return trips(self.rows, self.of_kind("call"))

    @cached_property
    def aboard(self) -> Floats:
        """TEU that each row moves or keeps: those aboard a consist, those of the entity itself otherwise."""
        return teu_aboard(self.rows, self.trips, self.travellers.teu) + self.travellers.teu[self.rows.who]

    @cached_property
    def closed(self) -> Accrual:
        """Seconds for which each place had no capacity."""
        return self.accrued(lambda windows: windows["capacity"] == 0)

    def accrued(self, rate_of: Callable[[pd.DataFrame], pd.Series[Any]]) -> Accrual:
        """The integral of a rate that each window of a place has."""
        return accrual(self.log.legend.windows, self.replications, len(self.places), rate_of)

    def where(self, at: Ints) -> tuple[Ints, Ints]:
        """Replication, by its place among them, and place of some rows."""
        return self.travellers.replication[self.rows.who[at]], self.rows.place[at]


class _Numbers:
    """Finds the row of an entity in the legend by its replication and number."""

    def __init__(self, replication: Ints, entity: Ints, asked: Ints) -> None:
        self._widths = max(int(entity.max(initial=-1)) + 1, 1)
        depth = max(int(replication.max(initial=-1)), int(asked.max(initial=-1))) + 1
        self._row = np.full(depth * self._widths, NOT_YET)
        key = replication * self._widths + entity
        if np.any(np.diff(key) <= 0):
            _broken("legend.entities: rows should rise by replication and entity")
        self._row[key] = np.arange(len(key))

    def of(self, replication: Ints, entity: Ints) -> Ints:
        """Rows of the legend's entities. Raises ResultError for an entity that the legend does not have."""
        known = (entity >= 0) & (entity < self._widths)
        row = np.where(known, self._row[replication * self._widths + np.where(known, entity, 0)], NOT_YET)
        absent = np.flatnonzero(row == NOT_YET)
        if len(absent):
            at = int(absent[0])
            _broken(f"replication {replication[at]}, entity {entity[at]}: not in legend.entities")
        return row


def _by_entity(replication: Ints, who: Ints) -> Ints:
    """The order in which visits of one entity stand together; replication by replication, which is quicker."""
    step = np.diff(replication)
    inner = np.flatnonzero(step) + 1 if not np.any(step < 0) else np.zeros(0, np.int64)
    edges = [0, *inner.tolist(), len(who)]
    parts = [begin + ordered(who[begin:end] - who[begin:end].min(initial=0)) for begin, end in pairwise(edges)]
    return np.concatenate(parts)


def _broken(what: str) -> None:
    msg = f"the log breaks its contract: {what}"
    raise ResultError(msg)
