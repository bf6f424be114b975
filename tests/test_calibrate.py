"""Fits: known values are found again with their noise, and what the observations do not tell is said."""

import math

import numpy as np
import pytest
from scipy import stats

from sim.experiments.calibrate import Aim, Asked, calibrate, misfits
from sim.experiments.likelihood import weigh
from tests.sought import BASE, Simulator, stretch

QUEUE, WORK, IDLE = stretch("queue"), stretch("work", 1, 10), stretch("idle")


def median(values):
    return 2 * values.get("queue", 0.0) + values.get("work", 1.0)


def tail(values):
    return 5 * values.get("queue", 0.0) + values.get("work", 1.0)


def asked(aims, axes=(QUEUE, WORK), trials=60):
    return Asked(axes, tuple(aims), trials, together=6, seed=1)


def at(queue, work, spread=0.3):
    point = {"queue": queue, "work": work}
    return [Aim("median", "median", median(point), spread, False), Aim("tail", "tail", tail(point), spread, False)]


def test_the_values_behind_the_observations_are_found_again():
    found = calibrate(asked(at(4.0, 6.0)), BASE, Simulator(noise=0.05, median=median, tail=tail))
    factors = found.factors.set_index("factor")
    assert factors.loc["queue", "fitted"] == pytest.approx(4.0, abs=0.4)
    assert factors.loc["work", "fitted"] == pytest.approx(6.0, abs=1.0)
    assert factors["identified"].tolist() == ["yes", "yes"]
    for factor, true in (("queue", 4.0), ("work", 6.0)):
        assert factors["low"].to_dict()[factor] < true < factors["high"].to_dict()[factor]


def test_intervals_are_those_of_the_least_squares_that_can_be_worked_out():
    found = calibrate(asked(at(4.0, 6.0)), BASE, Simulator(median=median, tail=tail))
    slopes = np.array([[2.0, 1.0], [5.0, 1.0]])
    deviation = np.sqrt(np.diag(np.linalg.inv(slopes.T @ slopes / 0.3**2)))
    factors = found.factors.set_index("factor")
    width = (factors["high"] - factors["low"]).to_numpy()
    assert width == pytest.approx(2 * 1.96 * deviation, rel=0.1)


def test_a_factor_that_nothing_depends_on_is_not_identified():
    found = calibrate(asked(at(4.0, 6.0), (QUEUE, WORK, IDLE)), BASE, Simulator(median=median, tail=tail))
    factors = found.factors.set_index("factor")
    assert factors["identified"].to_dict() == {"queue": "yes", "work": "yes", "idle": "no"}
    assert factors.loc["idle", "left"] == pytest.approx(1.0, abs=0.05)


def test_factors_that_one_observation_tells_together_are_said_to_be():
    found = calibrate(asked(at(2.5, 5.0)[:1]), BASE, Simulator(median=median, tail=tail))
    factors = found.factors.set_index("factor")
    assert factors.loc["queue", "together"] == "work"
    assert factors.loc["work", "together"] == "queue"
    assert factors.loc["work", "identified"] == "no"


def test_a_held_out_target_is_compared_and_moves_nothing():
    own = at(4.0, 6.0)
    away = [*own, Aim("other", "tail", 1000.0, 0.3, True)]
    simulators = [Simulator(noise=0.05, median=median, tail=tail) for _ in range(2)]
    with_it, without = (calibrate(asked(aims), BASE, each) for aims, each in zip((away, own), simulators, strict=True))
    assert with_it.factors.equals(without.factors)
    other = with_it.targets.set_index("target").loc["other"]
    assert other["held_out"]
    assert other["apart"] < -1000


def test_noise_of_the_simulation_widens_the_interval():
    quiet = calibrate(asked(at(4.0, 6.0, 0.05)), BASE, Simulator(median=median, tail=tail))
    noisy = calibrate(asked(at(4.0, 6.0, 0.05)), BASE, Simulator(noise=1.0, median=median, tail=tail))
    widths = [(each.factors["high"] - each.factors["low"]).iloc[0] for each in (quiet, noisy)]
    assert widths[1] > 2 * widths[0]


def test_each_mean_of_a_target_has_its_interval_also_of_the_one_held_out():
    aims = [*at(4.0, 6.0), Aim("other", "tail", 20.0, 0.3, True)]
    found = calibrate(asked(aims), BASE, Simulator(noise=0.5, median=median, tail=tail))
    for row in found.targets.to_dict("records"):
        own = found.values[found.values["outcome"] == row["outcome"]]
        for number, columns in ((0, ("before_low", "before_high")), (found.best.number, ("low", "high"))):
            value = own.loc[own["point"] == number, "value"]
            expected = stats.ttest_1samp(value, 0).confidence_interval(0.95)
            assert [row[column] for column in columns] == pytest.approx(list(expected))
    ends = found.targets.loc[found.targets["target"] == "other", ["observed_low", "observed_high"]].to_numpy()
    assert ends == pytest.approx(np.array([[20 - 0.588, 20 + 0.588]]))


def test_weight_in_a_corner_is_found():
    spot = np.array([0.013, 0.987, 0.5])
    found = weigh(lambda positions: (((positions - spot) / 0.002) ** 2).sum(axis=1), 3, 1)
    assert found.best == pytest.approx(spot, abs=0.002)
    assert found.high - found.low == pytest.approx(np.full(3, 2 * 1.96 * 0.002), rel=0.1)
    assert found.effective > 2000


def test_a_point_that_is_refused_has_no_misfit_and_is_not_the_best():
    simulator = Simulator(noise=0.05, median=median, tail=tail)

    def refusing(points):
        """Refuses the base, and every other point."""
        return simulator([point for point in points if point.number % 2])

    found = calibrate(asked(at(4.0, 6.0)), BASE, refusing)
    missing = found.trials.loc[found.trials["misfit"].isna(), "point"]
    assert set(missing % 2) == {0}
    assert found.trials["misfit"].notna().sum() > 20
    assert found.best.number % 2 == 1
    assert found.factors.set_index("factor").loc["queue", "fitted"] == pytest.approx(4.0, abs=0.4)
    assert found.targets["before"].isna().all()


def test_the_misfit_is_the_sum_of_squared_standard_errors():
    simulator = Simulator(median=median)
    values = simulator([BASE])
    found = misfits([Aim("one", "median", 2.0, 0.5, False)], values, [0, 7])
    assert found[0] == pytest.approx(4.0)
    assert math.isnan(found[7])
