"""What a plan uses beyond the first set of steps."""

from __future__ import annotations

import pytest

from sim import engines
from sim.engines.features import needs
from sim.errors import SimError
from sim.plan.tables import Rule
from tests.small_plans import SmallOption, SmallPlan, SmallStep, call, choose, end, jump, occupy, ride


def plain() -> SmallPlan:
    small = SmallPlan()
    small.place("gate", 1)
    small.place("yard", 5)
    small.stop("a")
    small.stop("b")
    small.route("box", occupy("gate", 1, until=1), ride("a", "b"), occupy("yard", 1, hold=4))
    small.route("train", call("a"), occupy(None, 1), end("b"))
    return small


def test_a_plan_of_the_first_steps_needs_nothing():
    assert needs(plain().plan) == ()


@pytest.mark.parametrize(
    ("feature", "steps"),
    [
        ("longest queue", [occupy("gate", 1, longest_queue=0)]),
        ("patience", [ride("a", "b", patience=5)]),
    ],
)
def test_what_a_step_needs(feature: str, steps: list[SmallStep]):
    small = plain()
    small.calendar(1, 5)
    small.route("other", *steps)
    assert needs(small.plan) == (feature,)


@pytest.mark.parametrize(
    "steps",
    [
        [occupy("gate", 1, until=1, entered=True), occupy("yard", 1)],
        [occupy("gate", 1, back="yard")],
        [ride("a", "b", units=2)],
        [ride("a", "b", units_per_teu=False)],
        [call("b"), ride("a", "b")],
        [call("a", slots=0)],
        [jump(1), occupy("gate", 1)],
        [choose(Rule.CLASS, SmallOption(1, class_=2)), occupy("gate", 1)],
    ],
)
def test_what_every_engine_knows_is_no_need(steps: list[SmallStep]):
    small = plain()
    small.calendar(1, 5)
    small.route("other", *steps)
    assert needs(small.plan) == ()


def test_gates_are_no_need():
    small = plain()
    small.gate("gate", "yard", high=3, low=1)
    assert needs(small.plan) == ()


def test_the_compiled_engine_refuses_what_it_does_not_know():
    small = plain()
    small.route("other", jump(1), occupy("gate", 1, patience=4))
    with pytest.raises(SimError, match="does not know patience yet: take --engine reference"):
        engines.ENGINES["compiled"](small.plan, small.entities, seed=1, replication=0)


def test_of_itself_the_reference_engine_is_taken_for_what_the_compiled_one_does_not_know():
    assert engines.choose("auto", 10**9, ("patience",)) == "reference"
