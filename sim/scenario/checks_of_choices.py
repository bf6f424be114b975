"""What must hold of choices: their ways are there, the rule can judge them, and nobody is sent in a circle."""

from __future__ import annotations

from collections.abc import Iterator

from sim.scenario import paths
from sim.scenario.choices import CLASSES, Choice, Way
from sim.scenario.findings import Finding, Where, unknown
from sim.scenario.model import Scenario

ROUNDING = 1e-6


def references(scenario: Scenario) -> Iterator[Finding]:
    """Every item and way that a way names must be there; no way leads back into its own choice."""
    commodities = {flow.commodity for flow in scenario.flows.values() if flow.commodity}
    of_way = [*scenario.services, *scenario.operations, *scenario.choices]
    for where, choice, way in _ways(scenario):
        for position, item in enumerate(way.by):
            if item in _within(scenario, item):
                yield Finding((*where, "by", str(position)), f"choice '{item}' stands in one of its own ways")
            elif item not in of_way:
                yield Finding((*where, "by", str(position)), unknown("service or operation", item, of_way))
        others = set(choice.ways) - {where[-1]}
        if way.otherwise is not None and way.otherwise not in others:
            yield Finding((*where, "otherwise"), unknown("way", way.otherwise, others))
        for position, name in enumerate(way.only):
            if name not in commodities and name not in CLASSES:
                yield Finding((*where, "only", str(position)), unknown("class", name, [*commodities, *CLASSES]))


def _within(scenario: Scenario, choice: str) -> set[str]:
    """All choices in the ways of a choice, and in theirs."""
    found: set[str] = set()
    ahead = [choice]
    while ahead:
        stated = scenario.choices.get(ahead.pop())
        for way in [] if stated is None else stated.ways.values():
            fresh = set(way.by) & set(scenario.choices) - found
            found |= fresh
            ahead += sorted(fresh)
    return found


def _ways(scenario: Scenario) -> Iterator[tuple[Where, Choice, Way]]:
    for key, choice in sorted(scenario.choices.items()):
        for name, way in sorted(choice.ways.items()):
            yield ("choices", key, "ways", name), choice, way


def rules(scenario: Scenario) -> Iterator[Finding]:
    """Shares make a whole; each way has a queue to look at; somebody's class has a way; no circle of otherwise."""
    for key, choice in sorted(scenario.choices.items()):
        where = ("choices", key)
        total = sum(way.share.value for way in choice.ways.values() if way.share is not None)
        if choice.rule == "shares" and abs(total - 1.0) > ROUNDING:
            yield Finding((*where, "ways"), f"the shares make {total * 100:g} %, not 100 %")
        if choice.rule == "shortest-queue":
            for name, way in sorted(choice.ways.items()):
                if not _first_places(scenario, way):
                    message = f"the rule shortest-queue needs a place with a queue, and way '{name}' has none"
                    message += " before its own choice" * any(item in scenario.choices for item in way.by)
                    yield Finding((*where, "ways", name, "by"), message)
        if _circle(choice):
            yield Finding((*where, "ways"), f"otherwise leads in a circle: {' -> '.join(_circle(choice))}")
        if choice.rule == "by-class":
            yield from _classes(scenario, key)


def _first_places(scenario: Scenario, way: Way) -> list[str]:
    """Places of the operations of a way, and of the paths of its vehicles on demand, before any choice of its own."""
    found: list[str] = []
    own = [position for position, item in enumerate(way.by) if item in scenario.choices]
    for item in way.by[: min(own, default=None)]:
        service = scenario.services.get(item)
        listed = [item] if service is None else (service.path if service.departures.on_demand else [])
        operations = [scenario.operations[each] for each in listed if each in scenario.operations]
        found += [operation.place for operation in operations if operation.place is not None]
    return found


def _circle(choice: Choice) -> list[str]:
    """Ways that are each the otherwise of the one before, the first of the last; empty if there are none."""
    for start in sorted(choice.ways):
        chain = [start]
        while (following := choice.ways[chain[-1]].otherwise) is not None and following not in chain:
            chain.append(following)
        if following == start:
            return [*chain, start]
    return []


def _classes(scenario: Scenario, key: str) -> Iterator[Finding]:
    """Whoever comes to a choice by class must find a way."""
    ways = scenario.choices[key].ways.values()
    if any(not way.only for way in ways):
        return
    named = {name for way in ways for name in way.only}
    for name, flow in sorted(scenario.flows.items()):
        for position, item in enumerate(flow.by):
            own = {flow.commodity, flow.priority}
            if not own & named and key in _met(scenario, item, own):
                none = flow.commodity or flow.priority
                message = f"choice '{key}' has no way for it: none is for '{none}', none for all"
                yield Finding(("flows", name, "by", str(position)), message)
    for name, service in sorted(scenario.services.items()):
        for position, item in enumerate(service.path):
            if service.priority not in named and key in _met(scenario, item, {service.priority}):
                message = f"choice '{key}' has no way for it: none is for '{service.priority}', and none for all"
                yield Finding(("services", name, "path", str(position)), message)


def _met(scenario: Scenario, item: str, classes: set[str]) -> set[str]:
    """The choices to which an item may lead who is of these classes."""
    choice = scenario.choices.get(item)
    if choice is None:
        return set()
    ways = [choice.ways[key] for key in choice.in_order()]
    if choice.rule == "by-class":
        ways = [way for way in ways if not way.only or classes & set(way.only)][:1]
    return {item}.union(*(_met(scenario, each, classes) for way in ways for each in way.by))


def refusals(scenario: Scenario) -> Iterator[Finding]:
    """A way has another instead of it only if somebody can be refused at its first place or stop."""
    for where, _, way in _ways(scenario):
        if way.otherwise is not None and way.longest_wait is None and not _refuses(scenario, way.by[0]):
            message = "nobody is refused there: give 'longest_wait' here, or 'longest_queue' at its first place or stop"
            yield Finding((*where, "otherwise"), message)
        if way.longest_wait is not None and not _can_wait(scenario, way.by[0]):
            message = f"nobody waits at '{way.by[0]}': a way with a longest wait starts at a place or with a ride"
            yield Finding((*where, "longest_wait"), message)


def _can_wait(scenario: Scenario, item: str) -> bool:
    operation, service = scenario.operations.get(item), scenario.services.get(item)
    if operation is not None:
        return operation.place is not None
    if service is None:
        return False
    first = scenario.operations.get(service.path[0])
    return not service.departures.on_demand or (first is not None and first.place is not None)


def _refuses(scenario: Scenario, item: str) -> bool:
    operation, service = scenario.operations.get(item), scenario.services.get(item)
    if service is not None and service.departures.on_demand:
        operation = scenario.operations.get(service.path[0])
    if operation is not None:
        longest = None if operation.place is None else scenario.places[operation.place].longest_queue
        return operation.longest_wait is not None or longest is not None
    along = [] if service is None else paths.stops(scenario, service)
    return service is not None and any(service.stops[node].longest_queue is not None for node in along)
