"""More of what places, wagons, stops and zones do, as in test_binding."""

from __future__ import annotations

import pytest

from sim import metrics
from tests.valid_scenarios import entered_hours, simulated, transit_hours

BINDING = [
    # Trains come at 16:00 UTC: 22:00 in Almaty on two days, when the post opens at 2:00 and at 3:00 UTC; then 21:00.
    ("zone-change", {}, [19, 20, 9]),
    ("zone-change", {"calendars.office.zone": "Etc/GMT-6"}, [19, 19, 19]),
    ("zone-change", {"calendars.office.zone": "Etc/GMT-5"}, [9, 9, 9]),
    # At 6:00 UTC with two of them and at midnight with the others; from the middle six hours after that.
    ("timetable", {}, [15.5, 14.5, 31.5, 30.5]),
    ("timetable", {"services.liner.stops.middle.slot_after": "null"}, [13.5, 12.5, 29.5, 28.5]),
    ("timetable", {"services.liner.departures.timetable.zone": "UTC"}, [15.5, 14.5, 19.5, 18.5]),
    ("timetable", {"services.liner.departures.timetable.days": "[tue]"}, [33.5, 32.5, 37.5, 36.5]),
    # Lifted at 4.5, 6, 7.5 and 9; two wide wagons, back eight hours after they left at 6 and 7.5.
    ("two-gauges", {}, [9.5, 10, 15.5, 16]),
    ("two-gauges", {"places.wagons-1520.capacity": "4 wagons"}, [9.5, 10, 10.5, 11]),
    # One narrow wagon, away for eight hours each time.
    ("two-gauges", {"places.wagons-1435.capacity": "1 wagon"}, [9.5, 16.5, 23.5, 30.5]),
    # The post is free at 4.5, 7.5 and 10.5; the second train keeps the track from 1.5 to 4.5, the third to 7.5.
    ("line-that-blocks", {}, [8, 10, 12, 14]),
]


@pytest.mark.parametrize(("name", "overrides", "hours"), BINDING, ids=lambda each: str(each)[:60])
def test_transit_times_are_those_worked_out_by_hand(name, overrides, hours):
    assert transit_hours(name, overrides) == hours


def test_who_cannot_go_on_stays_on_the_line():
    entered = "west-middle west to middle"
    assert entered_hours("line-that-blocks", entered) == [0.5, 1.5, 4.5, 7.5]
    assert entered_hours("line-that-blocks", entered, {"legs.west-middle.blocks": "false"}) == [0.5, 1.5, 2.5, 3.5]


def test_nothing_is_sent_until_the_stock_is_down():
    # Two TEU are in the yard from 6 to 16, two more from 10 to 20.
    assert entered_hours("stop-loading", "send") == [2, 6, 20, 20, 20]
    assert entered_hours("stop-loading", "send", {"places.order.gate.opens_at": "2 TEU"}) == [2, 6, 16, 16, 18]
    assert entered_hours("stop-loading", "send", {"places.order.gate": "null"}) == [2, 6, 10, 14, 18]


def test_waiting_for_wagons_is_told_apart_from_waiting_for_the_crane():
    split = metrics.measure(simulated("two-gauges"))["why_late"].set_index(["cause", "name"])["hours"]
    # Half an hour, one, and one and a half before the crane; five hours each for the third and the fourth wagon.
    assert split["queueing", "crane"] == 0.75
    assert split["waiting for equipment", "wagons-1520"] == 2.5
    assert set(split.index.get_level_values("cause")) == {"moving", "handling", "queueing", "waiting for equipment"}


def test_at_a_stop_too_a_smaller_one_passes_if_it_may():
    box = {"flows.trains.batch": "3 TEU", "flows.trains.to_date": "2020-01-06T02:00"}
    small = "{label: S, corridor: l, from: west, to: east, scope: TT, by: [liner], demand: {consists: 24 trains/day}, "
    small += "batch: 1 TEU, arrivals: regular, from_date: 2020-01-06T02:00, to_date: 2020-01-06T03:00}"
    for overtaking, hours in (("true", 13.5), ("false", 31.5)):
        given = {**box, "flows.small": small, "services.liner.stops.west.overtaking": overtaking}
        assert transit_hours("timetable", given, flow="small") == [hours]


def test_who_waits_for_what_never_comes_is_stranded():
    told = simulated("pools", {"flows.empties": "null"}).legend.origin["warnings"]
    never = "has waited at take for units of wagons-west since 2020-01-06T"
    assert [text for text in told if "stranded" in text] == [
        f"replication 0: stranded: entity 2 of flow trains {never}02:30:00Z",
        f"replication 0: stranded: entity 3 of flow trains {never}03:30:00Z",
    ]


def test_who_waits_for_an_opening_after_the_run_is_not_stranded():
    # Three days from a Friday on, and a post that takes up work on Thursdays.
    once_a_week = {"horizon": "3 days", "calendars.office.hours": "{thu: ['08:00-09:00']}"}
    told = simulated("opening-hours", once_a_week).legend.origin.get("warnings", [])
    assert [text for text in told if "stranded" in text] == []
