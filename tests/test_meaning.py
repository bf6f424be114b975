"""The digest of a scenario is that of its content, however it is written."""

from __future__ import annotations

import dataclasses

import pytest

from sim import facts, scenario
from tests.small_scenarios import TEXT, write


def digest(folder, text=TEXT, overrides=None):
    return scenario.open_scenario(write(folder, text), overrides).digest


@pytest.mark.parametrize(
    ("written", "otherwise"),
    [
        ("time: 96 h", "time: 4 days"),
        ("time: 96 h", "time: 5760 min"),
        ("time: 96 h", "time: {fixed: 96 h}"),
        ("time: 96 h", "time: {value: 96 h}"),
        ("time_per_teu: 36 s", "time_per_teu: 0.01 h"),
        ("speed: 60 km/h", "speed: 1 km/min"),
        ("capacity: 3 trucks", "capacity: 3 truck"),
        ("start: 2020-01-01", "start: 2020-01-01T00:00"),
        ("arrivals: regular", "arrivals: regular\n    report: true"),
        ("seed: 7", "seed: 8"),
        ("replications: 2", "replications: 3"),
    ],
)
def test_how_it_is_written_does_not_matter(tmp_path, written, otherwise):
    assert written in TEXT
    assert digest(tmp_path, TEXT.replace(written, otherwise)) == digest(tmp_path)


@pytest.mark.parametrize(
    ("written", "otherwise"),
    [
        ("time: 96 h", "time: 97 h"),
        ("time: 96 h", "time: {exponential: {mean: 96 h}}"),
        ("time: 96 h", "time: {value: 96 h, note: as planned}"),
        ("time: 96 h", "time: {value: 96 h, low: 90 h, high: 99 h}"),
        ("capacity: 3 trucks", "capacity: 3 vehicles"),
        ("start: 2020-01-01", "start: 2020-01-01T01:00"),
        ("name: Alpha", "name: First"),
        ("title: Two nodes and a border", "title: Three"),
        ("path: [take-truck, load-truck, alpha", "path: [load-truck, take-truck, alpha"),
    ],
)
def test_what_is_written_matters(tmp_path, written, otherwise):
    assert written in TEXT
    assert digest(tmp_path, TEXT.replace(written, otherwise)) != digest(tmp_path)


def test_a_whole_day_ends_at_the_next_midnight(tmp_path):
    of_day, of_time, of_other = (
        digest(tmp_path, overrides={"services.narrow.departures.to": text})
        for text in ("2020-01-20", "2020-01-21T00:00", "2020-01-20T00:00")
    )
    assert (of_day == of_time, of_day == of_other) == (True, False)


def test_a_fact_is_its_value_and_its_source(tmp_path, monkeypatch):
    path, given = write(tmp_path), {"legs.alpha-beta.length": "{fact: yuxinou-length}"}
    before = scenario.open_scenario(path, given)
    text = before.scenario.legs["alpha-beta"].length.text
    assert digest(tmp_path, overrides={"legs.alpha-beta.length": text}) != before.digest
    true = facts.get("yuxinou-length")
    corrected = dataclasses.replace(true, value="9999 km")
    monkeypatch.setattr(facts, "get", lambda key: corrected if key == true.id else None)
    assert scenario.open_scenario(path, given).digest != before.digest
