"""Calls: what a stop of a service comes to, with its departure rule; and the slots of a fleet, one for each departure.

A consist with a departure of its own by timetable knows its slot. A fleet that circulates shares those of its
timetable: all that are ready may leave together, as a convoy, where the call has a calendar of slots; or each slot
lets one consist leave. Then the stop is two calls: one to let off, one to take on board; and between them a place
that has a unit for the second of each departure.
"""

from __future__ import annotations

from dataclasses import replace

from sim.plan import distributions
from sim.plan.rows import Meaning, StepRow
from sim.plan.tables import Hold, StepKind
from sim.plan.timetables import departures
from sim.plan.windows import Row
from sim.scenario import paths
from sim.scenario.model import Scenario
from sim.scenario.services import Service, Stop


def call_rows(scenario: Scenario, service_id: str, node: str) -> list[StepRow]:
    """The steps of a consist at a stop."""
    service = scenario.services[service_id]
    stop = service.stops[node]
    along = paths.stops(scenario, service)
    after = round(stop.slot_after.value) if stop.slot_after is not None else (0 if node == along[0] else None)
    timetable = service.departures.timetable
    where = scenario.nodes[node]
    meaning = Meaning("handling", node, node, mode=service.mode, service=service_id, country=where.country)
    arrival = StepRow(
        f"call at {node}",
        StepKind.CALL,
        meaning,
        stop=stop_name(service_id, node),
        duration=distributions.fixed(0.0) if stop.dwell is None else distributions.family_of(stop.dwell),
        per_teu=0.0 if stop.time_per_teu is None else stop.time_per_teu.value,
    )
    if not service.circulates and node == along[-1]:
        return [arrival]
    if timetable is None or after is None:
        return [_boarding(arrival, service, stop)]
    if not service.circulates:
        return [_boarding(arrival, service, stop, slot=after)]
    if timetable.together:
        return [_boarding(arrival, service, stop, slots=(service_id, after))]
    slot = StepRow(
        f"slot at {node}",
        StepKind.OCCUPY,
        Meaning("waiting", node, node, service=service_id),
        place=slot_place(service_id, node),
        slots=(service_id, after),
        hold=Hold.SECONDS,
        hold_time=distributions.fixed(1.0),
    )
    departure = StepRow(f"departure from {node}", StepKind.CALL, meaning, stop=arrival.stop)
    return [arrival, slot, _boarding(departure, service, stop)]


def _boarding(
    call: StepRow, service: Service, stop: Stop, slot: int | None = None, slots: tuple[str, int] | None = None
) -> StepRow:
    """A call at which it boards and departs, by the rule of the stop."""
    assert service.capacity is not None  # the service itself refuses to have none
    return replace(
        call,
        boards=True,
        slot=slot,
        slots=slots,
        least_load=_load(stop, service.capacity.value),
        longest_wait=None if stop.longest_wait is None else round(stop.longest_wait.value),
        cut_off=0 if stop.cut_off is None else round(stop.cut_off.value),
    )


def _load(stop: Stop, capacity: float) -> int:
    """Least load in TEU, of TEU or a share of the capacity."""
    if stop.least_load is None:
        return 0
    share = stop.least_load.dimension == ()
    return round(stop.least_load.value * capacity if share else stop.least_load.value)


def stop_name(service_id: str, node: str) -> str:
    """Name of the stop of a service at a node."""
    return f"{service_id} at {node}"


def slot_place(service_id: str, node: str) -> str:
    """Name of the place whose units are the slots of a fleet at a stop."""
    return f"{service_id} slots at {node}"


def slot_windows(scenario: Scenario, slots: tuple[str, int]) -> list[Row]:
    """Windows of such a place: a unit for a second at each departure of the timetable, so much later."""
    service_id, after = slots
    rows: dict[int, int] = {0: 0}
    for time in (departures(scenario, scenario.services[service_id]) + after).tolist():
        rows[time] = 1
        rows[time + 1] = 0
    return [(time, units, 1.0) for time, units in sorted(rows.items())]
