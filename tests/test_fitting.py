"""Fits carried out with the simulator: the value behind an observation is found again, and set by a patch."""

import pytest
import yaml

from sim import scenario
from sim.errors import ScenarioError
from sim.experiments.fitting import fit
from sim.experiments.sweep import order, sweep
from tests.small_experiments import LANES, written

PATH = "operations.check.time.lognormal.p90"
FACTORS = {"p90": {"path": PATH, "low": "5 h", "high": "16 h"}}
OUTCOMES = {
    "wait": LANES["outcomes"]["wait"],
    "longest": {"measure": {"of": "waiting-time", "place": "post", "statistic": "most"}},
}
TRUE = "8 h"
REPLICATIONS = 40


@pytest.fixture(scope="module")
def observed(tmp_path_factory):
    """What the simulator itself gives where the truth is known, by other luck."""
    points = {"kind": "list", "points": {"true": {"p90": TRUE}}}
    folder = tmp_path_factory.mktemp("truth")
    file = written(folder, factors=FACTORS, design=points, outcomes=OUTCOMES, replications=200, seed=77)
    response = sweep(order(file)).response
    return response[response["name"] == "true"].set_index("outcome")["mean"].to_dict()


def asked(folder, observed):
    targets = {
        "wait": {"outcome": "wait", "observed": f"{observed['wait']:.4f} h", "spread": "0.2 h"},
        "longest": {
            "outcome": "longest",
            "observed": f"{observed['longest']:.4f} h",
            "spread": "1 h",
            "held_out": True,
        },
    }
    stated = {"trials": 24, "targets": targets}
    return written(folder, factors=FACTORS, design=None, outcomes=OUTCOMES, fit=stated, replications=REPLICATIONS)


@pytest.fixture(scope="module")
def found(tmp_path_factory, observed):
    return fit(order(asked(tmp_path_factory.mktemp("fit"), observed)))


def test_the_true_value_lies_in_the_interval_that_is_left(found):
    [row] = found.calibrated.factors.to_dict("records")
    assert row["low"] < 8 < row["high"]
    assert row["identified"] == "yes"
    assert row["fitted"] == pytest.approx(8, abs=0.7)


def test_what_was_held_out_is_met_too(found):
    targets = found.calibrated.targets.set_index("target")
    assert abs(targets.loc["longest", "apart"]) < 2
    assert targets["held_out"].to_dict() == {"wait": False, "longest": True}


def test_the_patch_is_a_scenario_with_the_fitted_value(tmp_path, observed, found):
    asked(tmp_path, observed)
    (tmp_path / "fitted.yaml").write_text(found.patch, encoding="utf-8")
    [row] = found.calibrated.factors.to_dict("records")
    spread = scenario.load(tmp_path / "fitted.yaml").operations["check"].time
    assert spread is not None
    assert spread.lognormal is not None
    own = spread.lognormal.p90
    assert own is not None
    assert own.value == pytest.approx(row["fitted"] * 3600)
    assert own.low == pytest.approx(row["low"] * 3600)
    assert own.note.startswith("Fitted by the experiment 'lanes'")
    assert yaml.safe_load(found.patch)["extends"] == "post.yaml"


def test_an_experiment_without_a_fit_is_refused(tmp_path):
    with pytest.raises(ScenarioError, match="has no 'fit'"):
        fit(order(written(tmp_path)))
