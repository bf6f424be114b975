"""The reference engine keeps the law, and tells what a run came to."""

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
from sim.errors import GridlockError
from sim.plan.draws import durations
from sim.plan.tables import Purpose
from tests.law import LAW
from tests.law_of_calls import LAW_OF_CALLS, corridor
from tests.small_plans import SmallPlan, call, end, exponential, lognormal, occupy, ride, uniform


@pytest.mark.parametrize("sentence", LAW | LAW_OF_CALLS)
def test_law(sentence):
    small, expected = (LAW | LAW_OF_CALLS)[sentence]()
    assert small.rows() == expected


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


def test_columns_are_whole_seconds_in_64_bits():
    visits = corridor((0, 1)).run().visits
    for column in vars(visits).values():
        assert column.dtype == np.int64
        assert len(column) == 4


def test_windows_at_and_after_the_horizon_change_nothing():
    small = SmallPlan(10)
    small.place("gate", (0, 1), (10, 5), (11, 6))
    small.route("truck", occupy("gate", 9))
    small.entity("truck")
    assert small.run().ended == "nothing scheduled"


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


def test_who_waits_at_the_horizon_is_not_told_as_stranded():
    small = SmallPlan(10)
    small.place("gate", 1)
    small.route("truck", occupy("gate", 20))
    small.entity("truck")
    small.entity("truck")
    done = small.run()
    assert (done.ended, done.waiting) == ("horizon", ())


def told(small: SmallPlan) -> list[str]:
    done = small.run()
    assert done.ended == "nothing scheduled"
    return [str(each) for each in done.waiting]


def test_gridlock_is_told_with_its_circle():
    small = SmallPlan()
    small.place("up", 1)
    small.place("down", 1)
    small.route("east", occupy("up", 5, until=1), occupy("down", 5))
    small.route("west", occupy("down", 5, until=1), occupy("up", 5))
    for route in ("east", "west", "east"):
        small.entity(route)
    circle = "; each of 0, 1, 0 waits for the next"
    assert told(small) == [
        "gridlock: entity 0 (east) has waited at east/1 since 5 s for units of down" + circle,
        "gridlock: entity 1 (west) has waited at west/1 since 5 s for units of up" + circle,
        "gridlock: entity 2 (east) has waited at east/0 since 0 s for units of up" + circle,
    ]
    assert [each.whom for each in small.run().waiting] == [(1,), (0, 2), (0,)]


def test_who_holds_a_place_and_asks_for_it_again_waits_for_itself():
    small = SmallPlan()
    small.place("up", 1)
    small.route("east", occupy("up", 5, until=1), occupy("up", 5))
    small.entity("east")
    assert small.run().waiting[0].circle == (0,)


def test_with_overtaking_only_who_holds_the_place_is_waited_for():
    small = SmallPlan()
    small.place("yard", (0, 3), (5, 0), overtaking=True, suspends=True)
    small.route("box", occupy("yard", 50, units=2))
    for _ in range(3):
        small.entity("box")
    assert [each.whom for each in small.run().waiting] == [(), (0,), (0,)]


def test_stranded_at_a_place_that_stays_closed():
    small = SmallPlan()
    small.place("hall", (0, 1), (5, 0), suspends=True)
    small.route("train", occupy("hall", 9))
    small.entity("train")
    small.entity("train")
    assert told(small) == [
        "stranded: entity 0 (train) has waited at train/0 since 0 s for hall to take up work again",
        "stranded: entity 1 (train) has waited at train/0 since 0 s for units of hall",
    ]


def test_stranded_at_a_stop_and_aboard():
    small = corridor((0, 1), (99, 1))
    small.place("hall", (0, 1), (20, 0), suspends=True)
    small.routes["train"] = (call("port"), occupy("hall", 99), end("inland"))
    assert told(small) == [
        "stranded: entity 0 (box) has waited at box/0 since 0 s for consist 2 to call at inland",
        "stranded: entity 1 (box) has waited at box/0 since 99 s for a consist at port with room for it",
        "stranded: entity 2 (train) has waited at train/1 since 10 s for hall to take up work again",
    ]
    assert [each.whom for each in small.run().waiting] == [(2,), (), ()]


def test_a_consist_without_its_load_is_stranded_though_a_shipment_waits_for_it():
    small = corridor((0, 1), least_load=3)
    assert [each.whom for each in small.run().waiting] == [(1,), ()]
    assert [each.circle for each in small.run().waiting] == [(), ()]


def test_a_consist_that_keeps_its_berth_from_its_own_load_is_in_gridlock():
    small = SmallPlan()
    small.place("berth", 1)
    small.stop("port")
    small.stop("inland")
    small.route("box", occupy("berth", 1), ride("port", "inland"))
    small.route("ship", occupy("berth", 0, until=1), call("port", least_load=1), end("inland"))
    small.entity("ship", capacity=5)
    small.entity("box", 5, teu=1)
    assert [each.circle for each in small.run().waiting] == [(0, 1), (0, 1)]


def refused(small: SmallPlan) -> str:
    with pytest.raises(GridlockError) as error:
        small.run()
    return str(error.value)


def test_more_units_than_a_place_ever_has_are_refused():
    small = SmallPlan()
    small.place("yard", (0, 3), (50, 7), (60, 0))
    small.route("box", occupy("yard", 1, units=2, units_per_teu=True), occupy("yard", 1, units=8))
    small.entity("box", teu=3)
    small.entity("box", teu=4)
    assert refused(small) == (
        "box/0 (route box) asks for 8 units of yard, which never has more than 7\n"
        "box/1 (route box) asks for 8 units of yard, which never has more than 7"
    )


def test_as_many_units_as_a_place_once_has_are_not_refused():
    small = SmallPlan()
    small.place("yard", (0, 3), (50, 7))
    small.route("box", occupy("yard", 1, units=7))
    small.entity("box")
    assert small.rows() == [(0, "yard", 0, 50, 51)]


def test_units_that_would_never_come_back_are_refused():
    small = SmallPlan()
    small.place("berth", 1)
    small.route("ship", occupy(None, 1), occupy("berth", 1, until=0), occupy("berth", 1, until=3))
    small.entity("ship")
    assert refused(small) == (
        "ship/1 (route ship) holds berth until step 0, which is not one of its route's steps from 1 to 2\n"
        "ship/2 (route ship) holds berth until step 3, which is not one of its route's steps from 2 to 2"
    )


def test_a_shipment_larger_than_every_consist_is_refused():
    small = corridor((0, 5))
    assert refused(small) == "box/0 (route box) asks for 5 TEU, and no consist from port carries more than 4"


def test_a_shipment_for_which_no_consist_runs_is_stranded_and_not_refused():
    small = corridor((0, 5))
    small.who.pop()
    assert [each.entity for each in small.run().waiting] == [0]


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
