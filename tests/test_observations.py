"""The published observations that come with the program, and that their bands stay as they were set."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim import scenario
from sim.experiments.validate import shipped

SCENARIOS = Path(__file__).parents[1] / "scenarios"
STATED = {file.stem: scenario.load(file).observations for file in shipped(SCENARIOS)}


def test_every_case_states_what_it_is_judged_by():
    assert [file for file, observations in STATED.items() if not observations] == []


@pytest.mark.parametrize(
    ("key", "band"),
    [
        ("v01-2018", ("5.5 days", "6 days")),
        ("v01-2024", ("6.5 days", "8 days")),
        ("v02-2017", ("11 days", "12.5 days")),
        ("v02-2018", ("14 days", "16.5 days")),
        ("v02-2018-standing", ("4 days", None)),
        ("v04-september", ("40 trains", "60 trains")),
        ("v04-october", ("130 trains", "170 trains")),
        ("v04-no-gate", ("600 trains", None)),
        ("v06-ordinary", ("5 days", "8 days")),
        ("moscow-mean", ("13 days", "15 days")),
        ("v11-queue", ("1300 trucks", "1700 trucks")),
        ("v11-drain", ("15 days", "25 days")),
        ("v13-goods-time", ("11 days", "13 days")),
        ("v13-goods-speed", ("19 km/h", "22 km/h")),
        ("v13-goods-moving", ("30 %", "40 %")),
        ("v14-time", ("30 h", "32 h")),
        ("v19-wagons", ("10 trains/day", "12 trains/day")),
        ("v19-cranes", ("24 trains/day", "26 trains/day")),
        ("locks-2011-wait", ("20.5 h", "24.6 h")),
        ("locks-2013-wait", ("29.5 h", "33.5 h")),
        ("repair-2013-delay", ("7 days", "10 days")),
        ("yangtze-lockages", ("29.3 lockages/day", "31.1 lockages/day")),
        ("altynkol-alat-2024", ("8 days", "10 days")),
        ("altynkol-poti-2024", ("11 days", "13 days")),
        ("altynkol-constanta-2024", ("20 days", "22 days")),
        ("kuryk-winter-queue", ("700 trucks", "1300 trucks")),
        ("nsr-felixstowe", ("18 days", "21 days")),
        ("nsr-gdansk", ("25 days", "27 days")),
        ("nsr-petersburg", ("24 days", "26 days")),
        ("v29-teu-per-train-2021", ("95 TEU", "98 TEU")),
        ("v29-teu-per-train-2024", ("105 TEU", "110 TEU")),
    ],
)
def test_bands_are_those_that_were_set_before(key, band):
    (found,) = {file: own[key].band for file, own in STATED.items() if key in own}.values()
    assert tuple(end.text if end else None for end in (found.low, found.high)) == band
