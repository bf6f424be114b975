"""Observations: each measure worked out by hand on the small logs, and the verdicts."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from sim.metrics.accounts import accounts
from sim.metrics.observed import observed
from sim.metrics.validation import FAIL, KNOWN, OUTDATED, PASS, validation
from tests.small_logs import HOUR, OBSERVED, corridors, nothing_moved, six_hour_queue, table


def measured(of, names, statistic="mean", log=None, **times):
    aim = {"names": names, "from_s": None, "to_s": None, "at_s": None}
    aim |= {key: hours * HOUR for key, hours in times.items()}
    return observed(accounts(log or corridors()), {"of": of, "statistic": statistic, "aims": [aim]})


@pytest.mark.parametrize(
    ("of", "names", "size", "expected"),
    [
        # Replication 0: two shipments of 24 and 22 hours; the second replication's takes 14.
        ("transit-time", ["rail"], HOUR, [23, 14]),
        ("shipments", ["rail"], 1, [3, 1]),
        ("shipments", ["rail", "road"], 1, [5, 2]),
        ("teu", ["road"], 1, [4, 2]),
        ("teu-per-shipment", ["road"], 1, [2, 2]),
        ("speed-without-delay", ["road"], 1 / HOUR, [50, 50]),
        ("moving-share", ["road"], 1, [14 / 39, 7 / 17]),
        ("standing-time", ["road"], HOUR, [12.5, 10]),
        ("departures", ["west"], 1, [1, 1]),
        ("load-factor", ["west"], 1, [0.5, 0.2]),
        ("on-time-share", ["rail"], 1, [0.5, 1]),
        ("unfinished", ["rail", "road"], 1, [1, 0]),
        ("turned-away", ["rail"], 1, [0, 0]),
        # 150 of freight, 20 and 35 of fees, 22.8 and 14 for the time.
        ("cost", ["rail"], 1, [192.8, 199]),
        ("freight-and-fees", ["rail"], 1, [170, 185]),
        # 5 TEU with 170 and 4 with 400; 2 with 185 and 2 with 400.
        ("freight-and-fees", ["road", "rail"], 1, [2450 / 9, 292.5]),
        ("co2e", ["rail", "road"], 1, [(5 * 65 + 4 * 350) / 9, 207.5]),
        # Of one unit, closed for four hours of 48: seven hours of work, and two; of nine more: eight, and four.
        ("utilisation", ["d-posts"], 1, [7 / 44, 2 / 44]),
        ("utilisation", ["d-posts", "ad"], 1, [15 / 476, 6 / 476]),
    ],
)
def test_measures_of_flows_and_services(of, names, size, expected):
    assert (measured(of, names).values / size).tolist() == pytest.approx(expected)


def test_a_period_is_that_of_the_releases_and_what_did_not_arrive_is_counted():
    late = measured("transit-time", ["rail"], from_s=2)
    assert np.isnan(late.values).all()
    assert late.unfinished == 1
    assert measured("transit-time", ["rail"], "most", to_s=1).values.tolist() == [24 * HOUR, 14 * HOUR]


@pytest.mark.parametrize(
    ("of", "statistic", "times", "expected"),
    [
        # Four come at 0, 6, 12, 18 and are in for 12 each: one waits in 6-12, 12-24 again one, 18-24 two, 24-36 one.
        ("waiting", "mean", {}, 36 / 48),
        ("waiting", "most", {}, 2),
        ("waiting", "least", {"from_s": 20, "to_s": 40}, 0),
        ("waiting", "mean", {"at_s": 18}, 2),
        ("waiting", "mean", {"at_s": 36}, 0),
        ("inside", "mean", {"at_s": 36}, 1),
        ("waiting-time", "mean", {}, 9 * HOUR),
        ("waiting-time", "mean", {"from_s": 12}, 15 * HOUR),
        # Nobody waits at first; from 6 on somebody does until 36.
        ("clearing-time", "mean", {}, 0),
        ("clearing-time", "mean", {"from_s": 6}, 30 * HOUR),
        ("clearing-time", "mean", {"from_s": 20}, 16 * HOUR),
        ("clearing-time", "mean", {"from_s": 20, "to_s": 30}, np.nan),
        # Left at 12, 24, 36; the last at 48, the end, is outside.
        ("throughput", "mean", {"from_s": 12, "to_s": 36}, 2 / (24 * HOUR)),
    ],
)
def test_measures_of_places(of, statistic, times, expected):
    found = measured(of, ["d-posts"], statistic, six_hour_queue(), **times)
    assert found.values.tolist() == pytest.approx([expected], nan_ok=True)


def test_of_several_flows_one_without_a_number_makes_that_of_all_missing_and_one_without_traffic_does_not():
    # The flow road has no promise and no value of time.
    assert np.isnan(measured("on-time-share", ["rail", "road"]).values).all()
    assert np.isnan(measured("cost", ["rail", "road"]).values).all()
    # A shipment by rail is under way when the run ends.
    assert measured("cost", ["rail", "road"]).unfinished == 1
    # Of what was released after an hour and a half, one shipment by road has arrived.
    late = measured("freight-and-fees", ["rail", "road"], log=corridors(warm_up=1.5))
    assert late.values.tolist() == pytest.approx([400, np.nan], nan_ok=True)


@pytest.mark.parametrize(
    ("of", "so_far", "expected"),
    [
        # The third of the rail shipments was released at 12 and is still on the way at 48, the end.
        ("transit-time", 0, [(24 + 22 + 36) / 3 * HOUR, 14 * HOUR]),
        # Those released 36 hours before the end, and 37: of these all have arrived.
        ("transit-time", 36, [(24 + 22 + 36) / 3 * HOUR, 14 * HOUR]),
        ("transit-time", 37, [23 * HOUR, 14 * HOUR]),
        ("transit-time", 49, [np.nan, np.nan]),
        # Promised are 23 hours: the third is late already.
        ("on-time-share", 0, [1 / 3, 1]),
    ],
)
def test_who_is_still_on_the_way_can_count_by_the_time_so_far(of, so_far, expected):
    aim = {"names": ["rail"], "from_s": None, "to_s": None, "at_s": None}
    measure = {"of": of, "statistic": "mean", "aims": [aim], "so_far": so_far * HOUR}
    found = observed(accounts(corridors()), measure)
    assert found.values.tolist() == pytest.approx(expected, nan_ok=True)


def test_who_still_waits_can_count_by_the_time_so_far():
    # Ends at 30: the first three have waited 0, 6 and 12 hours, the fourth has waited 12 and goes on.
    log = six_hour_queue()
    early = replace(log.legend, origin={**log.legend.origin, "horizon_s": 30 * HOUR})
    cut = log.visits.copy()
    for column in ("entered", "left", "released"):
        cut.loc[(cut[column] > 30 * HOUR).fillna(False), column] = None
    aim = {"names": ["d-posts"], "from_s": None, "to_s": None, "at_s": None}
    measure = {"of": "waiting-time", "statistic": "mean", "aims": [aim]}
    held = accounts(replace(log, visits=cut, legend=early))
    plain, counted = observed(held, measure), observed(held, {**measure, "so_far": 0})
    assert (plain.unfinished, counted.unfinished) == (1, 1)
    assert (plain.values / HOUR).tolist() == [6]
    assert (counted.values / HOUR).tolist() == [7.5]


def test_a_place_that_no_traffic_uses_gives_no_number():
    assert np.isnan(measured("waiting", ["nowhere"]).values).all()


def test_the_second_aim_is_taken_off():
    aims = [{"names": [flow], "from_s": None, "to_s": None, "at_s": None} for flow in ("rail", "road")]
    found = observed(accounts(corridors()), {"of": "shipments", "statistic": "mean", "aims": aims})
    assert found.values.tolist() == [1, 0]


def judged(low, high, reason="", of="shipments"):
    aim = {"names": ["rail"], "from_s": None, "to_s": None, "at_s": None}
    measure = json.dumps({"of": of, "statistic": "mean", "aims": [aim]})
    row = {**OBSERVED, "measure": measure, "band_low": low, "band_high": high, "reason": reason}
    log = corridors()
    return validation(replace(log, legend=replace(log.legend, observations=table("observations", [row])))).iloc[0]


@pytest.mark.parametrize(
    ("low", "high", "reason", "verdict", "band"),
    [
        (2.0, 3.0, "", PASS, "2 to 3 trips"),
        (2.0, 2.0, "", PASS, "2 trips"),
        (2.0, np.nan, "", PASS, "at least 2 trips"),
        (np.nan, 1.9, "", FAIL, "at most 1.9 trips"),
        (2.1, 3.0, "", FAIL, "2.1 to 3 trips"),
        (2.1, 3.0, "too few", KNOWN, "2.1 to 3 trips"),
        (2.0, 3.0, "too few", OUTDATED, "2 to 3 trips"),
    ],
)
def test_the_mean_over_the_replications_is_judged(low, high, reason, verdict, band):
    found = judged(low, high, reason)
    assert found[["simulated", "verdict", "band"]].tolist() == [2, verdict, band]
    assert found["passed"] == verdict.startswith("pass")
    # Three and one: 2 +- 12.7.
    assert (found["low"], found["high"]) == pytest.approx((2 - 12.7062, 2 + 12.7062), abs=1e-4)
    assert not found["interval_in_band"]


def test_what_was_not_simulated_fails():
    log = nothing_moved()
    row = table("observations", [OBSERVED | {"band_high": np.nan, "band_low": np.nan, "measure": _median()}])
    found = validation(replace(log, legend=replace(log.legend, observations=row))).iloc[0]
    assert found["verdict"] == FAIL
    assert np.isnan(found["simulated"])


def _median():
    aim = {"names": ["rail"], "from_s": None, "to_s": None, "at_s": None}
    return json.dumps({"of": "transit-time", "statistic": "median", "aims": [aim]})
