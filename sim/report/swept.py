"""The report of a sweep: what was varied and how, what came of it, and what that says of the factors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from sim.counts import counted
from sim.figures import Drawings, Tables
from sim.figures.drawing import Drawing, table
from sim.figures.style import dashes
from sim.figures.swept import MOST_OUTCOMES
from sim.report import expected
from sim.report.document import (
    Block,
    Bullets,
    Column,
    Document,
    Heading,
    Paragraph,
    Picture,
    Section,
    Table,
    paragraphs,
)
from sim.report.formats import ABSENT, breakable, days, tidy
from sim.report.points import differs, of_outcome, points_of, sentence
from sim.report.provenance import SHOWN

Head = Mapping[str, Any]
"""What a sweep says of itself, as it stands in experiment.json."""

IN_RESULTS = ("response", "heat")
IN_SENSITIVITY = ("tornado", "screening", "indices", "partial_dependence")
"""Figures of the two chapters, in their order; each is followed by a hyphen and the outcome."""

MOST_SAID = 3
"""Outcomes of which the first page tells."""
MOST_JUDGED = 40
"""Expectations at points up to which all are listed."""
MOST_LISTED = 20
"""Points that the limits name."""

DESIGNS = {
    "grid": "Grid: each value of each factor with each of the others.",
    "one-at-a-time": "One at a time: each factor in turn takes its other values, the others stay as in the base.",
    "latin-hypercube": "Latin hypercube: in each factor as many strata as points, and one point in each.",
    "sobol-sequence": "Sobol sequence: points that fill the space of the factors evenly.",
    "halton": "Halton sequence: points that fill the space of the factors evenly.",
    "morris": "Morris: trajectories on which each factor is changed once; a screening of which factors matter.",
    "sobol-indices": "Saltelli's scheme: two samples and their mixtures, for Sobol's shares of the variance.",
    "list": "Points as listed in the experiment.",
    "csv": "Points as listed in a file.",
}


SEEKING = {
    "search": "Points are looked for, not laid out beforehand.",
    "fit": "Points are looked for, not laid out beforehand.",
}


def document(head: Head, tables: Tables, drawings: Drawings) -> Document:
    """The document of a sweep from its tables, its figures, and what it says of itself."""
    sections = [
        model(head, tables),
        data(head, tables),
        experiment(head, tables),
        *([expectations(tables["expectations"])] if len(table(tables, "expectations")) else []),
        results(tables, drawings),
        *sensitivity(drawings),
        limits(head, tables, drawings),
        origin(head),
    ]
    title = dashes(str(head.get("title") or head.get("name") or "Sweep"))
    question = dashes(" ".join(str(head.get("question", "")).split()))
    return Document(title, question, opening(tables, drawings), tuple(sections), header=title)


def opening(tables: Tables, drawings: Drawings) -> tuple[Block, ...]:
    """The answers of the first outcomes, and the first figure that says what matters."""
    blocks: list[Block] = [Paragraph(sentence(tables, row)) for row in outcome_rows(tables)[:MOST_SAID]]
    judged = table(tables, "expectations")
    if len(judged):
        blocks.append(Paragraph(expected.verdict(judged)))
    names = {f"{stem}-" for stem in (*IN_SENSITIVITY, *IN_RESULTS)}
    first = [one for one in drawings.drawn if any(one.name.startswith(stem) for stem in names)][:1]
    blocks += [Paragraph(one.caption, one.name) for one in first]
    return tuple(blocks)


def outcome_rows(tables: Tables) -> list[dict[Any, Any]]:
    """The outcomes in their order."""
    return tables["outcomes"].to_dict("records")


def model(head: Head, tables: Tables) -> Section:
    """The scenario, what is varied in it, and at which points."""
    scenario = f"{head.get('scenario_title', '')} ({head.get('scenario', '')})".strip()
    blocks: list[Block] = [Paragraph(dashes(f"The scenario is {scenario}."))]
    blocks += paragraphs(dashes(str(head.get("note", "") or "")))
    settings = head.get("settings") or {}
    if settings:
        blocks += [
            Paragraph("At every point, in place of what the scenario says:"),
            Bullets(tuple(f"{breakable(path)}: {tidy(text)}" for path, text in leaves(settings))),
        ]
    if len(tables["factors"]):
        blocks.append(factors(tables))
    blocks.append(Paragraph(design(head, tables)))
    return Section("Model", tuple(blocks))


def leaves(settings: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    """Each single value that is set, with its whole path."""
    for key, value in settings.items():
        if isinstance(value, Mapping) and value:
            yield from leaves(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", "left out" if value is None else str(value)


def factors(tables: Tables) -> Table:
    """What varies, from where to where, and where that comes from."""
    rows = []
    for row in tables["factors"].to_dict("records"):
        key, unit = str(row["factor"]), str(row["unit"])
        column = tables["points"][key]
        if pd.isna(row["low"]):
            span = ", ".join(dict.fromkeys(column.astype(str)))
        else:
            span = f"{row['low']:,.6g} to {row['high']:,.6g} {unit}".strip()
            span = span.replace(" %", "%") + ", by ratios" * (row["scale"] == "log")
        base = points_of(tables).settings[0][key] if len(tables["points"]) else ""
        rows.append((dashes(str(row["label"])), dashes(base) or ABSENT, dashes(span),
                     breakable(str(row.get("paths", ""))) or ABSENT,
                     dashes(str(row.get("note", ""))) or ABSENT))  # fmt: skip
    header = (
        Column("Factor", share=1.7), Column("Base", share=0.9), Column("Values tried", share=1.4),
        Column("Path", share=1.8), Column("Source of the values", share=1.8),
    )  # fmt: skip
    return Table("Factors: what varies between points.", header, tuple(rows)).without_empty(ABSENT)


def design(head: Head, tables: Tables) -> str:
    """At which points the factors are tried."""
    stated = head.get("design") or {}
    words = SEEKING.get(str(head.get("kind")), DESIGNS.get(str(stated.get("kind", "")), "The scenario alone."))
    numbers = {key: value for key, value in stated.items() if type(value) is int}
    given = [f"{key.replace('_', ' ')} {value}" for key, value in numbers.items()]
    more = f" ({', '.join(given)})" if given else ""
    count = len(tables["points"])
    return f"{words.rstrip('.')}{more}. With the base, the scenario as it is: {counted(count, 'point')}."


def data(head: Head, tables: Tables) -> Section:
    """Where the numbers of the scenario stand, and what is kept of each replication."""
    text = (
        f"The inputs of the scenario {breakable(str(head.get('scenario', '')))}, with their sources and assumptions, "
        "are listed in the report that landbridge run writes for it; what this experiment changes is listed above. "
        "These outcomes are recorded in each replication:"
    )
    kinds = {"lower": "lower", "higher": "higher"}
    rows = tuple(
        (dashes(str(row["label"])), dashes(str(row["what"])), str(row["unit"]) or ABSENT,
         kinds.get(str(row["better"]), ABSENT))
        for row in outcome_rows(tables)
    )  # fmt: skip
    header = (Column("Outcome", share=2.2), Column("What is measured", share=2.6), Column("Unit", share=0.7),
              Column("Better", share=0.7))  # fmt: skip
    return Section("Data", (Paragraph(text), Table("Outcomes.", header, rows).without_empty(ABSENT)))


def experiment(head: Head, tables: Tables) -> Section:
    """Settings of the experiment, and how its numbers are to be read."""
    rows = [("Points, with the base", f"{len(tables['points']):,}")]
    rows += [(words, str(head[key])) for key, words in ASKED.items() if head.get(key) not in (None, "")]
    if head.get("start"):
        first = pd.Timestamp(str(head["start"]))
        rows.append(("Start of the simulated time", f"{first.day} {first:%B %Y, %H:%M} UTC"))
    for key, words in (("horizon_s", "Horizon"), ("warm_up_s", "Warm-up, left out of results")):
        if head.get(key) is not None:
            rows.append((words, days(float(head[key])) if head[key] else "none"))
    budget = head.get("budget") or {}
    rows += [(f"Budget of {key}", str(value)) for key, value in budget.items() if value is not None]
    several = int(head.get("replications", 1)) > 1
    return Section("Experiment", (Paragraph(reading(several)), Table("Settings.", SETTINGS, tuple(rows))))


ASKED = {"replications": "Replications at each point", "seed": "Seed, the same at all points", "engine": "Engine"}
SETTINGS = (Column("Setting", share=1), Column("Value", share=2))


def reading(several: bool) -> str:
    """What intervals and differences mean, or why there are none."""
    if not several:
        return "A single replication gives no intervals: all differences may be chance."
    return (
        "Each replication meets the same luck at all points: the same random draws for the same entities and purposes. "
        "Intervals are 95% intervals of the mean over the replications (Student's t), cut at what a number can be, "
        "such as 0 or 100%. Differences from the base are taken replication by replication. Each interval stands by "
        "itself; p is corrected by Holm's method for all points of an outcome that are compared with the base, so that "
        "the chance of taking any of them for different without a difference is 5% where p is below 0.05."
    )


def expectations(judged: pd.DataFrame) -> Section:
    """What was to hold, and whether it does; of many rows those at which it does not."""
    shown = judged if len(judged) <= MOST_JUDGED else judged[~judged["acceptable"]].head(MOST_JUDGED)
    blocks: list[Block] = [Paragraph(expected.verdict(judged))]
    blocks += [expected.table(shown)] if len(shown) else []
    if len(shown) < len(judged):
        blocks.append(Paragraph(f"{len(judged) - len(shown):,} more stand in tables/expectations.csv."))
    return Section("Expectations", tuple(blocks))


def results(tables: Tables, drawings: Drawings) -> Section:
    """For each outcome its table of points, and its figures over the factors."""
    blocks: list[Block] = []
    for row in outcome_rows(tables)[:MOST_OUTCOMES]:
        blocks += [Heading(dashes(str(row["label"]))), Paragraph(sentence(tables, row))]
        blocks += [of_outcome(tables, row)] if differs(tables, row) else []
        for stem in IN_RESULTS:
            blocks += shown(drawings.named(f"{stem}-{row['outcome']}"))
    left = len(tables["outcomes"]) - MOST_OUTCOMES
    if left > 0:
        noun = "outcome stands" if left == 1 else "outcomes stand"
        blocks.append(Paragraph(f"{left} more {noun} in tables/response.csv, without a figure."))
    return Section("Results", tuple(blocks) or (Paragraph("Nothing was measured."),))


def shown(drawing: Drawing | None) -> list[Block]:
    """A figure with what there is to be seen."""
    return [] if drawing is None else [Paragraph(drawing.caption, drawing.name), Picture(drawing)]


def sensitivity(drawings: Drawings) -> list[Section]:
    """What outcomes answer to; no section where no design asks for one."""
    blocks: list[Block] = []
    for one in drawings.drawn:
        if any(one.name.startswith(f"{stem}-") for stem in IN_SENSITIVITY):
            blocks += [Heading(one.title), *shown(one)]
    return [Section("Sensitivity", tuple(blocks))] if blocks else []


def limits(head: Head, tables: Tables, drawings: Drawings) -> Section:
    """Everything that bounds what the results mean."""
    blocks: list[Block] = []
    failures = table(tables, "failures")
    if len(failures):
        items = [dashes(tidy(str(row["why"]))) for row in failures.head(MOST_LISTED).to_dict("records")]
        more = len(failures) - len(items)
        items += [f"and {more} more: tables/failures.csv"] if more else []
        blocks += [Heading("Points that could not be run"), Bullets(tuple(items))]
    warnings = [dashes(tidy(str(one))) for one in head.get("warnings") or []]
    if warnings:
        blocks += [Heading("Warnings"), Bullets(tuple(warnings))]
    blocks += [Heading("What the numbers do not say"), Bullets(tuple(caveats(head, tables)))]
    if drawings.left_out:
        left = tuple(f"{one.title}: {one.reason}." for one in drawings.left_out)
        blocks += [Heading("Figures left out"), Bullets(left)]
    return Section("Limits", tuple(blocks))


def caveats(head: Head, tables: Tables) -> list[str]:
    """What does not vary, what was chosen among many, what surrogates and indices rest on."""
    names = ", ".join(dashes(str(label)) for label in tables["factors"]["label"]) or "nothing"
    found = [
        f"Only these vary: {names}. Everything else is as in the scenario; what other values of it would do is not "
        "known.",
        "The intervals cover chance within the model; they do not say how well the model fits reality.",
    ]
    if len(tables["points"]) > 10:
        found.append(
            "The best of many points looks better than it is, since luck helps to choose it: run it again with another "
            "seed before it is relied upon."
        )
    unfinished = int(tables["response"]["unfinished"].sum())
    if unfinished:
        found.append(
            "Times are those of what had come to its end before the run did. How many had not is told for each point; "
            "where they are too many the number is too good, and marked."
        )
    if str((head.get("design") or {}).get("kind")) in ("morris", "sobol-indices"):
        found.append(
            "Effects and shares of the variance hold for these ranges: with other ranges the order may change."
        )
    told = table(tables, "surrogates")
    if len(told):
        found.append(
            "A surrogate is a smooth surface through the points that were run: between them it may miss what is sharp, "
            "such as the load at which a queue no longer settles, and outside of the ranges it says nothing."
        )
    return found


def origin(head: Head) -> Section:
    """What made the sweep, so that it can be made again."""
    titles = {"name": "Experiment", "scenario_digest": "Digest of the scenario", **dict(SHOWN)}
    titles |= {"digest": "Digest of the sweep"}
    rows = []
    for key, title in titles.items():
        value = head.get(key)
        if isinstance(value, dict):
            value = ", ".join(f"{name} {version}" for name, version in sorted(value.items()))
        if value not in (None, "") and key not in ("seed", "replications", "engine"):
            rows.append((title, breakable(str(value))))
    text = (
        "The same experiment, scenario, seed and number of replications give the same values, tables and report, byte "
        "for byte, however many workers there are and however often the work was broken off, unless a budget of time "
        "ended it."
    )
    header = (Column("Of", share=1), Column("Value", share=3))
    return Section("Origin", (Paragraph(text), Table("Origin.", header, tuple(rows))))
