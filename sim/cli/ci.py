"""What a command leaves for continuous integration: JUnit XML, a summary, annotations at lines of files.

On GitHub (``GITHUB_ACTIONS`` is set) what does not hold is annotated at its line, and the summary is added to that of
the job (``GITHUB_STEP_SUMMARY``).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from sim.report.verdicts import Verdict
    from sim.scenario.located import Located

NOT_ACCEPTABLE = 1

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Wanted:
    """Files that the caller asks for."""

    junit: Path | None = None
    summary: Path | None = None


def wanted(command: F) -> F:
    """The options ``--junit`` and ``--summary`` of a command that judges."""
    files = click.Path(dir_okay=False, path_type=Path)
    command = click.option("--summary", type=files, help="Write a summary in Markdown to this file.")(command)
    return click.option("--junit", type=files, help="Write the verdicts to this file as JUnit XML.")(command)


def write_verdicts(folder: Path, title: str, suites: Mapping[str, Sequence[Verdict]]) -> None:
    """``junit.xml`` and ``summary.md`` in a folder of results."""
    from sim.report import verdicts

    every = [each for suite in suites.values() for each in suite]
    (folder / "junit.xml").write_text(verdicts.junit(suites), encoding="utf-8")
    (folder / "summary.md").write_text(verdicts.markdown(title, every), encoding="utf-8")


def hand_over(title: str, suites: Mapping[str, Sequence[Verdict]], asked: Wanted) -> int:
    """Write what is asked for, name on standard error what does not hold, and give the exit status."""
    from sim.report import verdicts

    every = [each for suite in suites.values() for each in suite]
    summary = verdicts.markdown(title, every)
    for path, text in ((asked.junit, verdicts.junit(suites)), (asked.summary, summary)):
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    for each in every:
        if each.outcome != "holds":
            how = "fails" if each.outcome == "fails" else "is not known"
            click.echo(f"{each.name} {how}: {each.asked}: {each.said}", err=True)
    if os.environ.get("GITHUB_ACTIONS"):
        for line in verdicts.workflow_commands(every):
            click.echo(line, err=True)
    if every and (of_job := os.environ.get("GITHUB_STEP_SUMMARY")):
        with Path(of_job).open("a", encoding="utf-8") as file:
            file.write(summary)
    return 0 if all(each.outcome == "holds" for each in every) else NOT_ACCEPTABLE


def placed(found: Sequence[Verdict], located: Located, under: str) -> list[Verdict]:
    """The verdicts with the places at which they were asked for, under a key at the top of a file."""
    told = []
    for each in found:
        # A point that cannot be run was asked for by the factors.
        mark = located.mark((under, each.key) if each.key else ("factors",))
        # What was set on the command line stands in no file.
        file = "" if mark.file.startswith("<") else _from_the_top(mark.file)
        told.append(replace(each, file=file, line=mark.line, column=mark.column) if file else each)
    return told


def _from_the_top(file: str) -> str:
    """The path as GitHub wants it, from the top of the checkout; as it is anywhere else."""
    top = os.environ.get("GITHUB_WORKSPACE")
    path = Path(file).resolve()
    if top and path.is_relative_to(Path(top).resolve()):
        return path.relative_to(Path(top).resolve()).as_posix()
    return file
