"""Reports: from tables and figures to a PDF and a page that need nothing else.

This room sees the log's legend, metric tables and drawings, nothing of scenarios, plans, engines or experiments. The
order of a report follows the STRESS-DES checklist: question, model, data, experiment, results, validation, limits,
origin; what is long stands in appendices. Same input, same bytes.
"""

from __future__ import annotations

from pathlib import Path

from sim.figures import Drawings, Tables
from sim.figures.drawing import table
from sim.figures.style import dashes
from sim.log import Log
from sim.report import glyphs
from sim.report.crossings import borders
from sim.report.document import Document, strings
from sim.report.expected import expectations
from sim.report.experiment import experiment
from sim.report.limits import limits
from sim.report.model import legs_in_full, model, places_in_full
from sim.report.page import page_bytes
from sim.report.pdf import pdf_bytes
from sim.report.provenance import provenance
from sim.report.results import cost, results, why_late
from sim.report.sources import data, numbers_in_full
from sim.report.summary import opening
from sim.report.validated import validation

__all__ = ["compose", "write", "write_document"]


def compose(log: Log, tables: Tables, drawings: Drawings) -> Document:
    """The document of a run."""
    origin = log.legend.origin
    sections = [
        model(log, tables, drawings),
        data(log, tables),
        experiment(log),
        results(log, tables, drawings),
        borders(log, tables),
        why_late(drawings, tables, log),
        cost(log, tables, drawings),
        *([expectations(table(tables, "expectations"))] if len(table(tables, "expectations")) else []),
        *([validation(table(tables, "validation"))] if len(table(tables, "validation")) else []),
        limits(log, tables, drawings),
        provenance(log),
        numbers_in_full(log),
        places_in_full(log, tables),
        legs_in_full(log),
    ]
    title = dashes(str(origin.get("title") or origin.get("scenario") or "Simulation of a corridor"))
    question = dashes(" ".join(str(origin.get("question", "")).split()))
    return Document(title, question, opening(log, tables, drawings), tuple(sections), header=title)


def write(folder: Path, log: Log, tables: Tables, drawings: Drawings) -> tuple[Path, ...]:
    """Write ``figures/*.png``, ``figures/*.svg``, ``report.pdf`` and ``report.html`` of a run; returns their paths.

    Raises ResultError when a text holds a character that no font has, naming both; nothing is written then.
    """
    return write_document(folder, compose(log, tables, drawings), drawings)


def write_document(folder: Path, document: Document, drawings: Drawings) -> tuple[Path, ...]:
    """Write a document as PDF and page, and all drawings beside it."""
    pictures = {drawing.name: drawing.svg() for drawing in drawings.drawn}
    pictures |= {drawing.name: drawing.svg() for drawing in document.pictures() if drawing.name not in pictures}
    glyphs.check(strings(document))
    for name, svg in pictures.items():
        glyphs.check(glyphs.svg_strings(name, svg.decode()))
    files = {Path("report.pdf"): pdf_bytes(document, pictures), Path("report.html"): page_bytes(document, pictures)}
    for drawing in drawings.drawn:
        files[Path("figures") / f"{drawing.name}.svg"] = pictures[drawing.name]
        files[Path("figures") / f"{drawing.name}.png"] = drawing.png()
    (folder / "figures").mkdir(parents=True, exist_ok=True)
    for path, content in files.items():
        (folder / path).write_bytes(content)
    return tuple(folder / path for path in files)
