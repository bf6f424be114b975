"""Surrogates: smooth surfaces through noisy points, which know how well they predict."""

import numpy as np
import pytest
from scipy.stats import qmc

from sim.experiments.surrogate import surrogate
from sim.metrics.bounds import Bounds

SPOTS = qmc.Sobol(2, rng=5).random(64)
NEW = np.random.default_rng(6).random((200, 2))


def curved(spots):
    return 3 + np.sin(4 * spots[:, 0]) + spots[:, 0] * spots[:, 1]


def test_a_smooth_function_is_found_again():
    found = surrogate(SPOTS, curved(SPOTS))
    assert found is not None
    assert np.sqrt(np.mean((found(NEW) - curved(NEW)) ** 2)) < 0.03
    assert found.explained > 0.99


def test_noise_is_smoothed_and_told():
    noise = np.random.default_rng(7).normal(0, 0.2, 64)
    found = surrogate(SPOTS, curved(SPOTS) + noise)
    assert found is not None
    assert np.sqrt(np.mean((found(NEW) - curved(NEW)) ** 2)) < 0.15
    assert 0.15 < found.error < 0.35
    assert 0.7 < found.explained < 0.97


def test_nothing_is_predicted_of_noise_alone():
    found = surrogate(SPOTS, np.random.default_rng(8).normal(0, 1, 64))
    assert found is not None
    assert found.explained < 0.15


def test_equal_positions_are_taken_together_and_missing_numbers_left_out():
    spots = np.concatenate([SPOTS, SPOTS, SPOTS[:1]])
    numbers = np.concatenate([curved(SPOTS) + 1, curved(SPOTS) - 1, [np.nan]])
    found, plain = surrogate(spots, numbers), surrogate(SPOTS, curved(SPOTS))
    assert found is not None
    assert plain is not None
    assert found(NEW) == pytest.approx(plain(NEW))


def test_too_few_points_give_none():
    assert surrogate(SPOTS[:5], curved(SPOTS[:5])) is None


def test_a_constant_is_a_constant():
    found = surrogate(SPOTS, np.full(64, 4.0))
    assert found is not None
    assert found(NEW) == pytest.approx(np.full(200, 4.0))


def test_what_can_only_lie_between_bounds_is_fitted_so_and_told_so():
    steep = np.exp(8 * SPOTS[:, 0] - 4 * SPOTS[:, 1])
    free, bound = surrogate(SPOTS, steep), surrogate(SPOTS, steep, Bounds(0.0))
    assert free is not None
    assert bound is not None
    assert float(free(NEW).min()) < 0 < float(bound(NEW).min())
    assert bound.scale.name == "logarithm"
    assert bound.error < 0.1 * free.error
    share = surrogate(SPOTS, 1 / (1 + np.exp(-12 * (SPOTS[:, 0] - 0.5))), Bounds(0.0, 1.0))
    assert share is not None
    assert share.scale.name == "logit"
    assert 0 < float(share(NEW).min()) < float(share(NEW).max()) < 1


def test_numbers_on_a_bound_are_fitted_as_they_are_and_cut():
    waits = np.maximum(SPOTS[:, 0] - 0.6, 0.0)
    found = surrogate(SPOTS, waits, Bounds(0.0))
    assert found is not None
    assert found.scale.name == "as it is"
    assert float(found(NEW).min()) == 0.0


def test_the_error_is_told_in_the_unit_of_the_numbers_whatever_the_scale():
    noisy = np.exp(np.random.default_rng(9).normal(0, 0.3, 64) + 3 * SPOTS[:, 0])
    found = surrogate(SPOTS, noisy, Bounds(0.0))
    assert found is not None
    assert found.scale.name == "logarithm"
    assert found.explained == pytest.approx(1 - found.error**2 / noisy.var())
