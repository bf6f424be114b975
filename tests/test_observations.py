"""The corridors against published observations: bands as published, none widened.

Each run is that of a file of scenarios/, with its own seed; medians and means are over the replications stated here.
No value that was fitted to an observation is judged by it. Not every case is blind: the heads of the files say what
was chosen, and what was changed after a look at results.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest

from sim import scenario
from sim.experiments import runs
from sim.metrics.accounts import accounts
from sim.metrics.speeds import speeds
from sim.metrics.transit_times import transit_times
from sim.metrics.why_late import why_late

SCENARIOS = Path(__file__).parent.parent / "scenarios"


class Measured(NamedTuple):
    """Tables of one run that observations are held against."""

    times: pd.DataFrame
    speeds: pd.DataFrame
    why_late: pd.DataFrame

    def days(self, flow: str) -> pd.Series:
        """Transit times of the shipments of a flow."""
        return self.times.loc[self.times.flow == flow, "hours"] / 24

    def mean(self, flow: str, column: str) -> float:
        """Mean of a speed column over the replications."""
        return float(self.speeds.loc[self.speeds.flow == flow, column].mean())

    def standing_days(self, flow: str) -> float:
        """Mean time not in motion."""
        rows = self.why_late[(self.why_late.flow == flow) & (self.why_late.cause != "moving")]
        return float(rows.groupby("replication").hours.sum().mean() / 24)


@cache
def measured(file: str, replications: int) -> Measured:
    loaded = scenario.open_scenario(SCENARIOS / file)
    order = runs.Order(loaded, Path(file).stem, loaded.scenario.seed, replications, "auto")
    shared = accounts(runs.simulate(order, lambda _done, _total, _what: None))
    return Measured(transit_times(shared), speeds(shared), why_late(shared))


def test_v1_the_1520_section_at_the_load_of_2018():
    assert 5.5 <= measured("validation/v01-free-flow-2018.yaml", 2).days("bb-west").mean() <= 6.0


def test_v1_the_1520_section_at_the_load_of_2024():
    assert 6.5 <= measured("validation/v01-2024-load.yaml", 6).days("bb-west").mean() <= 8.0


def test_v2_chongqing_to_duisburg_in_2018():
    run = measured("validation/v02-duisburg-2018.yaml", 5)
    assert 14.0 <= run.days("duisburg-west").median() <= 16.5
    assert run.standing_days("duisburg-west") >= 4.0


def test_v2_chongqing_to_duisburg_at_its_best_in_2017():
    assert 11.0 <= measured("validation/v02-duisburg-2017.yaml", 1).days("duisburg-west").median() <= 12.5


def test_v2_also_holds_in_the_year_of_the_corridor_file():
    run = measured("yuxinou.yaml", 1)
    assert 14.0 <= run.days("duisburg-west").median() <= 16.5
    assert run.standing_days("duisburg-west") >= 4.0


@pytest.mark.parametrize("flow", ["goods-out", "pipes-out"])
def test_v13_banan_to_pavlodar_by_truck(flow):
    run = measured("validation/v13-banan-pavlodar.yaml", 1)
    assert 11.0 <= run.days(flow).mean() <= 13.0
    assert 19.0 <= run.mean(flow, "swd_kmh") <= 22.0
    assert 0.30 <= run.mean(flow, "moving_share") <= 0.40


def test_v14_the_trial_convoy():
    run = measured("validation/v14-trial-convoy.yaml", 1)
    assert 30 / 24 <= run.days("trial").mean() <= 32 / 24
    assert run.mean("trial", "swod_kmh") == pytest.approx(57.5, abs=0.05)
    assert run.mean("trial", "swd_kmh") == pytest.approx(29.7, abs=0.05)


@pytest.mark.parametrize(
    ("flow", "low", "high"),
    [
        ("road-hanoi", 40, 48),  # 40 h in 2016, 45 h in 2023, 48 h to Hung Yen (S108, S64c, S109)
        ("road-vientiane", 84, 108),  # about four days (S64, S110)
        ("road-bangkok-back", 80, 96),  # 88 h with cold goods (S100), 96 h at first (S111)
    ],
)
def test_by_truck_to_the_neighbours(flow, low, high):
    assert low <= 24 * measured("land-sea.yaml", 1).days(flow).mean() <= high


@pytest.mark.parametrize("flow", ["tuanjiecun-singapore", "guoyuan-singapore"])
def test_chongqing_to_singapore_by_rail_and_sea(flow):
    """8 days by schedule, 10 on average (S95, S70)."""
    assert 8.0 <= measured("land-sea.yaml", 1).days(flow).mean() <= 10.0
