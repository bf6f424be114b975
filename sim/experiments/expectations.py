"""Expectations as rows, so that results can be judged without the scenario: the legend's columns."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from sim.experiments.observations import in_words, measured
from sim.log import LEGEND
from sim.scenario.expected import Expected, Setting, expected

FLATTERED = {"transit-time": "lower", "waiting-time": "lower", "on-time-share": "higher"}
"""Measures that are too good while somebody is still on the way or waits, and which way."""


def expectation_rows(sentences: Mapping[str, str], setting: Setting) -> list[dict[str, Any]]:
    """A row for each sentence, by id, in the columns of the legend; ValueError for one that does not fit."""
    return [_row(key, text, expected(text, setting), setting) for key, text in sorted(sentences.items())]


def expectation_table(sentences: Mapping[str, str], setting: Setting) -> pd.DataFrame:
    """The rows as a table in the columns and types of the legend."""
    rows = pd.DataFrame(expectation_rows(sentences, setting), columns=list(LEGEND["expectations"]))
    return rows.astype(LEGEND["expectations"])


def _row(key: str, text: str, found: Expected, setting: Setting) -> dict[str, Any]:
    stated, measure = found.stated, measured(setting.scenario, found.measure)
    low, high = _limits(found)
    counted = _counted(found, high)
    confidence = np.nan if stated.confidence is None else stated.confidence
    return {
        "expectation": key,
        "sentence": " ".join(text.split()),
        "outcome": found.outcome,
        "what": found.label if found.label != found.outcome else _words(found),
        "measure": json.dumps(measure, sort_keys=True),
        "so_far": "" if counted is None else f"{key}: {found.outcome} with the unfinished",
        "so_far_measure": "" if counted is None else json.dumps({**measure, "so_far": counted}, sort_keys=True),
        "test": stated.test,
        "low": low,
        "high": high,
        "margin": found.margin,
        "relative": found.relative,
        "reference": stated.reference,
        "at": stated.at,
        "confidence": confidence,
        "unit": found.unit,
        "unit_size": found.unit_size,
        "better": found.better or "",
    }


def _limits(found: Expected) -> tuple[float, float]:
    """The lower and the upper limit, missing where there is none."""
    if found.stated.test == "between":
        return found.limits[0], found.limits[1]
    limit = found.limits[0] if found.limits else np.nan
    return (np.nan, limit) if found.stated.test in ("<", "<=") else (limit, np.nan)


def _counted(found: Expected, high: float) -> int | None:
    """For how long those must have been on the way who are counted by that time; None if nobody need be.

    Below an upper limit nobody is counted before that limit, so that whoever is still on the way is over it.
    """
    way, test = FLATTERED.get(found.measure.of), found.stated.test
    if way is None:
        return None
    if found.stated.reference:
        return 0 if way == found.better else None
    if way == "lower":
        return None if np.isnan(high) else max(0, round(high))
    return 0 if test in (">", ">=", "between") else None


def _words(found: Expected) -> str:
    """What is measured and of what, for reading."""
    names = getattr(found.measure, found.measure.kind.group)
    return f"{in_words(found.measure)}, {', '.join(names)}"
