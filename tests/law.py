"""The law of the engines, a sentence and a small plan at a time, with the log that it must give.

Rows are (entity, where, requested, entered, left), in the order in which the entities reached their steps.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.small_plans import Rows, SmallPlan, occupy

Case = tuple[SmallPlan, Rows]
LAW: dict[str, Callable[[], Case]] = {}


def law(sentence: str, register: dict[str, Callable[[], Case]] = LAW) -> Callable[[Callable[[], Case]], None]:
    """Enter a plan with its log under the sentence of the law that it shows."""

    def enter(case: Callable[[], Case]) -> None:
        assert sentence not in register
        register[sentence] = case

    return enter


def with_places(horizon: int = 1000, **capacities: int) -> SmallPlan:
    small = SmallPlan(horizon)
    for name, capacity in capacities.items():
        small.place(name, capacity)
    return small


@law("an entity asks, waits, enters, stays and goes on to its next step when it leaves")
def _():
    small = with_places(gate=1, hall=1)
    small.route("truck", occupy("gate", 10), occupy("hall", 5))
    small.entity("truck")
    small.entity("truck")
    return small, [(0, "gate", 0, 0, 10), (1, "gate", 0, 10, 20), (0, "hall", 10, 10, 15), (1, "hall", 20, 20, 25)]


@law("what is due at the horizon is not done")
def _():
    small = SmallPlan(10)
    small.place("gate", 1)
    small.place("late", (0, 0), (10, 1))
    small.route("truck", occupy("gate", 10))
    small.route("other", occupy("late", 1))
    small.entity("truck")
    small.entity("truck", 10)
    small.entity("other", 9)
    return small, [(0, "gate", 0, 0, None), (2, "late", 9, None, None)]


@law("a queue is served by priority, then time of request, then number")
def _():
    small = with_places(gate=1)
    small.route("truck", occupy("gate", 10))
    for release, priority in ((0, 0), (1, 1), (2, 0), (2, 0), (1, 1)):
        small.entity("truck", release, priority=priority)
    return small, [
        (0, "gate", 0, 0, 10),
        (1, "gate", 1, 30, 40),
        (4, "gate", 1, 40, 50),
        (2, "gate", 2, 10, 20),
        (3, "gate", 2, 20, 30),
    ]


@law("no request enters before all of its instant have acted: the more urgent of one instant is first")
def _():
    small = with_places(gate=1, yard=1)
    small.route("truck", occupy("gate", 10))
    small.route("other", occupy("yard", 5), occupy("gate", 10))
    small.entity("truck", 5, priority=1)
    small.entity("other", 0)
    return small, [(1, "yard", 0, 0, 5), (0, "gate", 5, 15, 25), (1, "gate", 5, 5, 15)]


@law("new entities act before those whose stay ends at the same instant")
def _():
    small = with_places(gate=9)
    small.route("truck", occupy(None, 5), occupy("gate", 1))
    small.entity("truck", 0)
    small.entity("truck", 5)
    return small, [(0, "", 0, 0, 5), (1, "", 5, 5, 10), (0, "gate", 5, 5, 6), (1, "gate", 10, 10, 11)]


@law("stays that end at the same instant end in the order in which they were scheduled")
def _():
    small = with_places(gate=9)
    small.route("slow", occupy(None, 5), occupy("gate", 1))
    small.route("fast", occupy(None, 3), occupy("gate", 1))
    small.entity("fast", 2)
    small.entity("slow", 0)
    return small, [(1, "", 0, 0, 5), (0, "", 2, 2, 5), (1, "gate", 5, 5, 6), (0, "gate", 5, 5, 6)]


@law("a window takes effect before anything else at its instant, and to open is to serve")
def _():
    small = SmallPlan()
    small.place("gate", (0, 1), (5, 0), (8, 1))
    small.route("truck", occupy("gate", 1))
    small.entity("truck", 5)
    small.entity("truck", 8)
    return small, [(0, "gate", 5, 8, 9), (1, "gate", 8, 9, 10)]


@law("a window that takes effect touches its place before the requests of its instant touch theirs")
def _():
    small = SmallPlan()
    small.place("lane", (0, 0), (5, 1))
    small.place("gate", 1)
    small.route("through", occupy("lane", 0), occupy("gate", 10))
    small.route("truck", occupy("gate", 10))
    small.entity("through")
    small.entity("truck", 5)
    return small, [(0, "lane", 0, 5, 5), (1, "gate", 5, 15, 25), (0, "gate", 5, 5, 15)]


@law("capacity below what is in use sends nobody away")
def _():
    small = SmallPlan()
    small.place("hall", (0, 2), (5, 1))
    small.route("ten", occupy("hall", 10))
    small.route("twenty", occupy("hall", 20))
    small.entity("ten")
    small.entity("twenty")
    small.entity("ten", 6)
    return small, [(0, "hall", 0, 0, 10), (1, "hall", 0, 0, 20), (2, "hall", 6, 20, 30)]


def _three_units(overtaking: bool) -> SmallPlan:
    small = SmallPlan()
    small.place("tracks", 3, overtaking=overtaking)
    small.route("two", occupy("tracks", 10, units=2))
    small.route("one", occupy("tracks", 10))
    for route in ("two", "two", "one", "one"):
        small.entity(route)
    return small


@law("the head of a queue is not overtaken")
def _():
    return _three_units(overtaking=False), [
        (0, "tracks", 0, 0, 10),
        (1, "tracks", 0, 10, 20),
        (2, "tracks", 0, 10, 20),
        (3, "tracks", 0, 20, 30),
    ]


@law("with overtaking a smaller request behind a head that does not fit enters")
def _():
    return _three_units(overtaking=True), [
        (0, "tracks", 0, 0, 10),
        (1, "tracks", 0, 10, 20),
        (2, "tracks", 0, 0, 10),
        (3, "tracks", 0, 10, 20),
    ]


@law("units are given back before the entity goes on, so that it queues for them again")
def _():
    small = with_places(gate=1)
    small.route("truck", occupy("gate", 5), occupy("gate", 5))
    small.entity("truck")
    small.entity("truck")
    return small, [(0, "gate", 0, 0, 5), (1, "gate", 0, 5, 10), (0, "gate", 5, 10, 15), (1, "gate", 10, 15, 20)]


@law("the granted act before the next place serves")
def _():
    small = with_places(lane=1, gate=1)
    small.route("through", occupy("lane", 0), occupy("gate", 10))
    small.route("truck", occupy("gate", 10))
    small.entity("through")
    small.entity("truck")
    return small, [(0, "lane", 0, 0, 0), (1, "gate", 0, 10, 20), (0, "gate", 0, 0, 10)]


@law("the granted act in the order in which they were granted")
def _():
    small = with_places(lane=2, gate=9)
    small.route("truck", occupy("lane", 0), occupy("gate", 1))
    small.entity("truck", priority=1)
    small.entity("truck", priority=0)
    return small, [(0, "lane", 0, 0, 0), (1, "lane", 0, 0, 0), (1, "gate", 0, 0, 1), (0, "gate", 0, 0, 1)]


@law("an entity may pass several steps in an instant, and so may another after it")
def _():
    small = with_places(lane=1, gate=1)
    small.route("truck", occupy("lane", 0), occupy(None, 0), occupy("gate", 0))
    small.entity("truck", 3)
    small.entity("truck", 3)
    return small, [
        (0, "lane", 3, 3, 3),
        (1, "lane", 3, 3, 3),
        (0, "", 3, 3, 3),
        (0, "gate", 3, 3, 3),
        (1, "", 3, 3, 3),
        (1, "gate", 3, 3, 3),
    ]


@law("a request for no units enters when a unit is free, and takes none")
def _():
    small = with_places(yard=5)
    small.route("train", occupy("yard", 10, units=5))
    small.route("box", occupy("yard", 10, units_per_teu=True))
    small.entity("train")
    small.entity("box", teu=0)
    small.entity("train")
    return small, [(0, "yard", 0, 0, 10), (1, "yard", 0, 10, 20), (2, "yard", 0, 10, 20)]


@law("units and time may go by the TEU; a half second is rounded upwards")
def _():
    small = with_places(yard=10)
    small.route("box", occupy("yard", 10, units=2, units_per_teu=True, per_teu=0.5))
    for teu in (3, 2, 1):
        small.entity("box", teu=teu)
    return small, [(0, "yard", 0, 0, 12), (1, "yard", 0, 0, 11), (2, "yard", 0, 11, 22)]


@law("a hold in seconds counts from the entry, whether the entity stays or not")
def _():
    small = with_places(entry=1, crane=1)
    small.route("train", occupy("entry", 0, hold=6), occupy(None, 20))
    small.route("slow", occupy("crane", 9, hold=4))
    small.entity("train")
    small.entity("train")
    small.entity("slow")
    small.entity("slow")
    return small, [
        (0, "entry", 0, 0, 0),
        (1, "entry", 0, 6, 6),
        (2, "crane", 0, 0, 9),
        (3, "crane", 0, 4, 13),
        (0, "", 0, 0, 20),
        (1, "", 6, 6, 26),
    ]


@law("a hold of no seconds gives the units back at once")
def _():
    small = with_places(gate=1)
    small.route("truck", occupy("gate", 5, hold=0))
    small.entity("truck", 2)
    small.entity("truck", 2)
    return small, [(0, "gate", 2, 2, 7), (1, "gate", 2, 2, 7)]


@law("a hold until a later step ends then, or a time after it")
def _():
    small = with_places(berth=1, crane=9)
    small.route("ship", occupy("berth", 5, until=1), occupy("crane", 10))
    small.route("fleet", occupy("berth", 0, until=1, hold=3), occupy("crane", 10))
    for route in ("ship", "fleet", "ship"):
        small.entity(route)
    return small, [
        (0, "berth", 0, 0, 5),
        (1, "berth", 0, 15, 15),
        (2, "berth", 0, 28, 33),
        (0, "crane", 5, 5, 15),
        (1, "crane", 15, 15, 25),
        (2, "crane", 33, 33, 43),
    ]


@law("each of several holds ends with its own later step")
def _():
    small = with_places(berth=1, pilot=1)
    small.route("ship", occupy("berth", 1, until=2), occupy("pilot", 2, until=1), occupy(None, 4))
    small.entity("ship")
    small.entity("ship")
    return small, [
        (0, "berth", 0, 0, 1),
        (1, "berth", 0, 7, 8),
        (0, "pilot", 1, 1, 3),
        (0, "", 3, 3, 7),
        (1, "pilot", 8, 8, 10),
        (1, "", 10, 10, 14),
    ]


@law("a hold until the end of its own step is a stay with a time after it")
def _():
    small = with_places(hall=1)
    small.route("train", occupy("hall", 5, until=0, hold=2))
    small.entity("train")
    small.entity("train")
    return small, [(0, "hall", 0, 0, 5), (1, "hall", 0, 7, 12)]


def _closing(suspends: bool) -> SmallPlan:
    small = SmallPlan()
    small.place("hall", (0, 1), (5, 0), (15, 1), suspends=suspends)
    small.route("train", occupy("hall", 10))
    small.entity("train")
    small.entity("train")
    return small


@law("work in hand is finished while the place is closed")
def _():
    return _closing(suspends=False), [(0, "hall", 0, 0, 10), (1, "hall", 0, 15, 25)]


@law("where work is suspended it goes on when the place opens")
def _():
    return _closing(suspends=True), [(0, "hall", 0, 0, 20), (1, "hall", 0, 20, 30)]


@law("work done at the second of closing is done")
def _():
    small = _closing(suspends=True)
    small.routes["train"] = (occupy("hall", 5),)
    return small, [(0, "hall", 0, 0, 5), (1, "hall", 0, 15, 20)]


@law("work over pace is the time it takes, added up over the windows; a half second is rounded upwards")
def _():
    small = SmallPlan()
    small.place("hall", (0, 3, 1.0), (5, 3, 0.5), (9, 3, 0.4))
    small.route("ten", occupy("hall", 10))
    small.route("one", occupy("hall", 1))
    small.entity("ten")
    small.entity("one", 20)
    small.entity("one", 5)
    return small, [(0, "hall", 0, 0, 17), (2, "hall", 5, 5, 7), (1, "hall", 20, 20, 23)]


@law("the last window lasts for ever: work suspended in it is never done")
def _():
    small = SmallPlan()
    small.place("hall", (0, 1), (5, 0), suspends=True)
    small.route("train", occupy("hall", 10))
    small.entity("train")
    return small, [(0, "hall", 0, 0, None)]
