"""What a log holds as arrays: its visits, and what moved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NoReturn

import numpy as np
import pandas as pd

from sim.errors import ResultError
from sim.log import NOT_YET, numbers_of
from sim.metrics.shape import SMALL, Bools, Floats, Ints, Whole


@dataclass(frozen=True, eq=False)
class Rows:
    """Visits, those of one entity in their order. Times as in the log, NOT_YET where absent.

    Times are in 32 bits where all are below 34 years, which is half of the memory to go through: two may be added or
    taken off one another; who multiplies them or puts them beside larger numbers must have those in 64 bits.
    """

    column: Callable[[str], Whole]
    """Gives each of these columns by its name; asked for it once, and only if somebody looks at it."""
    _raw: dict[str, Whole] = field(default_factory=dict, init=False, repr=False)

    @classmethod
    def of(cls, columns: Mapping[str, Whole]) -> Rows:
        """Those of columns that are all there."""
        return cls(columns.__getitem__)

    def raw(self, name: str) -> Whole:
        """A column as it is given, in 32 or 64 bits: to look things up, not to reckon with."""
        if name not in self._raw:
            self._raw[name] = self.column(name)
        return self._raw[name]

    def _times(self, name: str) -> Whole:
        given = self.raw(name)
        return np.asarray(given, np.int32 if given.max(initial=0) < SMALL else np.int64)

    def at(self, name: str, rows: Ints) -> Ints:
        """A column of some rows alone."""
        return np.asarray(self.raw(name).take(rows), np.int64)

    @cached_property
    def who(self) -> Ints:
        """Row of the entity in the legend's entities."""
        return np.asarray(self.raw("who"), np.int64)

    @cached_property
    def step(self) -> Ints:
        """Number of the step."""
        return np.asarray(self.raw("step"), np.int64)

    @cached_property
    def place(self) -> Ints:
        """Number of the place; NOT_YET where it is at none."""
        return np.asarray(self.raw("place"), np.int64)

    @cached_property
    def requested(self) -> Whole:
        """When it began."""
        return self._times("requested")

    @cached_property
    def entered(self) -> Whole:
        """When the wait ended."""
        return self._times("entered")

    @cached_property
    def left(self) -> Whole:
        """When it ended."""
        return self._times("left")

    @cached_property
    def released(self) -> Whole:
        """When the units were given back."""
        return self._times("released")

    @cached_property
    def consist(self) -> Ints:
        """Row of the consist in the legend's entities; NOT_YET where it rides with none."""
        return np.asarray(self.raw("consist"), np.int64)

    @cached_property
    def refused(self) -> Bools:
        """Visits left without having been entered: turned away, or given up."""
        refused: Bools = (self.entered == NOT_YET) & (self.left != NOT_YET)
        return refused

    def refused_at(self, rows: Ints) -> Bools:
        """The same of some rows alone."""
        refused: Bools = (self.at("entered", rows) == NOT_YET) & (self.at("left", rows) != NOT_YET)
        return refused

    def taken(self, order: Ints, **known: Whole) -> Rows:
        """The rows of these numbers, each of which there is; ``known``: columns of theirs that need not be taken."""
        # They are in range, which "clip" need not look at.
        return Rows(lambda name: known[name] if name in known else getattr(self, name).take(order, mode="clip"))

    def __len__(self) -> int:
        return len(self.raw("who"))


@dataclass(frozen=True, eq=False)
class Movers:
    """The entities of all replications: the row number is that of the legend's entities."""

    replication: Ints
    """Number of its replication, never falling."""
    entity: Ints
    group: Ints
    """Number of its flow or service among ``groups``."""
    groups: pd.Index[str]
    release: Ints
    teu: Ints
    capacity_teu: Ints
    value_usd: Floats
    consist: Bools
    """Whether it carries others."""

    @cached_property
    def fresh(self) -> Bools:
        """Which entities are the first of their replication."""
        fresh: Bools = np.diff(self.replication, prepend=NOT_YET) != 0
        return fresh

    @cached_property
    def run(self) -> Ints:
        """The replication of each entity by its place among them, from 0."""
        return np.cumsum(self.fresh) - 1

    @classmethod
    def of(cls, entities: pd.DataFrame) -> Movers:
        """Those of a log."""
        group, groups = pd.factorize(entities["group"])
        names = ("replication", "entity", "release_s", "teu", "capacity_teu")
        replication, entity, release, teu, capacity = (numbers_of(entities, name) for name in names)
        return cls(
            replication=replication,
            entity=entity,
            group=group,
            groups=pd.Index(groups),
            release=release,
            teu=teu,
            capacity_teu=capacity,
            value_usd=entities["value_usd"].to_numpy(dtype=np.float64),
            consist=(entities["kind"] == "consist").to_numpy(dtype=bool),
        )

    def __len__(self) -> int:
        return len(self.release)


def logged(visits: pd.DataFrame, movers: Movers) -> Rows:
    """The visits of a log in their order. Raises ResultError for an entity that the legend does not have."""
    replication, consist = numbers_of(visits, "replication"), numbers_of(visits, "consist")
    numbers = _Numbers(movers, replication)
    rode = np.flatnonzero(consist != NOT_YET)
    carrier = np.full(len(consist), NOT_YET)
    carrier[rode] = numbers.of(replication.take(rode), consist.take(rode))
    found = {"who": numbers.of(replication, numbers_of(visits, "entity")), "consist": carrier}
    return Rows(lambda name: found[name] if name in found else numbers_of(visits, name))


class _Numbers:
    """Finds the row of an entity in the legend by its replication and number."""

    def __init__(self, movers: Movers, asked: Ints) -> None:
        replication, entity = movers.replication, movers.entity
        self._widths = max(int(entity.max(initial=-1)) + 1, 1)
        depth = max(int(replication.max(initial=-1)), int(asked.max(initial=-1))) + 1
        # The last is no entity.
        self._row = np.full(depth * self._widths + 1, NOT_YET)
        key = replication * self._widths + entity
        if np.any(np.diff(key) <= 0):
            broken("legend.entities: rows should rise by replication and entity")
        self._row[key] = np.arange(len(key))

    def of(self, replication: Ints, entity: Ints) -> Ints:
        """Rows of the legend's entities. Raises ResultError for an entity that the legend does not have."""
        key = replication * self._widths
        key += entity
        if entity.min(initial=0) < 0 or entity.max(initial=0) >= self._widths:
            key[(entity < 0) | (entity >= self._widths)] = -1
        row: Ints = self._row.take(key)
        if row.min(initial=0) == NOT_YET:
            at = int(np.argmin(row))
            broken(f"replication {replication[at]}, entity {entity[at]}: not in legend.entities")
        return row


def broken(what: str) -> NoReturn:
    """ResultError for a log that does not keep its own contract."""
    raise ResultError(f"the log breaks its contract: {what}")
