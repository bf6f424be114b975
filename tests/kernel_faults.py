"""Faults of the compiled engine: a piece of its source, what stands there instead, and how often that must be found.

The share is of the plans compared in which the rows differ (or the engine breaks down): about two thirds of what was
measured, so that plans which come to use a feature less are noticed.
"""

from __future__ import annotations

from typing import NamedTuple


class Fault(NamedTuple):
    part: str
    """Module."""
    old: str
    new: str
    share: float


FAULTS = {
    "serves the last of a queue first": Fault(
        "queues", "entity = w.queues[queue, FIRST]", "entity = w.queues[queue, LAST]", 0.64
    ),
    "orders requests of one instant as they come": Fault(
        "queues", "while before > entity and", "while before > entity + 10**9 and", 0.37
    ),
    "ignores priorities": Fault("queues", "+ w.rank[entity]", "+ 0 * w.rank[entity]", 0.47),
    "serves the greater priority number first": Fault(
        "beginning",
        "np.unique(entities.priority, return_inverse=True)",
        "np.unique(-entities.priority, return_inverse=True)",
        0.48,
    ),
    "serves although no unit is free": Fault(
        "queues", "if servers[place, FREE] <= 0:", "if servers[place, FREE] < 0:", 0.21
    ),
    "never lets smaller ones overtake": Fault("queues", "elif not servers[place, OVERTAKING]:", "else:", 0.28),
    "lets smaller ones overtake everywhere": Fault(
        "queues", "elif not servers[place, OVERTAKING]:", "elif units > 99:", 0.35
    ),
    "forgets to serve when units come back": Fault(
        "queues",
        "if servers[place, WAITING] > 0 and servers[place, FREE] > 0:",
        "if servers[place, WAITING] > 1:",
        0.63,
    ),
    "counts one unit whatever the TEU": Fault(
        "queues", "return units * w.teu[entity] if w.steps[step, BY_TEU] else units", "return units", 0.57
    ),
    "does not change capacity": Fault(
        "queues",
        "give_back(w, place, w.windows[row, CAPACITY] - w.windows[row - 1, CAPACITY])",
        "give_back(w, place, 0)",
        0.65,
    ),
    "ignores pace": Fault("queues", "if w.servers[place, STEADY]:", "if w.servers[place, STEADY] >= 0:", 0.61),
    "finishes work a window early": Fault(
        "queues", "remaining <= (until - now) * pace", "remaining <= (until - now) * pace + 1", 0.14
    ),
    "does not suspend work": Fault(
        "beginning", "0.0, plan.windows.pace)", "plan.windows.pace, plan.windows.pace)", 0.2
    ),
    "rounds work down where the pace changes": Fault("queues", "remaining / pace + 0.5", "remaining / pace", 0.6),
    "rounds draws down": Fault("sampler", "min(seconds, LONGEST) + 0.5", "min(seconds, LONGEST) + 0.49", 0.65),
    "forgets what each TEU adds": Fault("sampler", "if per_teu == 0.0:", "if per_teu < 1.0:", 0.65),
    "forgets the TEU aboard": Fault("sampler", "w.teu[entity] + w.state[entity, LOAD]", "w.teu[entity]", 0.62),
    "draws stays and holds alike": Fault("holds", "_HOLD = int(Purpose.HOLD)", "_HOLD = 0", 0.47),
    "draws the same at all steps": Fault("sampler", "int(w.steps[step, STREAM])", "7", 0.64),
    "leaves out a round of the draws": Fault("sampler", "_ROUNDS = 10", "_ROUNDS = 9", 0.64),
    "gives units back after a hold at once": Fault("holds", "    if after:\n", "    if after < 0:\n", 0.65),
    "gives back what was kept with the next step": Fault(
        "holds", "return position <= until < beyond", "return position <= until", 0.06
    ),
    "gives back what was kept last first": Fault(
        "holds",
        "    w.log[RELEASED, kept] = -2 - row\n",
        "    w.log[RELEASED, row] = -2 - w.state[entity, KEPT]\n    w.state[entity, KEPT] = row\n",
        0.01,
    ),
    "keeps units for a stay until the next step": Fault(
        "acts",
        "    if w.steps[step, ENDS_HOLDS]:\n",
        "    if w.steps[step, ENDS_HOLDS] and w.steps[step, HOLD] != _FOR_STAY:\n",
        0.56,
    ),
    "schedules units held for seconds after the end of the stay": Fault(
        "agenda",
        "key = (time << clock[SHIFT]) | clock[SCHEDULED]",
        "key = (time << clock[SHIFT]) | (what & 3) << 20 | clock[SCHEDULED]",
        0.1,
    ),
    "forgets half of the heap": Fault("agenda", "while below < size:", "while below + 1 < size:", 0.64),
    "lets the granted act last first": Fault(
        "agenda",
        "        state[natural(clock[LAST_GRANTED]), NEXT] = entity\n",
        "        state[entity, NEXT] = clock[GRANTED]\n        clock[GRANTED] = entity\n",
        0.63,
    ),
    "serves before what is due": Fault(
        "kernel",
        "elif clock[AGENDA] and w.keys[0] >> clock[SHIFT] == now:",
        "elif clock[TOUCHED_FIRST] == NONE and clock[AGENDA] and w.keys[0] >> clock[SHIFT] == now:",
        0.52,
    ),
    "releases after stays end": Fault(
        "kernel",
        "elif clock[NEXT_RELEASE] == now:",
        "elif clock[NEXT_RELEASE] == now and not (clock[AGENDA] and w.keys[0] >> clock[SHIFT] == now):",
        0.63,
    ),
    "boards beyond the capacity": Fault(
        "boarding",
        "if state[consist, LOAD] + units <= w.capacity[consist]:",
        "if state[consist, LOAD] <= w.capacity[consist]:",
        0.42,
    ),
    "ignores the least load": Fault("boarding", "load >= least or", "load >= 0 or", 0.21),
    "ignores the cut-off": Fault(
        "boarding",
        "due = w.log[REQUESTED, state[rider, ROW]] + w.steps[step, CUT_OFF]",
        "due = w.log[REQUESTED, state[rider, ROW]]",
        0.12,
    ),
    "sets no alarm": Fault("boarding", "if due != FOR_EVER and", "if due == -2 and", 0.41),
    "boards who rides to stops that it does not reach": Fault(
        "boarding", "if w.calls[call] == to_stop:", "if w.calls[call] == to_stop or to_stop > 0:", 0.35
    ),
    "departs although somebody fits who has not asked": Fault(
        "boarding", "together < min(least, room)", "together < room", 0.36
    ),
    "never lets smaller ones overtake at stops": Fault(
        "boarding", "                elif not w.servers[stop, OVERTAKING]:\n", "                else:\n", 0.12
    ),
    "lets off in the opposite order": Fault(
        "boarding",
        "    state[consist, ABOARD] = rider\n",
        "    if last == NONE:\n        state[consist, ABOARD] = rider\n",
        0.53,
    ),
    "lets off everyone at the first stop": Fault(
        "boarding", "if w.steps[state[rider, STEP], TO_STOP] == stop:", "if stop >= 0:", 0.5
    ),
    "goes on before those whom it lets off": Fault(
        "acts",
        "        grant(w, consist)\n        return False\n    return dwell",
        "        return dwell(w, consist, now)\n    return dwell",
        0.05,
    ),
    "departs before its slot": Fault("acts", "w.slot[consist] != ABSENT", "w.slot[consist] < -1", 0.28),
    "waits for its load where nobody boards": Fault(
        "acts",
        "    if w.steps[w.state[consist, STEP], BOARDS]:",
        "    if w.steps[w.state[consist, STEP], BOARDS] >= 0:",
        0.4,
    ),
    "ready consists stand by number alone": Fault(
        "boarding",
        "while before > consist and w.log[ENTERED, state[before, ROW]] == now:",
        "while before > consist:",
        0.02,
    ),
    "does what was scheduled last first": Fault(
        "agenda", "| clock[SCHEDULED]\n", "| ((1 << 20) - clock[SCHEDULED])\n", 0.64
    ),
    "waits longer than the longest wait": Fault("boarding", "else now + wait\n", "else now + wait + 3\n", 0.44),
    "serves who was touched last first": Fault(
        "agenda",
        "        servers[natural(clock[TOUCHED_LAST]), NEXT_TOUCHED] = server\n",
        "        servers[server, NEXT_TOUCHED] = clock[TOUCHED_FIRST]\n        clock[TOUCHED_FIRST] = server\n",
        0.31,
    ),
    # Only plans in which nothing else is due beyond the horizon can tell.
    "forgets what is due beyond the horizon": Fault("agenda", "clock[BEYOND] += 1", "clock[BEYOND] += 0", 0.03),
    "forgets stays that outlast the run": Fault("acts", "w.clock[BEYOND] += 1", "w.clock[BEYOND] += 0", 0.05),
    "takes the tails of normal draws from the centre": Fault("sampler", "abs(q) <= 0.425", "abs(q) <= 0.5", 0.02),
    "reads quantiles elsewhere": Fault("sampler", "QUANTILES] + cell]", "QUANTILES] + cell // 2]", 0.43),
    "forgets what was kept before": Fault(
        "holds", "    w.log[RELEASED, kept] = -2 - row\n", "    w.state[entity, KEPT] = row\n", 0.22
    ),
}
