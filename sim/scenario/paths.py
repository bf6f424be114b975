"""What a path or a chain of services comes to: moves over legs, operations, calls and rides, one after another.

Checks use it to tell what does not connect; the plan is compiled from the same result.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sim.scenario.demand import Flow
from sim.scenario.model import Scenario
from sim.scenario.network import Leg
from sim.scenario.services import Service


class DisconnectedError(ValueError):
    """A path that does not connect; ``position`` is the item of the list that cannot be reached."""

    def __init__(self, position: int, message: str) -> None:
        self.position = position
        super().__init__(message)


@dataclass(frozen=True)
class Move:
    """Over a leg from its start to its end."""

    leg_id: str
    leg: Leg
    start: str
    end: str


@dataclass(frozen=True)
class Act:
    """An operation, at its node."""

    operation: str
    node: str


@dataclass(frozen=True)
class Visit:
    """A node of the path: a call if it is a stop of the service."""

    node: str


@dataclass(frozen=True)
class Trip:
    """On a service from one of its stops to a later one; a vehicle of its own if the service is on demand."""

    service: str
    board: str
    alight: str


Part = Move | Act | Visit


def operation_node(scenario: Scenario, operation: str) -> str:
    """The node where an operation is done: its place's, or its own."""
    stated = scenario.operations[operation]
    return scenario.places[stated.place].node if stated.place is not None else str(stated.node)


def service_parts(scenario: Scenario, service: Service) -> Iterator[Part]:
    """The parts of a service's path, with the legs between its nodes; DisconnectedError where no leg fits."""
    here = ""
    for position, item in enumerate(service.path):
        node = operation_node(scenario, item) if item in scenario.operations else item
        if here and node != here:
            leg_id, leg = _leg(scenario, service, here, node, position)
            yield Move(leg_id, leg, here, node)
        here = node
        yield Act(item, node) if item in scenario.operations else Visit(item)


def _leg(scenario: Scenario, service: Service, start: str, end: str, position: int) -> tuple[str, Leg]:
    """The one leg of the service's mode and gauge between two nodes."""
    between = [
        (leg_id, leg)
        for leg_id, leg in sorted(scenario.legs.items())
        if (leg.from_node, leg.to_node) == (start, end)
        or (leg.both_ways and (leg.to_node, leg.from_node) == (start, end))
    ]
    fitting = [(key, leg) for key, leg in between if leg.mode == service.mode and leg.gauge == service.gauge]
    if len(fitting) == 1:
        return fitting[0]
    if len(fitting) > 1:
        ids = ", ".join(key for key, _ in fitting)
        raise DisconnectedError(position, f"several legs fit from '{start}' to '{end}': {ids}")
    gauge = f" of {service.gauge} mm" if service.gauge else ""
    others = ", ".join(f"{key} ({leg.mode}{f' {leg.gauge} mm' if leg.gauge else ''})" for key, leg in between)
    hint = f"; there is {others}: mode and gauge must match" if others else ""
    message = f"does not connect: no {service.mode} leg{gauge} from '{start}' to '{end}'{hint}"
    raise DisconnectedError(position, message)


def stops(scenario: Scenario, service: Service) -> list[str]:
    """The stops of a service in the order of its path."""
    return [item for item in service.path if item in service.stops and item not in scenario.operations]


def flow_parts(scenario: Scenario, flow: Flow) -> list[Trip | Act]:
    """The rides and operations of a flow; DisconnectedError where they do not meet."""
    parts: list[Trip | Act] = []
    here = flow.from_node
    for position, item in enumerate(flow.by):
        if item in scenario.services:
            end = _alight(scenario, flow, position, here)
            parts.append(Trip(item, here, end))
            here = end
            continue
        node = operation_node(scenario, item)
        if node != here:
            raise DisconnectedError(position, f"'{item}' is at '{node}', but the flow is at '{here}' then")
        parts.append(Act(item, node))
    if here != flow.to_node:
        raise DisconnectedError(len(flow.by) - 1, f"the flow ends at '{here}', not at '{flow.to_node}'")
    return parts


def _alight(scenario: Scenario, flow: Flow, position: int, here: str) -> str:
    """Where a flow leaves the service at a position of its list, having boarded it at a node."""
    service_id = flow.by[position]
    service = scenario.services[service_id]
    if service.departures.on_demand:
        ends = [part.node for part in service_parts(scenario, service) if isinstance(part, (Act, Visit))]
        if ends[0] != here:
            raise DisconnectedError(position, f"'{service_id}' starts at '{ends[0]}', but the flow is at '{here}' then")
        return ends[-1]
    along = stops(scenario, service)
    if here not in along:
        raise DisconnectedError(position, f"'{service_id}' does not stop at '{here}': it stops at {', '.join(along)}")
    ahead = along[along.index(here) + 1 :]
    wanted = _next_nodes(scenario, flow, position)
    for node in wanted:
        if node in ahead:
            return node
    reach = ", ".join(ahead) or "nowhere"
    raise DisconnectedError(
        position, f"'{service_id}' from '{here}' reaches {reach}, but the flow goes on from {' or '.join(wanted)}"
    )


def _next_nodes(scenario: Scenario, flow: Flow, position: int) -> list[str]:
    """Where the flow can go on after the item at a position."""
    if position + 1 == len(flow.by):
        return [flow.to_node]
    following = flow.by[position + 1]
    if following not in scenario.services:
        return [operation_node(scenario, following)]
    service = scenario.services[following]
    if service.departures.on_demand:
        first = next(iter(service_parts(scenario, service)))
        return [first.node] if isinstance(first, (Act, Visit)) else []
    return stops(scenario, service)[:-1]
