"""``landbridge new``: a worked example of a scenario to start from."""

from __future__ import annotations

import re
from pathlib import Path

import click

import sim

EXAMPLE = "example.yaml"
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def scenarios_folder() -> Path:
    """Where scenarios/ is: in an installed package beside the modules, in a checkout at its root."""
    package = Path(sim.__file__).parent
    for folder in (package / "scenarios", package.parent / "scenarios"):
        if (folder / EXAMPLE).is_file():
            return folder
    raise FileNotFoundError(f"scenarios/{EXAMPLE} is part of Landbridge and is missing from {package.parent}")


def example() -> str:
    """The text of the worked example."""
    return (scenarios_folder() / EXAMPLE).read_text(encoding="utf-8")


@click.command()
@click.argument("name")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="Folder to write to.  [default: this folder]",
)
def new(name: str, out: Path) -> int:
    """Write a worked example of a scenario to NAME.yaml: small, complete, with a word on each part.

    A file that is there already is left alone.
    """
    if not NAME.fullmatch(name):
        raise click.UsageError(f"{name!r} is no name: lower-case letters, digits and single hyphens, e.g. my-corridor")
    file = out / f"{name}.yaml"
    text = example()
    out.mkdir(parents=True, exist_ok=True)
    try:
        with file.open("x", encoding="utf-8") as handle:
            handle.write(text)
    except FileExistsError as err:
        raise click.UsageError(f"{file} is there already; choose another name or remove it") from err
    click.echo(f"{file} written. Next: landbridge check {file}")
    click.echo(f"For help in your editor: landbridge schema > {out / 'scenario.schema.json'}")
    return 0
