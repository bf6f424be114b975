"""The law of those who wait in vain, a sentence and a small plan at a time."""

from __future__ import annotations

from collections.abc import Callable

from tests.law import Case, law, with_places
from tests.law_of_calls import corridor
from tests.small_plans import jump, occupy, ride

LAW_IN_VAIN: dict[str, Callable[[], Case]] = {}


@law("who would stand beyond its longest queue is turned away once the place has served", LAW_IN_VAIN)
def _():
    small = with_places(gate=1)
    small.route("truck", occupy("gate", 10, longest_queue=1))
    for release in (0, 0, 0, 1):
        small.entity("truck", release)
    small.entity("truck", 10)
    small.entity("truck", 10, priority=-1)
    return small, [
        (0, "gate", 0, 0, 10),
        (1, "gate", 0, 20, 30),
        (2, "gate", 0, None, 0),
        (3, "gate", 1, None, 1),
        (4, "gate", 10, None, 10),
        (5, "gate", 10, 10, 20),
    ]


@law("who is turned away goes on at its other step, after those who were granted", LAW_IN_VAIN)
def _():
    small = with_places(gate=1, yard=1)
    small.route("truck", occupy("gate", 10, longest_queue=0, otherwise=1), occupy("yard", 4))
    small.route("other", occupy("gate", 0), occupy("yard", 4))
    small.entity("truck")
    small.entity("truck")
    small.entity("other", 10, priority=-1)
    small.entity("truck", 10)
    return small, [
        (0, "gate", 0, 0, 10),
        (1, "gate", 0, None, 0),
        (1, "yard", 0, 0, 4),
        (2, "gate", 10, 10, 10),
        (3, "gate", 10, None, 10),
        (0, "yard", 10, 14, 18),
        (2, "yard", 10, 10, 14),
        (3, "yard", 10, 18, 22),
    ]


@law("who is turned away is not before the others in the queue, and units may now fit who stood behind", LAW_IN_VAIN)
def _():
    small = with_places(yard=3)
    small.route("keep", occupy("yard", 10, units=2))
    small.route("large", occupy("yard", 5, units=2, longest_queue=1))
    small.route("small", occupy("yard", 5, longest_queue=1))
    for route in ("keep", "large", "small", "small"):
        small.entity(route)
    return small, [
        (0, "yard", 0, 0, 10),
        (1, "yard", 0, None, 0),
        (2, "yard", 0, 0, 5),
        (3, "yard", 0, None, 0),
    ]


@law("who waits without a longest queue is before those with one, and is not turned away", LAW_IN_VAIN)
def _():
    small = with_places(gate=1)
    small.route("patient", occupy("gate", 10))
    small.route("picky", occupy("gate", 10, longest_queue=1))
    for route in ("patient", "patient", "picky", "patient"):
        small.entity(route)
    return small, [
        (0, "gate", 0, 0, 10),
        (1, "gate", 0, 10, 20),
        (2, "gate", 0, None, 0),
        (3, "gate", 0, 20, 30),
    ]


@law("who gives up leaves as its patience ends, before a grant of that instant", LAW_IN_VAIN)
def _():
    small = with_places(gate=1)
    small.route("truck", occupy("gate", 10, patience=10))
    small.route("other", occupy("gate", 10, patience=11))
    small.entity("truck")
    small.entity("truck")
    small.entity("other")
    return small, [
        (0, "gate", 0, 0, 10),
        (1, "gate", 0, None, 10),
        (2, "gate", 0, 10, 20),
    ]


@law("a patience of no seconds ends before any grant", LAW_IN_VAIN)
def _():
    small = with_places(gate=1)
    small.route("truck", occupy("gate", 10, patience=0, otherwise=1), occupy(None, 3))
    small.entity("truck")
    return small, [
        (0, "gate", 0, None, 0),
        (0, "", 0, 0, 3),
    ]


@law("a patience that ends after the grant is nothing", LAW_IN_VAIN)
def _():
    small = with_places(gate=1)
    small.route("truck", occupy("gate", 10, patience=4), jump(0))
    small.horizon = 35
    small.entity("truck")
    small.entity("truck", 8)
    return small, [
        (0, "gate", 0, 0, 10),
        (1, "gate", 8, 10, 20),
        (0, "", 10, 10, 10),
        (0, "gate", 10, None, 14),
        (1, "", 20, 20, 20),
        (1, "gate", 20, 20, 30),
        (1, "", 30, 30, 30),
        (1, "gate", 30, 30, None),
    ]


@law("when the head gives up those behind it that fit are served", LAW_IN_VAIN)
def _():
    small = with_places(yard=3)
    small.route("keep", occupy("yard", 20, units=2))
    small.route("large", occupy("yard", 5, units=2, patience=7))
    small.route("small", occupy("yard", 5))
    for route in ("keep", "large", "small"):
        small.entity(route)
    return small, [
        (0, "yard", 0, 0, 20),
        (1, "yard", 0, None, 7),
        (2, "yard", 0, 7, 12),
    ]


@law("who gives up may go back and ask again, in a new lap", LAW_IN_VAIN)
def _():
    small = with_places(gate=1)
    small.route("truck", occupy("gate", 10, patience=4, otherwise=1), occupy(None, 3))
    small.route("again", occupy("gate", 1, patience=4, otherwise=0))
    small.entity("truck")
    small.entity("again")
    return small, [
        (0, "gate", 0, 0, 10),
        (1, "gate", 0, None, 4),
        (1, "gate", 4, None, 8),
        (1, "gate", 8, 10, 11),
        (0, "", 10, 10, 13),
    ]


@law("who waits in vain gives back what it kept until the step, or beyond", LAW_IN_VAIN)
def _():
    small = with_places(berth=1, crane=1)
    small.route("ship", occupy("berth", 1, until=1), occupy("crane", 9, patience=3, otherwise=2), occupy(None, 5))
    small.route("block", occupy("crane", 50))
    small.entity("block")
    small.entity("ship")
    small.entity("ship")
    return small, [
        (0, "crane", 0, 0, 50),
        (1, "berth", 0, 0, 1),
        (2, "berth", 0, 4, 5),
        (1, "crane", 1, None, 4),
        (1, "", 4, 4, 9),
        (2, "crane", 5, None, 8),
        (2, "", 8, 8, 13),
    ]


@law("at a stop too a shipment is turned away, or gives up and boards no more", LAW_IN_VAIN)
def _():
    small = corridor((0, 2), (5, 2), (6, 1), least_load=1)
    small.routes["box"] = (ride("port", "inland", longest_queue=4, patience=14, otherwise=1), occupy(None, 1))
    return small, [
        (0, "port", 0, None, 14),
        (1, "port", 5, 15, 35),
        (2, "port", 6, None, 6),
        (2, "", 6, 6, 7),
        (3, "port", 10, 15, 15),
        (0, "", 14, 14, 15),
        (3, "", 15, 15, 35),
        (3, "inland", 35, 38, 38),
        (1, "", 35, 35, 36),
    ]


@law("who is ahead at a stop and gives up is in nobody's way", LAW_IN_VAIN)
def _():
    small = corridor((0, 2), (9, 4), (10, 2), least_load=4, longest_wait=90)
    small.routes["box"] = (ride("port", "inland", patience=5),)
    small.route("other", ride("port", "inland"))
    small.entity("other", 16, teu=4)
    return small, [
        (0, "port", 0, None, 5),
        (1, "port", 9, None, 14),
        (2, "port", 10, None, 15),
        (3, "port", 10, 15, 16),
        (4, "port", 16, 16, 36),
        (3, "", 16, 16, 36),
        (3, "inland", 36, 39, 39),
    ]
