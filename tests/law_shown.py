"""The law sentence by sentence, with the small plans that show each of them.

A sentence is named by the number of its rule and how it begins, a plan by how its own sentence in :mod:`tests.laws`
begins. What no small plan and its rows can show, tests of :mod:`tests.test_law` do; they name it themselves.
"""

from __future__ import annotations

import re

from sim.engines import reference

SHOWN: dict[str, tuple[str, ...]] = {
    "1 Time is whole seconds": ("an entity asks, waits", "units and time may go by the TEU"),
    "1 What is due at the horizon": ("what is due at the horizon",),
    "2 An instant has three phases": ("a window takes effect before", "no request enters before all"),
    "2 CHANGE": ("windows of one instant", "a window takes effect before", "a window that takes effect touches"),
    "2 ACT": (
        "new entities act before",
        "stays that end at the same instant",
        "units held for a time come back before",
    ),
    "2 GRANT": ("no request enters before all", "a consist without a rule"),
    "3 A granted entity acts": (
        "the granted act before the next place",
        "the granted act in the order",
        "a place that is touched again",
    ),
    "4 An entity acts without a break": ("an entity may pass several steps", "a step without a place is entered"),
    "4 A stay of no seconds": ("an entity may pass several steps",),
    "5 A request joins": ("a queue is served by priority",),
    "5 A place is touched": (
        "a window takes effect before",
        "units are given back before",
        "when the head gives up",
        "a gate closes at the high threshold",
        "who would stand beyond",
    ),
    "5 It is touched once": ("a place that is touched again",),
    "6 A place that serves": ("an entity asks, waits", "a queue is served by priority"),
    "6 A head that does not fit": ("the head of a queue is not overtaken", "with overtaking a smaller request"),
    "6 A request for no units": ("a request for no units",),
    "6 A window below": ("capacity below what is in use",),
    "7 Work is the draw": ("units and time may go by the TEU", "each TEU aboard at arrival"),
    "7 It is done when the pace": ("work over pace", "where work is suspended"),
    "7 A place that suspends": ("where work is suspended", "work in hand is finished"),
    "7 The last window": ("the last window lasts",),
    "7 In the window in which": ("work over pace", "work done at the second of closing"),
    "7 Without a place": ("stays that end at the same instant", "seconds for which units are held"),
    "8 Units come back before": (
        "units are given back before",
        "a hold in seconds counts",
        "a hold until a later step",
        "a hold until the end of its own step",
        "each of several holds",
        "who has finished keeps its units",
        "units kept until an entry may",
    ),
    "8 None of these seconds": ("seconds for which units are held",),
    "8 No seconds are no wait": ("a hold of no seconds",),
    "8 What counts from the entry": (
        "units held for a time come back before",
        "what is kept until an entry comes back",
    ),
    "9 Units come back to their place": ("units may come back elsewhere",),
    "9 A window changes": ("a window changes what is free",),
    "10 A step is entered": (
        "who has finished keeps its units",
        "what is kept until a ride",
        "what is kept until a call",
        "a step without a place is entered",
    ),
    "10 Who boards gives back": ("what is kept until a ride",),
    "11 A shipment that asks": ("boarding goes by priority",),
    "11 It takes so many units": ("a ride may take other units", "a consist waits for its least load"),
    "11 A consist may ride": ("a consist that rides keeps",),
    "12 A consist that calls": ("a consist lets off at each stop",),
    "12 They act in the order": ("who is let off acts",),
    "12 Its dwell counts": ("each TEU aboard at arrival", "a consist that rides keeps"),
    "12 It is ready after": ("a consist is not ready before its slot", "with a calendar of slots"),
    "12 If nobody boards here": ("a consist without a rule",),
    "13 A stop is touched": (
        "a consist waits for its least load",
        "a consist departs after its longest wait",
        "a consist that waits for its load looks again",
        "an alarm of a consist that has departed",
    ),
    "13 It is touched when": ("at a stop too a shipment",),
    "14 A stop that serves": ("the first of the ready consists",),
    "14 (Who may not": ("the first of the ready consists",),
    "15 Who would board": ("a consist without a rule", "boarding goes by priority"),
    "15 Passed over": ("a consist passes over", "a shipment boards only if", "a consist that goes round takes"),
    "15 One that does not fit": ("a consist departs when the head", "with overtaking at a stop"),
    "15 A consist may depart": (
        "a consist waits for its least load",
        "a consist departs when the head",
        "a consist with no TEU free",
        "a consist is not ready before its slot",
    ),
    "16 Who boards does so": ("what is kept until a ride", "a consist without a rule"),
    "17 An entity goes on": ("an entity asks, waits", "to choose is no wait", "who is turned away goes on"),
    "17 To go on at the same": ("who goes back to a step",),
    "18 What is kept": (
        "who passes a step over",
        "who ends its route gives back what",
        "who goes round keeps",
        "who waits in vain gives",
    ),
    "18 At the end of the route": ("who ends its route gives back also",),
    "19 To choose takes no time": ("to choose is no wait",),
    "19 Queue, time, cost": ("the shortest queue", "a place without capacity"),
    "19 The time is": ("the least time is", "a place without capacity", "the least cost is"),
    "19 Class": ("by class the first option",),
    "20 The load of a place": ("the shortest queue", "a load is where the units were taken"),
    "20 Who chooses sees it": ("who chooses sees",),
    "21 A gate closes": ("a gate closes at the high threshold",),
    "21 It looks": (
        "gates that open at once",
        "a gate that watches its own place",
        "who is turned away or gives up at the watched place",
    ),
    "21 While it is closed": ("a gate closes at once",),
    "22 A place or stop": ("who would stand beyond", "who waits without a longest queue", "at a stop too a shipment"),
    "22 Who is turned away is not": ("who is turned away is not before",),
    "22 It acts after": ("who is turned away goes on",),
    "23 Patience is scheduled": ("who gives up leaves", "a patience that ends after"),
    "23 If the entity still waits": (
        "who gives up leaves",
        "a patience of no seconds",
        "who is ahead at a stop and gives up",
    ),
    "24 Who waited in vain": ("who is turned away goes on", "who would stand beyond", "who gives up may go back"),
}


def sentences() -> list[str]:
    """The sentences of the law, each with the number of its rule before it."""
    rules = re.findall(
        r"^    (\d+)\. +(.*?)(?=^    \d+\.|^\S|\Z)", reference.__doc__ or "", flags=re.MULTILINE | re.DOTALL
    )
    return [
        f"{number} {sentence}"
        for number, text in rules
        for sentence in re.split(r"(?<=[.)]) (?=[A-Z(])", " ".join(text.split()))
    ]
