"""Published observations against the simulation: the section of a run's report, and the report of many runs."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from sim.figures.style import dashes, number
from sim.metrics.validation import ACCEPTABLE, PASS
from sim.report.document import Block, Column, Document, Paragraph, Section, Table
from sim.report.formats import ABSENT, breakable
from sim.report.verdicts import Outcome, Verdict

HEADINGS = ("Case", "Observation", "Published", "Simulated", "95% interval", "Band", "Result")


def rows(found: pd.DataFrame) -> list[tuple[str, ...]]:
    """The cells below HEADINGS, a row for each observation."""
    return [
        (
            str(row["case"]) or ABSENT,
            dashes(str(row["label"])),
            dashes(str(row["published"])),
            simulated(row),
            interval(float(row["low"]), float(row["high"])),
            dashes(str(row["band"])),
            dashes(str(row["verdict"])),
        )
        for row in found.to_dict("records")
    ]


def simulated(row: Mapping[Hashable, Any]) -> str:
    """The simulated number with the unit of its band."""
    value, unit = float(row["simulated"]), {"day": "days", "week": "weeks"}.get(row["unit"], row["unit"])
    return ABSENT if math.isnan(value) else f"{number(value)} {unit}".strip()


def interval(low: float, high: float) -> str:
    """The interval of a mean; one replication has none, nor have many that are all the same."""
    return ABSENT if math.isnan(low) or low == high else f"{number(low)} to {number(high)}"


def validation(found: pd.DataFrame) -> Section:
    """How the run does against what was published, and what is to be known of each observation."""
    return Section("Validation", (Paragraph(verdict(found)), comparison(found), notes(found)))


def verdict(found: pd.DataFrame) -> str:
    """The count, and the rule by which it was made."""
    passed = int(found["passed"].sum())
    stated = int((~found["passed"] & found["verdict"].isin(ACCEPTABLE)).sum())
    known = f" Of the others {stated} {'is a shortfall' if stated == 1 else 'are shortfalls'} known and stated."
    return (
        f"{passed} of {len(found)} published observations are met: the mean over the replications lies in the band, "
        f"which was set before and is not widened.{known * bool(stated)} The interval is that of the mean."
    )


def comparison(found: pd.DataFrame) -> Table:
    """A row for each observation: published, simulated, band, result."""
    shares = (0.7, 2.2, 1.8, 1.2, 1.2, 1.3, 1.1)
    columns = tuple(
        Column(heading, "right" if heading in ("Simulated", "95% interval") else "left", share)
        for heading, share in zip(HEADINGS, shares, strict=True)
    )
    return Table("Published observations against the simulation.", columns, tuple(rows(found)))


def notes(found: pd.DataFrame) -> Table:
    """What is measured, what was chosen, why it fails if it does, and who published it."""
    cells = []
    for row in found.to_dict("records"):
        measured = f"{row['what'][0].upper()}{row['what'][1:]}, scope {row['scope']}."
        unfinished = f" {row['unfinished']:,} had not come to their end." if row["unfinished"] else ""
        blind = " Blind." if row["blind"] else " Not blind."
        reason = f" {row['reason']}" if row["reason"] else ""
        said = f"{measured}{unfinished}{blind} {row['note']}".rstrip() + reason
        source = f"{row['source']}\n{breakable(str(row['address']))}" if row["address"] else str(row["source"])
        name = f"{row['case']} {row['label']}".strip()
        cells.append((dashes(name), dashes(said), dashes(source)))
    header = (Column("Observation", share=1.5), Column("What is measured and what was chosen", share=3.2),
              Column("Source", share=2.0))  # fmt: skip
    return Table("What is to be known of each observation.", header, tuple(cells))


def verdicts(found: pd.DataFrame) -> list[Verdict]:
    """A verdict for each observation: it holds if it calls for nothing, be it for a stated reason."""
    told = []
    for row in found.to_dict("records"):
        span = interval(float(row["low"]), float(row["high"]))
        number_ = simulated(row) + (f" ({span})" if span != ABSENT else "")
        outcome: Outcome = "holds" if row["verdict"] in ACCEPTABLE else "fails"
        if math.isnan(float(row["simulated"])) and outcome == "fails":
            outcome = "unknown"
        name = f"{row['case']} {row['label']}".strip()
        told.append(Verdict(name, str(row["band"]), outcome, f"{number_}: {row['verdict']}", str(row["observation"])))
    return told


def document(found: pd.DataFrame) -> Document:
    """The report of a validation: ``found`` has the rows of all runs, with ``file`` and ``title``."""
    outside = found[found["verdict"] != PASS]
    opening: list[Block] = [Paragraph(verdict(found))]
    if len(outside):
        names = ", ".join(f"{row['label']} ({row['verdict']})" for row in outside.to_dict("records"))
        opening.append(Paragraph(dashes(f"Not met, or to be looked at: {names}.")))
    runs = found.drop_duplicates(["file", "digest"])
    setup = Table(
        "The runs: each file is a scenario, which says in its head and notes what was chosen.",
        (Column("File", share=1.6), Column("Scenario", share=2.4), Column("Seed", "right", 0.6),
         Column("Replications", "right", 0.8), Column("Digest", share=1.0)),
        tuple((breakable(str(r["file"])), dashes(str(r["title"])), str(r["seed"]), str(r["runs"]), str(r["digest"]))
              for r in runs.to_dict("records")),
    )  # fmt: skip
    sections = (
        Section("Observations", (comparison(found),)),
        Section("Notes and sources", (notes(found),)),
        Section("Runs", (setup,)),
    )
    question = "Does the simulator say what was observed?"
    return Document("Validation", question, tuple(opening), sections, header="Validation")


def markdown(found: pd.DataFrame) -> str:
    """The comparison as a table in Markdown, with reasons below it."""
    lines = [f"# Validation\n\n{verdict(found)}\n", "| " + " | ".join(HEADINGS) + " |", "|" + "---|" * len(HEADINGS)]
    lines += ["| " + " | ".join(cell.replace("|", "/") for cell in row) + " |" for row in rows(found)]
    return "\n".join([*lines, "", *(f"- {reason}" for reason in reasons(found))]).rstrip() + "\n"


def reasons(found: pd.DataFrame) -> list[str]:
    """What is stated of each observation that is known to fail."""
    stated = found[found["reason"] != ""].to_dict("records")
    return [f"{row['case']} {row['label']}: {row['reason']}".strip() for row in stated]
