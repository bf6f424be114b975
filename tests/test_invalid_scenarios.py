"""Every file of scenarios/invalid is refused at the line and column, and with the words, that its first lines say.

``# expect: LINE:COLUMN: text`` (of the file itself) or ``# expect: FILE:LINE:COLUMN: text`` (of one beside it); the
problem at that place must contain the text. There is one such line for each problem, and no problem without one.
Files without such a line are there to be extended.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from sim import scenario
from sim.errors import ScenarioError
from sim.scenario.reader import read

FOLDER = Path(__file__).parent / "scenarios" / "invalid"
EXPECTATION = re.compile(r"# expect: (?:(?P<file>[^\s:]+):)?(?P<line>\d+):(?P<column>\d+): (?P<text>.+)")


class Anything(BaseModel):
    """Stands in for the scenario where the mistake is one of YAML or of extends."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True)


def load_anything(path: Path) -> object:
    return read(path, Anything)


LOADING: dict[str, Callable[[Path], object]] = {
    "yaml": load_anything,
    "extends": load_anything,
    "meaning": scenario.load,
}
"""How the files of each folder are loaded."""


def expected(path: Path) -> list[tuple[str, str]]:
    """Place and text of the expectations at the top of a file."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("# expect:"):
            break
        match = EXPECTATION.fullmatch(line)
        assert match, f"{path}: not an expectation: {line}"
        file = match["file"] or path.name
        found.append((f"{file}:{match['line']}:{match['column']}", match["text"]))
    return found


CASES = sorted(path for path in FOLDER.rglob("*.yaml") if path.read_text(encoding="utf-8").startswith("# expect:"))


def shown(path: Path) -> str:
    return path.relative_to(FOLDER).as_posix()


def test_every_folder_has_cases_and_a_way_to_load_them():
    assert sorted({path.relative_to(FOLDER).parts[0] for path in CASES}) == sorted(LOADING)


@pytest.mark.parametrize("path", CASES, ids=shown)
def test_invalid_scenario_is_refused_with_every_problem_in_its_place(path: Path):
    with pytest.raises(ScenarioError) as refused:
        LOADING[path.relative_to(FOLDER).parts[0]](path)
    wanted = expected(path)
    found = [str(problem).removeprefix(problem.file) for problem in refused.value.problems]
    found = [Path(problem.file).name + rest for problem, rest in zip(refused.value.problems, found, strict=True)]
    for place, text in wanted:
        assert any(each.startswith(f"{place}: ") and text in each for each in found), "\n".join([place, text, *found])
    assert len(found) == len(wanted), "\n".join(found)
