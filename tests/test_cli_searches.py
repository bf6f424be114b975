"""``landbridge optimise`` and ``calibrate``: folders, what is printed, the exit status, and reports made again."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from sim import scenario
from sim.cli import main
from tests.small_experiments import LANES, written

LANE = {"path": "places.post.capacity", "values": ["1 lane", "2 lanes", "3 lanes"], "price": "50000 USD/lane"}
SEARCH = {"goals": "price", "trials": 5, "subject_to": {"short": "wait < 4 h"}}
FACTOR = {"path": "operations.check.time.lognormal.p90", "low": "5 h", "high": "16 h"}
FIT = {"trials": 8, "targets": {"2020": {"outcome": "wait", "observed": "2 h", "spread": "30 min"}}}


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


CROWD = {"path": "flows.trains.demand.consists", "low": "4 trains/day", "high": "9000004 trains/day"}
CROWD |= {"step": "9000000 trains/day"}
CROWDED = "could not be run, and counts as missing: point {} (flows.trains.demand.consists: 9000004 trains/day): flows."


def searching(folder, **changes):
    return str(written(folder, **{"design": None, "factors": {"lanes": LANE}, "search": SEARCH} | changes))


def fitting(folder, **changes):
    outcomes = {"wait": LANES["outcomes"]["wait"]}
    return str(
        written(folder, **{"design": None, "factors": {"p90": FACTOR}, "outcomes": outcomes, "fit": FIT} | changes)
    )


def folder() -> Path:
    (found,) = [each for each in Path("reports/lanes").iterdir() if each.is_dir()]
    return found


def test_a_search_tells_what_it_found_twice_and_is_reported(tmp_path, capsys):
    assert main(["optimise", searching(tmp_path)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].split() == ["point", "of", "wait,", "h", "through,", "trains/day", "price,", "USD"]
    assert said[1].split()[:4] == ["p3", "lanes", "3", "lanes"]
    assert said[-1] == str(folder())
    names = {file.name for file in folder().rglob("*") if file.is_file()}
    assert {"report.pdf", "report.html", "found.svg", "trials.csv", "confirmed.csv", "goals.csv"} <= names


def test_a_search_goes_on_where_it_was_and_says_the_same(tmp_path, capsys):
    said = []
    for _ in range(2):
        assert main(["optimise", searching(tmp_path), "--no-report", "--json"]) == 0
        said.append(capsys.readouterr().out)
    assert said[0] == said[1]
    assert [row["front"] for row in json.loads(said[0])["trials"]] == [False, False, True]


def test_a_search_that_finds_nothing_ends_with_1(tmp_path, capsys):
    never = searching(tmp_path, search=SEARCH | {"subject_to": {"short": "wait < 1 s"}})
    assert main(["optimise", never]) == 1
    assert capsys.readouterr().out.startswith("no point tried meets all requirements\n")
    assert "no point tried meets all requirements" in (folder() / "report.html").read_text(encoding="utf-8")


def test_a_fit_leaves_a_patch_that_can_be_run(tmp_path, capsys):
    assert main(["calibrate", fitting(tmp_path)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].split()[:3] == ["factor", "scenario", "fitted"]
    heads = next(line for line in said if line.startswith("target"))
    told = next(line for line in said if line.startswith("2020 "))
    # Two hours, with half an hour as standard error; each number before and after with its interval.
    assert told[heads.index("observed") : heads.index("in the scenario")].strip() == "2 (1.02 .. 2.98)"
    for column, following in (("in the scenario", "fitted"), ("fitted", "unit")):
        cell = told[heads.index(column) : heads.index(following)]
        assert re.fullmatch(r"[\d.]+ \([-\d.]+ \.\. [\d.]+\) *", cell)
    patch = Path(said[-1])
    assert patch == folder() / "patch.yaml"
    (tmp_path / "fitted.yaml").write_text(patch.read_text(encoding="utf-8"), encoding="utf-8")
    assert scenario.load(tmp_path / "fitted.yaml").operations["check"].time != scenario.load(tmp_path / "post.yaml").operations["check"].time  # fmt: skip  # noqa: E501 - one thought
    assert (folder() / "figures" / "fitted.png").exists()


@pytest.mark.parametrize(("command", "made"), [("optimise", searching), ("calibrate", fitting)])
def test_reports_are_made_again_byte_for_byte(tmp_path, command, made):
    assert main([command, made(tmp_path)]) == 0
    before = {file.relative_to(folder()): file.read_bytes() for file in folder().rglob("*") if file.is_file()}
    (folder() / "report.pdf").unlink()
    assert main(["report", str(folder())]) == 0
    assert {file.relative_to(folder()): file.read_bytes() for file in folder().rglob("*") if file.is_file()} == before


def test_a_search_is_no_sweep_and_a_sweep_no_search(tmp_path, capsys):
    assert main(["sweep", searching(tmp_path / "a")]) == 2
    assert "landbridge optimise carries it out" in capsys.readouterr().err
    assert main(["optimise", str(written(tmp_path / "b"))]) == 2
    assert "the experiment has no 'search'" in capsys.readouterr().err
    assert main(["calibrate", str(written(tmp_path / "b"))]) == 2
    assert "the experiment has no 'fit'" in capsys.readouterr().err


def test_a_fit_goes_on_without_points_that_cannot_be_run_and_tells_them(tmp_path, capsys):
    assert main(["calibrate", fitting(tmp_path, factors={"crowd": CROWD})]) == 0
    said = capsys.readouterr()
    assert CROWDED.format("p1") in said.err
    assert said.out.splitlines()[1].split()[:3] == ["crowd", "8", "4"]
    assert "Points that could not be run" in (folder() / "report.html").read_text(encoding="utf-8")


def test_a_fit_of_which_no_point_can_be_run_is_refused_with_the_reason(tmp_path, capsys):
    crowd = {**CROWD, "low": "9000004 trains/day", "high": "9000006 trains/day", "step": "1 trains/day"}
    assert main(["calibrate", fitting(tmp_path, factors={"crowd": crowd}), "--no-report"]) == 2
    said = capsys.readouterr().err
    assert "none of the points that were tried has all numbers that the factors are to be fitted to\n" in said
    assert "3 points alike (p1 to p3), the first of them: point p1 (flows.trains.demand.consists: " in said


@pytest.mark.parametrize("goals", ["wait", ["wait", "through"]])
def test_a_search_goes_on_without_points_that_cannot_be_run_and_tells_them(tmp_path, capsys, goals):
    search = {"goals": goals, "trials": 5}
    outcomes = {**LANES["outcomes"], "through": {**LANES["outcomes"]["through"], "better": "higher"}}
    assert main(["optimise", searching(tmp_path, factors={"crowd": CROWD}, search=search, outcomes=outcomes)]) == 0
    said = capsys.readouterr()
    assert CROWDED.format("p2") in said.err
    assert said.out.splitlines()[1].split()[:4] == ["p1", "crowd", "4", "trains/day"]
    report = (folder() / "report.html").read_text(encoding="utf-8")
    assert "Points that could not be run" in report
    assert "1 of 2 points tried meets all requirements, and 1 could not be run." in report
    assert ">misses a requirement<" not in (folder() / "figures" / "found.svg").read_text(encoding="utf-8")
