"""Releases and sizes of shipments, departures of consists."""

import datetime as dt

import numpy as np
import pytest

from sim.plan import traffic
from sim.plan.compile import compile_plan
from tests.small_scenarios import small

DAY = 86400


def moved(tmp_path, overrides=None, seed=7, replication=0):
    scenario = small(tmp_path, overrides)
    compiled = compile_plan(scenario)
    return scenario, compiled, traffic.entities(scenario, compiled, seed, replication)


def own(compiled, entities, group):
    return np.flatnonzero(entities.route == compiled.groups.index(group))


def test_a_timetable_is_local_time_on_its_weekdays(tmp_path):
    scenario, compiled, entities = moved(tmp_path)
    slots = entities.slot[own(compiled, entities, "narrow")]
    moments = [scenario.start_utc + dt.timedelta(seconds=int(slot)) for slot in slots]
    assert moments[0] == dt.datetime(2020, 1, 1, 2, tzinfo=dt.UTC)  # 10:00 in Shanghai
    assert [moment.isoweekday() for moment in moments[:5]] == [3, 4, 5, 1, 2]
    # 20 in the 28 days, and that of the morning after, which stands ready before the end.
    assert len(slots) == 21
    assert slots[-1] == 28 * 86400 + 2 * 3600


def test_who_stands_ready_at_the_horizon_is_there_and_who_does_not_yet_is_not(tmp_path):
    for hours, count in ((2, 20), (2.01, 21), (26, 21), (26.01, 22)):
        _, compiled, entities = moved(tmp_path, {"services.narrow.departures.ready_before": f"{hours} h"})
        assert len(own(compiled, entities, "narrow")) == count


def test_a_timetable_is_local_time_on_the_day_on_which_the_clock_is_set(tmp_path):
    at = '{timetable: {days: [sun], at: ["01:30", "02:30", "10:00"], zone: Europe/Berlin}}'
    scenario, compiled, entities = moved(tmp_path, {"services.narrow.departures": at, "start": "2020-03-20"})
    slots = entities.slot[own(compiled, entities, "narrow")][:9].tolist()
    hours = [f"{scenario.start_utc + dt.timedelta(seconds=slot):%d %H:%M}" for slot in slots]
    # Summer time begins on the 29th at 02:00: what is to leave at 02:30 leaves at 03:30.
    assert hours == [
        "22 00:30", "22 01:30", "22 09:00",
        "29 00:30", "29 01:30", "29 08:00",
        "04 23:30", "05 00:30", "05 08:00",
    ]  # fmt: skip


def test_consists_are_put_in_place_before_their_departure_but_not_before_the_start(tmp_path):
    _, compiled, entities = moved(tmp_path)
    mine = own(compiled, entities, "narrow")
    before = entities.slot[mine] - entities.release[mine]
    assert before[0] == 2 * 3600
    assert set(before[1:].tolist()) == {6 * 3600}


def test_every_gives_one_consist_after_each_interval(tmp_path):
    _, compiled, entities = moved(tmp_path)
    mine = own(compiled, entities, "wide")
    assert entities.release[mine][:3].tolist() == [3600, 13 * 3600, 25 * 3600]
    assert entities.slot[mine].tolist() == [-1] * len(mine)
    assert entities.capacity[mine][0] == 82


def test_a_rate_is_spread_evenly_over_the_year(tmp_path):
    rate = {"services.wide.departures": "{rate: 730 trains/year}"}
    _, compiled, entities = moved(tmp_path, rate)
    assert entities.release[own(compiled, entities, "wide")][:3].tolist() == [0, 43200, 86400]


def test_departures_hold_between_their_dates(tmp_path):
    dated = {"services.wide.departures": "{every: 1 days, from: 2020-01-03, to: 2020-01-05}"}
    scenario, compiled, entities = moved(tmp_path, dated)
    first = scenario.start_utc + dt.timedelta(seconds=int(entities.release[own(compiled, entities, "wide")][0]))
    assert first == dt.datetime(2020, 1, 2, 18, tzinfo=dt.UTC)  # midnight in Almaty
    assert len(own(compiled, entities, "wide")) == 3


def test_money_becomes_teu_by_the_exchange_rate_and_the_value_of_a_teu(tmp_path):
    scenario = small(tmp_path)
    # 690 million CNY at 6.9 are 100 million USD: 2,000 TEU at 50,000 USD.
    assert traffic.teu_per_second(scenario, scenario.flows["goods"]) * traffic.YEAR == pytest.approx(2000)


@pytest.mark.parametrize(
    ("demand", "teu"),
    [
        ("{teu: 1200 TEU/year}", 1200),
        ("{teu: 600 FEU, over: 0.5 years}", 2400),
        ("{tonnes: 12 kt/year}", 1200),
        ("{consists: 100 trains/year}", 200),
        ("{teu: 1200 TEU/year, share: 25 %}", 300),
        ("{teu: 120 TEU/day}", 43800),
    ],
)
def test_demand_in_other_measures(tmp_path, demand, teu):
    scenario = small(tmp_path, {"flows.goods.demand": demand})
    assert traffic.teu_per_second(scenario, scenario.flows["goods"]) * traffic.YEAR == pytest.approx(teu)


def test_random_shipments_come_to_the_demand(tmp_path):
    many = {"flows.goods.demand": "{teu: 200000 TEU/year}"}
    _, compiled, entities = moved(tmp_path, many)
    expected = 200000 * 28 / 365
    assert entities.teu[own(compiled, entities, "goods")].sum() == pytest.approx(expected, rel=0.05)


def test_gaps_of_random_shipments_are_exponential(tmp_path):
    from scipy import stats

    many = {"flows.goods.demand": "{teu: 200000 TEU/year}"}
    _, compiled, entities = moved(tmp_path, many)
    gaps = np.diff(entities.release[own(compiled, entities, "goods")])
    mean = 2 / (200000 / (365 * DAY))
    assert stats.kstest(gaps + 0.5, stats.expon(scale=mean).cdf).pvalue > 0.001


def test_regular_shipments_are_evenly_spread_and_right_in_the_sum(tmp_path):
    _, compiled, entities = moved(tmp_path)
    mine = own(compiled, entities, "parcels")
    assert len(mine) == 28
    assert set(np.diff(entities.release[mine]).tolist()) == {DAY}
    assert entities.teu[mine].sum() == 28 * 2.25


def test_weights_of_weekdays_and_months_keep_the_yearly_sum(tmp_path):
    weighted = {"flows.parcels.week": "{sat: 0, sun: 0}", "horizon": "364 days"}
    scenario, compiled, entities = moved(tmp_path, weighted)
    mine = own(compiled, entities, "parcels")
    zone = dt.timezone(dt.timedelta(hours=8))
    days = {
        (scenario.start_utc + dt.timedelta(seconds=int(t))).astimezone(zone).weekday() for t in entities.release[mine]
    }
    assert days == {0, 1, 2, 3, 4}
    assert len(mine) == pytest.approx(364, abs=2)


def test_a_step_of_the_rate_is_kept(tmp_path):
    season = {
        "flows.goods.season": "{jan: 1, feb: 9}",
        "horizon": "60 days",
        "flows.goods.demand": "{teu: 100000 TEU/year}",
    }
    scenario, compiled, entities = moved(tmp_path, season)
    release = entities.release[own(compiled, entities, "goods")]
    february = scenario.seconds(dt.datetime(2020, 1, 31, 16, tzinfo=dt.UTC))  # midnight in Shanghai
    last_week, first_week = (
        ((release >= february + a * DAY) & (release < february + b * DAY)).sum() for a, b in ((-7, 0), (0, 7))
    )
    assert first_week / last_week == pytest.approx(9, rel=0.15)


def test_replications_differ_and_can_be_repeated(tmp_path):
    _, _, first = moved(tmp_path)
    _, _, again = moved(tmp_path)
    _, _, other = moved(tmp_path, replication=1)
    assert first.release.tolist() == again.release.tolist()
    assert first.release.tolist() != other.release.tolist()


def test_another_flow_moves_no_draw(tmp_path):
    _, compiled, entities = moved(tmp_path)
    without = {"flows.parcels": "null"}
    _, fewer, rest = moved(tmp_path, without)
    assert (
        entities.release[own(compiled, entities, "goods")].tolist() == rest.release[own(fewer, rest, "goods")].tolist()
    )


def test_sizes_may_be_distributed_in_whole_boxes(tmp_path):
    sizes = {"flows.goods.batch": "{uniform: {low: 2 TEU, high: 10 TEU}}", "flows.goods.box": "1 FEU"}
    _, compiled, entities = moved(tmp_path, {**sizes, "flows.goods.demand": "{teu: 50000 TEU/year}"})
    teu = entities.teu[own(compiled, entities, "goods")]
    assert set(teu.tolist()) == {2, 4, 6, 8, 10}


def test_express_goes_before_ordinary(tmp_path):
    _, compiled, entities = moved(tmp_path, {"flows.goods.priority": "express"})
    assert set(entities.priority[own(compiled, entities, "goods")].tolist()) == {0}
    assert set(entities.priority[own(compiled, entities, "parcels")].tolist()) == {1}


@pytest.mark.parametrize(
    "batch", ["{lognormal: {median: 0.5 TEU, cv: 90 %}}", "{lognormal: {median: 60 TEU, cv: 90 %}}"]
)
def test_rounding_and_cutting_of_sizes_keep_the_demand(tmp_path, batch):
    """Whole boxes, at most what the smallest consist carries: the mean of what is drawn is reckoned with."""
    drawn = {"flows.goods.batch": batch, "flows.goods.box": "1 FEU", "flows.goods.demand": "{teu: 400000 TEU/year}"}
    _, compiled, entities = moved(tmp_path, drawn)
    teu = entities.teu[own(compiled, entities, "goods")]
    assert teu.max() <= 82
    assert set((teu % 2).tolist()) == {0}
    assert teu.sum() == pytest.approx(400000 * 28 / 365, rel=0.08)


def test_replication_0_is_drawn_once_and_is_that_of_any_other_way(tmp_path):
    scenario = small(tmp_path)
    compiled = compile_plan(scenario)
    moving = traffic.prepare(scenario, compiled)
    assert traffic.drawn(moving, scenario.seed, 0) is moving.first
    for seed, replication in ((scenario.seed, 0), (scenario.seed, 1), (scenario.seed + 1, 0)):
        one, other = traffic.drawn(moving, seed, replication), traffic.entities(scenario, compiled, seed, replication)
        assert all(np.array_equal(values, vars(other)[name]) for name, values in vars(one).items())
    assert not np.array_equal(traffic.drawn(moving, scenario.seed, 1).release, moving.first.release)


def test_traffic_depends_on_nothing_that_is_said_to_be_beside_it(tmp_path):
    scenario, compiled, found = moved(tmp_path)
    bare = scenario.model_copy(update={name: dict.fromkeys(getattr(scenario, name)) for name in traffic.BESIDE})
    assert traffic.same(scenario, bare)
    again = traffic.entities(bare, compiled, 7, 0)
    for name, column in vars(found).items():
        np.testing.assert_array_equal(getattr(again, name), column)
    assert not traffic.same(scenario, scenario.model_copy(update={"flows": dict(scenario.flows)}))
