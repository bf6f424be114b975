"""What bounds the results: unfinished shipments, loads that cannot settle, assumptions, what is not modelled."""

from __future__ import annotations

import re

from sim.figures import Drawings, Tables
from sim.figures.drawing import flow_labels, place_labels, table
from sim.log import Log
from sim.metrics.summary import TOO_MANY_UNFINISHED
from sim.report.document import Block, Bullets, Heading, Paragraph, Section
from sim.report.formats import plain
from sim.report.sources import assumption_words

NOT_MODELLED = (
    "Prices, demand and schedules do not answer to one another: a queue changes nobody's choice of route unless the "
    "scenario says so.",
    "Work at a place is never interrupted in favour of a more urgent entity; priority decides only who enters next.",
    "Places fail and close only as the scenario says; politics, strikes and weather have no model of their own.",
    "Shipments of a flow are alike but for their size and their draws.",
)


def limits(log: Log, tables: Tables, drawings: Drawings) -> Section:
    """Everything that bounds what the results mean."""
    blocks: list[Block] = [Heading("Unfinished shipments"), *unfinished(log, tables)]
    warnings = log.legend.origin.get("warnings")
    if isinstance(warnings, list) and warnings:
        blocks += [
            Heading("Warnings"),
            Paragraph(
                "What the run warned of. A place that is offered more work than it can do has a queue that grows for "
                "as long as this lasts."
            ),
            Bullets(tuple(spoken(log, str(warning)) for warning in warnings)),
        ]
    assumed = assumption_words(log)
    if assumed is not None:
        blocks += [Heading("Assumptions"), assumed]
    blocks += [Heading("Not modelled"), Bullets(NOT_MODELLED)]
    if drawings.left_out:
        left = tuple(f"{one.title}: {one.reason}." for one in drawings.left_out)
        blocks += [Heading("Figures left out"), Bullets(left)]
    return Section("Limits", tuple(blocks))


def spoken(log: Log, warning: str) -> str:
    """A warning with the place that it names called by its label."""
    named = dict(zip(log.legend.places["name"], place_labels(log).values(), strict=True))
    return re.sub(r"(?<= at )\S+(?= in )", lambda found: named.get(found.group(), found.group()), warning)


def unfinished(log: Log, tables: Tables) -> list[Block]:
    """Shipments still under way at the end, by flow, and what that does to the results."""
    transit = table(tables, "transit")
    if transit.empty:
        return [Paragraph("No reported flow released a shipment after the warm-up.")]
    sums = transit.groupby("flow")[["finished", "unfinished"]].sum().astype(float).to_dict("index")
    labels = flow_labels(log)
    items, biased = [], False
    for flow, label in labels.items():
        if flow in sums:
            done, left = sums[flow]["finished"], sums[flow]["unfinished"]
            share = left / max(done + left, 1)
            biased |= share > TOO_MANY_UNFINISHED
            items.append(f"{label}: {plain(left, 0)} of {plain(done + left, 0)} shipments ({100 * share:.1f}%)")
    text = "Shipments released after the warm-up that were still under way at the end of the run, all replications:"
    blocks: list[Block] = [Paragraph(text), Bullets(tuple(items))]
    if biased:
        blocks.append(
            Paragraph(
                f"Where more than {100 * TOO_MANY_UNFINISHED:.0f}% are unfinished, transit times tell of the "
                "quicker shipments: the true ones are longer, and the tables mark these flows as too good. A longer "
                "horizon shows more of them; where a queue cannot settle, no horizon does."
            )
        )
    return blocks
