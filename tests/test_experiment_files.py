"""Experiments read from files: what they come to, and that everything wrong is told at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import ScenarioError
from sim.scenario import checks_of_points
from sim.scenario.experiment_files import is_experiment, open_experiment

HEAD = "schema: 1\ntitle: T\nscenario: shipped:example.yaml\n"


def write(folder: Path, text: str, name: str = "x.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def problems(path: Path) -> list[str]:
    with pytest.raises(ScenarioError) as refused:
        open_experiment(path)
    return [str(each).replace(f"{path.parent}/", "") for each in refused.value.problems]


def test_an_experiment_comes_with_its_scenario_and_its_settings(tmp_path):
    text = HEAD + "settings: {horizon: 60 days, places.customs.calendar: null}\n"
    opened = open_experiment(write(tmp_path, text))
    assert opened.name == "x"
    assert opened.scenario.scenario.horizon.value == 60 * 86400
    assert opened.scenario.scenario.places["customs"].calendar is None
    assert (opened.replications, opened.seed) == (5, 1)
    assert list(opened.outcomes) == ["boxes-mean", "boxes-median", "boxes-p95", "boxes-unfinished"]
    assert [file.name for file in opened.scenario.located.files] == ["example.yaml", "x.yaml"]


def test_settings_are_refused_where_they_stand(tmp_path):
    text = HEAD + "settings:\n  horizon: 60 km\n  places.hull.capacity: 1 track\n"
    assert problems(write(tmp_path, text)) == [
        "x.yaml:5:12: horizon: '60 km' is a length, a duration is due",
        "x.yaml:6:3: places.hull.capacity: "
        "there is no 'hull' in 'places' - did you mean 'hall'? allowed: customs, hall",
    ]


def test_what_a_run_would_find_for_itself_is_given_to_all_points(tmp_path):
    found = HEAD + "settings: {warm_up: mser-5, replications: {half_width: 5 %}}\n"
    assert problems(write(tmp_path, found)) == [
        "x.yaml:1:1: the scenario says a half width, but all points need as many: say 'replications'",
        "x.yaml:1:1: the warm-up by 'mser-5' differs from point to point: give one (settings: {warm_up: 20 days})",
    ]
    given = HEAD + "replications: 4\nsettings: {replications: {half_width: 5 %}}\n"
    assert open_experiment(write(tmp_path, given)).replications == 4


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("/x.yaml", "'/x.yaml' is an absolute path; name a file relative to this one"),
        ("../x.yaml", "lies outside the folder tree"),
        ("exemple.yaml", "no file 'exemple.yaml' - did you mean 'example.yaml'?"),
        (
            "shipped:exemple.yaml",
            "nothing called 'exemple.yaml' is shipped - did you mean 'example.yaml'?; shipped are",
        ),
        ("shipped:../seeds/sources.yaml", "nothing called '../seeds/sources.yaml' is shipped"),
    ],
)
def test_a_scenario_that_may_not_be_read_is_told_where_it_is_named(tmp_path, name, words):
    write(tmp_path, "", "example.yaml")
    found = problems(write(tmp_path, f"schema: 1\ntitle: T\nscenario: {name}\n"))
    assert len(found) == 1
    assert found[0].startswith("x.yaml:3:11: scenario: ")
    assert words in found[0]


def test_problems_of_the_scenario_are_told_beside_those_of_the_experiment(tmp_path):
    write(tmp_path, "schema: 2\n", "mine.yaml")
    found = problems(write(tmp_path, "schema: 1\ntitel: T\nscenario: mine.yaml\n"))
    assert "mine.yaml:1:9: schema: the number 2 is not allowed here; allowed: 1" in found
    assert any(each.startswith("x.yaml:2:1: titel: unknown key 'titel' - did you mean 'title'?") for each in found)


def test_an_experiment_is_told_by_its_keys(tmp_path):
    assert is_experiment(write(tmp_path, HEAD))
    assert is_experiment(write(tmp_path, "factors: {}\n"))
    assert not is_experiment(write(tmp_path, "schema: 1\ntitle: T\nnodes: {}\n"))
    assert not is_experiment(write(tmp_path, "- no mapping\n"))


def test_outcomes_are_shown_in_units_that_people_read(tmp_path):
    lines = {
        "time": "{of: transit-time, flow: boxes}",
        "share": "{of: on-time-share, flow: boxes}",
        "cost": "{of: cost, flow: boxes}",
        "count": "{of: unfinished, flow: boxes}",
    }
    text = "".join(f"  {key}: {{measure: {measure}}}\n" for key, measure in lines.items())
    text += "  days: {measure: {of: transit-time, flow: boxes}, unit: days}\n"
    text += "  trains: {measure: {of: throughput, place: hall}, unit: trains/day}\n"
    found = open_experiment(write(tmp_path, f"{HEAD}outcomes:\n{text}")).outcomes
    assert {key: (outcome.shown_unit, outcome.unit_size) for key, outcome in found.items()} == {
        "time": ("h", 3600.0),
        "share": ("%", 0.01),
        "cost": ("USD/TEU", 1.0),
        "count": ("", 1.0),
        "days": ("days", 86400.0),
        "trains": ("trains/day", 1 / 86400),
    }


TIMES = """factors:
  median: {path: operations.clear-out.time.lognormal.median}
  p90: {path: operations.clear-out.time.lognormal.p90}
"""


def test_points_are_tried_as_a_whole(tmp_path):
    """A median above the scenario's own 90th percentile is right with a 90th percentile above that."""
    write(tmp_path, "median,p90\n10 h,20 h\n1 h,2 h\n", "points.csv")
    assert len(open_experiment(write(tmp_path, f"{HEAD}{TIMES}design: {{kind: csv, file: points.csv}}\n")).rows) == 2
    write(tmp_path, "median,p90\n10 h,8 h\n7 h,5 h\n", "points.csv")
    found = problems(write(tmp_path, f"{HEAD}{TIMES}design: {{kind: csv, file: points.csv}}\n"))
    assert found == [
        "points.csv:2:1: median: operations.clear-out.time.lognormal: median 10 h, p90 8 h: these must rise",
        "points.csv:3:1: taken together, operations.clear-out.time.lognormal: median 7 h, p90 5 h: these must rise",
    ]


def test_of_a_long_table_the_first_points_and_the_ends_are_tried(tmp_path, monkeypatch):
    monkeypatch.setattr(checks_of_points, "MOST_TRIED", 2)
    write(tmp_path, "p90\n6 h\n7 h\n2 h\n2.5 h\n9 h\n", "points.csv")
    found = problems(write(tmp_path, f"{HEAD}{TIMES}design: {{kind: csv, file: points.csv}}\n"))
    assert found == ["points.csv:4:1: p90: operations.clear-out.time.lognormal: median 3 h, p90 2 h: these must rise"]


def test_names_are_relative_to_the_file_that_gives_them(tmp_path):
    """An experiment may extend another one that lies elsewhere."""
    folder = tmp_path / "scenarios"
    (folder / "parts").mkdir(parents=True)
    write(folder / "parts", "p90\n9 h\n", "points.csv")
    write(folder / "parts", f"{HEAD}{TIMES}design: {{kind: csv, file: points.csv}}\n", "first.yaml")
    opened = open_experiment(write(folder, "extends: parts/first.yaml\ntitle: U\nfactors: {median: null}\n"))
    assert opened.experiment.title == "U"
    assert list(opened.experiment.factors) == ["p90"]
    assert [row.values for row in opened.rows] == [{"p90": "9 h"}]
