"""A tree that has most in common with a checked one comes to the model that it would come to by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import ScenarioError
from sim.scenario.complaints import check
from sim.scenario.model import Scenario
from sim.scenario.override import override
from sim.scenario.reader import gather
from sim.scenario.recheck import recheck

SMALL = Path(__file__).parent / "scenarios" / "valid" / "small.yaml"


@pytest.fixture(scope="module")
def base():
    return gather(SMALL)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"places.customs.capacity": "5 lanes"},
        {"places.customs.capacity": "5 lanes", "places.hall.capacity": "2 tracks", "horizon": "30 days"},
        {"start": "2021-01-01", "value_of_time": "10 USD/TEU-day"},
        {"places.other": {"node": "beta", "kind": "lanes", "capacity": "1 lane"}},
        {"places.trucks": None},
        {"currencies": None},
        {"operations.check.time": {"lognormal": {"median": "2 h", "p90": "3 h"}}},
    ],
)
def test_it_is_the_model_that_the_whole_tree_comes_to(settings, base):
    changed = override(base, settings)
    found, due = recheck(changed, Scenario, base, check(base, Scenario)), check(changed, Scenario)
    assert found == due
    assert found.model_dump(mode="json") == due.model_dump(mode="json")


@pytest.mark.parametrize(
    "settings",
    [
        {"places.customs.capacity": "5 hours"},
        {"places.customs.colour": "red", "horizon": "soon"},
        {"places.nowhere.capacity": "5 lanes"},
        {"horizon": None},
        {"flows": {}},
        {"colour": "red"},
        {"places": [1]},
        {"seed": "5"},
        {"replications": 2.5},
    ],
)
def test_what_is_wrong_is_told_as_of_the_whole_tree(settings, base):
    changed = override(base, settings)
    with pytest.raises(ScenarioError) as due:
        check(changed, Scenario)
    with pytest.raises(ScenarioError) as found:
        recheck(changed, Scenario, base, check(base, Scenario))
    assert found.value.problems == due.value.problems


def test_what_is_the_same_is_not_judged_again(base):
    checked = check(base, Scenario)
    found = recheck(override(base, {"places.customs.capacity": "5 lanes"}), Scenario, base, checked)
    assert found.services is checked.services
    # Written nowhere, and so the same too.
    assert found.breakdowns is checked.breakdowns
    assert found.places["hall"] is checked.places["hall"]
