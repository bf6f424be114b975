"""Faults of the compiled engine in what one feature alone uses; see :mod:`tests.kernel_faults`."""

from __future__ import annotations

from tests.kernel_faults import Fault

FAULTS_OF_WAYS: dict[tuple[str, str], Fault] = {
    ("blocking", "keeps units until the later step ends"): Fault(
        "holds", "    if beyond == NONE:\n", "    if beyond == NONE:\n        return False\n    if beyond == -2:\n", 0.6
    ),
    ("blocking", "gives back at the entry what is kept until the end"): Fault(
        "holds", "until == position and w.steps[step, HOLD] == _UNTIL_ENTERED", "until == position", 0.1
    ),
    ("blocking", "does not give back as a shipment boards"): Fault(
        "boarding", "if w.steps[state[rider, STEP], AWAITED]:", "if w.steps[state[rider, STEP], AWAITED] > 1:", 0.2
    ),
    ("blocking", "does not give back as a place grants"): Fault(
        "acts",
        "    if w.steps[step, AWAITED]:\n        enter_step(w, entity, now)\n    hold =",
        "    if w.steps[step, AWAITED] > 1:\n        enter_step(w, entity, now)\n    hold =",
        0.56,
    ),
    ("slots", "takes the slot after"): Fault(
        "acts", "if w.slots[middle] < ready:", "if w.slots[middle] <= ready:", 0.25
    ),
    ("slots", "goes on without a slot after the last"): Fault(
        "acts", "return FOR_EVER if low ==", "return ready if low ==", 0.35
    ),
    ("pools", "gives back to the place itself"): Fault(
        "queues", "natural(w.steps[step, BACK])", "natural(w.steps[step, AT])", 0.56
    ),
    ("pools", "gives back nothing"): Fault(
        "queues", "natural(w.steps[step, BACK]), units)", "natural(w.steps[step, BACK]), 0)", 0.66
    ),
    ("units", "counts TEU where they ask for a ride"): Fault(
        "boarding", "+= units_of(w, entity, w.state[entity, STEP])", "+= w.teu[entity]", 0.01
    ),
    ("units", "looks along the queue by TEU"): Fault(
        "boarding",
        "                units = units_of(w, rider, state[rider, STEP])\n                if load",
        "                units = w.teu[rider]\n                if load",
        0.1,
    ),
    ("units", "lets off TEU"): Fault("boarding", "-= units_of(w, rider, state[rider, STEP])", "-= w.teu[rider]", 0.31),
    ("locks", "loses what is aboard as it rides"): Fault(
        "boarding",
        "    state[consist, ABOARD] = rider\n",
        "    state[consist, ABOARD] = rider\n    state[rider, ABOARD] = NONE\n",
        0.56,
    ),
    ("locks", "carries for its own work what it takes itself"): Fault(
        "boarding",
        "state[consist, LOAD] += units\n",
        "state[consist, LOAD] += units + (state[rider, ABOARD] != NONE)\n",
        0.5,
    ),
    ("gates", "closes above the high threshold"): Fault(
        "queues", "load >= gates[gate, HIGH]", "load > gates[gate, HIGH]", 0.38
    ),
    ("gates", "opens below the low threshold"): Fault(
        "queues", "load <= gates[gate, LOW]", "load < gates[gate, LOW]", 0.42
    ),
    ("gates", "opens and closes at one threshold"): Fault(
        "queues", "load <= gates[gate, LOW]", "load < gates[gate, HIGH]", 0.24
    ),
    ("gates", "counts requests and not units"): Fault(
        "onward", "change_load(w, server, units_of(w, entity, step))", "change_load(w, server, 1)", 0.42
    ),
    ("gates", "forgets who waits as a gate opens"): Fault(
        "queues",
        "give_back(w, gates[gate, SHUTS], _ALL)",
        "servers[gates[gate, SHUTS], FREE] += _ALL",
        0.44,
    ),
    ("gates", "looks before the units have come back"): Fault(
        "queues",
        "    give_back(w, natural(w.steps[step, BACK]), units)\n    if w.steps[step, LOOKED]:\n"
        "        change_load(w, w.steps[step, AT], -units)\n",
        "    if w.steps[step, LOOKED]:\n        change_load(w, w.steps[step, AT], -units)\n"
        "    give_back(w, natural(w.steps[step, BACK]), units)\n",
        0.07,
    ),
    ("gates", "looks by the number of the place"): Fault(
        "beginning", 'np.argsort(given.watched, kind="stable")', "np.lexsort((given.place, given.watched))", 0.2
    ),
    ("gates", "lets the watched place be closed"): Fault(
        "beginning", "np.stack([given.place, given.high", "np.stack([given.watched, given.high", 0.55
    ),
    ("choices", "draws the same in every lap"): Fault("sampler", "address >> LAP_BITS", "0", 0.61),
    ("choices", "draws a stay after a jump by the stream of the choice"): Fault(
        "onward", "draw(w, entity, following,", "draw(w, entity, step,", 0.52
    ),
    ("choices", "takes weights one by one"): Fault(
        "beginning", "for share in accumulate(given.weight[first:end])", "for share in given.weight[first:end]", 0.53
    ),
    ("choices", "chooses by the draw of the stay"): Fault(
        "onward", "uniform(w, entity, step, _CHOICE)", "uniform(w, entity, step, _STAY)", 0.52
    ),
    ("choices", "takes the last of several that are as good"): Fault(
        "onward", "if found < least:", "if found <= least:", 0.4
    ),
    ("choices", "sees nobody at the places"): Fault(
        "onward", "load = 0 if place == ABSENT else w.servers[place, UNITS_HERE]", "load = 0", 0.34
    ),
    ("choices", "sees who waits and not who is inside"): Fault(
        "onward", "w.servers[place, UNITS_HERE]", "w.servers[place, 1]", 0.25
    ),
    ("choices", "goes to places without capacity"): Fault(
        "onward", "            return math.inf\n", "            return 0.0\n", 0.13
    ),
    ("choices", "shares the load by the last window's capacity"): Fault(
        "onward", "w.windows[w.servers[place, WINDOW], CAPACITY]", "w.windows[w.servers[place, 7] - 1, CAPACITY]", 0.07
    ),
    ("choices", "takes a second to cost as much for all"): Fault("onward", "w.value_of_time[entity]", "0.01", 0.16),
    ("choices", "costs time where it asks for time"): Fault(
        "onward", "if rule == _LEAST_TIME or", "if rule == -2 or", 0.18
    ),
    ("choices", "knows no option for every class"): Fault(
        "onward", "in (w.class_[entity], ABSENT)", "in (w.class_[entity],)", 0.16
    ),
    ("choices", "ends if no option is for the class"): Fault(
        "onward",
        "    following: int = w.steps[step, POSITION] + 1\n",
        "    following: int = w.steps[step, POSITION] + 2\n",
        0.21,
    ),
    ("choices", "keeps units until steps that it passes over"): Fault(
        "onward", "max(onward, position + 1), now)", "position + 1, now)", 0.1
    ),
    ("circuits", "has no more room in the log than without laps"): Fault(
        "onward", "w.clock[PROMISED] += position + 1 - onward", "w.clock[PROMISED] += 0", 0.61
    ),
    ("circuits", "takes nobody to stops of the next lap"): Fault(
        "beginning", "np.flatnonzero(calls & _wandering(plan))", "np.flatnonzero(calls & _wandering(plan))[:0]", 0.28
    ),
    ("circuits", "keeps units until an earlier step of the next lap for ever"): Fault(
        "beginning",
        "        later = until - steps[until, POSITION] + given.hold_until[until]\n",
        "        later = until + np.maximum(given.hold_until[until] - steps[until, POSITION], 0)\n",
        0.67,
    ),
    ("circuits", "draws the same in every lap"): Fault("sampler", "address >> LAP_BITS", "0", 0.65),
    ("circuits", "ends its route where it chooses the first step"): Fault(
        "onward", "ends = following == w.route_first[w.route[entity] + 1]", "ends = onward == 0", 0.67
    ),
    ("circuits", "keeps for ever what it keeps until a step of a next lap that does not come"): Fault(
        "onward", "pass_over(w, entity, 0 if ends else position,", "pass_over(w, entity, position,", 0.16
    ),
    ("queues", "turns nobody away"): Fault("kernel", "    if w.servers[server, LIMITED]:\n", "    if False:\n", 0.65),
    ("queues", "turns away who would be the last that may wait"): Fault(
        "onward", "before + units > w.steps", "before + units >= w.steps", 0.56
    ),
    ("queues", "counts requests and not the units that wait"): Fault(
        "onward", "                before += units\n", "                before += 1\n", 0.53
    ),
    ("queues", "counts who is turned away as waiting before the others"): Fault(
        "onward",
        "                away = step\n",
        "                away = step\n                before += units\n",
        0.13,
    ),
    ("queues", "turns away who has asked before it last served"): Fault(
        "onward", "            log[CONSIST, row] = NONE\n            if just", "            if just", 0.36
    ),
    ("queues", "serves only if a unit is free"): Fault(
        "onward",
        "        touch(w, server)\n",
        "        if w.servers[server, FREE] > 0:\n            touch(w, server)\n",
        0.58,
    ),
    ("queues", "takes who is turned away for loaded"): Fault(
        "onward", "        change_load(w, server, -units)\n", "        change_load(w, server, 0)\n", 0.16
    ),
    ("queues", "goes on at the next step if turned away"): Fault(
        "onward", "w.steps[step, OTHERWISE], now)", "w.steps[step, POSITION] + 1, now)", 0.62
    ),
    ("queues", "ends its route if turned away"): Fault(
        "beginning",
        "np.repeat(np.diff(first), np.diff(first)), given.otherwise)",
        "np.repeat(np.diff(first), np.diff(first)), np.repeat(np.diff(first), np.diff(first)))",
        0.59,
    ),
    ("patience", "never gives up"): Fault(
        "kernel", "            give_up(w, number, now)\n", "            pass\n", 0.67
    ),
    ("patience", "gives up a second later"): Fault(
        "onward", "schedule(w, now + draw(", "schedule(w, now + 1 + draw(", 0.67
    ),
    ("patience", "draws its patience as its stay"): Fault("onward", "PATIENCE], _PATIENCE)", "PATIENCE], _STAY)", 0.39),
    ("patience", "draws its patience the same in every lap"): Fault("sampler", "address >> LAP_BITS", "0", 0.34),
    ("patience", "goes on at the present step without a new lap"): Fault(
        "onward", "if onward <= position:", "if onward < position:", 0.49
    ),
    ("patience", "lets nobody enter behind who gave up"): Fault("onward", "    give_back(w, server, 0)\n", "", 0.06),
    ("patience", "is loaded with who gave up"): Fault(
        "onward", "        change_load(w, server, -units)\n", "        change_load(w, server, 0)\n", 0.3
    ),
    ("patience", "keeps what was kept until a step that it never enters"): Fault(
        "onward", "    pass_over(w, entity, 0 if ends else position, max(onward, position + 1), now)\n", "", 0.16
    ),
}
