"""Findings: what a check of a scenario yields, where and in which words."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

Where = tuple[str, ...]


@dataclass(frozen=True)
class Finding:
    """Something wrong at a path of keys of the scenario."""

    where: Where
    message: str


def unknown(what: str, name: str, allowed: Iterable[str]) -> str:
    """Message for a name that is not there."""
    names = sorted(allowed)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    hint = f" - did you mean '{close[0]}'?" if close else ""
    return f"unknown {what} '{name}'{hint}" + ("" if close else f"; there is {', '.join(names) or 'none'}")
