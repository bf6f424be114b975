"""What every log must keep at stops: TEU are conserved, consists carry what they can and depart by their rule."""

from __future__ import annotations

from collections.abc import Iterator
from math import floor

from sim.log import NOT_YET, Visits
from sim.plan import ways
from sim.plan.tables import ABSENT, Entities, Plan, StepKind
from tests.invariants import CHECKS_OF_PLACES, FOR_EVER, Row, Told, tell
from tests.invariants_of_ways import CHECKS_OF_WAYS


def wrongs(plan: Plan, entities: Entities, visits: Visits, run: tuple[int, int]) -> list[str]:
    """Everything that is wrong with a log, check by check."""
    told = tell(plan, entities, visits, run)
    return [f"{check.__name__}: {wrong}" for check in CHECKS for wrong in check(told)]


def calls(told: Told) -> list[Row]:
    return [row for row in told.rows if told.kind(row) == StepKind.CALL]


def boards(told: Told, call: Row) -> bool:
    return bool(told.plan.steps.boards[call.step])


def shipments_are_carried(told: Told) -> Iterator[str]:
    """Each boards at a call, at its departure, and is let off as its consist arrives at its own stop."""
    for row in told.rows:
        if told.kind(row) != StepKind.RIDE:
            continue
        if (row.consist == NOT_YET) != (row.entered == FOR_EVER):
            yield f"boarded at no time, or no consist: {row}"
        elif row.entered == FOR_EVER:
            continue
        elif told.boarded_at(row) == row or not boards(told, told.boarded_at(row)):
            yield f"boarded at no call: {row}"
        else:
            off = told.due_off_at(row)
            if row.left != (off.requested if off else FOR_EVER):
                yield f"not let off at {off}: {row}"


def consists_carry_what_they_can(told: Told) -> Iterator[str]:
    """TEU aboard never exceed the capacity; nobody is aboard after the end of a straight route."""
    for consist, rides in told.aboard.items():
        for time in sorted({ride.entered for ride in rides}):
            load = sum(told.units(ride) for ride in rides if ride.entered <= time < ride.left)
            if load > told.entities.capacity[consist]:
                yield f"consist {consist} carries {load} at {time}"
        row = told.of_entity[consist][-1]
        to_the_end = not ways.wanders(told.plan, int(told.entities.route[consist]))
        if (
            to_the_end
            and row.left != FOR_EVER
            and row.position + 1 == told.length(row)
            and any(ride.left == FOR_EVER for ride in rides)
        ):
            yield f"consist {consist} has ended its route with shipments aboard"


def dwells_take_their_time(told: Told) -> Iterator[str]:
    """A consist is ready after its dwell, and where it boards not before its slot."""
    steps, horizon = told.plan.steps, told.plan.horizon
    for row in calls(told):
        load = told.aboard_before(row) + told.teu(row)
        ready = row.requested + floor(row.stay + float(steps.per_teu[row.step]) * load + 0.5)
        slot, offset = int(told.entities.slot[row.entity]), int(steps.slot[row.step])
        if boards(told, row) and ABSENT not in (slot, offset):
            ready = max(ready, slot + offset)
        if (calendar := int(steps.slots[row.step])) != ABSENT:
            times = told.plan.slots.time[told.plan.slots.first[calendar] : told.plan.slots.first[calendar + 1]].tolist()
            ready = min((time for time in times if time >= ready), default=FOR_EVER)
        if row.entered != (ready if ready < horizon else FOR_EVER):
            yield f"ready at {ready}: {row}"
        if not boards(told, row) and row.left != row.entered:
            yield f"does not leave when it has dwelt: {row}"


def would_board(told: Told, call: Row, rides: list[Row], time: int) -> tuple[list[Row], int, bool]:
    """Who of the shipments boards if the consist departs at that time; the load then; whether it is full."""
    steps, first = told.plan.steps, call.step - call.position
    later = [first + at for at in ways.reached(told.ways(call), call.position) if at < told.length(call)]
    reached = {int(steps.place[step]) for step in later if steps.kind[step] == StepKind.CALL}
    capacity = int(told.entities.capacity[call.entity])
    load, full, taken = load_kept(told, call), False, []
    for ride in sorted(rides, key=told.key):
        if steps.to_stop[ride.step] not in reached or ride.requested + steps.cut_off[call.step] > time:
            continue
        if load + told.units(ride) <= capacity:
            taken.append(ride)
            load += told.units(ride)
        else:
            full = True
            if not told.plan.stops.overtaking[steps.place[call.step]]:
                break
    return taken, load, full or load >= capacity


def load_kept(told: Told, call: Row) -> int:
    """TEU aboard a consist after it has let off and before it boards."""
    off = [ride for ride in told.aboard[call.entity] if told.due_off_at(ride) == call]
    return told.aboard_before(call) - sum(told.units(ride) for ride in off)


def may_depart(told: Told, call: Row, load: int, full: bool, time: int) -> bool:
    longest = int(told.plan.steps.longest_wait[call.step])
    expired = longest != ABSENT and time >= call.entered + longest
    return load >= told.plan.steps.least_load[call.step] or full or expired


def boarding_is_by_the_queue(told: Told) -> Iterator[str]:
    """At a departure those board who stand first and fit; skipped where several depart within a second.

    Those who asked within the second of the departure may have asked before or after it, and been turned away after it.
    """
    for call in calls(told):
        stop = told.of_stop[int(told.plan.steps.place[call.step])]
        alone = all(row is call or row.left != call.left for row in stop if told.kind(row) == StepKind.CALL)
        if not boards(told, call) or call.left == FOR_EVER or not alone:
            continue
        took = [row for row in stop if row.consist == call.entity and row.entered == call.left]
        rides = [row for row in stop if told.kind(row) == StepKind.RIDE and row.requested <= call.left]
        there = [row for row in rides if call.left < row.waits_until]
        known = [row for row in there if row.requested < call.left]
        turned = [row for row in rides if row.refused and row.left == row.requested == call.left]
        would = [would_board(told, call, took + others, call.left) for others in (known, there, there + turned)]
        if sorted(took, key=told.key) not in [taken for taken, _, _ in would]:
            yield f"{call} took {took} and not {would}"
        if not any(may_depart(told, call, load, full, call.left) for _, load, full in would):
            yield f"{call} departs with {would}"


def nobody_departs_late(told: Told) -> Iterator[str]:
    """After no second is there a ready consist that might have departed."""
    steps = told.plan.steps
    for call in calls(told):
        if not boards(told, call) or call.entered == FOR_EVER:
            continue
        stop = told.of_stop[int(steps.place[call.step])]
        rides = [row for row in stop if told.kind(row) == StepKind.RIDE]
        times = {call.entered, call.entered + max(0, int(steps.longest_wait[call.step]))}
        times |= {ride.requested + int(steps.cut_off[call.step]) for ride in rides} | {ride.entered for ride in rides}
        for time in sorted(times):
            if call.entered <= time < min(call.left, told.plan.horizon):
                waiting = [ride for ride in rides if ride.requested <= time < ride.waits_until]
                _, load, full = would_board(told, call, waiting, time)
                if may_depart(told, call, load, full, time):
                    yield f"{call} might have departed at {time}"


CHECKS = [
    *CHECKS_OF_PLACES,
    shipments_are_carried,
    consists_carry_what_they_can,
    dwells_take_their_time,
    boarding_is_by_the_queue,
    nobody_departs_late,
    *CHECKS_OF_WAYS,
]
