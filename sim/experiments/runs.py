"""A run: all replications of one scenario, their log with its legend, and the tables measured from it."""

from __future__ import annotations

import json
import platform
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path

import numpy as np
import pandas as pd

from sim import log, metrics, scenario
from sim.engines import ENGINES, choose, needs, slower
from sim.experiments import limits
from sim.experiments.legend import Replication, legend
from sim.experiments.loads import warnings
from sim.experiments.locks import locks
from sim.experiments.rates import unrated
from sim.log import Log
from sim.plan import traffic
from sim.plan.breakdowns import with_breakdowns
from sim.plan.compile import compile_plan
from sim.plan.tables import Entities, Plan
from sim.scenario import Loaded, canonical
from sim.scenario.texts import texts

Progress = Callable[[int, int, str], None]
"""Told how much is done of how much, and of what."""

Inspect = Callable[[Iterable[tuple[str, str]]], None]
"""Given the paths and texts of a scenario that reach a report."""

ENVIRONMENT = ("numpy", "pandas", "pyarrow", "pydantic", "scipy", "simpy", "tzdata")
"""Libraries whose versions a run folder keeps."""


STUCK_TOLD = 10
"""How many of those who wait for ever are named one by one."""


@dataclass(frozen=True)
class RunResult:
    """What a run leaves: its folder, its log and its tables by name; ``summary`` is the key table."""

    folder: Path
    log: Log
    tables: Mapping[str, pd.DataFrame]

    @property
    def summary(self) -> pd.DataFrame:
        """The key table: every number with its interval over the replications."""
        return self.tables["summary"]


@dataclass(frozen=True)
class Order:
    """What is to be run: a scenario with the numbers that the caller may set."""

    loaded: Loaded
    name: str
    seed: int
    replications: int
    engine: str
    """By name, or ``auto`` until it is known how much there is to do."""


def run(  # noqa: PLR0913 - the front door of a run: each is a flag of the command line
    path: Path | str,
    *,
    replications: int | None = None,
    seed: int | None = None,
    engine: str = "auto",
    out: Path | None = None,
    overrides: Mapping[str, str] | None = None,
    progress: Progress | None = None,
    inspect: Inspect | None = None,
) -> RunResult:
    """Simulate a scenario and write log, tables and origin into the folder ``out`` (nothing if it is None).

    ``seed`` and ``replications`` go before the scenario's own; ``engine`` is ``auto``, or as in sim.engines. What
    ``inspect`` raises about the texts of the scenario ends the run before anything is simulated. Raises ScenarioError
    for input that is refused.
    """
    tell = progress or _silent
    tell(0, 0, "reading the scenario")
    loaded = scenario.open_scenario(path, overrides)
    if inspect is not None:
        inspect(texts(loaded.scenario))
    order = Order(
        loaded,
        Path(path).stem,
        loaded.scenario.seed if seed is None else seed,
        loaded.scenario.replications if replications is None else replications,
        engine,
    )
    began = time.monotonic()
    recorded = simulate(order, tell)
    tell(0, 0, "measuring")
    tables = metrics.measure(recorded)
    if out is not None:
        _write(out, recorded, tables, loaded)
        _write_environment(out, recorded, time.monotonic() - began)
    return RunResult(out or Path(), recorded, tables)


def simulate(order: Order, progress: Progress) -> Log:
    """The log of all replications of an order."""
    stated = order.loaded.scenario
    compiled = compile_plan(stated)
    limits.refuse(order.loaded, compiled)
    moving = traffic.prepare(stated, compiled)
    made: list[Replication] = []
    visits, stuck = [], []
    for replication in range(order.replications):
        entities = traffic.drawn(moving, order.seed, replication)
        tell = _within(progress, order, replication, compiled.plan.horizon)
        tell(0)
        plan = with_breakdowns(compiled.plan, order.seed, replication)
        if not made:
            much = planned_visits(plan, entities) * order.replications
            why = slower(much, needs(plan)) if order.engine == "auto" else ""
            order = replace(order, engine=choose(order.engine, much, needs(plan)))
        run_engine = ENGINES[order.engine]
        done = run_engine(plan, entities, seed=order.seed, replication=replication, progress=tell)
        made.append(Replication(entities, plan))
        visits.append(done.visits)
        stuck += [f"replication {replication}: {waiting}" for waiting in done.waiting]
    origin = _origin(order)
    first = made[0].entities
    beforehand = [*warnings(stated, compiled, first), *locks(compiled, first), *unrated(stated, compiled)]
    origin["warnings"] = [*_told(stuck), *(str(each) for each in beforehand), *([why] if why else [])]
    return log.build(visits, legend(stated, compiled, made, origin))


def planned_visits(plan: Plan, entities: Entities) -> int:
    """Visits of a replication in which everybody comes to the end of its route."""
    lengths = np.diff(plan.routes.first)
    return int(lengths[entities.route[entities.release < plan.horizon]].sum())


def _within(progress: Progress, order: Order, replication: int, horizon: int) -> Callable[[int], None]:
    """Progress of one replication as progress of them all, in days simulated."""
    days = max(1, horizon // 86400)
    what = f"simulating {order.name}, days of {order.replications} replications"

    def tell(now: int) -> None:
        progress(replication * days + now * days // horizon, order.replications * days, what)

    return tell


def _told(stuck: list[str]) -> list[str]:
    """Who waits for ever, in words; of a crowd the first few."""
    rest = len(stuck) - STUCK_TOLD
    return stuck if rest <= 0 else [*stuck[:STUCK_TOLD], f"and {rest} more wait for ever"]


def _origin(order: Order) -> dict[str, object]:
    stated = order.loaded.scenario
    return {
        "scenario": order.name,
        "title": stated.title,
        "question": stated.question,
        "note": stated.note,
        "start": f"{stated.start_utc:%Y-%m-%dT%H:%M:%SZ}",
        "horizon_s": round(stated.horizon.value),
        "warm_up_s": round(stated.warm_up.value),
        "seed": order.seed,
        "replications": order.replications,
        "engine": order.engine,
        "version": metadata.version("landbridge"),
        "commit": _commit(),
        "digest": run_digest(order),
    }


def _commit() -> str:
    """The commit of the checkout that runs, with -dirty if it was changed; empty where there is none."""
    command = ["git", "-C", str(Path(__file__).parents[2]), "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def run_digest(order: Order) -> str:
    """Names a run: the scenario's content, the seed and the number of replications."""
    return canonical.digest({"scenario": order.loaded.digest, "seed": order.seed, "replications": order.replications})


def report(folder: Path) -> RunResult:
    """A run folder read and measured again, without simulating."""
    recorded = log.read(folder)
    return RunResult(folder, recorded, metrics.measure(recorded))


def _write(out: Path, recorded: Log, tables: Mapping[str, pd.DataFrame], loaded: Loaded) -> None:
    out.mkdir(parents=True, exist_ok=True)
    log.write(recorded, out)
    write_tables(out, tables)
    (out / "scenario.resolved.yaml").write_text(canonical.resolved(loaded.scenario), encoding="utf-8")


def write_tables(out: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """Each table as CSV and as Parquet."""
    (out / "tables").mkdir(exist_ok=True)
    for name, table in tables.items():
        table.to_csv(out / "tables" / f"{name}.csv", index=False, lineterminator="\n")
        table.to_parquet(out / "tables" / f"{name}.parquet", index=False)


def _write_environment(out: Path, recorded: Log, seconds: float) -> None:
    """Who made the run, with what, in what time. The only file of a run folder that differs from run to run."""
    libraries = (*ENVIRONMENT, *(["numba"] if recorded.legend.origin["engine"] == "compiled" else []))
    about = {
        **recorded.legend.origin,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "libraries": {name: metadata.version(name) for name in libraries},
        "visits": len(recorded.visits),
        "visits_digest": log.digest(recorded),
        "wall_time_s": round(seconds, 3),
    }
    (out / "run.json").write_text(json.dumps(about, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _silent(_done: int, _total: int, _what: str) -> None:
    """Tell nobody."""
