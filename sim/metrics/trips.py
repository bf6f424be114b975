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
from sim.metrics.shape import Bools, Floats, Ints, distinct, spans, totals


@dataclass(frozen=True, eq=False)
class Trips:
    """Each trip once, and which ride is on which trip. A row is a row of the journeys."""

    ride: Ints
    """Rows of the rides that have departed."""
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
    call = np.flatnonzero(calls[rows.step])
    board, alight = _ends(rows, ride, call)
    under_way = rows.left[ride] == NOT_YET
    alight = np.where(under_way, np.searchsorted(rows.who, rows.consist[ride], side="right"), alight)
    longest = int((alight - board).max(initial=0)) + 1
    key, trip = distinct(board * longest + alight - board)
    starts = key // longest
    ends = starts + key % longest
    of, row = spans(starts + 1, ends)
    at = np.full(len(rows), NOT_YET)
    at[ride] = trip
    carried = np.unique(row[at[row] != NOT_YET])
    return Trips(ride=ride, trip=trip, at=at, board=starts, alight=ends, of=of, row=row, carried=carried)


def _ends(rows: Rows, ride: Ints, call: Ints) -> tuple[Ints, Ints]:
    """Rows of the calls where each ride begins and ends (the second without meaning for a ride under way)."""
    if not len(ride):
        return ride, ride
    if not len(call):
        _broken(rows, int(ride[0]))
    end = int(max(rows.left.max(), rows.entered.max(), rows.requested.max())) + 2
    departed = np.where(rows.left[call] == NOT_YET, end - 1, rows.left[call])
    consist, began, ended = rows.consist[ride], rows.entered[ride], rows.left[ride]
    at_board = np.searchsorted(rows.who[call] * end + departed, consist * end + began)
    at_alight = np.searchsorted(rows.who[call] * end + rows.requested[call], consist * end + np.maximum(ended, 0))
    last = len(call) - 1
    board = call[np.minimum(at_board, last)]
    alight = call[np.minimum(np.maximum(at_alight, at_board + 1), last)]
    wrong = (rows.who[board] != consist) | (rows.left[board] != began)
    wrong |= (ended != NOT_YET) & ((rows.who[alight] != consist) | (rows.requested[alight] != ended))
    if wrong.any():
        _broken(rows, int(ride[np.flatnonzero(wrong)[0]]))
    return board, alight


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
    aboard, before = _aboard(rows, found, np.zeros(len(rows)), teu), np.zeros(len(rows))
    while len(found.carried) and not np.array_equal(aboard, before):
        before, aboard = aboard, _aboard(rows, found, aboard, teu)
    return aboard


def _aboard(rows: Rows, found: Trips, below: Floats, teu: Ints) -> Floats:
    """TEU on each row of a consist, if on those that it carries there are so many."""
    riding = _riding(rows, found, teu, below)
    on = totals(found.board[found.trip] + 1, riding, len(rows) + 1)
    off = totals(found.alight[found.trip], riding, len(rows) + 1)
    return np.cumsum(on - off)[:-1]


def teu_boarded(rows: Rows, found: Trips, teu: Ints, aboard: Floats) -> Floats:
    """TEU that board at each row: not 0 at calls alone; ``aboard``: those that ride on each row."""
    return totals(found.board[found.trip], _riding(rows, found, teu, aboard), len(rows))


def _riding(rows: Rows, found: Trips, teu: Ints, aboard: Floats) -> Floats:
    """TEU of each ride: of the shipment, or aboard the consist that is carried."""
    riding: Floats = teu[rows.who[found.ride]] + aboard[found.ride]
    return riding


def on_trips(found: Trips, weights: Floats | Ints) -> Floats:
    """For each trip the sum of a number that each row has; where the consist is carried, with that of its ride."""
    sums, before = totals(found.of, weights[found.row], len(found.board)), np.zeros(0)
    while len(found.carried) and not np.array_equal(sums, before, equal_nan=True):
        whole = np.array(weights, dtype=np.float64)
        whole[found.carried] += sums[found.at[found.carried]]
        before, sums = sums, totals(found.of, whole[found.row], len(found.board))
    return sums
