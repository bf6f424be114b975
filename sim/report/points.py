"""Points of a sweep in tables and words: what they set, what came of it, and how that differs from the base."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sim.counts import counted
from sim.figures import Tables
from sim.figures.factors import MARK, amount, read, signed, spread, too_good
from sim.figures.style import dashes
from sim.metrics.coordinates import settings
from sim.metrics.paired import JOINT_LEVEL
from sim.metrics.response import BASE
from sim.report.document import Column, Table
from sim.report.formats import ABSENT

MOST_ROWS = 24
"""Points up to which a table has them all; of more it has the base and those at both ends."""
MOST_BEST, MOST_WORST = 8, 4
MOST_COLUMNS = 3
"""Factors up to which each has a column of its own."""
MOST_CHANGES = 4
"""Settings that are told of a point; those of points with more stand in a file."""


@dataclass(frozen=True)
class Points:
    """What each point sets, as it is read."""

    labels: dict[str, str]
    settings: dict[int, dict[str, str]]
    """By number of the point, then by factor."""

    def changes(self, point: int) -> str:
        """What a point sets otherwise than the base."""
        own, base = self.settings[point], self.settings.get(BASE, {})
        return "; ".join(f"{self.labels[key]} {text}" for key, text in own.items() if text != base.get(key))


def points_of(tables: Tables) -> Points:
    """The points of a sweep with the settings of all factors."""
    factors, points = tables["factors"].to_dict("records"), tables["points"]
    columns = {
        str(factor["factor"]): [dashes(text).replace(" %", "%") for text in settings(points, factor)]
        for factor in factors
    }
    rows = {
        int(point): {key: texts[at] for key, texts in columns.items()}
        for at, point in enumerate(points["point"].tolist())
    }
    return Points({str(factor["factor"]): dashes(str(factor["label"])) for factor in factors}, rows)


def own_rows(tables: Tables, outcome: Mapping[Hashable, Any]) -> pd.DataFrame:
    """The points at which an outcome was measured, the base first, the others from best to worst.

    Where neither way is better they rise.
    """
    response = tables["response"]
    own: pd.DataFrame = response[(response["outcome"] == outcome["outcome"]) & response["mean"].notna()]
    own = own.sort_values("mean", ascending=outcome["better"] != "higher", kind="stable")
    return pd.concat([own[own["point"] == BASE], own[own["point"] != BASE]], ignore_index=True)


def at_both_ends(tables: Tables, outcome: Mapping[Hashable, Any]) -> pd.DataFrame:
    """The base, the best points and the worst."""
    own = own_rows(tables, outcome)
    return pd.concat([own.head(1 + MOST_BEST), own.tail(MOST_WORST)])


def differs(tables: Tables, outcome: Mapping[Hashable, Any]) -> bool:
    """Whether an outcome is not the same at all points."""
    return bool(own_rows(tables, outcome)["mean"].nunique() > 1)


def of_outcome(tables: Tables, outcome: Mapping[Hashable, Any]) -> Table:
    """A row for each point, or of many points the base, the best and the worst."""
    own = own_rows(tables, outcome)
    shown = own if len(own) <= MOST_ROWS else at_both_ends(tables, outcome)
    points, unit = points_of(tables), str(outcome["unit"])
    keys = list(points.labels) if len(points.labels) <= MOST_COLUMNS else []
    changes = {int(point): points.changes(int(point)) or "as the scenario" for point in shown["point"]}
    told = (
        bool(points.labels) and not keys and max(text.count("; ") for text in changes.values()) < MOST_CHANGES
        if changes
        else False
    )
    rows = []
    for row in shown.to_dict("records"):
        point = int(row["point"])
        set_to = [points.settings[point][key] or ABSENT for key in keys]
        set_to += [changes[point]] * told
        rows.append((str(row["name"]), *set_to, cell(row, "mean", "low", "high"),
                     cell(row, "difference", "difference_low", "difference_high"), chance(row["p_holm"]),
                     unfinished(row)))  # fmt: skip
    titles = [points.labels[key] for key in keys] + ["Changed against the base"] * told
    header = (
        Column("Point", share=0.7), *(Column(title, share=1.2 if keys else 3.4) for title in titles),
        Column(f"Mean ({unit})" if unit else "Mean", "right", 1.2),
        Column("Against the base", "right", 1.3), Column("p", "right", 0.65), Column("Unfinished", "right", 1.35),
    )  # fmt: skip
    caption = f"{dashes(str(outcome['label']))}{_intervals(shown)}."
    if len(shown) < len(own):
        caption += (
            f" Shown are {len(shown)} of {len(own)} points: the base, the {MOST_BEST} {_ends(outcome)[0]} and the "
            f"{MOST_WORST} {_ends(outcome)[1]}; all stand in tables/response.csv."
        )
    if shown["too_good"].any():
        caption += f" {MARK} too good: so many were unfinished that the true number is worse."
    if points.labels and not titles:
        caption += " What each point sets stands in tables/points.csv."
    return Table(caption, header, tuple(rows)).without_empty(ABSENT)


def unfinished(row: Mapping[Hashable, Any]) -> str:
    """How many had not come to their end when the run did, of how many; nothing where nobody is left out."""
    if not row["asked"] and not row["unfinished"]:
        return ABSENT
    of = f" of {row['asked']:,}" if row["asked"] else ""
    return f"{row['unfinished']:,}{of}{f' {MARK}' if row['too_good'] else ''}"


def cell(row: Mapping[Hashable, Any], value: str, low: str, high: str) -> str:
    """A number with its interval below it; of a difference the sign is told."""
    if math.isnan(row[value]):
        return ABSENT
    write = read if value == "mean" else signed
    ends = write(row[low]), write(row[high])
    # None where there is none, nor one that is narrower than the last digit.
    return write(row[value]) + ("" if math.isnan(row[low]) or ends[0] == ends[1] else f"\n{' to '.join(ends)}")


def _intervals(own: pd.DataFrame) -> str:
    """Where the intervals stand, and why a number has none."""
    if own["low"].isna().all():
        return "; one replication has no intervals"
    alike = (own[["low", "difference_low"]].to_numpy() == own[["high", "difference_high"]].to_numpy()).any()
    return "; below a number its 95% interval" + ", unless it is the same in all replications" * bool(alike)


def chance(p: float) -> str:
    """A corrected p."""
    return ABSENT if math.isnan(p) else "< 0.001" if p < 0.001 else f"{p:.3f}"


def _ends(outcome: Mapping[Hashable, Any]) -> tuple[str, str]:
    """What the first and the last points are called."""
    return ("best", "worst") if outcome["better"] in ("lower", "higher") else ("lowest", "highest")


def sentence(tables: Tables, outcome: Mapping[Hashable, Any]) -> str:
    """The base, the two ends, how many points differ from the base, and where the number is too good."""
    own = own_rows(tables, outcome)
    label, unit = dashes(str(outcome["label"])), str(outcome["unit"])
    if own.empty:
        return f"{label}: not measured at any point."
    base, others = own[own["point"] == BASE], own[own["point"] != BASE]
    if own["mean"].nunique() == 1 and len(others):
        return f"{label}: {said(own.iloc[0].to_dict(), unit)} at every point.{too_good(tables, outcome)}"
    text = f"{label}:"
    if len(base):
        text += f" {said(base.iloc[0].to_dict(), unit)} in the base."
    if others.empty:
        return f"{text}{too_good(tables, outcome)}"
    for name, at in zip(_ends(outcome), (0, -1), strict=True):
        end = others.iloc[at].to_dict()
        # From best to worst, the base at its place.
        beyond = len(base) and _order(outcome, float(base["mean"].iloc[0]), end["mean"]) == at
        text += f" The {name} is the base." * bool(beyond)
        which = f"The {name}{' of the others' * bool(beyond)}"
        text += f" {which} is {_point(tables, others, end)}, with {said(end, unit)}."
    return f"{text} {_differing(others)}{too_good(tables, outcome)}"


def _order(outcome: Mapping[Hashable, Any], one: float, other: float) -> int | None:
    """At which end, 0 or -1, the one stands beside the other in the order of a table; None if they are level."""
    if one == other:
        return None
    return 0 if (one < other) != (outcome["better"] == "higher") else -1


def _point(tables: Tables, others: pd.DataFrame, row: Mapping[Hashable, Any]) -> str:
    """A point at an end with what it changes, and how many have the same mean."""
    changes = points_of(tables).changes(int(row["point"]))
    what = f" ({changes})" if changes and changes.count("; ") < MOST_CHANGES else ""
    alike = int((others["mean"] == row["mean"]).sum()) - 1
    return f"{row['name']}{what}" + f", level with {counted(alike, 'other')}" * bool(alike)


def _differing(others: pd.DataFrame) -> str:
    """How many points differ from the base."""
    known = int(others["p_holm"].notna().sum())
    apart = int((others["p_holm"] < JOINT_LEVEL).sum())
    if not known:
        return "One replication cannot tell differences from chance."
    if not apart:
        return "No point is shown to differ from the base: the differences may be chance."
    if apart == known:
        return "Every point is shown to differ from the base."
    return f"{apart} of {counted(known, 'point')} {'is' if apart == 1 else 'are'} shown to differ from the base."


def said(row: Mapping[Hashable, Any], unit: str) -> str:
    """A mean with its interval."""
    return f"{amount(float(row['mean']), unit)}{spread(float(row['low']), float(row['high']))}"
