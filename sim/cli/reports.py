"""Draws the figures of a run and writes its reports: the one place that knows experiments and reports."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from sim import figures
from sim import report as reports
from sim.errors import ResultError, SimError
from sim.report import glyphs

if TYPE_CHECKING:
    from sim.cli.progress import Progress
    from sim.experiments.runs import RunResult


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
