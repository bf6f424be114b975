"""The data: in short in the body, and every number with its source or note in an appendix."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sim.figures import Tables
from sim.figures.drawing import node_names, origin_number, place_labels, table
from sim.figures.style import PRODUCTIVE, dashes
from sim.log import Log
from sim.report.document import Block, Bullets, Column, Paragraph, Section, Table
from sim.report.formats import ABSENT, breakable, intervals_told, over_replications, tidy, with_interval

CONFIDENCE = {
    "A": "the operator's or an official figure", "B": "press or trade source", "C": "weak source", "D": "derived",
    "GK": "general knowledge",
}  # fmt: skip
SHAPES = ("time", "lognormal", "triangular", "uniform", "normal", "exponential", "gamma", "fixed")
"""Parts of a path that say how a number is drawn, not what it is."""

SPOKEN = {"cv": "coefficient of variation", "p90": "90% within", "every": "departs every", "offset": "first after"}

MOST_SPOTS = 6
MOST_PATHS = 3
"""Uses of a fact that are named; more are counted."""


def data(log: Log, tables: Tables) -> Section:
    """What the numbers rest on, in short, and the assumptions at the places that cause the most waiting."""
    numbers = log.legend.numbers
    facts = numbers[numbers["origin"] == "fact"]
    share = 100 * len(facts) / max(len(numbers), 1)
    trusted = facts["confidence"].value_counts()
    graded = [
        f"{trusted[grade]:,} {grade} ({meaning})" for grade, meaning in CONFIDENCE.items() if grade in trusted.index
    ]
    grades = f" By confidence, the facts are {', '.join(graded)}." if graded else ""
    blocks: list[Block] = [
        Paragraph(
            f"The scenario uses {len(numbers):,} numbers. {len(facts):,} of them ({share:.0f}%) are facts with a "
            f"published source, {len(numbers) - len(facts):,} are assumptions.{grades} Appendix A lists all of them, "
            "with sources and notes."
        )
    ]
    found = influential(log, tables)
    return Section("Data", (*blocks, *([found] if found.rows else [])))


def influential(log: Log, tables: Tables) -> Table:
    """The places with the most waiting, each with the capacities and times that are assumed there."""
    split = table(tables, "why_late")
    header = (Column("Where shipments wait", share=2.2), Column("Hours a shipment", "right", 0.8),
              Column("What is assumed there", share=3.4))  # fmt: skip
    caption = (
        "The assumptions on which the waiting depends most: capacities and times where shipments wait the longest."
    )
    if split.empty:
        return Table(caption, header, ())
    waits = split[~split["cause"].isin(PRODUCTIVE)]
    rows = []
    for (node, name), row in waiting(waits, table(tables, "transit")).items():
        said = "; ".join(assumed(log, node, name)) or "no capacity or time"
        rows.append((spot(log, node, name), with_interval(row, "hours"), said))
    return Table(f"{caption[:-1]}; {intervals_told(origin_number(log, 'replications'))}.", header, tuple(rows))


def waiting(waits: pd.DataFrame, transit: pd.DataFrame) -> dict[tuple[str, str], dict[Any, Any]]:
    """Hours a finished shipment with their interval, by node and place or service, where they are most."""
    finished = transit.groupby("replication")["finished"].sum().clip(lower=1)
    hours = waits.pivot_table(index="replication", columns=["node", "name"], values="total_s", aggfunc="sum")
    hours = hours.reindex(finished.index).fillna(0.0).div(3600 * finished, axis=0)
    most = hours.sum().sort_values(ascending=False, kind="stable")
    spots = [(str(node), str(name)) for node, name in most[most > 0].index[:MOST_SPOTS]]
    if not spots:
        return {}
    rows = pd.concat([pd.DataFrame({"at": at, "hours": hours[spot]}) for at, spot in enumerate(spots)])
    found = over_replications(rows, ["at"], ["hours"]).to_dict("records")
    return dict(zip(spots, found, strict=True))


def spot(log: Log, node: str, name: str) -> str:
    """A place, or a node with the service for which shipments wait there."""
    places = log.legend.places
    found = places.loc[places["name"] == name, "place"]
    if len(found):
        return place_labels(log)[int(found.iloc[0])]
    services = dict(zip(log.legend.services["service"], log.legend.services["label"], strict=True))
    return dashes(f"{node_names(log).get(node, node)}, departures of {services.get(name, name)}")


def assumed(log: Log, node: str, name: str) -> list[str]:
    """The capacities and times that are assumed at a place or for a service's departures at a node."""
    steps, places, numbers = log.legend.steps, log.legend.places, log.legend.numbers
    number = places.loc[places["name"] == name, "place"]
    done = sorted(set(steps.loc[steps["place"].isin(number), "name"].astype(str))) if len(number) else []
    heads = [f"places.{name}.", f"legs.{name.partition(' ')[0]}.", f"services.{name}.departures.",
             f"services.{name}.stops.{node}.", *(f"operations.{step}." for step in done)]  # fmt: skip
    found = []
    for row in numbers[numbers["origin"] == "literal"].itertuples():
        path = str(row.path)
        head = next((head for head in heads if path.startswith(head)), None)
        if head is None or any(word in path for word in ("fee", "emission", "freight", "length")):
            continue
        parts = [part for part in path[len(head) :].split(".") if part not in SHAPES]
        words = " ".join(SPOKEN.get(part, part.replace("_", " ")) for part in parts) or "time"
        what = f"{head.split('.')[1]}: {words}" if head.startswith("operations.") and len(done) > 1 else words
        found.append((heads.index(head), f"{what} {tidy(str(row.text))}"))
    return list(dict.fromkeys(text for _, text in sorted(found, key=lambda one: one[0])))


def numbers_in_full(log: Log) -> Section:
    """Appendix: facts with their sources, then assumptions."""
    numbers = log.legend.numbers
    facts, literals = numbers[numbers["origin"] == "fact"], numbers[numbers["origin"] == "literal"]
    tables = [fact_table(facts), addresses(facts)] if len(facts) else []
    tables += [assumption_table(literals)] if len(literals) else []
    empty = Paragraph("The scenario names no numbers.")
    return Section("Numbers and their sources", tuple(tables) or (empty,), appendix=True)


def fact_table(facts: pd.DataFrame) -> Table:
    """A row for each fact and each way in which it is taken: what it is, as written, and where it is used."""
    numbering = source_numbers(facts)
    rows = []
    for (fact, text), uses in facts.groupby(["fact", "text"], sort=True):
        first = uses.iloc[0]
        what = ", ".join(text for text in (str(first["what"]), str(first["where"])) if text)
        paths = [breakable(str(path)) for path in uses["path"].head(MOST_PATHS)]
        more = f" and {len(uses) - MOST_PATHS} more" if len(uses) > MOST_PATHS else ""
        number = numbering[(str(first["source"]), str(first["address"]))]
        rows.append((dashes(what) or str(fact), tidy(str(text)), str(first["as_of"]) or ABSENT,
                     str(first["confidence"]) or ABSENT, f"[{number}]", ", ".join(paths) + more))  # fmt: skip
    grades = ", ".join(f"{grade} {meaning}" for grade, meaning in CONFIDENCE.items())
    header = (
        Column("Fact", share=2.3), Column("Value", "right", 1.1), Column("As of", share=1.15),
        Column("Conf.", share=0.5), Column("Source", share=0.6), Column("Used for", share=2.0),
    )  # fmt: skip
    return Table(f"Facts used. Confidence: {grades}.", header, tuple(rows))


def source_numbers(facts: pd.DataFrame) -> dict[tuple[str, str], int]:
    """Each source and address with its number in the list."""
    pairs = sorted({(str(row.source), str(row.address)) for row in facts.itertuples()})
    return {pair: number for number, pair in enumerate(pairs, start=1)}


def addresses(facts: pd.DataFrame) -> Table:
    """The list of sources, with addresses that can be broken over lines."""
    rows = tuple(
        (f"[{number}]", dashes(source) or ABSENT, address or ABSENT)
        for (source, address), number in source_numbers(facts).items()
    )
    return Table("Sources.", (Column("", share=0.4), Column("Source", share=2), Column("Address", share=3)), rows)


def assumption_table(literals: pd.DataFrame) -> Table:
    """A row for each value with its note; the paths that share both stand together."""
    rows = []
    for (text, note), uses in literals.groupby(["text", "note"], sort=False):
        paths = ", ".join(breakable(str(path)) for path in uses["path"].head(MOST_PATHS))
        more = f" and {len(uses) - MOST_PATHS} more" if len(uses) > MOST_PATHS else ""
        rows.append((paths + more, tidy(str(text)), dashes(str(note)) or ABSENT))
    header = (Column("Used for", share=2.4), Column("Value", "right", 1.0), Column("Note", share=2.6))
    return Table("Assumptions: numbers without a published source.", header, tuple(rows))


def assumption_words(log: Log) -> Bullets | None:
    """For the limits: how much rests on assumptions."""
    literals = log.legend.numbers[log.legend.numbers["origin"] == "literal"]
    if literals.empty:
        return None
    bare = int((literals["note"].fillna("") == "").sum())
    noted = f", {bare:,} of them without a note" if bare else ""
    return Bullets(
        (f"{len(literals):,} of {len(log.legend.numbers):,} numbers are assumptions{noted}: see appendix A.",)
    )
