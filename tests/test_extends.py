"""The second stage: files laid over one another, each value keeping its file."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import Problem
from sim.scenario import extends
from sim.scenario.compose import compose
from sim.scenario.extends import gather
from sim.scenario.located import Located, Mark, Node


def files(folder: Path, **texts: str) -> Path:
    """Writes files by name and returns the path of the first."""
    paths = []
    for name, text in texts.items():
        path = folder / name.replace("__", "/")
        path = path.with_name(path.name + ".yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return paths[0]


def good(path: Path) -> Located:
    located = gather(path)
    assert located.problems == ()
    assert located.whole
    return located


def complaints(path: Path) -> list[str]:
    located = gather(path)
    assert not located.whole
    return [str(problem).replace(f"{path.parent}/", "") for problem in located.problems]


def test_mappings_are_merged_key_by_key_and_all_else_is_replaced(tmp_path):
    path = files(
        tmp_path,
        over="extends: base.yaml\nplaces:\n  hall:\n    capacity: 3 tracks\npath: [c]\nlabel: {en: x}\n",
        base="places:\n  hall:\n    node: dostyk\n    capacity: 2 tracks\n  yard: {}\npath: [a, b]\nlabel: text\n",
    )
    assert good(path).plain == {
        "places": {"hall": {"node": "dostyk", "capacity": "3 tracks"}, "yard": {}},
        "path": ["c"],
        "label": {"en": "x"},
    }


def test_each_value_keeps_the_file_it_came_from(tmp_path):
    path = files(
        tmp_path,
        over="extends: base.yaml\nhall:\n  capacity: 3 tracks\n",
        base="hall:\n  node: dostyk\n  capacity: 2 tracks\n",
    )
    located = good(path)
    base = str(tmp_path / "base.yaml")
    assert located.mark(("hall", "capacity")) == Mark(str(path), 3, 13)
    assert located.mark(("hall", "capacity"), key=True) == Mark(str(path), 3, 3)
    assert located.mark(("hall", "node")) == Mark(base, 2, 9)
    assert located.mark(("hall", "node"), key=True) == Mark(base, 2, 3)
    assert located.mark(("hall",)) == Mark(str(path), 2, 1)
    assert located.files == (path, tmp_path / "base.yaml")


def test_a_list_of_files_is_merged_from_left_to_right(tmp_path):
    path = files(
        tmp_path,
        over="extends: [one.yaml, more/two.yaml]\nc: over\n",
        one="a: one\nb: one\nc: one\n",
        more__two="b: two\nc: two\nextends: three.yaml\n",
        more__three="a: three\nd: three\n",
    )
    assert good(path).plain == {"a": "three", "b": "two", "c": "over", "d": "three"}


def test_a_number_in_its_other_form_replaces_the_number_as_a_whole(tmp_path):
    path = files(
        tmp_path,
        over="extends: base.yaml\na: {fact: x}\nb: {value: 1 h}\nc: {high: 3 h}\n",
        base="a: {value: 2 h, low: 1 h, note: why}\nb: {fact: y, times: 0.5}\nc: {value: 2 h, high: 4 h}\n",
    )
    assert good(path).plain == {"a": {"fact": "x"}, "b": {"value": "1 h"}, "c": {"value": "2 h", "high": "3 h"}}


def test_null_deletes_what_was_there(tmp_path):
    path = files(
        tmp_path,
        over="extends: [base.yaml, less.yaml]\nhall:\n  capacity: null\n",
        less="yard: ~\n",
        base="hall: {node: a, capacity: 2}\nyard: {node: b}\n",
    )
    located = good(path)
    assert located.plain == {"hall": {"node": "a"}}
    assert located.mark(("yard",), key=True) == located.root.mark


def test_one_file_may_be_extended_by_two(tmp_path):
    path = files(
        tmp_path,
        over="extends: [one.yaml, two.yaml]\n",
        one="extends: base.yaml\na: one\n",
        two="extends: base.yaml\nb: two\n",
        base="a: base\nb: base\n",
    )
    assert good(path).plain == {"a": "base", "b": "two"}


def test_many_ways_through_the_same_files_are_walked_once(tmp_path, monkeypatch):
    composed: list[str] = []

    def counted(content: bytes, file: str) -> tuple[Node | None, tuple[Problem, ...]]:
        composed.append(file)
        return compose(content, file)

    monkeypatch.setattr(extends, "compose", counted)
    texts = {f"f{n}": f"extends: [f{n + 1}.yaml, f{min(n + 2, 9)}.yaml]\nk{n}: x\n" for n in range(8)}
    texts["f8"] = "extends: f9.yaml\nk8: x\n"
    located = good(files(tmp_path, **texts, f9="k9: x\n"))
    assert located.plain == {f"k{n}": "x" for n in range(10)}
    assert len(located.files) == 10
    assert len(composed) == 10


def test_chains_and_crowds_of_files_have_limits(tmp_path):
    chain = files(tmp_path, **{f"f{n}": f"extends: f{n + 1}.yaml\n" for n in range(12)})
    assert complaints(chain) == ["f9.yaml:1:10: extends: a chain of more than 10 files that extend one another"]
    texts = {f"g{n}": "a: 1\n" for n in range(60)}
    crowd = files(tmp_path, all=f"extends: [{', '.join(f'{name}.yaml' for name in texts)}]\n", **texts)
    assert "more than 50 files extend one another" in complaints(crowd)[0]


def test_the_folder_tree_is_that_of_the_closest_scenarios(tmp_path):
    texts = {"scenarios__a__x": "extends: ../base.yaml\n", "scenarios__base": "extends: ../out.yaml\n", "out": "a: 1\n"}
    path = files(tmp_path, **texts)
    located = gather(path)
    assert [problem.message for problem in located.problems] == [
        "'../out.yaml' lies outside the folder tree 'scenarios'"
    ]
    assert located.problems[0].file == str(tmp_path / "scenarios" / "base.yaml")


def test_without_scenarios_the_tree_is_the_folder_of_the_file(tmp_path):
    path = files(tmp_path, a__x="extends: ../base.yaml\n", base="a: 1\n")
    assert complaints(path) == ["x.yaml:1:10: extends: '../base.yaml' lies outside the folder tree 'a'"]


def test_what_lies_outside_is_not_even_looked_for(tmp_path):
    path = files(tmp_path, a__x="extends: ../there-is-no-such-file.yaml\n")
    assert "lies outside the folder tree 'a'" in complaints(path)[0]


def test_a_link_out_of_the_tree_is_followed_before_it_is_judged(tmp_path):
    path = files(tmp_path, a__x="extends: link.yaml\n", base="a: 1\n")
    (path.parent / "link.yaml").symlink_to(tmp_path / "base.yaml")
    assert complaints(path) == ["x.yaml:1:10: extends: 'link.yaml' lies outside the folder tree 'a'"]
    (path.parent / "round.yaml").symlink_to("round.yaml")
    path.write_text("extends: round.yaml\n")
    assert len(complaints(path)) == 1


@pytest.mark.parametrize("name", ["\\0", "x" * 5000])
def test_names_that_no_file_can_have_are_refused(tmp_path, name: str):
    path = files(tmp_path, x=f'extends: "{name}"\n')
    assert len(complaints(path)) == 1


def test_a_file_that_is_not_there_is_said_with_what_was_meant(tmp_path):
    files(tmp_path, corridor="a: 1\n")
    located = gather(tmp_path / "coridor.yaml")
    assert [str(problem) for problem in located.problems] == [
        f"{tmp_path / 'coridor.yaml'}:1:1: no file 'coridor.yaml' - did you mean 'corridor.yaml'?"
    ]


def test_a_folder_is_no_scenario(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("corridor").mkdir()
    assert [str(problem) for problem in gather(Path("corridor")).problems] == ["corridor:1:1: 'corridor' is a folder"]


def test_files_are_shown_from_the_working_folder(tmp_path, monkeypatch):
    files(tmp_path, scenarios__x="extends: bases/b.yaml\n", scenarios__bases__b="a: !t 1\n")
    monkeypatch.chdir(tmp_path)
    located = gather(Path("scenarios/x.yaml"))
    assert [problem.file for problem in located.problems] == ["scenarios/bases/b.yaml"]


def test_a_file_that_is_too_large_is_not_read_on(tmp_path):
    path = files(tmp_path, x="a: 1\n#" + "x" * 2_000_000)
    assert complaints(path) == ["x.yaml:1:1: the file is larger than 1024 KiB"]


def test_what_comes_with_the_program_is_extended_from_anywhere(tmp_path):
    own = good(files(tmp_path, a="extends: shipped:yuxinou.yaml\ntitle: Mine\n"))
    assert own.at(("title",)) == "Mine"
    # The shipped one extends others, which lie outside of the folder of the first file.
    assert {file.name for file in own.files} > {"a.yaml", "yuxinou.yaml", "nodes.yaml"}
    assert own.root.keys["nodes"].file.endswith("scenarios/shared/nodes.yaml")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("shipped:exmple.yaml", "nothing called 'exmple.yaml' is shipped - did you mean 'example.yaml'?; shipped are"),
        (
            "shipped:../README.md",
            "nothing called '../README.md' is shipped; shipped are chongqing.yaml, eurasia-2024.yaml",
        ),
        ("shipped:", "nothing called '' is shipped"),
    ],
)
def test_what_is_not_shipped_is_told_with_what_is(tmp_path, name, said):
    [found] = complaints(files(tmp_path, a=f"extends: '{name}'\n"))
    assert found.startswith(f"a.yaml:1:10: extends: {said}")
    assert "example.yaml" in found
    assert "experiments/smoke.yaml" in found
    assert found.endswith("corridors/, shared/, validation/")
