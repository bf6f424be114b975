"""Flows: what the chain of a flow comes to: rides, operations, choices, and the paths of vehicles of their own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.plan import distributions
from sim.plan.forks import Branch, classes, fork_rows
from sim.plan.rows import StepRow, moved
from sim.plan.steps import Carriage, Span, operation_row, ride_row, service_rows, with_holds
from sim.plan.worth import Cargo, Worth, worth
from sim.scenario import paths
from sim.scenario.demand import Flow
from sim.scenario.model import Scenario
from sim.scenario.network import weekdays

_WEEK = 7 * 86400


def flow_rows(scenario: Scenario, flow: Flow) -> list[StepRow]:
    """The route of a flow's shipments; blocking is not yet resolved."""
    return _chain_rows(scenario, flow, flow.by, paths.flow_parts(scenario, flow))


def _chain_rows(
    scenario: Scenario, flow: Flow, items: Sequence[str], parts: Sequence[paths.Trip | paths.Act | paths.Fork]
) -> list[StepRow]:
    rows: list[StepRow] = []
    spans: list[Span] = []
    for part in parts:
        first = len(rows)
        rows += moved(_part_rows(scenario, flow, part), first)
        spans.append(Span(first, len(rows) - 1))
    return with_holds(scenario, items, rows, spans)


def _part_rows(scenario: Scenario, flow: Flow, part: paths.Trip | paths.Act | paths.Fork) -> list[StepRow]:
    if isinstance(part, paths.Act):
        return [operation_row(scenario, part)]
    if isinstance(part, paths.Fork):
        ways = scenario.choices[part.choice].ways
        branches = []
        for key, own in part.ways:
            rows = _chain_rows(scenario, flow, ways[key].by, own)
            branches.append(Branch(key, rows, _worth(scenario, flow, rows)))
        return fork_rows(scenario, part.choice, part.node, branches)
    if scenario.services[part.service].departures.on_demand:
        return service_rows(Carriage(scenario, part.service))
    return [ride_row(scenario, part)]


def _worth(scenario: Scenario, flow: Flow, rows: list[StepRow]) -> Worth:
    """What a way comes to for a shipment of the mean size, with half the time between two departures of its rides."""

    def journey(ride: StepRow) -> Sequence[StepRow]:
        return journey_rows(service_rows(Carriage(scenario, ride.meaning.service)), ride)

    teu = distributions.mean(distributions.family_of(flow.batch))
    class_ = classes(scenario)[flow.commodity, flow.priority]
    cargo = Cargo(np.array([teu]), teu * tonnes_teu(scenario, flow), class_)
    return worth(rows, cargo, journey, lambda ride: _half_interval(scenario, ride.meaning.service))


def journey_rows(rows: Sequence[StepRow], ride: StepRow) -> Sequence[StepRow]:
    """The steps of a consist between the calls where a ride begins and ends; if it circulates, over its path's end."""
    calls = [row.stop for row in rows]
    first, last = calls.index(ride.stop), calls.index(ride.to_stop)
    return rows[first + 1 : last] if first < last else [*rows[first + 1 :], *rows[:last]]


def _half_interval(scenario: Scenario, service_id: str) -> float:
    """Half the mean time between two departures in seconds; 0 for a fleet, whose turns nobody states."""
    departures = scenario.services[service_id].departures
    if departures.timetable is not None:
        days = {day for text in departures.timetable.days for day in weekdays(text)}
        return _WEEK / len(days) / len(departures.timetable.at) / 2
    if departures.fleet is not None:
        return 0.0
    if departures.every is not None:
        return departures.every.value / 2
    return 0.0 if departures.rate is None else 0.5 / departures.rate.value


def tonnes_teu(scenario: Scenario, flow: Flow) -> float:
    """Payload of a flow in tonnes a TEU."""
    return (scenario.payload if flow.payload is None else flow.payload).value / 1000.0
