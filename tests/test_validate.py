"""Validation: observations of small scenarios, judged by the command and by its room."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pypdf
import pytest

from sim.cli import main
from sim.errors import ScenarioError
from sim.experiments import runs
from sim.experiments.validate import Task, shipped, validate

VALID = Path(__file__).parent / "scenarios" / "valid"
SHIPPED = Path(__file__).parents[1] / "scenarios"
SEEN = VALID / "observations.yaml"


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def laid_over(folder, text):
    """A scenario beside the small ones that changes the observations."""
    for name in ("line", "observations"):
        (folder / f"{name}.yaml").write_text((VALID / f"{name}.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    file = folder / "mine.yaml"
    file.write_text(f"extends: observations.yaml\n{text}\n", encoding="utf-8")
    return file


def test_small_observations_are_those_worked_out_by_hand():
    table = validate([Task(SEEN)], workers=1).table.set_index("observation")
    assert table["simulated"].to_dict() == pytest.approx({"median": 14, "queue": 2, "slower": 6})
    assert table["verdict"].to_dict() == {
        "median": "pass",
        "queue": "fail, for the stated reason",
        "slower": "pass",
    }
    assert table["published"].to_dict() == {
        "median": "14 days to 16 days",
        "queue": "two",
        "slower": "six hours longer",
    }
    assert (
        table.loc["slower", "what"]
        == "transit time from 2020-01-06T03:00, less that from 2020-01-06 to 2020-01-06T01:00"
    )


def test_the_result_does_not_depend_on_the_number_of_processes():
    tasks = [Task(SEEN), Task(SEEN, replications=2)]
    alone, together = (validate(tasks, workers=workers) for workers in (1, 2))
    pd.testing.assert_frame_equal(alone.table, together.table)
    assert alone.digest == together.digest != validate(tasks[:1], workers=1).digest


def test_the_command_writes_a_whole_folder_and_prints_the_table(elsewhere, capsys):
    assert main(["validate", str(SEEN), "--workers", "1"]) == 0
    said = capsys.readouterr().out
    assert "Median of the transit times" in said
    assert "Trains before the post: Two trains wait, and no more." in said
    (folder,) = (elsewhere / "reports" / "validation").iterdir()
    assert said.splitlines()[-1] == str(folder.relative_to(elsewhere))
    assert sorted(path.name for path in folder.iterdir() if path.is_file()) == [
        "report.html",
        "report.pdf",
        "validation.csv",
        "validation.json",
        "validation.md",
        "validation.parquet",
    ]
    text = "".join(page.extract_text() for page in pypdf.PdfReader(folder / "report.pdf").pages)
    assert "2 of 3 published observations are met" in " ".join(text.split())
    assert json.loads((folder / "validation.json").read_text(encoding="utf-8"))[0]["band"] == "14 to 15 h"
    rows = (folder / "validation.md").read_text(encoding="utf-8")
    assert "| V0 | Median of the transit times | 14 days to 16 days | 14 h | – | 14 to 15 h | pass |" in rows


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ("observations: {queue: null}", 0),
        # A new shortfall, and a stated one that is none any more.
        ("observations: {median: {band: {low: 14.5 h}}}", 1),
        ("observations: {median: {band: {low: 14.5 h}, reason: It is what it is.}}", 0),
        ("observations: {queue: {band: {low: 2 trains}}}", 1),
    ],
)
def test_exit_status_is_1_for_a_new_shortfall_or_an_outdated_reason(changes, status, elsewhere, capsys):
    assert main(["validate", str(laid_over(elsewhere, changes)), "--json"]) == status
    assert len(json.loads(capsys.readouterr().out)) == 2 + ("null" not in changes)


def test_a_scenario_without_observations_is_refused_before_anything_runs(elsewhere, capsys):
    assert main(["validate", str(SEEN), str(VALID / "line.yaml")]) == 2
    assert "the scenario has no 'observations', so that there is nothing to validate" in capsys.readouterr().err
    assert not list((elsewhere / "reports").iterdir())


def test_problems_of_all_files_are_told_at_once(elsewhere):
    wrong = laid_over(elsewhere, "observations: {median: {measure: {flow: nobody}}}")
    with pytest.raises(ScenarioError) as refused:
        validate([Task(wrong), Task(VALID / "line.yaml")])
    assert len(refused.value.problems) == 2


def test_a_run_of_its_own_tells_its_observations_too():
    table = runs.run(SEEN).tables["validation"]
    assert table["verdict"].tolist() == ["pass", "fail, for the stated reason", "pass"]


def test_the_cases_that_come_with_the_program_are_found():
    assert [file.name for file in shipped(SHIPPED)] == sorted(file.name for file in (SHIPPED / "validation").iterdir())
