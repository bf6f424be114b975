"""Tables of believable sweeps, with a formula in place of the simulator: one for each kind of design."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pandas as pd
from SALib.sample import morris, sobol
from scipy.stats import qmc

from sim.experiments.analysis import of_sweep
from sim.experiments.swept import FAILURES, Swept
from sim.log import LEGEND
from sim.metrics.shape import shaped
from tests.small_sweeps import factors_table, outcomes_table, points_table, values_table

FACTORS = (
    {"factor": "cranes", "label": "Cranes at Khorgos - Altynkol", "unit": "cranes", "low": 2.0, "high": 6.0},
    {"factor": "dwell", "label": "Time at Dostyk's customs", "unit": "h", "low": 2.0, "high": 20.0, "scale": "log"},
    {"factor": "regime", "label": "Regime of the border", "unit": "", "low": math.nan, "high": math.nan},
    {"factor": "headway", "label": "Headway", "unit": "min", "low": 10.0, "high": 60.0},
)
OUTCOMES = outcomes_table(
    {"label": "Transit time Chongqing - Duisburg, 95th percentile"},
    {"outcome": "waiting", "label": "Trains that wait", "unit": "", "unit_size": 1.0, "better": "lower"},
    {"outcome": "distance", "label": "Distance", "unit": "km", "unit_size": 1.0, "better": ""},
)
BASE = {"cranes": 3.0, "dwell": 8.0, "regime": "open", "headway": 20.0}
ENDS = {"cranes": (2.0, 4.0, 6.0), "dwell": (2.0, 20.0), "regime": ("half", "shut"), "headway": (10.0, 60.0)}


def days(point, replication):
    """Fewer with cranes, more with dwell and more so where the border is not open; nothing of the headway but luck."""
    luck = np.random.default_rng([int(point["point"]), replication]).normal()
    harder = {"open": 1.0, "half": 1.3, "shut": 1.5}[str(point["regime"])]
    return 20 - 1.5 * point["cranes"] + 3 * math.log(point["dwell"]) * harder + 0.3 * replication + 0.2 * luck


MODELS = {
    "time": lambda point, replication: 86400 * days(point, replication),
    "waiting": lambda point, replication: max(0.0, days(point, replication) - 15) ** 2,
    "distance": lambda point, replication: 11_000.0,
}


def made(design, rows, keys=tuple(BASE), replications=5):
    """All tables of a sweep with the factors ``keys``; the others stand as in the base."""
    points = points_table([{**BASE, **row} for row in ({}, *rows)])
    values = pd.concat([values_table(points, model, replications, key) for key, model in MODELS.items()])
    factors = factors_table(*(factor for factor in FACTORS if factor["factor"] in keys))
    nothing = [shaped(columns, {name: [] for name in columns}) for columns in (FAILURES, LEGEND["expectations"])]
    return of_sweep(Swept({"design": design}, points[["point", "name", *keys]], factors, OUTCOMES, values, *nothing))


def row_of(place):
    """The point at a place between 0 and 1 for each factor."""
    return {"cranes": 2 + 4 * place[0], "dwell": 2 * 10 ** place[1], "regime": "open" if place[2] < 0.5 else "shut",
            "headway": 10 + 50 * place[3]}  # fmt: skip


PROBLEM = {"num_vars": 4, "names": list(BASE), "bounds": [[0, 1]] * 4}


@cache
def swept(kind):
    """The tables of a sweep of that design."""
    if kind == "one-at-a-time":
        return made({"kind": kind}, [{key: value} for key, values in ENDS.items() for value in values])
    if kind == "grid":
        rows = [{"cranes": cranes, "dwell": dwell} for cranes in (2.0, 4.0, 6.0) for dwell in (2.0, 5.0, 10.0, 20.0)]
        return made({"kind": kind}, rows, ("cranes", "dwell"))
    if kind == "morris":
        places = morris.sample(PROBLEM, 10, num_levels=4, seed=2)
        return made({"kind": kind, "trajectories": 10, "seed": 1}, [row_of(place) for place in places])
    if kind == "sobol-indices":
        places = sobol.sample(PROBLEM, 32, calc_second_order=True, seed=2)
        return made({"kind": kind, "base": 32, "second_order": True, "seed": 1}, [row_of(place) for place in places])
    places = qmc.LatinHypercube(4, rng=1).random(40)
    return made({"kind": kind, "points": 40, "seed": 1}, [row_of(place) for place in places])


KINDS = ("one-at-a-time", "grid", "morris", "sobol-indices", "latin-hypercube")
