"""Blocking: until when units stay taken by who cannot go on.

A leg is left when the next place is entered, or on arrival at a node where no place is asked for. A place at a node is
left when the next place is entered, or with the departure from the node.
"""

from __future__ import annotations

from dataclasses import replace

from sim.plan.rows import LEG, NODE, StepRow
from sim.plan.tables import Hold, StepKind


def blocked(rows: list[StepRow]) -> list[StepRow]:
    """The rows of a whole route with the step named at which what blocks gives its units back."""
    return [_held(rows, position) if row.blocks else row for position, row in enumerate(rows)]


def _held(rows: list[StepRow], position: int) -> StepRow:
    row = rows[position]
    until = _next_place(rows, position)
    if until is not None:
        return replace(row, hold=Hold.UNTIL_ENTERED, hold_until=until)
    last = len(rows) - 1
    return replace(row, hold=Hold.UNTIL, hold_until=last) if row.blocks == NODE and position < last else row


def _next_place(rows: list[StepRow], position: int) -> int | None:
    """The next step that is a place to be in, or, from a node, the departure; None if the node has room for all."""
    from_leg, at, entry = rows[position].blocks == LEG, position + 1, None
    while at < len(rows):
        row = rows[at]
        if row.kind == StepKind.CHOOSE and len(row.options) == 1 and row.options[0].target > at:
            at = row.options[0].target
            continue
        if row.kind == StepKind.RIDE or _is_place(row):
            return at
        if row.meaning.activity == "moving":
            return at if not from_leg else entry
        if row.meaning.activity == "waiting" and row.place:
            entry = at
        elif from_leg and not (row.kind == StepKind.OCCUPY and row.place):
            return None
        at += 1
    return None


def _is_place(row: StepRow) -> bool:
    """Whether one can stand there: no headway, which is passed, and no vehicle that is taken along."""
    return row.kind == StepKind.OCCUPY and bool(row.place) and row.meaning.activity not in ("waiting", "equipment")
