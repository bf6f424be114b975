"""Rows of the plan for what goes beyond occupying, calling and riding in order: one small scenario for each."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim import scenario
from sim.plan import traffic
from sim.plan.compile import compile_plan
from sim.plan.tables import ABSENT, Hold, Rule, StepKind

VALID = Path(__file__).parent / "scenarios" / "valid"
HOUR = 3600


def compiled_of(name, overrides=None):
    return compile_plan(scenario.load(VALID / f"{name}.yaml", overrides))


def rows(compiled, group):
    first = compiled.plan.routes.first
    route = compiled.groups.index(group)
    return compiled.step_rows[first[route] : first[route + 1]]


def number(compiled, place):
    return compiled.plan.places.names.index(place)


def test_places_of_one_label_are_told_apart_by_their_ids():
    def labels(overrides=None):
        return [row.label for row in compiled_of("choice-by-queue", overrides).place_rows]

    assert labels() == ["Middle: lanes (north)", "Middle: lanes (south)"]
    assert labels({"places.south.label": "Southern lane"}) == ["Middle: lanes", "Southern lane"]
    assert labels({"places.south.label": "'Middle: lanes'"}) == ["Middle: lanes (north)", "Middle: lanes (south)"]


def test_what_blocks_at_a_node_is_held_until_the_next_place_or_the_departure():
    compiled = compiled_of("blocking")
    check = rows(compiled, "trains")[1]
    assert (check.name, check.hold, check.hold_until) == ("check", Hold.UNTIL_ENTERED, 2)
    check = rows(compiled, "through")[1]
    assert (check.hold, check.hold_until) == (Hold.UNTIL_ENTERED, 2)
    assert rows(compiled, "through")[2].meaning.activity == "moving"


def test_until_entered_of_a_node_is_until_the_arrival(tmp_path):
    text = "extends: until-entered.yaml\noperations: {look: {until_entered: east}}\n"
    (tmp_path / "scenarios").mkdir()
    for name in ("line", "blocking", "until-entered"):
        (tmp_path / "scenarios" / f"{name}.yaml").write_text((VALID / f"{name}.yaml").read_text())
    (tmp_path / "scenarios" / "east.yaml").write_text(text)
    look = rows(compile_plan(scenario.load(tmp_path / "scenarios" / "east.yaml")), "through")[1]
    assert (look.name, look.hold, look.hold_until) == ("look", Hold.UNTIL, 2)


def test_a_single_track_is_one_place_for_both_directions_kept_until_the_siding_is_entered():
    compiled = compiled_of("single-track")
    there, back = rows(compiled, "trains"), rows(compiled, "back")
    assert [row.place for row in there] == ["west-middle single track", "siding", "middle-east single track"]
    assert [row.place for row in back] == ["middle-east single track", "siding", "west-middle single track"]
    assert [(row.hold, row.hold_until) for row in there] == [
        (Hold.UNTIL_ENTERED, 1),
        (Hold.UNTIL_ENTERED, 2),
        (Hold.STAY, None),
    ]


def test_a_leg_that_blocks_passes_headways_and_stops_at_a_node_with_room_for_all():
    headway = compiled_of("single-track", {"legs.middle-east.headway": "10 min"})
    assert [row.hold_until for row in rows(headway, "trains")] == [1, 3, 3, None]
    open_node = compiled_of("single-track", {"services.train.path": "[west, middle, east]"})
    assert [row.hold_until for row in rows(open_node, "trains")] == [1, None]
    call = compiled_of("circuit", {"legs.west-middle.single_track": "true", "legs.middle-east.single_track": "true"})
    assert [(row.name, row.hold_until) for row in rows(call, "shuttle")] == [
        ("call at west", None),
        ("west-middle west to middle", 2),
        ("middle-east middle to east", None),
        ("call at east", None),
        ("middle-east east to middle", 5),
        ("west-middle middle to west", None),
        ("once more", None),
    ]


def test_a_longest_queue_and_a_longest_wait_stand_at_the_step():
    assert rows(compiled_of("turned-away"), "trains")[1].longest_queue == 1
    gives_up = compiled_of("gives-up").plan
    assert gives_up.distributions.a[gives_up.steps.patience[1]] == 1.5 * HOUR
    assert gives_up.steps.otherwise.tolist() == [ABSENT] * 3


def test_diverting_begins_with_the_way_that_is_no_others_otherwise():
    own = rows(compiled_of("diverted"), "trains")
    assert [row.name for row in own[1:-1]] == ["check", "inspection after post", "check-by-hand", "inspection over"]
    assert own[1].otherwise == 3
    assert [option.target for option in own[2].options] == [4]


def test_a_gate_is_a_row_with_both_thresholds():
    compiled = compiled_of("gate")
    gates = compiled.plan.gates
    assert (gates.place.tolist(), gates.watched.tolist()) == (
        [number(compiled, "barrier")],
        [number(compiled, "post")],
    )
    assert (gates.high.tolist(), gates.low.tolist()) == ([2], [0])


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("choice-by-queue", Rule.SHORTEST_QUEUE),
        ("choice-by-time", Rule.LEAST_TIME),
        ("choice-by-cost", Rule.LEAST_COST),
    ],
)
def test_a_choice_in_a_path_looks_at_the_first_place_of_each_way(name, rule):
    compiled = compiled_of(name)
    plan = compiled.plan
    at = plan.steps.kind.tolist().index(StepKind.CHOOSE)
    options = slice(plan.options.first[at], plan.options.first[at + 1])
    south = 2.75 if rule == Rule.SHORTEST_QUEUE else 4.0
    assert plan.steps.rule[at] == rule
    assert plan.options.target[options].tolist() == [2, 4]
    assert plan.options.place[options].tolist() == [number(compiled, "north"), number(compiled, "south")]
    assert plan.options.seconds[options].tolist() == [2.75 * HOUR, south * HOUR]
    assert plan.options.each[options].tolist() == [2.75 * HOUR, south * HOUR]
    assert plan.options.usd[options].tolist() == [100.0 if rule == Rule.LEAST_COST else 0.0, 0.0]


def test_the_cost_of_a_way_is_freight_and_fees_and_its_time_includes_half_an_interval():
    liner = "{label: L, mode: rail, gauge: 1520 mm, path: [west, middle, east], capacity: 4 TEU, "
    liner += "stops: {west: {}, east: {}}, departures: {every: 6 h}}"
    ways = "{rail: {by: [liner]}, road: {by: [truck]}}"
    compiled = compiled_of(
        "choice-by-shares", {"services.liner": liner, "choices.mode.ways": ways, "choices.mode.rule": "least-cost"}
    )
    rail, road = rows(compiled, "trains")[0].options
    assert (rail.usd, rail.seconds, rail.place) == (2 * 200 * 0.5, (8 + 3) * HOUR, "")
    assert (road.usd, road.seconds, road.place) == (2 * 300 * 1.0, 12 * HOUR, "")


def test_shares_are_weights():
    options = rows(compiled_of("choice-by-shares"), "trains")[0].options
    assert [(option.target, option.weight) for option in options] == [(1, 0.75), (4, 0.25)]


def test_classes_are_those_of_the_flows_and_who_is_named_comes_first():
    stated = scenario.load(VALID / "choice-by-class.yaml")
    compiled = compile_plan(stated)
    entities = traffic.entities(stated, compiled, 1, 0)
    options = rows(compiled, "cold")[1].options
    cold = entities.class_[entities.route == compiled.groups.index("cold")].tolist()
    assert [(option.target, option.class_) for option in options] == [(2, cold[0]), (4, ABSENT)]
    assert set(entities.class_[entities.route == compiled.groups.index("trains")].tolist()) != set(cold)


def test_the_value_of_time_is_that_of_the_whole_entity():
    stated = scenario.load(VALID / "choice-by-cost.yaml")
    entities = traffic.entities(stated, compile_plan(stated), 1, 0)
    assert (entities.value_of_time * HOUR).tolist() == pytest.approx([20.0] * 4)


def test_breakdowns_name_places_and_the_tracks_of_legs():
    compiled = compiled_of("breakdowns")
    plan = compiled.plan
    assert plan.breakdowns.place.tolist() == [number(compiled, "post"), number(compiled, "middle-east middle to east")]
    assert plan.breakdowns.first.tolist() == [0, 2]
    between, repair = plan.breakdowns.between[0], plan.breakdowns.repair[0]
    assert (plan.distributions.a[between], plan.distributions.a[repair]) == (5 * HOUR, 2 * HOUR)
    assert (plan.breakdowns.capacity.tolist(), plan.breakdowns.pace.tolist()) == ([0], [1.0])


def test_a_breakdown_of_what_nobody_uses_is_none():
    unused = compiled_of(
        "breakdowns", {"breakdowns.storm": "{legs: [west-middle], time_between: 5 h, time_to_repair: 2 h, pace: 50 %}"}
    )
    assert [compiled_of("line").plan.breakdowns.place.tolist(), len(unused.plan.breakdowns.place)] == [[], 1]


def test_a_fleet_circulates_and_boards_at_every_stop():
    stated = scenario.load(VALID / "circuit.yaml")
    compiled = compile_plan(stated)
    own = rows(compiled, "shuttle")
    assert [option.target for option in own[-1].options] == [0]
    assert [row.boards for row in own if row.kind == StepKind.CALL] == [True, True]
    entities = traffic.entities(stated, compiled, 1, 0)
    assert entities.capacity[entities.route == compiled.groups.index("shuttle")].tolist() == [2]


def test_a_fleet_starts_one_after_the_other_if_it_says_so():
    fleet = {"services.shuttle.departures": "{fleet: 3 trains, every: 90 min, offset: 1 h}"}
    stated = scenario.load(VALID / "circuit.yaml", fleet)
    compiled = compile_plan(stated)
    entities = traffic.entities(stated, compiled, 1, 0)
    assert entities.release[entities.route == compiled.groups.index("shuttle")].tolist() == [3600, 9000, 14400]


def test_each_departure_of_a_fleet_is_a_unit_for_a_second():
    compiled = compiled_of("circuit-by-timetable")
    plan, own = compiled.plan, rows(compiled, "shuttle")
    assert [row.name for row in own[:3]] == ["call at west", "slot at west", "departure from west"]
    assert [row.boards for row in own if row.kind == StepKind.CALL] == [False, True, True]
    place = number(compiled, "shuttle slots at west")
    windows = slice(plan.places.first_window[place], plan.places.first_window[place + 1])
    assert plan.windows.time[windows][:5].tolist() == [0, 6 * HOUR, 6 * HOUR + 1, 18 * HOUR, 18 * HOUR + 1]
    assert plan.windows.capacity[windows][:5].tolist() == [0, 1, 0, 1, 0]
    assert plan.steps.slots.max() == ABSENT


def test_the_timetable_of_a_convoy_is_a_slot_calendar():
    plan = compiled_of("convoy").plan
    calls = plan.steps.kind == StepKind.CALL
    assert plan.steps.slots[calls].tolist() == [0, ABSENT]
    assert plan.steps.slot[calls].tolist() == [ABSENT, ABSENT]
    assert plan.slots.time[:3].tolist() == [6 * HOUR, 18 * HOUR, 30 * HOUR]


def test_units_may_come_back_elsewhere():
    compiled = compiled_of("pools")
    take = rows(compiled, "trains")[0]
    assert (take.name, take.place, take.return_place) == ("take", "wagons-west", "wagons-east")
    assert compiled.plan.steps.return_place[compiled.plan.steps.place == number(compiled, "wagons-west")].tolist() == [
        number(compiled, "wagons-east")
    ]


def test_a_ride_takes_teu_or_one_of_what_the_capacity_counts():
    ride = rows(compiled_of("lock"), "trains")[1]
    assert (ride.kind, ride.units, ride.units_per_teu) == (StepKind.RIDE, 1, False)
    boxes = rows(compiled_of("ferry"), "trains")[0]
    assert (boxes.units, boxes.units_per_teu) == (1, True)
    barge = [row for row in rows(compiled_of("ferry"), "vessel") if row.kind == StepKind.RIDE]
    assert [(row.units, row.units_per_teu) for row in barge] == [(1, False)]
    in_teu = compiled_of("ferry", {"services.lift.capacity": "10 TEU", "services.lift.stops": "{below: {}, above: {}}"})
    barge = [row for row in rows(in_teu, "vessel") if row.kind == StepKind.RIDE]
    assert [(row.units, row.units_per_teu) for row in barge] == [(4, False)]


def test_what_is_taken_in_a_way_of_a_choice_may_be_held_until_an_item_after_it():
    held = {"operations.check-north.until": "east", "operations.check-south.until_entered": "east"}
    north, south = (
        row for row in rows(compiled_of("choice-by-time", held), "trains") if row.name in {"check-north", "check-south"}
    )
    assert [(row.hold, row.hold_until) for row in (north, south)] == [(Hold.UNTIL, 6), (Hold.UNTIL, 6)]
