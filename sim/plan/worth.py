"""What steps take and cost on average, waiting apart: for offered loads, and for choices by time and by cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from sim.plan import distributions
from sim.plan.rows import StepRow, waits
from sim.plan.tables import Floats, Hold, StepKind

Journey = Callable[[StepRow], Sequence[StepRow]]
"""The steps of the consist between the two calls of a ride."""


class Worth(NamedTuple):
    """Of a way: its first place, seconds that each unit there takes, seconds and USD of the whole, waiting apart."""

    place: str
    each: float
    seconds: float
    usd: float


class Cargo(NamedTuple):
    """What an entity carries."""

    teu: float
    tonnes: float


def stay(row: StepRow, size: Floats, journey: Journey) -> Floats:
    """Mean time that entities of these TEU spend at a step, waiting apart."""
    if row.kind == StepKind.RIDE:
        return np.full_like(size, ride_seconds(row, distributions.mean, journey))
    return distributions.mean(row.duration) + row.per_teu * size


def ride_seconds(ride: StepRow, of: distributions.Summary, journey: Journey) -> float:
    """Mean or median time of a ride over the steps between its calls, waiting apart."""
    return sum(
        ride_seconds(row, of, journey) if row.kind == StepKind.RIDE else of(row.duration) for row in journey(ride)
    )


def held(rows: Sequence[StepRow], position: int, size: Floats, journey: Journey) -> Floats:
    """Mean time that the units of a step stay taken, waiting apart."""
    row = rows[position]
    if row.hold is Hold.STAY:
        return stay(row, size, journey)
    after = 0.0 if row.hold_time is None else distributions.mean(row.hold_time)
    if row.hold is Hold.SECONDS:
        return np.full_like(size, after)
    # In a way of a choice it may be held until after it: then as long as the way itself, for all that is known there.
    last = len(rows) if row.hold_until is None else row.hold_until + (row.hold is Hold.UNTIL)
    through = sum((stay(rows[at], size, journey) for at in range(position, last)), np.zeros_like(size))
    return through + after


def worth(rows: Sequence[StepRow], cargo: Cargo, journey: Journey) -> Worth:
    """What the steps of a way come to for an entity with this cargo. A leg without a freight rate adds no cost."""
    size = np.array([cargo.teu])
    at = next((position for position, row in enumerate(rows) if row.kind == StepKind.OCCUPY and waits(row)), None)
    every = [(row, journey(row) if row.kind == StepKind.RIDE else (row,)) for row in rows]
    return Worth(
        place="" if at is None else rows[at].place,
        each=0.0 if at is None else float(held(rows, at, size, journey)[0]),
        seconds=float(sum(stay(row, size, journey)[0] for row in rows)),
        usd=sum(_usd(each, cargo) for _, along in every for each in along),
    )


def _usd(row: StepRow, cargo: Cargo) -> float:
    meaning, km = row.meaning, row.meaning.km or 0.0
    freight = km * (cargo.teu * (meaning.usd_teu_km or 0.0) + cargo.tonnes * (meaning.usd_tkm or 0.0))
    return meaning.fee_usd + cargo.teu * meaning.fee_usd_teu + freight
