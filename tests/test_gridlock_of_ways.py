"""Who waits for ever is told with what it keeps and for whom it waits: on ways round, before gates, in pools."""

from __future__ import annotations

from sim.engines.gridlock import Waiting
from tests.law import with_places
from tests.small_plans import SmallPlan, call, end, jump, occupy, ride


def waiting(small: SmallPlan, ended: str = "nothing scheduled") -> tuple[Waiting, ...]:
    done = small.run()
    assert done.ended == ended
    return done.waiting


def test_who_blocks_keeps_what_it_has_and_waits_for_who_holds_the_next():
    small = with_places(left=1, right=1)
    small.route("there", occupy("left", 5, until=1, entered=True), occupy("right", 5))
    small.route("back", occupy("right", 5, until=1, entered=True), occupy("left", 5))
    small.entity("there")
    small.entity("back")
    first, second = waiting(small)
    assert (first.keeps, first.whom, first.circle) == (("left",), (1,), (0, 1))
    assert (second.keeps, second.whom, second.circle) == (("right",), (0,), (0, 1))


def test_a_fleet_that_goes_round_and_blocks_is_told_at_the_horizon_too():
    small = with_places(one=1, two=1)
    small.horizon = 100
    small.route("cart", occupy("one", 5, until=1, entered=True), occupy("two", 7, until=0, entered=True), jump(0))
    small.route("other", occupy(None, 500))
    for _ in range(2):
        small.entity("cart")
    small.entity("other")
    assert [each.circle for each in waiting(small, "horizon")] == [(0, 1), (0, 1)]


def test_units_whose_time_after_the_entry_runs_or_that_were_passed_over_are_no_gridlock():
    small = with_places(one=1, two=1, three=1)
    small.horizon = 50
    steps = [occupy("two", 2), occupy("three", 3)]
    small.route("timed", occupy("one", 1, until=1, entered=True, hold=400), *steps, jump(4), occupy("one", 1))
    small.route("over", occupy("one", 1, until=2, hold=400), jump(3), occupy("two", 2), occupy("one", 1))
    small.entity("timed")
    assert waiting(small, "horizon") == ()
    small.who[:] = []
    small.entity("over")
    assert waiting(small, "horizon") == ()


def test_who_keeps_for_itself_on_a_way_round_is_stuck_at_the_horizon():
    small = with_places(one=1)
    small.horizon = 50
    small.route("cart", occupy("one", 1, until=2), occupy("one", 1), jump(0))
    small.route("other", occupy(None, 500))
    small.entity("cart")
    small.entity("other")
    assert [(each.entity, each.circle, each.keeps) for each in waiting(small, "horizon")] == [(0, (0,), ("one",))]


def test_who_will_give_up_is_in_no_gridlock():
    small = with_places(left=1, right=1)
    small.horizon = 50
    small.route("there", occupy("left", 5, until=1), occupy("right", 5, patience=90))
    small.route("back", occupy("right", 5, until=1), occupy("left", 5))
    small.entity("there")
    small.entity("back")
    assert waiting(small, "horizon") == ()


def test_before_a_closed_gate_one_waits_for_those_at_the_watched_place():
    small = with_places(gate=9, post=0)
    small.gate("gate", "post", high=2, low=0)
    small.places["post"] = ([(0, 1, 1.0), (5, 0, 1.0)], False, True)
    small.route("truck", occupy("gate", 1))
    small.route("other", occupy("post", 10))
    for name, release in (("other", 0), ("other", 1), ("truck", 2)):
        small.entity(name, release)
    assert [(each.entity, each.whom) for each in waiting(small)] == [(0, ()), (1, (0,)), (2, (0, 1))]


def test_in_a_pool_one_waits_for_those_whose_units_come_there():
    small = with_places(east=1, west=0, crane=1)
    small.route("load", occupy("east", 5, until=1, back="west"), occupy("crane", 1))
    small.route("empty", occupy("west", 7))
    small.route("keep", occupy("crane", 1, until=1), occupy("west", 1))
    for route in ("keep", "load", "empty"):
        small.entity(route)
    told = waiting(small)
    assert [(each.entity, each.whom) for each in told] == [(0, (1, 2)), (1, (0,)), (2, (1,))]
    assert told[0].circle == (0, 1)


def test_without_a_slot_a_consist_is_stranded_and_who_waits_for_it_too():
    small = SmallPlan()
    small.stop("a")
    small.stop("b")
    small.route("ferry", call("a", slots=small.calendar(3)), occupy(None, 5), end("b"), jump(0))
    small.route("box", ride("a", "b"))
    small.entity("ferry", capacity=1)
    small.entity("box", 4, teu=1)
    assert waiting(small) == (
        Waiting(0, "ferry", "ferry/0", 8, "a slot at a", whom=(), circle=(), keeps=()),
        Waiting(1, "box", "box/0", 4, "a consist at a with room for it", whom=(0,), circle=(), keeps=()),
    )


def test_a_consist_that_comes_round_again_is_awaited():
    small = SmallPlan()
    small.stop("a")
    small.stop("b")
    small.place("berth", (0, 1), (10, 0), suspends=True)
    small.route("ferry", call("a"), occupy(None, 5), end("b"), occupy("berth", 20), jump(0))
    small.route("box", ride("a", "b"))
    small.entity("ferry", capacity=1)
    small.entity("ferry", 1, capacity=1)
    small.entity("box", 8, teu=1)
    assert [(each.entity, each.whom) for each in waiting(small)] == [(0, ()), (1, (0,)), (2, (0, 1))]
