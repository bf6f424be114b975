"""Windows of one plan up to a time and of another from then on."""

from __future__ import annotations

import pytest

from sim.plan.branches import branched, rows_of
from sim.plan.tables import Plan
from tests.small_plans import SmallPlan, occupy

Row = tuple[int, int, float]
BEFORE: list[Row] = [(0, 4, 1.0), (100, 0, 1.0), (200, 4, 0.5)]


def with_windows(rows: list[Row]) -> Plan:
    small = SmallPlan()
    small.place("quay", 1)
    small.place("gate", *rows)
    small.place("yard", 2, (7, 3))
    small.route("truck", occupy("gate", 1))
    return small.plan


def rows_at_the_gate(other: list[Row], time: int) -> list[Row]:
    past = with_windows(BEFORE)
    plan = branched((past.places.first_window, past.windows), with_windows(other), time)
    assert [len(rows_of(plan.places.first_window, plan.windows, place)[0]) for place in (0, 2)] == [1, 2]
    return list(zip(*(column.tolist() for column in rows_of(plan.places.first_window, plan.windows, 1)), strict=True))


@pytest.mark.parametrize("time", [1, 50, 100, 101, 200, 900])
def test_the_same_windows_stay_as_they_are(time: int):
    assert rows_at_the_gate(BEFORE, time) == BEFORE


def test_a_window_that_is_in_force_takes_effect_at_the_time():
    assert rows_at_the_gate([(0, 9, 1.0)], 50) == [(0, 4, 1.0), (50, 9, 1.0)]


def test_windows_of_the_past_count_before_the_time_only():
    assert rows_at_the_gate([(0, 4, 1.0), (100, 7, 1.0)], 100) == [(0, 4, 1.0), (100, 7, 1.0)]
    assert rows_at_the_gate([(0, 4, 1.0), (100, 7, 1.0)], 101) == [(0, 4, 1.0), (100, 0, 1.0), (101, 7, 1.0)]


def test_windows_of_the_future_count_from_the_time_on():
    other: list[Row] = [(0, 1, 1.0), (60, 4, 1.0), (120, 2, 1.0)]
    assert rows_at_the_gate(other, 70) == [(0, 4, 1.0), (120, 2, 1.0)]
    assert rows_at_the_gate(other, 120) == [(0, 4, 1.0), (100, 0, 1.0), (120, 2, 1.0)]


def test_another_pace_is_another_window():
    assert rows_at_the_gate([(0, 4, 0.5)], 60) == [(0, 4, 1.0), (60, 4, 0.5)]


def test_a_plan_without_places_stays_as_it_is():
    small = SmallPlan()
    small.route("truck", occupy(None, 1))
    plan = small.plan
    assert branched((plan.places.first_window, plan.windows), plan, 50) is plan
