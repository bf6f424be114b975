"""One written form, one digest, and a JSON Schema for each content."""

from __future__ import annotations

from typing import Annotated, Literal

import jsonschema  # type: ignore[import-untyped]  # comes without types, and stubs for it are not worth a dependency
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field

from sim.experiments.design import points
from sim.scenario.canonical import digest, resolved, rewritten, schema
from sim.scenario.compose import compose
from sim.scenario.experiment_files import open_experiment
from sim.scenario.extends import gather
from sim.scenario.located import plain
from sim.scenario.override import override


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Rail(Part):
    kind: Literal["rail"]
    length: str
    required: str = "a key with an awkward name"


class Road(Part):
    kind: Literal["road"]
    lanes: int = 2


class Corridor(Part):
    title: str
    origin: Annotated[str, Field(alias="from")] = "khorgos"
    legs: dict[str, Annotated[Rail | Road, Field(discriminator="kind")]]
    places: dict[Annotated[str, Field(pattern="^[a-z]+$")], Road] = {}
    note: str | None = None


def written(folder, **texts: str):
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text)
    return gather(folder / f"{next(iter(texts))}.yaml")


def test_layout_of_files_order_and_style_do_not_matter_to_the_digest(tmp_path):
    one = written(tmp_path, a="title: x  # a comment\nlegs:\n  l: {kind: road, lanes: 5}\n")
    two = written(
        tmp_path,
        b="extends: c.yaml\nlegs: {m: null, l: {lanes: 5.0}}\n",
        c='"legs":\n  m: {kind: road}\n  l:\n    lanes: 9\n    kind: \'road\'\ntitle: "x"\n',
    )
    assert digest(one) == digest(two) == digest({"legs": {"l": {"lanes": 5, "kind": "road"}}, "title": "x"})
    assert digest(one) == "2d6dd90b002e"


@pytest.mark.parametrize("other", ["title: y", "title: 'x '", "title: x\nnote: z", "title: [x]", "titel: x"])
def test_content_matters_to_the_digest(tmp_path, other: str):
    assert digest(written(tmp_path, a="title: x\n")) != digest(written(tmp_path, b=other))


def test_a_number_and_its_text_have_different_digests():
    assert digest({"a": 5}) != digest({"a": "5"})
    assert digest({"a": True}) != digest({"a": 1})
    assert digest({"a": [1, 2]}) != digest({"a": [2, 1]})


def test_a_setting_changes_the_digest_as_an_edit_would(tmp_path):
    one = written(tmp_path, a="title: x\n")
    two = written(tmp_path, b="title: y\n")
    assert digest(override(one, {"title": "y"})) == digest(two)


def test_a_resolved_model_has_everything_filled_in_and_sorted():
    model = Corridor.model_validate(
        {"title": "NO", "legs": {"b": {"kind": "road"}, "a": {"kind": "rail", "length": "5"}}}
    )
    assert resolved(model) == (
        "from: khorgos\n"
        "legs:\n"
        "  a:\n"
        "    kind: rail\n"
        "    length: '5'\n"
        "    required: a key with an awkward name\n"
        "  b:\n"
        "    kind: road\n"
        "    lanes: 2\n"
        "places: {}\n"
        "title: 'NO'\n"
    )


def test_a_resolved_tree_is_as_it_was_written(tmp_path):
    located = written(tmp_path, a="b: [1, 2.5, yes]\na: &x {n: 海关}\nc: *x\n")
    assert resolved(located) == "a:\n  n: 海关\nb:\n- 1\n- 2.5\n- 'yes'\nc:\n  n: 海关\n"


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(
        st.characters(
            codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\u2028\u2029\ufeff\ufffe\uffff"
        )
    )
    | st.sampled_from(
        ["NO", "12:30", "010", "1_000", "1e3", "0o17", "0x1F", "2026-11-21", "~", "<<", "=", "1e", ".5", ".inf"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abn0~5:", min_size=1), inner, max_size=3),
    max_leaves=10,
)


class Loose(BaseModel):
    model_config = ConfigDict(extra="allow")


@given(PLAIN)
def test_what_is_resolved_reads_as_what_it_was(content):
    text = resolved(Loose.model_validate({"content": content}))
    root, problems = compose(text.encode(), "x.yaml")
    assert problems == ()
    assert root is not None
    expected = {} if content is None else {"content": content}
    assert plain(root) == expected
    assert digest(plain(root)) == digest(expected)
    assert yaml.safe_load(text) == expected


def test_the_schema_is_of_what_a_file_may_hold():
    found = schema(Corridor)
    jsonschema.Draft202012Validator.check_schema(found)
    check = jsonschema.Draft202012Validator(found)
    assert check.is_valid({"title": "x", "legs": {"l": {"kind": "road"}}})
    assert not check.is_valid({"legs": {}})
    assert not check.is_valid({"title": "x", "legs": {}, "origin": "y"})
    assert not check.is_valid({"title": None, "legs": {}})
    assert not check.is_valid({"extends": "base.yaml", "title": "x", "legs": {}})


@pytest.mark.parametrize(
    "content",
    [
        {"extends": "base.yaml"},
        {"extends": ["a.yaml", "b.yaml"], "title": None},
        {"extends": "base.yaml", "legs": {"l": None, "m": {"length": "5 km"}, "n": {"required": "x"}}},
        {"extends": "base.yaml", "places": {"hall": None, "yard": {"lanes": None}}},
        {"extends": "base.yaml", "legs": {"l": {"kind": "rail", "length": None}}},
    ],
)
def test_the_overlay_schema_requires_nothing_and_lets_null_delete(content):
    found = schema(Corridor, overlay=True)
    jsonschema.Draft202012Validator.check_schema(found)
    jsonschema.Draft202012Validator(found).validate(content)


@pytest.mark.parametrize(
    "content",
    [
        {"extends": []},
        {"extends": 5},
        {"extends": "base.yaml", "titel": "x"},
        {"extends": "base.yaml", "legs": {"l": {"lenght": "5 km"}}},
        {"extends": "base.yaml", "legs": {"l": {"lanes": "x"}}},
    ],
)
def test_the_overlay_schema_still_refuses_what_no_file_may_hold(content):
    assert not jsonschema.Draft202012Validator(schema(Corridor, overlay=True)).is_valid(content)


def test_a_merged_tree_counts_its_values(tmp_path):
    assert written(tmp_path, a="extends: b.yaml\nx: 1\n", b="x: 2\ny: [1, 2]\n").root.size == 5


def test_an_experiment_is_rewritten_with_its_factors_in_their_order(tmp_path):
    text = (
        "schema: 1\ntitle: T\nscenario: shipped:example.yaml\n"
        "factors:\n  b: {levels: {y: {warm_up: 5 days}, x: {places.customs.calendar: null}}}\n  a: {levels: {z: {}}}\n"
        "design: {kind: grid}\n"
    )
    (tmp_path / "x.yaml").write_text(text, encoding="utf-8")
    first = open_experiment(tmp_path / "x.yaml")
    for written in (rewritten(first.experiment), rewritten(first.located)):
        (tmp_path / "x.yaml").write_text(written, encoding="utf-8")
        again = open_experiment(tmp_path / "x.yaml")
        assert again.experiment == first.experiment
        assert points(again) == points(first)
