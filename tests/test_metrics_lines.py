"""Distance profile and strings (see small_logs and small_trains)."""

from dataclasses import replace

import pandas as pd
import pytest

from sim.metrics.distance_profile import distance_profile
from sim.metrics.strings import strings
from tests.small_logs import HOUR, corridors
from tests.small_trains import trains


def test_profile_of_rail_expands_the_ride():
    table = distance_profile(corridors())
    rail = table[(table["replication"] == 0) & (table["flow"] == "rail")]
    # Departures 5 and 4 h after release, so on; 50 USD for leg ab, 20 for the posts, 100 for leg bc.
    assert rail[["point", "node", "km", "what", "hours_mean", "usd_teu"]].to_numpy().tolist() == [
        [0, "a", 0.0, "stop", 0.0, 0.0],
        [1, "a", 0.0, "stop", 4.5, 0.0],
        [2, "b", 100.0, "move", 8.5, 50.0],
        [3, "b", 100.0, "stop", 15.5, 70.0],
        [4, "c", 300.0, "move", 21.5, 170.0],
        [5, "c", 300.0, "stop", 23.0, 170.0],
    ]
    assert rail["hours_p05"].tolist() == pytest.approx([0, 4.05, 8.05, 15.05, 21.05, 22.1])
    assert rail["hours_p95"].tolist() == pytest.approx([0, 4.95, 8.95, 15.95, 21.95, 23.9])


def test_profile_of_journeys_beyond_32_bits():
    log, longer = corridors(), 2**16
    entities, times = log.legend.entities, log.visits[["requested", "entered", "left"]]
    legend = replace(log.legend, entities=entities.assign(release_s=entities["release_s"] * longer))
    slow, usual = replace(log, legend=legend, visits=log.visits.assign(**times * longer)), distance_profile(log)
    hours = usual[["hours_mean", "hours_p05", "hours_p95"]]
    pd.testing.assert_frame_equal(distance_profile(slow), usual.assign(**hours * longer))


def test_profile_of_an_own_vehicle():
    table = distance_profile(corridors())
    road = table[(table["replication"] == 1) & (table["flow"] == "road")]
    assert road[["node", "km", "what", "hours_mean", "usd_teu"]].to_numpy().tolist() == [
        ["a", 0.0, "stop", 0.0, 0.0],
        ["a", 0.0, "stop", 0.0, 0.0],
        ["d", 200.0, "move", 4.0, 200.0],
        ["d", 200.0, "stop", 14.0, 250.0],
        ["e", 350.0, "move", 17.0, 400.0],
        ["e", 350.0, "stop", 17.0, 400.0],
    ]


def test_profile_of_a_ride_from_the_middle_of_a_trains_way():
    table = distance_profile(trains())
    second = table[table["flow"] == "second"]
    assert second[["node", "km", "hours_mean", "usd_teu"]].to_numpy().tolist() == [
        ["m", 0.0, 0.0, 0.0],
        ["m", 0.0, 6.0, 0.0],
        ["b", 70.0, 9.0, 70.0],
        ["b", 70.0, 11.0, 76.0],
    ]
    assert "thru" not in set(table["flow"])


def test_strings_of_trains_and_own_vehicles():
    table = strings(corridors())
    north = table[table["corridor"] == "north"]
    assert north[["replication", "entity", "group", "km", "node"]].to_numpy().tolist() == [
        [0, 3, "west", 0.0, "a"],
        [0, 3, "west", 100.0, "b"],
        [0, 3, "west", 100.0, "b"],
        [0, 3, "west", 300.0, "c"],
    ]
    assert (north["time_s"] / HOUR).tolist() == [5, 9, 16, 22]
    south = table[table["corridor"] == "south"]
    assert south["entity"].tolist() == [5] * 4 + [6] * 4
    assert (south["time_s"] / HOUR).tolist() == [0, 4, 9, 12, 18, 22, 26, 29]
    assert south["km"].tolist() == [0.0, 200.0, 200.0, 350.0] * 2


def test_who_is_under_way_has_departed_and_not_arrived():
    log = corridors()
    visits = log.visits.copy()
    visits.loc[
        (visits["replication"] == 0) & (visits["entity"] == 6) & (visits["step"] == 12), ["left", "released"]
    ] = pd.NA
    table = strings(replace(log, visits=visits))
    assert (table.loc[table["entity"] == 6, "time_s"] / HOUR).tolist() == [18, 22, 26]


def test_strings_leave_out_legs_off_the_axis():
    # The longest path that arrived is a-m-b; leg bc of the other train is not on it.
    table = strings(trains())
    assert table[["entity", "km", "node"]].to_numpy().tolist() == [
        [4, 0.0, "a"],
        [4, 50.0, "m"],
        [4, 50.0, "m"],
        [4, 120.0, "b"],
    ]


def in_pieces():
    """The road south with leg ad driven in two pieces, 50 and 150 km, and a rest between: the posts d are the second.

    Truck 5 drives 0-4, rests 4-6, waits until 7, drives 7-9 and then leg de 9-12.
    """
    log = corridors()
    steps = log.legend.steps.copy()
    drive = ["activity", "node", "to_node", "leg", "mode"]
    steps.loc[9, "km"], steps.loc[11, "km"] = 50.0, 150.0
    steps.loc[11, drive] = steps.loc[9, drive]
    steps.loc[11, ["border", "direction", "country"]] = ""
    return replace(log, legend=replace(log.legend, steps=steps))


def test_pieces_of_a_leg_stand_at_their_own_kilometres():
    table = strings(in_pieces())
    first = table[table["entity"] == 5]
    assert first["km"].tolist() == [0, 50, 50, 200, 200, 350]
    assert first["node"].tolist() == ["a", "", "", "d", "d", "e"]
    assert (first["time_s"] / HOUR).tolist() == [0, 4, 7, 9, 9, 12]


def test_a_rest_on_the_way_of_a_leg_is_a_stop_at_no_node():
    table = distance_profile(in_pieces())
    road = table[(table["replication"] == 0) & (table["flow"] == "road")]
    assert road["km"].tolist() == [0, 0, 50, 50, 200, 200, 350, 350]
    assert road["node"].tolist() == ["a", "a", "", "", "d", "d", "e", "e"]
