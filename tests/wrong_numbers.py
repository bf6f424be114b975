"""What may be wrong in a run that stands still: each changes its arrays, and says in which words it is refused.

A change says whether there was anything to be changed.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.engines import layout as of
from sim.engines.queues import _ALL
from sim.engines.standing import Standing
from sim.plan.tables import Bools, Hold, Ints

Change = Callable[[Standing], bool]
Who = Callable[[Standing], Ints]
Which = Callable[[Standing], Bools]


def _set(table: Ints, rows: Ints, column: int, change: Callable[[int], int]) -> bool:
    """Change a column in the first of some rows, if there is one."""
    if len(rows):
        table[rows[0], column] = change(int(table[rows[0], column]))
    return len(rows) > 0


def entity(who: Who, column: int, change: Callable[[int], int]) -> Change:
    return lambda run: _set(run.state, who(run), column, change)


def visit(which: Which, column: int, change: Callable[[int], int]) -> Change:
    return lambda run: _set(run.log.T, np.flatnonzero(which(run)), column, change)


def clock(entry: int, change: Callable[[int], int]) -> Change:
    return lambda run: _set(run.clock[:, np.newaxis], np.array([entry]), 0, change)


def place(column: int, change: Callable[[int], int]) -> Change:
    return lambda run: _set(run.servers, np.arange(run.clock[of.PLACES]), column, change)


def stop(column: int, change: Callable[[int], int]) -> Change:
    return lambda run: _set(run.servers, np.arange(run.clock[of.PLACES], len(run.servers)), column, change)


def _to(value: int) -> Callable[[int], int]:
    return lambda _: value


def _more(value: int) -> int:
    return value + 1


def _less(value: int) -> int:
    return value - 1


def _pair(run: Standing) -> Ints:
    """Two who stand one behind the other in a queue, or nobody."""
    behind = run.waiting[run.state[run.waiting, of.NEXT] != of.NONE][:1]
    return np.concatenate([behind, run.state[behind, of.NEXT]])


def queue_closes(run: Standing) -> bool:
    pair = _pair(run)
    if len(pair):
        run.state[pair[1], of.NEXT], run.state[pair[0], of.BEFORE] = pair[0], pair[1]
    return len(pair) > 0


def head_is_left_out(run: Standing) -> bool:
    queues = run.kept["queues"]
    own = np.flatnonzero(queues[:, of.FIRST] != queues[:, of.LAST])
    for queue in own[:1]:
        queues[queue, of.FIRST] = run.state[queues[queue, of.FIRST], of.NEXT]
        run.state[queues[queue, of.FIRST], of.BEFORE] = of.NONE
    return len(own) > 0


def two_change_places(run: Standing) -> bool:
    pair, queues, state = _pair(run), run.kept["queues"], run.state
    if not len(pair):
        return False
    one, other = pair.tolist()
    before, after = int(state[one, of.BEFORE]), int(state[other, of.NEXT])
    for column, end, away, beyond in ((of.FIRST, one, other, before), (of.LAST, other, one, after)):
        queues[queues[:, column] == end, column] = away
        if beyond != of.NONE:
            state[beyond, of.NEXT if column == of.FIRST else of.BEFORE] = away
    state[one, [of.NEXT, of.BEFORE]] = after, other
    state[other, [of.NEXT, of.BEFORE]] = one, before
    return True


def stands_in_two_queues(run: Standing) -> bool:
    queues = run.kept["queues"]
    empty, full = (np.flatnonzero((queues[:, of.FIRST] == of.NONE) == which) for which in (True, False))
    if len(empty) and len(full):
        queues[empty[0]] = queues[full[0], of.FIRST]
    return len(empty) > 0 and len(full) > 0


def ready_are_nobody(run: Standing) -> bool:
    return _set(run.servers, np.flatnonzero(run.servers[:, of.READY] != of.NONE), of.READY, _to(of.NONE))


def rides_on_itself(run: Standing) -> bool:
    for rider in run.riding[:1]:
        run.log[of.CONSIST, run.state[rider, of.ROW]] = rider
    return len(run.riding) > 0


def _carriers(run: Standing) -> Ints:
    carriers: Ints = run.released[run.state[run.released, of.ABOARD] != of.NONE]
    return carriers


def _keepers(run: Standing) -> Ints:
    keepers: Ints = run.released[run.state[run.released, of.KEPT] != of.NONE]
    return keepers


def ring_leads_elsewhere(run: Standing) -> bool:
    return _set(run.state, run.riding, of.NEXT, _to(int(_carriers(run)[0]))) if len(run.riding) else False


def rings_of_one(run: Standing) -> bool:
    two = run.riding[run.state[run.riding, of.NEXT] != run.riding]
    run.state[run.riding, of.NEXT] = run.riding
    return len(two) > 0


def keeps_anothers(run: Standing) -> bool:
    keepers = _keepers(run)
    if len(keepers) > 1:
        run.state[keepers[0], of.KEPT] = run.state[keepers[1], of.KEPT]
    return len(keepers) > 1


def kept_closes(run: Standing) -> bool:
    rows = np.flatnonzero(run.keeps)
    return _set(run.log.T, rows, of.RELEASED, _to(-2 - int(rows[0]))) if len(rows) else False


def gate_swings(run: Standing) -> bool:
    gates, servers = run.kept["gates"], run.servers
    watched = np.repeat(np.arange(len(servers)), servers[:, of.GATES_END] - servers[:, of.GATES])
    load = servers[watched, of.UNITS_HERE]
    settled = np.flatnonzero((load <= gates[:, of.LOW]) | (load >= gates[:, of.HIGH]))
    for gate in settled[:1]:
        run.servers[gates[gate, of.SHUTS], of.FREE] += _ALL * (2 * gates[gate, of.CLOSED] - 1)
        gates[gate, of.CLOSED] = 1 - gates[gate, of.CLOSED]
    return len(settled) > 0


def no_heap(run: Standing) -> bool:
    for name in ("keys", "subjects"):
        run.kept[name][:2] = run.kept[name][:2][::-1].copy()
    return len(run.kept["keys"]) > 1


def due_before(run: Standing) -> bool:
    run.kept["keys"][:1] = 0
    return len(run.kept["keys"]) > 0 and run.time > 0


def nothing_scheduled(run: Standing) -> bool:
    run.clock[of.SCHEDULED] = 0
    return len(run.due[2]) > 0


def ends_what_has_not_begun(run: Standing) -> bool:
    subjects = run.due[2]
    due = np.flatnonzero((subjects & of.SORTS) == of.STAY_ENDS)
    if not len(due) or not len(run.waiting):
        return False
    subjects[due[0]] = run.waiting[0] << of.SORT_BITS | of.STAY_ENDS
    return True


def due_twice(run: Standing) -> bool:
    subjects = run.due[2]
    due = np.flatnonzero((subjects & of.SORTS) == of.STAY_ENDS)
    subjects[due[:2]] = subjects[due[:1]]
    return len(due) > 1


def _lasting(run: Standing) -> Ints:
    """Who stays at a place beyond the horizon."""
    subjects = run.due[2]
    due = subjects[(subjects & of.SORTS) == of.STAY_ENDS] >> of.SORT_BITS
    at_place = run.kind[run.state[run.staying, of.ROW]] == of.OCCUPY
    lasting: Ints = run.staying[at_place & ~np.isin(run.staying, due)]
    return lasting


def lasts_unknown(run: Standing) -> bool:
    return _set(run.state, _lasting(run), of.NEXT, _to(int(run.clock[of.SCHEDULED])))


def lasts_uncounted(run: Standing) -> bool:
    run.clock[of.BEYOND] = 0
    lasting = _lasting(run)
    return bool(np.any(run.state[lasting, of.BEFORE] != of.FOR_EVER))


def _in_a_pause(run: Standing) -> Ints:
    """Who stays at no place, within the horizon."""
    due = run.due[2][(run.due[2] & of.SORTS) == of.STAY_ENDS] >> of.SORT_BITS
    in_a_pause: Ints = due[run.kind[run.state[due, of.ROW]] == of.PAUSE]
    return in_a_pause


def _later(run: Standing) -> Bools:
    """Visits before which there was one after the start."""
    later: Bools = np.concatenate([[0], run.log[of.REQUESTED, :-1]])[: run.log.shape[1]] > 0
    return later


def _left(run: Standing) -> Bools:
    left: Bools = run.log[of.LEFT] != of.NONE
    return left


def elsewhere(run: Standing) -> bool:
    """A visit is at the first step of another route."""
    first = run.fresh.route_first[run.fresh.route[run.log[of.ENTITY]]]
    others = np.flatnonzero(first != first[:1])
    return _set(run.log.T, others, of.LOG_STEP, _to(int(first[0]))) if len(others) else False


def _held_for_the_stay(run: Standing) -> Bools:
    holds = run.fresh.steps[run.log[of.LOG_STEP], of.HOLD] == int(Hold.STAY)
    held: Bools = _left(run) & run.entered & (run.kind == of.OCCUPY) & holds
    return held


def anothers_visits(run: Standing) -> bool:
    """All visits of one who is gone are said to be of one who has not set out."""
    out, routes = run.released, run.fresh.route
    waiting = run.fresh.order[len(out) :]
    pairs = [(one, other) for one in out.tolist() for other in waiting.tolist() if routes[one] == routes[other]]
    for one, other in pairs[:1]:
        run.log[of.ENTITY, run.log[of.ENTITY] == one] = other
    return bool(pairs)


def _not_out(run: Standing) -> Ints:
    return np.setdiff1d(run.fresh.order, run.released)


def at_an_earlier_visit(run: Standing) -> bool:
    for row in range(run.log.shape[1]):
        who = run.log[of.ENTITY, row]
        if run.state[who, of.ROW] != row:
            run.state[who, of.ROW] = row
            return True
    return False


def _past(run: Standing) -> Bools:
    """Pauses that are over, and not the last of their entity."""
    last = run.state[run.log[of.ENTITY], of.ROW]
    past: Bools = (run.kind == of.PAUSE) & _left(run) & (last != np.arange(len(last)))
    return past


LINE = "the line of those who wait breaks off, closes or goes back at entity"
WRONG: dict[str, tuple[Change, str]] = {
    "a queue closes": (queue_closes, LINE),
    "the head of a queue is left out": (head_is_left_out, LINE),
    "the last stands beyond the end": (lambda run: _set(run.state, _pair(run)[1:], of.NEXT, _to(0)), LINE),
    "two have changed places": (two_change_places, LINE),
    "consists that are ready are nobody": (ready_are_nobody, LINE),
    "an entity stands in two queues": (stands_in_two_queues, "the ends of a line are not those of one, at queue"),
    "one more waits at a place": (place(of.WAITING, _more), "another number waits than is counted at place or stop"),
    "it rides on itself": (rides_on_itself, "no consist carries entity"),
    "one unit more aboard": (entity(_carriers, of.LOAD, _more), "its load is not that of those aboard: entity"),
    "the last aboard is nobody": (
        entity(_carriers, of.ABOARD, _to(of.NONE)),
        "another one is the last aboard of entity",
    ),
    "a ring leads elsewhere": (ring_leads_elsewhere, "the ring of those aboard leads elsewhere at entity"),
    "rings of one each": (rings_of_one, "those aboard are not one ring, of entity"),
    "kept units are back": (
        lambda run: visit(lambda run: run.keeps, of.RELEASED, _to(int(run.clock[of.NOW])))(run),
        "units are kept that have come back, of visit",
    ),
    "a pause leads on": (
        visit(lambda run: run.kind == of.PAUSE, of.RELEASED, _to(-2)),
        "a visit that keeps no units leads on to others, visit",
    ),
    "what is kept closes": (kept_closes, "the list of what is kept goes back or elsewhere at visit"),
    "it keeps another's": (keeps_anothers, "it keeps what another one does, entity"),
    "it keeps nothing": (
        entity(_keepers, of.KEPT, _to(of.NONE)),
        "the list of what is kept leaves out or holds twice visit",
    ),
    "a pause on a train": (
        visit(lambda run: run.kind == of.PAUSE, of.CONSIST, _to(0)),
        "it has a consist though it does not ride, visit",
    ),
    "a ride on nothing": (
        visit(lambda run: (run.kind == of.RIDE) & _left(run) & run.entered, of.CONSIST, _to(of.NONE)),
        "it rides and has no consist, visit",
    ),
    "a unit more is free": (place(of.FREE, _more), "units free are not those that nobody has taken, of place"),
    "a unit more is asked for": (stop(of.FREE, _more), "units asked for are not those of who waits, of stop"),
    "a place has more load": (place(of.UNITS_HERE, _more), "its load is not what is taken and asked for, of place"),
    "a place is touched": (place(of.TOUCHED, _to(1)), "it has still to serve though the instant is over"),
    "somebody has just asked": (stop(of.LIMITED, _to(1)), "it has still to serve though the instant is over"),
    "a gate swings": (gate_swings, "a gate is not as the load that it watches, gate"),
    "no heap": (no_heap, "what is due is no heap at"),
    "due before": (due_before, "it was due before, number"),
    "nothing is scheduled": (nothing_scheduled, "more is scheduled than is counted, number"),
    "one more is expected": (clock(of.EXPECTED, _more), "what may come to be due is not what is counted:"),
    "ends what has not begun": (ends_what_has_not_begun, "the end of a stay cannot be due, of number"),
    "due twice": (due_twice, "the end of a stay is due more than once, of number"),
    "a longer stay": (
        entity(_in_a_pause, of.DUE, lambda stay: stay + 1),
        "its stay does not end when its work is done, entity",
    ),
    "lasts, and has no number": (lasts_unknown, "more is scheduled than is counted, number"),
    "lasts, and is not counted": (lasts_uncounted, "more is due beyond the horizon than is counted:"),
    "requested before": (visit(_later, of.REQUESTED, _to(0)), "times go back at visit"),
    "entered before": (visit(lambda run: run.entered, of.ENTERED, _to(-2)), "times go back within visit"),
    "left later than now": (
        lambda run: visit(_left, of.LEFT, _to(int(run.clock[of.NOW]) + 1))(run),
        "it is later than now, visit",
    ),
    "a step elsewhere": (elsewhere, "its entity does not come there, visit"),
    "units never came back": (
        visit(_held_for_the_stay, of.RELEASED, _to(of.NONE)),
        "units do not come back as the stay ends, of visit",
    ),
    "another is released next": (clock(of.NEXT_RELEASE, _more), "the clock shows another time, in its entry 16"),
    "visits of one who has not set out": (anothers_visits, "it has visits and has not set out, or has none"),
    "one who has not set out": (entity(_not_out, of.LOAD, _more), "it has not set out and has come to something"),
    "at an earlier visit": (at_an_earlier_visit, "it is not at its last visit, entity"),
    "a visit that is not over": (visit(_past, of.LEFT, _to(of.NONE)), "it has not been left, and its entity goes on"),
    "at the next step": (entity(lambda run: run.going, of.STEP, _more), "it is at another step than its visit, entity"),
    "left earlier": (
        visit(lambda run: _past(run) & (run.log[of.LEFT] > run.log[of.ENTERED]), of.LEFT, _less),
        "its visits leave gaps, entity",
    ),
    "a stay before it began": (entity(lambda run: run.released, of.AHEAD, _to(-1)), "what is drawn for it is no time"),
    "draws of another": (entity(lambda run: run.released, of.ADDRESS, _more), "its draws are those of another"),
    "a lap to come": (
        entity(lambda run: run.released, of.ADDRESS, lambda address: address + (1 << of.LAP_BITS + 10)),
        "or of a lap that it has not come to, entity",
    ),
    "many visits to come": (clock(of.PROMISED, lambda rows: rows + 10**6), "more or fewer visits are to come than may"),
}
