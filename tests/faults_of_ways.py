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
    ("pools", "gives back after the stay to the place itself"): Fault(
        "acts", "natural(w.steps[step, BACK])", "natural(w.steps[step, AT])", 0.44
    ),
    ("pools", "gives back what was held longer to the place itself"): Fault(
        "holds", "w.steps[step, BACK]", "w.steps[step, 2]", 0.5
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
}
