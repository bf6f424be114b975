"""Who waits for ever is told circle first, with what each holds, and in few words."""

from __future__ import annotations

import pytest

from sim import scenario
from sim.engines.gridlock import Waiting
from sim.experiments.stuck import Stuck, few, stuck
from tests.valid_scenarios import VALID


@pytest.fixture(scope="module")
def line():
    """Flow ``trains`` and service ``train``, from 2020-01-06T00:00Z on."""
    return scenario.open_scenario(VALID / "line.yaml").scenario


def waits(entity, *, route="trains", circle=(), keeps=()):
    since = entity * 3600
    return Waiting(entity, route, "check", since, "units of post", whom=circle, circle=circle, keeps=keeps)


def test_the_circle_comes_first_and_who_waits_behind_it_is_counted(line):
    circle = (2, 4)
    crowd = [waits(entity, circle=circle) for entity in (0, 1, 3)]
    given = [
        waits(5),
        *crowd,
        waits(2, route="train", circle=circle, keeps=("gate", "yard")),
        waits(4, circle=circle, keeps=("post",)),
    ]
    assert stuck(line, given) == [
        Stuck(
            "gridlock, each waiting for the next and the last for the first: "
            "entity 2 of service train holds gate, yard and has waited at check for units of post "
            "since 2020-01-06T02:00:00Z; "
            "entity 4 of flow trains holds post and has waited at check for units of post since 2020-01-06T04:00:00Z; "
            "3 more wait behind",
            5,
        ),
        Stuck(
            "stranded: entity 5 of flow trains has waited at check for units of post since 2020-01-06T05:00:00Z",
            1,
        ),
    ]


def test_who_waits_for_itself_and_one_behind(line):
    (found,) = stuck(line, [waits(0, circle=(0,), keeps=("post",)), waits(1, circle=(0,))])
    assert found == Stuck(
        "gridlock, waiting for itself: entity 0 of flow trains holds post and has waited at check for units of post "
        "since 2020-01-06T00:00:00Z; 1 more waits behind",
        2,
    )


def test_of_a_long_circle_the_first_are_named(line):
    circle = tuple(range(12))
    (found,) = stuck(line, [waits(entity, circle=circle) for entity in circle])
    assert found.sentence.count("has waited") == 10
    assert found.sentence.endswith("since 2020-01-06T09:00:00Z; and 2 more in the circle")
    assert found.entities == 12


def test_of_many_sentences_the_first_are_told_and_whom_the_others_tell_of_is_counted():
    found = [Stuck(str(number), number) for number in range(12)]
    assert few(found) == [*"0123456789", "and 21 more wait for ever"]
    assert few(found[:10]) == [*"0123456789"]
