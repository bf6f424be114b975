"""Outcomes of single replications are those that the run of them all measures, to the last bit."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from sim import metrics, scenario
from sim.engines import run as simulate
from sim.experiments.legend import Replication
from sim.experiments.observations import observation_rows
from sim.experiments.outcomes import Reading, made_ready, outcomes
from sim.metrics.accounts import accounts
from sim.metrics.observed import MEASURES, OF_PLACES, observed
from sim.plan import traffic
from sim.plan.breakdowns import with_breakdowns
from sim.plan.compile import compile_plan
from tests.valid_scenarios import VALID, simulated

REPLICATIONS = 2


def asked(of, names, statistic="mean", **times):
    aim = {"names": names, "from_s": None, "to_s": None, "at_s": None} | times
    return {"of": of, "statistic": statistic, "aims": [aim]}


def measures(stated, compiled):
    """Each measure of each flow, place and service, and some over a period, of several, and of a moment."""
    flows = sorted(key for key, flow in stated.flows.items() if flow.report)
    groups = dict.fromkeys(MEASURES, flows)
    groups |= {of: [row.name for row in compiled.place_rows] for of, find in MEASURES.items() if find in OF_PLACES}
    groups |= {of: sorted(stated.services) for of in ("departures", "load-factor")}
    found = {f"{of} {name}": asked(of, [name]) for of, names in groups.items() for name in names}
    found["several"] = asked("cost", flows)
    found["spread"] = asked("transit-time", flows, "p95", from_s=3600)
    for place in groups["waiting"]:
        found |= {f"most {place}": asked("waiting", [place], "most", from_s=7200, to_s=90000)}
        found |= {f"then {place}": asked("inside", [place], at_s=25200)}
    return found


@pytest.mark.parametrize(
    "name", ["small", "breakdowns", "turned-away", "timetable", "pools", "ferry", "choice-by-shares"]
)
def test_outcomes_are_what_a_run_measures(name):
    stated = scenario.open_scenario(VALID / f"{name}.yaml").scenario
    compiled = compile_plan(stated)
    ready = made_ready(stated, compiled, measures(stated, compiled))
    held = accounts(simulated(name, replications=REPLICATIONS))
    of_run = {key: observed(held, measure) for key, measure in ready.measures.items()}
    unfinished, asked_of = dict.fromkeys(ready.measures, 0), dict.fromkeys(ready.measures, 0)
    for number in range(REPLICATIONS):
        entities = traffic.entities(stated, compiled, stated.seed, number)
        plan = with_breakdowns(compiled.plan, stated.seed, number)
        done = simulate(plan, entities, seed=stated.seed, replication=number)
        found = outcomes(ready, Replication(entities, plan), done.visits)
        assert list(found) == list(ready.measures)
        for key, outcome in found.items():
            np.testing.assert_equal(outcome.value, of_run[key].values[number], err_msg=f"{key}, {number}")
            unfinished[key] += outcome.unfinished
            asked_of[key] += outcome.asked
    assert asked_of == {key: each.asked for key, each in of_run.items()}
    assert unfinished == {key: each.unfinished for key, each in of_run.items()}
    assert sum(not np.isnan(each.values).all() for each in of_run.values()) >= 12


def test_measures_of_sweeps_are_those_worked_out_by_hand():
    recorded = simulated("measures")
    tables = metrics.measure(recorded)
    assert tables["validation"]["verdict"].tolist() == ["pass"] * 8
    found = dict(zip(tables["validation"]["observation"], tables["validation"]["simulated"], strict=True))
    assert found["borne"] == pytest.approx(213)
    assert found["busy"] == pytest.approx(200 / 3)
    (month,) = tables["utilisation"].query("name == 'post'")["utilisation"]
    assert found["busy"] == 100 * month


def test_observations_of_a_scenario_are_measures_too():
    stated = scenario.load(VALID / "measures.yaml")
    compiled = compile_plan(stated)
    rows = {row["observation"]: json.loads(row["measure"]) for row in observation_rows(stated)}
    entities = traffic.entities(stated, compiled, 1, 0)
    done = simulate(compiled.plan, entities, seed=1, replication=0)
    found = outcomes(made_ready(stated, compiled, rows), Replication(entities, compiled.plan), done.visits)
    assert found["borne"] == Reading(106.5, 1, 4)
    assert found["under-way"] == Reading(1, 0)
    assert found["emitted"] == Reading(40, 1, 4)


def test_who_is_turned_away_is_not_unfinished():
    recorded = simulated("turned-away")
    held = accounts(recorded)
    found = {of: observed(held, asked(of, ["trains"])) for of in ("turned-away", "unfinished", "shipments")}
    # A train is inside, one waits, and of those that come meanwhile none may stay.
    assert {of: each.values.tolist() for of, each in found.items()} == {
        "turned-away": [1],
        "unfinished": [0],
        "shipments": [4],
    }


def test_where_nothing_moves_there_is_no_number():
    stated = scenario.load(VALID / "measures.yaml")
    compiled = compile_plan(stated)
    entities = traffic.entities(stated, compiled, 1, 0)
    nobody = replace(entities, **{name: values[:0] for name, values in vars(entities).items()})
    done = simulate(compiled.plan, nobody, seed=1, replication=0)
    ready = made_ready(stated, compiled, {"trains": asked("shipments", ["trains"])})
    assert np.isnan(outcomes(ready, Replication(nobody, compiled.plan), done.visits)["trains"].value)
