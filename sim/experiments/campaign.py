"""A campaign: points of one experiment run as they are asked for, with what is there already taken from a store.

Sweeps ask for all points at once; who searches asks again and again. All points share the seed, and so the luck of each
replication. What a replication comes to is a function of its content alone: not of who works and how many, nor of the
order in which they are done, nor of how often the work was broken off.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from sim.engines import WORTH_COMPILING, choose, needs
from sim.experiments import contents
from sim.experiments.baseline import Baseline
from sim.experiments.design import Point
from sim.experiments.executors import Crew, carry_out, cores, processes, threads
from sim.experiments.runs import Progress, planned_visits
from sim.experiments.store import Origin, Result, Store
from sim.experiments.tasks import Done, Task, perform
from sim.plan import traffic
from sim.plan.compile import compile_plan
from sim.scenario import Loaded, canonical
from sim.scenario.located import Plain
from sim.scenario.override import override
from sim.scenario.unread import unread

SPELL_S = 0.5
"""A task has as many replications as take about so long, so that little is lost when the work is broken off."""


@dataclass(frozen=True)
class Ground:
    """What all points of an experiment share."""

    name: str
    scenario: Loaded
    measures: Mapping[str, Mapping[str, Any]]
    """Of each outcome, as sim.metrics.observed takes it."""
    seed: int
    engine: str
    runs: int
    """About so many in all, by which ``auto`` chooses an engine."""


@dataclass
class Met:
    """What is known at a point: what its replications came to, or why it cannot be run."""

    results: dict[int, Result] = field(default_factory=dict)
    refusal: str = ""
    refused: int | None = None
    """The first replication that is refused."""


@dataclass(frozen=True)
class Gap:
    """What is to be run at a point."""

    point: Point
    met: Met
    key: str
    replications: tuple[int, ...]


class Campaign:
    """Runs points, and keeps what they come to. To be closed; SimError for a store that cannot be used.

    Who works: ``crew``, or so many threads (of the compiled engine) or processes (of the reference, if it has much to
    do); None: one for each core. ``store``: the file in which each finished replication is kept; None: nothing is kept.
    """

    def __init__(self, ground: Ground, *, store: Path | None = None, crew: Crew | int | None = None) -> None:
        self.ground = ground
        stated = ground.scenario.scenario
        compiled = compile_plan(stated)
        once = planned_visits(compiled.plan, traffic.entities(stated, compiled, ground.seed, 0))
        self.visits = once * ground.runs
        self.engine = choose(ground.engine, self.visits, needs(compiled.plan))
        self.crew = crew if isinstance(crew, Crew) else self._hired(cores() if crew is None else crew)
        self._base = Baseline(ground.scenario.located)
        self._trees = contents.Trees(unread(stated, ground.scenario.located))
        self._met: dict[str, Met] = {}
        self._keys: dict[int, tuple[Point, str]] = {}
        self._pace = 0.0
        """Seconds that a replication takes; 0 before one was run."""
        self.origin = Origin(
            self._trees.digest(ground.scenario.located.root),
            contents.seeds(),
            contents.code(),
            str(ground.seed),
            canonical.digest(json.dumps(ground.measures, sort_keys=True), contents.LENGTH),
        )
        self._store = Store(store or ":memory:", self.origin)

    def __enter__(self) -> Campaign:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._store.close()

    def _hired(self, size: int) -> Crew:
        if self.engine == "compiled":
            return threads(size)
        # Until processes have started, as much would be done here.
        return threads(1) if self.visits < WORTH_COMPILING else processes(size)

    def met(self, point: Point) -> Met:
        """What is known at a point, without running anything; points that set the same share it."""
        return self._met_by(self.key(point))

    def _met_by(self, key: str) -> Met:
        if key not in self._met:
            self._met[key] = Met(self._store.results(key))
        return self._met[key]

    def left_aside(self) -> dict[str, int]:
        """Results in the store that are of another scenario, seeds/, code, seed or outcomes, by what has changed."""
        return self._store.left_aside(list(self._met))

    def gaps(self, asked: Iterable[tuple[Point, int]]) -> list[Gap]:
        """What of so many replications of each point has still to be run; nothing at a point that is refused."""
        found: dict[str, Gap] = {}
        for point, count in asked:
            key = self.key(point)
            met = self._met_by(key)
            due = tuple(number for number in range(count) if number not in met.results)
            if due and not met.refusal and len(due) > len(found[key].replications if key in found else ()):
                found[key] = Gap(found[key].point if key in found else point, met, key, due)
        return list(found.values())

    def run(self, gaps: list[Gap], progress: Progress, until: float | None = None) -> bool:
        """Run what is missing and keep it; whether all was run before ``until``, by the clock of time.monotonic."""
        self._late = False
        total, done = sum(len(gap.replications) for gap in gaps), 0
        out: dict[int, Gap] = {}

        def tell() -> None:
            progress(done, total, f"sweeping {self.ground.name}, runs")

        tell()
        with closing(carry_out(perform, self._tasks(gaps, out, until), self.crew, tell)) as finished:
            for task, came in finished:
                gap = out.pop(id(task))
                self._learn(gap, task, came)
                done += len(task.replications)
        tell()
        return not self._late

    def key(self, point: Point) -> str:
        """Names the content of a point with all that its results are a function of, but for the replication.

        Points that set the same, or what the scenario says anyhow, have the same key.
        """
        known, key = self._keys.get(point.number, (None, ""))
        if known is not point:
            tree = override(self.ground.scenario.located, point.settings)
            own = self.origin
            parts: list[Plain] = [self._trees.digest(tree.root), own.seeds, own.code, own.seed, own.outcomes]
            key = canonical.digest(parts, contents.LENGTH)
            self._keys[point.number] = point, key
        return key

    def _tasks(self, gaps: list[Gap], out: dict[int, Gap], until: float | None) -> Iterator[Task]:
        """All that is missing, in tasks of a length that suits how long a replication takes."""
        for gap in gaps:
            due = gap.replications
            while due and not gap.met.refusal:
                if until is not None and time.monotonic() >= until:
                    self._late = True
                    return
                many = max(1, round(SPELL_S / self._pace)) if self._pace else 1
                task = self._task(gap, due[:many])
                out[id(task)] = gap
                yield task
                due = due[many:]

    def _task(self, gap: Gap, replications: tuple[int, ...]) -> Task:
        ground = self.ground
        return Task(
            base=self._base,
            settings=gap.point.settings,
            point=gap.point.number,
            name=gap.point.name,
            replications=replications,
            seed=ground.seed,
            engine=ground.engine,
            visits=self.visits,
            measures=ground.measures,
            made=(self.origin.seeds, self.origin.code),
        )

    def _learn(self, gap: Gap, task: Task, came: Done) -> None:
        """Keep what a task came to."""
        met = gap.met
        if came.results:
            self._store.keep(gap.key, came.results.items())
            met.results.update(came.results)
            self._pace = came.seconds / len(came.results)
        if came.refusal:
            at = task.replications[len(came.results)]
            if met.refused is None or at < met.refused:
                met.refusal, met.refused = came.refusal, at
