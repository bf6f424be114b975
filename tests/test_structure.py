"""What hangs on the structure of a scenario is the same whatever its sizes, and so may be taken from another."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim import scenario
from sim.errors import ScenarioError
from sim.experiments.baseline import Baseline
from sim.experiments.legend import table
from sim.plan import compile, traffic
from sim.plan.compile import compile_plan, resized
from sim.scenario import checks
from sim.scenario.override import override
from sim.scenario.reader import gather
from sim.scenario.structure import SIZES, same_structure
from tests.valid_scenarios import VALID

SHIPPED = Path(__file__).parents[1] / "scenarios"
SMALL = sorted(VALID.glob("*.yaml"))
FILES = [*SMALL, *(SHIPPED / f"{name}.yaml" for name in ("yuxinou", "land-sea", "middle-corridor", "kazakhstan-truck"))]


def named(file):
    return file.stem


def stripped(stated):
    """A scenario of which nobody can read a size."""
    bare = {}
    for part, sizes in SIZES.items():
        entries = {key: entry.model_copy() for key, entry in getattr(stated, part).items()}
        for entry in entries.values():
            for name in sizes:
                del entry.__dict__[name]
        bare[part] = entries
    return stated.model_copy(update=bare)


def larger(number):
    return replace(number, value=number.value + 1.0)


def of_other_sizes(stated):
    """Each size of each place and flow is another one."""
    places = {
        key: place.model_copy(
            update={
                "capacity": larger(place.capacity),
                "changes": {
                    name: change.model_copy(update={"capacity": change.capacity and larger(change.capacity)})
                    for name, change in place.changes.items()
                },
                "overtaking": not place.overtaking,
                "when_closed": "finish" if place.when_closed == "suspend" else "suspend",
            }
        )
        for key, place in stated.places.items()
    }
    flows = {
        key: flow.model_copy(
            update={
                "arrivals": "regular",
                "demand": flow.demand.model_copy(update={"share": None}),
                "season": {"jan": 2.0},
                "week": {"sun": 0.5},
            }
        )
        for key, flow in stated.flows.items()
    }
    return stated.model_copy(update={"places": places, "flows": flows})


def assert_equal(one, other, where=""):
    if is_dataclass(one):
        assert type(one) is type(other), where
        for each in fields(one):
            assert_equal(getattr(one, each.name), getattr(other, each.name), f"{where}.{each.name}")
    elif isinstance(one, np.ndarray):
        assert one.dtype == other.dtype, where
        np.testing.assert_array_equal(one, other, where)
    else:
        assert one == other, where


@pytest.mark.parametrize("file", FILES, ids=named)
def test_checks_of_structure_look_at_no_size(file):
    stated = scenario.load(file)
    bare = stripped(stated)
    for check in (*checks.REFERENCES, *checks.CONSISTENCY):
        if check not in checks.OF_SIZES:
            assert list(check(bare)) == []


@pytest.mark.parametrize("file", FILES, ids=named)
def test_steps_hang_on_no_size(file):
    stated = scenario.load(file)
    assert compile._routes(stripped(stated)) == compile._routes(stated)


@pytest.mark.parametrize("file", FILES, ids=named)
def test_a_plan_of_other_sizes_is_that_which_comes_of_them_alone(file):
    stated = scenario.load(file)
    other = of_other_sizes(stated)
    assert same_structure(other, stated)
    compiled, due = compile_plan(stated), compile_plan(other)
    assert_equal(resized(other, stated, compiled), due)
    assert not np.array_equal(compiled.plan.windows.capacity, due.plan.windows.capacity) or not stated.places
    one = next(iter(stated.places), None)
    if one is not None:
        single = stated.model_copy(update={"places": {**stated.places, one: other.places[one]}})
        assert_equal(resized(single, stated, compiled), compile_plan(single))


@pytest.mark.parametrize("file", FILES, ids=named)
def test_what_the_log_means_is_taken_from_the_base_where_it_is_the_same(file):
    own, stated = Baseline(gather(file)), scenario.load(file)
    for key, place in list(stated.places.items())[:3]:
        settings = {f"places.{key}.capacity": f"{place.capacity.value + 1:g} {place.capacity.counted}".strip()}
        point = own.scenario(override(own.located, settings))
        compiled = own.compiled(point)
        ready = own.ready(point, compiled, {})
        for name in ("places", "steps", "flows", "services", "nodes", "observations"):
            pd.testing.assert_frame_equal(getattr(ready.setting, name), table(point, compile_plan(point), name))


def problems(read):
    """All that is wrong, in words."""
    try:
        read()
    except ScenarioError as err:
        return [str(each) for each in err.problems]
    return []


SETTINGS = [
    {},
    {"places.customs.capacity": "5 lanes"},
    {"places.customs.capacity": "0 lanes"},
    {"places.customs.capacity": "5 cranes"},
    {"places.customs.when_closed": "suspend", "places.customs.overtaking": True},
    {"places.customs.label": "A hall"},
    {"places.customs.changes": {"later": {"from": "2020-01-05", "to": "2020-01-03", "capacity": "1 lane"}}},
    {"places.customs.changes": {"later": {"from": "2020-01-05", "capacity": "1 TEU"}}},
    {"places.customs.node": "nowhere"},
    {"flows.goods.demand": {"value": "1e6 CNY/year"}, "flows.goods.value_per_teu": "1000 USD/TEU"},
    {"operations.check.units": "9 lanes"},
    {"horizon": "1 h"},
]


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_a_point_is_what_it_is_by_itself(settings):
    """Wrong or right, it comes to the same scenario, plan and traffic as without a base."""
    file = VALID / "small.yaml"
    own, located = Baseline(gather(file)), override(gather(file), settings)
    wrong = problems(lambda: scenario.load(file, settings))
    assert problems(lambda: own.scenario(located)) == wrong
    if wrong:
        return
    due, found = scenario.load(file, settings), own.scenario(located)
    assert found == due
    compiled = own.compiled(found)
    assert_equal(compiled, compile_plan(due))
    for replication in (0, 0, 1):
        entities = own.entities(own.traffic(found, compiled), 5, replication)
        assert_equal(entities, traffic.entities(due, compile_plan(due), 5, replication))


def test_another_structure_is_noticed():
    stated = scenario.load(VALID / "small.yaml")
    for part, key, change in (
        ("places", "customs", {"longest_queue": stated.places["customs"].capacity}),
        ("places", "customs", {"label": "Another"}),
        ("flows", next(iter(stated.flows)), {"priority": "express"}),
        ("operations", next(iter(stated.operations)), {"label": "Another"}),
    ):
        entries = getattr(stated, part)
        other = stated.model_copy(update={part: {**entries, key: entries[key].model_copy(update=change)}})
        assert not same_structure(other, stated)
    fewer = {key: place for key, place in stated.places.items() if key != "customs"}
    assert not same_structure(stated.model_copy(update={"places": fewer}), stated)
