"""What every log must keep where entities choose, wait in vain, or stand before a gate."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

import numpy as np

from sim.plan.draws import choices
from sim.plan.tables import ABSENT, Rule, StepKind
from tests.invariants import FOR_EVER, Row, Told


def nobody_waits_in_vain_without_cause(told: Told) -> Iterator[str]:
    """Who leaves in vain was turned away at once, or its patience ended just then."""
    for row in told.rows:
        bounded, impatient = (
            column[row.step] != ABSENT for column in (told.plan.steps.longest_queue, told.plan.steps.patience)
        )
        turned = bounded and row.left == row.requested
        gave_up = impatient and row.left == row.requested + row.patience
        if row.refused and not turned and not gave_up:
            yield f"left in vain without cause: {row}"
        due = row.requested + row.patience
        if impatient and row.waits_until >= due and not gave_up and due < told.plan.horizon:
            yield f"waits on beyond its patience: {row}"


def nobody_stands_beyond_its_longest_queue(told: Told) -> Iterator[str]:
    """Who waits on stood within it, and who was turned away at once did not."""
    for row in told.rows:
        longest = int(told.plan.steps.longest_queue[row.step])
        if longest == ABSENT:
            continue
        at = (
            told.of_place[row.place]
            if told.kind(row) == StepKind.OCCUPY
            else told.of_stop[int(told.plan.steps.place[row.step])]
        )
        others = [other for other in at if told.kind(other) == told.kind(row) and told.key(other) < told.key(row)]
        own = told.units(row)
        stayed = [other for other in others if other.requested < row.requested < other.waits_until]
        if row.waits_until > row.requested and sum(map(told.units, stayed)) + own > longest:
            yield f"waits beyond its longest queue: {row} after {stayed}"
        there = [other for other in others if other.requested <= row.requested <= other.waits_until]
        patient = told.plan.steps.patience[row.step] == ABSENT or row.patience > 0
        if row.refused and row.left == row.requested and patient and sum(map(told.units, there)) + own <= longest:
            yield f"turned away from a queue of {there}: {row}"


def choices_are_by_the_rule(told: Told) -> Iterator[str]:
    """Each goes on at an option that may have been the first of the best at some moment of its second."""
    for row in told.rows:
        if told.kind(row) != StepKind.CHOOSE:
            continue
        if not row.requested == row.entered == row.left:
            yield f"takes time to choose: {row}"
        later = told.after(row)
        at = later[0].position if later else told.length(row)
        if at not in _may_choose(told, row):
            yield f"goes on at {at}, not at one of {_may_choose(told, row)}: {row}"


def _may_choose(told: Told, row: Row) -> set[int]:
    options, rule = told.plan.options, told.plan.steps.rule[row.step]
    rows = range(int(options.first[row.step]), int(options.first[row.step + 1]))
    if rule == Rule.CLASS:
        own = [option for option in rows if options.class_[option] in (ABSENT, told.entities.class_[row.entity])]
        return {int(options.target[own[0]]) if own else row.position + 1}
    if rule == Rule.SHARES:
        return {int(options.target[option]) for option in rows} if len(rows) == 1 else set(_drawn(told, row, rows))
    bounds = [_bounds(told, row, option, int(rule)) for option in rows]
    least = min(most for _, most in bounds)
    return {int(options.target[option]) for option, (fewest, _) in zip(rows, bounds, strict=True) if fewest <= least}


def _drawn(told: Told, row: Row, rows: range) -> Iterator[int]:
    ordinal = told.entities.ordinal[row.entity : row.entity + 1]
    u = float(choices(told.plan, [row.step], (*told.run, np.array([row.lap])), ordinal)[0, 0])
    shares = np.cumsum(told.plan.options.weight[rows])
    yield int(told.plan.options.target[rows[int(np.searchsorted(shares, u * shares[-1], side="right"))]])


def _bounds(told: Told, row: Row, option: int, rule: int) -> tuple[float, float]:
    """Least and most that the option may have looked like during the second."""
    options, place, time = told.plan.options, int(told.plan.options.place[option]), row.requested
    low = high = 0
    if place != ABSENT:
        before = told.load(place, time - 1)
        came = sum(told.units(other) for other in told.of_place[place] if other.requested == time)
        ends = [(other, other.left if other.refused else other.released) for other in told.of_place[place]]
        low, high = before - sum(told.units(other) for other, end in ends if end == time), before + came
        low = max(low, 0)
    if rule == Rule.SHORTEST_QUEUE:
        return low, high
    if place != ABSENT and told.capacity(place, time) == 0:
        return inf, inf
    each = options.each[option] / (told.capacity(place, time) if place != ABSENT else 1)
    least, most = (float(options.seconds[option] + units * each) for units in (low, high))
    if rule == Rule.LEAST_TIME:
        return least - 1e-6, most + 1e-6
    value, usd = float(told.entities.value_of_time[row.entity]), float(options.usd[option])
    return usd + least * value - 1e-6, usd + most * value + 1e-6


def gates_close(told: Told) -> Iterator[str]:
    """Nobody enters a place while its gate is closed for sure: since a second that ended above the high threshold."""
    gates = told.plan.gates
    for gate in range(len(gates.place)):
        place, watched = int(gates.place[gate]), int(gates.watched[gate])
        rows = told.of_place[watched]
        ends = [(row, row.left if row.refused else row.released) for row in rows]
        times = sorted({row.requested for row in rows} | {end for _, end in ends if end != FOR_EVER})
        times = [time for time in times if time < told.plan.horizon]
        closed_since = FOR_EVER
        closed: list[tuple[int, int]] = []
        for time in times:
            least = told.load(watched, time - 1) - sum(told.units(row) for row, end in ends if end == time)
            if closed_since != FOR_EVER and least <= gates.low[gate]:
                closed.append((closed_since, time))
                closed_since = FOR_EVER
            if closed_since == FOR_EVER and told.load(watched, time) >= gates.high[gate]:
                closed_since = time
        closed.append((closed_since, told.plan.horizon))
        for row in told.of_place[place]:
            if any(since < row.entered < end for since, end in closed):
                yield f"enters while the gate is closed {closed}: {row}"


CHECKS_OF_WAYS = [
    nobody_waits_in_vain_without_cause,
    nobody_stands_beyond_its_longest_queue,
    choices_are_by_the_rule,
    gates_close,
]
