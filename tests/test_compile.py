"""The plan of the small scenario, as a reader would write it down."""

import pytest

from sim import scenario
from sim.plan.compile import compile_plan
from sim.plan.tables import ABSENT, Hold, StepKind
from tests.small_scenarios import TEXT, small, write

HOUR = 3600


@pytest.fixture
def compiled(tmp_path):
    return compile_plan(small(tmp_path))


def rows(compiled, group):
    first = compiled.plan.routes.first
    route = compiled.groups.index(group)
    return compiled.step_rows[first[route] : first[route + 1]]


def test_a_train_calls_runs_and_is_handled(compiled):
    assert [(row.kind.name, row.name) for row in rows(compiled, "narrow")] == [
        ("CALL", "call at alpha"),
        ("OCCUPY", "alpha-beta alpha to beta entry"),
        ("OCCUPY", "alpha-beta alpha to beta"),
        ("OCCUPY", "check"),
        ("OCCUPY", "unload"),
        ("CALL", "call at beta"),
    ]


def test_a_shipment_rides(compiled):
    assert [(row.kind.name, row.stop, row.to_stop) for row in rows(compiled, "goods")] == [
        ("RIDE", "narrow at alpha", "narrow at beta"),
        ("RIDE", "wide at beta", "wide at gamma"),
    ]


def test_a_truck_is_taken_for_the_whole_trip_and_rests_on_the_way(compiled):
    own = rows(compiled, "parcels")
    assert [row.name for row in own] == [
        "take-truck",
        "load-truck",
        "road alpha to gamma",
        "road alpha to gamma break",
        "road alpha to gamma #2",
        "road alpha to gamma rest",
        "road alpha to gamma #3",
        "road alpha to gamma break #2",
        "road alpha to gamma #4",
        "road alpha to gamma rest #2",
        "road alpha to gamma #5",
    ]
    assert (own[0].hold, own[0].hold_until) == (Hold.UNTIL, 10)
    assert sum(row.meaning.km or 0 for row in own) == pytest.approx(1200)


def test_a_headway_holds_the_entry_and_costs_no_time(compiled):
    entry = rows(compiled, "narrow")[1]
    assert entry.hold is Hold.SECONDS
    assert entry.hold_time is not None
    assert (entry.duration.a, entry.hold_time.a) == (0.0, 1200.0)


def test_a_hold_until_names_the_later_step(compiled):
    unload = rows(compiled, "narrow")[4]
    assert (unload.hold, unload.hold_until, unload.per_teu) == (Hold.UNTIL, 5, 36.0)


def test_a_shipment_holds_a_place_until_a_later_item_of_its_flow(tmp_path):
    store = "  store: {place: hall, until: wide}\nservices:\n"
    text = TEXT.replace("services:\n", store, 1).replace("by: [narrow, wide]", "by: [narrow, store, wide]")
    held = rows(compile_plan(scenario.load(write(tmp_path, text))), "goods")[1]
    assert (held.name, held.hold, held.hold_until) == ("store", Hold.UNTIL, 2)


def test_the_departure_rule(compiled):
    first = rows(compiled, "narrow")[0]
    assert (first.slot, first.least_load, first.longest_wait, first.cut_off) == (0, 0, None, 4 * HOUR)
    wide = rows(compiled, "wide")
    assert (wide[0].slot, wide[0].least_load, wide[0].longest_wait) == (None, 41, 24 * HOUR)
    assert (wide[0].boards, wide[-1].boards) == (True, False)


def test_tables_hold_numbers_for_names(compiled):
    plan = compiled.plan
    assert plan.places.names == (
        "customs",
        "hall",
        "trucks",
        "alpha-beta alpha to beta entry",
        "beta-gamma beta to gamma",
    )
    assert plan.stops.names == ("narrow at alpha", "narrow at beta", "wide at beta", "wide at gamma")
    running = plan.steps.names.index("alpha-beta alpha to beta")
    assert plan.steps.place[running] == ABSENT
    assert plan.distributions.a[plan.steps.duration[running]] == 48 * HOUR
    assert [int(kind) for kind in plan.steps.kind[:2]] == [StepKind.RIDE, StepKind.RIDE]
    assert len(set(plan.steps.stream.tolist())) == len(plan.steps.names)


def test_freight_is_for_a_teu_or_a_tonne_and_emissions_are_for_a_tonne(compiled):
    rail = rows(compiled, "narrow")[2].meaning
    assert (rail.usd_teu_km, rail.usd_tkm, rail.kg_tkm) == (0.3, 0.0, pytest.approx(0.028))
    road = rows(compiled, "parcels")[2].meaning
    assert (road.usd_teu_km, road.usd_tkm, road.kg_tkm) == (0.0, pytest.approx(0.05), pytest.approx(0.07))


def test_a_rate_that_nobody_gives_is_missing_and_not_zero(tmp_path):
    bare = small(tmp_path, {"modes.rail": "{freight: 0.6 USD/FEU-km}", "modes.road": "{emissions: 70 g/tkm}"})
    compiled = compile_plan(bare)
    rail, road = rows(compiled, "narrow")[2].meaning, rows(compiled, "parcels")[2].meaning
    assert (rail.usd_teu_km, rail.usd_tkm, rail.kg_tkm) == (0.3, 0.0, None)
    assert (road.usd_teu_km, road.usd_tkm, road.kg_tkm) == (None, None, pytest.approx(0.07))


def test_an_operation_is_called_by_its_label(tmp_path):
    named = small(tmp_path, {"operations.load-truck.label": "Loading of a truck"})
    assert [row.meaning.label for row in rows(compile_plan(named), "parcels")[:2]] == ["", "Loading of a truck"]


def test_the_order_of_keys_moves_nothing(tmp_path):
    head, flows = TEXT.split("flows:\n")
    goods, parcels = flows.split("  parcels:\n")
    turned = f"{head}flows:\n  parcels:\n{parcels}{goods}"
    first = compile_plan(scenario.load(write(tmp_path)))
    second = compile_plan(scenario.load(write(tmp_path, turned, "turned.yaml")))
    assert first.step_rows == second.step_rows
    assert first.plan.steps.stream.tolist() == second.plan.steps.stream.tolist()


def test_a_slower_service_takes_longer_on_the_same_leg(tmp_path):
    slow = compile_plan(small(tmp_path, {"services.narrow.speed_share": "80 %"}))
    assert rows(slow, "narrow")[2].duration.a == 60 * HOUR


def test_the_running_time_may_vary(tmp_path):
    varied = compile_plan(small(tmp_path, {"legs.alpha-beta.variation": "10 %"}))
    family = rows(varied, "narrow")[2].duration
    assert family.kind == 2
    assert family.b == pytest.approx(0.0998, rel=1e-3)
