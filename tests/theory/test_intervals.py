"""What intervals promise, by trial: they cover the exact value of a known system as often as they say.

The system is M/M/1 at half load, run by the compiled engine; after the first sixty customers what is left of the empty
start falls below one in ten thousand of the mean wait (it fades by exp(-(1 - sqrt(load))^2 t), t in services; Cohen
(1982), The Single Server Queue). So each replication's mean wait has the mean that theory gives, and trials are
replications taken apart.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy import stats

from sim.engines import compiled
from sim.experiments.precision import Watch
from sim.metrics.intervals import intervals
from sim.plan.draws import Address, stream, uniforms
from sim.plan.tables import Purpose
from tests.small_plans import exponential, occupy
from tests.theory import exact
from tests.theory.queues import one_place
from tests.theory.systems import SERVICE, entities

LOAD = 0.5
SEED = 11
CUSTOMERS, LEFT_OUT = 500, 60
REPLICATIONS = 10
TRIALS = 1000
EXACT = exact.mmc_wait(1, LOAD, SERVICE)


@cache
def mean_waits():
    """The mean wait of each replication, as many as all trials take."""
    plan = one_place(1, occupy("0", exponential(SERVICE))).plan
    found = np.empty(TRIALS * REPLICATIONS)
    for replication in range(len(found)):
        us = uniforms(Address(SEED, replication, stream("arrivals"), Purpose.GAP), np.arange(CUSTOMERS))
        release = np.floor(np.cumsum(-np.log(us)) * SERVICE / LOAD + 0.5).astype(np.int64)
        visits = compiled.run(plan, entities(release), seed=SEED, replication=replication).visits
        order = np.argsort(visits.entity, kind="stable")
        found[replication] = (visits.entered - visits.requested)[order][LEFT_OUT:].mean()
    return found


def covered(value):
    """In how many trials, of consecutive replications each, the interval holds the exact value."""
    trials = np.repeat(np.arange(TRIALS), REPLICATIONS)
    found = intervals(trials, value, TRIALS)
    return int(((found.low <= EXACT) & (found.high >= EXACT)).sum())


def test_intervals_cover_the_exact_value_as_often_as_they_say():
    assert 0.93 <= covered(mean_waits()) / TRIALS <= 0.97


@pytest.mark.parametrize("shift", [-0.08, 0.08])
def test_a_mean_that_is_off_is_seen(shift):
    assert covered(mean_waits() + shift * EXACT) / TRIALS < 0.93


def test_the_stopping_rule_covers_it_nearly_as_often():
    made: list[int] = []
    rest, covered = mean_waits(), 0
    while len(made) < 300:
        watch = Watch(0.15, least=10, most=200)
        for value in rest:
            watch.add(np.array([value]))
            if watch.done:
                break
        rest = rest[watch.made :]
        assert watch.met
        own = intervals(np.zeros(watch.made, np.int64), np.array(watch.values)[:, 0], 1)
        covered += int(own.low[0] <= EXACT <= own.high[0])
        made.append(watch.made)
    # That it looks at what it has before it ends costs about one in a hundred (0.944 in 2,000 trials of a gamma
    # distribution). Fewer or more than these come once in a thousand times.
    low, high = stats.binom.ppf(0.0005, 300, 0.94), stats.binom.ppf(0.9995, 300, 0.95)
    assert low <= covered <= high
    assert 15 < np.mean(made) < 60
