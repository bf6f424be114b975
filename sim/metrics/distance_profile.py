"""Time and cost along the way (ESCAP time/cost-distance): where a flow moves, where it stands, what it pays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from sim.log import Log
from sim.metrics.accounts import Accounts, accounts
from sim.metrics.burdens import freights
from sim.metrics.journeys import Journeys
from sim.metrics.paths import Path, rows_of
from sim.metrics.shape import HOUR_S, Floats, Whole, row_quantiles, shaped

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
        parts += _by_replication(held, path, _corners(held, path, named), freight)
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


def _by_replication(held: Accounts, path: Path, corners: list[Corner], freight: Floats) -> Iterator[dict[str, Any]]:
    """The rows of one flow, replication after replication."""
    journeys = held.journeys
    edges = np.searchsorted(journeys.travellers.replication[path.who], np.arange(len(journeys.replications) + 1))
    node, km, what = zip(*corners, strict=True)
    flow = str(journeys.setting.flows["flow"].iloc[path.flow])
    for number, (begin, end) in enumerate(pairwise(edges.tolist())):
        if begin == end:
            continue
        took, usd = _so_far(held, replace(path, who=path.who[begin:end]), freight)
        hours_mean = took.sum(axis=1) / took.shape[1] / HOUR_S
        p05, p95 = row_quantiles(took, (0.05, 0.95))
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
            "usd_teu": usd,
        }


def _so_far(held: Accounts, path: Path, freight: Floats) -> tuple[Whole, list[float]]:
    """For each corner the seconds of each shipment so far, and the mean USD per TEU so far."""
    journeys, due = held.journeys, held.fees
    found, entered, left = journeys.travellers, journeys.rows.entered, journeys.rows.left
    moving, charges = journeys.setting.moving, journeys.setting.charges
    links = tuple(link for link in path.links if moving[link.step] or charges[link.step])
    corner, corners = 1, 2 + 2 * sum(bool(moving[link.step]) for link in links)
    took = np.empty((corners, len(path.who)), np.result_type(entered, left))
    took[0], took[-1] = found.release.take(path.who), found.finished.take(path.who)
    paid = np.zeros(len(path.who))
    usd = [paid]
    for link, (first, after) in zip(links, rows_of(journeys, replace(path, links=links)), strict=True):
        if moving[link.step]:
            took[corner] = entered[after:].take(first, mode="clip")
            usd.append(paid)
        if charges[link.step]:
            paid = paid + due[after:].take(first, mode="clip")
        if moving[link.step]:
            paid = paid + freight[link.step]
            took[corner + 1] = left[after:].take(first, mode="clip")
            usd.append(paid)
            corner += 2
    took -= took[0].copy()
    return took, _averages([*usd, paid], found.teu.take(path.who).astype(np.float64))


def _averages(usd: list[Floats], teu: Floats) -> list[float]:
    """Mean of each, weighted by TEU."""
    found: list[float] = []
    total = teu.sum()
    for corner, paid in enumerate(usd):
        same = corner > 0 and paid is usd[corner - 1]
        found.append(found[-1] if same else float((paid * teu).sum() / total))
    return found
