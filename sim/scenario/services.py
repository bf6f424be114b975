"""What carries: services with their consists, stops and departures, and the driving rules of trucks."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from sim.scenario.lists import Once, refuse_repeated
from sim.scenario.network import DAYS, Mode, clock_minutes, weekdays
from sim.scenario.numbers import (
    Capacity,
    Gauge,
    Interval,
    Load,
    Moment,
    Named,
    Positive,
    Rate,
    Remaining,
    Room,
    Stretch,
    Wait,
    Zone,
)
from sim.scenario.spreads import Time


class Timetable(Named):
    """Departures at fixed times of fixed weekdays, in local time."""

    days: Once[str]
    """Weekdays: mon, mon-fri, daily."""
    at: Once[str]
    """Times of day, HH:MM."""
    zone: Zone | None = None
    """Left out: the zone of the first stop."""
    together: bool = False
    """Of a fleet: whether all its consists that are ready leave at a departure, as a convoy; left out: one of them."""

    @field_validator("days")
    @classmethod
    def known_days(cls, days: list[str]) -> list[str]:
        """Refuse unknown days and an empty list."""
        if not days:
            message = "at least one day is due"
            raise ValueError(message)
        named = [(position, day) for position, text in enumerate(days) for day in weekdays(text)]
        refuse_repeated(named, lambda day: f"'{DAYS[day]}' is in two of these days")
        return days

    @field_validator("at")
    @classmethod
    def known_times(cls, at: list[str]) -> list[str]:
        """Refuse what is no time of day, and an empty list."""
        if not at:
            message = "at least one time of day is due"
            raise ValueError(message)
        named = enumerate(map(clock_minutes, at))
        refuse_repeated(named, lambda _minutes: "two of these times of day are the same")
        return at


class Departures(Named):
    """When consists are there to depart: exactly one of timetable, every, rate, on_demand and fleet.

    A fleet may also have a timetable (of its departures, one consist each) or every (time between the first starts of
    its consists).
    """

    timetable: Timetable | None = None
    every: Interval | None = None
    """One consist after each such time."""
    rate: Rate | None = None
    """Consists a day, week or year, evenly spread."""
    fleet: Capacity | None = None
    """Consists that circulate: the path ends where it starts, and who is through begins it again."""
    on_demand: bool = False
    """Each shipment has a vehicle of its own and leaves as soon as it can (trucks, trains of the other traffic)."""
    ready_before: Wait | None = None
    """How long before its departure by timetable a consist is put in place for loading."""
    first: Annotated[Moment | None, Field(alias="from")] = None
    last: Annotated[Moment | None, Field(alias="to")] = None
    offset: Wait | None = None
    """With every, rate or fleet: when the first consist is there, after the start."""

    @model_validator(mode="after")
    def one_way(self) -> Departures:
        """Refuse departures that are given twice or not at all."""
        spaced = sum([self.timetable is not None, self.every is not None])
        other = sum([self.rate is not None, self.on_demand])
        if (self.fleet is None and spaced + other != 1) or (self.fleet is not None and (other or spaced > 1)):
            message = (
                "departures have exactly one of 'timetable', 'every', 'rate', 'on_demand' and 'fleet' "
                "(a fleet may also have 'timetable' or 'every')"
            )
            raise ValueError(message)
        if self.ready_before is not None and (self.timetable is None or self.fleet is not None):
            message = "'ready_before' goes with 'timetable', and not with 'fleet'"
            raise ValueError(message)
        if self.last is not None and self.fleet is not None:
            message = "a fleet circulates for ever: it has no 'to'"
            raise ValueError(message)
        self._without_effect()
        return self

    def _without_effect(self) -> None:
        """Refuse what would be ignored."""
        if self.timetable is not None and self.timetable.together and self.fleet is None:
            message = "'together' goes with 'fleet': without it each consist has a departure of its own"
            raise ValueError(message)
        if self.offset is not None and self.timetable is not None:
            message = "'offset' goes with 'every', 'rate' or 'fleet': a timetable says itself when the first departs"
            raise ValueError(message)
        if self.on_demand and (self.first or self.last or self.offset):
            message = "'from', 'to' and 'offset' do not go with 'on_demand': the flows say when there is traffic"
            raise ValueError(message)


class Stop(Named):
    """A node where shipments get on and off, with the departure rule there."""

    dwell: Time | None = None
    """Time that the consist stands at least; left out: none."""
    time_per_teu: Wait | None = None
    """Dwell that each TEU aboard on arrival adds."""
    slot_after: Wait | None = None
    """At a later stop of a timetabled service: planned departure, after the first stop's."""
    least_load: Load | None = None
    """Load at which it departs, in what its capacity counts or as a share of it; left out: as soon as it is ready."""
    longest_wait: Wait | None = None
    """When it departs all the same, after it was ready; left out: it waits for its load."""
    cut_off: Wait | None = None
    """How long before the departure a shipment must be there to go along."""
    longest_queue: Remaining | None = None
    """What may wait here for a consist, in what its capacity counts; what would be beyond is turned away."""
    overtaking: bool = False
    """Whether a smaller shipment may board when the head of the queue does not fit."""


class Driving(Named):
    """Driving-hours rule of the road: the plan of one truck, at the planned speed of its legs."""

    block: Stretch
    """Longest driving time without a break."""
    break_: Annotated[Wait, Field(alias="break")]
    day: Stretch
    """Longest driving time between two daily rests."""
    rest: Wait
    """Daily rest."""


class Service(Named):
    """Consists of one kind that follow one path: block trains, feeders, ferries, flights, truck lines."""

    label: str
    mode: Mode
    gauge: Gauge | None = None
    """Track gauge of the consist; due for rail."""
    path: Annotated[list[str], Field(min_length=1)]
    """Nodes, operations and choices in order; between two nodes it runs over the leg of its mode and gauge.

    Another service in the path carries it from the node before to the node after: a lock, a ferry.
    """
    stops: dict[str, Stop] = {}
    """Stops by node. The first and the last of the path are due unless the service is on demand."""
    capacity: Room | None = None
    """What a consist carries: TEU, or so many other consists (4 vessels in a lock); due unless on demand."""
    length: str = ""
    """Length of the consist in words, for the report."""
    departures: Departures
    driving: Driving | None = None
    priority: Literal["express", "ordinary"] = "ordinary"
    """Express is served first wherever it queues, never pre-emptively."""
    speed_share: Positive | None = None
    """Running speed as a share of that of its legs; left out: 100 %."""

    @property
    def circulates(self) -> bool:
        """Whether its consists begin their path again when they are through."""
        return self.departures.fleet is not None

    @property
    def carries_teu(self) -> bool:
        """Whether its capacity counts TEU, and not consists."""
        return self.capacity is None or self.capacity.counted in ("TEU", "")

    @model_validator(mode="after")
    def complete(self) -> Service:
        """Refuse a service without gauge, capacity or stops where they are due."""
        if self.mode == "rail" and self.gauge is None:
            message = "a rail service needs its 'gauge', 1435 mm or 1520 mm"
            raise ValueError(message)
        if self.driving is not None and self.mode != "road":
            message = "'driving' goes with mode road"
            raise ValueError(message)
        if self.departures.on_demand:
            if self.stops or self.capacity is not None:
                message = "a service on demand has no 'stops' and no 'capacity': each shipment has its own vehicle"
                raise ValueError(message)
        elif self.capacity is None:
            message = "missing key 'capacity' (TEU of a consist)"
            raise ValueError(message)
        if self.departures.timetable is None and any(stop.slot_after is not None for stop in self.stops.values()):
            message = "'slot_after' goes with departures by 'timetable'"
            raise ValueError(message)
        return self
