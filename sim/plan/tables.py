"""The plan's tables: what an engine needs and nothing else, with nothing implied.

A plan is structure: places, stops, routes, steps, distributions. It is compiled once per scenario. What differs
between replications are the entities (releases, sizes) and the draws. All times are whole seconds since the
scenario's start; all tables are arrays whose row number is the id of the thing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

ABSENT = -1
"""Marks an absent id, index or time in an integer column. No id, index or time of a plan is negative."""

LONGEST = 1e15
"""Seconds at which a draw is cut, some 30 million years: thousands of them still add up within 64 bits."""


class StepKind(IntEnum):
    """What an entity does at a step of its route."""

    OCCUPY = 0
    """Ask for units of a place, wait, enter, stay, leave."""
    CALL = 1
    """A consist at a stop: let off, dwell, depart by its rule, board, leave."""
    RIDE = 2
    """A shipment, or a consist with what it carries, waits at a stop for a consist of a service and goes along."""
    CHOOSE = 3
    """Go on at one of several steps, by a rule; no time passes."""


class Hold(IntEnum):
    """How long the units of a place stay taken."""

    STAY = 0
    """Until the entity leaves: given back before the entity goes on."""
    SECONDS = 1
    """For a time after entry, drawn or fixed, whether the entity is still there or not (headway, clean-up)."""
    UNTIL = 2
    """Until a later step of the same route ends, plus a time (a fleet that returns, a berth held during a call)."""
    UNTIL_ENTERED = 3
    """Until a later step of the same route is entered (granted, boarded, ready), plus a time: it blocks till then."""


class Rule(IntEnum):
    """How an option of a CHOOSE step is picked; of several that are as good the first."""

    SHARES = 0
    """By a draw, in proportion to the weights."""
    SHORTEST_QUEUE = 1
    """Fewest units waiting and in use at the option's place."""
    LEAST_TIME = 2
    """Least seconds: of the option, and ``each`` for every unit waiting and in use over the capacity of its place."""
    LEAST_COST = 3
    """Least USD: of the option, and its seconds as for LEAST_TIME at the entity's value of time."""
    CLASS = 4
    """The first whose class is the entity's, or that has none."""
    FUNCTION = 5
    """The one that a function of the user picks."""


class Kind(IntEnum):
    """Family of a distribution; what a, b and c mean is said in :mod:`sim.plan.draws`."""

    FIXED = 0
    EXPONENTIAL = 1
    LOGNORMAL = 2
    TRIANGULAR = 3
    UNIFORM = 4
    WEIBULL = 5
    TABLE = 6


class Purpose(IntEnum):
    """What a draw is for: part of its address, so that two draws of one step never meet."""

    STAY = 0
    HOLD = 1
    GAP = 2
    SIZE = 3
    PATIENCE = 4
    CHOICE = 5
    BREAK = 6
    REPAIR = 7


@dataclass(frozen=True, eq=False)
class Places:
    """Anything with limited capacity. Capacity and pace over time stand in the windows of the place."""

    names: tuple[str, ...]
    first_window: Ints
    """(places + 1) Rows ``first_window[p]`` up to, not including, ``first_window[p + 1]`` of the windows are p's."""
    overtaking: Bools
    """Whether a smaller request may enter while the head of the queue does not fit."""
    suspends: Bools
    """Whether work in hand stops while the capacity is 0 and resumes after; otherwise it is finished."""

    def windows_of(self, place: int) -> slice:
        """The rows of the windows that are those of a place."""
        return slice(int(self.first_window[place]), int(self.first_window[place + 1]))


@dataclass(frozen=True, eq=False)
class Windows:
    """From ``time`` on, until the next row of the same place, the place has ``capacity`` units and works at ``pace``.

    Each place has a row at time 0; times rise strictly within a place. A pace of 0.5 makes work take twice as long.
    """

    time: Ints
    capacity: Ints
    pace: Floats


@dataclass(frozen=True, eq=False)
class Stops:
    """Where shipments wait for the consists of one service: one row for each service and position of its stops."""

    names: tuple[str, ...]
    overtaking: Bools
    """Whether a smaller shipment may board when the head of the queue does not fit."""


@dataclass(frozen=True, eq=False)
class Distributions:
    """Families with their parameters; a TABLE's quantiles are ``quantiles[first[d]:first[d + 1]]``. In seconds."""

    kind: Ints
    a: Floats
    b: Floats
    c: Floats
    first: Ints
    quantiles: Floats


@dataclass(frozen=True, eq=False)
class Steps:
    """All steps of all routes, route after route. Columns that a kind does not use hold ABSENT, 0 or False."""

    names: tuple[str, ...]
    kind: Ints
    place: Ints
    """OCCUPY: the place. CALL: the stop. RIDE: the stop where the shipment waits."""
    to_stop: Ints
    """RIDE: the stop where the shipment is let off."""
    units: Ints
    """OCCUPY: units asked for, or units for each TEU of the entity if ``units_per_teu``. RIDE: the same, of a
    consist's capacity."""
    units_per_teu: Bools
    duration: Ints
    """OCCUPY, CALL: the distribution of the stay (CALL: dwell) in seconds at pace 1."""
    per_teu: Floats
    """Seconds that each TEU adds to the stay: the TEU of a shipment, the TEU aboard a consist."""
    hold: Ints
    hold_time: Ints
    """Hold.SECONDS: distribution of the time after entry. Else: of the time after the later step, or ABSENT."""
    hold_until: Ints
    """Hold.UNTIL, UNTIL_ENTERED: the later step, as its position in the route (0 is the route's first step)."""
    return_place: Ints
    """OCCUPY: the place to which the units come back; ABSENT: the place itself."""
    longest_queue: Ints
    """OCCUPY, RIDE: units that may wait, its own included; who would be beyond is turned away. ABSENT: any number."""
    patience: Ints
    """OCCUPY, RIDE: distribution of the seconds after which who still waits gives up; ABSENT: never."""
    otherwise: Ints
    """Position in the route at which who is turned away or gives up goes on; ABSENT: its route ends there."""
    boards: Bools
    """CALL: whether shipments board here and the departure rule counts; False at a consist's last stop."""
    slot: Ints
    """CALL: seconds after the entity's own slot before which it does not depart; ABSENT: no timetable here."""
    least_load: Ints
    """CALL: TEU that must be aboard or able to board before the consist departs; 0: departs at once."""
    longest_wait: Ints
    """CALL: seconds after it is ready when the consist departs whatever its load; ABSENT: it waits for its load."""
    cut_off: Ints
    """CALL: a shipment boards only if it asked at least so many seconds before the departure."""
    slots: Ints
    """CALL: row of the slot calendars: the consist is ready at the first slot at which it can be; ABSENT: none."""
    rule: Ints
    """CHOOSE: how it picks among its options; ABSENT for all other kinds."""
    function: Ints
    """CHOOSE by Rule.FUNCTION: the number of the plan's rule; else ABSENT."""
    stream: Ints
    """Name of the stream of this step's draws, as an unsigned 32-bit number (see :mod:`sim.plan.draws`)."""

    def pools(self) -> frozenset[int]:
        """Places whose units come back elsewhere, or that get those of others: nobody knows how many they have."""
        away = (self.return_place != ABSENT) & (self.return_place != self.place)
        return frozenset([*self.place[away].tolist(), *self.return_place[away].tolist()])


@dataclass(frozen=True, eq=False)
class Options:
    """Ways to go on at a CHOOSE step: rows ``first[s]`` up to, not including, ``first[s + 1]`` are those of step s.

    ``first`` has an entry for every step of the plan, and one more. With one option the step is a jump.
    """

    first: Ints
    target: Ints
    """Position in the route at which the entity goes on; the number of the route's steps: the route ends."""
    weight: Floats
    place: Ints
    """The place whose load counts; ABSENT: none, and no load."""
    seconds: Floats
    each: Floats
    """Seconds for each unit waiting and in use at the place, divided by its capacity at the time."""
    usd: Floats
    class_: Ints
    """Class of the entities that it is for; ABSENT: any."""


@dataclass(frozen=True, eq=False)
class Gates:
    """A gate closes a place while too much is at another one; a place has at most one gate.

    When the units waiting and in use at ``watched`` reach ``high``, ``place`` grants nobody until they are at ``low``
    or below. 0 <= low < high.
    """

    place: Ints
    watched: Ints
    high: Ints
    low: Ints


@dataclass(frozen=True, eq=False)
class Slots:
    """Slot calendars: times ``time[first[c]:first[c + 1]]``, rising, are those of calendar c."""

    first: Ints
    time: Ints


@dataclass(frozen=True, eq=False)
class Breakdowns:
    """Spells at random in which places work worse: breakdowns, weather.

    The first spell begins after a time ``between``, and each next one so long after the end of the one before. A spell
    lasts for a time ``repair``. Both are draws in seconds, of at least 1. All places of a row have the same spells.
    Engines do not know spells: :func:`sim.plan.breakdowns.with_breakdowns` turns them into windows.
    """

    first: Ints
    """Places ``place[first[b]:first[b + 1]]`` are those of row b."""
    place: Ints
    between: Ints
    """Distribution."""
    repair: Ints
    """Distribution."""
    capacity: Ints
    """Units that are left at most during a spell; ABSENT: all."""
    pace: Floats
    """Factor on the pace during a spell."""
    stream: Ints
    season_first: Ints
    """Seasons ``season_first[b]`` up to, not including, ``season_first[b + 1]`` are those of row b; none: always."""
    season_from: Ints
    season_to: Ints
    """What of a spell is outside all seasons of its row, each [from, to), does not happen."""


@dataclass(frozen=True, eq=False)
class Routes:
    """A route is a template: steps ``first[r]`` up to, not including, ``first[r + 1]``."""

    names: tuple[str, ...]
    first: Ints


@dataclass(frozen=True, eq=False)
class Plan:
    """One scenario's structure; the same for all replications."""

    horizon: int
    places: Places
    windows: Windows
    stops: Stops
    distributions: Distributions
    steps: Steps
    routes: Routes
    options: Options
    gates: Gates
    slots: Slots
    breakdowns: Breakdowns
    rules: tuple[str, ...] = ()
    """Names of the functions by which choices are made, given to the engine beside the plan."""


@dataclass(frozen=True, eq=False)
class Entities:
    """What moves in one replication: shipments and consists. The row number is the entity's number.

    Entities of one group (a flow or a service) stand together, in the order of their ordinals.
    """

    release: Ints
    route: Ints
    ordinal: Ints
    """Number within its group, from 0: the entity part of the address of its draws."""
    priority: Ints
    """Smaller is served first."""
    teu: Ints
    """Size of a shipment; 0 for a consist that carries shipments which are entities themselves."""
    capacity: Ints
    """TEU that a consist can carry; 0 for a shipment."""
    slot: Ints
    """Time of a consist's first timetabled departure; ABSENT: none."""
    class_: Ints
    """Class, for choices by class; 0 unless said otherwise."""
    value_of_time: Floats
    """USD that a second costs the whole entity, for choices by cost."""

    def __len__(self) -> int:
        return len(self.release)
