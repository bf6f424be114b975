"""What steps take and cost on average, waiting apart: for offered loads, and for choices by time and by cost.

A choice on the way counts by its shares or by class, and as its quickest way where the state of things decides.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from sim.plan import distributions
from sim.plan.rows import StepRow, onward, waits
from sim.plan.tables import Floats, Hold, Rule, StepKind

Journey = Callable[[StepRow], Sequence[StepRow]]
"""The steps of the consist between the two calls of a ride."""


class Worth(NamedTuple):
    """Of a way: its first place, seconds that each unit there takes, seconds and USD of the whole, waiting apart.

    There is no first place if the way forks before.
    """

    place: str
    each: float
    seconds: float
    usd: float


class Cargo(NamedTuple):
    """What entities of one class carry."""

    teu: Floats
    tonnes: float
    class_: int


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


def held(rows: Sequence[StepRow], position: int, cargo: Cargo, journey: Journey) -> Floats:
    """Mean time that the units of a step stay taken, waiting apart."""
    row = rows[position]
    if row.hold is Hold.STAY:
        return stay(row, cargo.teu, journey)
    after = 0.0 if row.hold_time is None else distributions.mean(row.hold_time)
    if row.hold is Hold.SECONDS:
        return np.full_like(cargo.teu, after)
    # In a way of a choice it may be held until after it: then as long as the way itself, for all that is known there.
    last = len(rows) if row.hold_until is None else row.hold_until + (row.hold is Hold.UNTIL)
    return _through(rows, range(position, last), cargo.class_, lambda each: stay(each, cargo.teu, journey)) + after


def _through(rows: Sequence[StepRow], span: range, class_: int, of: Callable[[StepRow], Floats]) -> Floats:
    """Mean sum of what each step adds, seconds first, on the way from the first of some positions beyond the last."""
    ahead: dict[int, Floats] = {}
    nothing = np.zeros(1)
    for position in reversed(span):
        row = rows[position]
        found = [(share, ahead.get(target, nothing)) for target, share in onward(row, position, class_) if share]
        if row.kind == StepKind.CHOOSE and row.rule not in (Rule.SHARES, Rule.CLASS):
            found = [(1.0, min((each for _, each in found), key=lambda each: float(each[0])))]
        own = nothing if row.kind == StepKind.CHOOSE else of(row)
        ahead[position] = own + sum((share * each for share, each in found), nothing)
    return ahead.get(span.start, nothing)


def worth(
    rows: Sequence[StepRow], cargo: Cargo, journey: Journey, before: Callable[[StepRow], float] = lambda _ride: 0.0
) -> Worth:
    """What the steps of a way come to for one entity with this cargo. A leg without a freight rate adds no cost.

    ``before``: seconds that count for the wait before a ride.
    """

    def of(row: StepRow) -> Floats:
        ride = row.kind == StepKind.RIDE
        seconds = stay(row, cargo.teu, journey)[0] + (before(row) if ride else 0.0)
        return np.array([seconds, sum(_usd(each, cargo) for each in (journey(row) if ride else (row,)))])

    forks = (position for position, row in enumerate(rows) if len(row.options) > 1)
    first = range(next(forks, len(rows)))
    at = next((each for each in first if rows[each].kind == StepKind.OCCUPY and waits(rows[each])), None)
    seconds, usd = (_through(rows, range(len(rows)), cargo.class_, of) + np.zeros(2)).tolist()
    return Worth(
        place="" if at is None else rows[at].place,
        each=0.0 if at is None else float(held(rows, at, cargo, journey)[0]),
        seconds=seconds,
        usd=usd,
    )


def _usd(row: StepRow, cargo: Cargo) -> float:
    meaning, km, teu = row.meaning, row.meaning.km or 0.0, float(cargo.teu[0])
    freight = km * (teu * (meaning.usd_teu_km or 0.0) + cargo.tonnes * (meaning.usd_tkm or 0.0))
    return meaning.fee_usd + teu * meaning.fee_usd_teu + freight
