"""Time and cost along the way (ESCAP time/cost-distance): where a flow moves, where it stands, what it pays."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from sim.log import Log
from sim.metrics.accounts import Accounts, accounts
from sim.metrics.burdens import freights
from sim.metrics.journeys import Journeys
from sim.metrics.paths import Path, rows_of
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

Corner = tuple[str, float, str]


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
    tonnes = journeys.setting.flows["tonnes_teu"].to_numpy(dtype=np.float64, na_value=np.nan)
    named = _named_ends(journeys, held.pieces)
    parts: list[dict[str, Any]] = []
    for path in held.paths:
        freight = freights(journeys, float(tonnes[path.flow]))
        parts += _by_replication(journeys, path, _corners(held, path, named), _so_far(held, path, freight))
    parts.sort(key=lambda part: (part["replication"][0], part["flow"][0]))
    return shaped(COLUMNS, {name: [value for part in parts for value in part[name]] for name in COLUMNS})


def _named_ends(journeys: Journeys, pieces: tuple[Floats, Floats]) -> tuple[list[str], list[str]]:
    """Nodes at which each step begins and ends; empty inside of a leg that is driven in pieces."""
    node, to_node = (journeys.setting.words(name) for name in ("node", "to_node"))
    begin, end = pieces
    return (
        [name if at == 0 else "" for name, at in zip(node, begin.tolist(), strict=True)],
        [name if at == 1 else "" for name, at in zip(to_node, end.tolist(), strict=True)],
    )


def _corners(held: Accounts, path: Path, named: tuple[list[str], list[str]]) -> list[Corner]:
    """Corners of a path: node, km, and how each was reached."""
    node, to_node = named
    of_step, moving, km = held.journeys.setting.rates("km"), held.journeys.setting.moving, 0.0
    corners = [(node[path.links[0].step], km, "stop")]
    for link in path.links:
        if moving[link.step]:
            corners.append((node[link.step], km, "stop"))
            km += float(of_step[link.step])
            corners.append((to_node[link.step], km, "move"))
    return [*corners, (to_node[path.links[-1].step], km, "stop")]


def _so_far(held: Accounts, path: Path, freight: Floats) -> tuple[Ints, list[Floats]]:
    """For each corner and shipment the seconds and USD per TEU so far; the same array where no more has been paid."""
    journeys, due = held.journeys, held.fees
    rows, found = journeys.rows, journeys.travellers
    charged = (
        np.nan_to_num(journeys.setting.rates("fee_usd_teu")) + np.nan_to_num(journeys.setting.rates("fee_usd")) != 0
    )
    moving = journeys.setting.moving[[link.step for link in path.links]]
    times = np.empty((2 + 2 * int(moving.sum()), len(path.who)), np.int64)
    times[0] = found.release[path.who]
    paid = np.zeros(len(path.who))
    usd, corner = [paid], 1
    for link, at, moves in zip(path.links, rows_of(journeys, path), moving.tolist(), strict=True):
        if moves:
            rows.entered.take(at, out=times[corner], mode="clip")
            usd.append(paid)
        if charged[link.step]:
            paid = paid + due[at]
        if moves:
            paid = paid + freight[link.step]
            rows.left.take(at, out=times[corner + 1], mode="clip")
            usd.append(paid)
            corner += 2
    times[-1] = found.finished[path.who]
    return times, [*usd, paid]


def _by_replication(
    journeys: Journeys, path: Path, corners: list[Corner], so_far: tuple[Ints, list[Floats]]
) -> Iterator[dict[str, Any]]:
    """The rows of one flow, replication after replication."""
    replication, (times, usd) = journeys.travellers.replication[path.who], so_far
    edges: Ints = np.searchsorted(replication, np.arange(len(journeys.replications) + 1))
    node, km, what = zip(*corners, strict=True)
    flow = str(journeys.setting.flows["flow"].iloc[path.flow])
    for number, (begin, end) in enumerate(pairwise(edges)):
        if begin == end:
            continue
        took = times[:, begin:end] - times[0, begin:end]
        hours_mean = took.sum(axis=1) / took.shape[1] / HOUR_S
        p05, p95 = row_quantiles(took, (0.05, 0.95))
        teu = journeys.travellers.teu[path.who[begin:end]].astype(np.float64)
        yield {
            "replication": [journeys.replications[number]] * len(corners),
            "flow": [flow] * len(corners),
            "point": range(len(corners)),
            "node": node,
            "km": km,
            "what": what,
            "hours_mean": hours_mean,
            "hours_p05": p05 / HOUR_S,
            "hours_p95": p95 / HOUR_S,
            "usd_teu": _averages(usd, slice(begin, end), teu),
        }


def _averages(usd: list[Floats], some: slice, teu: Floats) -> list[float]:
    """Mean of each over some shipments, weighted by TEU."""
    found: list[float] = []
    total = teu.sum()
    for corner, paid in enumerate(usd):
        same = corner > 0 and paid is usd[corner - 1]
        found.append(found[-1] if same else float((paid[some] * teu).sum() / total))
    return found
