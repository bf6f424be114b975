"""What no traffic uses is no place of the plan and no assumption of the report."""

from __future__ import annotations

from pathlib import Path

from sim import scenario
from sim.experiments import runs
from sim.plan.compile import compile_plan
from sim.scenario.uses import uses

LINE = Path(__file__).parent / "scenarios" / "valid" / "line.yaml"
MORE = """\
extends: line.yaml
modes:
  sea: {freight: 0.1 USD/TEU-km}
places:
  post: {node: middle, kind: lanes, capacity: 1 lane}
  idle: {node: middle, kind: lanes, capacity: {value: 7 lanes, note: nobody comes}}
  barrier: {node: middle, kind: gate, capacity: 1 train,
    gate: {watches: watched, closes_at: 2 trains, opens_at: 0 trains}}
  watched: {node: middle, kind: lanes, capacity: 1 lane}
  shut: {node: middle, kind: gate, capacity: 1 train,
    gate: {watches: idle, closes_at: 2 trains, opens_at: 0 trains}}
  first: {node: middle, kind: lanes, capacity: 1 lane}
operations:
  check: {place: post, time: 3 h}
  pass: {place: barrier}
  rest: {place: idle, time: {value: 11 h, note: nobody comes}}
  begin: {place: first, time: 1 h}
choices:
  how: {rule: shares, ways: {one: {by: [pass], share: 50 %}, two: {by: [check], share: 50 %}}}
services:
  train: {path: [west, middle, how, east]}
  other: {label: Nobody's, mode: rail, gauge: 1520 mm, path: [west, rest, east], departures: {on_demand: true}}
  own: {label: By itself, mode: rail, gauge: 1520 mm, path: [middle, begin, east], capacity: 2 TEU,
    stops: {middle: {}, east: {}}, departures: {every: 1 day}}
"""


def written(tmp_path: Path) -> Path:
    (tmp_path / "line.yaml").write_text(LINE.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "more.yaml").write_text(MORE, encoding="utf-8")
    return tmp_path / "more.yaml"


def test_uses_follows_flows_choices_gates_and_services_with_departures(tmp_path):
    found = uses(scenario.load(written(tmp_path)))
    assert found.services == {"train", "own"}
    assert found.operations == {"check", "pass", "begin"}
    assert found.choices == {"how"}
    assert found.places == {"post", "barrier", "watched", "first"}


def test_what_nobody_uses_is_no_place_of_the_plan(tmp_path):
    plan = compile_plan(scenario.load(written(tmp_path))).plan
    assert plan.places.names == ("barrier", "first", "post", "watched")
    assert [plan.places.names[number] for number in (*plan.gates.place, *plan.gates.watched)] == ["barrier", "watched"]


def test_numbers_of_what_nobody_uses_are_no_assumptions(tmp_path):
    legend = runs.run(written(tmp_path), replications=1).log.legend
    paths = set(legend.numbers.path)
    assert "operations.check.time" in paths
    assert "places.post.capacity" in paths
    assert "modes.rail.freight" in paths
    assert {path for path in paths if {"idle", "rest", "shut", "other", "sea"} & {*path.split(".")}} == set()
