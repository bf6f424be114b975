"""The law of what falls into one instant, and of times that no pace touches, a sentence and a small plan at a time."""

from __future__ import annotations

from collections.abc import Callable

from sim.plan.tables import Rule
from tests.law import Case, law, with_places
from tests.small_plans import SmallOption, SmallPlan, choose, jump, occupy

LAW_OF_INSTANTS: dict[str, Callable[[], Case]] = {}


@law("windows of one instant take effect by the numbers of their places", LAW_OF_INSTANTS)
def _():
    small = SmallPlan()
    small.place("one", (0, 0), (5, 1))
    small.place("two", (0, 0), (5, 1))
    small.place("yard", 1)
    small.route("late", occupy("two", 0), occupy("yard", 9))
    small.route("early", occupy("one", 0), occupy("yard", 9))
    small.entity("late")
    small.entity("early")
    return small, [
        (0, "two", 0, 5, 5),
        (1, "one", 0, 5, 5),
        (1, "yard", 5, 14, 23),
        (0, "yard", 5, 5, 14),
    ]


@law("a place that is touched again before it has served keeps its turn", LAW_OF_INSTANTS)
def _():
    small = with_places(a=2, b=1, yard=9)
    small.route("at a", occupy("a", 5))
    small.route("at b", occupy("b", 5))
    small.route("by b", occupy("b", 0), occupy("yard", 1))
    small.route("by a", occupy("a", 0), occupy("yard", 1))
    for route in ("at a", "at b", "at a", "by b", "by a"):
        small.entity(route)
    return small, [
        (0, "a", 0, 0, 5),
        (1, "b", 0, 0, 5),
        (2, "a", 0, 0, 5),
        (3, "b", 0, 5, 5),
        (4, "a", 0, 5, 5),
        (4, "yard", 5, 5, 6),
        (3, "yard", 5, 5, 6),
    ]


@law("units held for a time come back before a stay of the same length ends", LAW_OF_INSTANTS)
def _():
    small = with_places(gate=1, yard=1)
    small.route("truck", occupy("gate", 5, hold=5), occupy("yard", 9))
    small.route("other", occupy("gate", 0), occupy("yard", 9))
    small.entity("truck")
    small.entity("other", priority=-1, release=1)
    return small, [
        (0, "gate", 0, 0, 5),
        (1, "gate", 1, 5, 5),
        (0, "yard", 5, 14, 23),
        (1, "yard", 5, 5, 14),
    ]


@law("seconds for which units are held do not go by the pace", LAW_OF_INSTANTS)
def _():
    small = SmallPlan()
    small.place("entry", (0, 1, 0.5))
    small.place("berth", (0, 1, 0.5))
    small.route("train", occupy("entry", 2, hold=6))
    small.route("ship", occupy("berth", 1, until=1, hold=3), occupy(None, 4))
    for route in ("train", "train", "ship", "ship"):
        small.entity(route)
    return small, [
        (0, "entry", 0, 0, 4),
        (1, "entry", 0, 6, 10),
        (2, "berth", 0, 0, 2),
        (3, "berth", 0, 9, 11),
        (2, "", 2, 2, 6),
        (3, "", 11, 11, 15),
    ]


@law("a load is where the units were taken until they are back, wherever they come back", LAW_OF_INSTANTS)
def _():
    small = with_places(north=1, south=1)
    small.route("away", occupy("north", 5, back="south", hold=20))
    options = SmallOption(1, place="north"), SmallOption(3, place="south")
    small.route("truck", choose(Rule.SHORTEST_QUEUE, *options), occupy("north", 2), jump(4), occupy("south", 2))
    small.entity("away")
    small.entity("truck", 6)
    small.entity("truck", 21)
    return small, [
        (0, "north", 0, 0, 5),
        (1, "", 6, 6, 6),
        (1, "south", 6, 6, 8),
        (2, "", 21, 21, 21),
        (2, "north", 21, None, None),
    ]
