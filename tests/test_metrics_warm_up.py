"""MSER-5 against its definition and against another program, and the series that it is taken of."""

from __future__ import annotations

import numpy as np
import pytest

from sim.metrics.accounts import accounts
from sim.metrics.warm_up import COLUMNS, Truncation, mser_5, under_way, warm_up
from tests.small_logs import corridors, nothing_moved


def rising(count):
    """A level that rises to 20 by exp(-k / 150), and numbers of a linear congruential generator up to 4 on it."""
    state, found = 12345, []
    for k in range(count):
        state = (1103515245 * state + 12345) % 2**31
        found.append(20 * (1 - np.exp(-k / 150)) + 4 * (state / 2**31))
    return np.array(found)


@pytest.mark.parametrize(
    ("count", "at", "converged"),
    [(3000, 510, True), (1203, 480, True), (600, 505, False), (400, 275, False), (250, 190, False)],
)
def test_it_is_where_another_program_finds_it(count, at, converged):
    # kim-convergence 0.1.0, mser_m(series, batch_size=5).
    assert mser_5(rising(count)) == Truncation(at, converged)


def defined(series):
    """MSER-5 word by word: for each d the variance of the batches after it over their number."""
    means = [np.mean(series[at : at + 5]) for at in range(0, len(series) - 4, 5)]
    candidates = len(means) - max(1, min(5, len(means) // 4))
    error = [np.sum((means[d:] - np.mean(means[d:])) ** 2) / (len(means) - d) ** 2 for d in range(candidates)]
    return 5 * int(np.argmin(error))


@pytest.mark.parametrize("count", [10, 23, 60, 144, 501, 1000])
def test_it_is_what_its_definition_says(count):
    series = rising(count)[::-1] if count % 2 else rising(count)
    assert mser_5(series).at == defined(series)


def test_a_level_has_no_warm_up_and_a_step_ends_where_it_steps():
    assert mser_5(np.full(100, 7.0)) == Truncation(0, converged=True)
    step = np.concatenate([np.zeros(40), np.tile([9.0, 11.0], 80)])
    assert mser_5(step) == Truncation(40, converged=True)
    assert mser_5(step[:70]).converged is False
    assert mser_5(np.arange(9.0)) == Truncation(0, converged=False)


def test_teu_are_under_way_from_release_to_the_end_of_the_route():
    journeys = accounts(corridors()).journeys
    level = under_way(journeys)
    entities, found = corridors().legend.entities, journeys.travellers
    for row, flow in enumerate(journeys.setting.reported):
        for hour in range(level.shape[1]):
            time = 3600 * hour
            there = [
                int(entities["teu"].iloc[who])
                for who in np.flatnonzero(found.flow == flow)
                if found.release[who] <= time and (found.finished[who] == -1 or found.finished[who] > time)
                and not (journeys.turned_away[who] and journeys.rows.left[journeys.first[who + 1] - 1] <= time)
            ]  # fmt: skip
            assert level[row, hour] == sum(there) / len(journeys.replications)


def test_a_row_for_each_reported_flow():
    for log in (corridors(), nothing_moved()):
        table = warm_up(log)
        assert list(table.columns) == list(COLUMNS)
        reported = log.legend.flows.loc[log.legend.flows["report"], "flow"]
        assert table["flow"].tolist() == reported.tolist()
