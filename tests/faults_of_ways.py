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
        "acts", "change_load(w, place, units_of(w, entity, step))", "change_load(w, place, 1)", 0.42
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
        "layout", 'np.argsort(given.watched, kind="stable")', "np.lexsort((given.place, given.watched))", 0.2
    ),
    ("gates", "lets the watched place be closed"): Fault(
        "layout", "np.stack([given.place, given.high", "np.stack([given.watched, given.high", 0.55
    ),
}
