"""The path of a flow: the chain of steps that most of its shipments made, rides expanded into the consist's steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.log import NOT_YET
from sim.metrics.journeys import Journeys
from sim.metrics.shape import Floats, Ints, counts
from sim.metrics.trips import Trips

Codes = NDArray[np.uint64]


@dataclass(frozen=True)
class Link:
    """One step of a path, as it is found again in the journey of every shipment on it."""

    step: int
    visit: int
    """Which of the shipment's own visits it is, from 0."""
    of_trips: tuple[int, ...] = ()
    """Which of its trip's rows it is, from 0; of a ride of the consist, which row of that trip; and so on."""


@dataclass(frozen=True, eq=False)
class Path:
    """The steps of a flow's path, and who made exactly these, in the order of the legend's entities."""

    flow: int
    """Row of the legend's flows."""
    who: Ints
    links: tuple[Link, ...]


def rows_of(journeys: Journeys, path: Path) -> Iterator[tuple[Ints, int]]:
    """For each step of a path its row in the journey of each who made it: so many rows after one of them.

    This is the same array for all steps of one trip.
    """
    trips, first = journeys.trips, journeys.first.take(path.who)
    carrier: tuple[int, tuple[int, ...]] | None = None
    boarded = first
    for link in path.links:
        if not link.of_trips:
            yield first, link.visit
            continue
        if (link.visit, link.of_trips[:-1]) != carrier:
            carrier = (link.visit, link.of_trips[:-1])
            boarded = first + link.visit
            for row in link.of_trips[:-1]:
                boarded = _boarded(trips, boarded) + row
            boarded = _boarded(trips, boarded)
        yield boarded, link.of_trips[-1]


def _boarded(trips: Trips, ride: Ints) -> Ints:
    """The first row of the trip of each of some rides."""
    return trips.board.take(trips.at.take(ride)) + 1


def paths(journeys: Journeys) -> list[Path]:
    """The path of each reported flow of which a shipment that counts has finished, in the order of the flows.

    Where shipments of a flow went different ways, it is the way of most of them in all replications; among equals
    the way of the first.
    """
    who = journeys.arrived
    if not len(who):
        return []
    way, ways = pd.factorize(_signatures(journeys, who))
    flow = journeys.travellers.flow[who]
    # Numbered as they come, so that among equals the first is the least.
    chosen, keys = pd.factorize(flow * len(ways) + way)
    of_flow = keys // len(ways)
    order = np.lexsort((-counts(chosen, len(keys)), of_flow))
    best = order[np.unique(of_flow[order], return_index=True)[1]]
    found = []
    for key in best.tolist():
        members = who.compress(chosen == key)
        found.append(Path(flow=int(of_flow[key]), who=members, links=_links(journeys, int(members[0]))))
    return found


def pieces(journeys: Journeys) -> tuple[Floats, Floats]:
    """For each step the shares of its leg's length at which it begins and ends: 0 and 1 for a leg run in one piece.

    A leg may be driven in pieces with rests between; each piece is a step of its own that names both ends of the leg.
    """
    setting = journeys.setting
    begin, end = np.zeros(len(setting.steps)), np.ones(len(setting.steps))
    legs = list(zip(*(setting.words(name) for name in ("route", "leg", "node", "to_node")), strict=True))
    position = setting.steps["position"].tolist()
    moves = sorted(np.flatnonzero(setting.moving).tolist(), key=lambda step: (legs[step][0], position[step]))
    runs = [run for run in (list(steps) for _, steps in groupby(moves, key=legs.__getitem__)) if len(run) > 1]
    if not runs:
        return begin, end
    at = np.concatenate(runs)
    km = pd.Series(setting.rates("km")[at]).groupby(np.repeat(np.arange(len(runs)), [len(run) for run in runs]))
    so_far, whole = km.cumsum(), km.cumsum().groupby(km.ngroup()).transform("last")
    sound = (whole > 0).to_numpy()
    begin[at[sound]], end[at[sound]] = ((so_far - km.obj) / whole)[sound], (so_far / whole)[sound]
    return begin, end


def _signatures(journeys: Journeys, who: Ints) -> Codes:
    """A number for each entity that is the same for the same steps in the same order, rides expanded."""
    trips, (entity, row) = journeys.trips, journeys.rows_of_arrived
    edge = np.concatenate([[0], np.cumsum(np.maximum(trips.alight - trips.board - 1, 0))])
    position = trips.row - trips.board.take(trips.of)
    before, of_trip = np.ones(0, np.uint64), np.zeros(len(trips.board), np.uint64)
    # A ride is coded by the steps of its trip, of which some may be rides in turn.
    while not np.array_equal(of_trip, before):
        sums = np.cumsum(_mixed(_codes(journeys, trips.row, of_trip), position))
        sums = np.concatenate([np.zeros(1, np.uint64), sums])
        before, of_trip = of_trip, sums[edge[1:]] - sums[edge[:-1]]
        before = before if len(trips.carried) else of_trip
    mixed = _mixed(_codes(journeys, row, of_trip), row - journeys.first.take(who).take(entity))
    rows = counts(entity, len(who))
    return np.add.reduceat(mixed, np.cumsum(rows) - rows)


def _codes(journeys: Journeys, row: Ints, of_trip: Codes) -> Codes:
    """A number for the step of each of some rows, and for the trip where it is a ride."""
    code = (journeys.rows.step.take(row) + 1).astype(np.uint64)
    trip = journeys.trips.at.take(row)
    rides = np.flatnonzero(trip != NOT_YET)
    code[rides] += of_trip.take(trip.take(rides))
    return code


def _mixed(code: Codes, position: Ints) -> Codes:
    """A number of 64 bits for a code at a position, so that sums of them tell lists of codes apart."""
    mixed = code * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(29)
    mixed *= (2 * position + 1).astype(np.uint64) * np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(32)
    return mixed


def _links(journeys: Journeys, entity: int) -> tuple[Link, ...]:
    """The steps that one entity made."""
    first = journeys.first
    rows = range(int(first[entity]), int(first[entity + 1]))
    return tuple(link for visit, row in enumerate(rows) for link in _expanded(journeys, row, Link(0, visit)))


def _expanded(journeys: Journeys, row: int, at: Link) -> Iterator[Link]:
    """A row, and after a ride the rows of its trip."""
    rows, trips = journeys.rows, journeys.trips
    yield replace(at, step=int(rows.step[row]))
    if rows.consist[row] != NOT_YET:
        trip = int(trips.at[row])
        for k, carried in enumerate(range(int(trips.board[trip]) + 1, int(trips.alight[trip]))):
            yield from _expanded(journeys, carried, replace(at, of_trips=(*at.of_trips, k)))
