"""``landbridge schema``: the JSON Schema of scenario and experiment files."""

from __future__ import annotations

import json

import click


@click.command()
@click.option("--experiment", is_flag=True, help="Of experiment files.")
@click.option("--overlay", is_flag=True, help="Of a file that extends another: nothing is due, null deletes.")
def schema(overlay: bool, experiment: bool) -> int:
    """Print the JSON Schema of scenario files, or of experiment files, for editors and other programs."""
    if experiment:
        from sim.scenario import experiment_files

        found = experiment_files.json_schema(overlay=overlay)
    else:
        from sim import scenario

        found = scenario.json_schema(overlay=overlay)
    click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    return 0
