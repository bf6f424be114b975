"""What must hold of gates, breakdowns, pools, blocking, fleets that circulate, and services that carry consists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TypeGuard

from sim.scenario import paths
from sim.scenario.findings import Finding, Where, unknown
from sim.scenario.model import Scenario
from sim.scenario.numbers import Number
from sim.scenario.services import Service


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
        left = breakdown.capacity
        if left is None or place not in breakdown.places:
            continue
        counted = {scenario.places[each].capacity.counted for each in breakdown.places if each in scenario.places}
        # What closes one of them closes all, whatever they count.
        if left.value > 0 or left.counted not in counted:
            found.append((("breakdowns", key, "capacity"), left))
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
    return any(each.gives_back_to == place != each.place for each in scenario.operations.values())


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
    told_already: set[tuple[str, str]] = set()
    for where, listed, parts in _chains(scenario):
        found = [pair for pair in dict.fromkeys(_stuck(scenario, parts, ())) if pair not in told_already]
        told_already.update(found)
        for name, choice in found:
            at = (*where, str(listed.index(choice))) if choice in listed else ("choices", choice)
            remedy = f", or '{name}' first into each way (the choice is then made before it)"
            told = (
                f"'{name}' blocks right before choice '{choice}', which has no one next place: put a place between them"
            )
            yield Finding(at, told + remedy * (name in scenario.operations))
    for key, operation in sorted(scenario.operations.items()):
        if operation.until_entered in scenario.choices:
            told = (
                f"'{operation.until_entered}' is a choice, which is no place that is entered: name what comes after it"
            )
            yield Finding(("operations", key, "until_entered"), told)


def _chains(scenario: Scenario) -> Iterator[tuple[Where, list[str], Sequence[paths.Part]]]:
    """Paths of services and chains of flows, as written and in parts, as far as they connect."""
    for key, service in sorted(scenario.services.items()):
        with suppress(paths.DisconnectedError):
            yield ("services", key, "path"), service.path, _parts(scenario, service)
    for key, flow in sorted(scenario.flows.items()):
        with suppress(paths.DisconnectedError):
            yield ("flows", key, "by"), flow.by, paths.flow_parts(scenario, flow)


def _parts(scenario: Scenario, service: Service) -> list[paths.Part]:
    """The parts of a path; of the nodes those alone at which it stops."""
    parts = paths.service_parts(scenario, service)
    return [part for part in parts if not isinstance(part, paths.Visit) or part.node in service.stops]


def _stuck(scenario: Scenario, parts: Sequence[paths.Part], after: Sequence[paths.Part]) -> Iterator[tuple[str, str]]:
    """What blocks, with the choice that comes right after it."""
    for position, part in enumerate(parts):
        rest = (*parts[position + 1 :], *after)
        if isinstance(part, paths.Fork):
            for _, way in part.ways:
                yield from _stuck(scenario, way, rest)
        elif _on_demand(part, scenario):
            yield from _stuck(scenario, _parts(scenario, scenario.services[part.service]), rest)
        elif _blocks(scenario, part) and (choice := _choice_next(scenario, part, rest)):
            yield _name(part), choice


def _on_demand(part: paths.Part, scenario: Scenario) -> TypeGuard[paths.Trip]:
    return isinstance(part, paths.Trip) and scenario.services[part.service].departures.on_demand


def _choice_next(scenario: Scenario, blocker: paths.Part, rest: Sequence[paths.Part]) -> str:
    """The choice to which one comes from what blocks before any place; empty if there is none."""
    from_leg = isinstance(blocker, paths.Move)
    for part in rest:
        if isinstance(part, paths.Fork):
            return part.choice
        if _on_demand(part, scenario):
            own = _parts(scenario, scenario.services[part.service])
            return _choice_next(scenario, blocker, (*own, *rest[rest.index(part) + 1 :]))
        operation = scenario.operations[part.operation] if isinstance(part, paths.Act) else None
        passed = isinstance(part, paths.Visit) if operation is None else operation.place is None
        if operation is not None and operation.place is not None and operation.activity == "equipment":
            continue
        if from_leg or not passed:
            return ""
    return ""


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
