"""Draws: known answers, each family against its theory, and that a draw depends on its address alone."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from itertools import pairwise
from statistics import NormalDist

import numpy as np
import pytest
from scipy import stats

from sim.plan.draws import (
    NOTHING,
    Address,
    Family,
    all_rounded,
    block,
    drawn,
    durations,
    family,
    forget,
    gaps,
    logarithms,
    normal_quantile,
    philox,
    rounded,
    sample,
    samples,
    stream,
    uniforms,
)
from sim.plan.quantiles import empirical_quantiles, gamma_quantiles
from sim.plan.tables import Kind, Purpose
from tests.small_plans import SmallPlan, exponential, lognormal, occupy, table, uniform

MANY = np.arange(100_000)
HERE = Address(seed=1, replication=2, stream=stream("gate"), purpose=0)


@pytest.mark.parametrize(
    ("counter", "key", "answer"),
    [
        ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
        ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
        ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
    ],
)
def test_known_answers_of_random123(counter, key, answer):
    first, second, third, fourth = (np.array([int(word, 16)], np.uint64) for word in counter.split())
    one, two = (int(word, 16) for word in key.split())
    assert " ".join(f"{int(word[0]):08x}" for word in philox((first, second, third, fourth), (one, two))) == answer


def test_address_is_key_and_counter_in_the_documented_order():
    address = Address(seed=11, replication=22, stream=33, purpose=44, lap=55)
    entity, lap, name, purpose = (np.array([word], np.uint64) for word in (66, 55, 33, 44))
    first, second, _, _ = (int(word[0]) for word in philox((entity, lap, name, purpose), (11, 22)))
    k = (first >> 6) * 2**26 + (second >> 6)
    assert uniforms(address, np.array([66])).tolist() == [(k + 0.5) / 2**52]


def test_stream_is_a_hash_of_the_name():
    assert stream("gate") == 0xC974E17B  # printf gate | sha256sum
    assert stream("Достык") == stream("Достык") != stream("dostyk")


def test_uniform_numbers_are_uniform_and_never_0_or_1():
    us = uniforms(HERE, MANY)
    assert stats.kstest(us, "uniform").pvalue > 0.01
    assert 0.0 < us.min() < us.max() < 1.0
    assert (2.0**52 - 1 + 0.5) * 2.0**-52 < 1.0


def test_neighbouring_addresses_are_uncorrelated():
    us = uniforms(HERE, MANY)
    others = [HERE._replace(**{part: getattr(HERE, part) + 1}) for part in Address._fields]
    for other in [uniforms(address, MANY) for address in others] + [np.roll(us, 1)]:
        assert abs(np.corrcoef(us, other)[0, 1]) < 4 / math.sqrt(len(MANY))


def test_a_column_of_streams_gives_the_same_numbers_as_each_alone():
    names = np.array([[stream("gate")], [stream("hall")]])
    both = uniforms(HERE._replace(stream=names), np.arange(7))
    assert both[0].tolist() == uniforms(HERE, np.arange(7)).tolist()
    assert both[1].tolist() == uniforms(HERE._replace(stream=stream("hall")), np.arange(7)).tolist()


FAMILIES = {
    "exponential": (exponential(5000.0), stats.expon(scale=5000.0)),
    "lognormal": (lognormal(9.0, 0.7), stats.lognorm(0.7, scale=math.exp(9.0))),
    "triangular": (Family(Kind.TRIANGULAR, 100.0, 300.0, 900.0, ()), stats.triang(0.25, 100.0, 800.0)),
    "triangular, falling": (Family(Kind.TRIANGULAR, 100.0, 100.0, 900.0, ()), stats.triang(0.0, 100.0, 800.0)),
    "triangular, rising": (Family(Kind.TRIANGULAR, 100.0, 900.0, 900.0, ()), stats.triang(1.0, 100.0, 800.0)),
    "uniform": (uniform(100.0, 700.0), stats.uniform(100.0, 600.0)),
    "weibull": (Family(Kind.WEIBULL, 3000.0, 1.7, 0.0, ()), stats.weibull_min(1.7, scale=3000.0)),
    "erlang": (table(gamma_quantiles(3.0, 2000.0)), stats.gamma(3.0, scale=2000.0)),
    "gamma of small shape": (table(gamma_quantiles(0.4, 2000.0)), stats.gamma(0.4, scale=2000.0)),
    "empirical": (table(empirical_quantiles(np.array([30.0, 10.0, 20.0]))), stats.uniform(10.0, 20.0)),
}


@pytest.mark.parametrize("name", FAMILIES)
def test_family_follows_its_theory(name):
    it, theory = FAMILIES[name]
    seconds = samples(it, uniforms(HERE, MANY))
    assert stats.kstest(seconds, theory.cdf).pvalue > 0.01
    assert seconds.mean() == pytest.approx(theory.mean(), abs=4 * theory.std() / math.sqrt(len(MANY)))
    assert seconds.std() == pytest.approx(theory.std(), rel=0.03)


@pytest.mark.parametrize("name", FAMILIES)
def test_array_equals_scalar_bit_for_bit_and_rises(name):
    it, _ = FAMILIES[name]
    us = np.concatenate([uniforms(HERE, MANY[:5000]), [2.0**-53, 0.07, 0.075, 0.5, 0.925, 0.93, 1.0 - 2.0**-53]])
    us.sort()
    seconds = [sample(it, u) for u in us.tolist()]
    assert samples(it, us).tolist() == seconds
    assert all(low <= high for low, high in pairwise(seconds))


def test_many_logarithms_are_those_of_the_math_library_bit_for_bit():
    us = uniforms(HERE, MANY)
    assert logarithms(us).tolist() == [math.log(u) for u in us.tolist()]


def test_fixed_is_its_value():
    assert sample(Family(Kind.FIXED, 12.5, 0.0, 0.0, ()), 0.3) == 12.5


@pytest.mark.parametrize("u", [2.0**-53, 1e-12, 1e-7, 0.01, 0.075, 0.3, 0.5, 0.7, 0.925, 0.99, 1 - 1e-12])
def test_normal_quantile_against_the_standard_library(u):
    assert normal_quantile(u) == pytest.approx(NormalDist().inv_cdf(u), rel=1e-14, abs=1e-15)


@pytest.mark.parametrize(
    ("seconds", "whole"), [(0.0, 0), (0.49, 0), (0.5, 1), (1.49, 1), (1.5, 2), (2.5, 3), (-0.2, 0), (-7.0, 0)]
)
def test_halves_are_rounded_upwards_and_nothing_is_negative(seconds, whole):
    assert rounded(seconds) == whole
    assert drawn(uniform(seconds, seconds), HERE, np.arange(2)).tolist() == [whole, whole]


def test_a_draw_is_cut_where_seconds_would_not_fit_into_64_bits():
    far = Family(Kind.WEIBULL, 3e11, 0.1, 0.0, ())
    assert sample(far, 0.9999) > 1e20
    assert rounded(sample(far, 0.9999)) == rounded(math.inf) == 10**15
    assert all_rounded(np.array([1e15, 1e30, math.inf])).tolist() == [10**15] * 3


def test_gamma_table_keeps_the_mean_of_its_tail():
    quantiles = gamma_quantiles(2.0, 1000.0)
    assert len(quantiles) == 4097
    pieces = (quantiles[1:] + quantiles[:-1]) / 2
    theory = stats.gamma(2.0, scale=1000.0)
    tail = theory.expect(lambda x: x, lb=theory.ppf(4095 / 4096)) * 4096
    assert pieces[-1] == pytest.approx(tail, rel=1e-6)
    assert pieces.mean() == pytest.approx(2000.0, rel=2e-5)


def test_empirical_table_of_known_quantiles():
    quantiles = empirical_quantiles(np.array([10.0, 20.0, 40.0]), np.array([0.25, 0.5, 0.75]))
    assert [float(quantiles[i]) for i in (0, 1024, 2048, 2560, 3072, 4096)] == [10.0, 10.0, 20.0, 30.0, 40.0, 40.0]


@pytest.mark.parametrize(("values", "at"), [([20.0, 10.0], [0.1, 0.9]), ([10.0, 20.0], [0.5, 0.5])])
def test_quantiles_that_fall_are_refused(values, at):
    with pytest.raises(ValueError, match="quantiles must rise with their probabilities"):
        empirical_quantiles(np.array(values), np.array(at))


def two_steps() -> SmallPlan:
    small = SmallPlan()
    small.place("gate", 1)
    small.route(
        "truck",
        occupy("gate", exponential(3600.0), hold=uniform(10.0, 5000.0)),
        occupy(None, 7),
        occupy("gate", table(gamma_quantiles(2.0, 50.0)), stream="again"),
    )
    return small


def test_durations_are_the_draws_of_each_step():
    plan = two_steps().plan
    stays = durations(plan, [0, 1, 2], (5, 6), np.array([3, 9]), Purpose.STAY)
    address = Address(5, 6, stream("gate"), Purpose.STAY)
    assert stays[:, 0].tolist() == [
        rounded(sample(exponential(3600.0), u)) for u in uniforms(address, np.array([3, 9]))
    ]
    assert stays[:, 1].tolist() == [7, 7]
    assert (
        stays[:, 2].tolist()
        == drawn(family(plan.distributions, 3), address._replace(stream=stream("again")), np.array([3, 9])).tolist()
    )
    holds = durations(plan, [0, 1], (5, 6), np.array([3, 9]), Purpose.HOLD)
    purpose = address._replace(purpose=Purpose.HOLD)
    assert holds[:, 0].tolist() == drawn(uniform(10.0, 5000.0), purpose, np.array([3, 9])).tolist()
    assert holds[:, 1].tolist() == [0, 0]


def test_a_step_without_distribution_draws_nothing():
    plan = two_steps().plan
    assert durations(plan, [1], (5, 6), np.arange(3), Purpose.HOLD).tolist() == [[0], [0], [0]]
    assert sample(NOTHING, 0.5) == 0.0


def test_order_and_company_of_entities_move_nothing():
    plan = two_steps().plan
    all_of_them = durations(plan, [0, 1, 2], (5, 6), np.arange(100), Purpose.STAY)
    some = np.array([99, 3, 42])
    assert durations(plan, [0, 1, 2], (5, 6), some, Purpose.STAY).tolist() == all_of_them[some].tolist()
    assert durations(plan, [2], (5, 6), some, Purpose.STAY).tolist() == all_of_them[some][:, 2:].tolist()


def test_another_place_and_another_step_move_nothing():
    small = two_steps()
    before = durations(small.plan, [0, 1, 2], (5, 6), np.arange(10), Purpose.STAY)
    steps = small.routes["truck"]
    small.places = {"new": ([(0, 1, 1.0)], False, False), **small.places}
    small.routes["truck"] = (occupy("new", exponential(9.0)), *steps)
    after = durations(small.plan, [1, 2, 3], (5, 6), np.arange(10), Purpose.STAY)
    assert after.tolist() == before.tolist()


@pytest.mark.parametrize("count", [5, 5000])
def test_blocks_are_the_same_numbers_kept_or_not_and_cannot_be_changed(count):
    address = Address(7, 1, stream("boxes/gaps"), Purpose.GAP)
    for _ in range(2):
        found, between = block(address, 3, count), gaps(address, 3, count)
        assert found.tolist() == uniforms(address, np.arange(3, 3 + count)).tolist()
        assert between.tolist() == [-math.log(number) for number in found.tolist()]
        with pytest.raises(ValueError, match="read-only"):
            found[0] = 0.5
    assert block(address._replace(seed=8), 3, count).tolist() != found.tolist()
    forget()
    assert block(address, 3, count).tolist() == found.tolist()


def test_common_numbers_rise_together_under_another_parameter():
    us = uniforms(HERE, MANY[:1000])
    assert np.allclose(samples(exponential(2000.0), us), 2 * samples(exponential(1000.0), us))


def test_same_draws_in_another_process():
    plan = two_steps().plan
    here = durations(plan, [0, 2], (5, 6), np.arange(4), Purpose.STAY).tolist()
    text = (
        "import numpy as np; from tests.test_draws import two_steps; from sim.plan.draws import durations\n"
        "print(durations(two_steps().plan, [0, 2], (5, 6), np.arange(4), 0).tolist())"
    )
    done = subprocess.run(
        [sys.executable, "-c", text],
        env={**os.environ, "PYTHONHASHSEED": "77"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == str(here)


def test_golden_draws():
    address = Address(20200101, 0, stream("dostyk-transhipment"), Purpose.STAY)
    assert drawn(lognormal(10.0, 0.5), address, np.arange(6)).tolist() == [20247, 39265, 39635, 16461, 15839, 12716]
