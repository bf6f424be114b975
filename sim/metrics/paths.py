"""The path of a flow: the chain of steps that most of its shipments made, rides expanded into the consist's steps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.log import NOT_YET
from sim.metrics.journeys import Journeys
from sim.metrics.shape import Floats, Ints, spans


@dataclass(frozen=True)
class Link:
    """One step of a path, as it is found again in the journey of every shipment on it."""

    step: int
    visit: int
    """Which of the shipment's own visits it is, from 0."""
    of_trip: int
    """Which of its trip's rows it is, from 0; NOT_YET for a step of its own."""


@dataclass(frozen=True, eq=False)
class Path:
    """The steps of a flow's path, and who made exactly these, in the order of the legend's entities."""

    flow: int
    """Row of the legend's flows."""
    who: Ints
    links: tuple[Link, ...]


def rows_at(journeys: Journeys, path: Path, link: Link) -> Ints:
    """The row of one step of a path in the journey of each who made it."""
    own = journeys.travellers.first[path.who] + link.visit
    if link.of_trip == NOT_YET:
        return own
    trips = journeys.trips
    return trips.board[trips.at[own]] + 1 + link.of_trip


def paths(journeys: Journeys) -> list[Path]:
    """The path of each reported flow of which a shipment that counts has finished, in the order of the flows.

    Where shipments of a flow went different ways, it is the way of most of them in all replications; among equals
    the way of the first.
    """
    who = journeys.arrived
    if not len(who):
        return []
    _, way = np.unique(_signatures(journeys, who), return_inverse=True)
    ways = int(way.max()) + 1
    flow = journeys.travellers.flow[who]
    chosen, first, number = np.unique(flow * ways + way, return_index=True, return_counts=True)
    order = np.lexsort((first, -number, chosen // ways))
    best = order[np.unique((chosen // ways)[order], return_index=True)[1]]
    found = []
    for key in chosen[best]:
        members = who[flow * ways + way == key]
        found.append(Path(flow=int(key) // ways, who=members, links=_links(journeys, int(members[0]))))
    return found


def pieces(journeys: Journeys) -> tuple[Floats, Floats]:
    """For each step the shares of its leg's length at which it begins and ends: 0 and 1 for a leg run in one piece.

    A leg may be driven in pieces with rests between; each piece is a step of its own that names both ends of the leg.
    """
    steps = journeys.steps
    begin, end = np.zeros(len(steps)), np.ones(len(steps))
    moves = steps[journeys.moving].sort_values(["route", "position"])
    if moves.empty:
        return begin, end
    keys = moves[["route", "leg", "node", "to_node"]].fillna("")
    run = keys.ne(keys.shift()).any(axis=1).cumsum()
    km = moves["km"].astype("float64")
    so_far = km.groupby(run).cumsum()
    whole = so_far.groupby(run).transform("last")
    sound = (whole > 0).to_numpy()
    at = moves.index.to_numpy()[sound]
    begin[at], end[at] = ((so_far - km) / whole)[sound], (so_far / whole)[sound]
    return begin, end


def _signatures(journeys: Journeys, who: Ints) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """A number for each entity that is the same for the same steps in the same order, rides expanded."""
    rows, found, trips = journeys.rows, journeys.travellers, journeys.trips
    entity, row = spans(found.first[who], found.first[who + 1])
    steps = len(journeys.steps)
    # A consist follows its route, so where a trip begins and how many rows it has says which steps it is made of.
    length = trips.alight - trips.board
    code = rows.step + 1
    code[trips.ride] = (rows.step[trips.board] * (int(length.max(initial=0)) + 1) + length + steps)[trips.trip]
    position = row - found.first[who][entity]
    mixed = code[row].astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(29)
    mixed *= (2 * position + 1).astype(np.uint64) * np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(32)
    starts = np.concatenate([[0], np.flatnonzero(np.diff(entity)) + 1])
    return np.add.reduceat(mixed, starts)


def _links(journeys: Journeys, entity: int) -> tuple[Link, ...]:
    """The steps that one entity made."""
    rows, trips, first = journeys.rows, journeys.trips, journeys.travellers.first
    links = []
    for row in range(int(first[entity]), int(first[entity + 1])):
        visit = row - int(first[entity])
        links.append(Link(step=int(rows.step[row]), visit=visit, of_trip=NOT_YET))
        if rows.consist[row] != NOT_YET:
            trip = int(trips.at[row])
            carried = range(int(trips.board[trip]) + 1, int(trips.alight[trip]))
            links += [Link(step=int(rows.step[r]), visit=visit, of_trip=k) for k, r in enumerate(carried)]
    return tuple(links)
