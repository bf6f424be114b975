"""Both engines keep the law: a small plan for each of its sentences, and tests of what rows alone do not show."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np
import pytest

from sim.engines import ENGINES, Run, needs, reference
from sim.engines.routes import LAPS
from sim.engines.rules import View
from sim.errors import SimError
from sim.log import NOT_YET
from sim.plan.breakdowns import spells_of, with_breakdowns
from sim.plan.draws import choices, durations
from sim.plan.tables import Purpose, Rule
from tests.law_shown import SHOWN, sentences
from tests.laws import LAWS
from tests.small_plans import SmallOption, SmallPlan, choose, exponential, jump, lognormal, occupy, ride, told, uniform

Test = TypeVar("Test", bound=Callable[..., None])

NOT_COMPILED_YET = 0
"""Small plans, at most, that the compiled engine does not know."""

REFUSED = [sentence for sentence, case in LAWS.items() if needs(case()[0].plan)]
CASES = [
    (engine, sentence) for sentence in LAWS for engine in ENGINES if engine == "reference" or sentence not in REFUSED
]

DIRECT: dict[str, list[str]] = {}
"""Sentences of the law that tests of this module show, by how they begin, with the names of the tests."""


def shows(*beginnings: str) -> Callable[[Test], Test]:
    def enter(test: Test) -> Test:
        for beginning in beginnings:
            DIRECT.setdefault(beginning, []).append(test.__name__)
        return test

    return enter


def engines_for(make: Callable[[], SmallPlan]) -> list[str]:
    """Engines that know a plan."""
    return [engine for engine in ENGINES if engine == "reference" or not needs(make().plan)]


def ran(engine: str, small: SmallPlan) -> Run:
    return ENGINES[engine](small.plan, small.entities, seed=5, replication=6)


@pytest.mark.parametrize(("engine", "sentence"), CASES)
def test_law(engine, sentence):
    small, expected = LAWS[sentence]()
    assert told(small, ran(engine, small).visits) == expected


def test_the_compiled_engine_knows_as_many_small_plans_as_it_did():
    assert len(REFUSED) <= NOT_COMPILED_YET


def matches(beginning: str, names: list[str]) -> list[str]:
    return [name for name in names if name.startswith(beginning)]


def test_every_sentence_of_the_law_is_shown():
    shown = [*SHOWN, *DIRECT]
    assert [sentence for sentence in sentences() if not any(sentence.startswith(each) for each in shown)] == []
    assert [each for each in shown if len(matches(each, sentences())) != 1] == []
    assert len(sentences()) > 65


def test_every_small_plan_shows_a_sentence_of_the_law():
    named = {name for plans in SHOWN.values() for name in plans}
    assert [name for name in named if len(matches(name, list(LAWS))) != 1] == []
    assert [own for own in LAWS if not any(own.startswith(name) for name in named)] == []


def test_a_sentence_more_would_be_missed():
    more = [*sentences(), "26 Nobody is ever late."]
    assert [each for each in more if not any(each.startswith(own) for own in [*SHOWN, *DIRECT])] == more[-1:]


def in_any_order() -> SmallPlan:
    """Trucks that are not released in the order of their ordinals, with draws for stays, holds and patience."""
    small = SmallPlan(10**9)
    small.place("gate", 10**6)
    small.route("other", occupy("gate", exponential(3600.0), hold=uniform(5.0, 99.0)))
    small.route(
        "truck", occupy("gate", exponential(3600.0), hold=uniform(5.0, 99.0)), occupy(None, lognormal(8.0, 1.0))
    )
    for number in range(300):
        small.entity("truck", release=(number * 797) % 300, priority=number % 3)
        small.entity("other", release=number)
    return small


@shows("17 To go on at the same position", "1 Time is whole seconds")
@pytest.mark.parametrize("engine", ENGINES)
def test_a_draw_is_a_function_of_its_address(engine):
    small = in_any_order()
    visits, plan, entities = ran(engine, small).visits, small.plan, small.entities
    for name, column in (("left", Purpose.STAY), ("released", Purpose.HOLD)):
        drawn = durations(plan, range(3), (5, 6), entities.ordinal, column)[visits.entity, visits.step]
        own = (visits.place != NOT_YET) | (column == Purpose.STAY)
        assert (getattr(visits, name) - visits.entered)[own].tolist() == drawn[own].tolist()
    assert all(column.dtype == np.int32 for column in vars(visits).values())


def laps() -> SmallPlan:
    small = SmallPlan(20_000)
    small.route(
        "cart",
        occupy(None, exponential(30.0), stream="stay"),
        choose(Rule.SHARES, SmallOption(0, 1.0), SmallOption(2, 2.0), stream="choice"),
        occupy(None, exponential(9.0), stream="other"),
        jump(0),
    )
    for _ in range(3):
        small.entity("cart")
    return small


@shows("17 To go on at the same position", "19 Shares")
@pytest.mark.parametrize("engine", engines_for(laps))
def test_every_lap_has_draws_of_its_own_and_shares_go_by_them(engine):
    small = laps()
    visits, plan = ran(engine, small).visits, small.plan
    for entity in range(3):
        own = np.flatnonzero((visits.entity == entity) & (visits.left >= 0))
        step = visits.step[own]
        lap = np.cumsum(np.diff(step, prepend=-1) <= 0).astype(np.int64)
        run, ordinals = (5, 6, lap), np.full(len(own), entity)
        stays = durations(plan, range(4), run, ordinals, Purpose.STAY)[np.arange(len(own)), step]
        assert (visits.left - visits.requested)[own].tolist() == stays.tolist()
        chosen = np.flatnonzero(step[:-1] == 1)
        back = choices(plan, [1], run, ordinals)[chosen, 0] * 3.0 < 1.0
        assert (step[chosen + 1] == 0).tolist() == back.tolist()
        # More than are drawn at once, so that also the next block of laps is seen.
        assert len(set(lap.tolist())) > 2 * LAPS


@shows("19 Function")
def test_a_function_answers_the_number_of_the_option():
    """The reference engine alone knows functions; the other says so."""
    small = SmallPlan()
    small.route(
        "truck", choose(Rule.FUNCTION, SmallOption(1), SmallOption(2), function="own"), occupy(None, 3), jump(3)
    )
    for number in range(4):
        small.entity("truck", number)
    seen: list[tuple[int, int, float]] = []

    def own(view: View) -> int:
        seen.append((view.time, view.entity, view.draw))
        return view.entity % 2

    done = reference.run(small.plan, small.entities, seed=5, replication=6, rules={"own": own})
    assert [row[0] for row in told(small, done.visits) if row[4] == row[2] + 3] == [0, 2]
    drawn = choices(small.plan, [0], (5, 6), small.entities.ordinal)[:, 0]
    assert seen == [(number, number, draw) for number, draw in enumerate(drawn.tolist())]
    with pytest.raises(SimError, match="rules in Python"):
        ran("compiled", small)


def still_patient() -> SmallPlan:
    """Its stay is over at 5, and its patience, which it does not need, at 50."""
    small = SmallPlan(20)
    small.place("gate", 1)
    small.route("truck", occupy("gate", 5, patience=50))
    small.entity("truck")
    return small


def ended(horizon: int, *windows: int | tuple[int, int], release: int = 0) -> SmallPlan:
    small = SmallPlan(horizon)
    small.place("gate", *windows)
    small.route("truck", occupy("gate", 4))
    small.entity("truck")
    small.entity("truck", release)
    return small


@shows("25 A run ends at the horizon")
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("small", "how"),
    [
        (ended(10, 1), "nothing scheduled"),
        (ended(8, 1), "horizon"),
        (ended(10, (0, 1), (10, 5)), "horizon"),
        (ended(10, 1, release=10), "horizon"),
    ],
)
def test_how_a_run_ends(engine, small, how):
    assert ran(engine, small).ended == how


@shows("25 (The end of a patience")
@pytest.mark.parametrize("engine", engines_for(still_patient))
def test_the_end_of_a_patience_is_an_act(engine):
    small = still_patient()
    assert ran(engine, small).ended == "horizon"
    small.horizon = 51
    assert ran(engine, small).ended == "nothing scheduled"


@shows("25 Who waits in the second case")
@pytest.mark.parametrize("engine", ENGINES)
def test_who_waits_for_ever_is_named(engine):
    small = SmallPlan()
    small.place("up", 1)
    small.place("down", 1)
    small.stop("here")
    small.stop("there")
    small.route("east", occupy("up", 5, until=1), occupy("down", 5))
    small.route("west", occupy("down", 5, until=1), occupy("up", 5))
    small.route("box", ride("here", "there"))
    for route in small.routes:
        small.entity(route)
    found = ran(engine, small)
    assert found.ended == "nothing scheduled"
    assert [(each.entity, each.whom, bool(each.circle)) for each in found.waiting] == [
        (0, (1,), True),
        (1, (0,), True),
        (2, (), False),
    ]


def breaking() -> SmallPlan:
    small = SmallPlan(5000)
    small.place("gate", 2, suspends=True)
    small.route("truck", occupy("gate", exponential(40.0)))
    for number in range(150):
        small.entity("truck", 20 * number)
    return small


@shows("26 Breakdowns are windows")
@pytest.mark.parametrize("engine", ENGINES)
def test_breakdowns_are_windows(engine):
    """The rows are those of a plan that has the spells as windows; an engine takes no plan with breakdowns."""
    small = breaking()
    small.breakdown("gate", between=exponential(300.0), repair=exponential(60.0), capacity=0, pace=0.5)
    begins, ends = spells_of(small.plan, 0, (5, 6))
    edges = sorted([(int(time), 0, 0.5) for time in begins] + [(int(time), 2, 1.0) for time in ends])
    by_hand = breaking()
    by_hand.place("gate", (0, 2), *edges, suspends=True)
    drawn = ENGINES[engine](with_breakdowns(small.plan, 5, 6), small.entities, seed=5, replication=6).visits
    assert told(small, drawn) == told(by_hand, ran(engine, by_hand).visits)
    assert told(small, drawn) != told(small, ran(engine, breaking()).visits)
    with pytest.raises((SimError, ValueError), match="breakdowns"):
        ran(engine, small)
