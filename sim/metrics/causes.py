"""Where the seconds of a visit go: each belongs to exactly one cause, so that the split of a journey adds up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.errors import ResultError
from sim.log import NOT_YET
from sim.metrics.journeys import Journeys
from sim.metrics.shape import Ints

CAUSES = (
    "moving",
    "handling",
    "formalities",
    "rest",
    "queueing",
    "closed",
    "waiting for departure",
    "waiting for equipment",
    "blocked",
    "gate",
)

WAITING_FOR = {
    "fleet": "waiting for equipment",
    "yard": "blocked",
    "gate": "gate",
    "slots": "waiting for departure",
}
"""Why an entity waits for a place of a kind, while it is open; for any other kind it is queueing."""

STAYING = {"equipment": "waiting for equipment", "waiting": "queueing"}
"""What a stay is for an activity that is no cause by its own name."""


@dataclass(frozen=True, eq=False)
class Seconds:
    """For each row three parts that add up to left - requested; 0 for a visit that had not ended.

    Of what is in no reported flow and on no trip nothing is told closed.
    """

    waited: Ints
    closed: Ints
    stayed: Ints


@dataclass(frozen=True, eq=False)
class CauseOfStep:
    """For each step the cause, as its number in CAUSES, of the two parts that depend on it."""

    waited: Ints
    stayed: Ints


def seconds(journeys: Journeys) -> Seconds:
    """The parts of each visit of an own journey; of a ride only the wait for departure (its trip has the rest).

    Waiting for a place, ``[requested, entered)``, or in vain until it is left, is closed while the place has no
    capacity, by its calendar or by a breakdown. Work, ``[entered, left)``, is closed while a place without capacity
    suspends it. A fleet is never closed: who waits for it waits for equipment. At a call the dwell
    ``[requested, entered)`` is work, the rest waits for departure. A consist that is carried moves, for those whom it
    carries.
    """
    rows, closed = journeys.rows, journeys.closed
    kind = journeys.setting.places["kind"].to_numpy()
    suspends = journeys.setting.places["suspends"].to_numpy(dtype=bool)
    before, after = rows.entered - rows.requested, rows.left - rows.entered
    vain = np.flatnonzero(rows.refused)
    before[vain], after[vain] = before[vain] + after[vain], 0
    under_way = np.flatnonzero(rows.left == NOT_YET)
    before[under_way] = after[under_way] = 0
    shut = np.zeros(len(rows), dtype=np.int64)
    reported, on_trip = journeys.travellers.flow != NOT_YET, np.zeros(len(rows), dtype=bool)
    on_trip[journeys.trips.row] = True
    for part, possible, since in (
        (before, closed.ever & (kind != "fleet"), rows.requested),
        (after, closed.ever & suspends, rows.entered),
    ):
        # Steps at no place have the last entry, which is false.
        of_step = np.append(possible, False)[journeys.setting.place]
        if not of_step.any():
            continue
        some = np.flatnonzero(of_step.take(rows.step))
        told = on_trip.take(some) | reported.take(rows.who.take(some))
        some = some.compress(told & (part.take(some) > 0))
        begin = since.take(some)
        lost = closed.between(journeys.where(some), begin, begin + part.take(some))
        part[some] -= lost
        shut[some] += lost
    # What a consist is carried is a piece of its own journey, for those whom it carries in turn.
    found = journeys.trips
    after[found.ride.compress(~journeys.movers.consist.take(found.who))] = 0
    before[found.call], after[found.call] = after[found.call], before[found.call]
    return Seconds(waited=before, closed=shut, stayed=after)


def cause_of_step(journeys: Journeys) -> CauseOfStep:
    """Why an entity waits at each step, and what its stay there is. Raises ResultError for an unknown activity."""
    steps, occupy = journeys.setting.steps, journeys.setting.of_kind("occupy")
    number = {cause: k for k, cause in enumerate(CAUSES)}
    departure = number["waiting for departure"]
    activities = journeys.setting.words("activity")
    unknown = sorted(set(activities[occupy]) - set(CAUSES) - set(STAYING))
    if unknown:
        msg = f"legend.steps: unknown activity {', '.join(unknown)}; allowed: {', '.join([*CAUSES, *STAYING])}"
        raise ResultError(msg)
    place = steps["place"].to_numpy(dtype=np.int64, na_value=NOT_YET)
    waited = np.where(occupy, number["queueing"], departure)
    there = np.flatnonzero(place != NOT_YET)
    kinds = journeys.setting.places["kind"].take(place[there])
    waited[there] = [number[WAITING_FOR.get(kind, "queueing")] for kind in kinds]
    waited[occupy & (activities == "equipment")] = number["waiting for equipment"]
    stays = [number.get(STAYING.get(activity, activity), departure) for activity in activities]
    stayed = np.array(stays, dtype=np.int64)
    # At a call there is no queue to stand in: who idles there waits for departure.
    stayed[~occupy & (stayed == number["queueing"])] = departure
    return CauseOfStep(waited=waited, stayed=stayed)
