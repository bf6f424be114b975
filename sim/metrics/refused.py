"""Points that cannot be run, in as many lines as there are causes."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pandas as pd

_NUMBER = re.compile(r"\d[\d.,]*")
_COUNTED = re.compile(r"p(\d+)")


def by_cause(failures: pd.DataFrame) -> dict[int, str]:
    """By the first point that has it, a line for each cause: its points, and why the first of them is refused.

    ``failures``: number, name, why (with what the point sets) and cause of each point. Causes that differ in their
    numbers alone are one.
    """
    alike: dict[str, list[Mapping[Hashable, Any]]] = {}
    for row in failures.to_dict("records"):
        alike.setdefault(_NUMBER.sub("#", str(row["cause"])), []).append(row)
    return {int(rows[0]["point"]): _line(rows) for rows in alike.values()}


def _line(rows: Sequence[Mapping[Hashable, Any]]) -> str:
    if len(rows) == 1:
        return str(rows[0]["why"])
    return (
        f"{len(rows)} points alike ({listed([str(row['name']) for row in rows])}), the first of them: {rows[0]['why']}"
    )


def listed(names: Sequence[str]) -> str:
    """Names of points, in their order: ``p1, p4 to p9, slow``."""
    runs: list[list[str]] = []
    for name in names:
        if runs and _follows(runs[-1][-1], name):
            runs[-1].append(name)
        else:
            runs.append([name])
    parts = [[f"{run[0]} to {run[-1]}"] if len(run) > 2 else run for run in runs]
    return ", ".join(name for part in parts for name in part)


def _follows(before: str, name: str) -> bool:
    first, second = _COUNTED.fullmatch(before), _COUNTED.fullmatch(name)
    return first is not None and second is not None and int(first[1]) + 1 == int(second[1])
