"""From what documents say to the plan's families."""

import math

import pytest
from pydantic import TypeAdapter

from sim.plan import distributions
from sim.plan.draws import sample
from sim.scenario.spreads import Time

HOUR = 3600


def family(written):
    return distributions.family_of(TypeAdapter(Time).validate_python(written))


@pytest.mark.parametrize(
    ("written", "mean", "median"),
    [
        ("2 h", 2.0, 2.0),
        ({"exponential": {"mean": "2 h"}}, 2.0, 2.0 * math.log(2)),
        ({"lognormal": {"median": "2 h", "cv": "50 %"}}, 2.0 * math.sqrt(1.25), 2.0),
        ({"triangular": {"low": "1 h", "mode": "2 h", "high": "6 h"}}, 3.0, 6 - math.sqrt(10)),
        ({"uniform": {"low": "1 h", "high": "2 h"}}, 1.5, 1.5),
        ({"weibull": {"scale": "2 h", "shape": 2.0}}, math.sqrt(math.pi), 2.0 * math.sqrt(math.log(2))),
        ({"gamma": {"mean": "2 h", "cv": "100 %"}}, 2.0, 2.0 * math.log(2)),
        ({"erlang": {"mean": "2 h", "stages": 1}}, 2.0, 2.0 * math.log(2)),
        ({"empirical": {"values": ["3 h", "1 h", "2 h"]}}, 2.0, 2.0),
    ],
)
def test_mean_and_median(written, mean, median):
    assert distributions.mean(family(written)) / HOUR == pytest.approx(mean, rel=2e-3)
    assert distributions.median(family(written)) / HOUR == pytest.approx(median, rel=1e-3)


def test_lognormal_by_its_ninetieth_percentile():
    given = family({"lognormal": {"median": "18 h", "p90": "40 h"}})
    assert sample(given, 0.9) / HOUR == pytest.approx(40.0)


def test_without_spread_it_is_fixed():
    assert family({"gamma": {"mean": "2 h", "cv": "0 %"}}) == distributions.fixed(2 * HOUR)


@pytest.mark.parametrize(
    "written",
    [
        "2 h",
        {"exponential": {"mean": "2 h"}},
        {"lognormal": {"median": "2 h", "cv": "50 %"}},
        {"triangular": {"low": "1 h", "mode": "2 h", "high": "6 h"}},
        {"weibull": {"scale": "2 h", "shape": 2.0}},
        {"gamma": {"mean": "2 h", "cv": "40 %"}},
    ],
)
@pytest.mark.parametrize("u", [0.001, 0.3, 0.97])
def test_a_scaled_family_is_a_multiple_of_the_same_draw(written, u):
    given = family(written)
    assert sample(distributions.scaled(given, 0.25), u) == pytest.approx(0.25 * sample(given, u))


def test_each_family_stands_once_in_the_table():
    table = distributions.DistributionTable()
    rows = [table.row(family(text)) for text in ("2 h", "3 h", "120 min")]
    assert rows == [0, 1, 0]
    assert table.table().a.tolist() == [2 * HOUR, 3 * HOUR]
