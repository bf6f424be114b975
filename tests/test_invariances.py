"""What must not move does not move, bit for bit, when a scenario is written in another way or something is added.

By the fourth law of the design a draw is a function of seed, replication, name of the stream, entity and lap. Flows,
services, operations, legs and nodes name streams: under other ids they have other draws, and nothing else moves.
Places and calendars name none.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim import log, units
from sim.engines import ENGINES, needs, reference
from sim.experiments import rules, runs
from sim.log import NOT_YET
from sim.plan import compile as compiling
from sim.plan import draws, traffic
from sim.plan.breakdowns import with_breakdowns
from sim.plan.compile import Compiled, compile_plan
from sim.plan.tables import Entities, Plan, StepKind
from sim.scenario import open_scenario
from tests import rewritten
from tests.rewritten import NAMING, PREFIX, QUIET, Rewrite, Tree, written

ROOT = Path(__file__).parent.parent
SMALL = sorted((ROOT / "tests" / "scenarios" / "valid").glob("*.yaml"))
COMMITTED = {"example": 40, "yuxinou": 12, "kazakhstan-truck": 8, "land-sea": 6}
"""Days for which the corridors are simulated here."""
NOT_COMPILED_YET = 1
"""Small scenarios, at most, that the compiled engine does not know: that whose rule is written in Python."""
DAY, SEED = 86400, 5
FUNCTIONS = {name: own for file in SMALL[0].parent.glob("*.py") for name, own in rules.read(file).functions.items()}
"""Rules of a user that small scenarios name."""


@dataclass(frozen=True)
class Moved:
    """What a scenario came to: its plan, its entities, and its rows by names and not by numbers."""

    compiled: Compiled
    plan: Plan
    entities: Entities
    rows: pd.DataFrame


Before = Callable[[str], dict[str, Moved]]


def named(compiled: Compiled, entities: Entities, visits: log.Visits) -> pd.DataFrame:
    """Rows of a log, in their order, with the names of all that has a number."""

    def group(number: Any) -> Any:
        names = np.array([*compiled.groups, ""], object)
        return names[np.where(number == NOT_YET, len(compiled.groups), entities.route[number])]

    places = np.array([*compiled.plan.places.names, ""], object)
    return pd.DataFrame(
        {
            "group": group(visits.entity),
            "ordinal": entities.ordinal[visits.entity],
            "position": visits.step - compiled.plan.routes.first[entities.route[visits.entity]],
            "place": places[visits.place],
            "requested": visits.requested,
            "entered": visits.entered,
            "left": visits.left,
            "released": visits.released,
            "consist": group(visits.consist),
            "number": np.where(visits.consist == NOT_YET, NOT_YET, entities.ordinal[visits.consist]),
        }
    )


def moved(content: Tree, folder: Path, engines: Sequence[str] = tuple(ENGINES)) -> dict[str, Moved]:
    """One replication of what a scenario says, by each of the engines that knows it."""
    scenario = open_scenario(written(content, folder / "scenario.yaml")).scenario
    compiled = compile_plan(scenario)
    plan, entities = with_breakdowns(compiled.plan, scenario.seed, 1), traffic.entities(scenario, compiled, SEED, 1)
    return {engine: simulated(compiled, plan, entities, engine) for engine in engines if knows(engine, plan)}


def knows(engine: str, plan: Plan) -> bool:
    return engine == "reference" or not needs(plan)


def simulated(compiled: Compiled, plan: Plan, entities: Entities, engine: str) -> Moved:
    if plan.rules:
        visits = reference.run(plan, entities, seed=SEED, replication=1, rules=FUNCTIONS).visits
    else:
        visits = ENGINES[engine](plan, entities, seed=SEED, replication=1).visits
    return Moved(compiled, plan, entities, named(compiled, entities, visits))


def until(rows: pd.DataFrame, time: int) -> pd.DataFrame:
    """The rows as they would stand if the run had ended at that time."""
    kept = rows[rows.requested < time].copy()
    aboard = kept.entered >= time
    kept.loc[aboard, ["consist", "number"]] = "", NOT_YET
    for column in ("entered", "left", "released"):
        kept.loc[kept[column] >= time, column] = NOT_YET
    return kept.reset_index(drop=True)


def plain_names(rows: pd.DataFrame) -> pd.DataFrame:
    """With the ids read as they were."""
    return rows.assign(**{name: rows[name].str.replace(PREFIX, "") for name in ("group", "place", "consist")})


def days_of(content: Tree) -> int:
    return int(str(content["horizon"]).split()[0])


@cache
def small_trees() -> dict[str, Tree]:
    return {file.stem: in_days(rewritten.tree(file)) for file in SMALL} | {"example": committed_tree("example")}


def in_days(content: Tree) -> Tree:
    """A run of some hours made one of two days."""
    return content if "day" in str(content["horizon"]) else {**content, "horizon": "2 days"}


@cache
def committed_tree(name: str) -> Tree:
    content = rewritten.tree(ROOT / "scenarios" / f"{name}.yaml")
    return {**content, "horizon": f"{COMMITTED[name]} days", "warm_up": "1 days"}


def all_trees() -> dict[str, Tree]:
    return small_trees() | {name: committed_tree(name) for name in COMMITTED}


def tree_of(name: str) -> Tree:
    return committed_tree(name) if name in COMMITTED else small_trees()[name]


@pytest.fixture(scope="module")
def before(tmp_path_factory) -> Before:
    """What a scenario comes to as it stands, by its name."""
    folder = tmp_path_factory.mktemp("before")
    return cache(lambda name: moved(tree_of(name), folder))


REWRITES: dict[str, Rewrite] = {
    "read and written": lambda content: content,
    "hours as minutes": rewritten.in_minutes,
    "keys in another order": rewritten.turned,
    "other words": rewritten.reworded,
    "other ids of places and calendars": lambda content: rewritten.renamed(content, QUIET),
    "a place that nobody uses": rewritten.with_place,
}
"""Nothing moves."""


def all_at_once(content: Tree) -> Tree:
    for rewrite in REWRITES.values():
        content = rewrite(content)
    return content


def differing(rewrite: Rewrite, before: Before, folder: Path) -> Iterator[str]:
    """Small scenarios of which something moves."""
    for name, content in small_trees().items():
        known = before(name)
        if not same(known, moved(rewrite(content), folder, tuple(known))):
            yield name


def same(known: dict[str, Moved], others: dict[str, Moved]) -> bool:
    assert known.keys() == others.keys()
    return all(known[engine].rows.equals(plain_names(other.rows)) for engine, other in others.items())


@pytest.mark.parametrize("what", REWRITES)
def test_nothing_moves(what, before, tmp_path):
    assert list(differing(REWRITES[what], before, tmp_path)) == []


@pytest.mark.parametrize("name", COMMITTED)
def test_nothing_moves_in_a_corridor(name, before, tmp_path):
    assert same(before(name), moved(all_at_once(committed_tree(name)), tmp_path))
    assert all(len(each.rows) > 500 for each in before(name).values())


@pytest.mark.parametrize("name", [*COMMITTED, *(file.stem for file in SMALL)])
def test_other_ids_move_nothing_but_the_streams_that_they_name(name, before, tmp_path, monkeypatch):
    """Where the streams are named as they were, all rows are."""
    named_by = draws.stream
    monkeypatch.setattr(draws, "stream", lambda text: named_by(text.replace(PREFIX, "")))
    content = tree_of(name)
    other = moved(rewritten.renamed(content, (*QUIET, *NAMING)), tmp_path)
    assert set(content["nodes"]).isdisjoint(row.node for row in other["reference"].compiled.place_rows)
    assert same(before(name), other)


OPERATIONS = ("operations",)


def test_another_id_of_an_operation_moves_its_own_draws_alone(tmp_path):
    content = small_trees()["small"]
    times = {"check": "2 h", "load-truck": "3 h"}
    spread = {key: {"time": {"exponential": {"mean": mean}}} for key, mean in times.items()}
    content = {**content, "operations": {k: {**own, **spread.get(k, {})} for k, own in content["operations"].items()}}
    one, other = (
        moved(each, tmp_path, ("reference",))["reference"] for each in (content, rewritten.renamed(content, OPERATIONS))
    )
    steps = one.compiled.plan.steps
    moves = steps.stream != other.compiled.plan.steps.stream
    assert {name for name, own in zip(steps.names, moves, strict=True) if own} == set(content["operations"])
    assert one.entities.release.tolist() == other.entities.release.tolist()
    stays = [each.rows.query("group == 'parcels' and position == 1") for each in (one, other)]
    assert (stays[0].left - stays[0].entered).tolist() != (stays[1].left - stays[1].entered).tolist()


def moved_by_a_longer_horizon(trees: dict[str, Tree], before: Before, folder: Path) -> Iterator[str]:
    """Scenarios of which something moves before the end of the shorter horizon."""
    for name, content in trees.items():
        time = days_of(content) * DAY
        for engine, longer in moved(
            rewritten.longer(content, days_of(content) + 3), folder, tuple(before(name))
        ).items():
            if not until(longer.rows, time).equals(before(name)[engine].rows):
                yield f"{name}, {engine}"


def test_a_longer_horizon_moves_nothing_before_the_shorter_one(before, tmp_path):
    assert list(moved_by_a_longer_horizon(all_trees(), before, tmp_path)) == []


def moved_by_a_flow_more(trees: dict[str, Tree], before: Before, folder: Path) -> Iterator[str]:
    """Scenarios of which something moves before the first day of the flow that is added."""
    some = 0
    for name, content in trees.items():
        days = days_of(content) // 2
        begin = (days - 1) * DAY
        for engine, both in moved(rewritten.with_flow(content, days), folder, tuple(before(name))).items():
            some += int((both.rows.group == "zzz").any())
            if not until(both.rows, begin).equals(until(before(name)[engine].rows, begin)):
                yield f"{name}, {engine}"
    assert some > len(trees) // 2


def test_a_flow_more_moves_nothing_before_its_first_day(before, tmp_path):
    assert list(moved_by_a_flow_more(all_trees(), before, tmp_path)) == []


def with_one_more(entities: Entities, release: int) -> Entities:
    """The last one once more, at that time."""
    more = {name: np.append(column, column[-1]) for name, column in vars(entities).items()}
    more["release"][-1], more["ordinal"][-1] = release, entities.ordinal[-1] + 1
    return Entities(**more)


def test_an_entity_more_moves_nothing_before_its_release(before):
    for name, content in all_trees().items():
        time = days_of(content) * DAY // 2
        for engine, known in before(name).items():
            more = simulated(known.compiled, known.plan, with_one_more(known.entities, time), engine)
            assert until(more.rows, time).equals(until(known.rows, time)), (name, engine)
            assert len(more.rows) > len(known.rows)


def test_another_replication_more_moves_none(tmp_path):
    content = small_trees()["small"]
    file = written(content, tmp_path / "small.yaml")
    one, three = (runs.run(file, replications=number).log.visits for number in (1, 3))
    first = three[three.replication == 0].reset_index(drop=True)
    assert one.equals(first)


def printed() -> str:
    """Digest of the rows of some scenarios; also what another process prints."""
    with TemporaryDirectory() as folder:
        runs_ = [moved(tree_of(name), Path(folder)) for name in ("small", "departures", "example")]
    return sha256("".join(own.rows.to_csv() for each in runs_ for own in each.values()).encode()).hexdigest()


def test_another_hash_seed_moves_nothing():
    command = [sys.executable, "-c", "from tests.test_invariances import printed; print(printed())"]
    environment = {**os.environ, "PYTHONHASHSEED": "4711"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == printed()


def test_engines_agree_on_what_is_held_here(before):
    both = [before(name) for name in all_trees()]
    compared = [each for each in both if len(each) == len(ENGINES)]
    assert all(each["reference"].rows.equals(each["compiled"].rows) for each in compared)
    assert len(both) - len(compared) <= NOT_COMPILED_YET


def test_each_rewriting_writes_something_else():
    content = committed_tree("example")
    texts = [json.dumps(rewrite(content)) for rewrite in [*REWRITES.values(), all_at_once]]
    assert len(set(texts)) == len(texts)
    assert content["legs"]["urumqi-alashankou"] == tree_of("example")["legs"]["urumqi-alashankou"]


FAULTS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {}


def fault(what: str) -> Callable[[Callable[[pytest.MonkeyPatch], None]], None]:
    def enter(patch: Callable[[pytest.MonkeyPatch], None]) -> None:
        FAULTS[what] = patch

    return enter


def with_streams(patch: pytest.MonkeyPatch, change: Callable[[Plan, Tree], Any]) -> None:
    """Streams of steps named by more than their step."""
    compiles = compile_plan

    def other(scenario: Any) -> Compiled:
        made = compiles(scenario)
        streams = (made.plan.steps.stream + change(made.plan, scenario.places)) % 2**32
        return replace(made, plan=replace(made.plan, steps=replace(made.plan.steps, stream=streams)))

    patch.setattr(sys.modules[__name__], "compile_plan", other)


@fault("hours as minutes")
def _(patch):
    size = units._size
    # What was read before is kept, and what is read now must not be.
    patch.setattr(units, "_parsed", units._parsed.__wrapped__)
    patch.setattr(units, "_size", lambda unit: (Fraction(59), size("s")[1]) if unit == "min" else size(unit))


@fault("keys in another order")
def _(patch):
    patch.setattr(compiling, "sorted", list, raising=False)


@fault("other ids of places and calendars")
def _(patch):
    def by_place(plan: Plan, _: Tree) -> Any:
        names = np.array([draws.stream(each) for each in (*plan.places.names, "")])
        return names[np.where(plan.steps.kind == StepKind.OCCUPY, plan.steps.place, NOT_YET)]

    with_streams(patch, by_place)


@fault("a place that nobody uses")
def _(patch):
    with_streams(patch, lambda _, places: len(places))


@fault("a longer horizon")
def _(patch):
    with_streams(patch, lambda plan, _: plan.horizon)


@fault("a flow more")
def _(patch):
    entities = traffic.entities

    def numbered(*given: Any) -> Entities:
        made = entities(*given)
        return replace(made, ordinal=np.arange(len(made)))

    patch.setattr(traffic, "entities", numbered)


@pytest.mark.parametrize("what", FAULTS)
def test_a_fault_is_found(what, tmp_path, monkeypatch):
    FAULTS[what](monkeypatch)
    before = cache(lambda name: moved(tree_of(name), tmp_path, ("reference",)))
    example = {"example": tree_of("example")}
    others = {"a longer horizon": moved_by_a_longer_horizon, "a flow more": moved_by_a_flow_more}
    found = others[what](example, before, tmp_path) if what in others else differing(REWRITES[what], before, tmp_path)
    assert list(found)
