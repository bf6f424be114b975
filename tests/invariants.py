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

from sim.log import NOT_YET, Visits
from sim.plan.draws import durations
from sim.plan.tables import Entities, Hold, Plan, Purpose, StepKind

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
    stay: int
    hold: int


@dataclass(frozen=True)
class Told:
    """A log beside its plan, with lists by entity, by place and by stop."""

    plan: Plan
    entities: Entities
    rows: list[Row]
    of_entity: dict[int, list[Row]] = field(default_factory=lambda: defaultdict(list))
    of_place: dict[int, list[Row]] = field(default_factory=lambda: defaultdict(list))
    of_stop: dict[int, list[Row]] = field(default_factory=lambda: defaultdict(list))
    aboard: dict[int, list[Row]] = field(default_factory=lambda: defaultdict(list))

    def kind(self, row: Row) -> int:
        return int(self.plan.steps.kind[row.step])

    def key(self, row: Row) -> tuple[int, int, int]:
        """The order of a queue."""
        return int(self.entities.priority[row.entity]), row.requested, row.entity

    def teu(self, row: Row) -> int:
        return int(self.entities.teu[row.entity])

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
        rows = self.of_entity[ride.consist][self.boarded_at(ride).position + 1 :]
        stop = int(self.plan.steps.to_stop[ride.step])
        calls = [row for row in rows if self.kind(row) == StepKind.CALL and self.plan.steps.place[row.step] == stop]
        return calls[0] if calls else None

    def aboard_before(self, row: Row) -> int:
        """TEU aboard an entity as it reaches the row's step."""
        load = 0
        for ride in self.aboard[row.entity]:
            off = self.due_off_at(ride)
            if self.boarded_at(ride).position < row.position <= (off.position if off else row.position):
                load += self.teu(ride)
        return load

    def windows(self, place: int) -> list[tuple[int, int, Fraction]]:
        rows = range(int(self.plan.places.first_window[place]), int(self.plan.places.first_window[place + 1]))
        windows = self.plan.windows
        return [
            (int(windows.time[row]), int(windows.capacity[row]), Fraction(float(windows.pace[row]))) for row in rows
        ]

    def capacity(self, place: int, time: int) -> int:
        return [units for begin, units, _ in self.windows(place) if begin <= time][-1]

    def use(self, place: int, time: int) -> int:
        """Units in use once all of that second has happened."""
        return sum(self.units(row) for row in self.of_place[place] if row.entered <= time < row.released)


def tell(plan: Plan, entities: Entities, visits: Visits, run: tuple[int, int]) -> Told:
    """Sort a log for the checks; ``run`` is (seed, replication)."""
    columns = [column.tolist() for column in vars(visits).values()]
    told = Told(plan, entities, [])
    draws: dict[int, dict[Purpose, list[list[int]]]] = {}
    for number, (entity, step, place, requested, *times, consist) in enumerate(zip(*columns, strict=True)):
        route = int(entities.route[entity])
        first, end = int(plan.routes.first[route]), int(plan.routes.first[route + 1])
        if entity not in draws:
            ordinal = entities.ordinal[entity : entity + 1]
            draws[entity] = {
                purpose: durations(plan, range(first, end), run, ordinal, purpose).tolist()
                for purpose in (Purpose.STAY, Purpose.HOLD)
            }
        stay, hold = (draws[entity][purpose][0][step - first] for purpose in (Purpose.STAY, Purpose.HOLD))
        ends = (FOR_EVER if time == NOT_YET else time for time in times)
        row = Row(number, entity, step, step - first, place, requested, *ends, consist, stay, hold)  # type: ignore[call-arg]
        told.rows.append(row)
        told.of_entity[entity].append(row)
        if plan.steps.kind[step] != StepKind.OCCUPY:
            told.of_stop[int(plan.steps.place[step])].append(row)
        elif place != NOT_YET:
            told.of_place[place].append(row)
        if consist != NOT_YET:
            told.aboard[consist].append(row)
    return told


def time_is_parted(told: Told) -> Iterator[str]:
    """Each entity released before the horizon follows its route from its release on without a gap."""
    horizon, first = told.plan.horizon, told.plan.routes.first
    if any(before.requested > after.requested for before, after in zip(told.rows, told.rows[1:], strict=False)):
        yield "rows are not in the order of time"
    for entity, route in enumerate(told.entities.route.tolist()):
        rows, release = told.of_entity[entity], int(told.entities.release[entity])
        if bool(rows) != (release < horizon):
            yield f"{entity} was released at {release} and has {len(rows)} visits"
        times = [release, *(row.left for row in rows)]
        for position, (row, begin) in enumerate(zip(rows, times, strict=False)):
            if row.position != position or row.requested != begin:
                yield f"{entity} goes on at {begin}, and its row {position} is {row}"
            if not row.requested <= row.entered <= row.left or (row.left != FOR_EVER and row.left >= horizon):
                yield f"times of {row}"
        if rows and rows[-1].left != FOR_EVER and len(rows) != first[route + 1] - first[route]:
            yield f"{entity} stops in the middle of its route"


def capacity_is_kept(told: Told) -> Iterator[str]:
    """At no entry is more in use than the windows allow; nobody enters a closed place."""
    for place, rows in told.of_place.items():
        for time in sorted({row.entered for row in rows if row.entered != FOR_EVER}):
            capacity, use = told.capacity(place, time), told.use(place, time)
            if use > capacity or capacity == 0:
                yield f"place {place} at {time}: {use} of {capacity} in use"


def units_come_back(told: Told) -> Iterator[str]:
    """Units are held for the stay, for a time, or until a later step ends."""
    steps, horizon = told.plan.steps, told.plan.horizon
    for rows in told.of_place.values():
        for row in rows:
            hold = steps.hold[row.step]
            if hold == Hold.STAY:
                due = row.left
            elif hold == Hold.SECONDS:
                due = row.entered + row.hold if row.entered != FOR_EVER else FOR_EVER
            else:
                later = told.of_entity[row.entity][int(steps.hold_until[row.step]) :]
                due = later[0].left + row.hold if later and later[0].left != FOR_EVER else FOR_EVER
            if row.released != (due if due < horizon else FOR_EVER):
                yield f"units due at {due}: {row}"


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
    for place, rows in told.of_place.items():
        for row in rows:
            for other in rows:
                before = other.requested < row.entered < other.entered and told.key(other) < told.key(row)
                could = not told.plan.places.overtaking[place] or told.units(other) <= told.units(row)
                if before and could and row.entered != FOR_EVER:
                    yield f"{row} passes {other}"


def no_place_idles(told: Told) -> Iterator[str]:
    """After no second does the head of a queue fit, nor with overtaking anyone in it."""
    for place, rows in told.of_place.items():
        times = {time for row in rows for time in (row.requested, row.released)}
        times |= {begin for begin, _, _ in told.windows(place)}
        for time in sorted(time for time in times if time < told.plan.horizon):
            queue = sorted((row for row in rows if row.requested <= time < row.entered), key=told.key)
            free = told.capacity(place, time) - told.use(place, time)
            able = queue if told.plan.places.overtaking[place] else queue[:1]
            if free > 0 and any(told.units(row) <= free for row in able):
                yield f"place {place} has {free} free after {time}, and {able[0]} waits"


CHECKS_OF_PLACES = [
    time_is_parted,
    capacity_is_kept,
    units_come_back,
    work_takes_its_time,
    queues_are_in_order,
    no_place_idles,
]
