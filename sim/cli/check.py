"""``landbridge check``: every problem of every file, queues that cannot settle, and circles of places that can lock."""

from __future__ import annotations

import json
from collections.abc import Sized
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.errors import Problem

if TYPE_CHECKING:
    from sim.experiments.loads import Finding

REFUSED = 2


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--resolved", is_flag=True, help="Print the scenario with everything filled in, if it has no problems.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
def check(files: tuple[Path, ...], resolved: bool, as_json: bool) -> int:
    """Find every problem of scenarios, with file, line and column, and warn of queues that cannot settle.

    Exit status 2 if a file has a problem; warnings alone are no reason.
    """
    if resolved and as_json:
        raise click.UsageError("--resolved prints YAML and --json prints findings: give one of them")
    if resolved and len(files) > 1:
        raise click.UsageError("--resolved prints one scenario: give one FILE")
    from sim.experiments import loads

    findings = loads.check(files)
    problems = [finding for finding in findings if isinstance(finding, Problem)]
    if as_json:
        click.echo(json.dumps([as_record(finding) for finding in findings], ensure_ascii=False, indent=2))
        return REFUSED if problems else 0
    for finding in findings:
        click.echo(str(finding) if isinstance(finding, Problem) else f"warning: {finding}", err=True)
    if problems:
        click.echo(f"{counted(files, 'file')}: {counted(problems, 'problem')}", err=True)
        return REFUSED
    if resolved:
        from sim import scenario

        click.echo(scenario.resolved(files[0]), nl=False)
        return 0
    click.echo(f"{counted(files, 'file')}: no problems, {counted(findings, 'warning')}")
    return 0


def as_record(finding: Finding) -> dict[str, Any]:
    """A finding for a script: its level, its text, and its fields."""
    level = "problem" if isinstance(finding, Problem) else "warning"
    return {"level": level, "text": str(finding), **asdict(finding)}


def counted(things: Sized, noun: str) -> str:
    """``1 file``, ``2 files``."""
    return f"{len(things)} {noun}" if len(things) == 1 else f"{len(things)} {noun}s"
