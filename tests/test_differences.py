"""What differs between scenarios, path by path."""

from __future__ import annotations

from sim import scenario
from sim.scenario.differences import content, differing
from tests.small_scenarios import small, write


def test_only_paths_that_differ_are_told_with_what_each_says(tmp_path):
    first = content(small(tmp_path))
    second = content(small(tmp_path, {"places.hall.capacity": "2 tracks", "flows.parcels": "null", "title": "Other"}))
    parcels = differing([first, second])[0]
    assert differing([first, second])[1:] == [("places.hall.capacity", ("1 track", "2 tracks"))]
    assert parcels[0] == "flows.parcels"
    assert parcels[1][0].startswith('{"arrivals": "regular", "batch": {"fixed": "2.25 TEU"}, "by": ["truck"]')
    assert parcels[1][1] == ""
    assert differing([first, first, first]) == []


def test_a_note_and_how_often_are_no_difference_of_what_happens(tmp_path):
    first = small(tmp_path)
    noted = {"places.hall.capacity": "{value: 1 track, note: seen}", "replications": "9", "seed": "5"}
    assert differing([content(first), content(small(tmp_path, noted))]) == [
        ("places.hall.capacity", ("1 track", '{"note": "seen", "value": "1 track"}'))
    ]


def test_a_resolved_file_says_what_the_scenario_says(tmp_path):
    file = tmp_path / "scenario.resolved.yaml"
    path = write(tmp_path)
    file.write_text(scenario.resolved(path), encoding="utf-8")
    assert content(file) == content(scenario.load(path))
