"""Points of a sweep in tables and words: what they set, what came of it, and how that differs from the base."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sim.figures import Tables
from sim.figures.factors import amount, read, signed, spread
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
    columns = {str(factor["factor"]): [dashes(text) for text in settings(points, factor)] for factor in factors}
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


def differs(tables: Tables, outcome: Mapping[Hashable, Any]) -> bool:
    """Whether an outcome is not the same at all points."""
    return bool(own_rows(tables, outcome)["mean"].nunique() > 1)


def of_outcome(tables: Tables, outcome: Mapping[Hashable, Any]) -> Table:
    """A row for each point, or of many points the base, the best and the worst."""
    own = own_rows(tables, outcome)
    shown = own if len(own) <= MOST_ROWS else pd.concat([own.head(1 + MOST_BEST), own.tail(MOST_WORST)])
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
                     f"{row['unfinished']:,}" if row["unfinished"] else ABSENT))  # fmt: skip
    titles = [points.labels[key] for key in keys] + ["Changed against the base"] * told
    header = (
        Column("Point", share=0.7), *(Column(title, share=1.2 if keys else 3.4) for title in titles),
        Column(f"Mean ({unit})" if unit else "Mean", "right", 1.2),
        Column("Against the base", "right", 1.3), Column("p", "right", 0.65), Column("Unfinished", "right", 1.0),
    )  # fmt: skip
    caption = f"{dashes(str(outcome['label']))}{_intervals(shown)}."
    if len(shown) < len(own):
        caption += (
            f" Shown are {len(shown)} of {len(own)} points: the base, the {MOST_BEST} {_ends(outcome)[0]} and the "
            f"{MOST_WORST} {_ends(outcome)[1]}; all stand in tables/response.csv."
        )
    if points.labels and not titles:
        caption += " What each point sets stands in tables/points.csv."
    return Table(caption, header, tuple(rows)).without_empty(ABSENT)


def cell(row: Mapping[Hashable, Any], value: str, low: str, high: str) -> str:
    """A number with its interval below it; of a difference the sign is told."""
    if math.isnan(row[value]):
        return ABSENT
    write = read if value == "mean" else signed
    bounds = "" if math.isnan(row[low]) or row[low] == row[high] else f"\n{write(row[low])} to {write(row[high])}"
    return write(row[value]) + bounds


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
    """The base, the two ends, and how many points differ from the base."""
    own = own_rows(tables, outcome)
    label, unit = dashes(str(outcome["label"])), str(outcome["unit"])
    if own.empty:
        return f"{label}: not measured at any point."
    base, others = own[own["point"] == BASE], own[own["point"] != BASE]
    text = f"{label}:"
    if len(base):
        text += f" {said(base.iloc[0].to_dict(), unit)} in the base."
    if others.empty:
        return text
    if others["mean"].nunique() == 1:
        return f"{text} {said(others.iloc[0].to_dict(), unit)} at all other points."
    points = points_of(tables)
    for name, row in zip(_ends(outcome), (others.iloc[0].to_dict(), others.iloc[-1].to_dict()), strict=True):
        changes = points.changes(int(row["point"]))
        changes = changes if changes.count("; ") < MOST_CHANGES else ""
        alike = int((others["mean"] == row["mean"]).sum()) - 1
        tied = f", as {alike} other{'s' if alike > 1 else ''}," if alike else ""
        text += f" {name.capitalize()}{tied} is {row['name']}{f' ({changes})' if changes else ''}: {said(row, unit)}."
    known = others["p_holm"].notna()
    if not known.any():
        return f"{text} One replication does not tell differences from chance."
    apart = int((others["p_holm"] < JOINT_LEVEL).sum())
    if apart == 0:
        return f"{text} No point differs from the base by more than chance may."
    verb = "differs" if apart == 1 else "differ"
    return f"{text} {apart} of {int(known.sum())} points {verb} from the base by more than chance may."


def said(row: Mapping[Hashable, Any], unit: str) -> str:
    """A mean with its interval."""
    return f"{amount(float(row['mean']), unit)}{spread(float(row['low']), float(row['high']))}"
