"""The arrays of the compiled engine, and what their columns are called; :mod:`sim.engines.beginning` fills them.

All state of a run stands in these arrays and nothing stands elsewhere, so that a run can stop between two events and go
on later. Rows of a table that are used together lie together: a row is a line or two of the processor's cache.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.plan.tables import Floats, Ints

NONE = -1
"""No entity, row or server; in the log: not yet."""
FOR_EVER = 2**62
"""A time that does not come."""
MOST_ROWS = 2**31 - 1
"""Of the log, and so of any table; see :func:`sim.engines.jit.natural`."""

# Kinds of steps: those of the plan, and an occupy without a place.
PAUSE, OCCUPY, CALL, RIDE, CHOOSE = range(5)

# Columns of the steps. AT: the server, which is a place or, after the places, a stop. STAY and HOLD_TIME: rows of the
# families. CALLS up to CALLS_END: the stops at which the consist calls after this step, as rows of the calls. AWAITED:
# whether units are kept until it is entered. ENTERS: whether there is more to its entry than to be there: that, units
# that are not held for the stay, or that who asks may be turned away. CALENDAR up to CALENDAR_END: its slots. BACK: the
# place to which the units come back. LOOKED: whether the load of its place is looked at. OPTIONS up to OPTIONS_END:
# what it chooses among; LAST_STEP holds for a choice too. PATIENCE: row of the families, or ABSENT. OTHERWISE: position
# at which who waited in vain goes on. ASKS: whether there is more to its request than to join a queue: a load that is
# looked at, a longest queue or patience. What every visit looks at stands first, in few lines of the cache.
(
    KIND, AT, PLACE, UNITS, BY_TEU, STAY, HOLD, STREAM, LAST_STEP, AWAITED, ASKS, ENTERS, ENDS_HOLDS, BACK, LOOKED,
    POSITION, HOLD_TIME, UNTIL, TO_STOP, BOARDS, SLOT, LEAST_LOAD, LONGEST_WAIT, CUT_OFF, CALLS, CALLS_END,
    CALENDAR, CALENDAR_END, RULE, OPTIONS, OPTIONS_END, LONGEST_QUEUE, PATIENCE, OTHERWISE,
) = range(34)  # fmt: skip
STEP_COLUMNS = 34

# Columns of the families of distributions. SECONDS: of a fixed one. QUANTILES: where those of a table begin.
FAMILY, SECONDS, QUANTILES = range(3)

# Columns of the servers. FREE: units not in use; at a stop those that all who wait ask for. WINDOW: the present row of
# the windows. READY, LAST_READY: consists that wait for their load. UNITS_HERE: the load of a place that is looked at,
# which is the units that wait and those taken that are not back yet. GATES up to GATES_END: the gates that watch it.
# LIMITED: whether somebody has asked with a longest queue since it last served.
(
    FREE, WAITING, TOUCHED, NEXT_TOUCHED, OVERTAKING, STEADY, LIMITED, WINDOWS_END, WINDOW, READY, LAST_READY,
    UNITS_HERE, GATES, GATES_END,
) = range(14)  # fmt: skip
SERVER_COLUMNS = 14

# Columns of the queues: one for each server and class of priority, in this order.
FIRST, LAST = range(2)

# Columns of the options, and of their other numbers. SHARE: the weights up to this one.
TARGET, LOADED, CLASS = range(3)
SHARE, EXPECTED_SECONDS, EACH, USD = range(4)

# Columns of the windows.
BEGINS, CAPACITY = range(2)

# Columns of the gates, which stand by the place that they watch, then in the order of the plan. SHUTS: the place that
# has no unit free while it is closed.
SHUTS, HIGH, LOW, CLOSED = range(4)

# Columns of the entities' state. ROW: of the visit. NEXT, BEFORE: in the one list that it stands in. KEPT: row of the
# first visit whose units it keeps. AHEAD: the draw of its stay at the next step. DUE: that of its stay at this one; at
# a call then when it will have dwelt, then the end of its longest wait. ADDRESS: of its draws, its ordinal and before
# so many bits its lap. Of consists: LOAD is the units of its capacity that are taken, ABOARD the last who boarded, in a
# ring, ALARM when it looks again.
STEP, ROW, NEXT, BEFORE, KEPT, AHEAD, DUE, ADDRESS, LOAD, ABOARD, ALARM = range(11)
STATE_COLUMNS = 11
LAP_BITS = 32

# What is due: of an entity the end of its stay or of its dwell at a call, of a row of the log its units, its alarm or
# the end of its patience. In a subject the number of the entity or row stands before so many bits for which of these.
STAY_ENDS, DWELL_ENDS, UNITS_DUE, ALARM_RINGS, PATIENCE_ENDS = range(5)
SORT_BITS = 3
SORTS = (1 << SORT_BITS) - 1

# Rows of the log.
ENTITY, LOG_STEP, LOG_PLACE, REQUESTED, ENTERED, LEFT, RELEASED, CONSIST = range(8)
LOG_COLUMNS = 8

# Entries of the clock. CLASSES: of priority. SHIFT: bits of a key for the order of scheduling. AGENDA: how much is due.
# BEYOND: how much is due at the horizon or later, but for windows and releases. GRANTED, TOUCHED_FIRST and their ends:
# lists of this instant. EXPECTED: how many consists wait for their load and visits keep units until a step, each of
# which may come to be due. CHANGED, RELEASED_COUNT: how many changes and releases have been. JUMPED: who goes on at
# another step than the next. PROMISED: rows of the log that may be needed, as far as is known. MARGIN: what may come to
# be due in one act; and JUMPS while somebody has jumped, so that one look finds that and whether the agenda must grow.
(
    NOW, HORIZON, SEED, REPLICATION, CLASSES, SHIFT, SCHEDULED, AGENDA, BEYOND, GRANTED, LAST_GRANTED, TOUCHED_FIRST,
    TOUCHED_LAST, EXPECTED, NEXT_CHANGE, CHANGED, NEXT_RELEASE, RELEASED_COUNT, ROWS, PLACES, MARGIN, KERNEL, JUMPED,
    PROMISED,
) = range(24)  # fmt: skip
CLOCK_ENTRIES = 24
JUMPS = 2**40


class World(NamedTuple):
    """All arrays of a run."""

    clock: Ints
    steps: Ints
    per_teu: Floats
    families: Ints
    parameters: Floats
    quantiles: Floats
    calls: Ints
    slots: Ints
    """Times of all calendars."""
    options: Ints
    measures: Floats
    """The other numbers of the options."""
    servers: Ints
    queues: Ints
    windows: Ints
    paces: Floats
    gates: Ints
    changes: Ints
    """(2, n) Time and place."""
    order: Ints
    """Entities in the order of their releases."""
    release: Ints
    route_first: Ints
    """First step of each route, and the end of the last."""
    route: Ints
    ordinal: Ints
    rank: Ints
    """Class of priority: 0 is served first."""
    teu: Ints
    capacity: Ints
    slot: Ints
    class_: Ints
    value_of_time: Floats
    state: Ints
    keys: Ints
    """Of what is due, time and order of scheduling in one number: a binary heap."""
    subjects: Ints
    """What is due: an entity or a row of the log, and which of the five it is."""
    log: NDArray[np.integer[Any]]
    """Column after column."""


CHANGING = ("clock", "servers", "queues", "gates", "state", "keys", "subjects", "log")
"""Arrays that the kernel changes; it only reads the others."""
