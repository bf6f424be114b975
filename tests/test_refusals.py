"""What can never be is refused before a run, on routes with ways round too."""

from __future__ import annotations

import pytest

from sim.errors import GridlockError
from sim.plan.tables import Rule
from tests.small_plans import SmallOption, SmallPlan, SmallStep, call, choose, end, exponential, jump, occupy, ride

TIMELESS = "can be come to again and again while no time passes"


def refused(*steps: SmallStep, **columns: int) -> str:
    """What is said of an entity with these steps; nothing if it may go."""
    small = SmallPlan(50)
    small.place("gate", 1)
    small.place("yard", 3)
    small.stop("a")
    small.stop("b")
    small.route("way", *steps)
    small.route("train", call("a"), occupy(None, 1), end("b"))
    small.entity("way", **columns)
    small.entity("train", 0, capacity=4)
    try:
        small.run()
    except GridlockError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    "steps",
    [
        [jump(0)],
        [occupy("gate", 0), jump(0)],
        [occupy(None), choose(Rule.SHORTEST_QUEUE, SmallOption(0), SmallOption(2))],
        [occupy("gate", 5, longest_queue=0, otherwise=0)],
        [occupy("gate", 5, patience=0, otherwise=0)],
        [call("a"), jump(0)],
        [choose(Rule.CLASS, SmallOption(2, class_=1)), jump(0)],
    ],
)
def test_a_way_round_on_which_no_time_passes(steps: list[SmallStep]):
    assert TIMELESS in refused(*steps)


@pytest.mark.parametrize(
    "steps",
    [
        [occupy("gate", 1), jump(0)],
        [occupy("gate", exponential(2.0)), jump(0)],
        [occupy(None, 0, per_teu=1.0), jump(0)],
        [occupy("gate", 5, patience=1, otherwise=0)],
        [occupy("gate", 5, longest_queue=0, otherwise=1), occupy(None, 3), jump(0)],
        [ride("a", "b"), jump(0)],
    ],
)
def test_a_way_round_that_takes_time(steps: list[SmallStep]):
    assert refused(*steps, teu=1) == ""


def test_units_until_a_step_that_comes_again_on_a_way_round():
    assert refused(occupy("gate", 1), occupy("yard", 1, until=0, entered=True), jump(0)) == ""
    assert refused(occupy("gate", 1), occupy("yard", 1, until=0), jump(0)) == ""
    kept = "way/1 (route way) holds yard until step 0, to which it does not come after that"
    assert refused(occupy("gate", 1), occupy("yard", 1, until=0, entered=True)) == kept


def test_units_until_the_entry_of_their_own_step():
    assert "holds yard until step 0" in refused(occupy("yard", 1, until=0, entered=True), jump(0))


def test_a_hold_without_a_place_holds_nothing():
    assert refused(occupy(None, 1, until=0, entered=True)) == ""


def test_more_units_than_a_place_has_are_not_refused_where_others_come_back():
    assert refused(occupy("gate", 1, units=2)) != ""
    assert refused(occupy("gate", 1, units=2), occupy("yard", 1, back="gate")) == ""


def test_a_ride_that_asks_for_more_than_any_consist_carries():
    message = "way/0 (route way) asks for 5 units, and no consist from a carries more than 4"
    assert refused(ride("a", "b", units=5, units_per_teu=False)) == message
    assert refused(ride("a", "b", units=2), teu=2) == ""
    assert refused(ride("a", "b", units=2), teu=3).endswith("asks for 6 TEU, and no consist from a carries more than 4")
