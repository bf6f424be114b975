"""How much stands before and in each place over time."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.log import Log
from sim.metrics.accounts import Accounts, accounts
from sim.metrics.journeys import Journeys
from sim.metrics.shape import HOUR_S, SMALL, Floats, Ints, Whole, shaped, texts, totals

COLUMNS = {
    "replication": "int64",
    "place": "int64",
    "name": "str",
    "time_s": "int64",
    "waiting": "int64",
    "inside": "int64",
    "waiting_teu": "int64",
    "inside_teu": "int64",
}

GRID_S = 6 * HOUR_S


def stock(log: Log | Accounts) -> pd.DataFrame:
    """Entities that wait, ``[requested, entered)``, and that hold units, ``[entered, released)``, every 6 hours.

    From second 0 to the horizon, both included, warm-up and all traffic included, for each replication and each place
    that was ever visited. TEU: the entity's own, or those aboard a consist. Where units are kept longer than the
    entity stays (a yard slot until departure, a fleet that returns, a headway) it is inside until it gives them back.
    """
    journeys = accounts(log).journeys
    there = journeys.at_places
    times = np.arange(0, journeys.setting.horizon + 1, GRID_S)
    shape, visits = (there.spots, len(times)), there.visits
    requested, entered, released = (
        _slots(each, len(times)) for each in (visits.requested, visits.entered, visits.released)
    )
    waited, refused = entered.copy(), np.flatnonzero(visits.refused)
    waited[refused] = _slots(visits.left[refused], len(times))
    columns = {}
    for name, begin, end in (("waiting", requested, waited), ("inside", entered, released)):
        some = np.flatnonzero(begin != end)
        row = there.spot.take(some) * (len(times) + 1)
        change = row + begin.take(some), row + end.take(some)
        columns[name] = _present(change, None, shape)
        columns[f"{name}_teu"] = _present(change, journeys.teu_at_places.take(some), shape)
    return shaped(COLUMNS, _keys(journeys, there.places, times) | columns)


def _slots(time: Whole, slots: int) -> Whole:
    """The first moment of the grid at or after each time; one past the last for what lies behind it or is not yet."""
    signed = time.dtype if slots * GRID_S < SMALL else np.dtype(np.int64)
    # NOT_YET, without a sign, is later than all.
    late = np.minimum(time.astype(signed, copy=False).view(f"u{signed.itemsize}"), (slots - 1) * GRID_S + 1)
    late += GRID_S - 1
    late //= GRID_S
    found: Whole = late.view(signed)
    return found


def _present(change: tuple[Ints, Ints], weights: Floats | None, shape: tuple[int, int]) -> Ints:
    """How many (or how much weight, in whole numbers) are at each spot at each time of the grid.

    ``change``: cells of a table of spots and times, with one more past the last, at which each comes and goes.
    """
    width = shape[1] + 1
    come, gone = (totals(cell, weights, shape[0] * width) for cell in change)
    present = np.cumsum((come - gone).astype(np.int64).reshape(shape[0], width), axis=1)
    return present[:, :-1].ravel()


def _keys(journeys: Journeys, visited: Ints, times: Ints) -> dict[str, object]:
    place = np.tile(np.repeat(visited, len(times)), len(journeys.replications))
    return {
        "replication": np.repeat(journeys.replications, len(visited) * len(times)),
        "place": place,
        "name": texts(journeys.setting.places["name"], place),
        "time_s": np.tile(times, len(journeys.replications) * len(visited)),
    }
