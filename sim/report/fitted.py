"""The report of a fit: what was fitted to what, what is left of each range, and how near the targets are."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from typing import Any

from sim.counts import counted
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
        f"The factors were fitted to the targets below: {counted(stated['trials'], 'trial')}, the first half "
        "of which fill the "
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
    """How near the targets are, in the scenario and fitted, each with its interval."""
    rows = [
        (dashes(str(row["label"])), _number(row, "observed", "observed_low", "observed_high"),
         _number(row, "before", "before_low", "before_high"), _number(row, "fitted", "low", "high"),
         str(row["unit"]) or ABSENT, number(float(row["before_apart"])), number(float(row["apart"])),
         "held out" if row["held_out"] else "fitted to")
        for row in tables["targets"].to_dict("records")
    ]  # fmt: skip
    header = (
        Column("Target", share=2.2), Column("Observed", "right", 1.2), Column("In the scenario", "right", 1.2),
        Column("Fitted", "right", 1.2), Column("Unit", share=0.6), Column("Std. errors apart before", "right", 0.9),
        Column("Std. errors apart fitted", "right", 0.9), Column("Use", share=0.9),
    )  # fmt: skip
    caption = (
        "Targets in the scenario as it was and at the best point; those held out judge the fit. Below a number its 95% "
        "interval: of the observation 1.96 standard errors to either side, of a simulated mean Student's t over the "
        "replications."
    )
    return Table(caption, header, tuple(rows))


def _number(row: Mapping[Hashable, Any], value: str, low: str, high: str) -> str:
    """A number with its interval below it, where there is one."""
    mean, *ends = (float(row[name]) for name in (value, low, high))
    told = between(mean, *ends)
    return plain(mean) if told == ABSENT else f"{plain(mean)}\n{told}"
