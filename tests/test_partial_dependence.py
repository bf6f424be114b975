"""Curves from a surrogate, where it predicts well, and none where it does not."""

import json
import math

import numpy as np
import pytest
from scipy.stats import qmc

from sim.experiments.partial_dependence import independent, partial_dependence
from sim.experiments.sensitivity import Sample
from tests.small_sweeps import factors_table, outcomes_table, points_table, values_table

ONE = outcomes_table({"unit": "h", "unit_size": 3600.0})
FACTORS = factors_table(
    {"factor": "a", "low": 0.0, "high": 10.0}, {"factor": "b", "low": 1.0, "high": 100.0, "scale": "log"},
    {"factor": "c", "low": math.nan, "high": math.nan},
)  # fmt: skip


def sample(model, count=64, replications=2):
    where = qmc.Sobol(3, rng=3).random(count).tolist()
    rows = [{"a": 10 * a, "b": 100**b, "c": "open" if c < 0.5 else "shut"} for a, b, c in where]
    points = points_table([{"a": 5.0, "b": 10.0, "c": "open"}, *rows])
    design = {"kind": "sobol-sequence", "points": count, "seed": 1}
    return Sample(design, points, FACTORS, ONE, values_table(points, model, replications))


def smooth(point, replication):
    return 3600 * (point["a"] ** 2 / 10 + 5 * math.log10(point["b"]) + 3 * (point["c"] == "shut") + replication)


def test_a_curve_is_the_mean_over_all_others():
    found = partial_dependence(sample(smooth))
    (row,) = found["surrogates"].to_dict("records")
    assert row["shown"]
    assert row["explained"] > 0.98
    assert row["noise"] == pytest.approx(0, abs=1e-9)
    curves = found["partial_dependence"]
    a, b, c = (curves[curves["factor"] == name] for name in ("a", "b", "c"))
    # Means of the others: 5 log10 of b in its middle is 5, half of the points are shut, replications add 0 and 1.
    expected = a["at"] ** 2 / 10 + 5 + 1.5 + 0.5
    assert a["mean"].tolist() == pytest.approx(expected.tolist(), abs=0.5)
    assert len(a) == 21
    assert (a["low"] < a["mean"]).all()
    assert np.diff(np.log(b["at"].to_numpy())) == pytest.approx(np.log(100) / 20, rel=0.1)
    means = dict(zip(c["setting"], c["mean"], strict=True))
    assert means["shut"] - means["open"] == pytest.approx(3, abs=0.3)


def test_what_cannot_be_predicted_has_no_curve():
    def luck(point, replication):
        return 3600 * np.random.default_rng([int(point["point"]), replication]).normal()

    found = partial_dependence(sample(luck))
    (row,) = found["surrogates"].to_dict("records")
    assert not row["shown"]
    assert row["explained"] < 0.3
    assert row["noise"] > 0.6
    assert found["partial_dependence"].empty


@pytest.mark.parametrize(
    ("count", "model", "reason"),
    [
        (8, smooth, "too few for it: 8 points, 20 are needed"),
        (32, lambda point, r: 5.0, "it is the same at all points"),
    ],
)
def test_the_reason_is_told(count, model, reason):
    assert partial_dependence(sample(model, count))["surrogates"]["reason"].tolist() == [reason]


def test_factors_that_change_together_cannot_be_told_apart():
    found = sample(smooth, 32)
    points = found.points.assign(a=np.log10(found.points["b"]) * 5)
    table = partial_dependence(Sample({"kind": "csv"}, points, FACTORS, ONE, found.values))["surrogates"]
    assert table["reason"].tolist() == ["some factors change only together"]


def test_of_saltellis_scheme_only_the_two_samples_count():
    whole = sample(smooth, 16)
    mixed = Sample({"kind": "sobol-indices"}, whole.points, FACTORS, ONE, whole.values)
    assert independent(mixed)["point"].tolist() == [1, 5, 6, 10, 11, 15, 16]
    assert len(independent(whole)) == 16


def test_a_curve_and_its_band_tell_nothing_impossible():
    aim = json.dumps({"of": "load-factor", "statistic": "", "aims": [{"names": ["west"]}]})
    outcomes = outcomes_table({"unit": "%", "unit_size": 0.01, "measure": aim})

    def full(point, replication):
        return 1 / (1 + math.exp(-1.5 * point["a"] + 4 - 0.01 * replication))

    own = sample(full)
    curves = partial_dependence(Sample(own.design, own.points, FACTORS, outcomes, own.values))["partial_dependence"]
    assert curves["high"].max() <= 100
    assert curves["low"].min() >= 0
    assert curves["mean"].max() > 97
