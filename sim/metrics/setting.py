"""What a legend says of all replications at once, as tables and, worked out on first use, as arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from sim.log import LEGEND, NOT_YET, Legend, numbers_of
from sim.metrics.rows import Movers, broken
from sim.metrics.shape import Bools, Floats, Ints, Words


@dataclass(frozen=True, eq=False)
class Setting:
    """The tables of a legend in which no replication differs from another; the row of a step or place is its number.

    One serves any number of logs of the same scenario. Raises ResultError if steps or places are not numbered so.
    """

    origin: Mapping[str, object]
    table: Callable[[str], pd.DataFrame]
    """Gives each of these tables by its name; asked for it once, and only if somebody looks at it."""

    @classmethod
    def of(cls, legend: Legend) -> Setting:
        """That of a log."""
        return cls(origin=legend.origin, table=lambda name: getattr(legend, name))

    @cached_property
    def places(self) -> pd.DataFrame:
        """The legend's places."""
        return self._numbered("places", "place")

    @cached_property
    def steps(self) -> pd.DataFrame:
        """The legend's steps."""
        return self._numbered("steps", "step")

    @cached_property
    def flows(self) -> pd.DataFrame:
        """The legend's flows."""
        return self.table("flows")

    @cached_property
    def services(self) -> pd.DataFrame:
        """The legend's services."""
        return self.table("services")

    @cached_property
    def nodes(self) -> pd.DataFrame:
        """The legend's nodes."""
        return self.table("nodes")

    @cached_property
    def observations(self) -> pd.DataFrame:
        """The legend's observations."""
        return self.table("observations")

    def _numbered(self, name: str, key: str) -> pd.DataFrame:
        table = self.table(name)
        if not np.array_equal(numbers_of(table, key), np.arange(len(table))):
            broken(f"legend.{name}: {key} should number the rows from 0")
        return table

    @cached_property
    def horizon(self) -> int:
        """End of the run in seconds."""
        return int(str(self.origin["horizon_s"]))

    @cached_property
    def warm_up(self) -> int:
        """Seconds at the start whose releases do not count."""
        return int(str(self.origin["warm_up_s"]))

    @property
    def start(self) -> datetime:
        """The moment of second 0, in UTC."""
        return datetime.fromisoformat(str(self.origin["start"]))

    @cached_property
    def reported(self) -> Ints:
        """Rows of the reported flows."""
        return np.flatnonzero(self.flows["report"].to_numpy(dtype=bool))

    @cached_property
    def slots(self) -> Ints:
        """Places whose units are departures by timetable: nobody is there, nothing stands before them in the field."""
        return np.flatnonzero(self.places["kind"].to_numpy(dtype=object) == "slots")

    @cached_property
    def place(self) -> Ints:
        """The place of each step, where all its visits are; NOT_YET for a step at none, or at slots."""
        place = numbers_of(self.steps, "place")
        return np.where(np.isin(place, self.slots), NOT_YET, place)

    @cached_property
    def final(self) -> Bools:
        """Whether a step is the last of its route."""
        return self.last_of_route(np.ones(len(self.steps), dtype=bool))

    def last_of_route(self, among: Bools) -> Bools:
        """Whether a step is the last of its route among some steps."""
        route, routes = pd.factorize(self.words("route"))
        position = np.where(among, numbers_of(self.steps, "position"), NOT_YET)
        last = np.full(len(routes), NOT_YET)
        np.maximum.at(last, route, position)
        found: Bools = among & (position == last[route])
        return found

    def of_kind(self, kind: str) -> Bools:
        """Which steps are of a kind: occupy, call or ride."""
        return np.asarray(self.words("kind") == kind, dtype=bool)

    def words(self, column: str) -> Words:
        """A column of text of the steps."""
        if column not in self._words:
            self._words[column] = self.steps[column].to_numpy(dtype=object)
        return self._words[column]

    @cached_property
    def _words(self) -> dict[str, Words]:
        return {}

    @cached_property
    def moving(self) -> Bools:
        """Which steps move: a leg that is run."""
        moving: Bools = self.of_kind("occupy") & (self.words("activity") == "moving")
        return moving

    @cached_property
    def charges(self) -> Bools:
        """Which steps charge a fee, for each TEU or for all that is carried; one that is not given is not charged."""
        each, whole = (np.nan_to_num(self.rates(name)) for name in ("fee_usd_teu", "fee_usd"))
        charges: Bools = each + whole != 0
        return charges

    def rates(self, column: str) -> Floats:
        """A column of numbers of the steps, missing where absent."""
        return self._numbers[column]

    @cached_property
    def _numbers(self) -> dict[str, Floats]:
        found = {name: self.steps[name] for name, kind in LEGEND["steps"].items() if kind == "float64"}
        return {name: column.to_numpy(dtype=np.float64, na_value=np.nan) for name, column in found.items()}

    def flow_of(self, movers: Movers) -> Ints:
        """For each entity the row of its flow; NOT_YET for what is in no reported flow."""
        if movers not in self._flows:
            row = self.flow_rows(movers.groups)
            self._flows[movers] = np.where(np.isin(row, self.reported), row, NOT_YET)[movers.group]
        return self._flows[movers]

    @cached_property
    def _flows(self) -> WeakKeyDictionary[Movers, Ints]:
        return WeakKeyDictionary()

    def flow_rows(self, names: Iterable[str]) -> Ints:
        """Rows of the flows of some names; NOT_YET for what is none."""
        return _rows(self._flow_rows, names)

    def place_rows(self, names: Iterable[str]) -> Ints:
        """Rows of the places of some names; NOT_YET for what is none."""
        return _rows(self._place_rows, names)

    @cached_property
    def _flow_rows(self) -> dict[str, int]:
        return {name: row for row, name in enumerate(self.flows["flow"])}

    @cached_property
    def _place_rows(self) -> dict[str, int]:
        return {name: row for row, name in enumerate(self.places["name"])}


def _rows(known: Mapping[str, int], names: Iterable[str]) -> Ints:
    return np.array([known.get(name, NOT_YET) for name in names], np.int64)
