"""Sentences of expectations: their parts, what is not understood, and what they come to in a scenario."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from sim import scenario
from sim.scenario.expectations import EVERY, SOME, Expectation, parse
from sim.scenario.expected import Setting, expected
from sim.scenario.observations import MEASURES, Better, Measure

VALID = Path(__file__).parent / "scenarios" / "valid"
LINE = scenario.load(VALID / "expectations.yaml")


@dataclass(frozen=True)
class Kept:
    """An outcome of an experiment."""

    label: str
    measure: Measure
    better: Better | None = None
    unit: str = ""


OUTCOMES = {
    "p95": Kept(
        "Slow ones", Measure.model_validate({"of": "transit-time", "flow": "trains", "statistic": "p95"}), unit="d"
    ),
    "boxes": Kept("Boxes", Measure.model_validate({"of": "teu", "flow": "trains"})),
    "share": Kept("Moving", Measure.model_validate({"of": "moving-share", "flow": "trains"})),
}
TESTS = "allowed are < <= > >=, 'between X and Y', 'not worse than base', 'better than base'"
SWEEP = Setting(LINE, OUTCOMES, ("base", "p1", "p2"))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "transit_time.tt.p95 < 18 d at every point",
            Expectation(("transit-time", "tt", "p95"), "<", ("18 d",), "", EVERY, None),
        ),
        (
            "throughput not worse than base by more than 2%, 95% confidence",
            Expectation(("throughput",), "not worse", ("2%",), "base", EVERY, 0.95),
        ),
        ("p95<=1.5 h", Expectation(("p95",), "<=", ("1.5 h",), "", EVERY, None)),
        ("p95 > 3 d at some point", Expectation(("p95",), ">", ("3 d",), "", SOME, None)),
        ("p95 >= 3 d at p3, 99.5 % confidence", Expectation(("p95",), ">=", ("3 d",), "", "p3", 0.995)),
        ("p95 between 10 d and 12 d at base", Expectation(("p95",), "between", ("10 d", "12 d"), "", "base", None)),
        ("p95 better than p1", Expectation(("p95",), "better", (), "p1", EVERY, None)),
        ("p95 better than base by more than 12 h", Expectation(("p95",), "better", ("12 h",), "base", EVERY, None)),
    ],
)
def test_a_sentence_has_these_parts(text, parts):
    assert parse(text) == parts


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "an outcome or measure.what.statistic is due, e.g. transit_time.tt.p95 < 18 d"),
        ("a.b.c.d < 3", "'a.b.c.d' is neither an outcome nor measure.what.statistic, e.g. transit_time.tt.p95"),
        ("P95 < 3", "'P95' is neither an outcome nor measure.what.statistic, e.g. transit_time.tt.p95"),
        ("p95", f"after 'p95': {TESTS}"),
        (
            "p95 near 3",
            f"'near' is not understood: {TESTS}",
        ),
        ("p95 <", "after 'p95 <': a number with its unit is due, e.g. 18 d"),
        ("p95 < at base", "'at' is not understood: a number with its unit is due, e.g. 18 d"),
        ("p95 < < 3", "'<' is not understood: a number with its unit is due, e.g. 18 d"),
        (
            "p95 between 3 d",
            "after 'p95 between 3 d': 'and' with the upper limit is due, e.g. between 10 d and 12 d",
        ),
        ("p95 not better than base", "'better' is not understood: 'not worse than base' is due"),
        ("p95 not worse than", "after 'p95 not worse than': a point is due, e.g. base"),
        ("p95 better than P1", "'P1' is no name of a point: base, p3, or an id of the list of points is allowed"),
        (
            "p95 better than base by 2%",
            "'2%' is not understood: 'by more than' with a number is due, e.g. by more than 2%",
        ),
        (
            "p95 < 3 d at",
            "after 'p95 < 3 d at': 'every point', 'some point' or the name of a point is due, e.g. at base",
        ),
        ("p95 < 3 d at every", "after 'p95 < 3 d at every': 'every point' is due"),
        (
            "p95 < 3 d at base now",
            "'now' is not understood: the sentence ends before it, or with ', 95% confidence'",
        ),
        ("p95 < 3 d, 95% confidence too", "'too' is not understood: the sentence ends before it"),
        ("p95 < 3 d, 95 confidence", "'95' is not understood: ', 95% confidence' is due"),
        ("p95 < 3 d, 40% confidence", "'40%' is no confidence: above 50% and below 100% is allowed"),
        ("p95 < 3 d, 95%", "after 'p95 < 3 d , 95%': ', 95% confidence' is due"),
        ("x" * 201, "a sentence has at most 200 characters"),
    ],
)
def test_what_is_not_understood_is_named_with_what_is_allowed(text, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        parse(text)


def test_a_side_is_an_outcome_or_a_measure_of_a_scope_flow_place_or_service():
    found = expected("transit_time.tt.p95 < 36 h", SWEEP)
    assert (found.outcome, found.measure.flow, found.measure.statistic) == ("transit-time.tt.p95", ["trains"], "p95")
    assert (found.limits, found.unit, found.unit_size, found.better) == ((129600.0,), "h", 3600.0, "lower")
    assert expected("throughput.post > 3 trains/day", SWEEP).measure.place == ["post"]
    assert expected("p95 < 3 d", SWEEP).label == "Slow ones"


def test_a_ratio_needs_no_unit():
    assert expected("moving-share.trains > 0.5", SWEEP).limits == expected("moving-share.trains > 50 %", SWEEP).limits


@pytest.mark.parametrize(
    ("margin", "parts"),
    [
        ("", (0.0, True, "d")),
        (" by more than 2%", (0.02, True, "d")),
        (" by more than 12 h", (43200.0, False, "h")),
    ],
)
def test_a_margin_is_a_share_of_the_other_or_a_difference(margin, parts):
    found = expected(f"p95 not worse than base{margin} at p1", SWEEP)
    assert (found.margin, found.relative, found.unit) == parts


def test_a_margin_of_a_ratio_is_a_share_of_it_or_in_points():
    found = expected("share not worse than base by more than 2 points", SWEEP)
    assert (found.margin, found.relative, found.unit, found.better) == (0.02, False, "%", "higher")
    assert expected("share not worse than base by more than 2%", SWEEP).relative


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("p59 < 3 d", "unknown outcome 'p59' - did you mean 'p95'?"),
        ("throughput < 3 d", "'throughput' does not say of what: write throughput.PLACE, with the id of a place"),
        ("p95 < 3 d at p3", "unknown point 'p3'; there is base, p1, p2"),
        ("p95 not worse than p1 at p1", "'p1' is compared with itself"),
        (
            "boxes not worse than base",
            "'boxes' has no direction, so that nothing is worse or better: give an outcome 'better'",
        ),
        ("p95 < 300 km", "'300 km' is a length, a duration is due"),
        ("p95 < 3", "3 lacks a unit, e.g. '12 days'"),
        ("p95 < 3 dd", "unknown unit 'dd' in '3 dd' - did you mean 'd'?"),
        ("p95 better than base by more than 3 km", "'3 km' is a length, a duration is due"),
        ("p95 better than base by more than -3 h", "'-3 h' is below 0"),
        (
            "p95 better than base by more than 2 points",
            "'2 points': points are hundredths of a ratio, and no ratio is measured",
        ),
        (
            "share better than base by more than 0.02",
            "'0.02' is a share of what, or a difference? write '2%' or '2 points'",
        ),
    ],
)
def test_what_does_not_fit_is_named(text, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        expected(text, SWEEP)


def test_directions_stand_with_the_measures_and_an_outcome_goes_before_them():
    assert {name for name, kind in MEASURES.items() if kind.better is None} == {
        "shipments",
        "teu",
        "teu-per-shipment",
        "inside",
        "utilisation",
    }
    fewer = Setting(LINE, {"boxes": Kept("Boxes", OUTCOMES["boxes"].measure, "lower")}, ("base", "p1"))
    assert expected("boxes not worse than base", fewer).better == "lower"


def test_the_sentences_of_the_readme_are_understood():
    text = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    section = text[text.index("## In continuous integration") : text.index("## As a library")]
    found = [parse(sentence) for sentence in re.findall(r"^\| `([^`]+)`", section, flags=re.MULTILINE)]
    assert [each.test for each in found] == ["<", ">=", "between", "not worse", "not worse", "better"]
