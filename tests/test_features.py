"""What a plan uses that the compiled engine does not know: of the steps of a plan nothing but rules in Python."""

from __future__ import annotations

import pytest

from sim import engines
from sim.engines.features import needs
from sim.errors import SimError
from sim.plan.tables import Rule
from tests.laws import LAWS
from tests.rich_plans import rich_plan
from tests.small_plans import SmallOption, SmallPlan, choose


def by_function() -> SmallPlan:
    small = SmallPlan()
    small.route("other", choose(Rule.FUNCTION, SmallOption(1)))
    return small


def test_the_law_needs_nothing_but_what_it_says_of_functions():
    assert {needs(case()[0].plan) for case in LAWS.values()} <= {(), ("rules in Python",)}
    assert [needs(rich_plan(seed).plan) for seed in range(5)] == [()] * 5


def test_a_rule_in_python_is_a_need():
    assert needs(by_function().plan) == ("rules in Python",)


def test_the_compiled_engine_refuses_what_it_does_not_know():
    small = by_function()
    with pytest.raises(SimError, match="does not know rules in Python: take --engine reference"):
        engines.ENGINES["compiled"](small.plan, small.entities, seed=1, replication=0)


def test_of_itself_the_reference_engine_is_taken_for_what_the_compiled_one_does_not_know():
    assert engines.choose("auto", 10**9, ("rules in Python",)) == "reference"
