"""Each feature of the language binds: with it the result moves in the way worked out by hand, without it it does not.

Trains leave the west at 0.5, 1.5, 2.5 and 3.5 h and need four hours to the middle and four to the east, unless a file
of scenarios/valid says otherwise. Transit times are in hours, in the order of the releases; None did not arrive.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim import log, metrics, scenario
from sim.experiments import runs
from sim.experiments.loads import check
from tests.valid_scenarios import HOUR, VALID, entered_hours, simulated, transit_hours

CRANE_TOO = {
    "places.crane": "{node: middle, kind: cranes, capacity: 1 crane}",
    "operations.lift": "{place: crane, time: 1 h}",
    "services.train.path": "[west, check, lift, east]",
    "breakdowns.storm.places": "[post, crane]",
}
UNTIL_TEN = "{slide: {leg: west-middle, from: 2020-01-06T00:00, to: 2020-01-06T10:00, capacity: 0 tracks}}"
ONE_TRACK = {"legs.west-middle.single_track": "true", "legs.west-middle.time": "30 min"}
COMING_BACK = {
    "services.back": "{label: Back, mode: rail, gauge: 1520 mm, path: [east, middle, west],"
    " departures: {on_demand: true}}",
    "flows.back": "{label: Back, corridor: line, from: east, to: west, scope: TT, by: [back],"
    " demand: {consists: 24 trains/day}, batch: 2 TEU, arrivals: regular, to_date: 2020-01-06T01:00}",
}

BINDING = [
    # Arrivals at the post 4.5, 5.5, 6.5, 7.5; three hours of work each.
    ("several-servers", {}, [11, 11, 12, 12]),
    ("several-servers", {"places.post.capacity": "1 lane"}, [11, 13, 15, 17]),
    ("several-servers", {"places.post.capacity": "4 lanes"}, [11, 11, 11, 11]),
    # The holiday and the summer time are on the second and third day; the post closes at 16:30 and 15:30 UTC.
    ("opening-hours", {}, [9, 23, 23]),
    ("opening-hours", {"calendars.office.closed": "null"}, [9, 9, 23]),
    ("opening-hours", {"places.post.calendar": "null"}, [9, 9, 9]),
    # Half an hour is done when it closes; the rest at eight o'clock, seven UTC; six from the Sunday on.
    ("opening-hours", {"places.post.when_closed": "suspend", "calendars.office.closed": "null"}, [23.5, 22.5, 23]),
    # The fourth train comes at 7.5 h into a closure until 9, or into half the pace.
    ("changes-by-date", {}, [8.5, 8.5, 8.5, 10]),
    (
        "changes-by-date",
        {"places.post.changes.works": "{from: 2020-01-06T07:00, to: 2020-01-06T09:00, pace: 50 %}"},
        [8.5, 8.5, 8.5, 9],
    ),
    ("changes-by-date", {"places.post.changes.works": "null"}, [8.5, 8.5, 8.5, 8.5]),
    (
        "changes-by-date",
        {
            "places.post.changes.works": "null",
            "disruptions": "{flood: {place: post, from: 2020-01-06T07:00, to: 2020-01-06T09:00, capacity: 0 lanes}}",
        },
        [8.5, 8.5, 8.5, 10],
    ),
    ("headway", {}, [8, 9, 10, 11]),
    ("headway", {"legs.west-middle.headway": "null"}, [8, 8, 8, 8]),
    # Also after a closure until 10: they enter the leg at 10, 12, 14 and 16.
    ("headway", {"disruptions": UNTIL_TEN}, [17.5, 18.5, 19.5, 20.5]),
    # A train comes the other way from 4.5 to 5: the third enters at 5, not at 4.5, and the fourth two hours after it.
    ("headway", {**ONE_TRACK, **COMING_BACK}, [4.5, 5.5, 7, 8]),
    # Departures at 2 (longest wait), 3.5 (full) and 8 (longest wait); who came less than an hour before is left.
    ("departures", {}, [9.5, 10, 9, 12.5]),
    ("departures", {"services.liner.stops.west.longest_wait": "null"}, [10, 9, 10, 9]),
    ("departures", {"services.liner.stops.west.cut_off": "null"}, [9, 8, 9, 8]),
    ("departures", {"services.liner.stops.west": "{}"}, [10.5, 9.5, 11.5, 10.5]),
    # All at the east at 12.75; each waits for those lifted before it.
    ("batch-arrivals", {}, [round(12.55 - 0.45 * n, 6) for n in range(10)]),
    ("batch-arrivals", {"places.crane.capacity": "10 cranes"}, [round(12.55 - 0.5 * n, 6) for n in range(10)]),
    # Two locomotives are away for 16 hours.
    ("fleet-returns", {}, [8, 8, 22, 22]),
    ("fleet-returns", {"places.locomotives.capacity": "4 locomotives"}, [8, 8, 8, 8]),
    ("fleet-returns", {"operations.take.after": "null"}, [8, 8, 14, 14]),
    # The third is turned away at 6.5; the fourth comes as the second goes in.
    ("turned-away", {}, [11, 13, None, 14]),
    ("turned-away", {"places.post.longest_queue": "0 trains"}, [11, None, None, 11]),
    ("turned-away", {"places.post.longest_queue": "null"}, [11, 13, 15, 17]),
    # The second gives up at 7, the third goes in at 7.5, the fourth gives up at 9.
    ("gives-up", {}, [11, None, 12, None]),
    ("gives-up", {"operations.check.longest_wait": "null"}, [11, 13, 15, 17]),
    # The same, but five hours' work elsewhere instead.
    ("diverted", {}, [11, 14.5, 12, 14.5]),
    ("diverted", {"choices.inspection.ways.post.longest_wait": "30 days"}, [11, 13, 15, 17]),
    # The pool is free again at 7.5 and 10.5.
    ("admission-pool", {}, [11, 13, 16, 18]),
    ("admission-pool", {"places.pool.capacity": "4 trains"}, [11, 13, 15, 17]),
    # North, south, north again (as long as the south), and so on; one of them alone takes 2.75 h each.
    ("choice-by-queue", {}, [10.75, 10.75, 11.5, 13.25]),
    # Two to the north, where the second waits until 7.25, two to the south, where it waits until 9.25.
    ("choice-by-function", {}, [10.75, 12.5, 10.75, 12.5]),
    ("choice-by-function", {"choices.inspection.function": "first-that-is-free"}, [10.75, 10.75, 11.5, 13.25]),
    ("choice-by-time", {}, [10.75, 12, 11.5, 13.25]),
    ("choice-by-time", {"operations.check-south.time": "40 h"}, [10.75, 12.5, 14.25, 16]),
    # The post is kept until the east: 6.75 h for each, so that the second goes to the south, and they wait for both.
    (
        "choice-by-queue",
        {"operations.check-north.until": "east", "operations.check-south.until": "east"},
        [10.75, 10.75, 15.5, 15.5],
    ),
    ("choice-by-cost", {}, [12, 10.75, 14, 11.5]),
    ("choice-by-cost", {"value_of_time": "2400 USD/TEU-day"}, [10.75, 12, 11.5, 13.25]),
    # One train: 16 hours to and fro. By timetable it leaves at 6:00, for it is back at 22:00.
    ("circuit", {}, [8, 23, 38, 53]),
    ("circuit", {"services.shuttle.departures": "{fleet: 2 trains}"}, [8, 8, 22, 22]),
    ("circuit", {"services.shuttle.departures": "{fleet: 4 trains}"}, [8, 8, 8, 8]),
    ("circuit-by-timetable", {}, [13.5, 36.5, 59.5, 82.5]),
    # Two trains: one leaves at 6:00 and one at 18:00, and back at 22:00 and 10:00 again so; or both at once.
    ("circuit-by-timetable", {"services.shuttle.departures.fleet": "2 trains"}, [13.5, 24.5, 35.5, 46.5]),
    ("convoy", {}, [13.5, 12.5, 35.5, 34.5]),
    ("convoy", {"services.shuttle.departures.timetable.together": "false"}, [13.5, 24.5, 35.5, 46.5]),
    # Wagons come back with the empties of 12.5 and 13.5.
    ("pools", {}, [8, 8, 26, 26]),
    ("pools", {"flows.empties": "null"}, [8, 8, None, None]),
    # Empties take the wagons that came at 8.5 and 9.5; with a wagon of its own one can leave at 2.5, and one at 8.5.
    ("pool-that-starts-empty", {}, [8, 8, 22, 22]),
    ("pool-that-starts-empty", {"places.wagons-east.capacity": "1 wagon"}, [8, 8, 16, 21]),
    # Down at 5.5 with two, at 7.5 with two; or at 4.5, 6.5, 8.5, 10.5 with one each.
    ("lock", {}, [10, 9, 10, 9]),
    ("lock", {"services.lift.capacity": "1 vessel"}, [9, 10, 11, 12]),
    ("ferry", {}, [10, 9, 10, 9]),
    # A storm from 5 to 7 and from 12 to 14, over the post and over the line: the first waits at 5 before the line, the
    # third ends its run at 12, the fourth stands for two hours half an hour before its end.
    ("breakdowns", {}, [10.5, 10, 9.5, 11]),
    ("breakdowns", {"breakdowns.storm.legs": "null"}, [8.5, 10, 9.5, 9]),
    # The same over the post and a crane behind it, which counts other things: it lifts from 7 on, for an hour each.
    ("breakdowns", {"breakdowns.storm.legs": "null", **CRANE_TOO}, [11.5, 11.5, 11.5, 11.5]),
    ("breakdowns", {"breakdowns.storm.places": "null"}, [10.5, 9.5, 8.5, 8.5]),
    ("breakdowns", {"breakdowns": "null"}, [8.5, 8.5, 8.5, 8.5]),
    ("breakdowns-by-season", {}, [8.5, 8.5, 8.5, 8.5]),
    ("breakdowns-by-season", {"breakdowns.storm.months": "[jan, dec]"}, [10.5, 10, 9.5, 11]),
]


@pytest.mark.parametrize(("name", "overrides", "hours"), BINDING, ids=lambda each: str(each)[:60])
def test_transit_times_are_those_worked_out_by_hand(name, overrides, hours):
    assert transit_hours(name, overrides) == hours


@pytest.mark.parametrize(
    ("name", "flow", "without", "hours"),
    [
        # The express train goes in at 7.5 before the two that came before it.
        ("priority", "express", {"flows.express.priority": "ordinary"}, ([12], [15])),
        # One TEU is free from 4.5 on.
        ("overtaking", "small", {"places.yard.overtaking": "false"}, ([11], [12])),
        # The post is kept until 8.5 by a train that was through at 6.5.
        ("blocking", "through", {"operations.check.blocks": "false"}, ([11], [9])),
        ("until-entered", "through", {"operations.check.until_entered": "null"}, ([11], [9])),
        # The first waits in the middle for the other, which left the east at 2.5, until 6.5.
        ("single-track", "trains", {"legs.middle-east.single_track": "false"}, ([10], [8])),
        # The post for refrigerated cargo is empty; with the others it would be the third there.
        (
            "choice-by-class",
            "cold",
            {"choices.inspection.ways": "{north: {by: [check-south]}, south: {by: [check-south]}}"},
            ([11], [15]),
        ),
    ],
)
def test_another_flow_feels_it(name, flow, without, hours):
    assert (transit_hours(name, flow=flow), transit_hours(name, without, flow=flow)) == hours


def test_boxes_get_on_at_a_stop_on_the_way():
    assert transit_hours("departures", flow="halfway") == [9.5]


def test_a_gate_closes_at_one_threshold_and_opens_at_the_other():
    assert entered_hours("gate", "pass") == [4.5, 5.5, 10.5, 10.5]
    assert entered_hours("gate", "pass", {"places.barrier.gate.opens_at": "1 trains"}) == [4.5, 5.5, 7.5, 10.5]
    both = {"places.barrier.gate.opens_at": "1 trains", "places.barrier.capacity": "2 trains"}
    assert entered_hours("gate", "pass", both) == [4.5, 5.5, 7.5, 7.5]
    assert entered_hours("gate", "pass", {"places.barrier.gate": "null"}) == [4.5, 5.5, 6.5, 7.5]


def test_shares_are_kept_in_the_long_run():
    found = transit_hours("choice-by-shares")
    by_road = found.count(12.0)
    assert (len(found), by_road + found.count(8.0)) == (216, 216)
    assert abs(by_road - 54) < 3 * np.sqrt(216 * 0.25 * 0.75)
    all_by_rail = {"choices.mode.ways.rail.share": "100 %", "choices.mode.ways.road.share": "0 %"}
    assert set(transit_hours("choice-by-shares", all_by_rail)) == {8.0}


def test_a_siding_of_one_track_makes_a_gridlock_that_is_told_before_and_after():
    warned = simulated("single-track", {"places.siding.capacity": "1 track"}).legend.origin["warnings"]
    assert warned[0] == (
        "replication 0: gridlock, each waiting for the next and the last for the first: "
        "entity 0 of flow back holds middle-east single track and has waited at stand for units of siding "
        "since 2020-01-06T06:30:00Z; entity 1 of flow trains holds siding and has waited at middle-east middle to east "
        "for units of middle-east single track since 2020-01-06T04:30:00Z"
    )
    circle = "siding, west-middle single track, siding"
    assert f"this circle of places can lock: {circle}; it does if all are full of who waits for the next" in warned
    assert simulated("single-track", {"places.siding.capacity": "3 tracks"}).legend.origin["warnings"] == []


def test_no_load_is_offered_to_pools_whose_wagons_are_left_elsewhere():
    told = simulated("pool-that-starts-empty", {"flows.trains.to_date": "null"}).legend.origin["warnings"]
    assert [each for each in told if "offered load" in each] == []
    told = simulated("fleet-returns", {"flows.trains.to_date": "null"}).legend.origin["warnings"]
    assert [each.split(" at ")[1] for each in told if "offered load" in each] == [
        "locomotives in 2020-01: this queue cannot settle then"
    ]


def test_random_breakdowns_differ_between_replications_and_not_between_runs():
    random = {"breakdowns.storm.time_between": "{exponential: {mean: 5 h}}"}
    first, again = (simulated("breakdowns", random, replications=2) for _ in range(2))
    assert log.digest(first) == log.digest(again)
    of_each = [
        first.visits[first.visits.replication == run][["requested", "entered", "left"]].to_numpy().tolist()
        for run in (0, 1)
    ]
    assert of_each[0] != of_each[1]


def test_spells_at_random_are_closed_time_and_no_capacity():
    tables = metrics.measure(simulated("breakdowns"))
    hours = tables["why_late"].groupby("cause")["hours"].sum()
    # Closed for 2, 1.5, 0.5 and 2 hours; the third and the fourth stand behind another for half an hour each.
    assert (hours["closed"], hours["queueing"]) == (1.5, 0.25)
    # Ten days, of which the storm takes two hours out of seven: 34 times, and an hour and three quarters less.
    post = tables["utilisation"].set_index("name").loc["post"]
    assert (post["used_unit_h"], post["capacity_unit_h"]) == (2.0, 240.0 - 2 * 34)


def test_spells_of_each_replication_count_in_its_own_numbers():
    random = {"breakdowns.storm.time_between": "{exponential: {mean: 5 h}}"}
    recorded = simulated("breakdowns", random, replications=2)
    windows = recorded.legend.windows
    post = windows[windows["place"] == 0].assign(ends=lambda table: table.groupby("replication")["time_s"].shift(-1))
    open_h = (post["ends"].fillna(240 * HOUR).clip(upper=240 * HOUR) - post["time_s"]) * post["capacity"] / HOUR
    table = metrics.measure(recorded)["utilisation"]
    given = table[table["name"] == "post"]["capacity_unit_h"]
    assert given.tolist() == pytest.approx(open_h.groupby(post["replication"]).sum().tolist())
    assert given.nunique() == 2


@pytest.mark.parametrize("name", sorted(path.stem for path in VALID.glob("*.yaml")))
def test_every_small_scenario_can_be_measured_and_its_times_add_up(name):
    tables = metrics.measure(simulated(name))
    transit = tables["transit"].set_index("flow")
    hours = tables["why_late"].groupby("flow")["hours"].sum() / 24
    arrived = transit.index[transit["finished"] > 0]
    assert hours[arrived].tolist() == pytest.approx(transit["mean_d"][arrived].tolist())


def test_who_is_turned_away_or_gives_up_is_counted_apart():
    turned_away, gives_up = (metrics.measure(simulated(name)) for name in ("turned-away", "gives-up"))
    columns = ["finished", "unfinished", "turned_away"]
    assert turned_away["transit"][columns].to_numpy().tolist() == [[3, 0, 1]]
    assert gives_up["transit"][columns].to_numpy().tolist() == [[2, 0, 2]]
    assert gives_up["trade"][["teu", "delivered_teu", "turned_away_teu"]].to_numpy().tolist() == [[8, 4, 4]]
    assert gives_up["dwell"][["visits", "unfinished", "turned_away"]].to_numpy().tolist() == [[2, 0, 2]]
    assert gives_up["throughput"]["visits"].tolist() == [2]


def test_what_carries_a_consist_moves_those_aboard():
    split = metrics.measure(simulated("ferry"))["why_late"].set_index("cause")["hours"]
    # Four hours, an hour through the lock, four hours; half an hour for the load of 4 TEU, two for the lock's return.
    assert split.groupby("cause").sum().to_dict() == {"moving": 9.0, "waiting for departure": 0.5}


RIVER = {
    "modes.river": "{freight: 1 USD/TEU-km, emissions: 10 g/tkm}",
    "services.lift.path": "[below, toll, above, below]",
    "operations": "{toll: {node: below, fee: 8 USD, emissions: 2 kg/TEU}}",
}


@pytest.mark.parametrize(("name", "fee"), [("ferry", 2.0), ("lock", 2.0)])
def test_the_way_of_what_carries_the_consist_is_borne_by_those_aboard(name, fee):
    recorded = simulated(name, RIVER)
    tables = metrics.measure(recorded)
    cost, emissions = tables["cost"].iloc[0], tables["emissions"].iloc[0]
    # Sixty kilometres, one through the lock, sixty; four TEU in the lock pay its toll together.
    assert (cost["freight_usd_teu"], cost["fees_usd_teu"]) == (121.0, fee)
    assert (round(emissions["moving_kg_teu"], 9), emissions["handling_kg_teu"]) == (12.1, 2.0)
    assert tables["speeds"]["swod_kmh"].tolist() == pytest.approx([121 / 9])
    profile = tables["distance_profile"]
    assert (profile["km"].max(), profile["usd_teu"].max()) == (121.0, 121.0 + fee)


@pytest.mark.parametrize("name", ["circuit", "circuit-by-timetable", "convoy"])
def test_each_turn_of_a_fleet_that_circulates_is_a_departure(name):
    table = metrics.measure(simulated(name))["load_factor"]
    assert table[["departures", "capacity_teu", "loaded_teu"]].to_numpy().tolist() == [[8, 16, 8]]


@pytest.mark.parametrize("name", ["circuit-by-timetable", "convoy"])
@pytest.mark.parametrize("days", ["[tue]", "[wed]", "[mon, tue]"])
def test_who_waits_for_a_departure_after_the_run_is_not_stranded(name, days):
    """Ten days from a Monday on; the shuttle is back in time for another departure after them, but for its load."""
    once_a_week = {"services.shuttle.departures.timetable.days": days, "services.shuttle.stops.west": "{}"}
    told = simulated(name, once_a_week).legend.origin.get("warnings", [])
    assert [text for text in told if "stranded" in text] == []


def test_who_waits_for_a_slot_waits_for_departure():
    tables = metrics.measure(simulated("circuit-by-timetable"))
    split = tables["why_late"].groupby("cause")["hours"].sum()
    assert split.to_dict() == {"moving": 8.0, "waiting for departure": 40.0}
    # A slot is no place that is used, or before which anything stands.
    assert [len(tables[name]) for name in ("utilisation", "stock", "dwell", "throughput")] == [0, 0, 0, 0]


def test_every_small_scenario_is_used_here():
    text = "".join(file.read_text(encoding="utf-8") for file in Path(__file__).parent.glob("test_binding*.py"))
    assert [path.stem for path in VALID.glob("*.yaml") if f'"{path.stem}"' not in text] == []


PLAIN = ("expectations", "line", "measures", "observations", "small")
"""Scenarios that the others are laid over, or that other tests use."""


def test_a_check_warns_of_circles_that_can_lock_and_of_what_spells_leave_of_a_place(tmp_path):
    folder = tmp_path / "scenarios"
    folder.mkdir()
    for name in ("line", "single-track", "breakdowns"):
        (folder / f"{name}.yaml").write_text((VALID / f"{name}.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    always = "breakdowns: {storm: {time_between: 1 min, time_to_repair: 9 h}}\nflows: {trains: {to_date: 2020-01-15}}"
    (folder / "stormy.yaml").write_text(f"extends: breakdowns.yaml\n{always}\n", encoding="utf-8")
    (folder / "short.yaml").write_text("extends: single-track.yaml\nplaces: {siding: {capacity: 1 track}}\n")
    files = [folder / f"{name}.yaml" for name in ("single-track", "short", "stormy")]
    told = [str(each).split(".yaml: ")[1] for each in check(files)]
    assert [each.split(";")[0] for each in told if each.startswith("this circle")] == [
        "this circle of places can lock: siding, middle-east single track, siding",
        "this circle of places can lock: siding, west-middle single track, siding",
    ]
    # 236 trains of half an hour each, against 27 minutes: one in each 9 h 1 min of ten days.
    assert "offered load 262.22 at post in 2020-01: this queue cannot settle then" in told


LINER = "{label: L, mode: rail, gauge: 1520 mm, path: [west, middle, east], capacity: 4 TEU, stops: %s, departures: %s}"


@pytest.mark.parametrize(
    ("rail", "stops", "hours"),
    [
        # The liner is there at 5; the first two give up at 3.5 and 4.5, and the road takes twelve hours.
        ("longest_wait: 3 h, otherwise: road", "{west: {}, east: {}}", [15, 15, 10.5, 9.5]),
        # One of two TEU may wait; the others go by road at once.
        ("otherwise: road", "{west: {longest_queue: 2 TEU}, east: {}}", [12.5, 12, 12, 12]),
        # All wait for the liner, which takes two; the others for that of the next time.
        ("longest_wait: 30 days, otherwise: road", "{west: {}, east: {}}", [12.5, 11.5, 15.5, 14.5]),
    ],
)
def test_who_waits_in_vain_for_a_ride_goes_another_way(rail, stops, hours):
    ways = f"{{rail: {{by: [liner], {rail}}}, road: {{by: [truck]}}}}"
    overrides = {
        "services.liner": LINER % (stops, "{every: 5 h, offset: 5 h}"),
        "choices.mode": f"{{rule: divert, ways: {ways}}}",
        "flows.trains.to_date": "2020-01-06T04:00",
    }
    assert transit_hours("choice-by-shares", overrides) == hours


def test_a_run_goes_on_until_its_interval_is_as_narrow_as_asked():
    made = {width: recorded(width).legend.origin["replications"] for width in ("30 %", "10 %")}
    assert 10 <= made["30 %"] < made["10 %"] <= 60


def recorded(width):
    loaded = scenario.open_scenario(VALID / "until-narrow.yaml", {"replications.half_width": width})
    order = runs.Order(loaded, "until-narrow", loaded.scenario.seed, loaded.scenario.replications, "reference")
    return runs.simulate(order, runs.silent)
