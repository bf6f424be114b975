"""Draws the figures of a run or a sweep and writes its reports: the one place that knows experiments and reports."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from sim import figures
from sim import report as reports
from sim.errors import ResultError, SimError
from sim.figures import swept as swept_figures
from sim.report import glyphs
from sim.report import swept as swept_report

if TYPE_CHECKING:
    from sim.cli.progress import Progress
    from sim.experiments.runs import RunResult
    from sim.experiments.swept import Swept


def refuse_unprintable(texts: Iterable[tuple[str, str]]) -> None:
    """SimError for texts of a scenario that no font of the reports can print; each comes with where it stands."""
    try:
        glyphs.check(texts)
    except ResultError as err:
        raise SimError(str(err)) from err


def write_reports(result: RunResult, folder: Path, show: Progress) -> None:
    """Figures, PDF and HTML of a run, into a folder."""
    show(0, 0, "drawing the figures")
    drawn = figures.draw(result.log, result.tables)
    show(0, 0, "writing the report")
    reports.write(folder, result.log, result.tables, drawn)


def write_sweep_report(found: Swept, tables: figures.Tables, folder: Path, show: Progress) -> None:
    """Figures, PDF and HTML of a sweep, into a folder."""
    show(0, 0, "drawing the figures")
    drawn = swept_figures.draw(tables)
    show(0, 0, "writing the report")
    reports.write_document(folder, swept_report.document(found.head, tables, drawn), drawn)
