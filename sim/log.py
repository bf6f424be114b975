"""The log: one row per visit, and the legend that says what the numbers mean.

This room knows numpy, pandas and Parquet, nothing of plans, scenarios or engines. Everything that metrics, figures
and the report need stands in a log, so that a run folder is enough to make them again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from pandas.api.types import pandas_dtype

from sim.errors import ResultError

NOT_YET = -1
"""In the arrays of a log: had not happened when the run ended (entered, left, released) or none (consist, place)."""

VISITS = {
    "replication": "Int64",
    "entity": "Int64",
    "step": "Int64",
    "place": "Int64",
    "requested": "Int64",
    "entered": "Int64",
    "left": "Int64",
    "released": "Int64",
    "consist": "Int64",
}
"""Columns of the visits of all replications. Nullable: what had not happened or does not apply is missing."""

MAY_BE_MISSING = ("place", "entered", "left", "released", "consist")
"""The columns of the visits in which there may be nothing."""

LEGEND = {
    "places": {
        "place": "int64",
        "name": "str",
        "label": "str",
        "node": "str",
        "kind": "str",
        "unit": "str",
        "suspends": "bool",
    },
    "windows": {"place": "int64", "replication": "Int64", "time_s": "int64", "capacity": "int64", "pace": "float64"},
    "steps": {
        "step": "int64",
        "route": "str",
        "position": "int64",
        "name": "str",
        "label": "str",
        "kind": "str",
        "activity": "str",
        "place": "Int64",
        "node": "str",
        "to_node": "str",
        "leg": "str",
        "mode": "str",
        "service": "str",
        "km": "float64",
        "units": "Int64",
        "units_per_teu": "bool",
        "border": "str",
        "direction": "str",
        "country": "str",
        "fee_usd": "float64",
        "fee_usd_teu": "float64",
        "usd_teu_km": "float64",
        "usd_tkm": "float64",
        "kg_tkm": "float64",
        "kg_teu": "float64",
    },
    "entities": {
        "replication": "int64",
        "entity": "int64",
        "group": "str",
        "kind": "str",
        "route": "str",
        "release_s": "int64",
        "teu": "int64",
        "capacity_teu": "int64",
        "priority": "int64",
        "slot_s": "Int64",
        "value_usd": "float64",
    },
    "flows": {
        "flow": "str",
        "label": "str",
        "corridor": "str",
        "from_node": "str",
        "to_node": "str",
        "direction": "str",
        "scope": "str",
        "commodity": "str",
        "class_": "str",
        "report": "bool",
        "teu_per_year": "float64",
        "value_usd_teu": "float64",
        "tonnes_teu": "float64",
        "promise_s": "Int64",
        "free_flow_s": "float64",
        "value_of_time_usd_teu_day": "float64",
    },
    "services": {
        "service": "str",
        "label": "str",
        "mode": "str",
        "gauge_mm": "Int64",
        "from_node": "str",
        "to_node": "str",
        "capacity_teu": "int64",
        "length": "str",
    },
    "nodes": {
        "node": "str",
        "name": "str",
        "name_zh": "str",
        "name_ru": "str",
        "lat": "float64",
        "lon": "float64",
        "country": "str",
        "zone": "str",
        "kind": "str",
        "border": "str",
        "on_map": "bool",
    },
    "legs": {
        "leg": "str", "from_node": "str", "to_node": "str", "mode": "str", "km": "float64", "gauge_mm": "Int64",
        "via": "str",
    },
    "numbers": {
        "path": "str",
        "text": "str",
        "value": "float64",
        "unit": "str",
        "origin": "str",
        "fact": "str",
        "what": "str",
        "where": "str",
        "as_of": "str",
        "source": "str",
        "address": "str",
        "confidence": "str",
        "note": "str",
    },
    "observations": {
        "observation": "str",
        "case": "str",
        "label": "str",
        "scope": "str",
        "what": "str",
        "measure": "str",
        "unit": "str",
        "unit_size": "float64",
        "band_low": "float64",
        "band_high": "float64",
        "published": "str",
        "fact": "str",
        "source": "str",
        "address": "str",
        "blind": "bool",
        "note": "str",
        "reason": "str",
    },
    "expectations": {
        "expectation": "str", "sentence": "str", "outcome": "str", "what": "str", "measure": "str", "so_far": "str",
        "so_far_measure": "str", "test": "str", "low": "float64", "high": "float64", "margin": "float64",
        "relative": "bool", "reference": "str", "at": "str", "confidence": "float64", "unit": "str",
        "unit_size": "float64", "better": "str",
    },
}  # fmt: skip
"""Columns of the legend's tables. Text that does not apply is empty, a number that does not apply is missing.

``windows.replication``: missing where the windows of the place are the same in all replications; a place with
breakdowns or weather has windows of its own in each. ``places.suspends``: whether work in hand stops while the
capacity is 0 (and so counts as closed, not as work). ``steps.usd_teu_km``, ``usd_tkm``, ``kg_tkm``: freight for a
TEU-km and for a tonne-km, which add up, and CO2e for a tonne-km of what moves; missing where no rate is known.
``services.length``: of a consist, in words.
``observations.measure``: what is judged, as JSON (see sim.metrics.observed); ``band_low``, ``band_high``: in ``unit``,
of which one is ``unit_size`` units of the code; missing where the band is open.
``expectations``: sentences that results must keep, in their parts (see sim.metrics.expectations).
"""

NEEDED = ("scenario", "start", "horizon_s", "warm_up_s", "seed", "replications")
"""Keys of the origin without which nothing can be measured or told."""

_ARROW = {"int64": pa.int64(), "Int64": pa.int64(), "float64": pa.float64(), "str": pa.string(), "bool": pa.bool_()}
_ROWS_IN_GROUP = 1 << 20


@dataclass(frozen=True)
class Visits:
    """Rows of one replication in the order in which the entities reached their steps. Times: seconds since start.

    A visit is one entity at one step. Units of a place are taken in ``[entered, released)``; the entity is there in
    ``[requested, left)`` and goes on to its next step at ``left``. For a call, ``entered`` is the moment the consist is
    ready to depart and ``left`` the departure; for a ride, ``entered`` is the departure of the consist that it boards.
    """

    entity: NDArray[np.integer[Any]]
    step: NDArray[np.integer[Any]]
    place: NDArray[np.integer[Any]]
    """OCCUPY: the place. CALL and RIDE: NOT_YET (the stop is the step's)."""
    requested: NDArray[np.integer[Any]]
    entered: NDArray[np.integer[Any]]
    left: NDArray[np.integer[Any]]
    released: NDArray[np.integer[Any]]
    """OCCUPY: when the units were given back. CALL and RIDE: NOT_YET."""
    consist: NDArray[np.integer[Any]]
    """RIDE: the number of the consist that it boarded; else NOT_YET."""


@dataclass(frozen=True)
class Legend:
    """What the numbers of a log mean. Tables are sorted by their key columns; their columns stand in LEGEND."""

    origin: dict[str, object]
    places: pd.DataFrame
    windows: pd.DataFrame
    steps: pd.DataFrame
    entities: pd.DataFrame
    flows: pd.DataFrame
    services: pd.DataFrame
    nodes: pd.DataFrame
    legs: pd.DataFrame
    numbers: pd.DataFrame
    observations: pd.DataFrame
    expectations: pd.DataFrame


@dataclass(frozen=True)
class Log:
    """Visits of all replications (column ``replication``, absent times as missing values) with their legend."""

    visits: pd.DataFrame
    legend: Legend


def build(replications: Sequence[Visits], legend: Legend) -> Log:
    """The log of a run: replication r is the r-th of ``replications``, counted from 0.

    Raises ResultError when a table of the legend does not have the columns of LEGEND.
    """
    tables = {name: _conform(name, getattr(legend, name), declared) for name, declared in LEGEND.items()}
    return Log(visits=joined(replications), legend=Legend(origin=dict(legend.origin), **tables))


def joined(replications: Sequence[Visits]) -> pd.DataFrame:
    """The visits of all replications in one table: replication r is the r-th, counted from 0."""
    whose = np.repeat(np.arange(len(replications)), [len(rows.entity) for rows in replications])
    columns = {"replication": _nullable("replication", whose)}
    for field in fields(Visits):
        columns[field.name] = _nullable(field.name, _joined([getattr(rows, field.name) for rows in replications]))
    return pd.DataFrame({name: columns[name] for name in VISITS}, copy=False)


def write(log: Log, folder: Path) -> None:
    """Write ``visits.parquet`` and ``legend/`` into a folder. The same log gives the same bytes."""
    (folder / "legend").mkdir(parents=True, exist_ok=True)
    _write_table(log.visits, VISITS, folder / "visits.parquet")
    for name, declared in LEGEND.items():
        _write_table(getattr(log.legend, name), declared, folder / "legend" / f"{name}.parquet")
    origin = json.dumps(log.legend.origin, ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False)
    (folder / "legend" / "origin.json").write_text(origin + "\n", encoding="utf-8")


def read(folder: Path) -> Log:
    """The log that :func:`write` put into a folder. Raises ResultError when the folder is not that of a run."""
    names = ["visits.parquet", "legend/origin.json", *(f"legend/{name}.parquet" for name in LEGEND)]
    absent = [name for name in names if not (folder / name).is_file()]
    if absent:
        what = "is not a folder" if not folder.is_dir() else f"lacks {', '.join(absent)}"
        msg = f"{folder}: not the folder of a run: it {what}. Make one with: landbridge run FILE"
        raise ResultError(msg)
    visits = _read_table(folder / "visits.parquet", "visits", VISITS)
    tables = {name: _read_table(folder / "legend" / f"{name}.parquet", name, LEGEND[name]) for name in LEGEND}
    return Log(visits=visits, legend=Legend(origin=_read_origin(folder / "legend" / "origin.json"), **tables))


def digest(log: Log) -> str:
    """SHA-256 of the visits: equal on every system for equal rows in equal order, whatever engine made them."""
    total = hashlib.sha256(",".join(VISITS).encode())
    for name in VISITS:
        total.update(np.ascontiguousarray(numbers_of(log.visits, name), dtype="<i8").tobytes())
    return total.hexdigest()


def numbers_of(table: pd.DataFrame, column: str) -> NDArray[np.int64]:
    """A column of whole numbers as an array, NOT_YET where missing; of a log as it was built, the array itself."""
    if not isinstance(values := table[column].array, pd.arrays.IntegerArray):
        return np.asarray(values.to_numpy(dtype=np.int64, na_value=NOT_YET))
    # pandas would copy the numbers to put in NOT_YET one by one, where mostly it stands already.
    numbers, missing = values._data, values._mask  # type: ignore[attr-defined] # pandas keeps them to itself
    return numbers if np.array_equal(numbers == NOT_YET, missing) else np.where(missing, NOT_YET, numbers)


def assert_same(a: Log, b: Log) -> None:
    """Raise AssertionError that names the first difference of the visits, else of the legends.

    The origin (engine, version, commit) may differ: it says who made the log, not what happened.
    """
    for name in VISITS:
        _assert_same_column(a, b, name)
    for name in LEGEND:
        pd.testing.assert_frame_equal(getattr(a.legend, name), getattr(b.legend, name), obj=f"legend.{name}")


def _assert_same_column(a: Log, b: Log, name: str) -> None:
    if len(a.visits) != len(b.visits):
        msg = f"{len(a.visits)} visits against {len(b.visits)}"
        raise AssertionError(msg)
    ours, theirs = numbers_of(a.visits, name), numbers_of(b.visits, name)
    different = np.flatnonzero(ours != theirs)
    if len(different):
        row = int(different[0])
        where = ", ".join(f"{key} {int(numbers_of(a.visits, key)[row])}" for key in ("replication", "entity", "step"))
        msg = f"visit {row} ({where}): {name} is {ours[row]} against {theirs[row]}; {len(different)} rows differ in it"
        raise AssertionError(msg)


def _joined(arrays: list[NDArray[np.integer[Any]]]) -> NDArray[np.int64]:
    return np.concatenate([np.empty(0, np.int64), *arrays])


def _nullable(name: str, values: NDArray[np.int64]) -> pd.arrays.IntegerArray:
    missing = values == NOT_YET if name in MAY_BE_MISSING else np.zeros(len(values), np.bool_)
    return pd.arrays.IntegerArray(values, missing)


def _conform(name: str, table: pd.DataFrame, declared: dict[str, str]) -> pd.DataFrame:
    """The table with exactly the declared columns, in their order and types, rows numbered from 0.

    Raises ResultError, which names the table, if it has others or they do not hold what they should.
    """
    absent = [column for column in declared if column not in table.columns]
    unknown = [str(column) for column in table.columns if column not in declared]
    if absent or unknown:
        parts = [f"lacks {', '.join(absent)}"] * bool(absent) + [f"has unknown {', '.join(unknown)}"] * bool(unknown)
        msg = f"table {name}: {' and '.join(parts)}; its columns are {', '.join(declared)}"
        raise ResultError(msg)
    columns = {}
    for column, kind in declared.items():
        values = table[column].reset_index(drop=True)
        try:
            columns[column] = _cast(values, kind)
        except (TypeError, ValueError) as err:
            msg = f"table {name}: column {column} does not hold {kind}: {err}"
            raise ResultError(msg) from err
    return pd.DataFrame(columns)


def _cast(values: pd.Series[Any], kind: str) -> pd.Series[Any]:
    if kind == "str" and values.dtype == pandas_dtype("str") and not values.hasnans:
        return values
    return values.astype(pandas_dtype(kind)).fillna("") if kind == "str" else values.astype(pandas_dtype(kind))


def _write_table(table: pd.DataFrame, declared: dict[str, str], path: Path) -> None:
    schema = pa.schema([(column, _ARROW[kind]) for column, kind in declared.items()])
    # Without pandas' own metadata, which holds the versions of pandas and pyarrow.
    rows = pa.Table.from_pandas(table, schema=schema, preserve_index=False).replace_schema_metadata(None)
    pq.write_table(rows, path, compression="zstd", row_group_size=_ROWS_IN_GROUP)


def _read_table(path: Path, name: str, declared: dict[str, str]) -> pd.DataFrame:
    try:
        table = pq.read_table(path).to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get)
    except (pa.ArrowException, OSError) as err:
        msg = f"{path}: not a Parquet file that can be read: {err}"
        raise ResultError(msg) from err
    try:
        return _conform(name, table, declared)
    except ResultError as err:
        msg = f"{path}: {err}. It was written by another version: run the scenario again"
        raise ResultError(msg) from err


def _read_origin(path: Path) -> dict[str, object]:
    try:
        origin = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as err:
        msg = f"{path}: not JSON: {err}"
        raise ResultError(msg) from err
    if not isinstance(origin, dict):
        msg = f"{path}: should hold one object with the origin of the run"
        raise ResultError(msg)
    absent = [key for key in NEEDED if key not in origin]
    if absent:
        msg = f"{path}: lacks {', '.join(absent)}; it was written by another version or changed: run the scenario again"
        raise ResultError(msg)
    return origin
