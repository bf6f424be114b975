"""The reader as a whole: nothing that is written in a file makes it raise anything but a ScenarioError."""

from __future__ import annotations

import string
import time
from pathlib import Path
from typing import Annotated, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field

from sim.errors import Problem, ScenarioError
from sim.scenario import reader
from sim.scenario.located import Located, Mark, Plain, quoted
from sim.scenario.suggestion import allowed_instead, did_you_mean


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Rail(Part):
    kind: Literal["rail"]
    length: str


class Road(Part):
    kind: Literal["road"]
    lanes: int | list[int] | Literal["all"]


class Corridor(Part):
    title: str
    legs: dict[str, Annotated[Rail | Road, Field(discriminator="kind")]] = {}
    via: list[tuple[float, float]] = []


def read_bytes(folder: Path, content: bytes) -> Located | ScenarioError:
    path = folder / "x.yaml"
    path.write_bytes(content)
    try:
        return reader.read(path, Corridor)[1]
    except ScenarioError as err:
        return err


def test_a_scenario_and_its_tree(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text("title: NO\nlegs:\n  l: {kind: road, lanes: 2}\nvia: [[1, 2]]\n")
    corridor, located = reader.read(path, Corridor)
    assert corridor == Corridor(title="NO", legs={"l": Road(kind="road", lanes=2)}, via=[(1.0, 2.0)])
    assert located.file == str(path)
    assert list(located.scalars()) == [
        (("legs", "l", "kind"), "road"),
        (("legs", "l", "lanes"), 2),
        (("title",), "NO"),
        (("via", "0", "0"), 1),
        (("via", "0", "1"), 2),
    ]


def test_problems_point_at_values_keys_or_the_closest_parent(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text("title: x\nlegs:\n  l:\n    kind: road\n    lanes: [1, 2]\n")
    _, located = reader.read(path, Corridor)
    name = str(path)
    assert located.problem(("legs", "l", "lanes"), "m") == Problem(name, 5, 12, "legs.l.lanes", "m")
    assert located.problem(("legs", "l", "lanes"), "m", key=True) == Problem(name, 5, 5, "legs.l.lanes", "m")
    assert located.problem(("legs", "l", "lanes", "1"), "m") == Problem(name, 5, 16, "legs.l.lanes.1", "m")
    assert located.problem(("legs", "l", "lanes", "2"), "m") == Problem(name, 5, 12, "legs.l.lanes.2", "m")
    assert located.problem(("legs", "l", "width"), "m") == Problem(name, 3, 3, "legs.l.width", "m")
    assert located.problem(("legs", "l", "width"), "m", key=True) == Problem(name, 3, 3, "legs.l.width", "m")
    assert located.problem(("start",), "m") == Problem(name, 1, 1, "start", "m")
    assert located.problem(("nowhere", "title"), "m") == Problem(name, 1, 1, "nowhere.title", "m")
    assert located.problem((), "m") == Problem(name, 1, 1, "", "m")
    assert located.at(("legs", "l", "lanes", "1")) == 2
    assert located.at(("legs", "m", "lanes")) is None


def test_settings_are_checked_with_the_files(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text("title: x\nlegs: {l: {kind: road, lanes: 2}}\nvia: 5\n")
    with pytest.raises(ScenarioError) as refused:
        reader.read(path, Corridor, {"legs.l.lanes": "many", "legs.m.lanes": 2, "legs.l.width": 3})
    assert sorted(str(problem).replace(f"{tmp_path}/", "") for problem in refused.value.problems) == [
        "<override>:1:1: legs.l.lanes: 'many' is not allowed here; allowed: all or a whole number or a list",
        "<override>:2:1: legs.m.lanes: there is no 'm' in 'legs'; allowed: l",
        "<override>:3:1: legs.l.width: unknown key 'width'; allowed: kind, lanes",
        "x.yaml:3:6: via: a list is due, not the number 5",
    ]


def test_a_setting_of_a_good_value_is_in_the_model(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text("title: x\nlegs: {l: {kind: road, lanes: 2}}\n")
    corridor, located = reader.read(path, Corridor, {"legs.l.lanes": 3})
    assert corridor.legs["l"] == Road(kind="road", lanes=3)
    assert located.mark(("legs", "l", "lanes")) == Mark("<override>", 1, 1)


@pytest.mark.parametrize("name", ["no-such-file.yaml", "", "a" * 5000, "a\0b"])
def test_names_of_no_file_are_refused(tmp_path, name: str):
    with pytest.raises(ScenarioError):
        reader.read(tmp_path / name, Corridor)


@pytest.mark.timeout(60)
def test_five_thousand_legs_are_read_in_seconds(tmp_path):
    legs = "".join(f"  leg-{n}:\n    kind: rail\n    length: {n} km\n" for n in range(5000))
    (tmp_path / "x.yaml").write_text(f"title: x\nlegs:\n{legs}")
    start = time.process_time()
    corridor, _ = reader.read(tmp_path / "x.yaml", Corridor)
    assert len(corridor.legs) == 5000
    assert time.process_time() - start < 5


@pytest.mark.timeout(60)
def test_thousands_of_mistakes_are_told_in_seconds(tmp_path):
    legs = "".join(f"  leg-{n}:\n    kind: rail\n    lenght: {n} km\n" for n in range(3000))
    start = time.process_time()
    refused = read_bytes(tmp_path, f"title: x\nlegs:\n{legs}".encode())
    assert isinstance(refused, ScenarioError)
    assert len(refused.problems) == 3000
    assert time.process_time() - start < 10


# No deadline for one example, since machines pause; the time for all is limited below.
QUIET = settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.mark.timeout(60)
@QUIET
@given(content=st.binary(max_size=200))
def test_no_bytes_make_it_raise_anything_else(tmp_path, content: bytes):
    read_bytes(tmp_path, content)


@pytest.mark.timeout(60)
@QUIET
@given(text=st.text(max_size=200))
def test_no_text_makes_it_raise_anything_else(tmp_path, text: str):
    read_bytes(tmp_path, text.encode("utf-8", errors="surrogatepass"))


WORDS = st.sampled_from(
    [
        "title", "legs", "via", "extends", "kind", "rail", "road", "lanes", "length", "l", ": ", ":", "- ", "\n",
        "\n  ", "\n    ", "{", "}", "[", "]", ", ", "&a ", "*a", "!t ", "<<", "null", "~", "5", "1.5", "1e999",
        ".inf", "0x1F", "'", '"', "\\", "|", ">", "? ", "# ", "---",
        "...", "%YAML 1.2", "\t", "x.yaml", "../", "é", "海", "@", "`", "\r",
    ]
)  # fmt: skip


@pytest.mark.timeout(60)
@QUIET
@given(words=st.lists(WORDS, max_size=40))
def test_no_row_of_yaml_words_makes_it_raise_anything_else(tmp_path, words: list[str]):
    read_bytes(tmp_path, "".join(words).encode())


CONTENT = st.recursive(
    st.sampled_from(["5", "1.5", "x", "rail", "road", "all", "null", "true", "''", "2020-01-31", "[]", "{}"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(
            st.sampled_from(["title", "legs", "via", "kind", "rail", "road", "lanes", "length", "l", "extends"]),
            inner,
            max_size=4,
        ).map(lambda pairs: "{" + ", ".join(f"{key}: {value}" for key, value in pairs.items()) + "}")
    ),
    max_leaves=15,
)


@pytest.mark.timeout(60)
@QUIET
@given(title=CONTENT, legs=CONTENT, via=CONTENT)
def test_every_problem_of_a_well_formed_file_has_a_place_in_it(tmp_path, title: str, legs: str, via: str):
    text = f"title: {title}\nlegs: {legs}\nvia: {via}\n"
    refused = read_bytes(tmp_path, text.encode())
    if isinstance(refused, ScenarioError):
        assert refused.problems
        lines = text.splitlines()
        for problem in refused.problems:
            assert problem.file == str(tmp_path / "x.yaml")
            assert 1 <= problem.column <= len(lines[problem.line - 1])
            assert lines[problem.line - 1][problem.column - 1] not in " :,]}"
            assert lines[problem.line - 1].startswith(problem.path.split(".")[0])


@pytest.mark.timeout(60)
@QUIET
@given(text=st.text(string.printable, max_size=60))
def test_no_setting_makes_it_raise_anything_else(text: str):
    try:
        path, value = reader.setting(text)
    except ScenarioError:
        return
    assert path == path.strip() != ""
    assert quoted(value)


def test_suggestions_look_past_case_and_give_up_on_long_words():
    assert did_you_mean("Khorgoss", ["khorgos", "dostyk"]) == " - did you mean 'khorgos'?"
    assert did_you_mean("x" * 1000, ["x"]) == ""
    assert allowed_instead("zz", [f"place-{n}" for n in range(23)]).endswith("place-18, place-19 and 3 more")
    assert allowed_instead("zz", []) == ": no keys are allowed here"


def test_values_are_quoted_shortly_and_by_their_sort():
    values: list[Plain] = [None, True, 5, "a", "a\nb", {"a": 1}, [1]]
    assert [quoted(each) for each in values] == [
        "null", "true", "the number 5", "'a'", "'a\\nb'", "a mapping", "a list",
    ]  # fmt: skip
    assert quoted("x" * 100) == f"'{'x' * 60}...'"
