"""``landbridge run``: simulate a scenario and write its run folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar

import click

from sim.cli.ci import Wanted, hand_over, placed, wanted
from sim.cli.files import Readable
from sim.cli.folder import publish, staged
from sim.cli.progress import progress
from sim.cli.summary import tell, warn

if TYPE_CHECKING:
    from sim.experiments.runs import RunResult

ENGINES = ("auto", "compiled", "reference")
ONE_ENGINE_EACH = (
    "--rules goes with none of --until, --save and --from: functions run on the reference engine, "
    "and only the compiled engine stops and goes on"
)
ONE_NUMBER = (
    "--half-width goes with none of --replications, --until, --save and --from: "
    "how many replications it takes is found in a whole run"
)
NO_FOLDER = (
    "--out, --no-report, --junit and --summary go with neither --until nor --save: "
    "a run that stops writes no run folder and is not judged"
)
REPORTS = Path("reports")

F = TypeVar("F", bound=Callable[..., Any])


class Numbers(TypedDict):
    """What a run and a stop have in common; None: what the scenario says."""

    replications: int | None
    seed: int | None
    engine: str
    since: Path | None


def read_overrides(given: tuple[str, ...]) -> dict[str, str]:
    """``path=value`` pairs as a mapping; what the values mean is the scenario's matter. Errors: click.UsageError."""
    overrides: dict[str, str] = {}
    for pair in given:
        path, equals, value = pair.partition("=")
        if not equals or not path.strip():
            raise click.UsageError(f"--set {pair}: expected path=value, e.g. --set places.dostyk-cranes.capacity=4")
        if path.strip() in overrides:
            raise click.UsageError(f"--set {path.strip()} is given twice")
        overrides[path.strip()] = value.strip()
    return overrides


def engine_option(default: str | None = "auto", more: str = "") -> Callable[[F], F]:
    """The option ``--engine``; ``default`` None: what somebody else says, as ``more`` tells."""
    words = f"One of {', '.join(ENGINES)}{more}."
    shown = default is not None
    kind = click.Choice(ENGINES)
    return click.option("--engine", metavar="ENGINE", type=kind, default=default, show_default=shown, help=words)


@click.command()
@click.argument("file", type=Readable())
@click.option(
    "--replications", metavar="N", type=click.IntRange(min=1), help="How many, instead of what the scenario says."
)
@click.option("--half-width", metavar="SHARE", help="Until intervals are as narrow: 5 % of the mean to either side.")
@click.option(
    "--seed", metavar="N", type=click.IntRange(0, 2**32 - 1), help="The seed, instead of what the scenario says."
)
@engine_option()
@click.option(
    "--out",
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    # Whether it is given matters, so that it has no default.
    help=f"Run folder: FOLDER/SCENARIO/DIGEST.  [default: {REPORTS}]",
)
@click.option("--set", "given", multiple=True, metavar="PATH=VALUE", help="Override a value; may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="Print the folder and the key table as JSON.")
@click.option("--until", metavar="DATE", help="Stop there, and keep the run in the file of --save: no run folder.")
@click.option("--save", type=click.Path(dir_okay=False, path_type=Path), help="File for a run that stops.")
@click.option(
    "--from",
    "since",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Go on with a run that was stopped; --seed and windows of FILE count from then on.",
)
@click.option(
    "--rules",
    "functions",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Python file with the functions that choices are made by; it is run.",
)
@click.option("--no-report", is_flag=True, help="Write log and tables only: no figures, PDF or HTML.")
@wanted
def run(
    file: Path,
    replications: int | None,
    half_width: str | None,
    seed: int | None,
    engine: str,
    out: Path | None,
    given: tuple[str, ...],
    as_json: bool,
    no_report: bool,
    until: str | None,
    save: Path | None,
    since: Path | None,
    functions: Path | None,
    junit: Path | None,
    summary: Path | None,
) -> int:
    """Simulate a scenario: all replications, tables, figures, PDF and HTML. FILE is a scenario in YAML.

    The run folder appears when it is whole; a folder of the same run is replaced. Exit status 1 if an expectation of
    the scenario does not hold.
    """
    overrides = read_overrides(given)
    numbers: Numbers = {"replications": replications, "seed": seed, "engine": engine, "since": since}
    if functions is not None and (until, save, since) != (None, None, None):
        raise click.UsageError(ONE_ENGINE_EACH)
    if half_width is not None and (replications, until, save, since) != (None, None, None, None):
        raise click.UsageError(ONE_NUMBER)
    if until is not None or save is not None:
        if (out, junit, summary) != (None, None, None) or no_report:
            raise click.UsageError(NO_FOLDER)
        _tell_stop(*_stop(file, (until, save), overrides, numbers), as_json)
        return 0
    reports = out or REPORTS
    from sim.experiments import runs

    inspect: runs.Inspect | None = None
    if not no_report:
        from sim.cli.reports import refuse_unprintable

        inspect = refuse_unprintable
    with staged(reports) as folder, progress() as show:
        result = runs.run(
            file,
            half_width=half_width,
            out=folder,
            overrides=overrides,
            progress=show,
            inspect=inspect,
            functions=functions,
            **numbers,
        )
        if not no_report:
            from sim.cli.reports import write_reports

            write_reports(result, folder, show)
        origin = result.log.legend.origin
        place = publish(folder, reports / str(origin["scenario"]) / str(origin["digest"]))
    warn(origin.get("warnings"))
    tell(result, place, as_json)
    return _judge(result, Wanted(junit, summary))


def _judge(result: RunResult, asked: Wanted) -> int:
    """The exit status by the expectations of the scenario, and what is to be left of them."""
    from sim.report import expected

    found = expected.verdicts(result.tables["expectations"])
    if result.located is not None:
        found = placed(found, result.located, "expect")
    origin = result.log.legend.origin
    return hand_over(str(origin.get("title") or origin["scenario"]), {str(origin["scenario"]): found}, asked)


def _stop(
    file: Path, asked: tuple[str | None, Path | None], overrides: dict[str, str], numbers: Numbers
) -> tuple[Path, int]:
    """Simulate up to a date, and keep that: where, and the time of the stop in seconds from the start."""
    until, save = asked
    if until is None or save is None:
        raise click.UsageError("--until DATE and --save FILE go together")
    from sim.experiments import runs

    with progress() as show:
        return save, runs.stop(file, until, save, overrides=overrides, progress=show, **numbers)


def _tell_stop(kept: Path, time: int, as_json: bool) -> None:
    click.echo(json.dumps({"file": str(kept), "time_s": time}, indent=2) if as_json else str(kept))
