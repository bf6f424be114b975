"""Whether the lists of a run that stands still hold together: each begins, ends, and has in it who belongs there.

The kernel follows its lists without looking: a queue that closes to a ring it would follow for ever. Nobody stands in
two lists, since each has one pair of links, and in which one follows from its visit. Queues and consists that are ready
are in the order of the law, and units that are kept in that of the visits, so that a link that leads on and never back
cannot come round. Of those aboard no order is known: they are gone through one by one.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sim.engines.layout import (
    ABOARD,
    AT,
    BEFORE,
    CLASSES,
    CONSIST,
    ENTERED,
    ENTITY,
    FIRST,
    KEPT,
    LAST,
    LAST_READY,
    LOAD,
    LOG_STEP,
    LONGEST_QUEUE,
    NEXT,
    NONE,
    OCCUPY,
    READY,
    RELEASED,
    REQUESTED,
    RIDE,
    ROW,
    WAITING,
)
from sim.engines.onward import _JUST_ASKED
from sim.engines.standing import Flaw, Standing
from sim.plan.tables import ABSENT, Bools, Ints


def flaws(run: Standing) -> Iterator[Flaw]:
    """All that does not fit; what comes later may rest on what was told before."""
    yield from _queues_and_ready(run)
    yield from _aboard(run)
    yield from _kept(run)


def _queues_and_ready(run: Standing) -> Iterator[Flaw]:
    """Lists with links both ways: the queues, and after them for each place and stop the consists that are ready."""
    queues, servers, state = run.kept["queues"], run.servers, run.state
    first = np.concatenate([queues[:, FIRST], servers[:, READY]])
    last = np.concatenate([queues[:, LAST], servers[:, LAST_READY]])
    waiting, ready = run.waiting, run.ready
    at_queue, at_stop = (run.fresh.steps[run.log[LOG_STEP, state[who, ROW]], AT] for who in (waiting, ready))
    # One more than there are: NONE, which is -1, stands in no list.
    line, since = np.full((2, len(state) + 1), NONE)
    line[waiting] = at_queue * run.clock[CLASSES] + run.fresh.rank[waiting]
    line[ready] = len(queues) + at_stop
    since[waiting] = run.log[REQUESTED, state[waiting, ROW]]
    since[ready] = run.log[ENTERED, state[ready, ROW]]
    there = np.concatenate([waiting, ready])
    broken = ~(
        _linked(there, (state[:, NEXT], state[:, BEFORE]), (line, last))
        & _linked(there, (state[:, BEFORE], state[:, NEXT]), (line, first))
        & _leads_on(there, state[there, NEXT], since)
    )
    yield "the line of those who wait breaks off, closes or goes back at entity", there[broken]
    empty = np.bincount(line[there], minlength=len(first)) == 0
    astray = np.flatnonzero(np.where(empty, (first != NONE) | (last != NONE), (line[first] < 0) | (line[last] < 0)))
    yield "the ends of a line are not those of one, at queue", astray
    count = np.bincount(at_queue, minlength=len(servers))
    yield "another number waits than is counted at place or stop", np.flatnonzero(count != servers[:, WAITING])


def _linked(there: Ints, links: tuple[Ints, Ints], lines: tuple[Ints, Ints]) -> Bools:
    """Whether those who stand in lines are linked on one side: to one of the same line that is linked to them."""
    (to, back), (line, end) = links, lines
    other = to[there]
    linked: Bools = np.where(
        other == NONE, end[line[there]] == there, (line[other] == line[there]) & (back[other] == there)
    )
    return linked


def _leads_on(there: Ints, other: Ints, since: Ints) -> Bools:
    """Whether a link leads to who came later; of the same second, to the larger number."""
    later = (since[other] > since[there]) | ((since[other] == since[there]) & (other > there))
    leads_on: Bools = (other == NONE) | later
    return leads_on


def _aboard(run: Standing) -> Iterator[Flaw]:
    """Rings, of which the consist knows the last."""
    state, riding = run.state, run.riding
    row = state[riding, ROW]
    consist = run.log[CONSIST, row]
    yield "no consist carries entity", riding[(consist < 0) | (consist == riding)]
    of = np.full(len(state) + 1, NONE)
    of[riding] = consist
    load = np.zeros(len(state), np.int64)
    np.add.at(load, consist, run.units[row])
    yield "its load is not that of those aboard: entity", np.flatnonzero(load != state[:, LOAD])
    # Those who have not set out have nothing in their state.
    last = np.where(np.isin(np.arange(len(state)), run.released), state[:, ABOARD], NONE)
    carries = np.bincount(consist, minlength=len(state))
    yield "another one is the last aboard of entity", np.flatnonzero(np.where(carries > 0, of[last] < 0, last != NONE))
    yield "the ring of those aboard leads elsewhere at entity", riding[of[state[riding, NEXT]] != consist]
    following = dict(zip(riding.tolist(), state[riding, NEXT].tolist(), strict=True))
    carriers = np.flatnonzero(carries)
    rings = zip(last[carriers].tolist(), carries[carriers].tolist(), strict=True)
    whole = np.array([_is_ring(following, last, count) for last, count in rings], np.bool_)
    yield "those aboard are not one ring, of entity", carriers[~whole]


def _is_ring(following: dict[int, int], last: int, count: int) -> bool:
    """Whether one comes round to the last by so many links and no fewer."""
    rider, passed = following[last], 1
    while rider != last and passed < count:
        rider = following[rider]
        passed += 1
    return rider == last and passed == count


def _kept(run: Standing) -> Iterator[Flaw]:
    """Visits whose units are kept until a later step: a list for each entity, from the first to the last."""
    log, keeps = run.log, run.keeps
    yield "units are kept that have come back, of visit", np.flatnonzero(keeps & (log[RELEASED] >= 0))
    linked = np.flatnonzero(log[RELEASED] < NONE)
    yield "a visit that keeps no units leads on to others, visit", linked[~keeps[linked]]
    following = -2 - log[RELEASED, linked]
    back = (following <= linked) | (log[ENTITY, following] != log[ENTITY, linked])
    yield "the list of what is kept goes back or elsewhere at visit", linked[back]
    keeper = run.released[run.state[run.released, KEPT] != NONE]
    first = run.state[keeper, KEPT]
    yield "it keeps what another one does, entity", keeper[log[ENTITY, first] != keeper]
    reached = np.bincount(np.concatenate([first, following]), minlength=len(keeps))
    yield "the list of what is kept leaves out or holds twice visit", np.flatnonzero(reached != keeps)
    rides = (run.kind == RIDE) & run.entered
    # Who asked with a longest queue and was granted units at once has that noted still.
    asked = run.entered & (run.kind == OCCUPY) & (run.fresh.steps[log[LOG_STEP], LONGEST_QUEUE] != ABSENT)
    noted = rides | keeps | (asked & (log[CONSIST] == _JUST_ASKED)) | (log[CONSIST] == NONE)
    yield "it has a consist though it does not ride, visit", np.flatnonzero(~noted)
    yield "it rides and has no consist, visit", np.flatnonzero(rides & (log[CONSIST] < 0))
