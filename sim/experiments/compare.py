"""Comparison: runs that met the same luck, the first of which is the base; read from folders or made here."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim import log, scenario
from sim.counts import of_unit
from sim.errors import SimError
from sim.experiments import runs
from sim.log import Log
from sim.metrics import best, comparison
from sim.metrics.best import Best
from sim.metrics.comparison import Compared, Side
from sim.metrics.shape import records
from sim.scenario import Loaded, canonical, differences
from sim.scenario.located import Plain

Progress = runs.Progress

RUNS = {
    "run": "str",
    "title": "str",
    "start": "str",
    "horizon_s": "int64",
    "warm_up_s": "int64",
    "seed": "int64",
    "replications": "int64",
    "digest": "str",
}


@dataclass(frozen=True)
class Order:
    """How scenario files are run; None: as the base says, which is the first of all."""

    replications: int | None = None
    seed: int | None = None
    engine: str = "auto"


@dataclass(frozen=True)
class Pick:
    """By what the best run is picked."""

    number: str
    """Of the key table, by its name; with @ and a flow, border or place where several have it."""
    highest: bool = False
    zone: float | None = None
    """Difference that does not matter, in the unit of the key table."""


@dataclass(frozen=True)
class _Run:
    name: str
    log: Log
    content: Plain

    @property
    def origin(self) -> Mapping[str, Any]:
        return self.log.legend.origin


def compare(
    paths: Sequence[Path], order: Order = Order(), pick: Pick | None = None, progress: Progress | None = None
) -> Compared:
    """Hold runs against the first: folders of runs, and scenario files, which are run with its seed and replications.

    Where their warm-ups differ the longest counts for all. Raises SimError for runs that are not paired.
    """
    if len(paths) < 2:
        raise SimError("a comparison takes two runs or more: the first is the base")
    tell = progress or runs.silent
    tell(0, 0, "reading the runs")
    found = _named(list(_runs(paths, order, tell)))
    _refuse([(run.name, run.origin) for run in found])
    tell(0, 0, "comparing")
    longest = max(int(run.origin["warm_up_s"]) for run in found)
    even = [(run.name, _with_warm_up(run.log, longest)) for run in found]
    sides = comparison.sides(even)
    trees = differences.differing([run.content for run in found])
    columns = {"path": [path for path, _ in trees]}
    columns |= {run.name: [texts[at] for _, texts in trees] for at, run in enumerate(found)}
    return Compared(
        runs=pd.DataFrame([_row(run, longest) for run in found]).astype(RUNS),
        table=comparison.comparison(sides),
        differing=pd.DataFrame(columns, dtype="str"),
        best=None if pick is None else _best(sides, pick),
        warnings=tuple(_warned(found, longest)),
    )


def _row(run: _Run, warm_up: int) -> dict[str, Any]:
    return {name: run.origin.get(name, "") for name in RUNS} | {"run": run.name, "warm_up_s": warm_up}


def _warned(found: Sequence[_Run], longest: int) -> Iterator[str]:
    """What the runs warned of, and that their warm-ups were not one."""
    if any(int(run.origin["warm_up_s"]) != longest for run in found):
        days = of_unit(f"{longest / 86400:.3g}", "days")
        yield f"the runs leave out warm-ups of different length: the longest, {days}, counts for all"
    for run in found:
        yield from (f"{run.name}: {warning}" for warning in run.origin.get("warnings") or [])


def _with_warm_up(recorded: Log, warm_up: int) -> Log:
    origin = recorded.legend.origin | {"warm_up_s": warm_up}
    return replace(recorded, legend=replace(recorded.legend, origin=origin))


def _runs(paths: Sequence[Path], order: Order, progress: Progress) -> Iterator[_Run]:
    """Folders read, and files run: all files are read before the first is run, and horizons compared."""
    read: list[Loaded | _Run] = []
    for path in paths:
        if path.is_dir():
            recorded = log.read(path)
            content = differences.content(path / "scenario.resolved.yaml")
            read.append(_Run(str(recorded.legend.origin["scenario"]), recorded, content))
        else:
            read.append(scenario.open_scenario(path))
    _refuse([(path.stem, _stated(each)) for path, each in zip(paths, read, strict=True)])
    given = order
    for path, each in zip(paths, read, strict=True):
        run = each if isinstance(each, _Run) else _made(each, path.stem, given, progress)
        # What the base came to holds for all that are still to be run.
        if given.seed is None or given.replications is None:
            seed = int(run.origin["seed"]) if given.seed is None else given.seed
            often = int(run.origin["replications"]) if given.replications is None else given.replications
            given = replace(given, seed=seed, replications=often)
        yield run


def _stated(each: Loaded | _Run) -> dict[str, Any]:
    """What is known of the pairing before anything is run."""
    if isinstance(each, _Run):
        return {"horizon_s": each.origin["horizon_s"]}
    return {"horizon_s": round(each.scenario.horizon.value)}


def _made(loaded: Loaded, name: str, order: Order, progress: Progress) -> _Run:
    stated = loaded.scenario
    seed = stated.seed if order.seed is None else order.seed
    often = stated.replications if order.replications is None else order.replications
    recorded = runs.simulate(runs.Order(loaded, name, seed, often, order.engine), progress)
    return _Run(name, recorded, differences.content(stated))


def _named(found: list[_Run]) -> list[_Run]:
    """The runs with names that tell them apart: those of one scenario by their digests, or else by their place."""
    names = Counter(run.name for run in found)
    longer = [f"{run.name} {run.origin['digest'][:6]}" if names[run.name] > 1 else run.name for run in found]
    twice = Counter(longer)
    numbered = [f"{name} ({at + 1})" if twice[name] > 1 else name for at, name in enumerate(longer)]
    return [replace(run, name=name) for run, name in zip(found, numbered, strict=True)]


PAIRED = {"seed": "seed", "horizon_s": "horizon in seconds", "replications": "number of replications"}


def _refuse(found: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
    """SimError with all that keeps runs from being paired with the first."""
    (base, first), *others = found
    apart = [
        f"{what}: {first[key]} of {base}, {origin[key]} of {name}"
        for name, origin in others
        for key, what in PAIRED.items()
        if key in first and key in origin and first[key] != origin[key]
    ]
    if apart:
        raise SimError(
            "the runs are not paired, so that their differences are not those of their scenarios: "
            f"{'; '.join(apart)}. Run them with the same seed, horizon and number of replications"
        )


def _best(sides: Sequence[Side], pick: Pick) -> Best:
    numbers = sides[0].numbers.drop_duplicates(comparison.NAMED)
    row = _picked(numbers, pick.number)
    values = np.concatenate([comparison.matrix(side.numbers, row) for side in sides])
    table = best.ranking([side.name for side in sides], values, highest=pick.highest)
    number = int(table["replications"].iloc[0])
    if number < 2:
        raise SimError(
            f"the best of runs is found from two replications or more: {number} gave this number in all runs"
        )
    due = None if pick.zone is None else best.replications_due(values, pick.zone)
    metric, label, unit = (str(row[name].iloc[0]) for name in ("metric", "label", "unit"))
    return Best(metric, label, unit, table, pick.highest, pick.zone, due)


def _picked(numbers: pd.DataFrame, text: str) -> pd.DataFrame:
    """The one row of the key table that is meant. SimError with those there are."""
    metric, _, group = (part.strip().lower() for part in text.partition("@"))
    named = numbers[numbers["metric"].str.lower() == metric]
    found = named[(named["group"].str.lower() == group) | (named["label"].str.lower() == group)] if group else named
    if len(found) == 1:
        return found
    known = named if len(named) else numbers
    allowed = ", ".join(f"'{name}@{of}'" for name, of in zip(known["metric"], known["group"], strict=True))
    said = "is no number" if not len(found) else f"is the name of {len(found)} numbers"
    raise SimError(f"'{text}' {said} of the key table; allowed: {allowed}")


def digest(compared: Compared) -> str:
    """Names a comparison: the runs in their order, and what was asked of them."""
    picked: list[Plain] = []
    if compared.best is not None:
        picked = [compared.best.metric, compared.best.label, compared.best.highest, compared.best.zone]
    return canonical.digest([*map(str, compared.runs["digest"]), *picked])


def write(folder: Path, compared: Compared) -> None:
    """The tables as CSV and Parquet, and all as JSON, into a folder."""
    tables = {"runs": compared.runs, "comparison": compared.table, "differing": compared.differing}
    if compared.best is not None:
        tables["best"] = compared.best.table
    runs.write_tables(folder, tables)
    text = json.dumps(told(compared), ensure_ascii=False, indent=2)
    (folder / "comparison.json").write_text(text + "\n", encoding="utf-8")


def told(compared: Compared) -> dict[str, Any]:
    """A comparison in the forms of JSON."""
    found: dict[str, Any] = {
        "base": str(compared.runs["run"].iloc[0]),
        "runs": records(compared.runs),
        "numbers": records(compared.table),
        "differing": records(compared.differing),
        "warnings": list(compared.warnings),
    }
    if compared.best is not None:
        own = {name: getattr(compared.best, name) for name in ("metric", "label", "unit", "highest", "zone", "due")}
        found["best"] = own | {"ranking": records(compared.best.table)}
    return found
