"""The files of scenarios/ fit together: each piece is used by a study, and an id is defined in one piece only."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from sim import scenario

SCENARIOS = Path(__file__).parent.parent / "scenarios"
PIECES = sorted([*(SCENARIOS / "corridors").rglob("*.yaml"), *(SCENARIOS / "shared").rglob("*.yaml")])
STUDIES = sorted({*SCENARIOS.rglob("*.yaml")} - {*PIECES})


def read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def extended(path: Path) -> Iterator[Path]:
    """All that a file extends, at any depth."""
    named = read(path).get("extends", [])
    for name in [named] if isinstance(named, str) else named:
        below = (path.parent / name).resolve()
        yield below
        yield from extended(below)


def test_every_piece_is_used_by_a_study():
    used = {below for study in STUDIES for below in extended(study)}
    assert [str(path.relative_to(SCENARIOS)) for path in PIECES if path not in used] == []


def test_a_corridor_and_a_shared_piece_have_no_dates():
    """They are not run alone: what makes a study stands in studies."""
    kept = {"extends", "nodes", "legs", "calendars", "places", "operations", "choices", "services", "breakdowns"}
    found = {str(path.relative_to(SCENARIOS)): sorted(read(path).keys() - kept) for path in PIECES}
    rates = ["currencies", "modes", "payload", "value_of_time"]
    expected = {"shared/rates.yaml": rates}
    traffic = {name: ["flows"] for name in found if name.startswith("shared/traffic/")}
    assert {name: keys for name, keys in found.items() if keys} == {**expected, **traffic}


@pytest.mark.parametrize(
    "section", ["nodes", "legs", "calendars", "places", "operations", "choices", "services", "breakdowns", "flows"]
)
def test_an_id_is_defined_in_one_piece_only(section):
    owners: dict[str, list[str]] = {}
    for path in PIECES:
        for key in read(path).get(section, {}):
            owners.setdefault(key, []).append(str(path.relative_to(SCENARIOS)))
    assert {key: files for key, files in owners.items() if len(files) > 1} == {}


ALL = """\
extends: [{corridors}]
schema: 1
title: All corridors
question: Do they go together?
start: 2024-01-01
horizon: 2 days
warm_up: 0 h
seed: 1
replications: 1
flows:
  one:
    label: One flow
    corridor: one
    from: chongqing-tuanjiecun
    to: chongqing-tuanjiecun
    scope: N
    by: [chongqing-export]
    demand: {{consists: 1 train/day}}
    batch: 2 TEU
"""


def test_all_corridors_go_together(tmp_path):
    """No gauge, calendar, place or path of one is spoilt by another."""
    shutil.copytree(SCENARIOS, tmp_path / "scenarios")
    names = ", ".join(path.relative_to(SCENARIOS).as_posix() for path in PIECES if path.parent.name == "corridors")
    study = tmp_path / "scenarios" / "all.yaml"
    study.write_text(ALL.format(corridors=names), encoding="utf-8")
    assert set(scenario.load(study).services) >= {"china-west", "truck-out", "yumane-broad-west", "train-hanoi"}
