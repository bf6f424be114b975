"""What must hold of choices: their ways are there, the rule can judge them, and nobody is sent in a circle."""

from __future__ import annotations

from collections.abc import Iterator

from sim.scenario import paths
from sim.scenario.choices import CLASSES, Choice, Way
from sim.scenario.findings import Finding, Where, unknown
from sim.scenario.model import Scenario

ROUNDING = 1e-6


def references(scenario: Scenario) -> Iterator[Finding]:
    """Every item and way that a way names must be there; a way holds no choice."""
    commodities = {flow.commodity for flow in scenario.flows.values() if flow.commodity}
    of_way = [*scenario.services, *scenario.operations]
    for where, choice, way in _ways(scenario):
        for position, item in enumerate(way.by):
            if item in scenario.choices:
                yield Finding((*where, "by", str(position)), f"'{item}' is a choice: a way of a choice holds no other")
            elif item not in of_way:
                yield Finding((*where, "by", str(position)), unknown("service or operation", item, of_way))
        others = set(choice.ways) - {where[-1]}
        if way.otherwise is not None and way.otherwise not in others:
            yield Finding((*where, "otherwise"), unknown("way", way.otherwise, others))
        for position, name in enumerate(way.only):
            if name not in commodities and name not in CLASSES:
                yield Finding((*where, "only", str(position)), unknown("class", name, [*commodities, *CLASSES]))


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
                    yield Finding((*where, "ways", name, "by"), message)
        if _circle(choice):
            yield Finding((*where, "ways"), f"otherwise leads in a circle: {' -> '.join(_circle(choice))}")
        if choice.rule == "by-class":
            yield from _classes(scenario, key)


def _first_places(scenario: Scenario, way: Way) -> list[str]:
    """Places of the operations of a way, and of the paths of its vehicles on demand."""
    found: list[str] = []
    for item in way.by:
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
        if key in flow.by and not {flow.commodity, flow.priority} & named:
            message = f"choice '{key}' has no way for it: none is for '{flow.commodity or flow.priority}', none for all"
            yield Finding(("flows", name, "by", str(flow.by.index(key))), message)
    for name, service in sorted(scenario.services.items()):
        if key in service.path and service.priority not in named:
            message = f"choice '{key}' has no way for it: none is for '{service.priority}', and none for all"
            yield Finding(("services", name, "path", str(service.path.index(key))), message)


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
    operation = scenario.operations.get(item)
    if operation is not None:
        return operation.place is not None
    service = scenario.services[item]
    first = scenario.operations.get(service.path[0])
    return not service.departures.on_demand or (first is not None and first.place is not None)


def _refuses(scenario: Scenario, item: str) -> bool:
    operation = scenario.operations.get(item)
    if operation is None and scenario.services[item].departures.on_demand:
        operation = scenario.operations.get(scenario.services[item].path[0])
    if operation is not None:
        longest = None if operation.place is None else scenario.places[operation.place].longest_queue
        return operation.longest_wait is not None or longest is not None
    service = scenario.services.get(item)
    along = [] if service is None else paths.stops(scenario, service)
    return service is not None and any(service.stops[node].longest_queue is not None for node in along)
