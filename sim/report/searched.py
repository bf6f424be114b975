"""The report of a search: what was looked for, what was found, and what fresh luck says of it."""

from __future__ import annotations

import pandas as pd

from sim.counts import counted
from sim.figures import Drawings, Tables
from sim.figures.factors import MARK
from sim.figures.found import goals_of
from sim.figures.style import dashes
from sim.report.document import Block, Bullets, Column, Document, Paragraph, Section, Table
from sim.report.formats import ABSENT, between, plain, tidy
from sim.report.points import points_of, unfinished
from sim.report.swept import Head, data, experiment, limits, model, origin, shown

MOST_FOUND = 24
"""Points of a front that the report has; the tables have all."""


def document(head: Head, tables: Tables, drawings: Drawings) -> Document:
    """The document of a search."""
    found = Section("What was found", (*shown(drawings.named("found")), *_found(tables)))
    return framed(head, tables, drawings, [_sought(head, tables), found, _confirmed(tables)])


def framed(head: Head, tables: Tables, drawings: Drawings, own: list[Section]) -> Document:
    """The chapters of a search or a fit among those that all experiments have."""
    title = dashes(str(head.get("title") or head.get("name") or "Search"))
    question = dashes(" ".join(str(head.get("question", "")).split()))
    opening = tuple(Paragraph(one.caption, one.name) for one in drawings.drawn[:1])
    opening = opening or tuple(Paragraph(f"{one.title}: {one.reason}.") for one in drawings.left_out[:1])
    sections = [model(head, tables), data(head, tables), experiment(head, tables), *own]
    sections += [limits(head, tables, drawings), origin(head)]
    return Document(title, question, opening, tuple(sections), header=title)


def _sought(head: Head, tables: Tables) -> Section:
    """Goals, sentences and how points were proposed."""
    stated = head["search"]
    ways = {"lower": "as low as can be", "higher": "as high as can be"}
    goals = tuple(f"{dashes(str(goal['label']))}: {ways[str(goal['better'])]}" for goal in goals_of(tables))
    sentences = tuple(dashes(tidy(str(text))) for text in (stated.get("subject_to") or {}).values())
    blocks: list[Block] = [Paragraph("The search looks for the points that do best in:"), Bullets(goals)]
    if sentences:
        blocks += [Paragraph("among the points that meet these requirements:"), Bullets(sentences)]
    blocks.append(Paragraph(_proposals(head, tables)))
    return Section("Search", tuple(blocks))


def _proposals(head: Head, tables: Tables) -> str:
    if head.get("whole"):
        return "All combinations of the factors were tried."
    stated = head["search"]
    tried = tables["trials"]["point"].nunique()
    return (
        f"{counted(len(tables['trials']), 'trial')}, {stated['together']} at a time, were proposed by a "
        f"tree-structured Parzen estimator (Optuna, seed {stated['seed']}); they led to "
        f"{counted(tried, 'different point')}, each run once. It is likely, not certain, that none of the points left "
        "untried is better."
    )


def _found(tables: Tables) -> list[Block]:
    """The points of the front with their factors, and all outcomes."""
    points, response = points_of(tables), tables["response"]
    first = goals_of(tables)[0]["outcome"]
    means = response[response["outcome"] == first].set_index("point")["mean"]
    front = tables["trials"].loc[tables["trials"]["front"], "point"].drop_duplicates()
    order = sorted(front.tolist(), key=lambda point: float(means[point]))[:MOST_FOUND]
    if not order:
        return [Paragraph("No point tried meets all requirements.")]
    rows = [(_name(tables, point), points.changes(point) or "as the base") for point in order]
    header = (Column("Point", share=0.7), Column("Set otherwise than in the base", share=4))
    more = f" {len(front) - len(order)} more stand in tables/trials.csv." if len(front) > len(order) else ""
    return [
        Table(f"Points that no other beats in all goals.{more}", header, tuple(rows)),
        _numbers("What they reach, by the replications of the search.", tables, response, order),
    ]


def _name(tables: Tables, point: int) -> str:
    names = tables["points"].set_index("point")["name"].to_dict()
    return str(names[point])


def _numbers(caption: str, tables: Tables, response: pd.DataFrame, order: list[int]) -> Table:
    """Outcomes of points with their intervals."""
    labels = tables["outcomes"].set_index("outcome")["label"].to_dict()
    rows = []
    for point in order:
        own = response[response["point"] == point]
        for at, row in enumerate(own.to_dict("records")):
            mean, low, high = (float(row[name]) for name in ("mean", "low", "high"))
            interval = ABSENT if low == high else between(mean, low, high)
            label = dashes(str(labels[row["outcome"]]))
            rows.append((str(row["name"]) if at == 0 else "", label, plain(mean), interval,
                         str(row["unit"]) or ABSENT, unfinished(row)))  # fmt: skip
    header = (
        Column("Point", share=0.7), Column("Outcome", share=2), Column("Mean", "right", 1),
        Column("95% interval", "right", 1.6), Column("Unit", share=0.8), Column("Unfinished", "right", 1.1),
    )  # fmt: skip
    flawed = response[response["point"].isin(order) & response["too_good"]]
    caption += f" {MARK} too good: so many were unfinished that the true number is worse." * bool(len(flawed))
    return Table(caption, header, tuple(rows)).without_empty(ABSENT)


def _confirmed(tables: Tables) -> Section:
    """What was found, by luck that the search has not had."""
    own = tables["confirmed"]
    text = (
        "The best of many noisy numbers looks better than it is, since luck helped to choose it. So the base and what "
        "was found were run again, with replications that the search has not seen: rely on these numbers."
    )
    order = list(dict.fromkeys(own["point"].tolist()))[: MOST_FOUND + 1]
    return Section("Confirmation", (Paragraph(text), _numbers("By fresh replications.", tables, own, order)))
