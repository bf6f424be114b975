"""Runs that met the same luck, held against the first of them: paired differences of the numbers of the key table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.log import Log
from sim.metrics.accounts import accounts
from sim.metrics.best import Best
from sim.metrics.paired import JOINT_LEVEL, differences, holm
from sim.metrics.shape import Floats, shaped
from sim.metrics.summary import OF_QUICK, SOURCES, Spots, key_numbers, largest, too_many

COLUMNS = {
    "run": "str",
    "metric": "str",
    "group": "str",
    "label": "str",
    "unit": "str",
    "base": "float64",
    "value": "float64",
    "difference": "float64",
    "low": "float64",
    "high": "float64",
    "share": "float64",
    "share_low": "float64",
    "share_high": "float64",
    "p": "float64",
    "p_holm": "float64",
    "pairs": "int64",
    "base_unfinished": "Int64",
    "unfinished": "Int64",
    "verdict": "str",
}

LOWER, HIGHER, SAME = "lower", "higher", "the same"
OPEN = "no difference shown"
NONE = "not compared"

ROUNDING = 1e-12
"""Share by which numbers may differ that were added up in another order."""

NAMED = ["metric", "group"]
"""What makes a number the same one in two runs."""


@dataclass(frozen=True)
class Side:
    """A run as it is compared: what each of its replications says."""

    name: str
    numbers: pd.DataFrame
    """In the columns of :func:`sim.metrics.summary.key_numbers`."""
    quick: dict[str, float]
    """Flows of which too many shipments are unfinished, with their share."""
    unfinished: dict[str, int]
    """Unfinished shipments of each reported flow, all replications."""


@dataclass(frozen=True)
class Compared:
    """A comparison: its runs, of which the first is the base, their differences, and those of their scenarios."""

    runs: pd.DataFrame
    table: pd.DataFrame
    """As of :func:`comparison`."""
    differing: pd.DataFrame
    """A row for each path of the scenarios at which they differ, a column for each run."""
    best: Best | None
    warnings: tuple[str, ...]

    @property
    def base(self) -> str:
        """The run that the others are held against."""
        return str(self.runs["run"].iloc[0])

    @property
    def others(self) -> list[str]:
        """The runs after the base."""
        return [str(run) for run in self.runs["run"].iloc[1:]]


def sides(runs: Sequence[tuple[str, Log]]) -> list[Side]:
    """Runs measured alike: of waits and places those that are among the largest of any of them."""
    held = [accounts(log) for _, log in runs]
    given = [{name: metric(each) for name, metric in SOURCES.items()} for each in held]
    spots = _together([largest(each, tables) for each, tables in zip(held, given, strict=True)])
    found = []
    for (name, _), each, tables in zip(runs, held, given, strict=True):
        left = tables["transit"].groupby("flow")["unfinished"].sum()
        unfinished = {str(flow): int(number) for flow, number in left.items()}
        found.append(Side(name, key_numbers(each, tables, spots), too_many(tables["transit"]), unfinished))
    return found


def _together(spots: Sequence[Spots]) -> Spots:
    return {metric: list(dict.fromkeys(key for each in spots for key in each[metric])) for metric in spots[0]}


def comparison(found: Sequence[Side]) -> pd.DataFrame:
    """A row for each run but the first and each number that both have, in the order of the runs and of the key table.

    ``difference``: mean over the replications of this run's number less that of the same replication of the first, with
    its 95 % interval (Student's t of the pairs); ``share`` the same over the first one's mean. ``p_holm`` is corrected
    by Holm over all rows in which any replication differs, and ``verdict`` goes by it: the chance that any row says
    lower or higher where there is no difference is 5 %. Labels of a flow's times and speeds say where too many
    shipments are unfinished.
    """
    base, *others = found
    rows = [_beside(base, other) for other in others]
    table = pd.concat(rows, ignore_index=True) if rows else _beside(base, base).iloc[:0]
    ours, theirs = (np.stack([*table[name]]) if len(table) else np.zeros((0, 1)) for name in ("ours", "theirs"))
    # What rounding leaves of equal numbers is no difference.
    ours = np.where(np.abs(ours - theirs) <= ROUNDING * np.abs(theirs), theirs, ours)
    apart, both = differences(ours, theirs), ~np.isnan(ours - theirs)
    same = both.any(axis=1) & ~(both & (ours != theirs)).any(axis=1)
    p = np.where(same, np.nan, apart.p)
    p_holm = holm(p)
    first = _means(theirs, both)
    size = np.where(first == 0, np.nan, np.abs(first))
    values = {
        **{name: table[name] for name in ("run", *NAMED, "label", "unit", "base_unfinished", "unfinished")},
        "base": first,
        "value": _means(ours, both),
        **{name: getattr(apart, field) for name, field in FIELDS.items()},
        **{f"share{end}": getattr(apart, field) / size for end, field in ENDS.items()},
        "p": p,
        "p_holm": p_holm,
        "verdict": [SAME if alike else _verdict(*row) for alike, *row in zip(same, apart.mean, p_holm, strict=True)],
    }
    return shaped(COLUMNS, values)


FIELDS = {"difference": "mean", "low": "low", "high": "high", "pairs": "pairs"}
ENDS = {"": "mean", "_low": "low", "_high": "high"}


def _means(values: Floats, counted: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Floats:
    """Mean of each row over the replications that count; missing where none does."""
    number = counted.sum(axis=1)
    total = np.where(counted, values, 0.0).sum(axis=1)
    found: Floats = np.divide(total, number, out=np.full(len(values), np.nan), where=number > 0)
    return found


def matrix(numbers: pd.DataFrame, keys: pd.DataFrame) -> Floats:
    """Values with a row for each of the keys and a column for each replication; missing where there is none."""
    table = numbers.pivot(index=NAMED, columns="replication", values="value")
    wanted = pd.MultiIndex.from_frame(keys[NAMED])
    found: Floats = table.reindex(wanted).to_numpy(dtype=np.float64)
    return found


def _beside(base: Side, other: Side) -> pd.DataFrame:
    """The numbers that two runs have, each with the values of both by replication."""
    keys = base.numbers.drop_duplicates(NAMED)[[*NAMED, "label", "unit"]]
    there = keys[NAMED].merge(other.numbers[NAMED].drop_duplicates(), on=NAMED, how="left", indicator=True)
    keys = keys[(there["_merge"] == "both").to_numpy()].reset_index(drop=True)
    pairs = list(keys[NAMED].itertuples(index=False, name=None))
    return keys.assign(
        run=other.name,
        label=[label + _mark(base, other, *pair) for label, pair in zip(keys["label"], pairs, strict=True)],
        base_unfinished=pd.array([base.unfinished.get(group, pd.NA) for _, group in pairs], dtype="Int64"),
        unfinished=pd.array([other.unfinished.get(group, pd.NA) for _, group in pairs], dtype="Int64"),
        ours=list(matrix(other.numbers, keys)),
        theirs=list(matrix(base.numbers, keys)),
    )


def _mark(base: Side, other: Side, metric: str, group: str) -> str:
    """That a number tells of the quicker shipments only, in one run or in the other."""
    if metric not in OF_QUICK:
        return ""
    many = [f"{100 * side.quick[group]:.0f} % in {side.name}" for side in (base, other) if group in side.quick]
    return f" (too good, unfinished: {', '.join(many)})" if many else ""


def _verdict(mean: float, p_holm: float) -> str:
    if np.isnan(p_holm):
        return NONE
    return OPEN if p_holm > JOINT_LEVEL else LOWER if mean < 0 else HIGHER
