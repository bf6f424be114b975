"""The law of calls and rides, a sentence and a small plan at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.law import Case, law
from tests.small_plans import SmallPlan, call, end, occupy, ride

LAW_OF_CALLS: dict[str, Callable[[], Case]] = {}


def corridor(*boxes: tuple[int, int], overtaking: bool = False, **rule: Any) -> SmallPlan:
    """Boxes (release, TEU) and, as the last entity, a train for them.

    It comes to the port at 10, dwells 5 s, has room for 4 TEU, takes 20 s to inland and dwells 3 s there.
    """
    small = SmallPlan()
    small.stop("port", overtaking)
    small.stop("inland")
    small.route("box", ride("port", "inland"))
    small.route("train", call("port", 5, **rule), occupy(None, 20), end("inland", 3))
    for release, teu in boxes:
        small.entity("box", release, teu=teu)
    small.entity("train", 10, capacity=4, slot=100)
    return small


@law(
    "a consist without a rule departs when it has dwelt, with who asked by then, and lets off as it arrives",
    LAW_OF_CALLS,
)
def _():
    return corridor((0, 2), (15, 1), (16, 1)), [
        (0, "port", 0, 15, 35),
        (3, "port", 10, 15, 15),
        (1, "port", 15, 15, 35),
        (3, "", 15, 15, 35),
        (2, "port", 16, None, None),
        (3, "inland", 35, 38, 38),
    ]


@law("a consist waits for its least load", LAW_OF_CALLS)
def _():
    return corridor((0, 1), (30, 2), least_load=3), [
        (0, "port", 0, 30, 50),
        (2, "port", 10, 15, 30),
        (1, "port", 30, 30, 50),
        (2, "", 30, 30, 50),
        (2, "inland", 50, 53, 53),
    ]


@law("a consist departs after its longest wait, whatever its load", LAW_OF_CALLS)
def _():
    return corridor((0, 1), least_load=3, longest_wait=20), [
        (0, "port", 0, 35, 55),
        (1, "port", 10, 15, 35),
        (1, "", 35, 35, 55),
        (1, "inland", 55, 58, 58),
    ]


@law("a consist departs when the head of the queue does not fit, and the head is not overtaken", LAW_OF_CALLS)
def _():
    return corridor((0, 2), (1, 3), (2, 1), least_load=4), [
        (0, "port", 0, 15, 35),
        (1, "port", 1, None, None),
        (2, "port", 2, None, None),
        (3, "port", 10, 15, 15),
        (3, "", 15, 15, 35),
        (3, "inland", 35, 38, 38),
    ]


@law("with overtaking at a stop a smaller shipment behind a head that does not fit boards", LAW_OF_CALLS)
def _():
    return corridor((0, 2), (1, 3), (2, 1), least_load=4, overtaking=True), [
        (0, "port", 0, 15, 35),
        (1, "port", 1, None, None),
        (2, "port", 2, 15, 35),
        (3, "port", 10, 15, 15),
        (3, "", 15, 15, 35),
        (3, "inland", 35, 38, 38),
    ]


@law("a consist with no TEU free departs, even under a least load that it cannot carry", LAW_OF_CALLS)
def _():
    return corridor((0, 4), least_load=9), [
        (0, "port", 0, 15, 35),
        (1, "port", 10, 15, 15),
        (1, "", 15, 15, 35),
        (1, "inland", 35, 38, 38),
    ]


@law("a consist is not ready before its slot, and its longest wait counts from there", LAW_OF_CALLS)
def _():
    return corridor((0, 1), slot=7, least_load=3, longest_wait=20), [
        (0, "port", 0, 127, 147),
        (1, "port", 10, 107, 127),
        (1, "", 127, 127, 147),
        (1, "inland", 147, 150, 150),
    ]


@law(
    "a shipment boards only if it asked at least the cut-off before the departure; who asked later is passed over",
    LAW_OF_CALLS,
)
def _():
    return corridor((5, 1), (6, 1), cut_off=10), [
        (0, "port", 5, 15, 35),
        (1, "port", 6, None, None),
        (2, "port", 10, 15, 15),
        (2, "", 15, 15, 35),
        (2, "inland", 35, 38, 38),
    ]


@law("a consist that waits for its load looks again when a request reaches the age of the cut-off", LAW_OF_CALLS)
def _():
    return corridor((5, 1), (12, 1), (14, 1), least_load=3, longest_wait=90, cut_off=10), [
        (0, "port", 5, 24, 44),
        (3, "port", 10, 15, 24),
        (1, "port", 12, 24, 44),
        (2, "port", 14, 24, 44),
        (3, "", 24, 24, 44),
        (3, "inland", 44, 47, 47),
    ]


@law("boarding goes by priority, then time of request, then number", LAW_OF_CALLS)
def _():
    small = corridor((0, 2), (0, 2), (1, 2), (3, 2))
    small.who[1] = (*small.who[1][:3], 1, *small.who[1][4:])
    small.who[0] = (*small.who[0][:3], 1, *small.who[0][4:])
    return small, [
        (0, "port", 0, None, None),
        (1, "port", 0, None, None),
        (2, "port", 1, 15, 35),
        (3, "port", 3, 15, 35),
        (4, "port", 10, 15, 15),
        (4, "", 15, 15, 35),
        (4, "inland", 35, 38, 38),
    ]


@law("who is let off acts in the order of boarding, before the consist goes on", LAW_OF_CALLS)
def _():
    small = corridor((0, 1), (1, 1))
    small.place("crane", 1)
    small.routes["box"] = (*small.routes["box"], occupy("crane", 2))
    small.routes["train"] = (call("port", 5), end("inland"), occupy("crane", 2))
    small.who[0] = (*small.who[0][:3], 1, *small.who[0][4:])
    small.who[2] = (*small.who[2][:3], -1, *small.who[2][4:])
    return small, [
        (0, "port", 0, 15, 15),
        (1, "port", 1, 15, 15),
        (2, "port", 10, 15, 15),
        (2, "inland", 15, 15, 15),
        (1, "crane", 15, 17, 19),
        (0, "crane", 15, 19, 21),
        (2, "crane", 15, 15, 17),
    ]


@law("each TEU aboard at arrival adds to the dwell, and each TEU aboard to a stay on the way", LAW_OF_CALLS)
def _():
    small = corridor((0, 3))
    small.routes["train"] = (
        call("port", 5, per_teu=2.0),
        occupy(None, 20, per_teu=1.5),
        end("inland", 3, per_teu=2.0),
    )
    return small, [
        (0, "port", 0, 15, 40),
        (1, "port", 10, 15, 15),
        (1, "", 15, 15, 40),
        (1, "inland", 40, 49, 49),
    ]


def three_stops() -> SmallPlan:
    """Boxes to b and c; a train to c by b, and a short one to b only."""
    small = SmallPlan()
    for name in "abc":
        small.stop(name)
    small.route("to b", ride("a", "b"))
    small.route("to c", ride("a", "c"))
    small.route("b to c", ride("b", "c"))
    small.route("long", call("a"), occupy(None, 10), call("b", 2), occupy(None, 10), end("c"))
    small.route("short", call("a"), occupy(None, 10), end("b"))
    return small


@law("a consist passes over shipments to stops that it does not reach, and they block nobody", LAW_OF_CALLS)
def _():
    small = three_stops()
    small.entity("to c", 0, teu=9)
    small.entity("to b", 1, teu=2)
    small.entity("short", 5, capacity=9)
    return small, [
        (0, "a", 0, None, None),
        (1, "a", 1, 5, 15),
        (2, "a", 5, 5, 5),
        (2, "", 5, 5, 15),
        (2, "b", 15, 15, 15),
    ]


@law("a consist lets off at each stop who rides there, and takes on others with the room that they leave", LAW_OF_CALLS)
def _():
    small = three_stops()
    small.entity("to b", 0, teu=3)
    small.entity("to c", 0, teu=1)
    small.entity("b to c", 0, teu=3)
    small.entity("long", 5, capacity=4)
    return small, [
        (0, "a", 0, 5, 15),
        (1, "a", 0, 5, 27),
        (2, "b", 0, 17, 27),
        (3, "a", 5, 5, 5),
        (3, "", 5, 5, 15),
        (3, "b", 15, 17, 17),
        (3, "", 17, 17, 27),
        (3, "c", 27, 27, 27),
    ]


@law(
    "the first of the ready consists that may depart takes the load, by the time it was ready, then by number",
    LAW_OF_CALLS,
)
def _():
    small = corridor((20, 3), (30, 3), least_load=3)
    small.who.insert(0, small.who.pop())
    small.entity("train", 10, capacity=4)
    small.entity("train", 9, capacity=2)
    return small, [
        (4, "port", 9, 14, 20),
        (0, "port", 10, 15, 20),
        (3, "port", 10, 15, 30),
        (1, "port", 20, 20, 40),
        (4, "", 20, 20, 40),
        (0, "", 20, 20, 40),
        (2, "port", 30, 30, 50),
        (3, "", 30, 30, 50),
        (4, "inland", 40, 43, 43),
        (0, "inland", 40, 43, 43),
        (3, "inland", 50, 53, 53),
    ]


@law("an alarm of a consist that has departed touches nothing", LAW_OF_CALLS)
def _():
    small = corridor((0, 1), (20, 3), (40, 2), least_load=3, longest_wait=25)
    small.entity("train", 38, capacity=4)
    return small, [
        (0, "port", 0, 20, 40),
        (3, "port", 10, 15, 20),
        (1, "port", 20, 20, 40),
        (3, "", 20, 20, 40),
        (4, "port", 38, 43, 68),
        (2, "port", 40, 68, 88),
        (3, "inland", 40, 43, 43),
        (4, "", 68, 68, 88),
        (4, "inland", 88, 91, 91),
    ]
