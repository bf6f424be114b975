"""What no run reads: kept results hold on when it is changed, and nothing else may be."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from sim import facts
from sim.engines import reference
from sim.experiments import contents
from sim.experiments.contents import Trees
from sim.experiments.legend import Replication
from sim.experiments.observations import measured
from sim.experiments.outcomes import made_ready, outcomes
from sim.experiments.sweep import order, sweep
from sim.plan import traffic
from sim.plan.breakdowns import with_breakdowns
from sim.plan.compile import compile_plan
from sim.scenario import Loaded, open_scenario
from sim.scenario.located import Node, Plain
from sim.scenario.override import override
from sim.scenario.texts import PRINTED
from sim.scenario.unread import READ, UNREAD, unread
from tests.small_experiments import POST, written
from tests.valid_scenarios import VALID

FILES = [*sorted(VALID.glob("*.yaml")), *sorted((Path(__file__).parent.parent / "scenarios").glob("*.yaml"))]
OF_READERS = (
    *("title", "question", "note", "seed", "replications", "replications.*", "observations.*", "expect.*"),
    *("nodes.*.name", "nodes.*.name_zh", "nodes.*.name_ru", "nodes.*.unlocode", "nodes.*.on_map", "legs.*.via.*"),
    *("places.*.label", "places.*.changes.*.note", "services.*.label", "services.*.length"),
    *("flows.*.label", "flows.*.corridor", "flows.*.direction", "disruptions.*.note", "breakdowns.*.note"),
)
"""Paths that are not read, beside the notes of numbers."""


@cache
def opened(file: Path) -> Loaded:
    """A file of those above."""
    return open_scenario(file)


def digest(loaded: Loaded) -> str:
    return Trees(unread(loaded.scenario, loaded.located)).digest(loaded.located.root)


def leaves(
    node: Node, left_out: frozenset[int], path: tuple[str, ...] = (), of_readers: bool = False
) -> Iterator[tuple[str, Node, bool, bool]]:
    """Every single value with its path, whether it may be the note of a number, and whether it is left out."""
    of_readers |= id(node) in left_out
    if isinstance(node.value, Mapping | tuple):
        own = node.value.items() if isinstance(node.value, Mapping) else enumerate(node.value)
        number = isinstance(node.value, Mapping) and bool({"value", "fact"} & set(node.value))
        for key, below in own:
            if number and key == "note":
                yield ".".join((*path, "note")), below, True, of_readers or id(below) in left_out
            else:
                yield from leaves(below, left_out, (*path, str(key)), of_readers)
    else:
        yield ".".join(path), node, False, of_readers


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_counts_is_all_but_what_is_for_readers(file):
    loaded = opened(file)
    left_out = unread(loaded.scenario, loaded.located).nodes
    for path, _, note, found in leaves(loaded.located.root, left_out):
        assert found == (note or any(fnmatchcase(path, pattern) for pattern in OF_READERS)), path


def fields(part: object) -> Iterator[tuple[type[BaseModel], str]]:
    """The fields of all models that a scenario is made of, but for what it is held against."""
    if isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield type(part), name
            if name != "observations":
                yield from fields(getattr(part, name))
    elif isinstance(part, dict | list):
        for value in part.values() if isinstance(part, dict) else part:
            yield from fields(value)


def test_every_field_that_is_printed_is_said_to_be_read_or_not():
    found = {each for file in FILES for each in fields(opened(file).scenario)}
    printed = {(model, name) for model, name in found if name in PRINTED}
    said = [{(model, name) for model, names in table.items() for name in names} for table in (UNREAD, READ)]
    assert printed <= said[0] | said[1]
    assert said[0] & said[1] == set()
    assert said[0] | said[1] <= found


def reworded(loaded: Loaded) -> Loaded:
    """The scenario with other words wherever there are some."""
    left_out = unread(loaded.scenario, loaded.located).nodes
    settings: dict[str, Plain] = {
        path: f"{node.value}, said otherwise"
        for path, node, _, found in leaves(loaded.located.root, left_out)
        if found and isinstance(node.value, str) and not path.startswith(("observations", "expect", "replications"))
        if not path.endswith("unlocode")
    }
    assert len(settings) > 5
    located = override(loaded.located, {**settings, "seed": 99, "replications": 77})
    return Loaded(type(loaded.scenario).model_validate(located.plain), located)


@pytest.mark.parametrize("name", ["measures", "small", "pools", "changes-by-date", "observations"])
def test_other_words_change_no_digest_and_no_measure(name):
    """To the last bit."""
    loaded = open_scenario(VALID / f"{name}.yaml")
    other = reworded(loaded)
    assert other.scenario != loaded.scenario
    assert digest(other) == digest(loaded)
    assert values(other) == values(loaded)


def values(loaded: Loaded) -> dict[str, object]:
    """What all observations come to in one replication, and some measures of each flow."""
    stated = loaded.scenario
    compiled = compile_plan(stated)
    measures = {key: measured(stated, each.measure) for key, each in stated.observations.items()}
    for of in ("transit-time", "standing-time", "cost", "co2e", "unfinished", "speed-with-delay"):
        for flow in stated.flows:
            aim = {"names": [flow], "from_s": None, "to_s": None, "at_s": None}
            measures[f"{of} of {flow}"] = {"of": of, "statistic": "mean", "aims": [aim]}
    made = Replication(traffic.entities(stated, compiled, 1, 0), with_breakdowns(compiled.plan, 1, 0))
    done = reference.run(made.plan, made.entities, seed=1, replication=0)
    found = outcomes(made_ready(stated, compiled, measures), made, done.visits)
    return {"left": done.visits.left.tolist(), **{key: repr(each) for key, each in found.items()}}


@pytest.mark.parametrize(
    ("setting", "kept"),
    [
        ("{value: 2 lanes, note: as planned}", True),
        ("{value: 2 lanes}", True),
        ("{value: 2 lanes, low: 1 lane, high: 3 lanes}", False),
        ("3 lanes", False),
        ("2 tracks", False),
    ],
)
def test_a_number_with_a_note_is_the_number(setting, kept, tmp_path):
    written(tmp_path)
    loaded = open_scenario(tmp_path / "post.yaml")
    assert (digest(open_scenario(tmp_path / "post.yaml", {"places.post.capacity": setting})) == digest(loaded)) is kept


def test_what_stands_elsewhere_too_by_an_alias_is_read(tmp_path):
    written(tmp_path)
    text = (tmp_path / "post.yaml").read_text(encoding="utf-8")
    texts = [
        text.replace("    kind: lanes\n", f"    kind: &sort {kind}\n    label: *sort\n") for kind in ("lanes", "yard")
    ]
    files = [tmp_path / name for name in ("lanes.yaml", "yard.yaml")]
    for file, each in zip(files, texts, strict=True):
        file.write_text(each, encoding="utf-8")
    one, other = (open_scenario(file) for file in files)
    assert one.scenario.places["post"].label == "lanes"
    assert digest(one) != digest(other)


def test_kept_runs_hold_on_when_words_change_and_what_is_printed_is_new(tmp_path):
    store = tmp_path / "store.sqlite"
    notes: list[str] = []
    first = sweep(order(written(tmp_path)), store=store)
    words: dict[str, Any] = {
        "title": "Another title",
        "note": "Said since",
        "places": {"post": {**POST["places"]["post"], "label": "The post"}},
    }
    capacity = {"places": {"post": {**words["places"]["post"], "capacity": {"value": "2 lanes", "note": "counted"}}}}
    for changes in (words, {**words, **capacity}):
        again = sweep(order(written(tmp_path, post=changes)), store=store, note=notes.append)
        assert again.values.equals(first.values)
        assert (first.head["scenario_title"], again.head["scenario_title"]) == ("A line", "Another title")
    assert notes == ["18 runs there already, 0 runs to be done"] * 2
    wider = {"places": {"post": {**words["places"]["post"], "overtaking": True}}}
    sweep(order(written(tmp_path, post={**words, **wider})), store=store, note=notes.append)
    assert notes[2:] == ["left aside: 18 runs of the scenario as it was"]


@pytest.mark.parametrize(
    ("field", "text", "kept"),
    [
        ("what", "Said otherwise", True),
        ("note", "Since then", True),
        ("source", "S201", True),
        ("value", "11 km", False),
    ],
)
def test_of_a_fact_its_number_counts(field, text, kept, tmp_path, monkeypatch):
    shutil.copytree(facts.seeds_folder(), tmp_path / "seeds")
    before = contents.seeds.__wrapped__()
    file = tmp_path / "seeds" / "arctic.yaml"
    content = yaml.load(file.read_text(encoding="utf-8"), yaml.BaseLoader)
    content["nsr-length"][field] = text
    file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    monkeypatch.setattr(facts, "seeds_folder", lambda: tmp_path / "seeds")
    assert (contents.seeds.__wrapped__() == before) is kept
