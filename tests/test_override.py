"""Values set by dotted path."""

from __future__ import annotations

import pytest

from sim.errors import ScenarioError
from sim.scenario.extends import gather
from sim.scenario.located import Located, Mark, Plain
from sim.scenario.override import override, setting

TEXT = "places:\n  hall: {node: dostyk, capacity: 2 tracks}\n  yard:\n    node: khorgos\npath: [a, b]\n"


@pytest.fixture
def located(tmp_path) -> Located:
    path = tmp_path / "x.yaml"
    path.write_text(TEXT)
    return gather(path)


def complaints(located: Located, path: str, value: Plain) -> list[str]:
    changed = override(located, {path: value})
    assert changed.plain == located.plain
    return [str(problem) for problem in changed.problems]


def test_values_are_set_and_stand_in_the_override(located):
    changed = override(located, {"places.hall.capacity": "5 cranes", "path.1": "c", "places.yard.calendar": "week"})
    assert changed.problems == ()
    assert changed.plain == {
        "places": {
            "hall": {"node": "dostyk", "capacity": "5 cranes"},
            "yard": {"node": "khorgos", "calendar": "week"},
        },
        "path": ["a", "c"],
    }
    assert changed.mark(("places", "hall", "capacity")) == Mark("<override>", 1, 1)
    assert changed.mark(("places", "hall", "node")) == located.mark(("places", "hall", "node"))
    assert changed.mark(("places", "hall", "capacity"), key=True).line == 2
    assert changed.mark(("path", "1")) == Mark("<override>", 2, 1)
    assert changed.mark(("places", "yard", "calendar"), key=True) == Mark("<override>", 3, 1)
    assert located.at(("places", "hall", "capacity")) == "2 tracks"


def test_a_mapping_or_list_replaces_what_was_there(located):
    changed = override(located, {"places.hall": {"node": "x"}, "path": ["z"]})
    assert changed.at(("places", "hall")) == {"node": "x"}
    assert changed.at(("path",)) == ["z"]
    assert changed.mark(("places", "hall", "node"), key=True) == Mark("<override>", 1, 1)


def test_null_deletes(located):
    assert override(located, {"places.hall": None}).at(("places",)) == {"yard": {"node": "khorgos"}}


def test_settings_apply_one_after_the_other(located):
    changed = override(located, {"places.crane": {"node": "a"}, "places.crane.node": "b"})
    assert changed.at(("places", "crane")) == {"node": "b"}


def test_unknown_parents_are_refused_with_what_was_meant(located):
    assert complaints(located, "plases.hall.capacity", 5) == [
        "<override>:1:1: plases.hall.capacity: there is no 'plases' - did you mean 'places'? allowed: places, path"
    ]
    assert complaints(located, "places.hal.capacity", 5) == [
        "<override>:1:1: places.hal.capacity: there is no 'hal' in 'places' - did you mean 'hall'? allowed: hall, yard"
    ]
    assert complaints(located, "places.hall.node.zone", "x") == [
        "<override>:1:1: places.hall.node.zone: 'places.hall.node' is 'dostyk' and has no keys"
    ]
    assert complaints(located, "places.hal", None) == [
        "<override>:1:1: places.hal: there is no 'hal' in 'places' - did you mean 'hall'? allowed: hall, yard"
    ]


def test_items_of_lists_are_neither_added_nor_deleted(located):
    assert complaints(located, "path.2", "c") == ["<override>:1:1: path.2: there is no '2' in 'path'; allowed: 0, 1"]
    assert complaints(located, "path.0", None) == [
        "<override>:1:1: path.0: null deletes keys, not items of a list: set the whole list"
    ]


def test_the_line_is_the_number_of_the_setting(located):
    changed = override(located, {"path": [], "a.b": 1, "c": 2, "d.e": 3})
    assert [(problem.file, problem.line) for problem in changed.problems] == [("<override>", 2), ("<override>", 4)]
    assert changed.at(("c",)) == 2


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("a.b=5 cranes", "a.b", "5 cranes"),
        ("a = 5", "a", 5),
        ("a=1.5", "a", 1.5),
        ("a=NO", "a", "NO"),
        ("a=", "a", None),
        ("a=null", "a", None),
        ("a='5'", "a", "5"),
        ("a={fact: x=y}", "a", {"fact": "x=y"}),
        ("a=[1, b]", "a", [1, "b"]),
    ],
)
def test_a_setting_is_read_as_in_a_file(text: str, path: str, value: Plain):
    assert setting(text) == (path, value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a", "<override>:1:1: 'a' is no setting: write path=value"),
        ("=5", "<override>:1:1: '=5' is no setting: write path=value"),
        ("a=[1", "<override>:1:1: a: not YAML: did not find expected ',' or ']' while parsing a flow sequence that "
                 "starts at line 1"),
        ("a=!t 1", "<override>:1:1: a: tags are not read, here '!t'; quote what is text, and leave the rest as it is"),
        ("a=1\nb: 2", "<override>:1:1: a: a setting has one line"),
    ],
)  # fmt: skip
def test_what_is_no_setting_is_refused(text: str, message: str):
    with pytest.raises(ScenarioError) as refused:
        setting(text)
    assert str(refused.value) == message
