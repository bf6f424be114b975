"""The report of a fit: what stands in its tables."""

from __future__ import annotations

import pandas as pd

from sim.figures.fitted import words
from sim.report.document import Table
from sim.report.fitted import _targets

ROW = {
    "target": "absheron", "label": "Altynkol - Alat: absheron", "unit": "days", "observed": 9.0, "observed_low": 8.02,
    "observed_high": 9.98, "before": 12.0, "before_low": 11.0, "before_high": 13.0, "fitted": 9.5, "low": 9.25,
    "high": 9.75, "before_apart": 5.1, "apart": 0.9, "held_out": False,
}  # fmt: skip


def cells(**other: object) -> tuple[str, ...]:
    table = _targets({"targets": pd.DataFrame([ROW | other])})
    assert isinstance(table, Table)
    return table.rows[0]


def test_what_was_observed_and_simulated_stands_above_its_interval():
    assert cells()[1:4] == ("9\n8.02 to 9.98", "12\n11.0 to 13.0", "9.50\n9.25 to 9.75")


def test_one_replication_has_no_interval_of_what_is_simulated():
    none = float("nan")
    found = cells(before_low=none, before_high=none, low=none, high=none, held_out=True)
    assert found[1:4] == ("9\n8.02 to 9.98", "12", "9.50")
    assert found[-1] == "held out"


def said(*apart: float) -> str:
    held = pd.DataFrame([ROW | {"apart": each, "held_out": True} for each in apart])
    factors = pd.DataFrame([{"label": "A", "unit": "h", "fitted": 2.0, "low": 1.0, "high": 3.0, "identified": "yes"}])
    return words(factors, held)


def test_how_far_off_a_target_is_that_was_held_out_is_said():
    assert said(-5.09) == (
        "Fitted: A 2 h (1 to 3). Of the targets held out, 0 of 1 are met within chance; the simulated value lies 5.1 "
        "standard errors below what was observed."
    )
    assert said(0.5, 2.5).endswith(
        "1 of 2 is met within chance; farthest off is Altynkol – Alat: absheron, which lies 2.5 standard errors above "
        "what was observed."
    )
    assert said(float("nan")).endswith("0 of 1 are met within chance.")
