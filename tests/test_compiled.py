"""The compiled engine beside the rows themselves: that it can stop and go on, what it tells, when it is taken."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest

from sim import engines
from sim.engines import beginning, compiled, layout, reference, sampler
from sim.engines.beginning import lay_out
from sim.engines.layout import SCHEDULED, SHIFT
from sim.errors import GridlockError, SimError
from sim.log import NOT_YET
from sim.plan import draws
from sim.plan.draws import Family
from sim.plan.tables import Kind, Purpose
from tests.busy_plans import busy_plan
from tests.compared import differences, done, plain
from tests.plans_of_ways import plan_with
from tests.small_plans import SmallPlan, exponential, jump, lognormal, occupy, table, uniform


@pytest.mark.parametrize("most", [1, 2, 997])
def test_a_run_may_stop_between_any_two_acts(most, monkeypatch):
    small = busy_plan(3, 200)
    monkeypatch.setattr(compiled, "MOST", most)
    assert differences(done(reference.run, small, 3), done(compiled.run, small, 3)) == []


@pytest.mark.parametrize("most", [1, 997])
def test_a_run_may_stop_between_a_choice_and_what_is_chosen(most, monkeypatch):
    small = plan_with("choices", 4, 100)
    monkeypatch.setattr(compiled, "MOST", most)
    assert differences(done(reference.run, small, 4), done(compiled.run, small, 4)) == []


def test_the_agenda_grows():
    small = SmallPlan()
    small.place("yard", 10_000)
    small.route("truck", occupy("yard", 5, hold=900), occupy("yard", 5, hold=900))
    for _ in range(3000):
        small.entity("truck")
    assert differences(done(reference.run, small, 1), done(compiled.run, small, 1)) == []


def vehicles(number: int) -> SmallPlan:
    """That go round and round, five seconds each time."""
    small = SmallPlan()
    small.route("vehicle", occupy(None, 5), jump(0))
    small.who = [(0, 0, ordinal, 0, 0, 0, -1) for ordinal in range(number)]
    return small


def test_the_log_grows():
    small = vehicles(3)
    expected = done(reference.run, small, 1)
    assert len(expected.visits.entity) == 3 * (2 * 199 + 1)
    assert differences(expected, done(compiled.run, small, 1)) == []


def test_a_run_that_goes_on_has_room_for_the_laps_that_are_promised():
    small = vehicles(3)
    world = compiled.passed(compiled.begun(small.plan, small.entities, (1, 0)), 500)
    short = world._replace(log=world.log[:, : world.clock[layout.ROWS]].copy())
    assert short.log.shape[1] < short.clock[layout.PROMISED]
    assert compiled.passed(short, 501).log.shape[1] >= short.clock[layout.PROMISED]


def test_a_log_does_not_grow_beyond_what_the_kernel_can_count(monkeypatch):
    monkeypatch.setattr(beginning, "MOST_ROWS", 100)
    with pytest.raises(OverflowError, match="visits in one replication"):
        done(compiled.run, vehicles(3), 1)


def test_progress_is_told_about_200_times_and_changes_nothing():
    small = SmallPlan(10_000)
    small.place("gate", 1)
    small.route("truck", occupy("gate", 1))
    for release in range(0, 10_000, 2):
        small.entity("truck", release)
    times: list[int] = []
    done_ = compiled.run(small.plan, small.entities, seed=1, replication=0, progress=times.append)
    assert 150 <= len(times) <= 201
    assert times == sorted(set(times))
    assert all(type(time) is int for time in times)
    assert differences(done_, compiled.run(small.plan, small.entities, seed=1, replication=0)) == []


def test_an_interrupt_comes_through():
    small = busy_plan(1, 100)

    def interrupt(_now: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        compiled.run(small.plan, small.entities, seed=1, replication=0, progress=interrupt)


def test_a_run_may_have_no_entities_no_places_and_no_steps():
    small = SmallPlan()
    small.route("nothing")
    small.entity("nothing")
    for _ in range(2):
        assert differences(done(reference.run, small, 1), done(compiled.run, small, 1)) == []
        small.who.clear()


def test_more_than_a_place_ever_has_is_refused():
    small = SmallPlan()
    small.place("gate", 1)
    small.route("truck", occupy("gate", 1, units=2))
    small.entity("truck")
    with pytest.raises(GridlockError):
        done(compiled.run, small, 1)


def test_more_than_a_key_can_tell_apart_is_refused(monkeypatch):
    small = busy_plan(1, 50)
    begin = lay_out

    def crowded(*given: Any) -> Any:
        world = begin(*given)
        world.clock[SCHEDULED] = 1 << world.clock[SHIFT]
        return world

    monkeypatch.setattr(compiled, "lay_out", crowded)
    with pytest.raises(SimError, match="more is scheduled in this run than the compiled engine can tell apart"):
        done(compiled.run, small, 1)


def test_more_rows_than_the_kernel_can_count_are_refused(monkeypatch):
    monkeypatch.setattr(beginning, "MOST_ROWS", 10)
    with pytest.raises(OverflowError, match="visits in one replication"):
        done(compiled.run, busy_plan(1, 50), 1)


def test_a_hold_of_a_route_that_nobody_takes_may_end_nowhere():
    small = SmallPlan()
    small.place("gate", 1)
    small.route("truck", occupy("gate", 1))
    small.route("nobody", occupy("gate", 1, until=7))
    small.entity("truck")
    assert differences(done(reference.run, small, 1), done(compiled.run, small, 1)) == []


FAMILIES = {
    "fixed": Family(Kind.FIXED, 12.5, 0.0, 0.0, ()),
    "less than nothing": Family(Kind.FIXED, -3.0, 0.0, 0.0, ()),
    "exponential": exponential(5e4),
    "lognormal": lognormal(9.0, 1.5),
    "triangular": Family(Kind.TRIANGULAR, 100.0, 3e4, 9e4, ()),
    "uniform": uniform(-500.0, 9e4),
    "weibull": Family(Kind.WEIBULL, 4e4, 0.7, 0.0, ()),
    "table": table(np.linspace(0.0, 300.0, 4097) ** 2),
}


@pytest.mark.parametrize("name", FAMILIES)
def test_draws_are_those_of_the_plan(name):
    small = SmallPlan(10**9)
    small.route("truck", occupy(None, FAMILIES[name], stream=name))
    small.who = [(0, 0, 2**32 - 1 - ordinal, 0, 0, 0, -1) for ordinal in range(30_000)]
    plan, entities = small.plan, small.entities
    visits = compiled.run(plan, entities, seed=2**32 - 1, replication=7).visits
    drawn = draws.durations(plan, [0], (2**32 - 1, 7), entities.ordinal, Purpose.STAY)
    assert np.array_equal((visits.left - visits.entered)[np.argsort(visits.entity)], drawn[:, 0])


def test_normal_quantiles_are_those_of_the_plan_in_both_tails():
    part: Any = sampler._normal_quantile

    @numba.njit
    def quantile(u):
        return part(u)

    for u in (5e-324, 1e-300, 1e-20, 1e-12, 1e-9, 0.01, 0.0749, 0.075, 0.0751, 0.5, 0.9, 0.999999, 1 - 2**-53):
        assert quantile(u) == draws.normal_quantile(u)


def a_plan(visits: int) -> SmallPlan:
    small = SmallPlan()
    small.place("gate", 1)
    small.route("truck", occupy("gate", 1))
    small.who = [(0, 0, ordinal, 0, 0, 0, -1) for ordinal in range(visits)]
    return small


def test_the_engine_that_is_sooner_done_is_taken(monkeypatch):
    assert [engines.choose("auto", visits) for visits in (69_999, 70_000)] == ["reference", "compiled"]
    assert engines.choose("compiled", 1) == "compiled"
    assert engines.choose("reference", 10**9) == "reference"
    monkeypatch.setattr(engines, "find_spec", lambda _name: None)
    assert engines.choose("auto", 10**9) == "reference"
    with pytest.raises(SimError, match=r"pip install 'landbridge\[fast\]'"):
        engines.choose("compiled", 1)


def test_engines_are_found_by_name():
    small = busy_plan(2, 50)
    runs = [done(engines.ENGINES[name], small, 2) for name in sorted(engines.ENGINES)]
    assert differences(*runs) == []


def test_numba_is_not_imported_before_it_is_needed():
    script = "import sys; import sim.experiments.runs, sim.cli.run; print('numba' in sys.modules)"
    command = [sys.executable, "-c", script]
    printed = subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ}).stdout
    assert printed == "False\n"


def test_without_numba_the_reference_engine_does_all_and_says_so(monkeypatch):
    few, many = engines.WORTH_COMPILING - 1, engines.WORTH_COMPILING
    assert (engines.slower(many), engines.slower(few, ("gates",))) == ("", "")
    assert engines.slower(many, ("gates",)).endswith("some forty times slower: the compiled one does not know gates")
    monkeypatch.setitem(sys.modules, "numba", None)
    assert (engines.choose("auto", many), engines.slower(few)) == ("reference", "")
    assert engines.slower(many).endswith("the compiled one needs Numba (pip install 'landbridge[fast]')")
    with pytest.raises(SimError, match=r"^the compiled engine needs Numba: pip install 'landbridge\[fast\]', or take"):
        engines.choose("compiled", few)


def test_a_numba_that_does_not_import_is_told_in_a_line():
    small = "from tests.busy_plans import busy_plan; plan = busy_plan(2, 5)"
    script = (
        f"import sys; from sim import engines; {small}; sys.modules['numba'] = None\n"
        "try: engines.ENGINES['compiled'](plan.plan, plan.entities, seed=1, replication=0)\n"
        "except engines.SimError as err: print(err)"
    )
    command = [sys.executable, "-c", script]
    root = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    printed = subprocess.run(command, check=True, capture_output=True, text=True, env=root).stdout
    assert printed.startswith("the compiled engine needs Numba: pip install 'landbridge[fast]', or take --engine ref")


def test_plain_python_and_threads_give_the_same_rows():
    from concurrent.futures import ThreadPoolExecutor

    plans = [busy_plan(seed, 80) for seed in range(8)]
    with plain() as run:
        expected = [done(run, small, seed) for seed, small in enumerate(plans)]
    with ThreadPoolExecutor(2) as threads:
        found = list(threads.map(lambda pair: done(compiled.run, pair[1], pair[0]), enumerate(plans)))
    assert [differences(*pair) for pair in zip(expected, found, strict=True)] == [[]] * 8


def test_a_log_is_as_wide_as_the_horizon_needs():
    for horizon, kind in ((2**31 - 1, np.int32), (2**31, np.int64)):
        small = SmallPlan(horizon)
        small.place("gate", 1)
        small.route("truck", occupy("gate", 1))
        small.entity("truck")
        for engine in (reference.run, compiled.run):
            assert {column.dtype for column in vars(done(engine, small, 1).visits).values()} == {np.dtype(kind)}


def test_units_may_be_kept_longer_than_a_log_can_tell():
    small = SmallPlan(1000)
    small.place("yard", 2)
    small.route("truck", occupy("yard", 5, until=1, hold=2**40), occupy(None, 5))
    for release in (0, 10, 20):
        small.entity("truck", release)
    expected = done(reference.run, small, 1)
    assert expected.visits.left[4] == NOT_YET
    assert differences(expected, done(compiled.run, small, 1)) == []
