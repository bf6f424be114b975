"""``landbridge check``: every problem of every file, queues that cannot settle, circles that can lock, and sizes."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli.files import Readable
from sim.cli.progress import progress
from sim.counts import counted
from sim.errors import Problem

if TYPE_CHECKING:
    from sim.experiments.loads import Finding

REFUSED = 2


@click.command()
@click.argument("files", nargs=-1, required=True, type=Readable())
@click.option(
    "--resolved",
    is_flag=True,
    help="Print a scenario with everything filled in, if it has no problems; an experiment as it is written.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
def check(files: tuple[Path, ...], resolved: bool, as_json: bool) -> int:
    """Find every problem of scenarios and experiments, and warn of queues that cannot settle.

    Problems are told with file, line and column. Of experiments also the points that cannot be run, and how many points
    and runs they ask for. Exit status 2 if a file has a problem; warnings alone are no reason.
    """
    if resolved and as_json:
        raise click.UsageError("--resolved prints YAML and --json prints findings: give one of them")
    if resolved and len(files) > 1:
        raise click.UsageError("--resolved prints one scenario: give one FILE")
    from sim.experiments import loads
    from sim.experiments.sizes import Size

    with progress() as show:
        findings = loads.check(files, show)
    problems = [finding for finding in findings if isinstance(finding, Problem)]
    sizes = [finding for finding in findings if isinstance(finding, Size)]
    if as_json:
        click.echo(json.dumps([as_record(finding) for finding in findings], ensure_ascii=False, indent=2))
        return REFUSED if problems else 0
    for finding in (each for each in findings if each not in sizes):
        click.echo(str(finding) if isinstance(finding, Problem) else f"warning: {finding}", err=True)
    if problems:
        click.echo(f"{counted(len(files), 'file')}: {counted(len(problems), 'problem')}", err=True)
        return REFUSED
    if resolved:
        click.echo(written_out(files[0]), nl=False)
        return 0
    for size in sizes:
        click.echo(str(size))
    click.echo(f"{counted(len(files), 'file')}: no problems, {counted(len(findings) - len(sizes), 'warning')}")
    return 0


def written_out(file: Path) -> str:
    """A scenario with everything filled in, or an experiment as it is written and no file extended, as YAML."""
    from sim import scenario
    from sim.scenario import canonical, experiment_files

    if experiment_files.is_experiment(file):
        return canonical.rewritten(experiment_files.open_experiment(file).located)
    return scenario.resolved(file)


def as_record(finding: Finding) -> dict[str, Any]:
    """A finding for a script: its level, its text, and its fields."""
    level = {"Problem": "problem", "Size": "size"}.get(type(finding).__name__, "warning")
    return {"level": level, "text": str(finding), **asdict(finding)}
