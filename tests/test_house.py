"""The rules of the house that no other tool keeps: lengths, names, doors, and words."""

from __future__ import annotations

import ast
import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "sim").rglob("*.py"))
SOURCES = [*MODULES, *sorted((ROOT / "tests").glob("*.py")), *sorted((ROOT / ".setup").glob("*.py"))]

LONGEST_BODY = 40
LONGEST_MODULE = 400
NO_NAMES = {"base", "common", "factory", "handler", "helper", "helpers", "manager", "misc", "util", "utils"}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def long_functions(text: str) -> list[str]:
    """Functions whose body, without its docstring, is longer than the house allows."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            lines = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
            if lines > LONGEST_BODY:
                found.append(f"{node.name} in line {node.lineno}: {lines} lines")
    return found


def named_after_nothing(path: Path) -> bool:
    return not NO_NAMES.isdisjoint(re.split(r"[_\W]", str(path).lower()))


def words(text: str) -> list[str]:
    """The words of a glossary: one to a bullet, several of one meaning with commas between."""
    lines = re.findall(r"^- \*\*(.+?)\*\*: \S.*$", text, flags=re.MULTILINE)
    return [word.strip() for line in lines for word in line.split(",")]


def test_long_function_is_found():
    body = "\n".join(["    pass"] * (LONGEST_BODY + 1))
    assert long_functions(f'def f():\n    """What\n    it is."""\n{body}\n') == ["f in line 1: 41 lines"]
    assert long_functions(f"def f():\n{body[:-9]}\n") == []


def test_empty_name_is_found():
    assert named_after_nothing(Path("sim/plan/plan_utils.py"))
    assert named_after_nothing(Path("sim/helpers/x.py"))
    assert not named_after_nothing(Path("sim/plan/tables.py"))


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_lengths(path):
    text = path.read_text(encoding="utf-8")
    assert long_functions(text) == []
    assert text.count("\n") <= LONGEST_MODULE


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_files_are_named_for_what_they_hold(path):
    assert not named_after_nothing(path.relative_to(ROOT))


@pytest.mark.parametrize("path", [path for path in MODULES if path.read_text(encoding="utf-8")], ids=name)
def test_module_says_what_it_is_for(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert (ast.get_docstring(tree) or "").split("\n")[0].rstrip().endswith((".", ":", "?"))


def doors():
    """Packages that name what may be imported from them."""
    return [path for path in MODULES if path.name == "__init__.py" and "__all__" in path.read_text(encoding="utf-8")]


def declared(tree: ast.Module) -> list[str]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["__all__"]:
            return list(ast.literal_eval(node.value))
    return []


@pytest.mark.parametrize("path", doors(), ids=name)
def test_door_lists_real_names_in_order(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = declared(tree)
    assert names == sorted(set(names))
    module = __import__(".".join(path.relative_to(ROOT).parent.parts), fromlist=names)
    assert [word for word in names if not hasattr(module, word)] == []


def test_glossary_has_each_word_once_and_in_order():
    for part in (ROOT / "sim" / "GLOSSARY.md").read_text(encoding="utf-8").split("\n## ")[1:]:
        first = [line.split(",")[0] for line in re.findall(r"^- \*\*(.+?)\*\*: ", part, flags=re.MULTILINE)]
        assert first == sorted(first, key=str.lower)
    found = words((ROOT / "sim" / "GLOSSARY.md").read_text(encoding="utf-8"))
    assert len(found) == len(set(found))


def test_glossary_has_no_line_that_defines_nothing():
    text = (ROOT / "sim" / "GLOSSARY.md").read_text(encoding="utf-8")
    bullets = [line for line in text.splitlines() if line.startswith("- ")]
    assert [line for line in bullets if not words(line)] == []


GLOSSARY_MUST_HAVE = """
corridor, node, leg, route, terminal, border crossing point, gauge, gauge change, place, TEU, FEU, shipment, flow,
consist, service, departure, slot, fleet, transhipment, running time, dwell, waiting, headway, cut-off, transit time,
scope, delay, horizon, warm-up, capacity, pace, window, stop-loading, gate, disruption, gridlock, stranded, utilisation,
load factor, fact, scenario, plan, step, visit, run, replication, stream, metric, point, sweep, calibration, validation
"""


def test_glossary_has_the_words_of_the_design():
    found = words((ROOT / "sim" / "GLOSSARY.md").read_text(encoding="utf-8"))
    assert [word for word in " ".join(GLOSSARY_MUST_HAVE.split()).split(", ") if word not in found] == []


def test_version_stands_at_the_top_of_the_changelog():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    headings = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    released = [heading for heading in headings if heading != "Unreleased"]
    assert released[:1] in ([], [project["version"]])
    assert version("landbridge") == project["version"]


def test_changelog_has_a_place_for_results():
    assert "### Results" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_exceptions_to_lint_have_their_reason():
    bare = re.compile(r"#\s*(noqa: [A-Z0-9, ]+|type: ignore\[[^]]*\])\s*$")
    found = [
        f"{name(path)}:{number}"
        for path in MODULES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if bare.search(line)
    ]
    assert found == []
