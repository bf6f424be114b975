"""Warnings before a run: places that are offered more than they can give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sim import scenario
from sim.errors import Problem, ScenarioError
from sim.experiments import limits
from sim.experiments.design import points
from sim.experiments.locks import Lock, locks
from sim.experiments.rates import Unrated, Untimed, unrated, untimed
from sim.experiments.refused_points import refusals
from sim.experiments.sizes import Size, size
from sim.plan import distributions, traffic
from sim.plan.breakdowns import with_breakdowns
from sim.plan.compile import Compiled, compile_plan
from sim.plan.offered import Load, offered_loads
from sim.plan.tables import Entities, StepKind
from sim.scenario import Loaded
from sim.scenario.experiment_files import is_experiment, open_experiment
from sim.scenario.model import Scenario

if TYPE_CHECKING:
    # Which warns of loads.
    from sim.experiments.runs import Progress

FULL = 1.0
"""Offered load at which a queue cannot settle."""
HUGE = 1e4
"""Offered load from which on it is told with an exponent."""


@dataclass(frozen=True)
class Overload:
    """A place that is offered more than it can give, in months that follow one another."""

    file: str
    place: str
    first: str
    last: str
    ratio: float
    """Highest offered load of these months."""

    def __str__(self) -> str:
        file = f"{self.file}: " if self.file else ""
        when = f"in {self.first}" if self.first == self.last else f"from {self.first} to {self.last}"
        load = f"{self.ratio:.2f}" if self.ratio < HUGE else f"{self.ratio:.1e}"
        return f"{file}offered load {load} at {self.place} {when}: this queue cannot settle then"


@dataclass(frozen=True)
class InVain:
    """A place whose pace or suspension nothing feels."""

    file: str
    place: str

    def __str__(self) -> str:
        file = f"{self.file}: " if self.file else ""
        return (
            f"{file}pace and suspended work at {self.place} do nothing: its units are only held, no work is done there"
        )


def warnings(stated: Scenario, compiled: Compiled, entities: Entities, file: str = "") -> list[Overload]:
    """Places whose offered load is 1 or more, by place and first month."""
    found: list[Overload] = []
    broken_down = replace(compiled, plan=with_breakdowns(compiled.plan, stated.seed, 0))
    loads = offered_loads(stated, broken_down, entities)
    months = sorted({load.month for load in loads})
    for load in loads:
        if load.ratio < FULL:
            continue
        if found and _follows(found[-1], load, months):
            found[-1] = Overload(file, load.place, found[-1].first, load.month, max(load.ratio, found[-1].ratio))
        else:
            found.append(Overload(file, load.place, load.month, load.month, load.ratio))
    return found


def _follows(warning: Overload, load: Load, months: list[str]) -> bool:
    return warning.place == load.place and months.index(load.month) == months.index(warning.last) + 1


def in_vain(compiled: Compiled, file: str = "") -> list[InVain]:
    """Places with a pace or with suspended work at which nobody works, by place."""
    plan = compiled.plan
    paced = {
        int(place)
        for place in range(len(plan.places.names))
        for rows in [plan.places.windows_of(place)]
        if (plan.windows.pace[rows] != 1.0).any()
        or (plan.places.suspends[place] and (plan.windows.capacity[rows] == 0).any())
    }
    used = dict.fromkeys(sorted(paced), False)
    for step, row in enumerate(compiled.step_rows):
        place = int(plan.steps.place[step])
        if row.kind == StepKind.OCCUPY and place in used:
            used[place] |= row.per_teu > 0 or distributions.mean(row.duration) > 0
    return [InVain(file, compiled.place_rows[place].name) for place, works in used.items() if not works]


Warned = Overload | InVain | Unrated | Untimed | Lock
Finding = Problem | Warned | Size
"""What a check may say of a file: a problem, one of the warnings, or how much an experiment asks for."""


def beforehand(stated: Scenario, compiled: Compiled, entities: Entities, file: str = "") -> list[Warned]:
    """All that is warned of before a run; ``entities``: those of a replication."""
    return [
        *warnings(stated, compiled, entities, file),
        *in_vain(compiled, file),
        *unrated(stated, compiled, file),
        *untimed(stated, compiled, file),
        *locks(compiled, entities, file),
    ]


def check(paths: Sequence[Path], progress: Progress | None = None) -> list[Finding]:
    """Problems of all files, warnings of those that have none, and sizes of experiments, in the order of the files."""
    found: list[Finding] = []
    for path in paths:
        try:
            if is_experiment(path):
                found += _of_experiment(path, progress)
            else:
                found += _of_scenario(scenario.open_scenario(path), path)
        except ScenarioError as err:
            found += err.problems
    return found


def _of_experiment(path: Path, progress: Progress | None) -> list[Finding]:
    """Points that cannot be run, the size of an experiment, and the warnings of its scenario with its settings."""
    loaded = open_experiment(path)
    found = points(loaded)
    warned = _of_scenario(loaded.scenario, path)
    return [*refusals(loaded, found, progress), size(loaded, found), *warned]


def _of_scenario(loaded: Loaded, path: Path) -> list[Finding]:
    """The warnings of a scenario. ScenarioError for what a run would refuse."""
    compiled = compile_plan(loaded.scenario)
    moving = traffic.prepare(loaded.scenario, compiled)
    limits.refuse(loaded, compiled, moving)
    return list(beforehand(loaded.scenario, compiled, moving.first, str(path)))
