"""``landbridge schema``: the JSON Schema of scenario files."""

from __future__ import annotations

import json

import click


@click.command()
@click.option("--overlay", is_flag=True, help="Of a file that extends another: nothing is due, null deletes.")
def schema(overlay: bool) -> int:
    """Print the JSON Schema of scenario files, for editors and other programs."""
    from sim import scenario

    click.echo(json.dumps(scenario.json_schema(overlay=overlay), ensure_ascii=False, indent=2))
    return 0
