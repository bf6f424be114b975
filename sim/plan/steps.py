"""Steps: what the parts of a service's path come to in the plan, one row each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.plan import distributions
from sim.plan.calls import call_rows, stop_name
from sim.plan.draws import Family
from sim.plan.driving import Driver
from sim.plan.forks import Branch, classes, fork_rows
from sim.plan.rows import LEG, NODE, Meaning, Option, StepRow, moved
from sim.plan.tables import ABSENT, Hold, Rule, StepKind
from sim.plan.worth import Cargo, worth
from sim.scenario import paths
from sim.scenario.model import Scenario
from sim.scenario.network import Leg, Operation
from sim.scenario.numbers import Number
from sim.scenario.services import Service


@dataclass(frozen=True)
class Carriage:
    """What is needed beside the path itself: whose it is, and how fast it runs."""

    scenario: Scenario
    service_id: str

    @property
    def service(self) -> Service:
        """The service that runs."""
        return self.scenario.services[self.service_id]


@dataclass(frozen=True)
class Span:
    """The rows of one item of a path or chain: from the first up to and with the last; at a node there may be none."""

    first: int
    last: int
    node: bool = False
    """Whether the item is a node, which is entered on arrival: at the end of the step before its own."""


def service_rows(carriage: Carriage) -> list[StepRow]:
    """The route of a service's consists (or of a vehicle of its own, without calls); blocking is not yet resolved."""
    rows: list[StepRow] = []
    spans: list[Span] = []
    scenario, service = carriage.scenario, carriage.service
    driver = Driver(service.driving) if service.driving is not None else None
    for part in paths.service_parts(scenario, service):
        if isinstance(part, paths.Move):
            rows += moved(_moves(carriage, part, driver), len(rows))
            continue
        first = len(rows)
        if isinstance(part, paths.Act):
            rows.append(operation_row(scenario, part, carriage.service_id))
        elif isinstance(part, paths.Trip):
            rows.append(ride_row(scenario, part, carriage.service_id))
        elif isinstance(part, paths.Fork):
            rows += moved(_fork_in_place(carriage, part), first)
        elif part.node in service.stops:
            rows += call_rows(scenario, carriage.service_id, part.node)
        spans.append(Span(first, len(rows) - 1, node=isinstance(part, paths.Visit)))
    if service.circulates:
        spans.append(Span(len(rows), len(rows) - 1, node=True))
        nothing = Meaning("waiting", service.path[0], service.path[0], service=carriage.service_id)
        back = (Option(0, weight=1.0),)
        rows.append(StepRow("once more", StepKind.CHOOSE, nothing, rule=Rule.SHARES, options=back))
    return with_holds(scenario, service.path, rows, spans)


def _fork_in_place(carriage: Carriage, fork: paths.Fork) -> list[StepRow]:
    """The steps of a choice among operations, and further choices, at one node."""
    scenario, branches = carriage.scenario, []
    # The class of who has a vehicle of its own is not known here.
    alone = carriage.service.departures.on_demand
    class_ = ABSENT if alone else classes(scenario)["", carriage.service.priority]
    cargo = Cargo(np.zeros(1), 0.0, class_)
    for key, parts in fork.ways:
        own: list[StepRow] = []
        spans: list[Span] = []
        for part in parts:
            first = len(own)
            if isinstance(part, paths.Fork):
                own += moved(_fork_in_place(carriage, part), first)
            elif isinstance(part, paths.Act):
                own.append(operation_row(scenario, part, carriage.service_id))
            spans.append(Span(first, len(own) - 1))
        rows = with_holds(scenario, scenario.choices[fork.choice].ways[key].by, own, spans)
        branches.append(Branch(key, rows, worth(rows, cargo, _no_journey)))
    return fork_rows(scenario, fork.choice, fork.node, branches)


def _no_journey(_ride: StepRow) -> Sequence[StepRow]:
    return ()


def with_holds(scenario: Scenario, items: Sequence[str], rows: list[StepRow], spans: Sequence[Span]) -> list[StepRow]:
    """Put the number of the later step where an operation of a path or chain holds its place until then.

    An operation in a way of a choice may await an item that comes after the choice: it is found by the outer list.
    """
    held = list(rows)
    for position, item in enumerate(items):
        operation = scenario.operations.get(item)
        if operation is not None:
            awaited = operation.until or operation.until_entered or ""
            held[spans[position].last] = replace(held[spans[position].last], awaits=awaited)
        ahead = items[position + 1 :]
        for at in range(spans[position].first, spans[position].last + 1):
            if held[at].awaits in ahead:
                held[at] = _released(held[at], spans[position + 1 + ahead.index(held[at].awaits)])
    return held


def _released(row: StepRow, at: Span) -> StepRow:
    """A step that awaits an item, with the number of the step that stands for it."""
    if row.hold is Hold.UNTIL:
        return replace(row, hold_until=at.last, awaits="")
    hold, until = (Hold.UNTIL, at.first - 1) if at.node else (Hold.UNTIL_ENTERED, at.first)
    return replace(row, hold=hold, hold_until=until, awaits="")


def _moves(carriage: Carriage, move: paths.Move, driver: Driver | None) -> Iterator[StepRow]:
    """Entry by headway, then the running, cut by the driving rule if there is one.

    The headway counts from the entry of the leg, for which a track may have to be waited.
    """
    leg, name = move.leg, leg_place(move)
    nowhere = Meaning("waiting", move.start, move.start, leg=move.leg_id, service=carriage.service_id)
    place = _leg_limit(carriage.scenario, move)
    if leg.headway is not None:
        headway = distributions.fixed(leg.headway.value)
        entry = StepRow(f"{name} entry", StepKind.OCCUPY, nowhere, place=f"{name} entry", hold_time=headway)
        yield replace(entry, hold=Hold.UNTIL_ENTERED, hold_until=1) if place else replace(entry, hold=Hold.SECONDS)
    whole = running_time(carriage, leg)
    meaning = _moving(carriage, move)
    blocks = LEG if leg.single_track or leg.blocks else ""
    if driver is None:
        yield StepRow(name, StepKind.OCCUPY, meaning, place=place, duration=whole, blocks=blocks)
        return
    planned = distributions.median(whole)
    for stretch in driver.drive(planned):
        if stretch.what == "drive":
            share = stretch.seconds / planned
            part = replace(meaning, km=leg.length.value * share)
            duration = distributions.scaled(whole, share)
            yield StepRow(name, StepKind.OCCUPY, part, place=place, duration=duration, blocks=blocks)
        else:
            resting = replace(nowhere, activity="rest", mode=leg.mode)
            yield StepRow(
                f"{name} {stretch.what}", StepKind.OCCUPY, resting, duration=distributions.fixed(stretch.seconds)
            )


def _leg_limit(scenario: Scenario, move: paths.Move) -> str:
    """Name of the place that a leg is; empty if nothing limits it."""
    if move.leg.single_track:
        return single_track(move.leg_id)
    return leg_place(move) if limits(scenario, move.leg_id) else ""


def single_track(leg_id: str) -> str:
    """Name of the one track of a leg, for both directions."""
    return f"{leg_id} single track"


def limits(scenario: Scenario, leg_id: str) -> bool:
    """Whether a leg is a place: it has so many tracks, or something happens to it."""
    disrupted = any(disruption.leg == leg_id for disruption in scenario.disruptions.values())
    breaks_down = any(leg_id in breakdown.legs for breakdown in scenario.breakdowns.values())
    leg = scenario.legs[leg_id]
    return disrupted or breaks_down or leg.tracks is not None or leg.single_track


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
    usd_teu_km, usd_tkm = _freight(scenario, leg.freight or (mode.freight if mode else None))
    emissions = leg.emissions or (mode.emissions if mode else None)
    return Meaning(
        "moving",
        move.start,
        move.end,
        leg=move.leg_id,
        mode=leg.mode,
        service=carriage.service_id,
        km=leg.length.value,
        usd_teu_km=usd_teu_km,
        usd_tkm=usd_tkm,
        kg_tkm=None if emissions is None else emissions.value,
    )


def _freight(scenario: Scenario, freight: Number | None) -> tuple[float | None, float | None]:
    """USD for a TEU and km, and for a tonne and km: a rate is one of them; None without a rate."""
    if freight is None:
        return None, None
    per_tonne = dict(freight.dimension).get("tkm") == -1
    return (0.0, scenario.usd(freight)) if per_tonne else (scenario.usd(freight), 0.0)


def ride_row(scenario: Scenario, trip: paths.Trip, rider: str = "") -> StepRow:
    """A ride: of a shipment, of a vehicle on demand with its shipment, or of the consists of the service ``rider``."""
    service = scenario.services[trip.service]
    of_consist = None if not rider or not scenario.services[rider].stops else scenario.services[rider].capacity
    # To those aboard the consist its ride is a piece of their way.
    activity = "waiting" if of_consist is None else "moving"
    meaning = Meaning(activity, trip.board, trip.alight, mode=service.mode, service=trip.service, km=None)
    longest = service.stops[trip.board].longest_queue
    return StepRow(
        f"ride {trip.service} from {trip.board}",
        StepKind.RIDE,
        meaning,
        stop=stop_name(trip.service, trip.board),
        to_stop=stop_name(trip.service, trip.alight),
        units=1 if of_consist is None or not service.carries_teu else round(of_consist.value),
        units_per_teu=service.carries_teu and of_consist is None,
        longest_queue=None if longest is None else round(longest.value),
    )


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
        kg_teu=None if operation.emissions is None else operation.emissions.value,
        label=operation.label,
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
        blocks=NODE if operation.blocks else "",
        return_place=operation.gives_back_to or "",
        longest_queue=_longest_queue(scenario, operation),
        patience=None if operation.longest_wait is None else distributions.family_of(operation.longest_wait),
    )


def _longest_queue(scenario: Scenario, operation: Operation) -> int | None:
    """Units that may wait at the place of an operation."""
    longest = None if operation.place is None else scenario.places[operation.place].longest_queue
    return None if longest is None else round(longest.value)


def _hold(operation: Operation) -> tuple[Hold, Family | None]:
    if operation.hold is not None:
        return Hold.SECONDS, distributions.family_of(operation.hold)
    after = None if operation.after is None else distributions.family_of(operation.after)
    if operation.until is not None:
        return Hold.UNTIL, after
    return (Hold.STAY if operation.until_entered is None else Hold.UNTIL_ENTERED), after


def _fees(scenario: Scenario, fee: Number) -> tuple[float, float]:
    """Fee for the entity and for each TEU."""
    per_teu = dict(fee.dimension).get("TEU") == -1
    return (0.0, scenario.usd(fee)) if per_teu else (scenario.usd(fee), 0.0)
