"""A run: all replications of one scenario, their log with its legend, and the tables measured from it."""

from __future__ import annotations

import datetime as dt
import json
import platform
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim import log, metrics, scenario
from sim.counts import counted
from sim.engines import Engine, choose, needs, slower, with_rules
from sim.errors import SimError
from sim.experiments import limits, rules, stops
from sim.experiments.legend import Replication
from sim.experiments.loads import beforehand
from sim.experiments.made import Made
from sim.experiments.precision import Looks, looks
from sim.experiments.rules import RulesFile
from sim.experiments.stuck import few
from sim.log import Log
from sim.plan import traffic
from sim.plan.breakdowns import with_breakdowns
from sim.plan.compile import compile_plan
from sim.plan.tables import Entities, Plan
from sim.plan.traffic import Traffic
from sim.scenario import Loaded, canonical
from sim.scenario.located import Located
from sim.scenario.meaning import meaning
from sim.scenario.numbers import instant
from sim.scenario.precision import Precision, narrowed
from sim.scenario.texts import texts

Progress = Callable[[int, int, str], None]
"""Told how much is done of how much, and of what."""

Inspect = Callable[[Iterable[tuple[str, str]]], None]
"""Given the paths and texts of a scenario that reach a report."""

ENVIRONMENT = ("numpy", "pandas", "pyarrow", "pydantic", "scipy", "simpy", "tzdata")
"""Libraries whose versions a run folder keeps."""


@dataclass(frozen=True)
class RunResult:
    """What a run leaves: its folder, its log and its tables by name; ``summary`` is the key table."""

    folder: Path
    log: Log
    tables: Mapping[str, pd.DataFrame]
    located: Located | None = None
    """The scenario as it was read, with lines and columns; None: it was not."""

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
    replications: int | Precision
    """How many, or until intervals are as narrow as asked."""
    engine: str
    """By name, or ``auto`` until it is known how much there is to do."""
    since: stops.Stopped | None = None
    """Where it goes on from; None: from the start."""
    rules: RulesFile = field(default_factory=RulesFile)
    """Functions by which choices are made."""

    @property
    def least(self) -> int:
        """Replications that are made at least."""
        return self.replications if isinstance(self.replications, int) else self.replications.least

    @property
    def most(self) -> int:
        """Replications that are made at most."""
        return self.replications if isinstance(self.replications, int) else self.replications.most


def run(  # noqa: PLR0913 - the front door of a run: each is a flag of the command line
    path: Path | str | Loaded,
    *,
    replications: int | None = None,
    half_width: str | None = None,
    seed: int | None = None,
    engine: str = "auto",
    out: Path | None = None,
    overrides: Mapping[str, str] | None = None,
    progress: Progress | None = None,
    inspect: Inspect | None = None,
    since: Path | None = None,
    functions: Path | None = None,
) -> RunResult:
    """Simulate a scenario and write log, tables and origin into the folder ``out`` (nothing if it is None).

    ``seed`` and ``replications`` go before the scenario's own, or ``half_width`` (5 %), until which they are made then;
    ``engine`` is ``auto``, or as in sim.engines. What
    ``inspect`` raises about the texts of the scenario ends the run before anything is simulated. With ``since`` the run
    goes on from a file that :func:`stop` has written. ``functions``: a file of Python, which is run, with the functions
    that choices are made by. Raises ScenarioError for input that is refused.
    """
    tell = progress or silent
    tell(0, 0, "reading the scenario")
    loaded = path if isinstance(path, Loaded) else scenario.open_scenario(path, overrides)
    if inspect is not None:
        inspect(texts(loaded.scenario))
    order = _order(loaded, Path(loaded.located.file).stem, (seed, replications), engine, since)
    if functions is not None:
        order = replace(order, rules=rules.read(functions))
    if half_width is not None:
        order = replace(order, replications=_narrowed(loaded, half_width))
    began = time.monotonic()
    recorded = simulate(order, tell)
    tell(0, 0, "measuring")
    tables = metrics.measure(recorded)
    if out is not None:
        _write(out, recorded, tables, loaded)
        _write_environment(out, recorded, tables["expectations"], time.monotonic() - began)
    return RunResult(out or Path(), recorded, tables, loaded.located)


def stop(  # noqa: PLR0913 - the front door of a stop: each is a flag of the command line
    path: Path | str,
    until: str,
    file: Path,
    *,
    replications: int | None = None,
    seed: int | None = None,
    engine: str = "auto",
    overrides: Mapping[str, str] | None = None,
    progress: Progress | None = None,
    since: Path | None = None,
) -> int:
    """Simulate all replications until a date, which is UTC unless it says otherwise, and keep them in a file.

    :func:`run` goes on from there; see it for the rest. The time of the stop, in seconds from the scenario's start.
    """
    loaded = scenario.open_scenario(path, overrides)
    order = _order(loaded, Path(path).stem, (seed, replications), engine if engine != "auto" else "compiled", since)
    if choose(order.engine, 0) != "compiled":
        raise SimError("a run that stops takes the compiled engine: leave --engine out")
    if not isinstance(order.replications, int):
        raise SimError("a run that stops does not know yet how many replications are enough: say --replications N")
    from sim.engines import checkpoint, stages  # noqa: PLC0415 - Numba takes its time to import

    time_ = _seconds(order, until)
    compiled = compile_plan(loaded.scenario)
    if unknown := needs(compiled.plan):
        raise SimError(f"a run that stops takes the compiled engine, which does not know {', '.join(unknown)}")
    moving = traffic.prepare(loaded.scenario, compiled)
    limits.refuse(loaded, compiled, moving)
    stopped = []
    for each in _prepared(order, compiled.plan, moving, progress or silent):
        plan, entities = each.plan, each.entities
        if order.since is None:
            begun = stages.begin(plan, entities, seed=order.seed, replication=each.number)
        else:
            begun = order.since.branch(plan, entities, order.seed, each.number)
        stopped.append(stages.advance(begun, plan, entities, until=time_, progress=each.tell))
    checkpoint.save(file, stopped)
    return time_


def _narrowed(loaded: Loaded, half_width: str) -> Precision:
    try:
        return narrowed(loaded.scenario.replications, half_width)
    except ValueError as err:
        raise SimError(f"--half-width: {err}") from err


def _seconds(order: Order, until: str) -> int:
    """The date at which a run stops, in seconds from its start. SimError if it is none, or not within the run."""
    stated = order.loaded.scenario
    try:
        moment = instant(until).utc()
    except ValueError as err:
        raise SimError(f"--until: {err}") from err
    first, last = 0 if order.since is None else order.since.time, round(stated.horizon.value)
    if not first <= stated.seconds(moment) <= last:
        begin, end = (stated.start_utc + dt.timedelta(seconds=time_) for time_ in (first, last))
        raise SimError(f"--until {until}: allowed is {begin:%Y-%m-%dT%H:%M:%SZ} to {end:%Y-%m-%dT%H:%M:%SZ}")
    return stated.seconds(moment)


def _order(loaded: Loaded, name: str, given: tuple[int | None, int | None], engine: str, since: Path | None) -> Order:
    """What is to be run; ``given``: seed and replications that go before those of the scenario or of the stop."""
    seed, replications = given
    if since is None:
        stated = loaded.scenario
        own = stated.seed if seed is None else seed
        return Order(loaded, name, own, stated.replications if replications is None else replications, engine)
    if engine == "reference":
        raise SimError("a run that goes on takes the compiled engine: leave --engine out")
    kept = stops.read(since)
    most = len(kept.checkpoints)
    if replications is not None and replications > most:
        raise SimError(f"{since} holds {counted(most, 'replication')}: {replications} of them cannot go on")
    own = kept.seed if seed is None else seed
    return Order(loaded, name, own, most if replications is None else replications, "compiled", kept)


class _Prepared(NamedTuple):
    """A replication before it is run."""

    number: int
    plan: Plan
    entities: Entities
    tell: Callable[[int], None]
    """Told the simulated time."""


def _prepared(
    order: Order, planned: Plan, moving: Traffic, progress: Progress, looks: Looks | None = None
) -> Iterator[_Prepared]:
    """All replications of an order, one by one; by a rule, until nobody asks for one more."""
    for number in range(order.most):
        plan = with_breakdowns(planned, order.seed, number)
        seed = order.seed
        if order.since is not None:
            plan, seed = order.since.plan(plan, number), order.since.first_seed
        expected = order.most if looks is None else looks.watch.expected
        often = counted(expected, "replication") if looks is None else "as many replications as it takes"
        tell = _within(progress, f"simulating {order.name}, days of {often}", (number, expected), plan.horizon)
        entities = traffic.drawn(moving, seed, number)
        tell(0)
        yield _Prepared(number, plan, entities, tell)


def simulate(order: Order, progress: Progress) -> Log:
    """The log of all replications of an order."""
    stated = order.loaded.scenario
    compiled = compile_plan(stated)
    rules.refuse(order.loaded, order.rules)
    moving = traffic.prepare(stated, compiled)
    limits.refuse(order.loaded, compiled, moving)
    made = Made(stated, compiled, looks(stated, order.replications))
    why = ""
    for replication, plan, entities, tell in _prepared(order, compiled.plan, moving, progress, made.looks):
        if not made.replications:
            much = planned_visits(plan, entities) * order.least
            why = slower(much, needs(plan)) if order.engine == "auto" else ""
            order = replace(order, engine=choose(order.engine, much, needs(plan)))
        own = order.rules.functions
        run_engine: Engine = with_rules(order.engine, own) if order.since is None else order.since.go_on
        made.add(
            Replication(entities, plan),
            run_engine(plan, entities, seed=order.seed, replication=replication, progress=tell),
        )
        if made.enough:
            break
    first = made.replications[0].entities
    known = [*beforehand(stated, compiled, first), *rules.told(compiled.plan)]
    told = [*few(made.stuck), *(str(each) for each in known), *([why] if why else [])]
    return made.log(_origin(order) | _beside(order), told)


def planned_visits(plan: Plan, entities: Entities) -> int:
    """Visits of a replication in which everybody comes to the end of its route."""
    lengths = np.diff(plan.routes.first)
    return int(lengths[entities.route[entities.release < plan.horizon]].sum())


def _within(progress: Progress, what: str, place: tuple[int, int], horizon: int) -> Callable[[int], None]:
    """Progress of one replication, of ``place`` the first of the second, as progress of them all, in days simulated."""
    days = max(1, horizon // 86400)
    number, expected = place

    def tell(now: int) -> None:
        progress(number * days + now * days // horizon, expected * days, what)

    return tell


def _origin(order: Order) -> dict[str, object]:
    stated = order.loaded.scenario
    return {
        "scenario": order.name,
        "title": stated.title,
        "question": stated.question,
        "note": stated.note,
        "start": f"{stated.start_utc:%Y-%m-%dT%H:%M:%SZ}",
        "horizon_s": round(stated.horizon.value),
        "seed": order.seed,
        "engine": order.engine,
        "version": metadata.version("landbridge"),
        "commit": commit(),
        "digest": run_digest(order),
    }


def _beside(order: Order) -> dict[str, Any]:
    """What a run was made of beside its scenario: functions in Python, and where it went on from."""
    own = {"rules": dict(order.rules.origin)} if order.rules.origin else {}
    if order.since is None:
        return own
    kept = order.since
    return own | {"since": {"time_s": kept.time, "seed": kept.first_seed, "digest": kept.digest}}


def commit() -> str:
    """The commit of the checkout that runs, with -dirty if it was changed; empty where there is none."""
    command = ["git", "-C", str(Path(__file__).parents[2]), "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def run_digest(order: Order) -> str:
    """Names a run: the scenario's content, the seed, the number of replications or their rule, and what came beside."""
    asked = order.replications
    often = asked if isinstance(asked, int) else meaning(asked)
    named: dict[str, Any] = {"scenario": order.loaded.digest, "seed": order.seed, "replications": often}
    return canonical.digest(named | _beside(order))


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


def _write_environment(out: Path, recorded: Log, judged: pd.DataFrame, seconds: float) -> None:
    """Who made the run, with what, in what time. The only file of a run folder that differs from run to run."""
    libraries = (*ENVIRONMENT, *(["numba"] if recorded.legend.origin["engine"] == "compiled" else []))
    about = {
        **recorded.legend.origin,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "libraries": {name: metadata.version(name) for name in libraries},
        "visits": len(recorded.visits),
        "visits_digest": log.digest(recorded),
        "expectations": judged[["expectation", "sentence", "verdict"]].to_dict("records"),
        "wall_time_s": round(seconds, 3),
    }
    (out / "run.json").write_text(json.dumps(about, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def silent(_done: int, _total: int, _what: str) -> None:
    """Tell nobody."""
