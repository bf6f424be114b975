"""Checks of what moves: ends of services, units taken for each TEU, dates of flows and disruptions."""

from __future__ import annotations

from collections.abc import Iterator

from sim.scenario.findings import Finding
from sim.scenario.model import Scenario


def ends(scenario: Scenario) -> Iterator[Finding]:
    """A service that runs by itself calls at the first and the last node of its path."""
    for key, service in sorted(scenario.services.items()):
        nodes = [item for item in service.path if item in scenario.nodes]
        if service.departures.on_demand or len(service.stops) < 2 or not set(service.stops) <= set(nodes):
            continue
        for node in dict.fromkeys((nodes[0], nodes[-1])):
            if node not in service.stops:
                yield Finding(("services", key, "stops"), f"'{node}' is an end of the path and so must be a stop")


def units_of_consists(scenario: Scenario) -> Iterator[Finding]:
    """Units for each TEU are a shipment's, or a vehicle's of its own; a consist takes units as a whole."""
    for key, service in sorted(scenario.services.items()):
        for position, item in enumerate(service.path):
            operation = scenario.operations.get(item)
            if operation is not None and operation.per_teu and not service.departures.on_demand:
                message = f"'{item}' takes units for each TEU: put it into the 'by' of the flows that ride here"
                yield Finding(("services", key, "path", str(position)), message)


def least_loads(scenario: Scenario) -> Iterator[Finding]:
    """A consist departs with a load that it can have."""
    for key, service in sorted(scenario.services.items()):
        for node, stop in sorted(service.stops.items()):
            if stop.least_load is None or service.capacity is None:
                continue
            most = 1.0 if stop.least_load.dimension == () else service.capacity.value
            if stop.least_load.value > most:
                room = f"'{stop.least_load.text}' is more than a consist of '{key}' carries ('{service.capacity.text}')"
                yield Finding(("services", key, "stops", node, "least_load"), room)


def spans(scenario: Scenario) -> Iterator[Finding]:
    """A flow ends after it starts; a disruption happens within the run."""
    for key, flow in sorted(scenario.flows.items()):
        if flow.first is not None and flow.last is not None and flow.last.utc(end=True) <= flow.first.utc():
            message = f"'{flow.last.written}' is not after 'from_date: {flow.first.written}'"
            yield Finding(("flows", key, "to_date"), message)
    for key, disruption in sorted(scenario.disruptions.items()):
        after = scenario.seconds(disruption.first.utc()) >= scenario.horizon.value
        before = scenario.seconds(disruption.last.utc(end=True)) <= 0
        if after or before:
            ends_at = f"{scenario.start.written} and {scenario.horizon.text} later"
            yield Finding(("disruptions", key), f"it lies outside of the run, which goes from {ends_at}")
