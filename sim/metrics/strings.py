"""Time-space points of trains, trucks and vessels: the strings of a stringline diagram."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.log import NOT_YET, Log
from sim.metrics.accounts import Accounts, accounts
from sim.metrics.journeys import Journeys
from sim.metrics.paths import Path
from sim.metrics.shape import Floats, Ints, shaped, texts

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
    rows, movers = journeys.rows, journeys.movers
    # The rows of the first replication come first.
    first = slice(journeys.first[np.searchsorted(journeys.travellers.replication, 1)])
    moves = np.flatnonzero(journeys.setting.moving[rows.step[first]] & (rows.entered[first] != NOT_YET))
    axes = _axes(journeys, held.paths)
    points = [_points(journeys, moves, _kilometres(journeys, path, held.pieces)) for path in axes.values()]
    who, end, km, time = (np.concatenate([part[k] for part in points] or [np.zeros(0, np.int64)]) for k in range(4))
    node, to_node = (journeys.setting.words(name) for name in ("node", "to_node"))
    outer = [np.where(held.pieces[0] == 0, node, ""), np.where(held.pieces[1] == 1, to_node, "")]
    which = np.repeat(np.arange(len(points)), [len(part[0]) for part in points])
    values = {
        "replication": journeys.replications[:1].repeat(len(who)),
        "corridor": texts(pd.Series(list(axes), dtype="str"), which),
        "entity": movers.entity.take(who),
        "group": movers.groups.take(movers.group.take(who)),
        "km": km,
        "node": texts(pd.Series(np.concatenate(outer), dtype="str"), end),
        "time_s": time,
    }
    return shaped(COLUMNS, values)


def _points(journeys: Journeys, moves: Ints, kilometres: tuple[Floats, Floats]) -> tuple[Ints, Ints, Floats, Ints]:
    """The points of one axis: who, at which end of a step, where and when.

    The ends at which the steps begin are numbered first, then those at which they end.
    """
    rows, start = journeys.rows, kilometres[0]
    on_axis = moves.compress(~np.isnan(sum(kilometres)).take(rows.step.take(moves)))
    step = rows.step.take(on_axis)
    # Departure and arrival of a leg stand beside each other.
    who = np.repeat(rows.who.take(on_axis), 2)
    end = np.column_stack([step, step + len(start)]).ravel()
    time: Ints = np.column_stack([rows.entered.take(on_axis), rows.left.take(on_axis)]).ravel().astype(np.int64)
    been = np.flatnonzero(time != NOT_YET)
    who, end, time = (each.take(been) for each in (who, end, time))
    return who, end, np.concatenate(kilometres).take(end), time


def _axes(journeys: Journeys, paths: list[Path]) -> dict[str, Path]:
    """The longest path of each corridor, the first among equals, by corridor."""
    km = journeys.setting.rates("km")
    longest: dict[str, tuple[float, Path]] = {}
    for path in paths:
        corridor = str(journeys.setting.flows["corridor"].iloc[path.flow])
        length = float(sum(km[link.step] for link in path.links if journeys.setting.moving[link.step]))
        if corridor not in longest or length > longest[corridor][0]:
            longest[corridor] = (length, path)
    return {corridor: longest[corridor][1] for corridor in sorted(longest)}


def _kilometres(journeys: Journeys, path: Path, shares: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """Where on the axis each step begins and ends; missing for a leg with an end that is not on it."""
    nodes = {name: journeys.setting.words(name) for name in ("node", "to_node")}
    of_step, so_far = journeys.setting.rates("km"), 0.0
    at: dict[str, float] = {}
    for link in path.links:
        if journeys.setting.moving[link.step]:
            if shares[0][link.step] == 0:
                at.setdefault(nodes["node"][link.step], so_far)
            so_far += float(of_step[link.step])
            if shares[1][link.step] == 1:
                at.setdefault(nodes["to_node"][link.step], so_far)
    start, end = (np.array([at.get(node, np.nan) for node in own]) for own in nodes.values())
    return start + (end - start) * shares[0], start + (end - start) * shares[1]
