"""The library: what it hands out, that importing it is light, and that its examples and its notebook say the truth."""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from nbclient import NotebookClient

import sim
from sim.errors import ResultError, SimError
from sim.experiments import door
from sim.experiments.grids import to_xarray
from sim.experiments.swept import FAILURES, OUTCOMES, Swept
from sim.metrics.values import VALUES
from tests.sample_observation import unasked
from tests.small_experiments import written
from tests.small_sweeps import factors_table, outcomes_table, points_table

ROOT = Path(__file__).parents[1]
NAMES = ["calibrate", "compare", "compile_plan", "load", "load_experiment", "optimise", "run", "sweep", "to_xarray"]
NOTEBOOK = ROOT / "scenarios" / "experiments" / "library.ipynb"


def test_these_names_are_handed_out():
    assert sim.__all__ == door.__all__ == NAMES
    assert [getattr(sim, name) for name in sim.__all__] == [getattr(door, name) for name in door.__all__]
    assert set(sim.__all__) <= set(dir(sim))


def test_other_names_are_refused():
    with pytest.raises(AttributeError, match="module 'sim' has no attribute 'simulate'"):
        sim.simulate  # noqa: B018  # type: ignore[attr-defined]


def test_importing_the_library_loads_nothing_heavy():
    code = "import sys, sim; print(sorted({'numpy', 'pandas', 'pydantic', 'scipy', 'yaml'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "[]\n"


def test_the_examples_in_the_docstrings_hold():
    found = doctest.testmod(door, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert (found.failed, found.attempted) == (0, 18)


def test_the_example_of_the_readme_runs():
    # The other example in Python needs a cluster.
    text = (ROOT / "README.md").read_text(encoding="utf-8").partition("\n## As a library\n")[2]
    [example] = re.findall(r"^```python\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    names: dict[str, object] = {}
    exec(compile(example, "README.md", "exec"), names)
    made = names["swept"]
    assert isinstance(made, Swept)
    assert set(re.findall(r"sim\.([a-z_]+)\(", example)) <= set(sim.__all__)


def test_a_scenario_that_is_loaded_runs_as_its_file_does():
    given = {"horizon": "20 days"}
    runs = [sim.run(sim.load("shipped:example.yaml", given), replications=1, seed=seed) for seed in (1, 1, 2)]
    same, again, other = (each.tables["transit"] for each in runs)
    pd.testing.assert_frame_equal(same, again)
    assert not same.equals(other)
    assert runs[0].log.legend.origin["scenario"] == "example"


def swept(points, cells, **given):
    """A sweep whose outcome at a point is 10 times its hours, in days, in two replications."""
    rows = [
        (int(row["point"]), run, "time", (10 * row["hours"] + run) * 86400.0, 0, 0)
        for row in points.to_dict("records")
        for run in range(2)
        if (row["point"], run) in cells
    ]
    factors = factors_table({"factor": "hours", "label": "Hours"}, {"factor": "way", "unit": "", "kind": "levels"})
    tables = {"points": points, "factors": factors, "outcomes": outcomes_table()[list(OUTCOMES)], **given}
    values = pd.DataFrame(rows, columns=list(VALUES)).astype(VALUES)
    tables["sentences"] = unasked()
    return Swept(head={"title": "A grid"}, values=values, failures=pd.DataFrame(columns=list(FAILURES)), **tables)


GRID = points_table([{"hours": hours, "way": way} for hours, way in
                     ((1.0, "a"), (2.0, "b"), (1.0, "b"), (3.0, "b"), (1.0, "c"), (2.0, "c"), (3.0, "c"))])  # fmt: skip
"""The base, then a grid whose points do not come in order."""
ALL = {(point, run) for point in range(7) for run in range(2)}


def test_a_grid_has_a_dimension_for_each_factor_with_its_unit():
    found = to_xarray(swept(GRID, ALL - {(5, 1)}))
    assert found.dims == ("hours", "way", "replication", "outcome")
    assert found.attrs == {"title": "A grid"}
    assert found.hours.attrs == {"units": "h", "long_name": "Hours"}
    assert (found.hours.to_numpy().tolist(), found.way.to_numpy().tolist()) == ([2, 1, 3], ["b", "c"])
    assert (found.unit.item(), found.label.item()) == ("d", "Transit time")
    assert found.sel(hours=3, way="c", replication=1, outcome="time").item() == 31
    expected = [[20, 20], [10, 10], [30, 30]]
    assert found.sel(replication=0, outcome="time").to_numpy().tolist() == expected
    assert found.isnull().sum().item() == 1
    assert np.isnan(found.sel(hours=2, way="c", replication=1).item())


def test_what_is_no_whole_grid_is_refused():
    for points in (
        GRID[GRID["point"] < 6],
        pd.concat([GRID, GRID.tail(1)]),
        GRID[["point", "name", "hours", "way"]].head(1),
    ):
        with pytest.raises(ResultError, match="only the points of a whole grid have a place in an array"):
            to_xarray(swept(points, ALL))


def test_without_xarray_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "xarray", None)
    with pytest.raises(SimError, match=r"labelled arrays need xarray: pip install 'landbridge\[grids\]'"):
        to_xarray(swept(GRID, ALL))


def test_the_array_of_a_real_sweep_holds_its_values():
    made = sim.sweep("shipped:experiments/smoke.yaml", replications=1, workers=1)
    found = sim.to_xarray(made)
    assert isinstance(found, xr.DataArray)
    assert dict(found.sizes) == {"customs": 2, "every": 3, "replication": 1, "outcome": 2}
    for row in made.points[made.points["point"] > 0].to_dict("records"):
        own = made.response[made.response["point"] == row["point"]].set_index("outcome")["mean"]
        there = found.sel(customs=row["customs"], every=row["every"], replication=0)
        assert there.sel(outcome=own.index.tolist()).to_numpy().tolist() == pytest.approx(own.tolist())


def test_the_notebook_runs_and_is_kept_without_results(tmp_path):
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell for cell in cells if cell.outputs or cell.execution_count] == []
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": tmp_path}}).execute()
    shown = [output for cell in cells for output in cell.outputs]
    assert [output for output in shown if output.output_type in ("error", "stream")] == []
    kinds = [kind for output in shown for kind in output.data]
    assert kinds.count("image/png") == 1
    assert kinds.count("text/html") >= 4
    assert list(tmp_path.iterdir()) == []


def test_a_search_and_a_fit_are_those_of_the_commands(tmp_path):
    lane = {"path": "places.post.capacity", "values": ["1 lane", "2 lanes"], "price": "50000 USD/lane"}
    searched = {"design": None, "factors": {"lanes": lane}, "search": {"goals": "price", "trials": 4}}
    found = sim.optimise(written(tmp_path / "search", **searched), replications=1)
    assert [point.values["lanes"] for point in found.searched.found] == [1.0]
    factor = {"path": "operations.check.time.lognormal.p90", "low": "5 h", "high": "16 h"}
    target = {"outcome": "wait", "observed": "2 h", "spread": "1 h"}
    fitted = {"design": None, "factors": {"p90": factor}, "fit": {"trials": 4, "targets": {"it": target}}}
    assert sim.calibrate(written(tmp_path / "fit", **fitted), replications=1).patch.startswith("# Fitted by")
