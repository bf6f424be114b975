"""Time-space points of trains, trucks and vessels: the strings of a stringline diagram."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.log import NOT_YET, Log
from sim.metrics.accounts import Accounts, accounts
from sim.metrics.journeys import Journeys
from sim.metrics.paths import Path, pieces
from sim.metrics.shape import Floats, shaped, texts

COLUMNS = {
    "replication": "int64",
    "corridor": "str",
    "entity": "int64",
    "group": "str",
    "km": "float64",
    "node": "str",
    "time_s": "int64",
}


def strings(log: Log | Accounts) -> pd.DataFrame:
    """Where each consist or own vehicle was when: a point for each departure and arrival on a leg.

    The axis of a corridor is the longest path of its flows, each node at its distance from that path's origin, so that
    the other direction comes down the same axis. Legs that have an end off the axis are left out. A leg that is driven
    in pieces, with rests between, is laid along the axis piece by piece; points inside of a leg have no node. The first
    replication alone, warm-up included: a diagram shows what happened once, no mean. Sorted by corridor, entity, time.
    """
    held = accounts(log)
    journeys = held.journeys
    shares = pieces(journeys)
    rows, entities = journeys.rows, journeys.log.legend.entities
    first = journeys.travellers.replication[rows.who] == 0
    moves = np.flatnonzero(first & journeys.moving[rows.step] & (rows.entered != NOT_YET))
    outer = [journeys.steps["node"].where(shares[0] == 0, ""), journeys.steps["to_node"].where(shares[1] == 1, "")]
    ends = pd.concat(outer, ignore_index=True)
    frames = [shaped(COLUMNS, {name: [] for name in COLUMNS})]
    for corridor, path in _axes(journeys, held.paths).items():
        start, end = _kilometres(journeys, path, shares)
        on_axis = moves[~np.isnan((start + end)[rows.step[moves]])]
        # Departure and arrival of a leg stand beside each other.
        row = np.repeat(on_axis, 2)
        arrives = np.arange(len(row)) % 2 == 1
        step = rows.step[row]
        values = {
            "replication": journeys.replications[journeys.travellers.replication[rows.who[row]]],
            "corridor": texts(pd.Series([corridor], dtype="str"), np.zeros(len(row), dtype=np.int64)),
            "entity": entities["entity"].to_numpy()[rows.who[row]],
            "group": texts(entities["group"], rows.who[row]),
            "km": np.where(arrives, end[step], start[step]),
            "node": texts(ends, step + arrives * len(journeys.steps)),
            "time_s": np.where(arrives, rows.left[row], rows.entered[row]),
        }
        points = shaped(COLUMNS, values)
        frames.append(points[points["time_s"] != NOT_YET])
    return pd.concat(frames, ignore_index=True)


def _axes(journeys: Journeys, paths: list[Path]) -> dict[str, Path]:
    """The longest path of each corridor, the first among equals, by corridor."""
    km = journeys.rates("km")
    longest: dict[str, tuple[float, Path]] = {}
    for path in paths:
        corridor = str(journeys.flows["corridor"].iloc[path.flow])
        length = float(sum(km[link.step] for link in path.links if journeys.moving[link.step]))
        if corridor not in longest or length > longest[corridor][0]:
            longest[corridor] = (length, path)
    return {corridor: longest[corridor][1] for corridor in sorted(longest)}


def _kilometres(journeys: Journeys, path: Path, shares: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """Where on the axis each step begins and ends; missing for a leg with an end that is not on it."""
    steps, so_far = journeys.steps, 0.0
    at: dict[str, float] = {}
    for link in path.links:
        if journeys.moving[link.step]:
            if shares[0][link.step] == 0:
                at.setdefault(str(steps["node"].iloc[link.step]), so_far)
            so_far += float(steps["km"].iloc[link.step])
            if shares[1][link.step] == 1:
                at.setdefault(str(steps["to_node"].iloc[link.step]), so_far)
    start, end = (np.array([at.get(node, np.nan) for node in steps[name]]) for name in ("node", "to_node"))
    return start + (end - start) * shares[0], start + (end - start) * shares[1]
