"""Every file of experiments/invalid is refused with the problems of its first lines, each in its place, and no others.

The lines are written as those of scenarios/invalid: ``# expect: LINE:COLUMN: text``, or with the file before them.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import ScenarioError
from sim.scenario.experiment_files import open_experiment
from tests.test_invalid_scenarios import expected

FOLDER = Path(__file__).parent / "experiments" / "invalid"
CASES = sorted(FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_invalid_experiment_is_refused_with_every_problem_in_its_place(path):
    with pytest.raises(ScenarioError) as refused:
        open_experiment(path)
    found = [f"{Path(each.file).name}{str(each).removeprefix(each.file)}" for each in refused.value.problems]
    wanted = expected(path)
    for place, text in wanted:
        assert any(each.startswith(f"{place}: ") and text in each for each in found), "\n".join([place, text, *found])
    assert len(found) == len(wanted), "\n".join(found)


def test_every_case_expects_something():
    assert [path.name for path in CASES if not expected(path)] == []
