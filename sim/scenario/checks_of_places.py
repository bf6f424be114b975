"""What must hold of gates, breakdowns, pools, blocking, fleets that circulate, and services that carry consists."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from sim.scenario import paths
from sim.scenario.findings import Finding, Where, unknown
from sim.scenario.model import Scenario
from sim.scenario.numbers import Number


def references(scenario: Scenario) -> Iterator[Finding]:
    """Every place and leg that is named by these must be there."""
    for key, place in sorted(scenario.places.items()):
        if place.gate is not None and place.gate.watches not in scenario.places:
            yield Finding(("places", key, "gate", "watches"), unknown("place", place.gate.watches, scenario.places))
    for key, operation in sorted(scenario.operations.items()):
        to = operation.gives_back_to
        if to is not None and to not in scenario.places:
            yield Finding(("operations", key, "gives_back_to"), unknown("place", to, scenario.places))
    for key, breakdown in sorted(scenario.breakdowns.items()):
        for field, named, there in (
            ("places", breakdown.places, list(scenario.places)),
            ("legs", breakdown.legs, list(scenario.legs)),
        ):
            for position, name in enumerate(named):
                if name not in there:
                    where = ("breakdowns", key, field, str(position))
                    yield Finding(where, unknown(field.removesuffix("s"), name, there))


def counted_as(scenario: Scenario, place: str) -> list[tuple[Where, Number]]:
    """Numbers elsewhere that must count what a place counts."""
    found: list[tuple[Where, Number]] = []
    for key, operation in sorted(scenario.operations.items()):
        if operation.gives_back_to == place and operation.place is not None:
            found.append((("operations", key, "gives_back_to"), scenario.places[operation.place].capacity))
    for key, breakdown in sorted(scenario.breakdowns.items()):
        if breakdown.capacity is not None and place in breakdown.places:
            found.append((("breakdowns", key, "capacity"), breakdown.capacity))
    return found


def queued_as(scenario: Scenario) -> Iterator[Finding]:
    """Who waits may be counted as vehicles where a place counts lanes; but TEU only where it counts TEU."""
    for key, place in sorted(scenario.places.items()):
        found: list[tuple[Where, Number, Number]] = []
        if place.longest_queue is not None:
            found.append((("longest_queue",), place.longest_queue, place.capacity))
        if place.gate is not None:
            watched = scenario.places[place.gate.watches].capacity
            found.append((("gate", "closes_at"), place.gate.closes_at, watched))
            found.append((("gate", "opens_at"), place.gate.opens_at, watched))
        for where, number, capacity in found:
            if (number.counted == "TEU") != (capacity.counted == "TEU"):
                message = f"'{number.text}' counts other things than the place's '{capacity.text}'"
                yield Finding(("places", key, *where), message)


def receives(scenario: Scenario, place: str) -> bool:
    """Whether units of other places come back to a place, so that it may have more than its capacity."""
    return any(operation.gives_back_to == place for operation in scenario.operations.values())


def gates(scenario: Scenario) -> Iterator[Finding]:
    """A gate is a place of that kind, watches another place, and opens at less than it closes at."""
    for key, place in sorted(scenario.places.items()):
        where = ("places", key, "gate")
        if place.gate is None:
            continue
        if place.kind != "gate":
            yield Finding(where, f"a gate is a place of the kind gate, not '{place.kind}'")
        if place.gate.watches == key:
            yield Finding((*where, "watches"), "a gate watches another place than itself")
        if place.gate.opens_at.value >= place.gate.closes_at.value:
            message = f"'{place.gate.opens_at.text}' is not less than 'closes_at: {place.gate.closes_at.text}'"
            yield Finding((*where, "opens_at"), message)


def blocking(scenario: Scenario) -> Iterator[Finding]:
    """What blocks keeps its units until one next place is entered: that cannot be a choice of several."""
    message = "'{}' blocks right before choice '{}', which has no one next place: put a place between them"
    for key, service in sorted(scenario.services.items()):
        try:
            parts = list(paths.service_parts(scenario, service))
        except paths.DisconnectedError:
            continue
        for part, following in pairwise(parts):
            if isinstance(following, paths.Fork) and _blocks(scenario, part):
                position = service.path.index(following.choice)
                told = message.format(_name(part), following.choice)
                yield Finding(("services", key, "path", str(position)), told)
    for key, flow in sorted(scenario.flows.items()):
        for position, (item, following_item) in enumerate(pairwise(flow.by)):
            operation = scenario.operations.get(item)
            if following_item in scenario.choices and operation is not None and operation.blocks:
                told = message.format(item, following_item)
                yield Finding(("flows", key, "by", str(position + 1)), told)
    for key, operation in sorted(scenario.operations.items()):
        if operation.until_entered in scenario.choices:
            told = (
                f"'{operation.until_entered}' is a choice, which is no place that is entered: name what comes after it"
            )
            yield Finding(("operations", key, "until_entered"), told)


def _blocks(scenario: Scenario, part: paths.Part) -> bool:
    if isinstance(part, paths.Move):
        return part.leg.blocks or part.leg.single_track
    return isinstance(part, paths.Act) and scenario.operations[part.operation].blocks


def _name(part: paths.Part) -> str:
    return part.leg_id if isinstance(part, paths.Move) else part.operation if isinstance(part, paths.Act) else ""


def fleets(scenario: Scenario) -> Iterator[Finding]:
    """A fleet has whole consists."""
    for key, service in sorted(scenario.services.items()):
        fleet = service.departures.fleet
        if fleet is not None and round(fleet.value) < 1:
            yield Finding(("services", key, "departures", "fleet"), f"'{fleet.text}' is less than one")


def carriers(scenario: Scenario) -> Iterator[Finding]:
    """A consist fits into what carries it, and who waits at a stop is counted as the capacity counts."""
    for key, service in sorted(scenario.services.items()):
        for node, stop in sorted(service.stops.items()):
            counted = "TEU" if service.capacity is None else service.capacity.counted
            for name, number in (("longest_queue", stop.longest_queue), ("least_load", stop.least_load)):
                if number is not None and number.dimension != () and number.counted != counted:
                    message = f"'{number.text}' counts other things than the capacity, which counts {counted}"
                    yield Finding(("services", key, "stops", node, name), message)
        for position, item in enumerate(service.path):
            carrier = scenario.services[item].capacity if position and paths.is_ride(scenario, item) else None
            if carrier is None or carrier.counted != "TEU" or service.capacity is None or not service.carries_teu:
                continue
            if service.capacity.value > carrier.value:
                message = f"a consist of '{service.capacity.text}' does not fit into '{item}' ('{carrier.text}')"
                yield Finding(("services", key, "path", str(position)), message)
