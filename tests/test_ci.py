"""What commands leave for continuous integration: exit status, JUnit XML, summary, annotations, run.json, report."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pypdf
import pytest

from sim.cli import main
from sim.metrics.expectations import FAILS, HOLDS, SOME, UNFINISHED, UNMEASURED
from sim.report.expected import said, verdicts
from sim.report.verdicts import Verdict, junit, markdown, workflow_commands

VALID = Path(__file__).parent / "scenarios" / "valid"
SEEN = [
    Verdict("fast at p1", "p95 < 18 d", "fails", "19.3 d (19 to 19.6)", "fast", "sweeps/khorgos.yaml", 12, 9),
    Verdict("fast at base", "p95 < 18 d", "holds", "17 d", "fast", "sweeps/khorgos.yaml", 12, 9),
    Verdict("odd | at p2", "a_b < 5%, 95% confidence", "unknown", "no\nnumber <\x07>", "odd"),
]


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A folder of its own, with the small scenarios, and no GitHub around."""
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    for name in ("line", "expectations", "observations"):
        (tmp_path / f"{name}.yaml").write_text((VALID / f"{name}.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    study = "extends: line.yaml\nexpect:\n  slow: transit-time.tt < 7 h\n  fast: transit-time.tt.p95 < 9 h\n"
    (tmp_path / "study.yaml").write_text(study, encoding="utf-8")
    return tmp_path


def test_junit_has_a_suite_an_experiment_and_a_case_a_verdict():
    assert junit({"khorgos": SEEN}) == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<testsuites name="landbridge" tests="3" failures="1" errors="1">\n'
        '  <testsuite name="khorgos" tests="3" failures="1" errors="1" skipped="0">\n'
        '    <testcase classname="khorgos" name="fast at p1" file="sweeps/khorgos.yaml" line="12">\n'
        '      <failure message="19.3 d (19 to 19.6)" type="expectation">'
        "sweeps/khorgos.yaml:12:9: fast at p1\nasked: p95 &lt; 18 d\nfound: 19.3 d (19 to 19.6)</failure>\n"
        "    </testcase>\n"
        '    <testcase classname="khorgos" name="fast at base" file="sweeps/khorgos.yaml" line="12">\n'
        "      <system-out>p95 &lt; 18 d: 17 d</system-out>\n"
        "    </testcase>\n"
        '    <testcase classname="khorgos" name="odd | at p2">\n'
        '      <error message="no&#10;number &lt;\N{REPLACEMENT CHARACTER}&gt;" type="expectation">'
        "odd | at p2\nasked: a_b &lt; 5%, 95% confidence\nfound: no\nnumber &lt;\N{REPLACEMENT CHARACTER}&gt;</error>\n"
        "    </testcase>\n"
        "  </testsuite>\n"
        "</testsuites>\n"
    )


def test_junit_of_nothing_is_whole_too():
    root = ElementTree.fromstring(junit({"empty": []}))
    assert [child.attrib["tests"] for child in root] == ["0"]


def test_the_summary_has_what_does_not_hold_first():
    assert markdown("Cranes", SEEN) == (
        "## Cranes\n\n1 of 3 expectations hold. Of 1 nobody knows.\n\n"
        "| Result | Expectation | Asked | Found |\n|---|---|---|---|\n"
        "| ❌ fails | fast at p1 | p95 &lt; 18 d | 19.3 d (19 to 19.6) |\n"
        "| ❓ not known | odd \\| at p2 | a\\_b &lt; 5%, 95% confidence | no number &lt;\x07&gt; |\n"
        "| ✅ holds | fast at base | p95 &lt; 18 d | 17 d |\n"
    )


def test_workflow_commands_are_escaped_as_github_does_it():
    assert workflow_commands(
        [Verdict("a: b, c", "x < 5%", "fails", "6%\r\nmore", "a", "dir,1/f:x.yaml", 3, 7), *SEEN]
    ) == [
        "::error file=dir%2C1/f%3Ax.yaml,line=3,col=7,title=a%3A b%2C c fails::x < 5%25: 6%25%0D%0Amore",
        "::error file=sweeps/khorgos.yaml,line=12,col=9,title=fast at p1 fails::p95 < 18 d: 19.3 d (19 to 19.6)",
        "::error title=odd | at p2 is not known::a_b < 5%25, 95%25 confidence: no%0Anumber <\x07>",
    ]


def row(**given):
    usual = {
        "expectation": "it",
        "sentence": "p95 < 18 d",
        "at": "every point",
        "name": "p1",
        "unit": "d",
        "mean": 17.25,
    }
    usual |= {"low": 17.0, "high": 17.5, "with_unfinished": float("nan"), "replications": 10, "missing": 0}
    return {**usual, "unfinished": 0, "test": "<", "reference": "", "verdict": HOLDS, **given}


NAN = float("nan")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "17.2 d (17 to 17.5)"),
        ({"low": NAN, "high": NAN}, "17.2 d"),
        ({"unit": "%", "mean": 73.0, "low": 30.5, "high": 115.5}, "73 % (30.5 to 100)"),
        ({"unfinished": 1200}, "17.2 d (17 to 17.5), the 1,200 unfinished left out"),
        ({"unfinished": 1}, "17.2 d (17 to 17.5), the one unfinished left out"),
        (
            {"unfinished": 12, "with_unfinished": 19.5, "verdict": UNFINISHED},
            "17.2 d (17 to 17.5) without the 12 unfinished, but 19.5 d with their time so far",
        ),
        (
            {"unfinished": 12, "verdict": UNMEASURED},
            "17.2 d (17 to 17.5) without the 12 unfinished; the run is too short to tell what they come to",
        ),
        (
            {"low": NAN, "high": NAN, "replications": 1, "verdict": UNMEASURED},
            "17.2 d; one replication gives no interval",
        ),
        ({"missing": 2, "replications": 8, "verdict": UNMEASURED},
         "17.2 d (17 to 17.5); no number in 2 of 10 replications"),
        ({"mean": NAN, "missing": 10, "replications": 0, "verdict": UNMEASURED}, "no number in 10 of 10 replications"),
        (
            {"reference": "base", "test": "not worse", "unit": "%", "mean": 2.5, "low": -0.25, "high": 5.25},
            "2.50 % worse than base (−0.250 to 5.25)",
        ),
        (
            {"reference": "p3", "test": "not worse", "unit": "h", "mean": -2.0, "low": -3.0, "high": -1.0},
            "2 h better than p3 (1 to 3)",
        ),
        (
            {"reference": "base", "test": "better", "unit": "h", "mean": 4.0, "low": 3.0, "high": 5.0},
            "4 h better than base (3 to 5)",
        ),
    ],
)  # fmt: skip
def test_a_number_is_told_with_all_that_must_be_known_of_it(given, words):
    assert said(row(**given)) == words


def test_of_some_point_there_is_one_verdict_as_good_as_its_best():
    rows = [row(at=SOME, name="p1", verdict=FAILS), row(at=SOME, name="p2", mean=NAN, verdict=UNMEASURED)]
    (unknown,) = verdicts(pd.DataFrame(rows))
    assert (unknown.name, unknown.outcome) == ("it at some point", "unknown")
    (good,) = verdicts(pd.DataFrame([*rows, row(at=SOME, name="p3", mean=12.0, low=12.0, high=12.0)]))
    assert good.outcome == "holds"
    assert good.said.startswith("p1: 17.2 d (17 to 17.5); p2: not measured")
    assert good.said.endswith("; p3: 12 d")


def test_a_run_whose_expectation_fails_ends_in_1_and_says_where(elsewhere, capsys):
    assert main(["run", "study.yaml", "--no-report", "--junit", "ci/junit.xml", "--summary", "ci/summary.md"]) == 1
    told = capsys.readouterr()
    assert "slow at base fails: transit-time.tt < 7 h: 8 h" in told.err.splitlines()
    assert "::error" not in told.err + told.out
    (folder,) = (elsewhere / "reports" / "study").iterdir()
    assert json.loads((folder / "run.json").read_text(encoding="utf-8"))["expectations"] == [
        {"expectation": "fast", "sentence": "transit-time.tt.p95 < 9 h", "verdict": "holds"},
        {"expectation": "slow", "sentence": "transit-time.tt < 7 h", "verdict": "fails"},
    ]
    (suite,) = ElementTree.parse(elsewhere / "ci" / "junit.xml").getroot()
    assert {case.attrib["name"]: [child.tag for child in case] for case in suite} == {
        "fast at base": ["system-out"],
        "slow at base": ["failure"],
    }
    assert (elsewhere / "ci" / "summary.md").read_text(encoding="utf-8") == (
        "## A line\n\n1 of 2 expectations hold.\n\n| Result | Expectation | Asked | Found |\n|---|---|---|---|\n"
        "| ❌ fails | slow at base | transit-time.tt &lt; 7 h | 8 h |\n"
        "| ✅ holds | fast at base | transit-time.tt.p95 &lt; 9 h | 8 h |\n"
    )


def test_on_github_lines_are_annotated_and_the_summary_of_the_job_grows(elsewhere, capsys, monkeypatch):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(elsewhere.parent))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(elsewhere / "job.md"))
    (elsewhere / "job.md").write_text("before\n", encoding="utf-8")
    assert main(["run", str(elsewhere / "study.yaml"), "--no-report"]) == 1
    line = f"::error file={elsewhere.name}/study.yaml,line=3,col=9,title=slow at base fails::transit-time.tt < 7 h: 8 h"
    assert line in capsys.readouterr().err.splitlines()
    assert (elsewhere / "job.md").read_text(encoding="utf-8").startswith("before\n## A line\n")


def test_what_is_set_on_the_command_line_has_no_line_in_a_file(elsewhere, capsys, monkeypatch):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    changed = ["--set", "expect.slow=transit-time.tt < 6 h", "--no-report"]
    assert main(["run", "study.yaml", *changed]) == 1
    assert "::error title=slow at base fails::transit-time.tt < 6 h: 8 h" in capsys.readouterr().err.splitlines()


def test_a_run_that_keeps_everything_ends_in_0_and_has_a_section_of_it(elsewhere, capsys):
    assert main(["run", "expectations.yaml", "--replications", "2"]) == 0
    (folder,) = (elsewhere / "reports" / "expectations").iterdir()
    text = " ".join("".join(page.extract_text() for page in pypdf.PdfReader(folder / "report.pdf").pages).split())
    assert "7 of 7 expectations hold." in text
    assert "transit_time.trains.p95 < 17 h base 16.7 h holds" in text


def test_a_run_without_expectations_has_nothing_to_say_of_them(elsewhere, capsys):
    assert main(["run", "line.yaml", "--no-report", "--junit", "junit.xml"]) == 0
    assert ElementTree.parse(elsewhere / "junit.xml").getroot().attrib["tests"] == "0"


def test_a_run_that_stops_is_not_judged(elsewhere, capsys):
    asked = ["run", "study.yaml", "--until", "2020-01-07", "--save", "half", "--junit", "junit.xml"]
    assert main(asked) == 2
    assert "a run that stops writes no run folder and is not judged" in " ".join(capsys.readouterr().err.split())


def test_observations_are_verdicts_too(elsewhere, capsys, monkeypatch):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    changed = "extends: observations.yaml\nobservations:\n  median: {band: {high: 13 h, low: null}}\n"
    (elsewhere / "mine.yaml").write_text(changed, encoding="utf-8")
    assert main(["validate", "mine.yaml", "observations.yaml", "--workers", "1", "--junit", "junit.xml"]) == 1
    suites = list(ElementTree.parse(elsewhere / "junit.xml").getroot())
    assert [(suite.attrib["name"], suite.attrib["failures"]) for suite in suites] == [
        ("mine", "1"),
        ("observations", "0"),
    ]
    told = capsys.readouterr().err.splitlines()
    assert [line for line in told if line.startswith("::error")] == [
        "::error file=mine.yaml,line=3,col=11,title=V0 Median of the transit times fails::at most 13 h: 14 h: fail"
    ]
