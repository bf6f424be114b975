"""Circles of places that can fill are told before a run."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from sim.plan.circles import circles_that_can_fill
from tests import plans_of_ways
from tests.law import with_places
from tests.random_plans import random_plan
from tests.small_plans import SmallPlan, jump, occupy


def found(small: SmallPlan) -> list[tuple[str, ...]]:
    return circles_that_can_fill(small.plan, small.entities)


def single_track(sidings: int, trains: int, **terms: int) -> SmallPlan:
    """Trains both ways over one section; each keeps a siding until it has the section, and the other way round."""
    small = with_places(a=sidings, line=1, b=sidings)
    for name, places in (("east", ("a", "line", "b")), ("west", ("b", "line", "a"))):
        small.route(
            name,
            occupy(places[0], 5, until=1, entered=True),
            occupy(places[1], 9, until=2, entered=True),
            occupy(places[2], 5, **terms),
        )
        for _ in range(trains):
            small.entity(name)
    return small


def test_single_track_with_sidings_that_can_fill():
    assert found(single_track(sidings=2, trains=2)) == [("a", "line"), ("line", "b")]
    assert [each.circle != () for each in single_track(sidings=1, trains=4).run().waiting].count(True) == 8


def test_sidings_for_all_trains_cannot_fill():
    assert found(single_track(sidings=9, trains=2)) == []


def test_who_goes_on_in_vain_closes_no_circle():
    assert found(single_track(sidings=2, trains=2, patience=50)) == []
    assert found(single_track(sidings=2, trains=2, longest_queue=1)) == []


def test_too_few_to_fill_all_places_at_once_are_no_circle():
    # Both may stand in the siding, but then nobody is on the line.
    small = with_places(line=1, siding=2, other=1)
    for name, first, last in (("east", "line", "other"), ("west", "other", "line")):
        small.route(
            name,
            occupy(first, 5, until=1, entered=True),
            occupy("siding", 5, until=2, entered=True),
            occupy(last, 5),
        )
        small.entity(name)
    assert found(small) == []
    small.entity("west")
    assert found(small) == [("line", "siding")]


def test_who_is_admitted_counts():
    small = single_track(sidings=2, trains=4)
    assert found(small) == [("a", "line"), ("line", "b")]
    small.place("pool", 2)
    for name, steps in small.routes.items():
        later = [replace(step, until=None if step.until is None else step.until + 1) for step in steps]
        small.routes[name] = (occupy("pool", until=3), *later)
    assert found(small) == []
    small.place("pool", 3)
    assert found(small) == [("a", "line"), ("line", "b")]


def test_a_gate_waits_for_the_place_that_it_watches():
    small = with_places(yard=1, gate=9, post=1)
    small.gate("gate", "post", high=1, low=0)
    small.route("in", occupy("yard", 5, until=1), occupy("gate"))
    small.route("out", occupy("post", 9, until=1), occupy("yard", 1))
    small.entity("in")
    assert found(small) == []
    small.entity("out")
    assert found(small) == [("yard", "gate", "post")]
    assert len(small.run().waiting) == 2
    small.gates = [("gate", "post", 3, 2)]
    assert found(small) == []


def test_a_pool_may_be_short_whose_units_are_left_elsewhere():
    small = with_places(here=0, there=9)
    small.route("box", occupy("there", 5, until=1, back="here"), occupy("here", 1, until=1, back="there"))
    for _ in range(3):
        small.entity("box")
    assert found(small) == [("here",)]
    assert any(each.circle for each in small.run().waiting)


def test_a_request_that_does_not_fit_waits_at_a_place_that_is_not_full():
    small = with_places(one=3, two=3)
    for first, last in (("one", "two"), ("two", "one")):
        small.route(first, occupy(first, 5, units=2, until=1), occupy(last, 5, units=2))
        small.entity(first)
    assert found(small) == [("one", "two")]
    assert [each.circle for each in small.run().waiting] == [(0, 1), (0, 1)]


def random_yard(seed: int) -> SmallPlan:
    """A few places, each kept until the next is entered, by some that go different ways."""
    draw = random.Random(seed)
    names = ["one", "two", "three"]
    small = with_places(**{name: draw.randint(1, 2) for name in names})
    for route in ("some", "others"):
        way = draw.sample(names, draw.randint(2, 3))
        last = len(way) - 1
        steps = [occupy(name, draw.randint(1, 9), until=at + 1, entered=True) for at, name in enumerate(way[:-1])]
        small.route(route, *steps, occupy(way[last], draw.randint(1, 9)))
        for _ in range(draw.randint(1, 3)):
            small.entity(route, release=draw.randint(0, 9))
    return small


def test_no_lock_comes_untold_and_most_that_is_told_can_come():
    locked = [any(each.circle for each in random_yard(seed).run().waiting) for seed in range(200)]
    told = [found(random_yard(seed)) != [] for seed in range(200)]
    assert [seed for seed in range(200) if locked[seed] and not told[seed]] == []
    assert (sum(locked), sum(told)) == (47, 61)


@pytest.mark.parametrize("feature", [plans_of_ways.pools, plans_of_ways.gates, plans_of_ways.units])
def test_no_lock_of_places_comes_untold_on_random_plans(feature):
    locks = 0
    for seed in range(20):
        small, dice = random_plan(seed), random.Random(seed)
        plans_of_ways.blocking(dice, small)
        feature(dice, small)
        waiting = {each.entity: each for each in small.run().waiting}
        circles = {each.circle for each in waiting.values() if each.circle}
        # Where somebody in the circle waits for a consist it is none of places.
        of_places = [circle for circle in circles if all(waiting[who].what.startswith("units of ") for who in circle)]
        locks += bool(of_places)
        assert found(small) or not of_places, seed
    assert locks >= 5


def test_one_way_is_no_circle():
    small = single_track(sidings=2, trains=2)
    del small.routes["west"]
    small.who = [row for row in small.who if row[1] == 0]
    assert found(small) == []


def test_a_place_asked_for_again_while_it_is_kept_is_a_circle_by_itself():
    small = with_places(yard=3, crane=1)
    small.route("box", occupy("yard", 5, until=3), occupy(None, 1), occupy("crane", 1), occupy("yard", 1))
    for _ in range(3):
        small.entity("box")
    assert found(small) == [("yard",)]
    small.who.pop()
    assert found(small) == []


def test_units_by_the_teu_and_narrow_windows_count():
    small = SmallPlan()
    small.place("yard", (0, 9), (5, 4), (9, 0), (12, 9))
    small.route("box", occupy("yard", 5, units_per_teu=True, until=1), occupy("yard", 1))
    small.entity("box", teu=2)
    assert found(small) == []
    small.entity("box", teu=2)
    assert found(small) == [("yard",)]


def test_a_fleet_that_goes_round_and_blocks_is_a_circle_of_all_its_places():
    small = with_places(one=1, two=1, three=1)
    steps = [occupy(name, 5, until=(number + 1) % 3, entered=True) for number, name in enumerate(small.places)]
    small.route("cart", *steps, jump(0))
    for _ in range(3):
        small.entity("cart")
    assert found(small) == [("one", "two", "three")]
    assert {each.circle for each in small.run().waiting} == {(0, 2, 1)}


def test_what_is_given_back_before_is_not_waited_with():
    small = with_places(one=1, two=1)
    small.route("cart", occupy("one", 5, until=1), jump(3), occupy("two", 4, until=3), occupy("one", 5))
    small.route("back", occupy("two", 5, until=1), occupy("one", 5))
    small.entity("cart")
    small.entity("back")
    assert found(small) == []


def test_who_asks_for_nothing_meanwhile_or_ends_its_route_waits_for_nobody():
    small = with_places(one=1)
    small.route("cart", occupy("one", 5, until=3), jump(4), occupy("one", 1), occupy(None, 4))
    small.route("other", occupy("one", 5, until=1), occupy(None, 1))
    small.entity("cart")
    small.entity("other")
    assert found(small) == []


def test_ways_that_meet_again_are_no_circle():
    small = with_places(one=1, two=1, three=1, four=1)
    small.route("first", occupy("one", 5, until=2), occupy("two", 1), occupy("three", 1))
    small.route("second", occupy("two", 5, until=1), occupy("three", 1))
    small.route("third", occupy("three", 5, until=1), occupy("four", 1))
    for name in small.routes:
        small.entity(name)
    assert found(small) == []
