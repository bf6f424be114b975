"""Metrics: a log goes in, tables of fixed columns come out. This room knows logs and nothing of what made them.

Each metric is a function of the log in a module of its own name, which also holds its ``COLUMNS``. Rows stand for a
group and a replication and are sorted; units are the last part of a column's name; what is absent is missing.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from sim.log import Log
from sim.metrics.accounts import Accounts, accounts
from sim.metrics.borders import borders
from sim.metrics.cost import cost
from sim.metrics.distance_profile import distance_profile
from sim.metrics.dwell import dwell
from sim.metrics.emissions import emissions
from sim.metrics.expectations import expectations
from sim.metrics.load_factor import load_factor
from sim.metrics.speeds import speeds
from sim.metrics.stock import stock
from sim.metrics.strings import strings
from sim.metrics.summary import summary
from sim.metrics.throughput import throughput
from sim.metrics.trade import trade
from sim.metrics.transit import transit
from sim.metrics.transit_times import transit_times
from sim.metrics.utilisation import utilisation
from sim.metrics.validation import validation
from sim.metrics.why_late import why_late

__all__ = ["METRICS", "measure"]

METRICS: dict[str, Callable[[Log | Accounts], pd.DataFrame]] = {
    "transit_times": transit_times,
    "transit": transit,
    "dwell": dwell,
    "borders": borders,
    "speeds": speeds,
    "throughput": throughput,
    "stock": stock,
    "utilisation": utilisation,
    "load_factor": load_factor,
    "cost": cost,
    "emissions": emissions,
    "why_late": why_late,
    "trade": trade,
    "distance_profile": distance_profile,
    "strings": strings,
}
"""All metrics but those that judge, and the summary of the others, in the order of the report."""


def measure(log: Log) -> dict[str, pd.DataFrame]:
    """All tables of a log: those of METRICS in their order, then what is judged, and the summary."""
    held = accounts(log)
    tables = {name: metric(held) for name, metric in METRICS.items()}
    judged = {"validation": validation(held), "expectations": expectations(held, log.legend.expectations)}
    return {**tables, **judged, "summary": summary(held, tables)}
