"""What the traffic of a scenario comes to use: shared files may hold more than a study needs.

What nobody uses takes no part: it is no place of the plan, and its numbers are no assumptions of the report.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sim.scenario.model import Scenario


@dataclass(frozen=True)
class Uses:
    """Ids of what flows, and services that run by themselves, come to use."""

    services: set[str] = field(default_factory=set)
    operations: set[str] = field(default_factory=set)
    choices: set[str] = field(default_factory=set)
    places: set[str] = field(default_factory=set)


def uses(scenario: Scenario) -> Uses:
    """All that is named by flows and by services with departures of their own, at any depth."""
    found = Uses()
    _follow(scenario, found, (item for flow in scenario.flows.values() for item in flow.by))
    _follow(scenario, found, (key for key, each in scenario.services.items() if not each.departures.on_demand))
    for key in found.operations:
        operation = scenario.operations[key]
        found.places.update(place for place in (operation.place, operation.gives_back_to) if place is not None)
    waiting = list(found.places)
    while waiting:
        gate = scenario.places[waiting.pop()].gate
        if gate is not None and gate.watches not in found.places:
            found.places.add(gate.watches)
            waiting.append(gate.watches)
    return found


def _follow(scenario: Scenario, found: Uses, items: Iterable[str]) -> None:
    for item in items:
        if item in scenario.operations:
            found.operations.add(item)
        elif item in scenario.services and item not in found.services:
            found.services.add(item)
            _follow(scenario, found, scenario.services[item].path)
        elif item in scenario.choices and item not in found.choices:
            found.choices.add(item)
            _follow(scenario, found, (each for way in scenario.choices[item].ways.values() for each in way.by))
