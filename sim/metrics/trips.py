"""Trips: a consist between the call where a shipment boards and the call where it is let off.

A ride of a shipment stands for the steps of its consist on the way. Shipments that board together and are let off
together share one trip, so that what happened on it is worked out once and not for each of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

import numpy as np

from sim.errors import ResultError
from sim.log import NOT_YET
from sim.metrics.rows import Rows
from sim.metrics.shape import Bools, Floats, Ints, counts, distinct, searched, spans, totals

NEVER = np.int64(2**62)


@dataclass(frozen=True, eq=False)
class Trips:
    """Each trip once, and which ride is on which trip. A row is a row of the journeys."""

    call: Ints
    """Rows of calls."""
    ride: Ints
    """Rows of the rides that have departed."""
    who: Ints
    """For each of these who rides."""
    trip: Ints
    """For each of these the number of its trip."""
    at: Ints
    """For every row the number of its trip; NOT_YET for a row that is no ride or has not departed."""
    board: Ints
    """For each trip the row of the consist's call where it began."""
    alight: Ints
    """For each trip the row of the consist's call where it ended; one past the consist's rows if under way."""
    of: Ints
    """The consist's rows of all trips, one after the other: number of the trip ..."""
    row: Ints
    """... and the row: strictly between the two calls."""
    carried: Ints
    """Rows among these that are rides in turn: the consist is carried itself."""


def trips(rows: Rows, calls: Bools) -> Trips:
    """All trips, given which steps are calls.

    Raises ResultError when a ride does not begin and end at calls of its consist.
    """
    ride = np.flatnonzero(rows.consist != NOT_YET)
    call = np.flatnonzero(calls.take(rows.step))
    first, board, alight = _ends(rows, ride, call)
    longest = int((alight - board).max(initial=0)) + 1
    key, trip = distinct(board * longest + alight - board)
    begin, length = np.divmod(key, longest)
    starts, end = call[begin], begin + length
    consist = rows.who[starts]
    under_way = np.flatnonzero(end == first[consist + 1])
    ends = call.take(end, mode="clip") if len(call) else end
    ends[under_way] = np.searchsorted(rows.who, consist[under_way], side="right")
    of, row = spans(starts + 1, ends)
    at = np.full(len(rows), NOT_YET)
    at[ride] = trip
    return Trips(
        call=call,
        ride=ride,
        who=rows.who.take(ride),
        trip=trip,
        at=at,
        board=starts,
        alight=ends,
        of=of,
        row=row,
        carried=np.unique(row.compress(at.take(row) != NOT_YET)),
    )


def _ends(rows: Rows, ride: Ints, call: Ints) -> tuple[Ints, Ints, Ints]:
    """For each entity its first call, and for each ride those where it begins and ends, as numbers among the calls.

    Of a ride under way the end is one past the calls of its consist.
    """
    consist, began, ended = rows.consist.take(ride), rows.entered.take(ride), rows.left.take(ride)
    whose = rows.who.take(call)
    entities = int(max(whose.max(initial=-1), consist.max(initial=-1))) + 1
    first = np.concatenate([[0], np.cumsum(counts(whose, entities))])
    if not len(ride):
        return first, ride, ride
    if not len(call):
        _broken(rows, int(ride[0]))
    own, last = (first.take(consist), first.take(consist + 1)), len(call) - 1
    left, requested = rows.left.take(call), rows.requested.take(call)
    departed = np.where(left == NOT_YET, NEVER, left)
    board = np.minimum(searched(departed, own, began), last)
    there = np.minimum(np.maximum(searched(requested, own, ended), board + 1), last)
    under_way = ended == NOT_YET
    wrong = (whose.take(board) != consist) | (left.take(board) != began)
    wrong |= ~under_way & ((whose.take(there) != consist) | (requested.take(there) != ended))
    if wrong.any():
        _broken(rows, int(ride[np.flatnonzero(wrong)[0]]))
    return first, board, np.where(under_way, own[1], there)


def _broken(rows: Rows, at: int) -> NoReturn:
    msg = (
        f"the log breaks its contract: the ride at step {rows.step[at]} entered at {rows.entered[at]} and left at "
        f"{rows.left[at]} does not begin and end at calls of its consist"
    )
    raise ResultError(msg)


def teu_aboard(rows: Rows, found: Trips, teu: Ints) -> Floats:
    """TEU that ride on each row of a consist. At a call: those that stay aboard, neither let off nor boarding.

    What carries a consist carries what is aboard of it.
    """
    aboard, before = _aboard(rows, found, teu.take(found.who)), np.zeros(0)
    while len(found.carried) and not np.array_equal(aboard, before):
        before, aboard = aboard, _aboard(rows, found, _riding(found, teu, aboard))
    return aboard


def _aboard(rows: Rows, found: Trips, riding: Floats | Ints) -> Floats:
    """TEU on each row of a consist, if there are so many on each ride."""
    riding = totals(found.trip, riding, len(found.board))
    change = np.zeros(len(rows) + 1)
    np.add.at(change, found.board + 1, riding)
    np.subtract.at(change, found.alight, riding)
    return np.cumsum(change, out=change)[:-1]


def teu_boarded(rows: Rows, found: Trips, teu: Ints, aboard: Floats) -> Floats:
    """TEU that board at each row: not 0 at calls alone; ``aboard``: those that ride on each row."""
    boarded = np.zeros(len(rows))
    np.add.at(boarded, found.board, totals(found.trip, _riding(found, teu, aboard), len(found.board)))
    return boarded


def _riding(found: Trips, teu: Ints, aboard: Floats) -> Floats:
    """TEU of each ride: of the shipment, or aboard the consist that is carried."""
    riding: Floats = teu.take(found.who) + aboard.take(found.ride)
    return riding


def on_trips(found: Trips, weights: Floats | Ints) -> Floats:
    """For each trip the sum of a number that each row has; where the consist is carried, with that of its ride."""
    sums, before = totals(found.of, weights[found.row], len(found.board)), np.zeros(0)
    while len(found.carried) and not np.array_equal(sums, before, equal_nan=True):
        whole = np.array(weights, dtype=np.float64)
        whole[found.carried] += sums[found.at[found.carried]]
        before, sums = sums, totals(found.of, whole[found.row], len(found.board))
    return sums
