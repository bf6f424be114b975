"""Time and cost along the way (ESCAP time/cost-distance): where a flow moves, where it stands, what it pays."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pandas as pd

from sim.log import Log
from sim.metrics.accounts import Accounts, accounts
from sim.metrics.burdens import fees, freights
from sim.metrics.journeys import Journeys
from sim.metrics.paths import Path, pieces, rows_at
from sim.metrics.shape import HOUR_S, Floats, Ints, row_quantiles, shaped

COLUMNS = {
    "replication": "int64",
    "flow": "str",
    "point": "int64",
    "node": "str",
    "km": "float64",
    "what": "str",
    "hours_mean": "float64",
    "hours_p05": "float64",
    "hours_p95": "float64",
    "usd_teu": "float64",
}


def distance_profile(log: Log | Accounts) -> pd.DataFrame:
    """Corners of the time-distance and cost-distance lines: hours and USD per TEU from the origin to each of them.

    Method of UN ESCAP (time/cost-distance, after Beresford and Dubey 1990 and Banomyong 2000): distance on x, time or
    cost so far on y; a stop is a vertical step. ``what`` says how a corner was reached from the one before: "move"
    along a leg, or "stop" at a node, waiting for the next leg included. A rest on the way of a leg that is driven in
    pieces is a stop at no node. Corner 0 is the release, at 0 km. Finished
    shipments that count and went the way of most of their flow; hours: mean, 5 % and 95 %; USD weighted by TEU. Fees
    are due at the end of the step that charges them. A row for each replication, flow and corner.
    """
    held = accounts(log)
    journeys = held.journeys
    due, tonnes = fees(journeys), journeys.flows["tonnes_teu"].to_numpy(dtype=np.float64, na_value=np.nan)
    frames = []
    for path in held.paths:
        freight = freights(journeys, float(tonnes[path.flow]))
        corners, seconds, usd = _corners(journeys, path, due, freight)
        frames += list(_by_replication(journeys, path, corners, (seconds, usd)))
    empty = shaped(COLUMNS, {name: [] for name in COLUMNS})
    table = pd.concat([empty, *frames], ignore_index=True) if frames else empty
    return table.sort_values(["replication", "flow", "point"], kind="stable", ignore_index=True)


def _corners(journeys: Journeys, path: Path, due: Floats, freight: Floats) -> tuple[pd.DataFrame, Ints, Floats]:
    """Corners of a path (node, km, what), and for each corner and shipment the seconds and USD per TEU so far."""
    rows, steps, release = journeys.rows, journeys.steps, journeys.travellers.release[path.who]
    begin, end = pieces(journeys)
    node, to_node = steps["node"].where(begin == 0, "").to_numpy(), steps["to_node"].where(end == 1, "").to_numpy()
    of_step = journeys.rates("km")
    km, paid = 0.0, np.zeros(len(path.who))
    corners: list[tuple[str, float, str]] = [(str(node[path.links[0].step]), km, "stop")]
    times, usd = [release], [paid]
    for link in path.links:
        at = rows_at(journeys, path, link)
        moves = journeys.moving[link.step]
        if moves:
            corners.append((str(node[link.step]), km, "stop"))
            times.append(rows.entered[at])
            usd.append(paid)
            km += float(of_step[link.step])
        paid = paid + due[at] + (freight[link.step] if moves else 0)
        if moves:
            corners.append((str(to_node[link.step]), km, "move"))
            times.append(rows.left[at])
            usd.append(paid)
    corners.append((str(to_node[path.links[-1].step]), km, "stop"))
    times.append(journeys.travellers.finished[path.who])
    usd.append(paid)
    return pd.DataFrame(corners, columns=["node", "km", "what"]), np.stack(times) - release, np.stack(usd)


def _by_replication(
    journeys: Journeys, path: Path, corners: pd.DataFrame, so_far: tuple[Ints, Floats]
) -> Iterator[pd.DataFrame]:
    """The rows of one flow, replication after replication."""
    replication, seconds, usd = journeys.travellers.replication[path.who], *so_far
    edges: Ints = np.searchsorted(replication, np.arange(len(journeys.replications) + 1))
    for number, (begin, end) in enumerate(pairwise(edges)):
        if begin == end:
            continue
        took = seconds[:, begin:end]
        p05, p95 = row_quantiles(took, (0.05, 0.95))
        values = {
            "replication": np.full(len(corners), journeys.replications[number]),
            "flow": [journeys.flows["flow"].iloc[path.flow]] * len(corners),
            "point": np.arange(len(corners)),
            **{name: corners[name] for name in corners.columns},
            "hours_mean": took.mean(axis=1) / HOUR_S,
            "hours_p05": p05 / HOUR_S,
            "hours_p95": p95 / HOUR_S,
            "usd_teu": np.average(usd[:, begin:end], axis=1, weights=journeys.travellers.teu[path.who[begin:end]]),
        }
        yield shaped(COLUMNS, values)
