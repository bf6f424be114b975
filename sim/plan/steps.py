"""Steps: what the parts of a service's path and of a flow's chain come to in the plan, one row each.

A row holds what the engine needs and what the step means (where it is, what it costs); the first goes into the plan's
tables, the second into the legend of the log.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from sim.plan import distributions
from sim.plan.draws import Family
from sim.plan.driving import Driver
from sim.plan.tables import Hold, StepKind
from sim.scenario import paths
from sim.scenario.demand import Flow
from sim.scenario.model import Scenario
from sim.scenario.network import Leg, Operation
from sim.scenario.numbers import Number
from sim.scenario.services import Service, Stop


@dataclass(frozen=True)
class Meaning:
    """What a step means to a reader of the log; the columns of the legend's steps."""

    activity: str
    node: str
    to_node: str
    leg: str = ""
    mode: str = ""
    service: str = ""
    km: float | None = 0.0
    border: str = ""
    direction: str = ""
    country: str = ""
    fee_usd: float = 0.0
    fee_usd_teu: float = 0.0
    usd_teu_km: float = 0.0
    kg_teu_km: float = 0.0
    kg_teu: float = 0.0


@dataclass(frozen=True)
class StepRow:
    """One step of one route, with names where the plan's tables have numbers."""

    name: str
    kind: StepKind
    meaning: Meaning
    place: str = ""
    stop: str = ""
    to_stop: str = ""
    units: int = 1
    units_per_teu: bool = False
    duration: Family = field(default_factory=lambda: distributions.fixed(0.0))
    per_teu: float = 0.0
    hold: Hold = Hold.STAY
    hold_time: Family | None = None
    hold_until: int | None = None
    boards: bool = False
    slot: int | None = None
    least_load: int = 0
    longest_wait: int | None = None
    cut_off: int = 0


@dataclass(frozen=True)
class Carriage:
    """What is needed beside the path itself: whose payload it is, and how fast it runs."""

    scenario: Scenario
    service_id: str
    tonnes_teu: float

    @property
    def service(self) -> Service:
        """The service that runs."""
        return self.scenario.services[self.service_id]


def service_rows(carriage: Carriage) -> list[StepRow]:
    """The route of a service's consists (or of a vehicle of its own, without calls)."""
    rows: list[StepRow] = []
    last_of: dict[int, int] = {}
    driver = Driver(carriage.service.driving) if carriage.service.driving is not None else None
    position = -1
    for part in paths.service_parts(carriage.scenario, carriage.service):
        if isinstance(part, paths.Move):
            rows += _moves(carriage, part, driver)
            continue
        position += 1
        if isinstance(part, paths.Act):
            rows.append(operation_row(carriage.scenario, part, carriage.service_id))
        elif part.node in carriage.service.stops:
            rows.append(_call(carriage, part.node))
        last_of[position] = len(rows) - 1
    return _numbered(_held(carriage.scenario, carriage.service.path, rows, last_of))


def _held(scenario: Scenario, items: list[str], rows: list[StepRow], last_of: dict[int, int]) -> list[StepRow]:
    """Put the number of the later step where an operation of a path or chain holds its place until then."""
    held = list(rows)
    for position, item in enumerate(items):
        operation = scenario.operations.get(item)
        if operation is not None and operation.until is not None:
            until = items.index(operation.until, position + 1)
            row = last_of[position]
            held[row] = replace(held[row], hold=Hold.UNTIL, hold_until=last_of[until])
    return held


def _numbered(rows: list[StepRow]) -> list[StepRow]:
    """Names made unique within the route, in the order of their coming: the streams of draws hang on them."""
    seen: dict[str, int] = {}
    numbered = []
    for row in rows:
        seen[row.name] = seen.get(row.name, 0) + 1
        again = seen[row.name]
        numbered.append(row if again == 1 else replace(row, name=f"{row.name} #{again}"))
    return numbered


def _moves(carriage: Carriage, move: paths.Move, driver: Driver | None) -> Iterator[StepRow]:
    """Entry by headway, then the running, cut by the driving rule if there is one."""
    leg, name = move.leg, leg_place(move)
    nowhere = Meaning("waiting", move.start, move.start, leg=move.leg_id, service=carriage.service_id)
    if leg.headway is not None:
        headway = distributions.fixed(leg.headway.value)
        yield StepRow(
            f"{name} entry", StepKind.OCCUPY, nowhere, place=f"{name} entry", hold=Hold.SECONDS, hold_time=headway
        )
    whole = running_time(carriage, leg)
    meaning = _moving(carriage, move)
    place = name if limits(carriage.scenario, move.leg_id) else ""
    if driver is None:
        yield StepRow(name, StepKind.OCCUPY, meaning, place=place, duration=whole)
        return
    planned = distributions.median(whole)
    for stretch in driver.drive(planned):
        if stretch.what == "drive":
            share = stretch.seconds / planned
            part = replace(meaning, km=leg.length.value * share)
            duration = distributions.scaled(whole, share)
            yield StepRow(name, StepKind.OCCUPY, part, place=place, duration=duration)
        else:
            resting = replace(nowhere, activity="rest", mode=leg.mode)
            yield StepRow(
                f"{name} {stretch.what}", StepKind.OCCUPY, resting, duration=distributions.fixed(stretch.seconds)
            )


def limits(scenario: Scenario, leg_id: str) -> bool:
    """Whether a leg is a place: it has so many tracks, or something happens to it."""
    disrupted = any(disruption.leg == leg_id for disruption in scenario.disruptions.values())
    return disrupted or scenario.legs[leg_id].tracks is not None


def leg_place(move: paths.Move) -> str:
    """Name of the tracks of a leg in one direction."""
    return f"{move.leg_id} {move.start} to {move.end}"


def running_time(carriage: Carriage, leg: Leg) -> Family:
    """Running time over a leg without stops, in seconds."""
    share = 1.0 if carriage.service.speed_share is None else carriage.service.speed_share.value
    if leg.time is not None:
        whole = distributions.family_of(leg.time)
    else:
        assert leg.speed is not None  # the leg itself refuses to have neither
        whole = distributions.fixed(leg.length.value / leg.speed.value)
    if leg.variation is not None:
        whole = distributions.lognormal(distributions.median(whole), leg.variation.value)
    return distributions.scaled(whole, 1.0 / share)


def _moving(carriage: Carriage, move: paths.Move) -> Meaning:
    scenario, leg = carriage.scenario, move.leg
    mode = scenario.modes.get(leg.mode)
    freight = leg.freight or (mode.freight if mode else None)
    emissions = leg.emissions or (mode.emissions if mode else None)
    return Meaning(
        "moving",
        move.start,
        move.end,
        leg=move.leg_id,
        mode=leg.mode,
        service=carriage.service_id,
        km=leg.length.value,
        usd_teu_km=0.0 if freight is None else _per_teu_km(scenario, freight, carriage.tonnes_teu),
        kg_teu_km=0.0 if emissions is None else emissions.value * carriage.tonnes_teu,
    )


def _per_teu_km(scenario: Scenario, freight: Number, tonnes_teu: float) -> float:
    """USD for a TEU and km, of a rate per TEU-km or per tonne-km."""
    per_tonne = dict(freight.dimension).get("tkm") == -1
    return scenario.usd(freight) * (tonnes_teu if per_tonne else 1.0)


def _call(carriage: Carriage, node: str) -> StepRow:
    service = carriage.service
    stop: Stop = service.stops[node]
    along = paths.stops(carriage.scenario, service)
    boards = node != along[-1]
    timetabled = service.departures.timetable is not None
    slot = round(stop.slot_after.value) if stop.slot_after is not None else (0 if node == along[0] else None)
    where = carriage.scenario.nodes[node]
    meaning = Meaning("handling", node, node, mode=service.mode, service=carriage.service_id, country=where.country)
    assert service.capacity is not None  # the service itself refuses to have none
    return StepRow(
        f"call at {node}",
        StepKind.CALL,
        meaning,
        stop=stop_name(carriage.service_id, node),
        duration=distributions.fixed(0.0) if stop.dwell is None else distributions.family_of(stop.dwell),
        per_teu=0.0 if stop.time_per_teu is None else stop.time_per_teu.value,
        boards=boards,
        slot=slot if timetabled and boards else None,
        least_load=_load(stop, service.capacity.value) if boards else 0,
        longest_wait=None if stop.longest_wait is None or not boards else round(stop.longest_wait.value),
        cut_off=0 if stop.cut_off is None or not boards else round(stop.cut_off.value),
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


def operation_row(scenario: Scenario, act: paths.Act, service_id: str = "") -> StepRow:
    """An operation as a step."""
    operation = scenario.operations[act.operation]
    where = scenario.nodes[act.node]
    fees = (0.0, 0.0) if operation.fee is None else _fees(scenario, operation.fee)
    meaning = Meaning(
        operation.activity,
        act.node,
        act.node,
        service=service_id,
        border=act.node if where.border and operation.activity != "equipment" else "",
        direction=operation.direction,
        country=where.country,
        fee_usd=fees[0],
        fee_usd_teu=fees[1],
        kg_teu=0.0 if operation.emissions is None else operation.emissions.value,
    )
    hold, hold_time = _hold(operation)
    return StepRow(
        act.operation,
        StepKind.OCCUPY,
        meaning,
        place=operation.place or "",
        units=1 if operation.units is None else round(operation.units.value),
        units_per_teu=operation.per_teu,
        duration=distributions.fixed(0.0) if operation.time is None else distributions.family_of(operation.time),
        per_teu=0.0 if operation.time_per_teu is None else operation.time_per_teu.value,
        hold=hold,
        hold_time=hold_time,
    )


def _hold(operation: Operation) -> tuple[Hold, Family | None]:
    if operation.hold is not None:
        return Hold.SECONDS, distributions.family_of(operation.hold)
    if operation.until is not None:
        return Hold.UNTIL, None if operation.after is None else distributions.family_of(operation.after)
    return Hold.STAY, None


def _fees(scenario: Scenario, fee: Number) -> tuple[float, float]:
    """Fee for the entity and for each TEU."""
    per_teu = dict(fee.dimension).get("TEU") == -1
    return (0.0, scenario.usd(fee)) if per_teu else (scenario.usd(fee), 0.0)


def flow_rows(scenario: Scenario, flow: Flow) -> list[StepRow]:
    """The route of a flow's shipments: rides, operations, and the path of vehicles of their own."""
    rows: list[StepRow] = []
    last_of: dict[int, int] = {}
    for position, part in enumerate(paths.flow_parts(scenario, flow)):
        if isinstance(part, paths.Act):
            rows.append(operation_row(scenario, part))
        elif scenario.services[part.service].departures.on_demand:
            own = service_rows(Carriage(scenario, part.service, tonnes_teu(scenario, flow)))
            rows += [_shifted(row, len(rows)) for row in own]
        else:
            rows.append(_ride(scenario, part))
        last_of[position] = len(rows) - 1
    return _numbered(_held(scenario, flow.by, rows, last_of))


def _shifted(row: StepRow, by: int) -> StepRow:
    return row if row.hold_until is None else replace(row, hold_until=row.hold_until + by)


def _ride(scenario: Scenario, trip: paths.Trip) -> StepRow:
    mode = scenario.services[trip.service].mode
    meaning = Meaning("waiting", trip.board, trip.alight, mode=mode, service=trip.service, km=None)
    return StepRow(
        f"ride {trip.service} from {trip.board}",
        StepKind.RIDE,
        meaning,
        stop=stop_name(trip.service, trip.board),
        to_stop=stop_name(trip.service, trip.alight),
    )


def tonnes_teu(scenario: Scenario, flow: Flow) -> float:
    """Payload of a flow in tonnes a TEU."""
    return (scenario.payload if flow.payload is None else flow.payload).value / 1000.0
