"""The data: every number that the scenario uses, with its source, or as an assumption with its note."""

from __future__ import annotations

import pandas as pd

from sim.log import Log
from sim.report.document import Block, Bullets, Column, Paragraph, Section, Table
from sim.report.formats import ABSENT, breakable, tidy

MOST_PATHS = 3
"""Uses of a fact that are named; more are counted."""


def sources(log: Log) -> Section:
    """Facts with their sources, then assumptions."""
    numbers = log.legend.numbers
    facts, literals = numbers[numbers["origin"] == "fact"], numbers[numbers["origin"] == "literal"]
    share = 100 * len(facts) / max(len(numbers), 1)
    blocks: list[Block] = [
        Paragraph(
            f"The scenario uses {len(numbers):,} numbers. {len(facts):,} of them ({share:.0f}%) are facts with a "
            f"published source; {len(literals):,} are assumptions, listed below with their notes. Confidence: A the "
            "operator's or an official figure, B press or trade source, C weak source, D derived, GK general knowledge."
        )
    ]
    if len(facts):
        blocks += [fact_table(facts), addresses(facts)]
    if len(literals):
        blocks.append(assumption_table(literals))
    return Section("Data and sources", tuple(blocks))


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
        rows.append((what or str(fact), tidy(str(text)), str(first["as_of"]) or ABSENT,
                     str(first["confidence"]) or ABSENT, f"[{number}]", ", ".join(paths) + more))  # fmt: skip
    header = (
        Column("Fact", share=2.3), Column("Value", "right", 1.1), Column("As of", share=0.9),
        Column("Conf.", share=0.5), Column("Source", share=0.6), Column("Used for", share=2.2),
    )  # fmt: skip
    return Table("Facts used.", header, tuple(rows))


def source_numbers(facts: pd.DataFrame) -> dict[tuple[str, str], int]:
    """Each source and address with its number in the list."""
    pairs = sorted({(str(row.source), str(row.address)) for row in facts.itertuples()})
    return {pair: number for number, pair in enumerate(pairs, start=1)}


def addresses(facts: pd.DataFrame) -> Table:
    """The list of sources, with addresses that can be broken over lines."""
    rows = tuple(
        (f"[{number}]", source or ABSENT, address or ABSENT)
        for (source, address), number in source_numbers(facts).items()
    )
    return Table("Sources.", (Column("", share=0.4), Column("Source", share=2), Column("Address", share=3)), rows)


def assumption_table(literals: pd.DataFrame) -> Table:
    """A row for each value with its note; the paths that share both stand together."""
    rows = []
    for (text, note), uses in literals.groupby(["text", "note"], sort=False):
        paths = ", ".join(breakable(str(path)) for path in uses["path"].head(MOST_PATHS))
        more = f" and {len(uses) - MOST_PATHS} more" if len(uses) > MOST_PATHS else ""
        rows.append((paths + more, tidy(str(text)), str(note) or "no note given"))
    header = (Column("Used for", share=2.4), Column("Value", "right", 1.0), Column("Note", share=2.6))
    return Table("Assumptions: numbers without a published source.", header, tuple(rows))


def assumption_words(log: Log) -> Bullets | None:
    """For the limits: how much rests on assumptions."""
    literals = log.legend.numbers[log.legend.numbers["origin"] == "literal"]
    bare = int((literals["note"].fillna("") == "").sum())
    if literals.empty:
        return None
    return Bullets(
        (f"{len(literals):,} numbers are assumptions" + (f", {bare:,} of them without a note." if bare else "."),)
    )
