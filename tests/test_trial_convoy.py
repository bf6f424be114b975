"""The trial convoy Tashkent - Kashgar (V14): nothing in it is random, so that its numbers come out to the second."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.experiments import runs

CONVOY = Path(__file__).parents[1] / "scenarios" / "validation" / "v14-trial-convoy.yaml"


def test_the_convoy_takes_its_published_time_and_speeds() -> None:
    tables = runs.run(CONVOY).tables
    assert tables["transit_times"]["hours"].tolist() == [31.0] * 9
    speeds = tables["speeds"].iloc[0]
    assert (speeds["km"], speeds["swod_kmh"]) == (pytest.approx(920), pytest.approx(57.5))
    assert speeds["swd_kmh"] == pytest.approx(920 / 31)


def test_the_borders_are_the_steps_of_the_time_distance_chart() -> None:
    profile = runs.run(CONVOY).tables["distance_profile"]
    steps = profile.assign(height=profile["hours_mean"].diff()).query("what == 'stop' and height > 0")
    assert list(zip(steps["node"], steps["height"].round(6), strict=True)) == [
        ("dustlik", 1.5),
        ("osh", 11.5),
        ("irkeshtam", 2.0),
    ]
