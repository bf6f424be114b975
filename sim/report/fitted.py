"""The report of a fit: what was fitted to what, what is left of each range, and how near the targets are."""

from __future__ import annotations

import math

from sim.figures import Drawings, Tables
from sim.figures.style import dashes, number
from sim.report.document import Block, Bullets, Column, Document, Heading, Paragraph, Section, Table
from sim.report.formats import ABSENT, between, plain
from sim.report.searched import framed
from sim.report.swept import Head, shown


def document(head: Head, tables: Tables, drawings: Drawings) -> Document:
    """The document of a fit."""
    blocks = (*shown(drawings.named("fitted")), _factors(tables), *_together(tables), _targets(tables))
    return framed(head, tables, drawings, [_asked(head, tables), Section("What was found", blocks)])


def _asked(head: Head, tables: Tables) -> Section:
    """What was fitted to what, and how."""
    stated = head["fit"]
    text = (
        f"The factors were fitted to the targets below: {stated['trials']} trials, the first half of which fill the "
        "space of the factors (Halton sequence), the rest of which look for the least misfit (tree-structured Parzen "
        f"estimator of Optuna, seed {stated['seed']}). The misfit is the sum of the squared distances from the "
        "observations in standard errors, those of the observations and of the simulated means together. What is left "
        "of each range is found by weighing the space of the factors, all of which was held for equally likely, with "
        "the likelihood of the observations, by a surrogate for each target; its errors at points that were left out "
        "count as errors too."
    )
    rows = []
    for row in tables["targets"].to_dict("records"):
        use = "held out" if row["held_out"] else "fitted to"
        rows.append((dashes(str(row["label"])), plain(float(row["observed"])), plain(float(row["spread"])),
                     str(row["unit"]), use, _share(float(row["explained"]))))  # fmt: skip
    header = (
        Column("Target", share=2.6), Column("Observed", "right", 1), Column("Std. error", "right", 1),
        Column("Unit", share=0.6), Column("Use", share=0.9), Column("Surrogate explains", "right", 1.1),
    )  # fmt: skip
    return Section("Targets", (Paragraph(text), Table("Targets.", header, tuple(rows))))


def _share(part: float) -> str:
    """A share of the variance, as percent."""
    return ABSENT if math.isnan(part) else f"{max(part, 0.0) * 100:.0f}%"


def _factors(tables: Tables) -> Table:
    rows = []
    for row in tables["fitted"].to_dict("records"):
        span, left = (_span(float(row[low]), float(row[high])) for low, high in (PRIOR, ("low", "high")))
        rows.append((dashes(str(row["label"])), span, plain(float(row["own"])), plain(float(row["fitted"])), left,
                     str(row["unit"]) or ABSENT, _share(float(row["left"])), str(row["identified"])))  # fmt: skip
    header = (
        Column("Factor", share=2.2), Column("Range", share=1.2), Column("Scenario", "right", 0.9),
        Column("Fitted", "right", 0.9), Column("95% interval", share=1.3), Column("Unit", share=0.6),
        Column("Range left", "right", 0.7), Column("Identified", share=0.9),
    )  # fmt: skip
    caption = "Factors: the best point that was run, and the interval that the observations leave of each range."
    return Table(caption, header, tuple(rows))


PRIOR = ("prior_low", "prior_high")


def _span(low: float, high: float) -> str:
    return ABSENT if math.isnan(low) else f"{number(low)} to {number(high)}"


def _together(tables: Tables) -> list[Block]:
    """Factors that only a combination of is told."""
    labels = dict(zip(tables["fitted"]["factor"], tables["fitted"]["label"], strict=True))
    rows = tables["fitted"][tables["fitted"]["together"] != ""].to_dict("records")
    items = []
    for row in rows:
        others = ", ".join(dashes(str(labels[other])) for other in row["together"].split(", "))
        items.append(f"{dashes(str(row['label']))}: with {others}")
    words = (
        "The observations tell these together, hardly one by one: another value of the one goes with one of the other."
    )
    return [Heading("Told only together"), Paragraph(words), Bullets(tuple(items))] if items else []


def _targets(tables: Tables) -> Table:
    """How near the targets are, before and after."""
    rows = []
    for row in tables["targets"].to_dict("records"):
        fitted, low, high = (float(row[name]) for name in ("fitted", "low", "high"))
        rows.append((dashes(str(row["label"])), plain(float(row["observed"])), plain(float(row["before"])),
                     plain(fitted), between(fitted, low, high), str(row["unit"]), number(float(row["apart"])),
                     "held out" if row["held_out"] else "fitted to"))  # fmt: skip
    header = (
        Column("Target", share=2.4), Column("Observed", "right", 1), Column("Before", "right", 0.9),
        Column("Fitted", "right", 0.9), Column("95% interval", "right", 1.4), Column("Unit", share=0.5),
        Column("Std. errors apart", "right", 0.9), Column("Use", share=0.9),
    )  # fmt: skip
    return Table("Targets at the best point; those held out judge the fit.", header, tuple(rows))
