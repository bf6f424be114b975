"""The third stage: what a model refuses is said in plain words at the key or value that it is about."""

from __future__ import annotations

import datetime as dt
from enum import Enum
from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, model_validator

from sim.errors import ScenarioError
from sim.scenario.reader import read


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def hours(written: object) -> str:
    if isinstance(written, dict):
        message = "a number is text or {fact: id}"
        raise ValueError(message)  # noqa: TRY004 - pydantic listens to ValueError alone
    if not isinstance(written, str) or not written.endswith(" h"):
        message = f"{written} lacks a unit, e.g. '36 h'"
        raise ValueError(message)
    return written


Hours = Annotated[str, BeforeValidator(hours)]


class Rail(Part):
    kind: Literal["rail"]
    length: str
    gauge: Literal[1435, 1520] = 1520


class Road(Part):
    kind: Literal["road"]
    length: str
    rail: dict[str, str] = {}


class Sea(Part):
    length: str
    draught: float


class Fact(Part):
    fact: str


class Lognormal(Part):
    median: Hours
    p90: Hours | None = None


class Spread(Part):
    lognormal: Lognormal | None = None
    fixed: Hours | None = None

    @model_validator(mode="after")
    def one_family(self) -> Spread:
        if (self.lognormal is None) == (self.fixed is None):
            message = "exactly one of 'lognormal' and 'fixed' is due"
            raise ValueError(message)
        return self


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


def sort_of(leg: object) -> str:
    return "wet" if isinstance(leg, dict) and "draught" in leg else "dry"


class Corridor(Part):
    legs: dict[Annotated[str, Field(pattern="^[a-z]+$")], Annotated[Rail | Road, Field(discriminator="kind")]] = {}
    water: Annotated[Annotated[Sea, Tag("wet")] | Annotated[Fact, Tag("dry")], Discriminator(sort_of)] | None = None
    dwell: Hours | Spread | Fact | None = None
    days: Literal["daily"] | list[str] | None = None
    opened: dt.date | None = None
    origin: Annotated[str, Field(alias="from")] = ""
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0
    share: Annotated[float, Field(gt=0)] = 1.0
    via: Annotated[tuple[tuple[float, float], ...], Field(max_length=2)] = ()
    code: Annotated[str, Field(min_length=2, max_length=5)] = "ab"
    colour: Colour = Colour.RED
    on: bool = True
    next: Corridor | None = None


def refused(tmp_path: Path, text: str, model: type[BaseModel] = Corridor) -> list[str]:
    path = tmp_path / "x.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        read(path, model)
    return [str(problem).replace(f"{tmp_path}/", "") for problem in caught.value.problems]


def test_a_good_file_becomes_a_model(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text("from: a\nvia: [[1, 2.5], [3, 4]]\nopened: 2020-01-31\ncolour: blue\ndwell: 5 h\nshare: 1\n")
    corridor, located = read(path, Corridor)
    assert corridor.origin == "a"
    assert corridor.via == ((1.0, 2.5), (3.0, 4.0))
    assert corridor.opened == dt.date(2020, 1, 31)
    assert corridor.colour is Colour.BLUE
    assert located.at(("dwell",)) == "5 h"


def test_unknown_key_is_shown_at_the_key_with_what_was_meant(tmp_path):
    text = "legs:\n  l:\n    kind: rail\n    length: 5 km\n    guage: 1520\n"
    assert refused(tmp_path, text) == [
        "x.yaml:5:5: legs.l.guage: unknown key 'guage' - did you mean 'gauge'? allowed: gauge, kind, length"
    ]


def test_unknown_key_like_none_of_the_allowed(tmp_path):
    assert refused(tmp_path, "dwell: {fact: a, zzz: b}\n", Dwelling) == [
        "x.yaml:1:18: dwell.zzz: unknown key 'zzz'; allowed: fact"
    ]


class Dwelling(Part):
    dwell: Fact


def test_aliases_are_the_keys_and_extends_is_one_at_the_top(tmp_path):
    assert refused(tmp_path, "form: a\n", Dwelling)[1] == (
        "x.yaml:1:1: form: unknown key 'form'; allowed: dwell, extends"
    )
    assert "unknown key 'fron' - did you mean 'from'?" in refused(tmp_path, "fron: a\n")[0]
    assert "unknown key 'origin'; allowed: code, colour, days, dwell, from," in refused(tmp_path, "origin: a\n")[0]
    assert "unknown key 'extend' - did you mean 'extends'?" in refused(tmp_path, "extend: a\n")[0]


def test_missing_keys_are_shown_at_the_mapping(tmp_path):
    assert refused(tmp_path, "legs:\n  l:\n    kind: rail\n") == ["x.yaml:2:3: legs.l: missing key 'length'"]
    assert refused(tmp_path, "# nothing\nwater: {draught: x}\n") == [
        "x.yaml:2:8: water: missing key 'length'",
        "x.yaml:2:18: water.draught: a number is due, not 'x'",
    ]
    assert refused(tmp_path, "{}\n", Sea) == ["x.yaml:1:1: missing keys 'length', 'draught'"]


def test_a_misspelt_key_is_not_missing_as_well(tmp_path):
    assert refused(tmp_path, "legs: {l: {kind: road, lenght: 5 km}}\n") == [
        "x.yaml:1:24: legs.l.lenght: unknown key 'lenght' - did you mean 'length'? allowed: kind, length, rail"
    ]


def test_tags_of_unions_are_no_steps_of_the_path(tmp_path):
    # The tag 'rail' looks like a key of a road leg, and the key 'rail' of a road leg like a tag.
    text = "legs:\n  a: {kind: rail, length: 5}\n  b: {kind: road, length: 5 km, rail: {length: 6}}\n"
    assert refused(tmp_path, text) == [
        "x.yaml:2:27: legs.a.length: text is due, not the number 5",
        "x.yaml:3:48: legs.b.rail.length: text is due, not the number 6",
    ]


def test_a_tag_that_is_also_a_key_of_the_mapping(tmp_path):
    # pydantic's location is legs, l, rail, length for both; only the value tells the two lengths apart.
    text = "legs: {l: {kind: rail, length: 7, rail: {length: 8}}}\n"
    assert refused(tmp_path, text) == [
        "x.yaml:1:32: legs.l.length: text is due, not the number 7",
        "x.yaml:1:35: legs.l.rail: unknown key 'rail'; allowed: gauge, kind, length",
    ]


def test_unknown_tag_is_shown_at_its_value(tmp_path):
    assert refused(tmp_path, "legs: {l: {kind: raill}}\n") == [
        "x.yaml:1:18: legs.l.kind: unknown kind 'raill' - did you mean 'rail'? allowed: rail, road"
    ]
    assert refused(tmp_path, "legs:\n  l: {length: 5 km}\n") == [
        "x.yaml:2:6: legs.l: missing key 'kind'; allowed: rail, road"
    ]


def test_names_of_ids_are_shown_at_the_key(tmp_path):
    assert refused(tmp_path, "legs: {A: {kind: rail, length: 5 km}}\n") == [
        "x.yaml:1:8: legs.A: 'A' does not have the form ^[a-z]+$"
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("dwell: 5", "8: dwell: 5 lacks a unit, e.g. '36 h'"),
        ("dwell: 5 km", "8: dwell: 5 km lacks a unit, e.g. '36 h'"),
        ("dwell: {lognormal: {median: 5}}", "29: dwell.lognormal.median: 5 lacks a unit, e.g. '36 h'"),
        ("dwell: {lognormal: {median: 5 h, p91: 6 h}}",
         "34: dwell.lognormal.p91: unknown key 'p91' - did you mean 'p90'? allowed: median, p90"),
        ("dwell: {lognormall: {median: 5 h}}",
         "9: dwell.lognormall: unknown key 'lognormall' - did you mean 'lognormal'? allowed: fact, fixed, lognormal"),
        ("dwell: {fact: 5}", "15: dwell.fact: text is due, not the number 5"),
        ("dwell: {fixed: 5 h, lognormal: {median: 5 h}}", "8: dwell: exactly one of 'lognormal' and 'fixed' is due"),
        ("days: dayly", "7: days: 'dayly' is not allowed here - did you mean 'daily'? allowed: daily or a list"),
        ("days: {a: b}", "7: days: a mapping is not allowed here; allowed: daily or a list"),
        ("days: [mon, 5]", "13: days.1: text is due, not the number 5"),
        ("via: [[1, 2, 3]]", "7: via.0: at most 2 entries allowed, not 3"),
        ("via: [[1, a]]", "11: via.0.1: a number is due, not 'a'"),
        ("via: 5", "6: via: a list is due, not the number 5"),
        ("legs: [a]", "7: legs: a mapping is due, not a list"),
        ("opened: 2020-13-01", "9: opened: '2020-13-01' is not a date (2020-01-31)"),
        ("opened: 5", "9: opened: a date (2020-01-31) is due, not the number 5"),
        ("seed: -1", "7: seed: the number -1 is not allowed: it must be at least 0"),
        ("seed: 4294967296", "7: seed: the number 4294967296 is not allowed: it must be below 4294967296"),
        ("seed: 1.5", "7: seed: a whole number is due, not the number 1.5"),
        ("seed: 1_000", "7: seed: a whole number is due, not '1_000'"),
        ("share: 0", "8: share: the number 0 is not allowed: it must be above 0"),
        ("code: a", "7: code: 'a' is shorter than 2 characters"),
        ("code: abcdef", "7: code: 'abcdef' is longer than 5 characters"),
        ("colour: redd", "9: colour: 'redd' is not allowed here - did you mean 'red'? allowed: red, blue"),
        ("on: NO", "5: on: true or false is due, not 'NO'"),
        ("from: NO\non: no", None),
        ("legs: {l: {kind: rail, length: 1 km, gauge: 1521}}",
         "45: legs.l.gauge: the number 1521 is not allowed here - did you mean '1520'? allowed: 1435, 1520"),
        ("next: {next: {seed: x}}", "21: next.next.seed: a whole number is due, not 'x'"),
        ("next: {next: {sead: 1}}", "15: next.next.sead: unknown key 'sead' - did you mean 'seed'?"),
    ],
)  # fmt: skip
def test_one_problem_for_each_wrong_value(tmp_path, text: str, problem: str | None):
    found = refused(tmp_path, text + "\n")
    assert len(found) == 1
    assert found[0].startswith(f"x.yaml:1:{problem}" if problem else "x.yaml:2:5: on: true or false is due, not 'no'")


def test_without_any_member_of_the_right_sort_all_sorts_are_named(tmp_path):
    class Many(Part):
        x: str | Fact | list[int]

    assert refused(tmp_path, "x: 5\n", Many) == ["x.yaml:1:4: x: text or a mapping or a list is due, not the number 5"]


def test_a_member_that_takes_any_key_is_heard_before_one_that_does_not_know_it(tmp_path):
    class Either(Part):
        x: dict[str, int] | Fact

    assert refused(tmp_path, "x: {a: b}\n", Either) == ["x.yaml:1:8: x.a: a whole number is due, not 'b'"]


def test_allowed_keys_are_those_of_the_member_that_was_meant(tmp_path):
    class One(Part):
        inner: Fact

    class Other(Part):
        inner: Sea
        more: str

    class Either(Part):
        x: One | Other

    assert refused(tmp_path, "x: {inner: {fac: a}}\n", Either) == [
        "x.yaml:1:13: x.inner.fac: unknown key 'fac' - did you mean 'fact'? allowed: fact"
    ]


def test_a_union_within_a_union(tmp_path):
    class Deep(Part):
        x: str | dict[str, int | Fact]

    assert refused(tmp_path, "x: {a: {fct: b}}\n", Deep) == [
        "x.yaml:1:9: x.a.fct: unknown key 'fct' - did you mean 'fact'? allowed: fact"
    ]


def test_problems_of_all_files_come_at_once(tmp_path):
    (tmp_path / "base.yaml").write_text("seed: x\nwater: {length: 5 m}\n")
    (tmp_path / "bad.yaml").write_text("a: 1\na: 2\n")
    text = "extends: [base.yaml, bad.yaml]\nshare: 0\nfrm: a\nlegs: {l: {}}\n"
    found = refused(tmp_path, text)
    assert [each.split(" - ")[0] for each in found] == [
        "bad.yaml:2:1: a: duplicate key 'a' (first at line 1)",
        "base.yaml:1:7: seed: a whole number is due, not 'x'",
        "base.yaml:2:9: water.length: unknown key 'length'; allowed: fact",
        "x.yaml:2:8: share: the number 0 is not allowed: it must be above 0",
        "x.yaml:3:1: frm: unknown key 'frm'",
    ]


def test_what_is_missing_is_no_news_where_a_file_could_not_be_read(tmp_path):
    assert refused(tmp_path, "extends: nothing.yaml\n", Sea) == ["x.yaml:1:10: extends: no file 'nothing.yaml'"]


def test_what_a_mapping_lacks_as_a_whole_is_no_news_either(tmp_path):
    (tmp_path / "bad.yaml").write_text("fixed: !t 5 h\n")
    assert len(refused(tmp_path, "{}\n", Spread)) == 1
    assert refused(tmp_path, "extends: bad.yaml\n", Spread) == [
        "bad.yaml:1:8: fixed: tags are not read, here '!t'; quote what is text, and leave the rest as it is"
    ]


def test_a_null_in_vain_is_one_problem(tmp_path):
    assert refused(tmp_path, "seed:\n") == [
        "x.yaml:1:6: seed: null deletes a key of a file that this one extends, and there is nothing to delete"
    ]


def test_a_missing_key_of_a_merged_mapping_is_shown_in_the_last_file(tmp_path):
    (tmp_path / "base.yaml").write_text("legs:\n  l:\n    kind: rail\n    length: 5 km\n")
    assert refused(tmp_path, "extends: base.yaml\nlegs:\n  l:\n    length: null\n") == [
        "x.yaml:3:3: legs.l: missing key 'length'"
    ]
