"""The stopping rule: that of sim-tools for one mean, and what a run makes of it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim import log, scenario
from sim.errors import SimError
from sim.experiments import runs
from sim.experiments.precision import Watch
from sim.metrics.settings import left_out, often
from tests.small_scenarios import TEXT, write
from tests.valid_scenarios import VALID

NARROW = VALID / "until-narrow.yaml"


def numbers(count):
    """Numbers of a linear congruential generator, squared, between 10 and 30."""
    state, found = 12345, []
    for _ in range(count):
        state = (1103515245 * state + 12345) % 2**31
        found.append(10 + 20 * (state / 2**31) ** 2)
    return found


def watched(watch, *series):
    for values in zip(*series, strict=True):
        if watch.done:
            break
        watch.add(np.array(values))
    return watch


@pytest.mark.parametrize(
    ("width", "least", "reached", "made"),
    [(0.1, 10, 44, 49), (0.05, 10, 197, 207), (0.03, 10, 550, 578), (0.2, 3, 8, 13), (0.02, 10, 1215, 1278)],
)
def test_one_mean_ends_where_sim_tools_ends(width, least, reached, made):
    # sim-tools 1.3.0, ReplicationsAlgorithm(half_width_precision=width, initial_replications=least, look_ahead=5): its
    # answer, and how often it called the model.
    found = watched(Watch(width, least, 2000), numbers(2000))
    assert (found.met, found.reached, found.made) == (True, reached, made)


def test_it_ends_at_the_most_and_says_so():
    capped = watched(Watch(0.02, 10, 105), numbers(200))
    assert (capped.done, capped.met, capped.made, capped.reached) == (True, False, 105, None)
    assert capped.widths[0] == pytest.approx(0.0689325710474854, rel=1e-7)  # so does sim-tools
    # Reached at 44, and not yet held for five more.
    early = watched(Watch(0.1, 10, 46), numbers(200))
    assert (early.met, early.made, early.reached) == (False, 46, 44)


def test_all_means_must_be_narrow_at_once():
    first = numbers(300)
    assert watched(Watch(0.1, 10, 300), first, [5.0] * 300).reached == 44
    both = watched(Watch(0.1, 10, 300), first, [value**2 for value in first])
    alone = watched(Watch(0.1, 10, 300), [value**2 for value in first])
    assert both.reached == alone.reached > 44


def test_what_is_always_0_is_known_and_what_is_missing_never_is():
    assert watched(Watch(0.1, 10, 50), [0.0] * 50).made == 15
    assert np.isinf(watched(Watch(0.1, 10, 20), [np.nan] * 50).widths[0])


def test_what_is_expected_is_more_than_what_is_made_and_no_more_than_the_most():
    watch = Watch(0.1, 10, 60)
    assert watch.expected == 10
    told = []
    for value in numbers(60):
        watch.add(np.array([value]))
        told.append(watch.expected)
    assert all(told[made - 1] > made for made in range(1, 60))
    assert max(told[:59]) <= 60


def origin_of(result) -> dict[str, Any]:
    origin: dict[str, Any] = result.log.legend.origin
    return origin


@pytest.fixture(scope="module")
def narrow(tmp_path_factory):
    folder = tmp_path_factory.mktemp("narrow")
    return runs.run(NARROW, out=folder / "run"), folder / "run"


def test_a_run_ends_when_its_mean_is_known_well_enough(narrow):
    result, folder = narrow
    origin = origin_of(result)
    found = origin["precision"]
    [width] = [each["half_width"] for each in found["of"]]
    assert found["met"]
    assert width <= 0.1
    assert origin["replications"] == found["reached_at"] + 5 > 10
    assert result.summary["replications"].max() == origin["replications"]
    assert json.loads((folder / "run.json").read_text(encoding="utf-8"))["precision"] == found
    assert often(origin).startswith(f"{origin['replications']}: widest half width {100 * width:.3g} % of the mean")


def test_its_replications_are_those_of_a_run_of_as_many(narrow, tmp_path):
    result, _ = narrow
    made = origin_of(result)["replications"]
    days = origin_of(result)["warm_up_s"] / 86400
    given = runs.run(NARROW, replications=made, overrides={"warm_up": f"{days!r} days"})
    log.assert_same(replace(given.log, legend=replace(given.log.legend, numbers=result.log.legend.numbers)), result.log)
    assert given.tables["transit"].equals(result.tables["transit"])
    assert origin_of(given)["digest"] != origin_of(result)["digest"]


def test_the_rule_and_not_the_number_names_the_run(narrow):
    digests = {runs.run_digest(ordered(asked)) for asked in ("{half_width: 10 %}", "{half_width: 0.10}", "12")}
    assert len(digests) == 2


def ordered(asked):
    loaded = scenario.open_scenario(VALID / "line.yaml", {"replications": asked})
    return runs.Order(loaded, "line", 1, loaded.scenario.replications, "reference")


def test_left_out_it_is_the_mean_transit_time_of_every_reported_flow(tmp_path):
    found = origin_of(runs.run(write(tmp_path), half_width="5 %"))["precision"]
    assert [each["what"] for each in found["of"]] == ["transit time: Goods", "transit time: Parcels"]
    assert (found["asked"], found["least"], found["most"], found["met"]) == (0.05, 10, 200, True)


def test_the_most_is_told_with_the_width_that_was_reached(tmp_path):
    file = write(tmp_path, TEXT.replace("replications: 2", "replications: {half_width: 0.1 %, least: 2, most: 3}"))
    origin = origin_of(runs.run(file))
    [warning] = [each for each in origin["warnings"] if "the most allowed" in each]
    assert warning.startswith("the 3 replications that are the most allowed are not enough: the widest interval is ")
    assert often(origin).endswith("0.1 % asked, not reached; ended at the most allowed, 3")


def test_a_mean_without_a_single_value_ends_the_run_with_its_name(tmp_path):
    late = {
        "replications": "{half_width: 5 %}",
        "flows.parcels.from_date": "2021-01-01",
        "flows.parcels.report": "true",
    }
    with pytest.raises(SimError, match=r"the transit time of parcels has no value in any of 10 replications"):
        runs.run(write(tmp_path), overrides=late)


@pytest.mark.parametrize(("width", "said"), [("0 %", "'0 %' is not allowed"), ("wide", "'wide' is no number")])
def test_a_half_width_that_is_none_is_refused(tmp_path, width, said):
    with pytest.raises(SimError, match=f"--half-width: .*{said}"):
        runs.run(write(tmp_path), half_width=width)


def test_a_run_that_stops_is_given_its_number(tmp_path):
    with pytest.raises(SimError, match="say --replications N"):
        runs.stop(NARROW, "2020-01-10", tmp_path / "stopped.npz")


def test_a_warm_up_is_found_from_the_first_look_and_stays(narrow):
    result, _ = narrow
    origin = origin_of(result)
    assert (origin["warm_up"]["rule"], origin["warm_up"]["replications"]) == ("mser-5", 5)
    assert 0 < origin["warm_up_s"] <= 10 * 86400
    assert left_out(origin).endswith("found by MSER-5: until the TEU under way settle, longest of Trains")
    released = result.log.legend.entities.groupby("replication")["release_s"].apply(
        lambda times: int((times >= origin["warm_up_s"]).sum())
    )
    transit = result.tables["transit"]
    assert (transit["finished"] + transit["unfinished"]).tolist() == released.tolist()


def test_half_of_a_run_that_does_not_settle_is_left_out_and_told(tmp_path):
    crowded = runs.run(NARROW, replications=3, overrides={"operations.check.time": "90 min"})
    origin = origin_of(crowded)
    assert origin["warm_up"]["unsettled"] == ["Trains"]
    assert origin["warm_up_s"] == 10 * 86400
    assert any(each.startswith("no warm-up is long enough by MSER-5") for each in origin["warnings"])
    assert left_out(origin) == "half of the run: by MSER-5 it does not settle before (Trains)"
