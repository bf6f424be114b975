"""Samples of the unit cube: their shapes, that they fill the cube as they promise, and that more keeps the first."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import qmc

from sim.experiments.samples import shares
from sim.scenario import designs


def latin(points, seed=1, optimised=False):
    return designs.LatinHypercube(kind="latin-hypercube", points=points, seed=seed, optimised=optimised)


def sobol(points, seed=1):
    return designs.SobolSequence(kind="sobol-sequence", points=points, seed=seed)


def halton(points, seed=1):
    return designs.Halton(kind="halton", points=points, seed=seed)


def morris(trajectories, levels=4, seed=1):
    return designs.Morris(kind="morris", trajectories=trajectories, levels=levels, seed=seed)


def saltelli(start, second_order=False, seed=1):
    return designs.SobolIndices(kind="sobol-indices", base=start, second_order=second_order, seed=seed)


@pytest.mark.parametrize("design", [latin(7), sobol(7), halton(7), morris(2), saltelli(4), saltelli(4, True)])
def test_a_design_is_a_function_of_its_seed(design):
    assert np.array_equal(shares(design, 3), shares(design, 3))
    assert not np.array_equal(shares(design, 3), shares(design.model_copy(update={"seed": 2}), 3))
    assert shares(design, 3).min() >= 0
    assert shares(design, 3).max() <= 1


@pytest.mark.parametrize(
    ("few", "many"),
    [(sobol(5), sobol(19)), (halton(5), halton(19)), (morris(2), morris(5)), (saltelli(4), saltelli(16))],
)
def test_more_points_keep_the_first(few, many):
    first = shares(few, 3)
    assert np.array_equal(first, shares(many, 3)[: len(first)])


def test_a_latin_hypercube_has_one_point_in_each_stratum():
    for optimised in (False, True):
        found = shares(latin(10, optimised=optimised), 3)
        assert [sorted((column * 10).astype(int)) for column in found.T] == [list(range(10))] * 3
    assert qmc.discrepancy(shares(latin(10, optimised=True), 3)) < qmc.discrepancy(shares(latin(10), 3))


def test_a_power_of_two_of_sobols_points_has_one_in_each_stratum():
    assert [sorted((column * 16).astype(int)) for column in shares(sobol(16), 3).T] == [list(range(16))] * 3


def test_a_trajectory_changes_each_factor_once():
    found = shares(morris(6, levels=4), 3).reshape(6, 4, 3)
    assert np.array_equal(np.unique(found.round(9)), np.array([0, 1 / 3, 2 / 3, 1]).round(9))
    changed = ~np.isclose(np.diff(found, axis=1), 0)
    assert (changed.sum(axis=2) == 1).all()
    assert (changed.sum(axis=1) == 1).all()


def test_saltellis_scheme_mixes_one_column_of_the_second_sample_into_the_first():
    first, *mixed, second = shares(saltelli(2), 3)[:5]
    for factor, row in enumerate(mixed):
        assert [row[other] == (second if other == factor else first)[other] for other in range(3)] == [True] * 3
    assert len(shares(saltelli(4), 3)) == 4 * 5
    assert len(shares(saltelli(4, second_order=True), 3)) == 4 * 8
