"""The reference engine beside the law: columns, draws, ends, and what a run tells."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest
from simpy import Process

from sim.engines import run
from sim.engines.clock import Clock, Due
from sim.plan.draws import durations
from sim.plan.tables import Purpose
from tests.law_of_calls import corridor
from tests.small_plans import (
    SmallPlan,
    call,
    end,
    exponential,
    lognormal,
    occupy,
    ride,
    uniform,
)


def columns(small: SmallPlan, *names: str) -> list[list[int]]:
    visits = small.run().visits
    return [getattr(visits, name).tolist() for name in names]


def test_released_is_when_the_units_came_back():
    small = SmallPlan(horizon=30)
    small.place("yard", 9)
    small.route("stay", occupy("yard", 5))
    small.route("seconds", occupy("yard", 5, hold=7))
    small.route("until", occupy("yard", 5, until=1, hold=3), occupy(None, 4))
    small.route("late", occupy("yard", 5, hold=99))
    for route in small.routes:
        small.entity(route)
    place, left, released = columns(small, "place", "left", "released")
    assert place == [0, 0, 0, 0, -1]
    assert left == [5, 5, 5, 5, 9]
    assert released == [5, 7, 12, -1, -1]


def test_a_ride_names_its_consist_and_calls_have_no_place():
    small = corridor((0, 1), (99, 1))
    place, consist, released = columns(small, "place", "consist", "released")
    assert place == [-1] * 5
    assert consist == [2, -1, -1, -1, -1]
    assert released == [-1] * 5


def test_columns_are_whole_seconds_in_32_bits():
    visits = corridor((0, 1)).run().visits
    for column in vars(visits).values():
        assert column.dtype == np.int32
        assert len(column) == 4


@pytest.mark.parametrize(
    ("windows", "release", "ended"),
    [
        (((0, 1),), 0, "nothing scheduled"),
        (((0, 1), (10, 5)), 0, "horizon"),
        (((0, 1), (9, 5), (11, 6)), 0, "horizon"),
        (((0, 1),), 10, "horizon"),
    ],
)
def test_a_run_ends_at_the_horizon_if_anything_is_to_come_after(windows, release, ended):
    small = SmallPlan(10)
    small.place("gate", *windows)
    small.route("truck", occupy("gate", 4))
    small.entity("truck")
    small.entity("truck", release, priority=1)
    assert small.run().ended == ended
    assert len(small.run().visits.entity) == (1 if release == 10 else 2)


def test_draws_are_those_of_the_plan_for_all_blocks_in_any_order_of_release():
    small = SmallPlan(10**9)
    small.place("gate", 10**6)
    small.route(
        "truck", occupy("gate", exponential(3600.0), hold=uniform(5.0, 99.0)), occupy(None, lognormal(8.0, 1.0))
    )
    for number in range(2100):
        small.entity("truck", release=(number * 797) % 2100)
    plan = small.plan
    visits = run(plan, small.entities, seed=5, replication=6).visits
    stays = durations(plan, [0, 1], (5, 6), np.arange(2100), Purpose.STAY)
    holds = durations(plan, [0], (5, 6), np.arange(2100), Purpose.HOLD)
    assert (visits.left - visits.entered).tolist() == stays[visits.entity, visits.step].tolist()
    gate = visits.step == 0
    assert (visits.released - visits.entered)[gate].tolist() == holds[visits.entity[gate], 0].tolist()


def test_adding_an_entity_or_a_place_moves_no_draw():
    def left(more: bool) -> object:
        small = SmallPlan(10**6)
        small.place("gate", 50)
        small.route("truck", occupy("gate", exponential(3600.0)))
        for _ in range(20):
            small.entity("truck")
        if more:
            small.place("hall", 1)
            small.route("train", occupy("hall", exponential(60.0)))
            small.entity("train")
            small.entity("truck", 5)
        return small.run().visits.left[:20].tolist()

    assert left(more=True) == left(more=False)


def test_replications_and_seeds_differ_and_repeat():
    small = SmallPlan(10**6)
    small.route("truck", occupy(None, exponential(3600.0)))
    small.entity("truck")
    first, second, third, again = (
        small.run(seed, replication).visits.left.tolist() for seed, replication in ((1, 0), (1, 1), (2, 0), (1, 0))
    )
    assert first == again
    assert first != second != third != first


def test_a_run_may_have_no_entities_and_no_places():
    small = SmallPlan()
    small.route("truck", occupy(None, 1))
    done = small.run()
    assert (len(done.visits.entity), done.ended, done.waiting) == (0, "nothing scheduled", ())


def busy(horizon: int) -> SmallPlan:
    small = SmallPlan(horizon)
    small.place("gate", 1)
    small.route("truck", occupy("gate", 1))
    for release in range(0, horizon, 2):
        small.entity("truck", release)
    return small


def test_progress_is_told_about_200_times_and_changes_nothing():
    small = busy(10_000)
    times: list[int] = []
    quiet = small.run().visits
    visits = run(small.plan, small.entities, seed=1, replication=0, progress=times.append).visits
    assert 150 <= len(times) <= 201
    assert times == sorted(set(times))
    assert all(isinstance(time, int) for time in times)
    assert visits.left.tolist() == quiet.left.tolist()


def test_an_interruption_passes_out():
    def stop(time: int) -> None:
        if time > 5000:
            raise KeyboardInterrupt

    small = busy(10_000)
    with pytest.raises(KeyboardInterrupt):
        run(small.plan, small.entities, seed=1, replication=0, progress=stop)


@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError("in a process")])
def test_an_error_in_a_process_passes_out(error):
    def process():
        yield Due(clock, 5)
        raise error

    clock = Clock()
    Process(clock, process())
    with pytest.raises(error if isinstance(error, type) else type(error)):
        clock.pass_until(10)


def digest(small: SmallPlan) -> str:
    visits = small.run(seed=9).visits
    return hashlib.sha256(b"".join(column.tobytes() for column in vars(visits).values())).hexdigest()


def random_traffic() -> SmallPlan:
    small = SmallPlan(200_000)
    small.place("gate", 2)
    small.place("hall", (0, 1), (50_000, 0), (80_000, 2, 0.7), suspends=True)
    small.stop("port")
    small.stop("inland")
    small.route("box", occupy("gate", exponential(300.0)), ride("port", "inland"), occupy("hall", lognormal(6.0, 0.5)))
    small.route("train", call("port", 600, least_load=20, longest_wait=9000), occupy("gate", 1000), end("inland"))
    for number in range(300):
        small.entity("box", number * 400, teu=1 + number % 2)
    for number in range(12):
        small.entity("train", number * 10_000, capacity=30)
    return small


def test_same_bytes_in_other_processes():
    text = "from tests.test_reference import digest, random_traffic; print(digest(random_traffic()))"
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", text],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == digest(random_traffic())
