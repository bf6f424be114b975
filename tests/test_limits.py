"""What a scenario may not ask of a run is refused at its line, before anything is simulated."""

from __future__ import annotations

import shutil

import pytest

from sim.cli import main
from sim.experiments.loads import check
from tests.small_scenarios import TEXT, write
from tests.valid_scenarios import VALID


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            TEXT.replace("365 trips/year", "365000000 trips/year"),
            "demand: about 28,000,000 of them would move in one replication: 5,000,000 are the most",
        ),
        (
            TEXT + "breakdowns:\n  storm: {places: [hall], time_between: 30 s, time_to_repair: 0 h, pace: 50 %}\n",
            "storm.time_between: about 80,640 spells would come in one replication: 20,000 are the most",
        ),
    ],
)
def test_crowds_and_storms_have_limits(changed, said, tmp_path, capsys):
    assert main(["run", str(write(tmp_path, changed))]) == 2
    assert said in capsys.readouterr().err


def extending(name, changed, folder):
    """A file that extends one of scenarios/valid."""
    for each in (name, "line"):
        shutil.copy(VALID / f"{each}.yaml", folder)
    return write(folder, f"extends: {name}.yaml\n{changed}")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            "places:\n  yard: {capacity: 1 TEU}\n",
            "3:20: places.yard.capacity: store (route trains) asks for 2 units of yard, which never has more than 1",
        ),
        (
            "flows:\n  small: {batch: 9 TEU}\nplaces:\n  yard: {capacity: 5 TEU}\n",
            "5:20: places.yard.capacity: store (route small) asks for 9 units of yard, which never has more than 5",
        ),
    ],
)
def test_more_than_there_is_stands_where_it_is_said_how_much_that_is(changed, said, tmp_path):
    path = extending("overtaking", changed, tmp_path)
    assert [str(problem) for problem in check([path])] == [f"{path}:{said}"]


def test_a_fleet_that_goes_round_in_no_time_stands_at_its_service(tmp_path):
    fleet = "services:\n  shuttle: {stops: {west: {least_load: 0 TEU}}}\n"
    path = extending("circuit", "legs: {west-middle: {time: 0 h}, middle-east: {time: 0 h}}\n" + fleet, tmp_path)
    names = ["call at east", "call at west", "middle-east east to middle", "middle-east middle to east", "once more"]
    names += ["west-middle middle to west", "west-middle west to middle"]
    assert [str(problem) for problem in check([path])] == [
        f"{path}:4:12: services.shuttle: {name} (route shuttle) can be come to again and again while no time passes"
        for name in names
    ]
