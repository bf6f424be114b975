"""Sweeps: the numbers of runs, whoever works; resumed with nothing lost; what cannot be run is told with its point."""

from __future__ import annotations

import os
import signal
import threading
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim import scenario
from sim.counts import counted
from sim.errors import SimError
from sim.experiments import baseline, runs
from sim.experiments.campaign import Campaign
from sim.experiments.executors import Crew, JobError, processes, threads
from sim.experiments.executors import given as handed_in
from sim.experiments.sweep import order, sweep
from sim.experiments.tasks import perform
from sim.metrics.accounts import accounts
from sim.metrics.observed import observed
from sim.plan import traffic
from tests.small_experiments import written


class Backwards(Executor):
    """Does what was handed out last first, and nothing before several are there or nobody asks any more."""

    def __init__(self) -> None:
        self.handed: list[tuple[Future, object, tuple]] = []

    def submit(self, work, /, *arguments, **_named):
        future: Future = Future()
        self.handed.append((future, work, arguments))
        threading.Timer(0.02, self._do_one).start()
        return future

    def _do_one(self) -> None:
        future, work, arguments = self.handed.pop()
        future.set_result(work(*arguments))  # type: ignore[operator]


@pytest.fixture
def file(tmp_path):
    return written(tmp_path)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    return sweep(order(written(tmp_path_factory.mktemp("lanes"))))


def csv(swept):
    """All tables as text."""
    return {name: table.to_csv() for name, table in swept.tables.items()}


def test_the_values_are_those_of_a_run_with_these_settings(undisturbed, file):
    settings = {"places.post.capacity": "1 lane", "operations.check.time.lognormal.median": "4 h"}
    loaded = scenario.open_scenario(file.parent / "post.yaml", settings)
    log = runs.simulate(runs.Order(loaded, "post", 1, 3, "reference"), runs.silent)
    aims = [{"names": ["post"], "from_s": None, "to_s": None, "at_s": None}]
    expected = observed(accounts(log), {"of": "waiting-time", "statistic": "mean", "aims": aims})
    values = undisturbed.values
    own = values[(values["point"] == 2) & (values["outcome"] == "wait")]
    assert own["value"].tolist() == expected.values.tolist()
    assert own["unfinished"].sum() == expected.unfinished


def test_tables_hold_every_point_replication_and_outcome_in_order(undisturbed):
    keys = undisturbed.values[["point", "replication", "outcome"]].to_records(index=False).tolist()
    assert keys == [(p, r, o) for p in range(7) for r in range(3) for o in ("wait", "through")]
    assert undisturbed.points["name"].tolist() == ["base", "p1", "p2", "p3", "p4", "p5", "p6"]
    assert undisturbed.outcomes["unit"].tolist() == ["h", "trains/day"]
    assert undisturbed.outcomes["better"].tolist() == ["lower", "higher"]
    assert undisturbed.head["warnings"] == []
    assert undisturbed.failures.empty


def test_all_points_meet_the_same_luck(undisturbed):
    through = undisturbed.values.query("outcome == 'through' and point in (3, 5)").pivot(
        index="replication", columns="point", values="value"
    )
    # With two lanes or three the same trains pass, in these ten days.
    np.testing.assert_array_equal(through[3], through[5])


@pytest.mark.parametrize("crew", [2, threads(3), handed_in(Backwards(), 3)])
def test_the_tables_do_not_depend_on_who_works_nor_in_which_order(crew, undisturbed, file):
    assert csv(sweep(order(file), crew=crew)) == csv(undisturbed)


@pytest.mark.parametrize(("crew", "engine"), [(processes(2), "reference"), (2, "compiled")])
def test_processes_and_the_compiled_engine_give_the_same_tables(crew, engine, undisturbed, file):
    assert csv(sweep(order(file, engine=engine), crew=crew)) == csv(undisturbed)


def test_points_that_set_the_same_are_run_once(file):
    given = order(file)
    with Campaign(given.ground) as campaign:
        gaps = campaign.gaps([(point, 3) for point in given.points])
    # Two lanes and 4 h are what the base has.
    assert [gap.point.name for gap in gaps] == ["base", "p1", "p2", "p3", "p5", "p6"]


def test_a_sweep_that_was_broken_off_goes_on_where_it_stopped(undisturbed, file, tmp_path):
    store = tmp_path / "store.sqlite"
    notes: list[str] = []

    def stop(count: int, _total: int, _what: str) -> None:
        if count >= 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep(order(file), crew=1, store=store, progress=stop)
    found = sweep(order(file), crew=1, store=store, note=notes.append)
    assert csv(found) == csv(undisturbed)
    there = int(notes[0].split()[0])
    assert notes == [f"{counted(there, 'run')} there already, {counted(18 - there, 'run')} to be done"]
    assert 5 <= there < 18


def test_more_replications_and_more_points_use_what_is_there(file, tmp_path):
    store = tmp_path / "store.sqlite"
    notes: list[str] = []
    sweep(order(file, replications=2), store=store)
    more = sweep(order(file), store=store, note=notes.append)
    assert notes == ["12 runs there already, 6 runs to be done"]
    assert csv(more) == csv(sweep(order(file)))
    longer = {"lanes": {"path": "places.post.capacity", "values": ["1 lane", "4 lanes"]}}
    sweep(order(written(tmp_path, factors=longer)), store=store, note=notes.append)
    assert notes[1:] == ["6 runs there already, 3 runs to be done"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"post": {"horizon": "9 days"}}, "of the scenario as it was"),
        ({"seed": 2}, "with another seed"),
        ({"outcomes": {"p95": {"measure": {"of": "transit-time", "flow": "trains"}}}}, "of other outcomes"),
    ],
)
def test_what_was_made_of_something_else_is_left_aside_and_told(changes, words, tmp_path):
    store = tmp_path / "store.sqlite"
    notes: list[str] = []
    sweep(order(written(tmp_path)), store=store)
    changed = order(written(tmp_path, **changes))
    assert csv(sweep(changed, store=store, note=notes.append)) == csv(sweep(changed))
    assert notes == [f"left aside: 18 runs {words}"]


@pytest.mark.parametrize(("part", "words"), [("seeds", "with seeds/ as it was"), ("code", "by other code")])
def test_other_facts_and_other_code_leave_results_aside(part, words, file, tmp_path, monkeypatch):
    store = tmp_path / "store.sqlite"
    notes: list[str] = []
    with monkeypatch.context() as then:
        then.setattr(f"sim.experiments.contents.{part}", lambda: "as it was")
        sweep(order(file), store=store)
    sweep(order(file), store=store, note=notes.append)
    assert notes == [f"left aside: 18 runs {words}"]


def test_who_has_other_code_is_refused(file, monkeypatch):
    with Campaign(order(file).ground) as campaign:
        (first,) = campaign._tasks(campaign.gaps([(order(file).points[0], 1)]), {}, None)
    monkeypatch.setattr("sim.experiments.contents.code", lambda: "other")
    with pytest.raises(SimError, match="needs the same version of Landbridge"):
        perform(first)


def test_a_point_that_cannot_be_run_is_told_and_the_others_go_on(undisturbed, tmp_path):
    crowd = {"path": "flows.trains.demand.consists", "values": ["9000000 trains/day", "8 trains/day"]}
    found = sweep(order(written(tmp_path, factors={"crowd": crowd})))
    cause = "flows.trains.demand: about 27,000,000 of them would move in one replication: 5,000,000 are the most"
    why = f"point p1 (flows.trains.demand.consists: 9000000 trains/day): {cause}"
    assert found.failures.to_dict("records") == [{"point": 1, "name": "p1", "why": why, "cause": cause}]
    assert sorted(set(found.values["point"])) == [0, 2]
    response = found.response.set_index(["point", "outcome"])
    assert response.loc[(1, "wait"), "replications"] == 0
    pd.testing.assert_series_equal(found.values["value"][:6], undisturbed.values["value"][:6], check_index=False)


def test_a_budget_of_replications_is_spent_point_by_point(tmp_path):
    found = sweep(order(written(tmp_path, budget={"replications": 7})), crew=2)
    assert found.values.groupby("point")["replication"].nunique().to_dict() == {0: 3, 1: 3, 2: 1, 4: 3}
    assert found.head["warnings"] == [
        "the budget did not last for all replications of 4 points: p2 (1 of 3), p3 (0 of 3), p5 (0 of 3), p6 (0 of 3)"
    ]


def test_a_budget_of_time_ends_the_sweep_and_what_is_missing_is_told(tmp_path, monkeypatch):
    clock = iter(range(0, 10_000, 10))
    monkeypatch.setattr("sim.experiments.campaign.time.monotonic", lambda: float(next(clock)))
    found = sweep(order(written(tmp_path, budget={"time": "1 min"})), crew=1)
    assert 0 < len(found.values) < 42
    (warning,) = found.head["warnings"]
    assert warning.startswith("the budget did not last for all replications of ")
    assert warning.endswith("p6 (0 of 3)")


def test_who_waits_for_ever_is_told_with_the_point(tmp_path):
    post: dict[str, Any] = {"places": {"post": {"node": "middle", "kind": "lanes", "capacity": "1 lane"}}}
    post["operations"] = {"check": {"place": "post", "activity": "formalities", "time": "1 h", "until": "east"}}
    post["services"] = {"train": {"path": ["west", "middle", "check", "check", "east"]}}
    found = sweep(order(written(tmp_path, post=post, factors={}, design=None, replications=2)))
    assert found.head["warnings"] == [
        "at point base up to 34 wait for ever in a replication: landbridge run with the settings of such a point says "
        "who waits for what, and who holds it"
    ]


def kill(task):
    """Stands for a point at which memory runs out."""
    if task.point == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return perform(task)


def test_a_point_that_kills_who_works_on_it_is_named(file, tmp_path, monkeypatch):
    monkeypatch.setattr("sim.experiments.campaign.perform", kill)
    store = tmp_path / "store.sqlite"
    notes: list[str] = []
    with pytest.raises(JobError, match=r"^point p3 \(places.post.capacity: 2 lanes, .* 3 h\): the process that worked"):
        sweep(order(file), crew=processes(1), store=store)
    monkeypatch.undo()
    sweep(order(file), store=store, note=notes.append)
    assert int(notes[0].split()[0]) >= 9


def test_a_bug_is_no_refusal(file, monkeypatch):
    monkeypatch.setattr(baseline, "compile_plan", lambda _scenario: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        sweep(order(file), crew=Crew(lambda: ThreadPoolExecutor(1), 1))


def test_the_order_of_factors_names_another_sweep(tmp_path):
    """The order of factors is that of the points, unlike the order of keys elsewhere."""
    head = "schema: 1\nscenario: shipped:example.yaml\nreplications: 1\ndesign: {kind: grid}\n"
    factors = ["  a: {levels: {x: {}}}\n", "  b: {levels: {y: {}}}\n"]
    texts = [f"title: T\n{head}factors:\n{''.join(factors)}", f"title: T\n{head}factors:\n{''.join(factors[::-1])}",
             f"{head}title: T\nfactors:\n{''.join(factors)}"]  # fmt: skip
    digests = []
    for text in texts:
        (tmp_path / "x.yaml").write_text(text, encoding="utf-8")
        digests.append(order(tmp_path / "x.yaml").digest)
    assert digests[0] == digests[2] != digests[1]


def test_what_moves_is_drawn_once_for_points_that_do_not_change_it(file, undisturbed, monkeypatch):
    drawn = []
    draw = traffic.drawn

    def counted(moving, seed, replication):
        drawn.append(replication)
        return draw(moving, seed, replication)

    monkeypatch.setattr(traffic, "drawn", counted)
    assert csv(sweep(order(file), crew=1)) == csv(undisturbed)
    # Once before, to see how much there is to do.
    assert sorted(drawn) == [0, 0, 1, 2]
    drawn.clear()
    demand = {"demand": {"path": "flows.trains.demand.consists", "values": ["6 trains/day", "8 trains/day"]}}
    sweep(order(written(file.parent, factors=demand)), crew=1)
    assert sorted(drawn) == [0, 0, 0, 1, 1, 2, 2]
