"""What a path or a chain of services comes to: moves over legs, operations, calls, rides and choices, in order.

Checks use it to tell what does not connect; the plan is compiled from the same result.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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


@dataclass(frozen=True)
class Fork:
    """A choice, with what each of its ways comes to; all ways start at one node and end at one."""

    choice: str
    node: str
    end: str
    ways: tuple[tuple[str, tuple[Trip | Act | Fork, ...]], ...]
    """By the ids of the ways, in the order in which the choice looks at them."""


Part = Move | Act | Visit | Trip | Fork


def operation_node(scenario: Scenario, operation: str) -> str:
    """The node where an operation is done: its place's, or its own."""
    stated = scenario.operations[operation]
    return scenario.places[stated.place].node if stated.place is not None else str(stated.node)


def service_parts(scenario: Scenario, service: Service) -> Iterator[Part]:
    """The parts of a service's path, with the legs between its nodes; DisconnectedError where no leg fits.

    A path that circulates ends with the way back to its first node, whose visit is not repeated.
    """
    here, last = "", len(service.path) - 1
    for position, item in enumerate(service.path):
        if is_ride(scenario, item):
            trip = _carried(scenario, service, position, here)
            here = trip.alight
            yield trip
            continue
        node = item_node(scenario, item, position)
        if here and node != here:
            leg_id, leg = _leg(scenario, service, here, node, position)
            yield Move(leg_id, leg, here, node)
        here = node
        if item in scenario.choices:
            yield _fork_in_place(scenario, item, node)
        elif item in scenario.operations:
            yield Act(item, node)
        elif not (service.circulates and position == last):
            yield Visit(item)


def is_ride(scenario: Scenario, item: str) -> bool:
    """Whether an item of a path is a service that carries the consist."""
    return item in scenario.services and item not in scenario.nodes


def item_node(scenario: Scenario, item: str, position: int) -> str:
    """The node of an item of a path that is no ride."""
    if item in scenario.operations:
        return operation_node(scenario, item)
    if item not in scenario.choices:
        return item
    found = {
        operation_node(scenario, each) if each in scenario.operations else "": (key, each)
        for key, way in sorted(scenario.choices[item].ways.items())
        for each in items(scenario, way.by)
    }
    if "" in found:
        key, each = found[""]
        message = f"choice '{item}', way '{key}': in a path the items of a way are operations, and '{each}' is none"
        raise DisconnectedError(position, message)
    if len(found) > 1:
        message = f"choice '{item}': in a path all operations of a choice are at one node, not {' and '.join(found)}"
        raise DisconnectedError(position, message)
    return next(iter(found))


def _fork_in_place(scenario: Scenario, choice: str, node: str) -> Fork:
    stated = scenario.choices[choice]
    ways = tuple(
        (
            key,
            tuple(
                _fork_in_place(scenario, each, node) if each in scenario.choices else Act(each, node)
                for each in stated.ways[key].by
            ),
        )
        for key in stated.in_order()
    )
    return Fork(choice, node, node, ways)


def _carried(scenario: Scenario, service: Service, position: int, here: str) -> Trip:
    """The ride of a consist on another service, to the node where its own path goes on."""
    item, rest = service.path[position], service.path[position + 1 :]
    carrier = scenario.services[item]
    if not here or not rest or is_ride(scenario, rest[0]):
        message = f"'{item}' carries the consist between two nodes: the path has one before and one after it"
        raise DisconnectedError(position, message)
    if carrier.departures.on_demand:
        message = f"'{item}' is on demand: what carries a consist runs by itself and has stops"
        raise DisconnectedError(position, message)
    end = item_node(scenario, rest[0], position + 1)
    return Trip(item, here, _reached(scenario, (item, position), here, [end]))


def _leg(scenario: Scenario, service: Service, start: str, end: str, position: int) -> tuple[str, Leg]:
    """The one leg of the service's mode and gauge between two nodes."""
    between = scenario.legs_between.get((start, end), [])
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


def items(scenario: Scenario, listed: Sequence[str]) -> list[str]:
    """The services and operations of a path or chain, those of all ways of its choices included."""
    found: list[str] = []
    for item in listed:
        choice = scenario.choices.get(item)
        ways = [] if choice is None else [way.by for _, way in sorted(choice.ways.items())]
        found += [item] if choice is None else [each for by in ways for each in items(scenario, by)]
    return found


def stops(scenario: Scenario, service: Service) -> list[str]:
    """The stops of a service in the order of its path; each once, also where a path circulates."""
    along = [item for item in service.path if item in service.stops and item not in scenario.operations]
    return along[:-1] if service.circulates and along[1:] and along[0] == along[-1] else along


def flow_parts(scenario: Scenario, flow: Flow) -> list[Trip | Act | Fork]:
    """The rides, operations and choices of a flow; DisconnectedError where they do not meet."""
    parts, here = _chain(scenario, flow.by, flow.from_node, [flow.to_node])
    if here != flow.to_node:
        raise DisconnectedError(len(flow.by) - 1, f"the flow ends at '{here}', not at '{flow.to_node}'")
    return parts


def _chain(
    scenario: Scenario, items: Sequence[str], here: str, beyond: list[str]
) -> tuple[list[Trip | Act | Fork], str]:
    """The parts of a chain from a node on, and where it ends; ``beyond`` are the nodes from which it may go on."""
    parts: list[Trip | Act | Fork] = []
    for position, item in enumerate(items):
        wanted = _starts(scenario, items[position + 1]) if position + 1 < len(items) else beyond
        if item in scenario.choices:
            fork = _fork(scenario, (item, position), here, wanted)
            parts.append(fork)
            here = fork.end
        elif item in scenario.services:
            end = _alight(scenario, (item, position), here, wanted)
            parts.append(Trip(item, here, end))
            here = end
        else:
            node = operation_node(scenario, item)
            if node != here:
                raise DisconnectedError(position, f"'{item}' is at '{node}', but the flow is at '{here}' then")
            parts.append(Act(item, node))
    return parts, here


def _fork(scenario: Scenario, item: tuple[str, int], here: str, wanted: list[str]) -> Fork:
    """A choice in a chain; all its ways must end at one node."""
    choice, position = item
    stated = scenario.choices[choice]
    ways: list[tuple[str, tuple[Trip | Act | Fork, ...]]] = []
    ends: dict[str, str] = {}
    for key in stated.in_order():
        try:
            parts, end = _chain(scenario, stated.ways[key].by, here, wanted)
        except DisconnectedError as err:
            raise DisconnectedError(position, f"choice '{choice}', way '{key}': {err}") from err
        ways.append((key, tuple(parts)))
        ends.setdefault(end, key)
    if len(ends) > 1:
        told = ", ".join(f"'{key}' at '{end}'" for end, key in ends.items())
        raise DisconnectedError(position, f"the ways of choice '{choice}' must end at one node: {told}")
    return Fork(choice, here, next(iter(ends)), tuple(ways))


def _alight(scenario: Scenario, item: tuple[str, int], here: str, wanted: list[str]) -> str:
    """Where a flow leaves the service at a position of its list, having boarded it at a node."""
    service_id, position = item
    service = scenario.services[service_id]
    if not service.departures.on_demand:
        return _reached(scenario, item, here, wanted)
    start, end = _ends(scenario, service)
    if start != here:
        raise DisconnectedError(position, f"'{service_id}' starts at '{start}', but the flow is at '{here}' then")
    return end


def _ends(scenario: Scenario, service: Service) -> tuple[str, str]:
    """Where the path of a service starts and ends."""
    parts = list(service_parts(scenario, service))
    nodes = [part.alight if isinstance(part, Trip) else part.end for part in parts if isinstance(part, (Move, Trip))]
    first = next(part.node for part in parts if isinstance(part, (Act, Visit, Fork)))
    return first, nodes[-1] if nodes else first


def _reached(scenario: Scenario, item: tuple[str, int], here: str, wanted: list[str]) -> str:
    """The first of the wanted nodes at which a service calls after a stop."""
    service_id, position = item
    service = scenario.services[service_id]
    along = stops(scenario, service)
    if here not in along:
        raise DisconnectedError(position, f"'{service_id}' does not stop at '{here}': it stops at {', '.join(along)}")
    at = along.index(here)
    ahead = along[at + 1 :] + (along[:at] if service.circulates else [])
    for node in wanted:
        if node in ahead:
            return node
    reach = ", ".join(ahead) or "nowhere"
    raise DisconnectedError(
        position, f"'{service_id}' from '{here}' reaches {reach}, but the flow goes on from {' or '.join(wanted)}"
    )


def _starts(scenario: Scenario, item: str) -> list[str]:
    """Where an item of a flow can begin."""
    if item in scenario.choices:
        ways = [_starts(scenario, way.by[0]) for _, way in sorted(scenario.choices[item].ways.items())]
        return [node for node in ways[0] if all(node in way for way in ways)]
    if item not in scenario.services:
        return [operation_node(scenario, item)]
    service = scenario.services[item]
    if service.departures.on_demand:
        first = next(iter(service_parts(scenario, service)))
        return [first.node] if isinstance(first, (Act, Visit, Fork)) else []
    return stops(scenario, service) if service.circulates else stops(scenario, service)[:-1]
