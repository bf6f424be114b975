"""``landbridge new``: a worked example of a scenario or of an experiment to start from, or a workflow that runs one."""

from __future__ import annotations

import json
import re
from importlib import metadata
from pathlib import Path

import click

WORKFLOWS = Path(".github") / "workflows"
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def example(*, experiment: bool = False) -> str:
    """The text of the worked example; its schema is looked for beside it."""
    from sim.scenario.shipped import EXAMPLE, EXPERIMENT, scenarios_folder

    text = (scenarios_folder() / (EXPERIMENT if experiment else EXAMPLE)).read_text(encoding="utf-8")
    return text.replace("$schema=../", "$schema=", 1)


def workflow_of(name: str, source: str) -> str:
    """The text of a workflow for the experiment of a name; ``source``: what pip is to install."""
    text = Path(__file__).with_name("workflow.yml").read_text(encoding="utf-8")
    return text.replace("NAME", name).replace("SOURCE", source)


UNKNOWN = "git+https://github.com/OWNER/landbridge@COMMIT"
"""Where the program comes from, if nothing is known of that."""


def source() -> str:
    """What pip installs to have this program: the repository and commit that it was installed from, as pip noted."""
    noted = json.loads(metadata.distribution("landbridge").read_text("direct_url.json") or "{}")
    repository = noted.get("vcs_info", {})
    known = f"{repository['vcs']}+{noted['url']}@{repository['commit_id']}" if repository else UNKNOWN
    return f"landbridge[fast] @ {known}"


@click.command()
@click.argument("name")
@click.option(
    "--out",
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="Folder to write to.  [default: this folder]",
)
@click.option("--experiment", is_flag=True, help="An experiment, which runs a scenario at several points.")
@click.option("--workflow", is_flag=True, help="A workflow for GitHub that runs the experiment NAME.yaml.")
def new(name: str, out: Path, experiment: bool, workflow: bool) -> int:
    """Write a worked example of a scenario, or of an experiment, to NAME.yaml: small, with a word on each part.

    With --workflow: write .github/workflows/NAME.yml. A file that is there already is left alone.
    """
    if not NAME.fullmatch(name):
        raise click.UsageError(f"{name!r} is no name: lower-case letters, digits and single hyphens, e.g. my-corridor")
    if experiment and workflow:
        raise click.UsageError("--experiment and --workflow write different files: give one of them")
    if workflow:
        known = source()
        file = _write(out / WORKFLOWS / f"{name}.yml", workflow_of(name, known))
        click.echo(f"{file} written, for the experiment {name}.yaml at the top of the repository")
        if known.endswith(UNKNOWN):
            click.echo("Say in its LANDBRIDGE where Landbridge is to be installed from: OWNER and COMMIT")
        return 0
    file = _write(out / f"{name}.yaml", example(experiment=experiment))
    click.echo(f"{file} written. Next: landbridge check {file}")
    what, flag = ("experiment", " --experiment") if experiment else ("scenario", "")
    click.echo(f"For help in your editor: landbridge schema{flag} > {out / f'{what}.schema.json'}")
    return 0


def _write(file: Path, text: str) -> Path:
    """A new file; click.UsageError if there is one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with file.open("x", encoding="utf-8") as handle:
            handle.write(text)
    except FileExistsError as err:
        raise click.UsageError(f"{file} is there already; choose another name or remove it") from err
    return file
