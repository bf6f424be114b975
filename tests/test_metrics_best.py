"""Which of several runs may be the best, and how many replications tell: against sums by hand and by trial."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from sim.metrics.best import COLUMNS, ranking, replications_due

VALUES = np.array([[10.0, 12.0, 11.0, 13.0], [10.5, 12.4, 11.7, 13.4], [14.0, 15.0, 17.0, 18.0]])


def test_a_run_is_left_out_if_another_is_better_by_more_than_chance():
    table = ranking(["a", "b", "c"], VALUES)
    assert list(table.columns) == list(COLUMNS)
    assert table["mean"].tolist() == pytest.approx([11.5, 12.0, 16.0])
    assert table["first"].tolist() == [True, False, False]
    # b - a is 0.5 +- 0.14 (s) in four pairs; t of 2.5 % on one side with three degrees of freedom is 3.18: 0.22.
    s = np.std(VALUES[1] - VALUES[0], ddof=1)
    assert stats.t.ppf(0.975, 3) * s / 2 == pytest.approx(0.2250, abs=1e-3)
    assert table["may_be_best"].tolist() == [True, False, False]
    assert ranking(["a", "b", "c"], VALUES, highest=True)["may_be_best"].tolist() == [False, False, True]


def test_the_same_luck_tells_apart_what_means_alone_do_not():
    apart = ranking(["a", "b"], VALUES[:2])
    assert apart["high"][0] > apart["low"][1]
    assert apart["may_be_best"].tolist() == [True, False]
    shuffled = ranking(["a", "b"], np.array([VALUES[0], VALUES[1, ::-1]]))
    assert shuffled["may_be_best"].tolist() == [True, True]


def test_replications_that_a_run_lacks_are_left_out_of_all():
    gaps = VALUES.copy()
    gaps[2, 0] = np.nan
    assert ranking(["a", "b", "c"], gaps)["replications"].tolist() == [3, 3, 3]
    assert ranking(["a", "b", "c"], gaps)["mean"].tolist() == pytest.approx([12.0, 12.5, 50 / 3])


def test_replications_due_are_those_of_clark_and_yang():
    widest = max(np.std(VALUES[a] - VALUES[b], ddof=1) for a in range(3) for b in range(3))
    for zone in (0.1, 0.5, 1.0):
        due = math.ceil((stats.t.ppf(1 - 0.05 / 2, 3) * widest / zone) ** 2)
        assert replications_due(VALUES, zone) == max(4, due)
    assert replications_due(VALUES, 100.0) == 4
    assert replications_due(np.array([VALUES[0], VALUES[0] + 1]), 0.5) == 4


def trial(generator, means, number):
    """Runs with a common part of each replication and an own one."""
    common = generator.normal(0, 2, number)
    return np.asarray(means)[:, None] + common + generator.normal(0, 1, (len(means), number))


def test_the_best_is_kept_and_selected_as_often_as_is_said():
    generator = np.random.default_rng(5)
    kept = selected = 0
    trials = 400
    for _ in range(trials):
        # All others exactly the zone behind: the hardest case.
        first = trial(generator, [0.0, 0.8, 0.8, 0.8], 10)
        kept += bool(ranking(list("abcd"), trial(generator, [0.0, 0.0, 0.0, 0.0], 10))["may_be_best"][0])
        due = replications_due(first, 0.8)
        whole = np.concatenate([first, trial(generator, [0.0, 0.8, 0.8, 0.8], due - 10)], axis=1)
        selected += int(np.argmin(whole.mean(axis=1)) == 0)
    # As few as this come once in ten thousand times if the chance is 95 %.
    least = stats.binom.ppf(1e-4, trials, 0.95)
    assert kept >= least
    assert selected >= least
