"""Screening by Morris and Sobol's indices, with functions whose answer is known in place of a simulator."""

import math

import numpy as np
import pandas as pd
import pytest
from SALib.analyze import morris as oracle
from SALib.sample import morris, sobol
from SALib.test_functions import Ishigami

from sim.experiments.samples import shares
from sim.experiments.sensitivity import INDICES, SCREENING, Sample, analyse, noise_share
from sim.metrics.coordinates import apart_from_base, coordinates, settings
from sim.scenario.designs import SobolIndices
from tests.small_sweeps import factors_table, outcomes_table, points_table, values_table

NAMES = ["x1", "x2", "x3"]
ONE = outcomes_table({"unit": "h", "unit_size": 3600.0})


def sample(design, where, ends, model, replications=1):
    """A sweep at the rows of ``where``, below a base in the middle of the ranges."""
    low, high = ends
    middle = (low + high) / 2
    points = points_table(
        [dict.fromkeys(NAMES, middle), *(dict(zip(NAMES, row, strict=True)) for row in where.tolist())]
    )
    factors = factors_table(*({"factor": name, "low": low, "high": high} for name in NAMES))
    return Sample(design, points, factors, ONE, values_table(points, model, replications))


def problem(low, high):
    return {"num_vars": 3, "names": NAMES, "bounds": [[low, high]] * 3}


def of(table, **which):
    for column, value in which.items():
        table = table[table[column] == value]
    assert len(table) == 1
    return table.iloc[0]


def ishigami(point, replication):
    return 3600 * float(Ishigami.evaluate(np.array([[point[name] for name in NAMES]]))[0])


@pytest.fixture(scope="module")
def known():
    stated = SobolIndices(kind="sobol-indices", base=2048, second_order=True, seed=3)
    where = math.pi * (2 * shares(stated, 3) - 1)
    design = stated.model_dump(mode="json")
    return analyse(sample(design, where, (-math.pi, math.pi), ishigami))["indices"]


FIRST = {"x1": 0.3139, "x2": 0.4424, "x3": 0.0}
TOTAL = {"x1": 0.5576, "x2": 0.4424, "x3": 0.2437}


@pytest.mark.parametrize(("order", "exact"), [("first", FIRST), ("total", TOTAL)])
def test_indices_of_ishigami_are_found(known, order, exact):
    for name, value in exact.items():
        row = of(known, order=order, factor=name)
        assert row["value"] == pytest.approx(value, abs=0.02)
        assert row["low"] < value < row["high"]


def test_the_pair_of_ishigami_is_found(known):
    assert of(known, order="second", factor="x1", other="x3")["value"] == pytest.approx(0.2437, abs=0.03)
    assert of(known, order="second", factor="x1", other="x2")["value"] == pytest.approx(0, abs=0.03)
    assert list(known.columns) == list(INDICES)


SOBOL = {"kind": "sobol-indices", "seed": 1}


def noisy(scale):
    """Half the variance of x1 and x2 each; a replication adds the same everywhere, and ``scale`` times luck."""

    def model(point, replication):
        luck = np.random.default_rng([int(point["point"]), replication]).normal()
        return 3600 * (point["x1"] + point["x2"] + 5 * replication + scale * luck)

    return model


def test_noise_of_replications_is_told_and_widens_intervals():
    where = sobol.sample(problem(0, 1), 128, calc_second_order=False, seed=3)
    calm, rough = (analyse(sample(SOBOL, where, (0, 1), noisy(scale), 4))["indices"] for scale in (0.0, 0.4))
    # 0.16 / 4 beside a variance of 2 / 12.
    assert of(calm, order="total", factor="x3")[["value", "noise"]].tolist() == pytest.approx([0, 0], abs=1e-9)
    row = of(rough, order="total", factor="x3")
    assert row["noise"] == pytest.approx(0.04 / (1 / 6 + 0.04), abs=0.03)
    assert row["value"] == pytest.approx(row["noise"], abs=0.05)
    widths = [float(np.ptp(of(table, order="first", factor="x1")[["low", "high"]])) for table in (calm, rough)]
    assert widths[0] < widths[1]


def test_the_same_everywhere_has_no_indices():
    where = sobol.sample(problem(0, 1), 16, calc_second_order=False, seed=3)
    table = analyse(sample(SOBOL, where, (0, 1), lambda point, r: 7.0 + r, 3))["indices"]
    assert table["value"].isna().all()
    assert table["rows"].tolist() == [16] * 6


def test_rows_that_miss_a_point_are_left_out():
    where = sobol.sample(problem(0, 1), 16, calc_second_order=False, seed=3)
    whole = sample(SOBOL, where, (0, 1), noisy(0.0), 2)
    cut = Sample(SOBOL, whole.points, whole.factors, ONE, whole.values[whole.values["point"] != 7])
    assert analyse(cut)["indices"]["rows"].tolist() == [15] * 6
    few = Sample(SOBOL, whole.points, whole.factors, ONE, whole.values[whole.values["point"] < 30])
    assert analyse(few)["indices"]["value"].isna().all()


MORRIS = {"kind": "morris", "trajectories": 8, "levels": 4, "seed": 1}


def bent(point, replication):
    """Linear in x1, bent with x2, nothing of x3."""
    return 3600 * (2 * point["x1"] + (point["x2"] - 0.5) ** 2 * 8 + replication)


def test_screening_agrees_with_salib():
    where = morris.sample(problem(0, 1), 8, num_levels=4, seed=5)
    found = sample(MORRIS, where, (0, 1), bent)
    table = analyse(found)["screening"]
    value = found.values.loc[found.values["point"] > 0, "value"].to_numpy() / 3600
    expected = oracle.analyze(problem(0, 1), where, value, num_levels=4, seed=1)
    for column in ("mu", "mu_star", "sigma"):
        assert table[column].tolist() == pytest.approx(np.asarray(expected[column]).tolist(), abs=1e-9)
    assert list(table.columns) == list(SCREENING)


def test_a_linear_effect_is_the_same_everywhere_and_no_effect_is_none():
    where = morris.sample(problem(0, 10), 8, num_levels=4, seed=5)
    table = analyse(sample(MORRIS, where, (0, 10), bent, 3))["screening"].set_index("factor").to_dict("index")
    columns = ["mu", "mu_low", "mu_high", "mu_star", "sigma"]
    assert [table["x1"][column] for column in columns] == pytest.approx([20, 20, 20, 20, 0], abs=1e-6)
    assert [table["x3"][column] for column in (*columns, "mu_star_high", "noise")] == pytest.approx([0] * 7, abs=1e-9)
    sigma, low, value, high = (table["x2"][column] for column in ("sigma", "mu_star_low", "mu_star", "mu_star_high"))
    assert sigma > 10
    assert low < value < high


def test_noise_says_what_mu_star_replications_alone_would_give():
    where = morris.sample(problem(0, 1), 100, num_levels=4, seed=5)

    def luck(point, replication):
        return 3600 * np.random.default_rng([int(point["point"]), replication]).normal()

    row = of(analyse(sample(MORRIS, where, (0, 1), luck, 5))["screening"], factor="x3")
    exact = math.sqrt(2 / math.pi) * math.sqrt(2 / 5) / (2 / 3)
    assert row["noise"] == pytest.approx(exact, rel=0.1)
    assert row["mu_star"] == pytest.approx(row["noise"], rel=0.2)


def test_effects_are_those_of_the_step_that_was_made():
    """Values rounded to whole ones: 0, 3, 7, 10 become 0, 5, 5, 10 at best, and some steps stay where they are."""
    where = np.round(morris.sample(problem(0, 10), 8, num_levels=4, seed=5) / 5) * 5
    table = analyse(sample(MORRIS, where, (0, 10), bent))["screening"].set_index("factor").to_dict("index")
    assert [table["x1"]["mu"], table["x1"]["sigma"]] == pytest.approx([20, 0], abs=1e-9)


def test_names_have_no_distances():
    """Whoever goes from one name to another goes all the way: 5 more for a, 1 more for c than for b."""
    points = points_table([{"x1": name} for name in ("b", "a", "b", "b", "c", "a", "c")])
    extra = {"a": 5.0, "b": 0.0, "c": 1.0}
    values = values_table(points, lambda point, r: 3600 * extra[point["x1"]], 2)
    found = analyse(Sample(MORRIS, points, factors_table({"factor": "x1"}), ONE, values))["screening"]
    assert found["mu_star"].tolist() == pytest.approx([(5 + 1 + 4) / 3])


def test_trajectories_that_miss_a_point_are_left_out():
    where = morris.sample(problem(0, 1), 3, num_levels=4, seed=5)
    whole = sample(MORRIS, where, (0, 1), bent, 2)
    cut = Sample(MORRIS, whole.points, whole.factors, ONE, whole.values[whole.values["point"] < 12])
    assert analyse(cut)["screening"]["trajectories"].tolist() == [2, 2, 2]
    few = Sample(MORRIS, whole.points, whole.factors, ONE, whole.values[whole.values["point"] < 8])
    assert analyse(few)["screening"]["mu_star"].isna().all()


def test_other_designs_have_no_such_table():
    assert analyse(Sample({"kind": "grid"}, pd.DataFrame(), pd.DataFrame(), ONE, pd.DataFrame())) == {}


def test_the_same_tables_give_the_same_numbers():
    where = morris.sample(problem(0, 1), 8, num_levels=4, seed=5)
    one, two = (analyse(sample(MORRIS, where, (0, 1), bent, 3))["screening"] for _ in range(2))
    pd.testing.assert_frame_equal(one, two, check_exact=True)


def test_noise_is_what_is_left_beside_points_and_replications():
    assert noise_share(np.array([[1.0, 2.0], [3.0, 4.0]])) == 0
    assert math.isnan(noise_share(np.array([[1.0], [3.0]])))
    assert math.isnan(noise_share(np.array([[1.0, 2.0], [1.0, 2.0]])))


def test_coordinates_follow_the_range_its_ratios_and_names():
    points = points_table([{"a": 1.0, "b": 10.0, "c": "open"}, {"a": 2.0, "b": 100.0, "c": "closed"}])
    factors = factors_table(
        {"factor": "a", "low": 0.0, "high": 4.0}, {"factor": "b", "low": 1.0, "high": 100.0, "scale": "log"},
        {"factor": "c", "low": math.nan, "high": math.nan},
    )  # fmt: skip
    assert coordinates(points, factors).tolist() == [[0.25, 0.5, 1.0], [0.5, 1.0, 0.0]]
    assert apart_from_base(points, factors).tolist() == [[False] * 3, [True] * 3]


def test_settings_are_read_with_their_units():
    points = points_table([{"a": 1.0}, {"a": 2.0}, {"a": 1.817121}, {"a": 12345.6}, {"a": math.nan}])
    assert settings(points, {"factor": "a", "unit": "lanes"}) == [
        "1 lane",
        "2 lanes",
        "1.817 lanes",
        "12,346 lanes",
        "",
    ]
    ones = points_table([{"a": 1.0}])
    units = {"boxes": "1 box", "ferries": "1 ferry", "h": "1 h", "TEU": "1 TEU", "days": "1 day", "": "1"}
    assert {unit: settings(ones, {"factor": "a", "unit": unit})[0] for unit in units} == units
