"""Published observations against the run: what was observed, what was simulated, the band, and whether it is met."""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from sim.log import Log
from sim.metrics.accounts import Accounts, accounts
from sim.metrics.intervals import intervals
from sim.metrics.observed import observed
from sim.metrics.shape import as_dicts, shaped

COLUMNS = {
    "case": "str",
    "observation": "str",
    "label": "str",
    "scope": "str",
    "what": "str",
    "published": "str",
    "unit": "str",
    "simulated": "float64",
    "low": "float64",
    "high": "float64",
    "band_low": "float64",
    "band_high": "float64",
    "band": "str",
    "replications": "int64",
    "unfinished": "int64",
    "passed": "bool",
    "interval_in_band": "boolean",
    "verdict": "str",
    "blind": "bool",
    "note": "str",
    "reason": "str",
    "fact": "str",
    "source": "str",
    "address": "str",
}

PASS, FAIL = "pass", "fail"
KNOWN, OUTDATED = "fail, for the stated reason", "pass, so that the stated reason is out of date"
ACCEPTABLE = (PASS, KNOWN)
"""Verdicts that call for nothing: a known shortfall stays in the table with its reason."""


def validation(log: Log | Accounts) -> pd.DataFrame:
    """A row for each observation of the scenario, in the order of their ids.

    ``simulated`` is the mean over the replications, ``low`` and ``high`` its 95 % interval (Student's t; missing with
    one replication). It passes if the mean lies in the band, both ends included; ``interval_in_band`` says whether the
    whole interval does (missing without one). What was not simulated at all fails. Numbers stand in ``unit``.
    """
    held = accounts(log)
    given = held.journeys.setting.observations
    rows = [_judged(held, row) for row in as_dicts(given)]
    return shaped(COLUMNS, {name: [row[name] for row in rows] for name in COLUMNS})


def _judged(held: Accounts, row: Mapping[Hashable, Any]) -> dict[Hashable, Any]:
    found = observed(held, json.loads(row["measure"]))
    values = found.values / float(row["unit_size"])
    mean = intervals(np.zeros(len(values), dtype=np.int64), values, 1)
    simulated, low, high = float(mean.mean[0]), float(mean.low[0]), float(mean.high[0])
    bottom, top = (float(row[name]) for name in ("band_low", "band_high"))
    passed = _within(simulated, bottom, top)
    known = bool(row["reason"])
    return {
        **row,
        "simulated": simulated,
        "low": low,
        "high": high,
        "replications": int(mean.values[0]),
        "unfinished": found.unfinished,
        "band": _band(bottom, top, row["unit"]),
        "passed": passed,
        "interval_in_band": pd.NA if np.isnan(low) else _within(low, bottom, top) and _within(high, bottom, top),
        "verdict": (OUTDATED if known else PASS) if passed else (KNOWN if known else FAIL),
    }


def _band(bottom: float, top: float, unit: str) -> str:
    """A band in words."""
    low, high = (f"{end:,.12g}" for end in (bottom, top))
    words = f"{low} to {high}" if low != high else low
    words = f"at least {low}" if np.isnan(top) else f"at most {high}" if np.isnan(bottom) else words
    return f"{words} {unit}".strip()


SLACK = 1e-9
"""Share by which a number may miss an end of a band: what sums of binary fractions leave."""


def _within(value: float, bottom: float, top: float) -> bool:
    """Whether a value lies in a band, both ends included; a missing end is open, a missing value never inside."""
    above = np.isnan(bottom) or value >= bottom - SLACK * abs(bottom)
    return bool(above and (np.isnan(top) or value <= top + SLACK * abs(top)) and not np.isnan(value))
