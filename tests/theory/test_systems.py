"""Both engines against the theory of systems in their steady state.

One statement is tested: that all measures of all systems have the means that theory says. The chance that a right
engine fails it is at most ``JOINT`` for each engine (Bonferroni: each comparison has an equal part of it), with
Student's intervals over independent replications. The slower engine is held to some systems by itself, and to the
same measures as the faster one, to the last bit, in all. The intervals are narrow enough for wrong formulas and broken
engines to fall out of them, as the tests at the end show.
"""

from __future__ import annotations

from functools import cache
from math import sqrt

import numpy as np
import pytest
from scipy import stats

from sim.engines import ENGINES, reference
from sim.scenario.spreads import Spread
from tests import test_conservation, test_conservation_of_ways
from tests.theory import exact, networks, queues
from tests.theory.systems import SERVICE, SYSTEMS, Measured, measured, unknown

assert networks.ROUNDS

JOINT = 0.001
"""Chance that a right engine fails at all."""
REPLICATIONS = {"compiled": 150, "reference": 16}
WIDEST = {"compiled": 0.12, "reference": 0.5}
"""Half an interval over the theory's value, at most."""
SAME = 2
"""Replications in which every system is measured by both engines."""
NOT_COMPILED_YET = 0
"""Systems, at most, that the compiled engine does not know."""

REFUSED = [name for name in SYSTEMS if unknown(name)]
BOTH = [name for name in SYSTEMS if name not in REFUSED]
BY_REFERENCE = [
    "M/M/3 at 0.7",
    "M/M/2/5 at 0.9",
    "M/M/3+M at 0.9",
    "M/G/1, gamma",
    "M/G/5/5, weibull",
    "E2/E2/2",
    "M^X/M/1, one to four together",
    "M/M/1 with breakdowns",
    "three classes, M/G/1",
    "tandem of three queues",
    "closed network with a choice",
    "machine repair",
    "blocking, 1.0 and 0.5, 0 between",
    "trains by a timetable with room for ten",
    "lock with room for four",
]
"""Systems, some of each sort, that the reference engine is held to by itself, beside those that it alone knows."""
CASES = [
    *(("compiled", name) for name in BOTH),
    *(("reference", name) for name in SYSTEMS if name in BY_REFERENCE or name in REFUSED),
]

Found = dict[str, list[float]]


@cache
def found(engine: str, name: str) -> Found:
    return measured(ENGINES[engine], name, REPLICATIONS[engine])


@cache
def comparisons() -> int:
    return sum(len(make().theory) for make in SYSTEMS.values())


def interval(values: list[float]) -> tuple[float, float]:
    """Mean and half its interval."""
    level = JOINT / comparisons()
    half = float(stats.t.isf(level / 2, len(values) - 1)) * float(np.std(values, ddof=1)) / sqrt(len(values))
    return float(np.mean(values)), half


def outside(values: Found, theory: Measured) -> list[str]:
    """Measures whose interval does not hold the theory's value."""
    intervals = {name: interval(values[name]) for name in theory}
    return [name for name, (mean, half) in intervals.items() if not abs(mean - theory[name]) <= half]


@pytest.mark.parametrize(("engine", "name"), CASES)
def test_theory(engine, name):
    values, theory = found(engine, name), SYSTEMS[name]().theory
    assert outside(values, theory) == []
    assert {measure: interval(own)[1] / theory[measure] for measure, own in values.items()} == pytest.approx(
        dict.fromkeys(theory, 0.0), abs=WIDEST[engine]
    )


@pytest.mark.parametrize("name", BOTH)
def test_engines_measure_the_same_to_the_last_bit(name):
    same = {measure: own[:SAME] for measure, own in found("compiled", name).items()}
    assert same == measured(ENGINES["reference"], name, SAME)


def test_the_compiled_engine_knows_as_many_systems_as_it_did():
    assert len(REFUSED) <= NOT_COMPILED_YET


def test_every_family_of_the_language_is_a_service():
    assert set(queues.SERVICES) == set(Spread.model_fields)
    assert {f"M/G/1, {name}" for name in Spread.model_fields} <= set(SYSTEMS)


FIXED_SECOND = SERVICE**2
WRONG = {
    "one fast server does what three do": ("M/M/3 at 0.7", exact.mmc_wait(1, 0.7, SERVICE / 3)),
    "who wait for no time have waited": ("M/M/3 at 0.7", exact.mmc_wait(3, 0.7, SERVICE) / exact.erlang_c(3, 0.7)),
    "fixed services are exponential": ("M/G/1, fixed", exact.mmc_wait(1, 0.6, SERVICE)),
    "services do not vary": ("M/G/1, lognormal", exact.pollaczek_khinchine(0.6 / SERVICE, SERVICE, FIXED_SECOND)),
    "an erlang service has one stage less": (
        "M/G/1, erlang",
        exact.pollaczek_khinchine(0.6 / SERVICE, SERVICE, FIXED_SECOND * 4 / 3),
    ),
    "values observed are all that there is": (
        "M/G/1, empirical",
        exact.pollaczek_khinchine(
            0.6 / queues.moments("empirical")[0],
            queues.moments("empirical")[0],
            float(np.mean(np.square(queues.EMPIRICAL))) * queues.HOUR**2,
        ),
    ),
    "the urgent go as all": ("two classes, M/M/1", exact.mmc_wait(1, 0.7, SERVICE)),
    "the urgent put others out": ("two classes, M/M/1", exact.mmc_wait(1, 0.35, SERVICE)),
    "stages are exponential as a whole": ("E2/E2/2", exact.mmc_wait(2, 0.7, SERVICE)),
    "batches wait for those before them alone": ("M^X/M/1, three together", exact.mmc_wait(1, 0.5, SERVICE)),
    "nobody waits before being lost": ("M/M/2/5 at 0.9", exact.erlang_b(2, 1.8)),
    "a server more": ("M/G/5/5, weibull", exact.erlang_b(6, 4.0)),
    "breakdowns slow all work down evenly": ("M/M/1 with breakdowns", SERVICE / (0.75 - 0.5)),
    "a train takes all": ("trains by a timetable with room for ten", 6000.0),
    "a lock takes five": ("lock with room for four", 6000 * (0.5 + exact.left_behind(3.2, 5) / 3.2)),
    "a finished part is put aside": ("blocking, 1.0 and 1.0, 0 between", exact.saturated_tandem(1.0, 1.0, 1)),
    "a cart less": ("closed circle of three queues", exact.mean_values((1.0, 0.8, 0.5), 0.0, 4)),
    "four servers are one fast one": (
        "closed circle with several servers",
        exact.mean_values((1.0, 0.9, 0.625), 0.0, 7),
    ),
    "all ways are chosen alike": ("closed network with a choice", exact.mean_values([1.5, 0.4, 1.5], 2.0, 6)),
}
"""Formulas that are wrong for the first measure of a system."""


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_formula_is_found(what):
    name, value = WRONG[what]
    measure = next(iter(SYSTEMS[name]().theory))
    engine = "compiled" if name in BOTH else "reference"
    assert outside(found(engine, name), {measure: value}) == [measure]


BROKEN = test_conservation.BROKEN | test_conservation_of_ways.BROKEN
FINDS = {
    "has one unit more than it should": ("M/M/3 at 0.7", "blocking, 1.0 and 0.5, 0 between"),
    "serves the last who came first": ("M/M/1 at 0.7",),
    "ignores pace": ("M/M/1 at half the pace",),
    "does not suspend work": ("M/M/1 with breakdowns",),
    "serves the greater priority number first": ("two classes, M/M/1",),
    "lets everybody wait": ("M/G/5/5, fixed",),
    "lets one more wait than there may": ("M/M/1/4 at 0.8",),
    "has endless patience": ("M/M/3+M at 0.9",),
    "boards beyond the capacity": ("trains by a timetable with room for ten", "lock with room for four"),
    "chooses without regard to weights": ("closed network with a choice",),
}
"""Broken engines, and systems that show it."""


@pytest.mark.parametrize(("what", "name"), [(what, name) for what, names in FINDS.items() for name in names])
def test_a_broken_engine_is_found(what, name, monkeypatch):
    BROKEN[what](monkeypatch)
    assert outside(measured(reference.run, name, REPLICATIONS["reference"]), SYSTEMS[name]().theory)
