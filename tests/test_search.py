"""Searches: the best of points that may be chosen, the front of two goals, and nothing run twice."""

import numpy as np
import pytest

from sim.experiments.search import Sought, front_of, search
from tests.sought import BASE, Simulator, steps, stretch

CRANES, LANES = steps("cranes", 6), steps("lanes", 5)


def days(values):
    """Transit time falls with cranes and lanes, with ever less gained."""
    return 10 + 12 / values.get("cranes", 1.0) + 6 / values.get("lanes", 1.0)


def price(values):
    return 3 * values.get("cranes", 1.0) + 2 * values.get("lanes", 1.0)


def within(limit):
    """The sentence that the mean of days is at most so many."""

    def broken(values, point):
        own = values[(values["point"] == point) & (values["outcome"] == "days")]
        return {"soon": own["value"].mean() - limit}

    return broken


def anything(_values, _point):
    return {}


def sought(goals, trials, axes=(CRANES, LANES)):
    return Sought(axes, goals, trials, together=4, seed=1)


def cheapest(limit):
    every = [(price({"cranes": c, "lanes": n}), c, n) for c in range(1, 7) for n in range(1, 6)]
    return min(each for each in every if days({"cranes": each[1], "lanes": each[2]}) <= limit)


def test_all_combinations_are_tried_if_they_are_few():
    simulator = Simulator(days=days, price=price)
    found = search(sought({"price": 1}, 30), BASE, simulator, within(15.0))
    [best] = found.found
    assert found.whole
    assert len(found.trials) == 30
    assert (price(best.values), best.values["cranes"], best.values["lanes"]) == cheapest(15.0)


def test_proposals_find_the_cheapest_in_fewer_trials_than_combinations():
    simulator = Simulator(days=days, price=price)
    axes = (steps("cranes", 20), steps("lanes", 20))
    found = search(sought({"price": 1}, 120, axes), BASE, simulator, within(12.5))
    [best] = found.found
    assert not found.whole
    assert days(best.values) <= 12.5
    every = [price({"cranes": c, "lanes": n}) for c in range(1, 21) for n in range(1, 21)
             if days({"cranes": c, "lanes": n}) <= 12.5]  # fmt: skip
    assert price(best.values) <= 1.05 * min(every)


def test_equal_points_are_run_once():
    simulator = Simulator(days=days, price=price)
    search(sought({"price": 1}, 25), BASE, simulator, within(15.0))
    assert len(simulator.run) == len(set(simulator.run))


def test_the_front_holds_what_nothing_beats():
    simulator = Simulator(days=days, price=price)
    found = search(sought({"price": 1, "days": 1}, 30), BASE, simulator, anything)
    numbers = [(price(point.values), days(point.values)) for point in found.points[1:]]
    chosen = {(price(point.values), days(point.values)) for point in found.found}
    beaten = {a for a in numbers for b in numbers if b[0] <= a[0] and b[1] <= a[1] and b != a}
    assert chosen == set(numbers) - beaten


def test_more_is_better_where_it_is_said():
    simulator = Simulator(passed=price)
    [best] = search(sought({"passed": -1}, 30), BASE, simulator, anything).found
    assert dict(best.values) == {"cranes": 6.0, "lanes": 5.0}


def test_nothing_is_found_where_every_point_breaks_a_sentence():
    found = search(sought({"price": 1}, 30), BASE, Simulator(days=days, price=price), within(1.0))
    assert found.found == ()
    assert not found.trials["feasible"].any()


def test_what_is_not_measured_is_no_answer():
    simulator = Simulator(days=lambda values: np.nan if values.get("cranes") == 1 else days(values), price=price)
    found = search(sought({"price": 1}, 30), BASE, simulator, within(17.0))
    [best] = found.found
    assert best.values["cranes"] != 1


@pytest.mark.parametrize("axes", [(CRANES, stretch("pause")), (stretch("pause"), stretch("shift", 1, 100, "log"))])
def test_the_same_seed_proposes_the_same(axes):
    simulators = [Simulator(noise=0.1, days=lambda values: values.get("pause", 0.0) ** 2) for _ in range(2)]
    first, second = (search(sought({"days": 1}, 20, axes), BASE, each, anything) for each in simulators)
    assert first.points == second.points
    assert first.trials.equals(second.trials)


def test_front_of_scores():
    scores = np.array([[1, 5], [2, 2], [2, 2], [5, 1], [3, 3], [0, 0]], dtype=float)
    feasible = np.array([True, True, True, True, True, False])
    assert front_of(scores, feasible).tolist() == [True, True, True, True, False, False]
