"""The law of pools, of slots and of consists that ride or go round, a sentence and a small plan at a time."""

from __future__ import annotations

from collections.abc import Callable

from tests.law import Case, law, with_places
from tests.law_of_calls import corridor
from tests.small_plans import SmallPlan, call, end, jump, occupy, ride

LAW_OF_POOLS: dict[str, Callable[[], Case]] = {}


@law("a ride may take other units of the capacity than TEU", LAW_OF_POOLS)
def _():
    small = corridor((0, 9), (1, 9), (2, 9), least_load=4)
    small.routes["box"] = (ride("port", "inland", units=2, units_per_teu=False),)
    return small, [
        (0, "port", 0, 15, 35),
        (1, "port", 1, 15, 35),
        (2, "port", 2, None, None),
        (3, "port", 10, 15, 15),
        (3, "", 15, 15, 35),
        (3, "inland", 35, 38, 38),
    ]


@law("a consist that rides keeps what is aboard, and goes on with it", LAW_OF_POOLS)
def _():
    small = SmallPlan()
    for name in ("port", "inland", "below", "above"):
        small.stop(name)
    small.route("box", ride("port", "inland"))
    small.route("barge", call("port"), ride("below", "above", units_per_teu=False), occupy(None, 5), end("inland", 1))
    small.route("lock", call("below", 2, least_load=2), occupy(None, 10, per_teu=0.5), end("above"))
    small.entity("box", 0, teu=3)
    small.entity("barge", 1, capacity=9)
    small.entity("barge", 20, capacity=9)
    small.entity("lock", 0, capacity=2)
    return small, [
        (0, "port", 0, 1, 36),
        (3, "below", 0, 2, 20),
        (1, "port", 1, 1, 1),
        (1, "below", 1, 20, 31),
        (2, "port", 20, 20, 20),
        (2, "below", 20, 20, 31),
        (3, "", 20, 20, 31),
        (3, "above", 31, 31, 31),
        (1, "", 31, 31, 36),
        (2, "", 31, 31, 36),
        (1, "inland", 36, 37, 37),
        (2, "inland", 36, 37, 37),
    ]


@law(
    "with a calendar of slots a consist is ready at the first that it can reach, and never after the last", LAW_OF_POOLS
)
def _():
    small = SmallPlan(200)
    small.stop("a")
    small.stop("b")
    slots = small.calendar(0, 10, 40, 70)
    small.route("ferry", call("a", 5, slots=slots), occupy(None, 10), end("b"), occupy(None, 5), jump(0))
    small.entity("ferry", 5, capacity=1)
    return small, [
        (0, "a", 5, 10, 10),
        (0, "", 10, 10, 20),
        (0, "b", 20, 20, 20),
        (0, "", 20, 20, 25),
        (0, "", 25, 25, 25),
        (0, "a", 25, 40, 40),
        (0, "", 40, 40, 50),
        (0, "b", 50, 50, 50),
        (0, "", 50, 50, 55),
        (0, "", 55, 55, 55),
        (0, "a", 55, 70, 70),
        (0, "", 70, 70, 80),
        (0, "b", 80, 80, 80),
        (0, "", 80, 80, 85),
        (0, "", 85, 85, 85),
        (0, "a", 85, None, None),
    ]


@law("a consist that goes round takes those to a stop that it comes to in its next lap", LAW_OF_POOLS)
def _():
    small = SmallPlan(60)
    small.stop("a")
    small.stop("b")
    small.route("there", ride("a", "b"))
    small.route("back", ride("b", "a"))
    small.route("ferry", call("a"), occupy(None, 10), call("b"), occupy(None, 10), jump(0))
    small.entity("there", 5, teu=1)
    small.entity("back", 5, teu=1)
    small.entity("ferry", 0, capacity=1)
    return small, [
        (2, "a", 0, 0, 0),
        (2, "", 0, 0, 10),
        (0, "a", 5, 20, 30),
        (1, "b", 5, 10, 20),
        (2, "b", 10, 10, 10),
        (2, "", 10, 10, 20),
        (2, "", 20, 20, 20),
        (2, "a", 20, 20, 20),
        (2, "", 20, 20, 30),
        (2, "b", 30, 30, 30),
        (2, "", 30, 30, 40),
        (2, "", 40, 40, 40),
        (2, "a", 40, 40, 40),
        (2, "", 40, 40, 50),
        (2, "b", 50, 50, 50),
        (2, "", 50, 50, None),
    ]


@law("units may come back elsewhere: there is then more of them there than the window says", LAW_OF_POOLS)
def _():
    small = with_places(east=1, west=0)
    small.route("load", occupy("east", 5, back="west"))
    small.route("empty", occupy("west", 7, back="east"))
    for route in ("load", "load", "empty", "load"):
        small.entity(route)
    return small, [
        (0, "east", 0, 0, 5),
        (1, "east", 0, 12, 17),
        (2, "west", 0, 5, 12),
        (3, "east", 0, None, None),
    ]


@law("a window changes what is free of a pool by its difference to the one before", LAW_OF_POOLS)
def _():
    small = SmallPlan()
    small.place("east", 2)
    small.place("west", (0, 1), (8, 0), (20, 1))
    small.route("load", occupy("east", 5, back="west"))
    small.route("empty", occupy("west", 7))
    for route in ("load", "empty", "empty", "empty"):
        small.entity(route)
    small.entity("empty", 9)
    return small, [
        (0, "east", 0, 0, 5),
        (1, "west", 0, 0, 7),
        (2, "west", 0, 5, 12),
        (3, "west", 0, 7, 14),
        (4, "west", 9, 14, 21),
    ]
