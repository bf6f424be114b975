"""The report of a comparison: what differs between the scenarios, and what that changes."""

from __future__ import annotations

import json
import math
from collections.abc import Hashable, Mapping
from typing import Any

from sim.counts import counted
from sim.figures import Drawings
from sim.figures.factors import signed, spread
from sim.figures.style import dashes, number, shorten
from sim.metrics.best import Best
from sim.metrics.comparison import HIGHER, LOWER, NONE, SAME, Compared
from sim.report.document import Block, Bullets, Column, Document, Paragraph, Picture, Section, Table
from sim.report.formats import ABSENT, breakable, days, plain

UNFINISHED = "Unfinished shipments"
"""A number of the key table."""

LONGEST = 90
"""Characters shown of what a scenario says at a path."""

MOST_SAID = 3
"""Differences told on the first page for each run."""


def document(found: Compared, drawings: Drawings) -> Document:
    """Question, what differs, results, the best, limits, origin."""
    names = ", ".join(found.others)
    sections = [
        Section("What differs between the scenarios", (*differing(found),)),
        Section("Results", (*results(found, drawings),)),
        *([] if found.best is None else [Section("The best", (*best(found.best),))]),
        Section("Limits", (*limits(found),)),
        Section("Origin", (Paragraph(ORIGIN), runs(found))),
    ]
    question = f"What changes against {found.base} in {names}?"
    title = dashes(f"{found.base} against {names}")
    return Document(title, dashes(question), tuple(opening(found)), tuple(sections), header=title)


ORIGIN = (
    "The same runs in the same order give the same tables and the same report, byte for byte. Run each scenario by "
    "itself for its own report."
)


def self_and_rest(found: Compared) -> list[str]:
    """The runs after the base."""
    return [str(run) for run in found.runs["run"].iloc[1:]]


def opening(found: Compared) -> list[Block]:
    """A few sentences for each run."""
    blocks: list[Block] = [Paragraph(spoken(sentence(found, run))) for run in found.others]
    if found.best is not None:
        blocks.append(Paragraph(dashes(chosen(found.best))))
    return blocks


def sentence(found: Compared, run: str) -> str:
    """How many numbers differ, and the first of them in words."""
    own = found.table[found.table["run"] == run]
    told = own[own["verdict"].isin([LOWER, HIGHER])]
    compared = int((own["verdict"] != NONE).sum())
    if not compared:
        return f"{run}: nothing can be told from one replication; differences have no intervals."
    if (own["verdict"].isin([SAME, NONE])).all():
        return f"{run}: all {compared} numbers are the same as in {found.base}, in every replication."
    if told.empty:
        return f"{run}: of {compared} numbers none is shown to differ from {found.base}."
    said = "; ".join(difference(row) for row in told.head(MOST_SAID).to_dict("records"))
    verb = "is" if len(told) == 1 else "are"
    return f"{run}: {len(told)} of {compared} numbers {verb} shown to differ from {found.base}. {said}."


def difference(row: Mapping[Hashable, Any]) -> str:
    """A difference in words."""
    value, low, high, unit = shown(row, "difference", "low", "high")
    ends = sorted((abs(low), abs(high)))
    return (
        f"{row['metric']}, {row['label']}: {number(abs(value))} {unit} {row['verdict']} "
        f"({number(ends[0])} to {number(ends[1])})"
    )


def shown(row: Mapping[Hashable, Any], *columns: str) -> tuple[Any, ...]:
    """Numbers of a row as they are printed, and their unit: shares in per cent."""
    share = row["unit"] == "share"
    values = (float(row[name]) * (100 if share else 1) for name in columns)
    return (*values, "points" if share else str(row["unit"]))


def spoken(text: str) -> str:
    """A label as it is printed."""
    return dashes(text.replace(" %", "%"))


def differing(found: Compared) -> list[Block]:
    """The paths at which the scenarios differ."""
    names = [str(run) for run in found.runs["run"]]
    if found.differing.empty:
        return [Paragraph("The scenarios say the same, apart from titles, notes and observations.")]
    rows = tuple(
        (
            breakable(str(row["path"])),
            *(breakable(shorten(dashes(stated(str(row[name]))), LONGEST)) or ABSENT for name in names),
        )
        for row in found.differing.to_dict("records")
    )
    columns = (Column("Path", share=1.6), *(Column(name, share=1.4) for name in names))
    text = "All else is alike; titles, notes and observations do not count."
    return [Paragraph(text), Table("What the scenarios say where they differ.", columns, rows)]


def stated(text: str) -> str:
    """What a scenario says at a path: of a number written with its note or range, the number with these behind it."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    if not isinstance(value, dict) or "value" not in value:
        return text
    beside = ", ".join(f"{key} {own}" if key != "note" else str(own) for key, own in value.items() if key != "value")
    return f"{value['value']}{f' ({beside})' if beside else ''}"


def results(found: Compared, drawings: Drawings) -> list[Block]:
    """The figure, and a table for each run."""
    drawing = drawings.named("comparison")
    blocks: list[Block] = [Paragraph(HOW)]
    if drawing is not None:
        blocks += [Paragraph(drawing.caption, drawing.name), Picture(drawing)]
    for run in found.others:
        blocks += differences(found, run)
    return blocks


HOW = (
    "Both runs of a pair meet the same luck: replication by replication the same draws, wherever the scenarios are "
    "alike. So the difference of each replication is that of the scenarios and little else, and its mean has a "
    "narrower interval than the two means have. Intervals are 95% (Student's t of the pairs). A difference counts as "
    "shown if it is so with Holm's correction over all numbers of all runs: the chance that any of them is a false one "
    "is 5%."
)


def differences(found: Compared, run: str) -> list[Block]:
    """The numbers of a run that differ in any replication."""
    own = found.table[found.table["run"] == run]
    apart = own[~own["verdict"].isin([SAME, NONE])]
    rows, before = [], ""
    for row in apart.to_dict("records"):
        metric = str(row["metric"])
        rows.append((metric if metric != before else "", spoken(str(row["label"])), *cells(row)))
        before = metric
    columns = (
        Column("Number", share=1.5), Column("Of", share=2.2), Column("Base", "right", 0.8),
        Column("This run", "right", 0.8), Column("Difference", "right", 1.3), Column("Unit", share=0.9),
        Column("p (Holm)", "right", 0.7), Column("Result", share=1.7),
    )  # fmt: skip
    alike, none = (int((own["verdict"] == verdict).sum()) for verdict in (SAME, NONE))
    pairs = int(own["pairs"].max()) if len(own) else 0
    beside = [f"{alike} numbers are the same in every replication."] * bool(alike)
    beside += [f"{none} have no value in one of the runs, or fewer than two pairs."] * bool(none)
    caption = f"{run} against {found.base}, {pairs} pairs; below a difference its 95% interval. {' '.join(beside)}"
    return [Table(caption.rstrip(), columns, tuple(rows))] if rows else [Paragraph(f"{run}: {' '.join(beside)}")]


def cells(row: Mapping[Hashable, Any]) -> tuple[str, ...]:
    """Both means, the difference above its interval, unit, p, and what it comes to."""
    base, value, mean, low, high, unit = shown(row, "base", "value", "difference", "low", "high")
    between = f"{signed(mean)}\n{signed(low)} to {signed(high)}"
    p = float(row["p_holm"])
    said = "<0.001" if p < 0.001 else f"{p:.3f}"
    return plain(base), plain(value), between, "%" if unit == "points" else unit, said, str(row["verdict"])


def chosen(picked: Best) -> str:
    """Which run is first, which others may be the best, and what it takes to tell."""
    table, unit = picked.table, "" if picked.unit == "share" else f" {picked.unit}"
    first = table[table["first"]].iloc[0]
    size, low, high = (float(first[name]) * (100 if picked.unit == "share" else 1) for name in ("mean", "low", "high"))
    which = "highest" if picked.highest else "lowest"
    told = f"{number(size)}{unit or '%'}{spread(low, high)}"
    text = f"{first['run']} has the {which} {picked.metric}, {picked.label}: {told}. "
    also = [str(run) for run in table.loc[table["may_be_best"] & ~table["first"], "run"]]
    text += (
        f"{', '.join(also)} may be as good: these replications do not tell them apart."
        if also
        else "No other run can be the best, with 95% confidence."
    )
    return text + due(picked)


def due(picked: Best) -> str:
    """How many replications select the best within the indifference zone."""
    if picked.due is None or picked.zone is None:
        return ""
    made = int(picked.table["replications"].iloc[0])
    zone = f"{number(picked.zone)}{'' if picked.unit == 'share' else f' {picked.unit}'}"
    if picked.due <= made:
        return f" The {counted(made, 'replication')} of each select the best if a difference of {zone} does not matter."
    return (
        f" To select the best with 95% confidence where a difference of {zone} does not matter takes {picked.due} "
        f"replications of each, {picked.due - made} more than there are."
    )


def best(picked: Best) -> list[Block]:
    """The ranking as a table, and by what rule."""
    table = picked.table.sort_values("mean", ascending=not picked.highest, kind="stable")
    factor = 100.0 if picked.unit == "share" else 1.0
    rows = tuple(
        (
            str(row["run"]),
            plain(factor * float(row["mean"])),
            ABSENT if math.isnan(row["low"]) else f"{plain(factor * row['low'])} to {plain(factor * row['high'])}",
            "yes" if row["may_be_best"] else "no",
        )
        for row in table.to_dict("records")
    )
    unit = "%" if picked.unit == "share" else picked.unit
    columns = (Column("Run", share=2), Column(f"Mean ({unit})", "right"), Column("95% interval", "right", 1.5),
               Column("May be the best"))  # fmt: skip
    how = (
        "A run may be the best unless another is better by more than chance: Student's t of the paired differences at "
        "5% over the number of others (Bonferroni). The runs that remain hold the best with a chance of 95% at least. "
        "How many replications select one: Clark and Yang (1986), from the spread of the paired differences."
    )
    return [
        Paragraph(chosen(picked)),
        Table(f"{picked.metric}, {dashes(picked.label)}.", columns, rows),
        Paragraph(how),
    ]


def limits(found: Compared) -> list[Block]:
    """What bounds the comparison."""
    blocks: list[Block] = [
        Paragraph(
            "Pairs are exact where the scenarios are alike: entities, places and draws keep their luck. What one "
            "scenario adds draws for itself. Intervals tell how far chance moves the difference in this model; they "
            "say nothing about how well the model fits the world. Times and speeds are those of finished shipments: "
            "where a run leaves more unfinished than the other, its numbers are too good, and labels say so from a "
            "tenth on."
        )
    ]
    own = found.table[found.table["metric"] == UNFINISHED]
    if len(own):
        rows = tuple(
            (str(r["run"]), dashes(str(r["label"])), str(r["base_unfinished"]), str(r["unfinished"]))
            for r in own.to_dict("records")
        )
        columns = (Column("Run", share=1.5), Column("Flow", share=2.5), Column("In the base", "right"),
                   Column("In the run", "right"))  # fmt: skip
        blocks.append(Table("Unfinished shipments, all replications.", columns, rows))
    if found.warnings:
        blocks += [Paragraph("What was warned of:"), Bullets(tuple(dashes(str(each)) for each in found.warnings))]
    return blocks


def runs(found: Compared) -> Table:
    """The runs with what pairs them."""
    rows = tuple(
        (str(r["run"]), dashes(str(r["title"])), days(float(r["horizon_s"])), days(float(r["warm_up_s"])),
         str(r["seed"]), str(r["replications"]), str(r["digest"]))
        for r in found.runs.to_dict("records")
    )  # fmt: skip
    columns = (Column("Run", share=1.2), Column("Title", share=2.4), Column("Horizon", "right", 0.9),
               Column("Warm-up", "right", 0.9), Column("Seed", "right", 0.6), Column("Replications", "right", 1.0),
               Column("Digest", share=1.1))  # fmt: skip
    return Table("The runs; the first is the base.", columns, rows)
