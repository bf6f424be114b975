"""Sweeps over a grid as labelled arrays: a dimension for each factor, then replications and outcomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.errors import ResultError, SimError
from sim.experiments.swept import Swept
from sim.metrics.response import BASE

if TYPE_CHECKING:
    import xarray as xr


def to_xarray(swept: Swept) -> xr.DataArray:
    """The values of a sweep over a whole grid, in the units in which outcomes are shown; missing where nothing was run.

    Dimensions: each factor, with its unit and label as attributes; ``replication``; ``outcome``, beside which stand
    ``unit`` and ``label``. The base is no point of the grid: it stays in the tables. Raises ResultError for other
    designs, SimError where the extra ``grids`` is missing.
    """
    try:
        import xarray as xr  # noqa: PLC0415 - an extra, which takes its time to import
    except ImportError as err:
        raise SimError("labelled arrays need xarray: pip install 'landbridge[grids]'") from err
    points = swept.points[swept.points["point"] != BASE]
    factors = swept.factors["factor"].astype(str).tolist()
    axes = {factor: points[factor].drop_duplicates().tolist() for factor in factors}
    sizes = [len(axis) for axis in axes.values()]
    if points.empty or not factors or len(points) != np.prod(sizes) or points.duplicated(factors).any():
        raise ResultError("only the points of a whole grid have a place in an array: see the tables of other designs")
    outcomes, runs = swept.outcomes, sorted(swept.values["replication"].unique().tolist())
    wide = swept.values.pivot(index="point", columns=["replication", "outcome"], values="value")
    cells = [(number, outcome) for number in runs for outcome in outcomes["outcome"]]
    ordered = points.set_index("point")
    # Where each point lies along each axis.
    at = np.ravel_multi_index([[axes[f].index(value) for value in ordered[f]] for f in factors], sizes)
    numbers = np.full((int(np.prod(sizes)), len(cells)), np.nan)
    numbers[at] = wide.reindex(index=ordered.index, columns=cells).to_numpy(dtype=np.float64)
    values = numbers.reshape(*sizes, len(runs), len(outcomes)) / outcomes["unit_size"].to_numpy(dtype=np.float64)
    told = {str(row["factor"]): row for row in swept.factors.to_dict("records")}
    coordinates = {
        **{
            f: xr.Variable(f, axis, {"units": told[f]["unit"], "long_name": told[f]["label"]})
            for f, axis in axes.items()
        },
        "replication": runs,
        "outcome": outcomes["outcome"].tolist(),
        "unit": ("outcome", outcomes["unit"].tolist()),
        "label": ("outcome", outcomes["label"].tolist()),
    }
    title = {"title": str(swept.head.get("title", ""))}
    return xr.DataArray(values, coordinates, (*factors, "replication", "outcome"), name="value", attrs=title)
