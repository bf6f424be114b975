"""Expectations in words: the section of a report, and verdicts for those who do not read it."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from sim.counts import counted
from sim.figures.style import dashes, number
from sim.metrics.expectations import HOLDS, SOME, UNFINISHED, UNMEASURED
from sim.report.document import Column, Paragraph, Section, Table
from sim.report.formats import ABSENT
from sim.report.verdicts import Outcome, Verdict

Row = Mapping[Hashable, Any]


def verdicts(judged: pd.DataFrame) -> list[Verdict]:
    """A verdict for each expectation and point; of those that one point is enough for, one for all points."""
    found: dict[str, Verdict] = {}
    for row in judged.to_dict("records"):
        name = f"{row['expectation']} at {SOME if row['at'] == SOME else row['name']}"
        own = Verdict(name, str(row["sentence"]), _outcome(row), said(row), key=str(row["expectation"]))
        if row["at"] == SOME:
            own = _of_some(own, row, found.get(name))
        found[name] = own
    return list(found.values())


def refused(failures: pd.DataFrame) -> list[Verdict]:
    """A verdict for each point that could not be run: nobody knows what it holds."""
    rows = failures.to_dict("records")
    return [Verdict(f"point {row['name']}", "it can be run", "unknown", str(row["why"])) for row in rows]


def _outcome(row: Row) -> Outcome:
    return "holds" if row["verdict"] == HOLDS else "unknown" if row["verdict"] == UNMEASURED else "fails"


def _of_some(own: Verdict, row: Row, before: Verdict | None) -> Verdict:
    """All points of a sentence that one is enough for, each with its number."""
    told = f"{row['name']}: {own.said}"
    if before is None:
        return Verdict(own.name, own.asked, own.outcome, told, key=own.key)
    # As good as the best of them; what nobody knows may have been good.
    order: tuple[Outcome, ...] = ("holds", "unknown", "fails")
    best = min(own.outcome, before.outcome, key=order.index)
    return Verdict(own.name, own.asked, best, f"{before.said}; {told}", key=own.key)


def said(row: Row) -> str:
    """The number with its interval, and why the sentence does not hold if the number alone does not tell."""
    text = _number(row)
    unfinished = int(row["unfinished"])
    whose = f"the {unfinished:,} unfinished" if unfinished != 1 else "the one unfinished"
    if row["missing"]:
        of = int(row["missing"]) + int(row["replications"])
        known = f"{text}; " if row["replications"] else ""
        return f"{known}no number in {row['missing']} of {counted(of, 'replication')}"
    if row["verdict"] == UNFINISHED:
        return f"{text} without {whose}, but {_value(row, float(row['with_unfinished']))} with their time so far"
    if row["verdict"] == UNMEASURED and unfinished:
        return f"{text} without {whose}; the run is too short to tell what they come to"
    if row["verdict"] == UNMEASURED:
        return f"{text}; one replication gives no interval"
    return f"{text}, {whose} left out" if unfinished else text


def _number(row: Row) -> str:
    mean, low, high = (float(row[name]) for name in ("mean", "low", "high"))
    told = _value(row, mean)
    if math.isnan(mean):
        return "not measured"
    if row["unit"] == "%" and not row["reference"]:
        # A share lies between nothing and all, whatever a symmetric interval says.
        low, high = max(low, 0.0), min(high, 100.0)
    if row["reference"] and mean < 0:
        # Told the other way round: how much better it is where worse was asked for.
        low, high = -high, -low
    return told if math.isnan(low) or low == high else f"{told} ({number(low)} to {number(high)})"


def _value(row: Row, value: float) -> str:
    """A number with its unit, or how much worse or better than elsewhere it is."""
    unit = {"day": "days", "week": "weeks"}.get(row["unit"], str(row["unit"]))
    if not row["reference"]:
        return f"{number(value)} {unit}".strip() if not math.isnan(value) else "nothing measured"
    if math.isinf(value):
        return f"{row['reference']} has none"
    if number(value) == "0":
        return f"the same as {row['reference']}"
    asked = "better" if row["test"] == "better" else "worse"
    other = "worse" if asked == "better" else "better"
    amount = f"{number(abs(value))} {unit}".strip()
    return f"{amount} {asked if value >= 0 else other} than {row['reference']}"


def expectations(judged: pd.DataFrame) -> Section:
    """What was expected, and whether it holds."""
    return Section("Expectations", (Paragraph(verdict(judged)), table(judged)))


def verdict(judged: pd.DataFrame) -> str:
    """The count, and the rule by which it was made."""
    found = verdicts(judged)
    held = sum(each.outcome == "holds" for each in found)
    return (
        f"{held} of {counted(len(found), 'expectation')} hold. The mean over the replications is judged, or the whole "
        "interval where a confidence is asked for. Where a replication gives no number, an expectation does not hold."
    )


def table(judged: pd.DataFrame) -> Table:
    """A row for each expectation and point."""
    rows = tuple(
        (dashes(str(row["sentence"])), str(row["name"]), dashes(said(row)).replace(" %", "%"), str(row["verdict"]))
        for row in judged.to_dict("records")
    )
    header = (Column("Asked", share=2.2), Column("Point", share=0.6), Column("Found, with its interval", share=2.4),
              Column("Result", share=0.8))  # fmt: skip
    return Table("Expectations and what was found.", header, rows or ((ABSENT,) * 4,))
