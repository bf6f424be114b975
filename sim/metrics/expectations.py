"""Expectations against results: which sentence holds at which point, with the number and its interval.

Sees tidy values alone: those of a sweep, or those that a log gives for its one point. What a sentence says stands in a
row of the legend's table ``expectations``: ``outcome`` names the values that are judged, ``so_far`` those that count
who was still on the way, each by its measure. ``low`` and ``high`` are the limits, which like ``margin`` stand in units
of the code, or as a share if it is ``relative``; ``confidence`` is missing where the mean is judged.

Each sentence comes to one number or two of each replication that must be below 0 in the mean, here called excess: value
less upper limit, lower limit less value, or how much worse it is than at the other point, less the margin. With a
confidence the upper end of the excess' interval (Student's t, two-sided) must be below 0. Where a sentence must hold at
every point no level is corrected, since all must pass (intersection-union); where one point is enough, Bonferroni's
correction holds.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from sim.metrics.accounts import Accounts
from sim.metrics.intervals import CONFIDENCE, intervals
from sim.metrics.observed import observed
from sim.metrics.shape import Floats, as_dicts, shaped
from sim.metrics.validation import SLACK
from sim.metrics.values import VALUES, alike, matrix

COLUMNS = {
    "expectation": "str",
    "sentence": "str",
    "at": "str",
    "point": "int64",
    "name": "str",
    "outcome": "str",
    "what": "str",
    "unit": "str",
    "mean": "float64",
    "low": "float64",
    "high": "float64",
    "with_unfinished": "float64",
    "excess": "float64",
    "replications": "int64",
    "missing": "int64",
    "unfinished": "int64",
    "test": "str",
    "reference": "str",
    "verdict": "str",
    "acceptable": "bool",
}

HOLDS, FAILS = "holds", "fails"
UNFINISHED = "fails with the unfinished"
"""It holds of what has arrived, and no more once those on the way count with their time so far."""
UNMEASURED = "not measured"
"""A replication gave no number, or too few did for an interval: nobody knows."""

EVERY, SOME = "every point", "some point"


def expectations(held: Accounts, given: pd.DataFrame) -> pd.DataFrame:
    """A row for each expectation of the scenario, judged at the one point of a run; ``given``: as in the legend."""
    base = pd.DataFrame({"point": [0], "name": ["base"]})
    return judged(given, values(held, measures(given)), base)


def measures(given: pd.DataFrame) -> dict[str, str]:
    """The measures that expectations are judged by, as JSON, under the names of their values."""
    found = dict(zip(given["outcome"], given["measure"], strict=True))
    found |= {key: text for key, text in zip(given["so_far"], given["so_far_measure"], strict=True) if key}
    return {str(key): str(text) for key, text in found.items()}


def values(held: Accounts, asked: Mapping[str, str]) -> pd.DataFrame:
    """Tidy values of a run, as point 0, sorted by replication, then in the order of the measures."""
    rows = []
    for key, text in asked.items():
        found = observed(held, json.loads(text))
        # Of all replications together: they stand beside the first.
        counted = [(found.unfinished, found.asked), *[(0, 0)] * len(found.values)]
        rows += [(0, run, key, value, *counted[run]) for run, value in enumerate(found.values)]
    rows.sort(key=lambda row: row[1])
    return shaped(VALUES, {name: [row[at] for row in rows] for at, name in enumerate(VALUES)})


def judged(given: pd.DataFrame, found: pd.DataFrame, points: pd.DataFrame) -> pd.DataFrame:
    """A row for each expectation and point that it speaks of, in the order of ``given`` and of ``points``.

    ``given``: columns of the legend's expectations; ``found``: tidy values; ``points``: at least point and name.
    ``mean``, ``low``, ``high`` stand in ``unit``: the number, or by how much it is worse (better, if that is asked)
    than at the reference. ``with_unfinished``: the same with those on the way counted by their time so far; missing if
    nobody was. ``excess``: by how much the sentence is broken, as a share of what the number is compared with; 0 or
    below where it holds. ``missing``: replications without a number. ``acceptable``: whether the sentence holds where
    it must: for a sentence of some point, at any.
    """
    tables = [_sentence(_Asked(row, found, points)) for row in as_dicts(given)]
    rows = [row for table in tables for row in table]
    return shaped(COLUMNS, {name: [row[name] for row in rows] for name in COLUMNS})


def acceptable(table: pd.DataFrame) -> bool:
    """Whether all sentences hold where they must."""
    return bool(table["acceptable"].all())


@dataclass(frozen=True, eq=False)
class _Asked:
    """A sentence with all values and points."""

    row: Mapping[Hashable, Any]
    values: pd.DataFrame
    points: pd.DataFrame

    def number(self, outcome: str, at: int, several: int) -> _Number:
        """What is judged at a point, beside what it is compared with; ``several``: points judged together."""
        # A row for each point, a column for each replication.
        numbers = matrix(self.values, self.points, outcome)
        names = self.points["name"].astype(str).tolist()
        reference = str(self.row["reference"])
        other = numbers[names.index(reference)] if reference else np.zeros(numbers.shape[1])
        return _Number(self.row, numbers[at], other, several)

    def unfinished(self, point: int) -> int:
        """At a point and at the one that it is compared with."""
        own = self.values[self.values["outcome"] == self.row["outcome"]]
        who = [point, *self.points.loc[self.points["name"] == self.row["reference"], "point"]]
        return int(own.loc[own["point"].isin(who), "unfinished"].sum())

    def where(self) -> list[int]:
        """Rows of the points that the sentence speaks of."""
        names = self.points["name"].astype(str).tolist()
        if self.row["at"] in (EVERY, SOME):
            reference = str(self.row["reference"])
            # A point that sets what the reference sets would be held against itself.
            again = alike(self.points, names.index(reference)) if reference else np.zeros(len(names), dtype=bool)
            return np.flatnonzero(~again).tolist()
        return [names.index(str(self.row["at"]))]


def _sentence(asked: _Asked) -> list[dict[str, Any]]:
    """The rows of one sentence."""
    row, where = asked.row, asked.where()
    same = {name: row[name] for name in ("expectation", "sentence", "at", "outcome", "what", "test", "reference")}
    told = []
    for at in where:
        point, name = int(asked.points["point"].iloc[at]), str(asked.points["name"].iloc[at])
        own = _of_number(asked.number(str(row["outcome"]), at, len(where)))
        own["unfinished"] = asked.unfinished(point)
        if own["unfinished"] and row["so_far"]:
            counted = asked.number(str(row["so_far"]), at, len(where))
            own["with_unfinished"] = counted.told()[0]
            if own["verdict"] == HOLDS:
                own["verdict"] = {HOLDS: HOLDS, FAILS: UNFINISHED}.get(counted.verdict(), UNMEASURED)
                own["excess"] = counted.excess()
        told.append({**same, **own, "point": point, "name": name})
    enough = any(each["verdict"] == HOLDS for each in told)
    for each in told:
        each["acceptable"] = enough if row["at"] == SOME else each["verdict"] == HOLDS
    return told


def _of_number(number: _Number) -> dict[str, Any]:
    mean, low, high = number.told()
    return {
        "unit": number.unit,
        "mean": mean,
        "low": low,
        "high": high,
        "with_unfinished": np.nan,
        "excess": number.excess(),
        "replications": len(number.own) - number.missing,
        "missing": number.missing,
        "verdict": number.verdict(),
    }


@dataclass(frozen=True, eq=False)
class _Number:
    """The number of a sentence at one point: what must be below 0, and how it is told."""

    row: Mapping[Hashable, Any]
    own: Floats
    """At the point, a number for each replication."""
    other: Floats
    """At the point that it is compared with; 0 if there is none."""
    several: int
    """How many points are judged together."""

    @property
    def missing(self) -> int:
        """Replications without a number, here or there."""
        return int((np.isnan(self.own) | np.isnan(self.other)).sum())

    @property
    def confidence(self) -> float:
        """At which the interval is taken; missing if the mean is judged."""
        stated = float(self.row["confidence"])
        return 1 - (1 - stated) / self.several if self.row["at"] == SOME else stated

    @property
    def unit(self) -> str:
        """In which it is told."""
        return "%" if self.row["reference"] and self.row["relative"] else str(self.row["unit"])

    def verdict(self) -> str:
        """Whether the sentence holds."""
        if self.missing or not len(self.own):
            return UNMEASURED
        strict = self.row["test"] in ("<", ">", "better")
        for excess, size in self._excesses():
            end, slack = self._end(excess), SLACK * size
            if np.isnan(end):
                return UNMEASURED
            if end > slack or (strict and end >= -slack):
                return FAILS
        return HOLDS

    def excess(self) -> float:
        """By how much the sentence is broken, as a share of what the number is compared with; missing if unknown."""
        if self.missing or not len(self.own):
            return np.nan
        return max(self._end(excess) / (size or 1.0) for excess, size in self._excesses())

    def told(self) -> tuple[float, float, float]:
        """Mean and interval: of the number, or of how much it is worse than the other, or better if that is asked."""
        level = CONFIDENCE if np.isnan(self.confidence) else self.confidence
        row, size = self.row, float(self.row["unit_size"])
        if not row["reference"]:
            return _scaled(_interval(self.own, level), size)
        asked = -1.0 if row["test"] == "better" else 1.0
        if not row["relative"]:
            return _scaled(_interval(asked * self._worse(), level), size)
        if not self._compared:
            return (
                (0.0 if not self._worse().any() else np.inf * asked * np.sign(np.mean(self._worse()))),
                np.nan,
                np.nan,
            )
        worse, share = asked * self._worse(), np.sign(np.mean(self.other)) * self.other
        there = ~np.isnan(worse)
        mean = float(np.mean(worse[there])) / self._compared if there.any() else np.nan
        low, high = _share_interval(worse[there], share[there], level)
        return 100 * mean, 100 * low, 100 * high

    @property
    def _compared(self) -> float:
        """The size of the number that it is compared with."""
        return float(np.abs(np.mean(self.other)))

    def _worse(self) -> Floats:
        """By how much it is worse than the other, in each replication."""
        return (self.own - self.other) * (-1.0 if self.row["better"] == "higher" else 1.0)

    def _excesses(self) -> list[tuple[Floats, float]]:
        """What must be below 0 in the mean, each with the size of what it is compared with."""
        row, test = self.row, self.row["test"]
        if row["reference"]:
            share = np.sign(np.mean(self.other)) * self.other if row["relative"] else np.ones(len(self.other))
            margin = float(row["margin"]) * share
            return [(self._worse() + (margin if test == "better" else -margin), self._compared)]
        above = [] if test in (">", ">=") else [(self.own - row["high"], abs(row["high"]))]
        below = [] if test in ("<", "<=") else [(row["low"] - self.own, abs(row["low"]))]
        return above + below

    def _end(self, excess: Floats) -> float:
        """The mean of an excess, or the upper end of its interval; missing if there is none."""
        if np.isnan(self.confidence):
            return float(np.mean(excess))
        return _interval(excess, self.confidence)[2]


def _share_interval(worse: Floats, share: Floats, confidence: float) -> tuple[float, float]:
    """Ends of the interval of mean(worse) / mean(share): all ratios at which worse - ratio x share may have the mean 0.

    Fieller (1954). Its upper end is below a margin where the interval of worse - margin x share ends below 0, so that
    interval and verdict agree. Missing with fewer than two pairs, or where the share itself cannot be told from 0.
    """
    if len(worse) < 2:
        return np.nan, np.nan
    reach = float(stdtrit(len(worse) - 1, (1 + confidence) / 2)) ** 2 / len(worse)
    spread = reach * np.cov(worse, share)
    # Roots of square x ratio^2 - 2 x middle x ratio + constant = 0.
    square = np.mean(share) ** 2 - spread[1, 1]
    middle = np.mean(worse) * np.mean(share) - spread[0, 1]
    constant = np.mean(worse) ** 2 - spread[0, 0]
    if square <= 0:
        return np.nan, np.nan
    half = np.sqrt(max(middle**2 - square * constant, 0.0))
    return float((middle - half) / square), float((middle + half) / square)


def _scaled(interval: tuple[float, float, float], size: float) -> tuple[float, float, float]:
    mean, low, high = interval
    return mean / size, low / size, high / size


def _interval(numbers: Floats, confidence: float) -> tuple[float, float, float]:
    """Mean with the ends of its interval; missing ones with fewer than two numbers."""
    found = intervals(np.zeros(len(numbers), dtype=np.int64), numbers, 1, confidence)
    return float(found.mean[0]), float(found.low[0]), float(found.high[0])
