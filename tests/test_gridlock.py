"""What can never go on is refused before a run and told after it."""

from __future__ import annotations

import pytest

from sim.engines.gridlock import Waiting
from sim.errors import GridlockError
from tests.law_of_calls import corridor
from tests.small_plans import SmallPlan, call, end, occupy, ride


def test_who_waits_at_the_horizon_is_not_told_as_stranded():
    small = SmallPlan(10)
    small.place("gate", 1)
    small.route("truck", occupy("gate", 20))
    small.entity("truck")
    small.entity("truck")
    done = small.run()
    assert (done.ended, done.waiting) == ("horizon", ())


def waiting(small: SmallPlan) -> list[Waiting]:
    done = small.run()
    assert done.ended == "nothing scheduled"
    return list(done.waiting)


def test_gridlock_is_told_with_its_circle():
    small = SmallPlan()
    small.place("up", 1)
    small.place("down", 1)
    small.route("east", occupy("up", 5, until=1), occupy("down", 5))
    small.route("west", occupy("down", 5, until=1), occupy("up", 5))
    for route in ("east", "west", "east"):
        small.entity(route)
    assert waiting(small) == [
        Waiting(0, "east", "east/1", 5, "units of down", whom=(1,), circle=(0, 1), keeps=("up",)),
        Waiting(1, "west", "west/1", 5, "units of up", whom=(0, 2), circle=(0, 1), keeps=("down",)),
        Waiting(2, "east", "east/0", 0, "units of up", whom=(0,), circle=(0, 1), keeps=()),
    ]


def single_track() -> SmallPlan:
    """Two trains keep their half of a track until they have the other; calendars go on for ever."""
    small = SmallPlan(horizon=100)
    small.place("up", 1)
    small.place("down", (0, 1), *((time, time % 20 // 10) for time in range(10, 200, 10)))
    small.route("east", occupy("up", 15, until=1), occupy("down", 5))
    small.route("west", occupy("down", 5, until=1), occupy("up", 5))
    small.entity("east")
    small.entity("west")
    return small


def test_gridlock_is_told_at_the_horizon_too():
    small = single_track()
    small.entity("east", 50)
    small.route("other", occupy(None, 200))
    small.entity("other")
    done = small.run()
    assert done.ended == "horizon"
    assert [(each.entity, each.circle) for each in done.waiting] == [(0, (0, 1)), (1, (0, 1)), (2, (0, 1))]


def test_who_is_carried_by_a_stuck_consist_is_stuck():
    small = single_track()
    small.stop("a")
    small.stop("b")
    small.routes["east"] = (call("a", 0, least_load=1), occupy("up", 15, until=2), occupy("down", 5), end("b"))
    small.who[0] = (*small.who[0][:5], 9, -1)
    small.route("box", ride("a", "b"))
    small.entity("box", teu=1)
    assert [each.entity for each in small.run().waiting] == [0, 1, 2]


def test_who_is_carried_by_a_consist_that_only_waits_its_turn_is_not_stuck():
    small = SmallPlan(horizon=100)
    small.stop("a")
    small.stop("b")
    small.place("track", 1)
    # As many are aboard as wait in queues: one.
    small.route("train", call("a", 0, least_load=1), occupy("track", 5), end("b"))
    small.route("box", ride("a", "b"))
    small.route("other", occupy("track", 500))
    small.entity("other")
    small.entity("train", 10, capacity=9)
    small.entity("box", teu=1)
    done = small.run()
    assert (done.ended, done.waiting) == ("horizon", ())


def test_a_place_that_may_widen_later_is_no_gridlock():
    small = single_track()
    small.place("up", (0, 1), (100, 2))
    assert small.run().waiting == ()


def test_units_that_are_on_their_way_back_are_no_gridlock():
    small = SmallPlan(horizon=100)
    small.place("up", 1)
    small.place("down", 1)
    small.route("east", occupy("up", 5, until=0, hold=500), occupy("down", 5))
    small.route("west", occupy("down", 5, hold=600), occupy("up", 5))
    small.entity("east")
    small.entity("west")
    assert small.run().waiting == ()


def test_who_may_overtake_a_stuck_one_is_not_stuck():
    small = SmallPlan(horizon=100)
    small.place("up", 2, overtaking=True)
    small.route("keeper", occupy("up", 5, until=1), occupy("up", 5, units=2))
    small.route("small", occupy("up", 500))
    small.entity("keeper")
    small.entity("small", 1)
    small.entity("small", 2)
    assert [each.entity for each in small.run().waiting] == [0]


def test_who_holds_a_place_and_asks_for_it_again_waits_for_itself():
    small = SmallPlan()
    small.place("up", 1)
    small.route("east", occupy("up", 5, until=1), occupy("up", 5))
    small.entity("east")
    assert small.run().waiting[0].circle == (0,)


def test_with_overtaking_only_who_holds_the_place_is_waited_for():
    small = SmallPlan()
    small.place("yard", (0, 3), (5, 0), overtaking=True, suspends=True)
    small.route("box", occupy("yard", 50, units=2))
    for _ in range(3):
        small.entity("box")
    assert [each.whom for each in small.run().waiting] == [(), (0,), (0,)]


def test_stranded_at_a_place_that_stays_closed():
    small = SmallPlan()
    small.place("hall", (0, 1), (5, 0), suspends=True)
    small.route("train", occupy("hall", 9))
    small.entity("train")
    small.entity("train")
    assert waiting(small) == [
        Waiting(0, "train", "train/0", 0, "hall to take up work again", whom=(), circle=(), keeps=()),
        Waiting(1, "train", "train/0", 0, "units of hall", whom=(0,), circle=(), keeps=()),
    ]


def test_stranded_at_a_stop_and_aboard():
    small = corridor((0, 1), (99, 1))
    small.place("hall", (0, 1), (20, 0), suspends=True)
    small.routes["train"] = (call("port"), occupy("hall", 99), end("inland"))
    assert waiting(small) == [
        Waiting(0, "box", "box/0", 0, "consist 2 to call at inland", whom=(2,), circle=(), keeps=()),
        Waiting(1, "box", "box/0", 99, "a consist at port with room for it", whom=(), circle=(), keeps=()),
        Waiting(2, "train", "train/1", 10, "hall to take up work again", whom=(), circle=(), keeps=()),
    ]


def test_a_consist_without_its_load_is_stranded_though_a_shipment_waits_for_it():
    small = corridor((0, 1), least_load=3)
    assert [each.whom for each in small.run().waiting] == [(1,), ()]
    assert [each.circle for each in small.run().waiting] == [(), ()]


def test_a_consist_that_keeps_its_berth_from_its_own_load_is_in_gridlock():
    small = SmallPlan()
    small.place("berth", 1)
    small.stop("port")
    small.stop("inland")
    small.route("box", occupy("berth", 1), ride("port", "inland"))
    small.route("ship", occupy("berth", 0, until=1), call("port", least_load=1), end("inland"))
    small.entity("ship", capacity=5)
    small.entity("box", 5, teu=1)
    assert [each.circle for each in small.run().waiting] == [(0, 1), (0, 1)]


def refused(small: SmallPlan) -> str:
    with pytest.raises(GridlockError) as error:
        small.run()
    return str(error.value)


def test_more_units_than_a_place_ever_has_are_refused():
    small = SmallPlan()
    small.place("yard", (0, 3), (50, 7), (60, 0))
    small.route("box", occupy("yard", 1, units=2, units_per_teu=True), occupy("yard", 1, units=8))
    small.entity("box", teu=3)
    small.entity("box", teu=4)
    assert refused(small) == (
        "box/0 (route box) asks for 8 units of yard, which never has more than 7\n"
        "box/1 (route box) asks for 8 units of yard, which never has more than 7"
    )


def test_as_many_units_as_a_place_once_has_are_not_refused():
    small = SmallPlan()
    small.place("yard", (0, 3), (50, 7))
    small.route("box", occupy("yard", 1, units=7))
    small.entity("box")
    assert small.rows() == [(0, "yard", 0, 50, 51)]


def test_units_that_would_never_come_back_are_refused():
    small = SmallPlan()
    small.place("berth", 1)
    small.route("ship", occupy(None, 1), occupy("berth", 1, until=0), occupy("berth", 1, until=3))
    small.entity("ship")
    assert refused(small) == (
        "ship/1 (route ship) holds berth until step 0, to which it does not come after that\n"
        "ship/2 (route ship) holds berth until step 3, to which it does not come after that"
    )


def test_a_shipment_larger_than_every_consist_is_refused():
    small = corridor((0, 5))
    assert refused(small) == "box/0 (route box) asks for 5 TEU, and no consist from port carries more than 4"


def test_a_shipment_for_which_no_consist_runs_is_stranded_and_not_refused():
    small = corridor((0, 5))
    small.who.pop()
    assert [each.entity for each in small.run().waiting] == [0]


def test_who_waits_at_the_horizon_for_a_closed_place_is_not_told_as_stranded():
    small = SmallPlan(100)
    small.place("office", (0, 1), (50, 0))
    small.route("truck", occupy("office", 5))
    small.route("night", occupy(None, 500))
    small.entity("truck", 60)
    small.entity("night", 60)
    done = small.run()
    assert (done.ended, done.waiting) == ("horizon", ())
