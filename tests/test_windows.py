"""Calendars, dated changes and disruptions as windows; times in hours since the start for reading."""

import datetime as dt

import pytest

from sim.plan import windows
from sim.scenario import Scenario
from tests.small_scenarios import small

HOUR = 3600


def in_hours(rows: list[windows.Row]) -> list[tuple[float, int, float]]:
    return [(time / HOUR, capacity, pace) for time, capacity, pace in rows]


def test_a_place_that_always_works_has_one_row(tmp_path):
    assert windows.place_rows(small(tmp_path), "hall") == [(0, 1, 1.0)]


def test_hours_are_local_time(tmp_path):
    # Wednesday 2020-01-01 00:00 UTC is 06:00 in Almaty: the office opens two hours after the start.
    rows = in_hours(windows.place_rows(small(tmp_path), "customs"))
    assert rows[:5] == [(0, 0, 1.0), (2, 2, 1.0), (14, 0, 1.0), (26, 2, 1.0), (38, 0, 1.0)]


def test_saturday_is_short_and_sunday_closed(tmp_path):
    rows = in_hours(windows.place_rows(small(tmp_path), "customs"))
    saturday = 3 * 24 + 2
    assert (saturday, 2, 1.0) in rows
    assert (saturday + 4, 0, 1.0) in rows
    assert (saturday + 24, 2, 1.0) not in rows
    assert (saturday + 48, 2, 1.0) in rows


def test_a_holiday_closes_whole_local_days(tmp_path):
    closed = {"calendars.office.closed": "{new-year: {from: 2020-01-02, to: 2020-01-02}}"}
    rows = in_hours(windows.place_rows(small(tmp_path, closed), "customs"))
    assert rows[:4] == [(0, 0, 1.0), (2, 2, 1.0), (14, 0, 1.0), (50, 2, 1.0)]


def opening(scenario: Scenario, day: dt.date) -> dt.datetime:
    """When the office opens on a day, UTC."""
    spans = windows.open_hours(scenario, scenario.calendars["office"], scenario.nodes["beta"].zone)
    moments = [scenario.start_utc + dt.timedelta(seconds=start) for start, _ in spans]
    return next(moment for moment in moments if moment.date() == day)


def test_summer_time_moves_the_hours(tmp_path):
    berlin = {"nodes.beta.zone": "Europe/Berlin", "start": "2020-03-20"}
    scenario = small(tmp_path, berlin)
    assert opening(scenario, dt.date(2020, 3, 27)).hour == 7
    assert opening(scenario, dt.date(2020, 3, 30)).hour == 6


@pytest.mark.parametrize(
    ("hours", "first"),
    [("01:00-02:30", (0, 1)), ("02:30-03:30", (1, 1.5)), ("02:15-02:45", (24.25, 24.75)), ("02:00-04:00", (1, 2))],
)
def test_a_time_that_the_clock_leaves_out_is_the_moment_at_which_it_goes_forward(tmp_path, hours, first):
    # On 2020-03-29 at 01:00 UTC from 02:00 to 03:00; on the days after 02:15 is 00:15 UTC.
    changes = {
        "nodes.beta.zone": "Europe/Berlin",
        "start": "2020-03-29",
        "calendars.office.hours": f"{{daily: [{hours}]}}",
    }
    scenario = small(tmp_path, changes)
    spans = windows.open_hours(scenario, scenario.calendars["office"], "Europe/Berlin")
    assert next((start / HOUR, end / HOUR) for start, end in spans if start >= 0) == first


def test_kazakhstan_changed_its_zone_in_2024(tmp_path):
    scenario = small(tmp_path, {"start": "2024-02-20"})
    assert opening(scenario, dt.date(2024, 2, 29)).hour == 2
    assert opening(scenario, dt.date(2024, 3, 1)).hour == 3


def test_a_change_holds_between_its_dates(tmp_path):
    changes = {"places.hall.changes": "{summer: {from: 2020-01-03, to: 2020-01-04, capacity: 3 tracks, pace: 50 %}}"}
    rows = in_hours(windows.place_rows(small(tmp_path, changes), "hall"))
    # Local midnight in Almaty is 18:00 UTC of the day before; the end is the end of that day.
    assert rows == [(0, 1, 1.0), (42, 3, 0.5), (90, 1, 1.0)]


def test_a_disruption_takes_the_smaller_capacity(tmp_path):
    disruptions = {
        "disruptions": "{storm: {place: hall, from: '2020-01-02T00:00', to: '2020-01-02T06:00', capacity: 0 tracks}}",
        "places.hall.changes": "{more: {from: 2020-01-01, capacity: 3 tracks}}",
    }
    rows = in_hours(windows.place_rows(small(tmp_path, disruptions), "hall"))
    assert rows == [(0, 3, 1.0), (18, 0, 1.0), (24, 3, 1.0)]


def test_touching_hours_are_one_opening(tmp_path):
    around = {"calendars.office.hours": "{daily: ['00:00-12:00', '12:00-24:00']}"}
    rows = windows.place_rows(small(tmp_path, around), "customs")
    assert [row for row in rows if row[0] < 28 * 24 * HOUR] == [(0, 2, 1.0)]


def test_what_is_closed_at_the_end_of_the_run_opens_after_it(tmp_path):
    rows = windows.place_rows(small(tmp_path), "customs")
    assert any(time >= 28 * 24 * HOUR and capacity for time, capacity, _ in rows)


WEEKLY = {"horizon": "3 days", "calendars.office.hours": "{mon: ['08:00-20:00']}"}
CLOSED = {"calendars.office.closed": "{moving: {from: 2020-01-06, to: 2020-02-14}}"}
REBUILT = {"places.customs.changes": "{rebuilt: {from: 2020-01-06, to: 2020-02-14, capacity: 0 lanes}}"}
FLOODED = {"disruptions": "{flood: {place: customs, from: 2020-01-02, to: 2020-02-14, capacity: 0 lanes}}"}
GIVEN_UP = {"places.customs.changes": "{gone: {from: 2020-01-10, capacity: 0 lanes}}"}


@pytest.mark.parametrize(
    ("dated", "monday"),
    [({}, 6), (CLOSED, 48), (REBUILT, 48), (FLOODED, 48), (CLOSED | FLOODED, 48), (GIVEN_UP, 6)],
)
def test_the_first_opening_after_the_run_is_there_however_late(tmp_path, dated, monday):
    # From Wednesday 2020-01-01 on; the first Monday is the 6th, that after 2020-02-14 the 48th day of the year.
    rows = in_hours(windows.place_rows(small(tmp_path, WEEKLY | dated), "customs"))
    opens = 24 * (monday - 1) + 2
    assert [row for row in rows if row[1]] == [(opens, 2, 1.0)]
    assert (opens + 12, 0, 1.0) in rows


def test_what_never_opens_again_does_not(tmp_path):
    gone = {"places.customs.changes": "{gone: {from: 2020-01-04, capacity: 0 lanes}}"}
    assert in_hours(windows.place_rows(small(tmp_path, WEEKLY | gone), "customs")) == [(0, 0, 1.0)]


def test_a_disrupted_leg_is_a_place_though_it_has_no_tracks(tmp_path):
    slow = {"disruptions": "{snow: {leg: alpha-beta, from: '2020-01-02', to: '2020-01-03', pace: 50 %}}"}
    scenario = small(tmp_path, slow)
    rows = in_hours(windows.leg_rows(scenario, "alpha-beta", 5))
    assert rows == [(0, 5, 1.0), (16, 5, 0.5), (64, 5, 1.0)]


def test_what_is_said_of_fewer_days_goes_first_whatever_the_order(tmp_path):
    weeks = [
        "{daily: ['08:00-22:00'], mon-fri: ['08:00-20:00'], sun: closed}",
        "{sun: closed, mon-fri: ['08:00-20:00'], daily: ['08:00-22:00']}",
    ]
    first, second = (windows.place_rows(small(tmp_path, {"calendars.office.hours": week}), "customs") for week in weeks)
    assert first == second
    sunday = 4 * 24 + 2
    assert (sunday * HOUR, 2, 1.0) not in first


def test_changes_that_begin_together_do_not_hang_on_their_order(tmp_path):
    both = ["{a: {from: 2020-01-03, capacity: 3 tracks}, b: {from: 2020-01-03, to: 2020-01-04, capacity: 5 tracks}}"]
    both.append(
        "{b: {from: 2020-01-03, to: 2020-01-04, capacity: 5 tracks}, a: {from: 2020-01-03, capacity: 3 tracks}}"
    )
    first, second = (windows.place_rows(small(tmp_path, {"places.hall.changes": each}), "hall") for each in both)
    assert first == second
    assert [capacity for _, capacity, _ in first] == [1, 5, 3]


def test_a_moment_with_a_zone_of_its_own_keeps_it(tmp_path):
    when = ["'2020-01-02T00:00Z'", "'2020-01-02T06:00+06:00'", "'2020-01-02T06:00'"]
    rows = [
        windows.place_rows(
            small(tmp_path, {"disruptions": f"{{x: {{place: hall, from: {at}, to: 2020-01-04, capacity: 0 tracks}}}}"}),
            "hall",
        )
        for at in when
    ]
    assert rows[0] == rows[1] == rows[2]
    assert rows[0][1] == (24 * HOUR, 0, 1.0)
