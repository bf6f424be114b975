"""What must hold between the parts of a scenario. Each check yields problems; none stops the others.

A check says where (the path of keys in the file) and what; the reader turns that into file, line and column.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sim.scenario import checks_of_choices, checks_of_observations, checks_of_places, checks_of_traffic, expected, paths
from sim.scenario.findings import Finding, Where, unknown
from sim.scenario.model import Scenario
from sim.scenario.numbers import Instant, Number
from sim.scenario.origins import numbers
from sim.scenario.services import Service
from sim.scenario.spreads import Spread
from sim.scenario.structure import same_structure


def findings(scenario: Scenario, sound: Scenario | None = None) -> list[Finding]:
    """Everything that is wrong between the parts: references first; paths only if all references hold.

    ``sound``: a scenario in which nothing is wrong; of one with the same structure only the sizes are looked at.
    """
    if sound is not None and same_structure(scenario, sound):
        return [*(finding for check in OF_SIZES for finding in check(scenario)), *exchange_rates(scenario, sound)]
    wrong = [finding for check in REFERENCES for finding in check(scenario)]
    if not wrong:
        same_money = sound is not None and scenario.currencies is sound.currencies
        wrong = [finding for check in CONSISTENCY for finding in check(scenario)]
        wrong += exchange_rates(scenario, sound if same_money else None)
    return wrong


def node_references(scenario: Scenario) -> Iterator[Finding]:
    """Every node that is named must be there."""
    named: list[tuple[Where, str]] = []
    for key, leg in sorted(scenario.legs.items()):
        named += [(("legs", key, "from"), leg.from_node), (("legs", key, "to"), leg.to_node)]
    named += [(("places", key, "node"), place.node) for key, place in sorted(scenario.places.items())]
    for key, operation in sorted(scenario.operations.items()):
        if operation.node is not None:
            named.append((("operations", key, "node"), operation.node))
    for key, flow in sorted(scenario.flows.items()):
        named += [(("flows", key, "from"), flow.from_node), (("flows", key, "to"), flow.to_node)]
    for key, service in sorted(scenario.services.items()):
        named += [(("services", key, "stops", node), node) for node in sorted(service.stops)]
    for where, node in named:
        if node not in scenario.nodes:
            yield Finding(where, unknown("node", node, scenario.nodes))


def other_references(scenario: Scenario) -> Iterator[Finding]:
    """Every place, leg, calendar, operation and service that is named must be there."""
    for key, place in sorted(scenario.places.items()):
        if place.calendar is not None and place.calendar not in scenario.calendars:
            yield Finding(("places", key, "calendar"), unknown("calendar", place.calendar, scenario.calendars))
    for key, operation in sorted(scenario.operations.items()):
        if operation.place is not None and operation.place not in scenario.places:
            yield Finding(("operations", key, "place"), unknown("place", operation.place, scenario.places))
    for key, disruption in sorted(scenario.disruptions.items()):
        if disruption.place is not None and disruption.place not in scenario.places:
            yield Finding(("disruptions", key, "place"), unknown("place", disruption.place, scenario.places))
        if disruption.leg is not None and disruption.leg not in scenario.legs:
            yield Finding(("disruptions", key, "leg"), unknown("leg", disruption.leg, scenario.legs))


def list_references(scenario: Scenario) -> Iterator[Finding]:
    """Every item of a path or chain must be there, and be one thing only."""
    of_path = [*scenario.nodes, *scenario.operations, *scenario.choices, *scenario.services]
    of_flow = [*scenario.services, *scenario.operations, *scenario.choices]
    for key, service in sorted(scenario.services.items()):
        for position, item in enumerate(service.path):
            if item not in of_path:
                yield Finding(("services", key, "path", str(position)), unknown("node or operation", item, of_path))
    for key, flow in sorted(scenario.flows.items()):
        for position, item in enumerate(flow.by):
            if item not in of_flow:
                yield Finding(("flows", key, "by", str(position)), unknown("service or operation", item, of_flow))
    nodes, services, operations = set(scenario.nodes), set(scenario.services), set(scenario.operations)
    named = {"node": nodes, "service": services, "operation": operations}
    for what, others, kinds in (
        ("operation", operations, ("node", "service")),
        ("choice", set(scenario.choices), ("node", "service", "operation")),
    ):
        for kind in kinds:
            for name in sorted(named[kind] & others):
                message = f"'{name}' is a {kind} already: {what}s and {kind}s need different ids"
                yield Finding((f"{what}s", name), message.replace("a operation", "an operation"))


def gauges(scenario: Scenario) -> Iterator[Finding]:
    """The gauge of a leg must be one of those that its nodes have."""
    for key, leg in sorted(scenario.legs.items()):
        for node in (leg.from_node, leg.to_node):
            there = scenario.nodes[node].gauges
            if leg.gauge is not None and there and leg.gauge not in there:
                has = " and ".join(f"{gauge} mm" for gauge in there)
                yield Finding(("legs", key, "gauge"), f"{leg.gauge} mm does not match node '{node}', which has {has}")


def service_paths(scenario: Scenario) -> Iterator[Finding]:
    """The path of a service must connect, hold its stops once, and start and end with one."""
    for key, service in sorted(scenario.services.items()):
        try:
            parts = list(paths.service_parts(scenario, service))
        except paths.DisconnectedError as err:
            yield Finding(("services", key, "path", str(err.position)), str(err))
            continue
        open_circuit = list(_circuit(key, service))
        if open_circuit:
            yield from open_circuit
            continue
        visited = [part.node for part in parts if isinstance(part, paths.Visit)]
        for stop in sorted(service.stops):
            if visited.count(stop) != 1:
                yield Finding(("services", key, "stops", stop), f"stop '{stop}' must stand once in the path")
        if not service.departures.on_demand and len(service.stops) < 2:
            yield Finding(("services", key), "a service needs at least two 'stops', unless it is on demand")
        yield from _untils(scenario, ("services", key, "path"), service.path)


def _circuit(key: str, service: Service) -> Iterator[Finding]:
    """The path of a fleet that circulates ends at the stop where it starts."""
    if service.circulates and (service.path[0] != service.path[-1] or service.path[0] not in service.stops):
        message = "the path of a fleet that circulates starts at a stop and ends there"
        yield Finding(("services", key, "path"), message)


def _untils(scenario: Scenario, where: Where, items: list[str]) -> Iterator[Finding]:
    """What is held until a later item needs that item in each path or chain that it is in, or after its choice."""
    for position, item in enumerate(items):
        for each, until in _in_vain(scenario, item, items[position + 1 :]):
            message = f"'{each}' holds its place until '{until}', which does not come later in this path"
            yield Finding((*where, str(position)), message)


def _in_vain(scenario: Scenario, item: str, later: list[str]) -> Iterator[tuple[str, str]]:
    """Operations of an item, and items until which they hold their places though these do not come later."""
    yield from ((item, until) for until in _awaited(scenario, item) if until not in later)
    choice = scenario.choices.get(item)
    for _, way in [] if choice is None else sorted(choice.ways.items()):
        for at, each in enumerate(way.by):
            yield from _in_vain(scenario, each, [*way.by[at + 1 :], *later])


def _awaited(scenario: Scenario, item: str) -> list[str]:
    """Items until which an operation holds its place."""
    operation = scenario.operations.get(item)
    return (
        [] if operation is None else [name for name in (operation.until, operation.until_entered) if name is not None]
    )


def flow_chains(scenario: Scenario) -> Iterator[Finding]:
    """The services and operations of a flow must meet, from its origin to its destination."""
    broken = {key for finding in service_paths(scenario) for key in finding.where[1:2]}
    for key, flow in sorted(scenario.flows.items()):
        yield from _untils(scenario, ("flows", key, "by"), flow.by)
        if broken & set(flow.by):
            continue
        try:
            paths.flow_parts(scenario, flow)
        except paths.DisconnectedError as err:
            yield Finding(("flows", key, "by", str(err.position)), str(err))


def batches(scenario: Scenario) -> Iterator[Finding]:
    """A shipment travels together, so that it must fit into each consist that it rides in."""
    for key, flow in sorted(scenario.flows.items()):
        most = _most(flow.batch)
        if flow.box is not None and flow.batch.fixed is not None and flow.batch.fixed.value < flow.box.value:
            message = f"'{flow.batch.fixed.text}' is less than one box ('{flow.box.text}')"
            yield Finding(("flows", key, "batch"), message)
        for item in paths.items(scenario, flow.by):
            service = scenario.services.get(item)
            if service is None or service.capacity is None or service.departures.on_demand or not service.carries_teu:
                continue
            if most > service.capacity.value:
                room = service.capacity.text
                message = f"shipments of up to {most:g} TEU do not fit into a consist of '{item}' ('{room}')"
                yield Finding(("flows", key, "batch"), message)


def _most(batch: Spread[Number]) -> float:
    """The most TEU that a shipment can have, where the distribution has an end; else its median or mean."""
    if batch.fixed is not None:
        return batch.fixed.value
    if batch.triangular is not None:
        return batch.triangular.high.value
    if batch.uniform is not None:
        return batch.uniform.high.value
    if batch.empirical is not None:
        return max(number.value for number in batch.empirical.values)
    return 0.0


def dates(scenario: Scenario) -> Iterator[Finding]:
    """What ends must end after it starts."""
    spans: list[tuple[Where, Instant | None, Instant | None]] = []
    for key, disruption in sorted(scenario.disruptions.items()):
        spans.append((("disruptions", key), disruption.first, disruption.last))
    for key, place in sorted(scenario.places.items()):
        spans += [(("places", key, "changes", name), c.first, c.last) for name, c in sorted(place.changes.items())]
    for key, calendar in sorted(scenario.calendars.items()):
        spans += [(("calendars", key, "closed", name), c.first, c.last) for name, c in sorted(calendar.closed.items())]
    for key, service in sorted(scenario.services.items()):
        spans.append((("services", key, "departures"), service.departures.first, service.departures.last))
    for where, first, last in spans:
        if first is not None and last is not None and last.utc(end=True) <= first.utc():
            yield Finding((*where, "to"), f"'{last.written}' is not after 'from: {first.written}'")
    if isinstance(scenario.warm_up, Number) and scenario.warm_up.value >= scenario.horizon.value:
        yield Finding(
            ("warm_up",), f"'{scenario.warm_up.text}' is not shorter than the horizon '{scenario.horizon.text}'"
        )


def whole_capacities(scenario: Scenario) -> Iterator[Finding]:
    """A capacity is a whole number, and counts what its place counts."""
    for key, place in sorted(scenario.places.items()):
        entries: list[tuple[Where, Number]] = [(("places", key, "capacity"), place.capacity)]
        entries += [
            (("places", key, "changes", name, "capacity"), change.capacity)
            for name, change in sorted(place.changes.items())
            if change.capacity is not None
        ]
        entries += [
            (("disruptions", name, "capacity"), disruption.capacity)
            for name, disruption in sorted(scenario.disruptions.items())
            if disruption.place == key and disruption.capacity is not None
        ]
        entries += checks_of_places.counted_as(scenario, key)
        for where, number in entries:
            if number.counted != place.capacity.counted:
                message = f"'{number.text}' counts other things than the place's '{place.capacity.text}'"
                yield Finding(where, message)
        if round(place.capacity.value) < 1:
            yield from _empty(scenario, key)


def _empty(scenario: Scenario, key: str) -> Iterator[Finding]:
    """Only a fleet that gets its units from elsewhere may start with none."""
    place = scenario.places[key]
    if place.kind != "fleet" or not checks_of_places.receives(scenario, key):
        message = "is less than one: only a fleet may start empty to which units of another place come back"
        yield Finding(("places", key, "capacity"), f"'{place.capacity.text}' {message}")
    elif place.when_closed == "suspend":
        message = "a fleet that starts empty is never closed: no work is suspended"
        yield Finding(("places", key, "when_closed"), message)


def needs(scenario: Scenario) -> Iterator[Finding]:
    """Nobody may ask for more than a place has."""
    for key, operation in sorted(scenario.operations.items()):
        if operation.place is None or operation.units is None or operation.per_teu:
            continue
        place = scenario.places[operation.place]
        most = max([place.capacity.value, *(c.capacity.value for c in place.changes.values() if c.capacity)])
        if operation.units.value > most and not checks_of_places.receives(scenario, operation.place):
            message = f"'{operation.units.text}' is more than '{operation.place}' ever has ('{place.capacity.text}')"
            yield Finding(("operations", key, "units"), message)


def exchange_rates(scenario: Scenario, sound: Scenario | None = None) -> Iterator[Finding]:
    """Money in another currency needs its exchange rate; ``sound``: a scenario whose numbers are known to be fine."""
    for where, number in numbers(scenario, sound):
        for code in ("CNY", "EUR"):
            if dict(number.dimension).get(code) == 1 and code not in scenario.currencies:
                yield Finding(where, f"'{number.text}' needs an exchange rate: currencies: {{{code}: ... {code}/USD}}")


Check = Callable[[Scenario], Iterator[Finding]]
REFERENCES: tuple[Check, ...] = (
    node_references,
    other_references,
    checks_of_places.references,
    list_references,
    checks_of_choices.references,
    checks_of_observations.references,
    expected.findings,
)
CONSISTENCY: tuple[Check, ...] = (
    gauges,
    service_paths,
    flow_chains,
    checks_of_choices.rules,
    checks_of_choices.refusals,
    checks_of_places.gates,
    checks_of_places.queued_as,
    checks_of_places.blocking,
    checks_of_places.fleets,
    checks_of_places.carriers,
    checks_of_traffic.ends,
    checks_of_traffic.units_of_consists,
    checks_of_traffic.least_loads,
    checks_of_traffic.spans,
    batches,
    dates,
    whole_capacities,
    needs,
    checks_of_observations.times,
)
OF_SIZES: tuple[Check, ...] = (
    checks_of_places.gates,
    checks_of_places.queued_as,
    dates,
    whole_capacities,
    needs,
)
"""Those of these that look at more than the structure."""
