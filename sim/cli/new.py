"""``landbridge new``: a worked example of a scenario, or of an experiment, to start from."""

from __future__ import annotations

import re
from pathlib import Path

import click

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def example(*, experiment: bool = False) -> str:
    """The text of the worked example; its schema is looked for beside it."""
    from sim.scenario.shipped import EXAMPLE, EXPERIMENT, scenarios_folder

    text = (scenarios_folder() / (EXPERIMENT if experiment else EXAMPLE)).read_text(encoding="utf-8")
    return text.replace("$schema=../", "$schema=", 1)


@click.command()
@click.argument("name")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="Folder to write to.  [default: this folder]",
)
@click.option("--experiment", is_flag=True, help="An experiment, which runs a scenario at several points.")
def new(name: str, out: Path, experiment: bool) -> int:
    """Write a worked example of a scenario, or of an experiment, to NAME.yaml: small, with a word on each part.

    A file that is there already is left alone.
    """
    if not NAME.fullmatch(name):
        raise click.UsageError(f"{name!r} is no name: lower-case letters, digits and single hyphens, e.g. my-corridor")
    file = out / f"{name}.yaml"
    text = example(experiment=experiment)
    out.mkdir(parents=True, exist_ok=True)
    try:
        with file.open("x", encoding="utf-8") as handle:
            handle.write(text)
    except FileExistsError as err:
        raise click.UsageError(f"{file} is there already; choose another name or remove it") from err
    click.echo(f"{file} written. Next: landbridge check {file}")
    what, flag = ("experiment", " --experiment") if experiment else ("scenario", "")
    click.echo(f"For help in your editor: landbridge schema{flag} > {out / f'{what}.schema.json'}")
    return 0
