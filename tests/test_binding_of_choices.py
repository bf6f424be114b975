"""Choices within choices bind, as in test_binding."""

from __future__ import annotations

import pytest

from tests.valid_scenarios import simulated, transit_hours


def test_a_way_may_hold_a_choice_of_its_own():
    # The dry ones go to the shorter of two queues, as in choice-by-queue; the refrigerated one has a post of its own.
    assert transit_hours("choice-within-a-choice") == [10.75, 10.75, 11.5, 13.25]
    assert transit_hours("choice-within-a-choice", flow="refrigerated") == [10.75]
    to_all = {"choices.inspection.ways.cold": "{by: [check-cold]}", "choices.inspection.ways.dry.only": "[express]"}
    assert transit_hours("choice-within-a-choice", to_all, flow="refrigerated") == [14.25]
    one_post = {"choices.either.ways.south.by": "[check-north]"}
    assert transit_hours("choice-within-a-choice", one_post) == [10.75, 12.5, 14.25, 16]


QUICK_OR_SLOW = {
    "operations.look": "{node: middle, time: 2 h}",
    "operations.search": "{node: middle, time: 6 h}",
    "operations.sure": "{node: middle, time: 3 h}",
    "choices.inspection": "{rule: least-time, ways: {one: {by: [sure]}, two: {by: [how]}}}",
}


@pytest.mark.parametrize(
    ("how", "hours"),
    [
        # Four hours in the mean, against three.
        ("{rule: shares, ways: {a: {by: [look], share: 50 %}, b: {by: [search], share: 50 %}}}", 11),
        ("{rule: shares, ways: {a: {by: [look], share: 100 %}, b: {by: [search], share: 0 %}}}", 10),
        ("{rule: least-time, ways: {a: {by: [look]}, b: {by: [search]}}}", 10),
        ("{rule: least-time, ways: {a: {by: [look, look]}, b: {by: [search]}}}", 11),
        # The ordinary ones search.
        ("{rule: by-class, ways: {a: {by: [look], only: [express]}, b: {by: [search]}}}", 11),
    ],
)
def test_what_a_way_takes_goes_by_the_choice_within_it(how, hours):
    assert transit_hours("choice-by-queue", {**QUICK_OR_SLOW, "choices.how": how}) == [hours] * 4


def test_a_choice_of_rides_may_stand_in_a_way():
    ways = "{rule: shares, ways: {rail: {by: [train], share: 0 %}, road: {by: [truck], share: 100 %}}}"
    overrides = {"choices.inner": ways, "choices.mode.ways.rail.by": "[inner]", "flows.trains.to_date": "2020-01-07"}
    assert set(transit_hours("choice-by-shares", overrides)) == {12.0}


def test_units_are_kept_until_after_a_choice_from_within_another():
    until = {"operations.check-north.until": "east", "operations.check-south.until": "east"}
    kept = transit_hours("choice-within-a-choice", until)
    assert kept == transit_hours("choice-by-queue", until) == [10.75, 10.75, 15.5, 15.5]


def test_a_load_is_offered_to_all_ways_within_a_way():
    told = simulated("choice-within-a-choice", {"operations.check-south.time": "300 days"}).legend.origin["warnings"]
    assert [each.split(" in ")[0] for each in told if "offered" in each] == ["offered load 60.00 at south"]
