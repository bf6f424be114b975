"""The first stage: what plain words mean, where values stand, what is refused and how fast."""

from __future__ import annotations

import pytest

from sim.scenario.compose import MOST_BYTES, compose, resolve
from sim.scenario.located import Mark, Node, child, plain


def composed(text: str) -> Node:
    root, problems = compose(text.encode(), "x.yaml")
    assert problems == ()
    assert root is not None
    return root


def complaints(content: str | bytes) -> list[str]:
    root, problems = compose(content if isinstance(content, bytes) else content.encode(), "x.yaml")
    assert root is None
    return [str(problem) for problem in problems]


@pytest.mark.parametrize(
    "word",
    ["NO", "yes", "on", "12:30", "12:30:45", "010", "-010", "1_000", "2026-11-21", "5.5 trains/day", "1e", "+", "."],
)
def test_these_plain_words_stay_text(word: str):
    assert resolve(word) == word


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("", None), ("~", None), ("null", None), ("true", True), ("False", False), ("0", 0), ("-12", -12), ("+5", 5),
        ("0x1F", 31), ("0o17", 15), ("1e3", 1000.0), ("5.50", 5.5), (".5", 0.5), ("1.", 1.0), ("-2.5E-3", -0.0025),
    ],
)  # fmt: skip
def test_these_plain_words_mean_something_else(word: str, value: object):
    assert repr(resolve(word)) == repr(value)


def test_quoted_words_stay_text():
    assert plain(composed("a: '5'\nb: \"true\"\nc: |\n  5\n")) == {"a": "5", "b": "true", "c": "5\n"}


def test_values_keys_and_collections_know_where_they_stand():
    root = composed("places:\n  hall:\n    capacity: 5 cranes\nvia: [a, {b: c}]\n海关: 口岸\n")
    assert root.mark == Mark("x.yaml", 1, 1)
    assert root.keys["via"] == Mark("x.yaml", 4, 1)
    places = child(root, "places")
    assert places is not None
    hall = child(places, "hall")
    assert hall is not None
    # A block mapping stands where its key stands, a flow one at its bracket.
    assert hall.mark == places.keys["hall"] == Mark("x.yaml", 2, 3)
    capacity, via, customs = child(hall, "capacity"), child(root, "via"), child(root, "海关")
    assert capacity is not None
    assert capacity.mark == Mark("x.yaml", 3, 15)
    assert via is not None
    assert via.mark == Mark("x.yaml", 4, 6)
    inner = child(via, 1)
    assert inner is not None
    assert inner.mark == Mark("x.yaml", 4, 10)
    assert customs is not None
    assert customs.mark == Mark("x.yaml", 5, 5)


def test_an_alias_stands_where_its_anchor_stands():
    root = composed("a: &x [1, 2]\nb: *x\n")
    assert plain(root) == {"a": [1, 2], "b": [1, 2]}
    assert child(root, "b") is child(root, "a")
    assert root.size == 7


def test_byte_order_mark_and_windows_line_ends_are_read():
    assert plain(composed("\ufeffa: 1\r\nb: 2\r\n")) == {"a": 1, "b": 2}


def test_bytes_that_are_no_text_are_refused_where_they_stand():
    assert complaints(b"a: 1\nb: caf\xe9\n") == ["x.yaml:2:7: not UTF-8 text (byte 0xe9); save the file as UTF-8"]
    assert complaints(b"\x89PNG\r\n\x1a\n\x00") == ["x.yaml:1:1: not UTF-8 text (byte 0x89); save the file as UTF-8"]
    assert complaints("a: 1".encode("utf-16")) == ["x.yaml:1:1: not UTF-8 text (byte 0xff); save the file as UTF-8"]
    assert complaints(b"a: 1\r\nb: \x00\n") == ["x.yaml:2:4: not text: control character U+0000"]
    assert complaints("a: 1\u2028b: 2") == ["x.yaml:1:5: not text: control character U+2028"]


def test_a_file_that_is_too_large_is_refused_unread():
    assert complaints(b"\xff" * (MOST_BYTES + 1)) == ["x.yaml:1:1: the file is larger than 1024 KiB"]


@pytest.mark.timeout(20)
def test_an_alias_bomb_is_refused_at_once():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    assert complaints("\n".join(lines)) == ["x.yaml:6:15: a5.1: more than 200000 values, aliases counted at each use"]


def test_many_values_without_aliases_meet_the_same_limit():
    found = complaints("a: [" + "1," * 200_001 + "]")
    assert found == ["x.yaml:1:400003: a.199999: more than 200000 values, aliases counted at each use"]


@pytest.mark.timeout(20)
@pytest.mark.parametrize("piece", ["[", "- ", "{a: ", "? ", "&a [", "- &a\n"])
def test_deep_nesting_is_refused_quickly(piece: str):
    assert complaints("a: " + piece * 100_000 if piece[0] in "[{&" else piece * 100_000)


def test_a_key_written_thrice_refers_twice_to_the_first():
    assert complaints("a: 1\na: 2\na: 3\n") == [
        "x.yaml:2:1: a: duplicate key 'a' (first at line 1)",
        "x.yaml:3:1: a: duplicate key 'a' (first at line 1)",
    ]


def test_reading_stops_after_a_hundred_problems():
    found = complaints("\n".join(f"{n}: x" for n in range(500)))
    assert len(found) == 101
    assert found[-1] == "x.yaml:100:1: 99: too many problems; reading stops here"


def test_no_constructor_of_yaml_runs(tmp_path):
    trace = tmp_path / "trace"
    assert complaints(f"a: !!python/object/apply:pathlib.Path.touch [{trace}]")
    assert not trace.exists()
