"""What every log must keep at places: checked from the log, the plan and the entities alone.

Each check yields what is wrong in words; nothing is told of what an instant leaves open (the order of what happens
within one second is the engine's, and the law's small plans show it).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor

import numpy as np

from sim.log import NOT_YET, Visits
from sim.plan import ways
from sim.plan.draws import Replication, durations
from sim.plan.tables import ABSENT, Entities, Hold, Plan, Purpose, StepKind

FOR_EVER = 2**62


@dataclass(frozen=True)
class Row:
    """A visit; what has not happened lies at FOR_EVER. ``stay`` and ``hold`` are its draws, ``position`` its step's."""

    number: int
    entity: int
    step: int
    position: int
    place: int
    requested: int
    entered: int
    left: int
    released: int
    consist: int
    lap: int
    stay: int
    hold: int
    patience: int

    @property
    def refused(self) -> bool:
        """Whether it waited in vain."""
        return self.entered == FOR_EVER and self.left != FOR_EVER

    @property
    def waits_until(self) -> int:
        return min(self.entered, self.left)


@dataclass(frozen=True)
class Told:
    """A log beside its plan, with lists by entity, by place and by stop."""

    plan: Plan
    entities: Entities
    run: tuple[int, int]
    """Seed and replication."""
    rows: list[Row]
    of_entity: dict[int, list[Row]] = field(default_factory=lambda: defaultdict(list))
    of_place: dict[int, list[Row]] = field(default_factory=lambda: defaultdict(list))
    of_stop: dict[int, list[Row]] = field(default_factory=lambda: defaultdict(list))
    aboard: dict[int, list[Row]] = field(default_factory=lambda: defaultdict(list))
    returns: dict[int, list[Row]] = field(default_factory=lambda: defaultdict(list))
    """By the place to which the units come back."""

    def kind(self, row: Row) -> int:
        return int(self.plan.steps.kind[row.step])

    def key(self, row: Row) -> tuple[int, int, int]:
        """The order of a queue."""
        return int(self.entities.priority[row.entity]), row.requested, row.entity

    def teu(self, row: Row) -> int:
        return int(self.entities.teu[row.entity])

    def length(self, row: Row) -> int:
        """Number of the steps of its route."""
        route = int(self.entities.route[row.entity])
        return int(self.plan.routes.first[route + 1] - self.plan.routes.first[route])

    def ways(self, row: Row) -> ways.Ways:
        return ways.ways(self.plan, int(self.entities.route[row.entity]))

    def after(self, row: Row) -> list[Row]:
        """Later visits of its entity."""
        return [later for later in self.of_entity[row.entity] if later.number > row.number]

    def units(self, row: Row) -> int:
        units = int(self.plan.steps.units[row.step])
        return units * self.teu(row) if self.plan.steps.units_per_teu[row.step] else units

    def boarded_at(self, ride: Row) -> Row:
        """The call at which a ride's consist took it."""
        stop = int(self.plan.steps.place[ride.step])
        calls = [row for row in self.of_stop[stop] if row.entity == ride.consist and row.left == ride.entered]
        return calls[0] if calls else ride

    def due_off_at(self, ride: Row) -> Row | None:
        """The call at which it is to be let off, if the consist has come to it."""
        rows = self.after(self.boarded_at(ride))
        stop = int(self.plan.steps.to_stop[ride.step])
        calls = [row for row in rows if self.kind(row) == StepKind.CALL and self.plan.steps.place[row.step] == stop]
        return calls[0] if calls else None

    def aboard_before(self, row: Row) -> int:
        """Units of its capacity that are taken as an entity reaches the row's step."""
        load = 0
        for ride in self.aboard[row.entity]:
            off = self.due_off_at(ride)
            if self.boarded_at(ride).number < row.number <= (off.number if off else row.number):
                load += self.units(ride)
        return load

    def windows(self, place: int) -> list[tuple[int, int, Fraction]]:
        rows = range(int(self.plan.places.first_window[place]), int(self.plan.places.first_window[place + 1]))
        windows = self.plan.windows
        return [
            (int(windows.time[row]), int(windows.capacity[row]), Fraction(float(windows.pace[row]))) for row in rows
        ]

    def capacity(self, place: int, time: int) -> int:
        return [units for begin, units, _ in self.windows(place) if begin <= time][-1]

    def back(self, row: Row) -> int:
        """The place to which its units come back."""
        other = int(self.plan.steps.return_place[row.step])
        return row.place if other == ABSENT else other

    def free(self, place: int, time: int) -> int:
        """Units that are free once all of that second has happened, gates apart."""
        taken = sum(self.units(row) for row in self.of_place[place] if row.entered <= time)
        returned = sum(self.units(row) for row in self.returns[place] if row.released <= time)
        return self.capacity(place, time) - taken + returned

    def load(self, place: int, time: int) -> int:
        """Units waiting and in use once all of that second has happened."""
        rows = [row for row in self.of_place[place] if row.requested <= time]
        return sum(self.units(row) for row in rows if time < (row.left if row.refused else row.released))


def tell(plan: Plan, entities: Entities, visits: Visits, run: tuple[int, int]) -> Told:
    """Sort a log for the checks; ``run`` is (seed, replication)."""
    columns = [column.tolist() for column in vars(visits).values()]
    told = Told(plan, entities, run, [])
    draws: dict[tuple[int, int], list[list[int]]] = {}
    for number, (entity, step, place, requested, *times, consist) in enumerate(zip(*columns, strict=True)):
        route = int(entities.route[entity])
        first = int(plan.routes.first[route])
        last = told.of_entity[entity][-1] if told.of_entity[entity] else None
        lap = 0 if last is None else last.lap + (step <= last.step)
        if (entity, lap) not in draws:
            draws[entity, lap] = _draws(plan, entities, entity, (*run, np.array([lap])))
        drawn = [column[step - first] for column in draws[entity, lap]]
        ends = (FOR_EVER if time == NOT_YET else time for time in times)
        row = Row(number, entity, step, step - first, place, requested, *ends, consist, lap, *drawn)  # type: ignore[call-arg]
        told.rows.append(row)
        told.of_entity[entity].append(row)
        if plan.steps.kind[step] in (StepKind.CALL, StepKind.RIDE):
            told.of_stop[int(plan.steps.place[step])].append(row)
        elif place != NOT_YET:
            told.of_place[place].append(row)
            told.returns[told.back(row)].append(row)
        if consist != NOT_YET:
            told.aboard[consist].append(row)
    return told


def _draws(plan: Plan, entities: Entities, entity: int, run: Replication) -> list[list[int]]:
    """Stays, holds and patience of all steps."""
    ordinal, steps = entities.ordinal[entity : entity + 1], ways.of_route(plan, int(entities.route[entity]))
    return [
        durations(plan, steps, run, ordinal, purpose)[0].tolist()
        for purpose in (Purpose.STAY, Purpose.HOLD, Purpose.PATIENCE)
    ]


def time_is_parted(told: Told) -> Iterator[str]:
    """Each entity released before the horizon follows ways of its route from its release on without a gap."""
    horizon = told.plan.horizon
    if any(before.requested > after.requested for before, after in zip(told.rows, told.rows[1:], strict=False)):
        yield "rows are not in the order of time"
    for entity in range(len(told.entities)):
        rows, release = told.of_entity[entity], int(told.entities.release[entity])
        if bool(rows) != (release < horizon):
            yield f"{entity} was released at {release} and has {len(rows)} visits"
        times = [release, *(row.left for row in rows)]
        onward = [{0}, *(_onward(told, row) for row in rows)]
        for row, begin, allowed in zip(rows, times, onward, strict=False):
            if row.position not in allowed or row.requested != begin:
                yield f"{entity} goes on at {begin} to one of {allowed}, and its row is {row}"
            in_order = row.requested <= row.waits_until and (row.refused or row.entered <= row.left)
            if not in_order or (row.left != FOR_EVER and row.left >= horizon):
                yield f"times of {row}"
        if rows and rows[-1].left != FOR_EVER and told.length(rows[-1]) not in onward[-1]:
            yield f"{entity} stops in the middle of its route"


def _onward(told: Told, row: Row) -> set[int]:
    """Where it may go on."""
    if row.refused:
        otherwise = int(told.plan.steps.otherwise[row.step])
        return {told.length(row) if otherwise == ABSENT else otherwise}
    return set(told.ways(row)[row.position]) if told.kind(row) == StepKind.CHOOSE else {row.position + 1}


def capacity_is_kept(told: Told) -> Iterator[str]:
    """At no entry is more in use than the windows allow; nobody enters a closed place."""
    for place, rows in list(told.of_place.items()):
        for time in sorted({row.entered for row in rows if row.entered != FOR_EVER}):
            closed = told.capacity(place, time) == 0 and place not in told.plan.steps.return_place
            if told.free(place, time) < 0 or closed:
                yield f"place {place} at {time}: {told.free(place, time)} units free"


def units_come_back(told: Told) -> Iterator[str]:
    """Units are held for the stay, for a time, or until a later step ends or is entered."""
    horizon = told.plan.horizon
    for rows in told.of_place.values():
        for row in rows:
            due = _due_back(told, row) if row.entered != FOR_EVER else FOR_EVER
            if row.released != (due if due < horizon else FOR_EVER):
                yield f"units due at {due}: {row}"


def _due_back(told: Told, row: Row) -> int:
    hold, until = told.plan.steps.hold[row.step], int(told.plan.steps.hold_until[row.step])
    if hold in (Hold.STAY, Hold.SECONDS):
        return row.left if hold == Hold.STAY else row.entered + row.hold
    visits = [row, *told.after(row)]
    for visit, after in zip(visits, [*visits[1:], None], strict=True):
        entered = visit is not row and visit.position == until and visit.entered != FOR_EVER
        if hold == Hold.UNTIL_ENTERED and entered:
            return visit.entered + row.hold
        onward = after.position if after else told.length(visit)
        if visit.left != FOR_EVER and visit.position <= until < max(onward, visit.position + 1):
            return visit.left + row.hold
    return FOR_EVER


def work_takes_its_time(told: Told) -> Iterator[str]:
    """A stay lasts for its work over the pace of the windows."""
    for row in told.rows:
        if told.kind(row) == StepKind.OCCUPY and row.entered != FOR_EVER:
            load = told.teu(row) + told.aboard_before(row)
            work = floor(row.stay + Fraction(float(told.plan.steps.per_teu[row.step])) * load + Fraction(1, 2))
            due = row.entered + work if row.place == NOT_YET else _finish(told, row, work)
            if row.left != (due if due < told.plan.horizon else FOR_EVER):
                yield f"work of {work} due at {due}: {row}"


def _finish(told: Told, row: Row, work: int) -> int:
    windows = told.windows(row.place)
    ends = [begin for begin, _, _ in windows[1:]] + [FOR_EVER]
    done = Fraction(0)
    for (begin, capacity, pace), end in zip(windows, ends, strict=True):
        since = max(begin, row.entered)
        rate = Fraction(0) if told.plan.places.suspends[row.place] and capacity == 0 else pace
        if since < end and done + rate * (end - since) >= work:
            return since + floor((work - done) / rate + Fraction(1, 2)) if work > done else since
        done += rate * max(0, end - since)
    return FOR_EVER


def queues_are_in_order(told: Told) -> Iterator[str]:
    """Nobody who asked in an earlier second and stands before another is passed, but where smaller ones may."""
    for place, rows in list(told.of_place.items()):
        for row in rows:
            for other in rows:
                before = other.requested < row.entered < other.waits_until and told.key(other) < told.key(row)
                could = not told.plan.places.overtaking[place] or told.units(other) <= told.units(row)
                if before and could and row.entered != FOR_EVER:
                    yield f"{row} passes {other}"


def no_place_idles(told: Told) -> Iterator[str]:
    """After no second does the head of a queue fit, nor with overtaking anyone in it."""
    for place, rows in list(told.of_place.items()):
        times = {time for row in rows for time in (row.requested, row.left)}
        times |= {row.released for row in told.returns[place]}
        times |= {begin for begin, _, _ in told.windows(place)}
        for time in sorted(time for time in times if time < told.plan.horizon):
            queue = sorted((row for row in rows if row.requested <= time < row.waits_until), key=told.key)
            free = 0 if may_be_closed(told, place, time) else told.free(place, time)
            able = queue if told.plan.places.overtaking[place] else queue[:1]
            if free > 0 and any(told.units(row) <= free for row in able):
                yield f"place {place} has {free} free after {time}, and {able[0]} waits"


def may_be_closed(told: Told, place: int, time: int) -> bool:
    """Whether its gate may be closed after that second: too much is at what it watches for it to be open for sure."""
    gates = told.plan.gates
    return any(
        told.load(int(gates.watched[row]), time) > gates.low[row] for row in np.flatnonzero(gates.place == place)
    )


CHECKS_OF_PLACES = [
    time_is_parted,
    capacity_is_kept,
    units_come_back,
    work_takes_its_time,
    queues_are_in_order,
    no_place_idles,
]
