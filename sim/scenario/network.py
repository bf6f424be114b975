"""Where traffic moves: nodes, legs, calendars, places, operations and disruptions, as a user may write them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from sim.scenario.lists import Once
from sim.scenario.numbers import (
    Capacity,
    Emission,
    Fee,
    Freight,
    Gauge,
    HandlingEmission,
    Length,
    Moment,
    Named,
    Pace,
    Remaining,
    Share,
    Speed,
    Wait,
    Zone,
)
from sim.scenario.spreads import Time

Mode = Literal["rail", "road", "sea", "river", "air"]
NodeKind = Literal["terminal", "border", "port", "junction", "city", "lock", "airport"]
PlaceKind = Literal["lanes", "tracks", "hall", "cranes", "yard", "berths", "fleet", "posts", "paths", "crews", "gate"]
Activity = Literal["handling", "formalities", "rest", "equipment"]


def _country(text: str) -> str:
    if not re.fullmatch("[A-Z]{2}", text):
        raise ValueError(f"'{text}' is no country code of two capital letters, such as CN or KZ (ISO 3166)")
    return text


Country = Annotated[str, AfterValidator(_country), Field(json_schema_extra={"pattern": "^[A-Z]{2}$"})]


class Node(Named):
    """A point of the network: a terminal, a border station or post, a port, a junction."""

    name: str
    """Name in English."""
    name_zh: str = ""
    """Name in Chinese."""
    name_ru: str = ""
    """Name in Russian."""
    kind: NodeKind
    country: Country
    """Country as ISO 3166 code of two letters."""
    lat: Annotated[float, Field(ge=-90, le=90)]
    """Latitude in decimal degrees, north positive."""
    lon: Annotated[float, Field(ge=-180, le=180)]
    """Longitude in decimal degrees, east positive."""
    zone: Zone
    """IANA time zone of clocks, calendars and timetables here."""
    gauges: Once[Gauge] = []
    """Track gauges that meet here."""
    border: str = ""
    """Name of the border crossing (both sides' stations or posts carry the same) if this node is one side of it."""
    unlocode: Annotated[str, Field(pattern="^([A-Z]{2}[A-Z0-9]{3})?$")] = ""
    """UN/LOCODE, for reference only."""
    on_map: bool = True
    """Whether the node is labelled on the map."""


class Leg(Named):
    """A way between two nodes by one mode."""

    from_node: Annotated[str, Field(alias="from")]
    to_node: Annotated[str, Field(alias="to")]
    mode: Mode
    gauge: Gauge | None = None
    """Track gauge; due for rail."""
    length: Length
    speed: Speed | None = None
    """Running speed without stops; give either speed or time."""
    time: Time | None = None
    """Running time; give either speed or time."""
    variation: Share | None = None
    """Coefficient of variation of the running time, drawn from a lognormal distribution with the planned median."""
    tracks: Capacity | None = None
    """Consists that may be under way on the leg at once, in each direction; left out: no limit."""
    headway: Wait | None = None
    """Least time between two consists that enter the leg in the same direction; left out: no limit."""
    single_track: bool = False
    """One track for both directions: one consist at a time, which keeps it until the next place is entered."""
    blocks: bool = False
    """With tracks: a consist that cannot go on keeps its track until the next place is entered.

    Not right before a choice, nor is a single track: which place is next is not known before it. Put a place between.
    """
    both_ways: bool = True
    """Whether the same leg exists in the other direction."""
    freight: Freight | None = None
    """Freight rate; left out: that of the mode."""
    emissions: Emission | None = None
    """Well-to-wheel CO2e per tonne-kilometre; left out: that of the mode."""
    via: list[Annotated[list[float], Field(min_length=2, max_length=2)]] = []
    """Points [latitude, longitude] between the nodes, for the drawing only."""

    @model_validator(mode="after")
    def one_of_speed_and_time(self) -> Leg:
        """Refuse a leg whose running time is given twice or not at all."""
        if (self.speed is None) == (self.time is None):
            message = "a leg has either 'speed' or 'time'"
            raise ValueError(message)
        if self.variation is not None and self.speed is None:
            message = "'variation' goes with 'speed': 'time' may be a distribution itself"
            raise ValueError(message)
        if self.mode == "rail" and self.gauge is None:
            message = "a rail leg needs its 'gauge', 1435 mm or 1520 mm"
            raise ValueError(message)
        if self.single_track and (self.tracks is not None or self.blocks):
            message = "a leg of a single track has room for one, and blocks: leave out 'tracks' and 'blocks'"
            raise ValueError(message)
        if self.blocks and self.tracks is None:
            message = "'blocks' goes with 'tracks': without them there is room for all"
            raise ValueError(message)
        return self


class ModeRates(Named):
    """Rates that hold for all legs of a mode unless a leg says otherwise."""

    freight: Freight | None = None
    """Freight rate for a TEU or FEU and kilometre."""
    emissions: Emission | None = None
    """Well-to-wheel CO2e per tonne-kilometre."""


class Closure(Named):
    """Whole days or moments when something does not work, in the local time of its calendar."""

    first: Annotated[Moment, Field(alias="from")]
    last: Annotated[Moment, Field(alias="to")]
    """End of the closure; a date without a time means the end of that day."""


DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Calendar(Named):
    """When a place works: hours of each weekday in local time, less the closed days."""

    zone: Zone | None = None
    """Left out: the zone of the place's node."""
    hours: dict[str, list[str] | Literal["closed"]]
    """Hours by day or range of days (mon, mon-fri, daily): list of HH:MM-HH:MM, or closed. 24:00 ends a day."""
    closed: dict[str, Closure] = {}
    """Closures by id: holidays, planned works."""

    @field_validator("hours")
    @classmethod
    def readable(cls, hours: dict[str, list[str] | Literal["closed"]]) -> dict[str, list[str] | Literal["closed"]]:
        """Refuse days and hours that cannot be read."""
        for days, spans in hours.items():
            weekdays(days)
            _apart(days, [] if spans == "closed" else spans)
        _told_once(hours)
        return hours


def _apart(days: str, spans: list[str]) -> None:
    """Refuse hours of one day that overlap."""
    read = sorted((minutes_of(span), span) for span in spans)
    for (earlier, first), (later, second) in itertools.pairwise(read):
        if later[0] < earlier[1]:
            raise ValueError(f"hours '{first}' and '{second}' of {days} overlap")


def _told_once(hours: Iterable[str]) -> None:
    """Refuse days of which as much is said twice: of two entries for a day the one for fewer days holds."""
    for first, second in itertools.combinations(sorted(hours), 2):
        one, other = weekdays(first), weekdays(second)
        if len(one) == len(other) and set(one) & set(other):
            raise ValueError(f"'{first}' and '{second}' speak of the same day: say of fewer days what differs")


def weekdays(text: str) -> range:
    """The weekdays (0 is Monday) of ``daily``, of a day or of a range of days; ValueError otherwise."""
    if text == "daily":
        return range(7)
    first, _, last = text.partition("-")
    if first not in DAYS or (last and last not in DAYS):
        message = f"unknown day '{text}': allowed are daily, {', '.join(DAYS)} and ranges such as mon-fri"
        raise ValueError(message)
    span = range(DAYS.index(first), DAYS.index(last or first) + 1)
    if not span:
        message = f"the range of days '{text}' runs backwards"
        raise ValueError(message)
    return span


def minutes_of(span: str) -> tuple[int, int]:
    """Minutes since local midnight of ``HH:MM-HH:MM``, half-open; ValueError if it cannot be read or runs backwards."""
    first, dash, last = span.partition("-")
    start, end = clock_minutes(first), clock_minutes(last)
    if dash and end < start < 1440:
        parts = f"{first}-24:00" + (f", and 00:00-{last} of the next day" if end else "")
        message = f"hours '{span}' run past midnight: write {parts}"
        raise ValueError(message)
    if not dash or start >= end:
        message = f"hours '{span}' should be HH:MM-HH:MM within a day, the end after the start (24:00 ends the day)"
        raise ValueError(message)
    return start, end


def clock_minutes(text: str) -> int:
    """Minutes since midnight of ``HH:MM``; 24:00 is allowed."""
    hours, colon, minutes = text.partition(":")
    if (
        not colon
        or not hours.isdigit()
        or not minutes.isdigit()
        or int(minutes) > 59
        or int(hours) * 60 + int(minutes) > 1440
    ):
        message = f"'{text}' is not a time of day HH:MM"
        raise ValueError(message)
    return int(hours) * 60 + int(minutes)


class Change(Named):
    """From one moment to another, another capacity or another pace."""

    first: Annotated[Moment, Field(alias="from")]
    last: Annotated[Moment | None, Field(alias="to")] = None
    """Left out: until the end of the run."""
    capacity: Remaining | None = None
    pace: Pace | None = None
    """Share of the normal pace of work or running: 50 % makes it take twice as long."""
    note: str = ""


class Gate(Named):
    """Two thresholds on the stock of another place, at which a gate closes and opens."""

    watches: str
    """Place whose units, those asked for and those taken, are counted."""
    closes_at: Capacity
    """So many close the gate."""
    opens_at: Remaining
    """It opens when they are no more than this."""


class Place(Named):
    """Anything with limited capacity: lanes, tracks, cranes, yard slots, berths, a fleet."""

    node: str
    kind: PlaceKind
    capacity: Remaining
    """Units that can be taken at once, with their name: 4 lanes, 2400 TEU, 60 trucks.

    A fleet to which units of other places come back may start with none: 0 wagons.
    """
    calendar: str | None = None
    """Calendar of its working hours; left out: it always works."""
    when_closed: Literal["finish", "suspend"] = "finish"
    """What becomes of work in hand when it closes: finished all the same, or suspended and resumed."""
    overtaking: bool = False
    """Whether a smaller request may enter while the head of the queue does not fit."""
    longest_queue: Remaining | None = None
    """Units that may wait; who would be beyond them is turned away: to another way of a choice, or for good."""
    gate: Gate | None = None
    """Of a gate: when it is closed; left out: it never is. It lets in up to its capacity before it looks again."""
    changes: dict[str, Change] = {}
    """Other capacity or pace by date."""
    label: str = ""


class Operation(Named):
    """What is done at a place or node: formalities, gauge change, loading; or a fleet taken for a trip."""

    place: str | None = None
    """The place whose units are taken; left out: nothing is limited, the time passes all the same."""
    node: str | None = None
    """Where it is done; due only without a place."""
    activity: Activity = "handling"
    units: Capacity | None = None
    """Units taken at once; left out: one."""
    per_teu: bool = False
    """Whether the units are taken for each TEU."""
    time: Time | None = None
    """How long the entity stays; left out: no time."""
    time_per_teu: Wait | None = None
    """Time that each TEU adds."""
    hold: Time | None = None
    """How long the units stay taken from entry, if not as long as the entity stays (a path or slot per hold)."""
    until: str | None = None
    """Later item of the same path until whose end the units stay taken (a berth during a call, a fleet on its trip)."""
    until_entered: str | None = None
    """Later item of the same path until whose entry the units stay taken; at a node: until the arrival there.

    No choice, which is not entered.
    """
    blocks: bool = False
    """Whether who cannot go on keeps the units: until the next place is entered, or it leaves the node.

    Not right before a choice, for which place is next is not known before it: put a place between them, or the
    operation first into each way, so that the choice is made before it.
    """
    after: Time | None = None
    """With until or until_entered: time that the units stay taken beyond it (the way back, clean-up)."""
    gives_back_to: str | None = None
    """Place to which the units come back, where it is another one: wagons left elsewhere, empties carried back."""
    longest_wait: Time | None = None
    """Who has waited so long for the units gives up: for another way of a choice, or for good."""
    fee: Fee | None = None
    """Fees and payments, for each entity or each TEU."""
    emissions: HandlingEmission | None = None
    """CO2e of handling for each TEU."""
    direction: Literal["out", "in", ""] = ""
    """At a border: leaving or entering the country of the node."""
    label: str = ""

    @model_validator(mode="after")
    def consistent(self) -> Operation:
        """Refuse an operation that is nowhere, or whose hold is given twice."""
        if (self.place is None) == (self.node is None):
            message = "an operation has either a 'place' or, without limited capacity, a 'node'"
            raise ValueError(message)
        held = [self.hold is not None, self.until is not None, self.until_entered is not None, self.blocks]
        if sum(held) > 1:
            message = "an operation has at most one of 'hold', 'until', 'until_entered' and 'blocks'"
            raise ValueError(message)
        if self.after is not None and self.until is None and self.until_entered is None:
            message = "'after' goes with 'until' or 'until_entered'"
            raise ValueError(message)
        of_place = [*held, self.units, self.per_teu, self.gives_back_to, self.longest_wait]
        if self.place is None and any(of_place):
            message = (
                "'units', 'per_teu', 'hold', 'until', 'until_entered', 'blocks', 'gives_back_to' and 'longest_wait' "
                "need a 'place'"
            )
            raise ValueError(message)
        return self


class Disruption(Named):
    """Something that goes wrong between two moments: a place or leg closes, loses capacity or works slowly."""

    place: str | None = None
    leg: str | None = None
    first: Annotated[Moment, Field(alias="from")]
    last: Annotated[Moment, Field(alias="to")]
    capacity: Remaining | None = None
    """Capacity left; 0 closes it. On a leg: its tracks; at 0 who is under way stands until it opens."""
    pace: Pace | None = None
    note: str = ""

    @model_validator(mode="after")
    def one_target(self) -> Disruption:
        """Refuse a disruption of nothing, or without effect."""
        if (self.place is None) == (self.leg is None):
            message = "a disruption names either a 'place' or a 'leg'"
            raise ValueError(message)
        if self.capacity is None and self.pace is None:
            message = "a disruption needs 'capacity' or 'pace'"
            raise ValueError(message)
        return self
