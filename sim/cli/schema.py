"""``landbridge schema``: the JSON Schema of scenario files."""

from __future__ import annotations

import json

import click


@click.command()
def schema() -> int:
    """Print the JSON Schema of scenario files, for editors and other programs."""
    from sim import scenario

    click.echo(json.dumps(scenario.json_schema(), ensure_ascii=False, indent=2))
    return 0
