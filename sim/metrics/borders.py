"""Border crossing points: time and money of a crossing (CAREC CPMM, TFI1 and TFI2)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sim.log import NOT_YET, Log
from sim.metrics.accounts import Accounts, accounts
from sim.metrics.journeys import Journeys
from sim.metrics.shape import (
    HOUR_S,
    Floats,
    Ints,
    Whole,
    counts,
    distinct,
    quantiles,
    ratio,
    shaped,
    spans,
    texts,
    totals,
)

COLUMNS = {
    "replication": "int64",
    "border": "str",
    "direction": "str",
    "country": "str",
    "flow": "str",
    "crossings": "int64",
    "tfi1_h": "float64",
    "tfi1_p95_h": "float64",
    "tfi2_usd": "float64",
    "unfinished": "int64",
}

POST = ["border", "direction", "country"]


@dataclass(frozen=True, eq=False)
class Stretches:
    """Time at the steps of one post: who, which post, from when to when (NOT_YET: still there), USD per TEU."""

    who: Ints
    post: Ints
    begin: Whole
    end: Whole
    usd: Floats

    def merged(self, posts: int) -> Stretches:
        """One stretch for each pair of who and post: from the first begin to the last end, USD added up."""
        groups, where = distinct(self.who * posts + self.post)
        # Of the same type as what they come from: numpy is slow between two.
        begin = np.full(len(groups), np.iinfo(self.begin.dtype).max, self.begin.dtype)
        end = np.full(len(groups), NOT_YET, self.end.dtype)
        np.minimum.at(begin, where, self.begin)
        np.maximum.at(end, where, self.end)
        end[where.compress(self.end == NOT_YET)] = NOT_YET
        who, post = np.divmod(groups, posts)
        return Stretches(who, post, begin, end, totals(where, self.usd, len(groups)))


def borders(log: Log | Accounts) -> pd.DataFrame:
    """TFI1 and TFI2 of Corridor Performance Measurement and Monitoring (CAREC): a row for each post and flow.

    tfi1_h: mean hours from reaching the first step of a post until leaving the last, waiting, loading and formalities
    included; tfi2_usd: mean of all fees paid there by a shipment. Steps at a post that state no direction belong to the
    crossing in whatever direction the flow makes it. Shipments of reported flows released in
    ``[warm_up, horizon)``, finished or not, whose crossing had ended; ``unfinished`` are those still at the post.
    """
    held = accounts(log)
    journeys = held.journeys
    post_of_step, posts = _posts(journeys)
    crossed = _directed(journeys, _crossings(held, post_of_step, max(len(posts), 1)), posts)
    groups = journeys.cells * len(posts)
    # Sorted by replication and post, and only then by flow.
    run, flow = np.divmod(journeys.cell[crossed.who], max(len(journeys.setting.reported), 1))
    group = (run * len(posts) + crossed.post) * len(journeys.setting.reported) + flow
    begun, over = counts(group, groups), np.flatnonzero(crossed.end != NOT_YET)
    group = group.take(over)
    number = counts(group, groups)
    took = crossed.end.take(over) - crossed.begin.take(over)
    usd = crossed.usd.take(over) * journeys.travellers.teu.take(crossed.who.take(over))
    (p95,) = quantiles(group, took, groups, (0.95,))
    seen = np.flatnonzero(begun)
    rest, flow = np.divmod(seen, max(len(journeys.setting.reported), 1))
    run, post = np.divmod(rest, max(len(posts), 1))
    values = {
        "replication": journeys.replications[run],
        **{name: texts(posts[name], post) for name in POST},
        "flow": texts(journeys.setting.flows["flow"], journeys.setting.reported[flow]),
        "crossings": number[seen],
        "tfi1_h": ratio(totals(group, took, groups), number)[seen] / HOUR_S,
        "tfi1_p95_h": p95[seen] / HOUR_S,
        "tfi2_usd": ratio(totals(group, usd, groups), number)[seen],
        "unfinished": (begun - number)[seen],
    }
    return shaped(COLUMNS, values)


def _posts(journeys: Journeys) -> tuple[Ints, pd.DataFrame]:
    """For each step the row of its post, NOT_YET for a step at none; and the posts, sorted."""
    of_step = list(zip(*(journeys.setting.words(name) for name in POST), strict=True))
    posts = sorted({post for post in of_step if post[0]})
    number = {post: row for row, post in enumerate(posts)}
    table = pd.DataFrame({name: [post[k] for post in posts] for k, name in enumerate(POST)}, dtype="str")
    return np.array([number.get(post, NOT_YET) for post in of_step], np.int64), table


def _crossings(held: Accounts, post_of_step: Ints, posts: int) -> Stretches:
    """Every crossing of a shipment that counts: its own steps at the post and those of the consists that it rode."""
    journeys, usd = held.journeys, held.fees
    rows, found = journeys.rows, journeys.trips
    riding = journeys.setting.of_kind("ride")

    def ends(row: Ints) -> Whole:
        # Of a ride that begins at a post only the wait for departure belongs to it.
        end, refused = rows.left.take(row), rows.refused.take(row)
        ride = np.flatnonzero(riding.take(rows.step.take(row)) & ~refused)
        end[ride] = rows.entered.take(row.take(ride))
        # Who went away from there has not crossed.
        vain = np.flatnonzero(refused)
        end[vain.compress(journeys.turned_away[rows.who[row[vain]]])] = NOT_YET
        return end

    of_trip = np.flatnonzero((post_of_step != NOT_YET)[rows.step[found.row]])
    row = found.row[of_trip]
    at_post = Stretches(found.of[of_trip], post_of_step[rows.step[row]], rows.requested[row], ends(row), usd[row])
    on_trip = at_post.merged(posts)
    counting = journeys.travellers.counts
    ride = np.flatnonzero(counting.take(found.who))
    trip = found.trip.take(ride)
    first = np.concatenate([[0], np.cumsum(counts(on_trip.who, len(found.board)))])
    which, part = spans(first.take(trip), first.take(trip + 1))
    passed = np.flatnonzero((post_of_step != NOT_YET).take(rows.step))
    own = passed.compress(counting.take(rows.who.take(passed)))
    together = Stretches(
        who=np.concatenate([rows.who.take(own), found.who.take(ride).take(which)]),
        post=np.concatenate([post_of_step.take(rows.step.take(own)), on_trip.post.take(part)]),
        begin=np.concatenate([rows.requested.take(own), on_trip.begin.take(part)]),
        end=np.concatenate([ends(own), on_trip.end.take(part)]),
        usd=np.concatenate([usd.take(own), on_trip.usd.take(part)]),
    )
    return together.merged(posts)


def _directed(journeys: Journeys, crossed: Stretches, posts: pd.DataFrame) -> Stretches:
    """What is done at a post in no stated direction belongs to the crossing there in the direction of the flow.

    Who has done only that and is not at the end of its route has not crossed yet.
    """
    stated = np.array([direction != "" for direction in posts["direction"]], dtype=bool).take(crossed.post)
    if stated.all():
        return crossed
    spot, _ = pd.factorize(pd.Series(list(zip(posts["border"], posts["country"], strict=True)), dtype=object))
    key = journeys.travellers.flow[crossed.who] * max(len(posts), 1) + spot[crossed.post]
    known, first = np.unique(key[stated], return_index=True)
    if not len(known):
        return crossed
    at = np.minimum(np.searchsorted(known, key), len(known) - 1)
    same = ~stated & (known[at] == key)
    if not same.any():
        return crossed
    post = np.where(same, crossed.post[stated][first[at]], crossed.post)
    there = crossed.who * max(len(posts), 1) + post
    half = same & ~np.isin(there, there[stated]) & (journeys.travellers.finished[crossed.who] == NOT_YET)
    end = np.where(half, NOT_YET, crossed.end)
    return replace(crossed, post=post, end=end).merged(max(len(posts), 1))
