"""The law of choosing and of gates, a sentence and a small plan at a time."""

from __future__ import annotations

from collections.abc import Callable

from sim.plan.tables import Rule
from tests.law import Case, law, with_places
from tests.small_plans import SmallOption, SmallPlan, choose, jump, occupy

LAW_OF_CHOICES: dict[str, Callable[[], Case]] = {}


def two_gates(rule: Rule, **columns: float) -> SmallPlan:
    """Trucks choose between two gates, of one unit each unless said otherwise."""
    small = with_places(north=1, south=1)
    options = SmallOption(1, place="north"), SmallOption(3, place="south", **columns)  # type: ignore[arg-type]
    small.route("truck", choose(rule, *options), occupy("north", 10), jump(4), occupy("south", 10))
    return small


@law("the shortest queue is that of fewest units waiting and in use; of equals the first", LAW_OF_CHOICES)
def _():
    small = two_gates(Rule.SHORTEST_QUEUE)
    for release in (0, 0, 0, 1):
        small.entity("truck", release)
    return small, [
        (0, "", 0, 0, 0),
        (0, "north", 0, 0, 10),
        (1, "", 0, 0, 0),
        (1, "south", 0, 0, 10),
        (2, "", 0, 0, 0),
        (2, "north", 0, 10, 20),
        (3, "", 1, 1, 1),
        (3, "south", 1, 10, 20),
        (0, "", 10, 10, 10),
        (2, "", 20, 20, 20),
    ]


@law("who chooses sees what others of its instant have done before it, and what was given back", LAW_OF_CHOICES)
def _():
    small = with_places(north=1, south=1)
    options = SmallOption(3, place="south"), SmallOption(4, place="north")
    small.route(
        "truck",
        occupy(None, 2),
        occupy(None, 3),
        choose(Rule.SHORTEST_QUEUE, *options),
        occupy("south", 9),
        occupy("north", 9),
    )
    small.route("early", occupy("north", 5))
    small.route(
        "now",
        choose(Rule.SHORTEST_QUEUE, SmallOption(1, place="south"), SmallOption(2, place="north")),
        occupy("south", 9),
        occupy("north", 9),
    )
    small.entity("truck")
    small.entity("early")
    small.entity("now", 5)
    return small, [
        (0, "", 0, 0, 2),
        (1, "north", 0, 0, 5),
        (0, "", 2, 2, 5),
        (2, "", 5, 5, 5),
        (2, "south", 5, 5, 14),
        (0, "", 5, 5, 5),
        (0, "north", 5, 5, 14),
        (2, "north", 14, 14, 23),
    ]


@law("the least time is that of the option and of the load over the capacity at the time", LAW_OF_CHOICES)
def _():
    small = SmallPlan()
    small.place("north", (0, 2), (5, 1))
    small.place("south", 1)
    options = SmallOption(1, place="north", seconds=1.0, each=10.0), SmallOption(3, place="south", each=8.0)
    small.route("truck", choose(Rule.LEAST_TIME, *options), occupy("north", 100), jump(4), occupy("south", 100))
    for release in (0, 1, 2, 3, 6):
        small.entity("truck", release)
    return small, [
        (0, "", 0, 0, 0),
        (0, "south", 0, 0, 100),
        (1, "", 1, 1, 1),
        (1, "north", 1, 1, 101),
        (2, "", 2, 2, 2),
        (2, "north", 2, 2, 102),
        (3, "", 3, 3, 3),
        (3, "south", 3, 100, 200),
        (4, "", 6, 6, 6),
        (4, "south", 6, 200, 300),
        (1, "", 101, 101, 101),
        (2, "", 102, 102, 102),
    ]


@law("a place without capacity takes for ever; if all do, the first is chosen", LAW_OF_CHOICES)
def _():
    small = SmallPlan()
    small.place("north", (0, 0), (5, 1))
    small.place("south", (0, 0), (3, 1))
    options = SmallOption(1, place="north"), SmallOption(3, place="south", seconds=9.0)
    small.route("truck", choose(Rule.LEAST_TIME, *options), occupy("north", 1), jump(4), occupy("south", 1))
    for release in (0, 3, 6):
        small.entity("truck", release)
    return small, [
        (0, "", 0, 0, 0),
        (0, "north", 0, 5, 6),
        (1, "", 3, 3, 3),
        (1, "south", 3, 3, 4),
        (2, "", 6, 6, 6),
        (2, "north", 6, 6, 7),
        (0, "", 6, 6, 6),
        (2, "", 7, 7, 7),
    ]


@law("the least cost is by the entity's own value of time", LAW_OF_CHOICES)
def _():
    small = with_places(road=9, sea=9)
    options = SmallOption(1, seconds=10.0, usd=50.0), SmallOption(3, seconds=100.0, usd=5.0)
    small.route("box", choose(Rule.LEAST_COST, *options), occupy("road", 10), jump(4), occupy("sea", 100))
    small.entity("box", value_of_time=0.5)
    small.entity("box", value_of_time=0.6)
    small.entity("box")
    return small, [
        (0, "", 0, 0, 0),
        (0, "road", 0, 0, 10),
        (1, "", 0, 0, 0),
        (1, "road", 0, 0, 10),
        (2, "", 0, 0, 0),
        (2, "sea", 0, 0, 100),
        (0, "", 10, 10, 10),
        (1, "", 10, 10, 10),
    ]


@law("by class the first option for it or for any; without one it goes on at the next step", LAW_OF_CHOICES)
def _():
    small = SmallPlan()
    options = SmallOption(2, class_=1), SmallOption(3, class_=2), SmallOption(4, class_=1)
    small.route(
        "box",
        choose(Rule.CLASS, *options),
        occupy(None, 1),
        occupy(None, 2),
        choose(Rule.CLASS, SmallOption(4)),
        occupy(None, 9),
    )
    for class_ in (0, 1, 2):
        small.entity("box", class_=class_)
    return small, [
        (0, "", 0, 0, 0),
        (0, "", 0, 0, 1),
        (1, "", 0, 0, 0),
        (1, "", 0, 0, 2),
        (2, "", 0, 0, 0),
        (2, "", 0, 0, 0),
        (2, "", 0, 0, 9),
        (0, "", 1, 1, 3),
        (1, "", 2, 2, 2),
        (1, "", 2, 2, 11),
        (0, "", 3, 3, 3),
        (0, "", 3, 3, 12),
    ]


@law("a gate closes at the high threshold of the load and opens at the low one", LAW_OF_CHOICES)
def _():
    small = with_places(gate=9, post=1)
    small.gate("gate", "post", high=3, low=1)
    small.route("truck", occupy("gate", 1), occupy("post", 10))
    for release in (0, 0, 0, 2, 3):
        small.entity("truck", release)
    return small, [
        (0, "gate", 0, 0, 1),
        (1, "gate", 0, 0, 1),
        (2, "gate", 0, 0, 1),
        (0, "post", 1, 1, 11),
        (1, "post", 1, 11, 21),
        (2, "post", 1, 21, 31),
        (3, "gate", 2, 21, 22),
        (4, "gate", 3, 21, 22),
        (3, "post", 22, 31, 41),
        (4, "post", 22, 41, 51),
    ]


@law("a gate closes at once: a place that was touched before then grants nobody", LAW_OF_CHOICES)
def _():
    small = with_places(gate=9, post=1)
    small.gate("gate", "post", high=1, low=0)
    small.route("truck", occupy("gate", 1))
    small.route("other", occupy("post", 10))
    small.entity("truck")
    small.entity("other")
    return small, [
        (0, "gate", 0, 10, 11),
        (1, "post", 0, 0, 10),
    ]


@law("who is turned away or gives up at the watched place opens the gate too", LAW_OF_CHOICES)
def _():
    small = with_places(gate=9, post=1)
    small.gate("gate", "post", high=2, low=1)
    small.route("truck", occupy("gate", 1))
    small.route("other", occupy("post", 30, longest_queue=1, patience=5))
    small.entity("other")
    small.entity("other")
    small.entity("other", 2)
    small.entity("truck", 1)
    small.entity("truck", 7)
    return small, [
        (0, "post", 0, 0, 30),
        (1, "post", 0, None, 5),
        (3, "gate", 1, 5, 6),
        (2, "post", 2, None, 2),
        (4, "gate", 7, 7, 8),
    ]


@law("a gate that watches its own place closes after the request that closes it has touched the place", LAW_OF_CHOICES)
def _():
    small = with_places(gate=1, post=1)
    small.gate("gate", "gate", high=2, low=1)
    small.route("truck", occupy("gate", 4))
    small.route("other", occupy("post", 1))
    small.entity("truck")
    small.entity("truck")
    small.entity("truck", 7, priority=-1)
    return small, [(0, "gate", 0, None, None), (1, "gate", 0, None, None), (2, "gate", 7, None, None)]


@law(
    "gates that open at once touch their places in the order of their table",
    LAW_OF_CHOICES,
)
def _():
    small = with_places(first=9, second=9, post=2, after=1)
    small.gate("second", "post", high=2, low=1)
    small.gate("first", "post", high=2, low=1)
    small.route("one", occupy("first", 0), occupy("after", 5))
    small.route("two", occupy("second", 0), occupy("after", 5))
    small.route("other", occupy("post", 8))
    for route, release in (("other", 0), ("other", 1), ("one", 2), ("two", 2)):
        small.entity(route, release)
    return small, [
        (0, "post", 0, 0, 8),
        (1, "post", 1, 1, 9),
        (2, "first", 2, 8, 8),
        (3, "second", 2, 8, 8),
        (3, "after", 8, 13, 18),
        (2, "after", 8, 8, 13),
    ]
