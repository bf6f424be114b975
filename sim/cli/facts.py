"""``landbridge facts``: the sourced numbers that scenarios are made of."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from sim.facts import Fact

CONFIDENCE = {
    "A": "official or published method",
    "B": "trade press or operator",
    "C": "weak",
    "D": "derived from other facts",
    "GK": "general knowledge, a range without a source",
}


@click.command()
@click.argument("fact_id", metavar="[ID]", required=False)
@click.option("--filter", "-f", "text", default="", help="List only facts that have this text in them.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def facts(fact_id: str | None, text: str, as_json: bool) -> int:
    """Show a fact with its source, or list all facts by the place that they are about."""
    from sim import facts as sourced

    if fact_id is not None and text:
        raise click.UsageError("give an ID or --filter, not both")
    if fact_id is not None:
        fact = sourced.get(fact_id)
        click.echo(as_text(as_record(fact)) if as_json else page(fact))
        return 0
    found = [fact for fact in sourced.load().values() if holds(fact, text)]
    if as_json:
        click.echo(as_text([as_record(fact) for fact in found]))
    elif found:
        click.echo(listing(found), nl=False)
    else:
        click.echo(f"no fact has {text!r} in it", err=True)
    return 0


def holds(fact: Fact, text: str) -> bool:
    """Whether a text stands in what a fact says, whatever the case of its letters."""
    said = (fact.id, fact.what, fact.where, fact.statement, fact.source, fact.register, fact.note)
    return any(text.casefold() in part.casefold() for part in said)


def amount(fact: Fact) -> str:
    """What it says: a value, a range, a date or a statement."""
    middle = f" (typical {fact.typical})" if fact.typical else ""
    spread = f"{fact.low} .. {fact.high}{middle}" if fact.low else ""
    return fact.value or spread or fact.date or fact.statement


def page(fact: Fact) -> str:
    """All that is known of a fact."""
    rows = [
        ("what", fact.what),
        ("where", fact.where),
        ("as of", fact.as_of),
        ("confidence", f"{fact.confidence}: {CONFIDENCE[fact.confidence]}"),
        ("derived", fact.derived),
        ("statement", fact.statement if fact.statement != amount(fact) else ""),
        ("register", fact.register),
        ("note", fact.note),
        *(("source", f"{source.title} [{source.code}]\n  {'':12}{source.address}") for source in fact.sources),
    ]
    lines = [f"  {label:<12}{text}" for label, text in rows if text]
    return "\n".join([f"{fact.id} = {amount(fact)}", *lines])


def listing(found: Iterable[Fact]) -> str:
    """A line for each fact, under the places that they are about."""
    lines = []
    for where, group in groupby(sorted(found, key=lambda fact: (fact.where, fact.id)), key=lambda fact: fact.where):
        lines.append(where)
        lines.extend(f"  {fact.id} = {amount(fact)}  [{fact.confidence}] {fact.what}, {fact.as_of}" for fact in group)
    return "\n".join(lines) + "\n"


def as_record(fact: Fact) -> dict[str, Any]:
    """A fact for a script; what it does not say is left out."""
    return {key: value for key, value in asdict(fact).items() if value}


def as_text(record: object) -> str:
    """JSON as people can read it too."""
    return json.dumps(record, ensure_ascii=False, indent=2)
