"""The law of blocking and of going round, a sentence and a small plan at a time."""

from __future__ import annotations

from collections.abc import Callable

from sim.plan.tables import Rule
from tests.law import Case, law, with_places
from tests.law_of_calls import corridor
from tests.small_plans import SmallOption, SmallPlan, call, choose, end, jump, occupy

LAW_OF_WAYS: dict[str, Callable[[], Case]] = {}


@law("who has finished keeps its units until the next place grants: it blocks", LAW_OF_WAYS)
def _():
    small = with_places(machine=1, belt=1)
    small.route("part", occupy("machine", 5, until=1, entered=True), occupy("belt", 10))
    for _ in range(3):
        small.entity("part")
    return small, [
        (0, "machine", 0, 0, 5),
        (1, "machine", 0, 5, 10),
        (2, "machine", 0, 15, 20),
        (0, "belt", 5, 5, 15),
        (1, "belt", 10, 15, 25),
        (2, "belt", 20, 25, 35),
    ]


@law("units kept until an entry may be kept for a time after it", LAW_OF_WAYS)
def _():
    small = with_places(machine=1, belt=2)
    small.route("part", occupy("machine", 5, until=1, entered=True, hold=3), occupy("belt", 0))
    small.entity("part")
    small.entity("part")
    return small, [
        (0, "machine", 0, 0, 5),
        (1, "machine", 0, 8, 13),
        (0, "belt", 5, 5, 5),
        (1, "belt", 13, 13, 13),
    ]


@law(
    "what is kept until an entry comes back before what counts from the entry, and in the order it was taken",
    LAW_OF_WAYS,
)
def _():
    small = with_places(first=1, second=1, third=1)
    small.route(
        "train",
        occupy("second", 1, until=2, entered=True),
        occupy("first", 1, until=2, entered=True),
        occupy("third", 9, hold=0),
    )
    small.route("a", occupy("first", 0), occupy("third", 0))
    small.route("b", occupy("second", 0), occupy("third", 0))
    for name, release in (("train", 0), ("a", 1), ("b", 1)):
        small.entity(name, release)
    small.entity("b", 1, priority=1)
    return small, [
        (0, "second", 0, 0, 1),
        (1, "first", 1, 2, 2),
        (2, "second", 1, 2, 2),
        (3, "second", 1, 2, 2),
        (0, "first", 1, 1, 2),
        (0, "third", 2, 2, 11),
        (2, "third", 2, 2, 2),
        (1, "third", 2, 2, 2),
        (3, "third", 2, 2, 2),
    ]


@law("a step without a place is entered as it is reached", LAW_OF_WAYS)
def _():
    small = with_places(gate=1)
    small.route("truck", occupy("gate", 5, until=1, entered=True), occupy(None, 10))
    small.entity("truck")
    small.entity("truck")
    return small, [
        (0, "gate", 0, 0, 5),
        (1, "gate", 0, 5, 10),
        (0, "", 5, 5, 15),
        (1, "", 10, 10, 20),
    ]


@law("what is kept until a ride comes back as its shipment boards, and before the consist acts", LAW_OF_WAYS)
def _():
    small = corridor((0, 1), (1, 1), (2, 1))
    small.place("yard", 2)
    small.routes["box"] = (occupy("yard", 3, until=1, entered=True), *small.routes["box"])
    small.routes["train"] = (call("port", 5), occupy("yard", 20), end("inland"))
    return small, [
        (0, "yard", 0, 0, 3),
        (1, "yard", 1, 1, 4),
        (2, "yard", 2, 15, 18),
        (0, "port", 3, 15, 35),
        (1, "port", 4, 15, 35),
        (3, "port", 10, 15, 15),
        (3, "yard", 15, 15, 35),
        (2, "port", 18, None, None),
        (3, "inland", 35, 35, 35),
    ]


@law("what is kept until a call is entered comes back as the consist is ready", LAW_OF_WAYS)
def _():
    small = corridor((30, 1), least_load=1)
    small.place("track", 1)
    small.routes["train"] = (occupy("track", 0, until=1, entered=True), *small.routes["train"])
    small.entity("train", 12, capacity=4)
    return small, [
        (1, "track", 10, 10, 10),
        (1, "port", 10, 15, 30),
        (2, "track", 12, 15, 15),
        (2, "port", 15, 20, None),
        (0, "port", 30, 30, 50),
        (1, "", 30, 30, 50),
        (1, "inland", 50, 53, 53),
    ]


@law("who passes a step over gives back what was kept until then", LAW_OF_WAYS)
def _():
    small = with_places(berth=1, pilot=1)
    small.route(
        "ship",
        occupy("berth", 1, until=2, hold=2),
        jump(3),
        occupy("pilot", 1),
        occupy(None, 10),
    )
    small.entity("ship")
    small.entity("ship")
    return small, [
        (0, "berth", 0, 0, 1),
        (1, "berth", 0, 3, 4),
        (0, "", 1, 1, 1),
        (0, "", 1, 1, 11),
        (1, "", 4, 4, 4),
        (1, "", 4, 4, 14),
    ]


@law("who ends its route gives back what it still keeps, in the order in which it was taken", LAW_OF_WAYS)
def _():
    small = with_places(berth=1, pilot=1)
    small.route("ship", occupy("berth", 1, until=3), occupy("pilot", 2, until=3), jump(4), occupy(None, 10))
    small.entity("ship")
    small.entity("ship")
    return small, [
        (0, "berth", 0, 0, 1),
        (1, "berth", 0, 3, 4),
        (0, "pilot", 1, 1, 3),
        (0, "", 3, 3, 3),
        (1, "pilot", 4, 4, 6),
        (1, "", 6, 6, 6),
    ]


@law("who ends its route gives back also what it keeps until a step of a next lap", LAW_OF_WAYS)
def _():
    small = with_places(berth=1, pilot=1, tug=1)
    again = choose(Rule.CLASS, SmallOption(0, class_=1))
    small.route("ship", occupy("berth", 1), occupy("pilot", 1, until=0, hold=2), again, occupy(None, 3))
    small.route("barge", occupy(None, 1), occupy("tug", 1, until=0, entered=True), again)
    for name in ("pilot", "tug"):
        small.route(name, occupy(name, 1))
    for name, release in (("ship", 0), ("barge", 0), ("pilot", 1), ("tug", 1)):
        small.entity(name, release)
    return small, [
        (0, "berth", 0, 0, 1),
        (1, "", 0, 0, 1),
        (2, "pilot", 1, 7, 8),
        (3, "tug", 1, 2, 3),
        (1, "tug", 1, 1, 2),
        (0, "pilot", 1, 1, 2),
        (0, "", 2, 2, 2),
        (0, "", 2, 2, 5),
        (1, "", 2, 2, 2),
    ]


@law("who goes round keeps what is kept until a step that it has yet to come to", LAW_OF_WAYS)
def _():
    small = SmallPlan(40)
    small.place("left", 1)
    small.place("right", 1)
    small.route("shuttle", occupy("left", 4, until=1, entered=True), occupy("right", 6, until=0, entered=True), jump(0))
    small.entity("shuttle")
    small.entity("shuttle", 1)
    return small, [
        (0, "left", 0, 0, 4),
        (1, "left", 1, 4, 8),
        (0, "right", 4, 4, 10),
        (1, "right", 8, None, None),
        (0, "", 10, 10, 10),
        (0, "left", 10, None, None),
    ]


@law("who goes back to a step or before it does them again, until the horizon", LAW_OF_WAYS)
def _():
    small = SmallPlan(20)
    small.place("gate", 1)
    small.route("truck", occupy("gate", 3), occupy(None, 4), jump(0))
    small.entity("truck")
    small.entity("truck")
    return small, [
        (0, "gate", 0, 0, 3),
        (1, "gate", 0, 3, 6),
        (0, "", 3, 3, 7),
        (1, "", 6, 6, 10),
        (0, "", 7, 7, 7),
        (0, "gate", 7, 7, 10),
        (1, "", 10, 10, 10),
        (1, "gate", 10, 10, 13),
        (0, "", 10, 10, 14),
        (1, "", 13, 13, 17),
        (0, "", 14, 14, 14),
        (0, "gate", 14, 14, 17),
        (1, "", 17, 17, 17),
        (1, "gate", 17, 17, None),
        (0, "", 17, 17, None),
    ]


@law("to choose is no wait; an option may end the route", LAW_OF_WAYS)
def _():
    small = with_places(gate=1)
    small.route("truck", occupy("gate", 3), jump(3), occupy("gate", 5))
    small.entity("truck")
    small.entity("truck")
    return small, [
        (0, "gate", 0, 0, 3),
        (1, "gate", 0, 3, 6),
        (0, "", 3, 3, 3),
        (1, "", 6, 6, 6),
    ]
