"""Draws the figures of a run or an experiment and writes its reports: here alone both are known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim import figures
from sim import report as reports
from sim.errors import ResultError, SimError
from sim.figures import Drawings
from sim.figures import fitted as fitted_figure
from sim.figures import found as found_figure
from sim.figures import swept as swept_figures
from sim.report import fitted, glyphs, searched
from sim.report import swept as swept_report

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


def write_experiment_report(head: Mapping[str, Any], tables: figures.Tables, folder: Path, show: Progress) -> None:
    """Figures, PDF and HTML of a sweep, a search or a fit, into a folder."""
    draw, document = KINDS[head["kind"]]
    show(0, 0, "drawing the figures")
    drawn = draw(tables)
    show(0, 0, "writing the report")
    reports.write_document(folder, document(head, tables, drawn), drawn)


KINDS = {
    "sweep": (swept_figures.draw, swept_report.document),
    "search": (lambda tables: Drawings.of([found_figure.draw(tables)]), searched.document),
    "fit": (lambda tables: Drawings.of([fitted_figure.draw(tables)]), fitted.document),
}
"""How the experiments of each kind are drawn and told."""
