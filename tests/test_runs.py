"""A run from the file to the folder: what stands in it, and that the same input gives the same bytes."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
import yaml

from sim import log
from sim.errors import ScenarioError
from sim.experiments import runs
from tests.small_scenarios import TEXT, write


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The run folder of the small scenario."""
    parent = tmp_path_factory.mktemp("run")
    runs.run(write(parent), out=parent / "out")
    return parent / "out"


def bytes_of(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "run.json"
    }


def test_a_run_folder_is_self_sufficient(folder):
    names = set(bytes_of(folder))
    assert {"visits.parquet", "scenario.resolved.yaml", "tables/transit.csv", "tables/summary.parquet"} <= names
    about = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert (about["scenario"], about["seed"], about["replications"], about["engine"]) == ("small", 7, 2, "reference")
    assert about["visits_digest"] == log.digest(log.read(folder))
    assert about["libraries"]["simpy"]


def test_a_folder_measured_again_gives_the_same_tables(folder):
    again = runs.report(folder)
    assert again.summary.equals(runs.report(folder).summary)
    assert (folder / "tables" / "transit.csv").read_text() == again.tables["transit"].to_csv(index=False)


def test_the_resolved_scenario_runs_to_the_same_visits(folder, tmp_path):
    resolved = (folder / "scenario.resolved.yaml").read_text(encoding="utf-8")
    runs.run(write(tmp_path, resolved), out=tmp_path / "out")
    log.assert_same(log.read(folder), log.read(tmp_path / "out"))


def turned(content):
    """The same content with the keys of every mapping in the opposite order."""
    if isinstance(content, dict):
        return {key: turned(content[key]) for key in reversed(list(content))}
    return [turned(each) for each in content] if isinstance(content, list) else content


@pytest.mark.parametrize("hash_seed", ["0", "4711"])
def test_the_same_bytes_in_another_process_with_keys_in_another_order(folder, tmp_path, hash_seed):
    text = yaml.dump(turned(yaml.safe_load(TEXT)), sort_keys=False, allow_unicode=True)
    script = (
        "import sys, pathlib as p; from sim.experiments import runs as r; r.run(sys.argv[1], out=p.Path(sys.argv[2]))"
    )
    command = [sys.executable, "-c", script, str(write(tmp_path, text)), str(tmp_path / "out")]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": hash_seed})
    assert bytes_of(tmp_path / "out") == bytes_of(folder)


def test_another_seed_gives_other_visits_and_another_digest(folder, tmp_path):
    other = runs.run(write(tmp_path), seed=8)
    assert log.digest(other.log) != log.digest(log.read(folder))
    assert other.log.legend.origin["digest"] != log.read(folder).legend.origin["digest"]


def test_the_payload_of_a_flow_reaches_the_emissions_of_what_rides(folder, tmp_path):
    heavy = runs.run(write(tmp_path), overrides={"flows.goods.payload": "20 t/TEU"}).tables["emissions"]
    plain = runs.report(folder).tables["emissions"]
    assert heavy["moving_kg_teu"].tolist() == pytest.approx(
        [kg * (2 if flow == "goods" else 1) for flow, kg in zip(plain["flow"], plain["moving_kg_teu"], strict=True)]
    )


def test_without_a_rate_of_a_mode_cost_and_emissions_are_missing(tmp_path):
    tables = runs.run(
        write(tmp_path, TEXT.replace("  rail: {freight: 0.6 USD/FEU-km, emissions: 28 g/tkm}\n", ""))
    ).tables
    for name, column in (("cost", "freight_usd_teu"), ("emissions", "moving_kg_teu")):
        absent = tables[name].groupby("flow")[column].apply(lambda values: values.isna().all())
        assert absent.to_dict() == {"goods": True, "parcels": False}


def test_lengths_of_consists_and_labels_of_operations_reach_the_legend(tmp_path):
    said = {"services.narrow.length": "50 wagons", "operations.load-truck.label": "Loading of a truck"}
    result = runs.run(write(tmp_path), overrides=said)
    services, steps = result.log.legend.services, result.log.legend.steps
    assert dict(zip(services["service"], services["length"], strict=True)) == {
        "narrow": "50 wagons", "truck": "", "wide": "",
    }  # fmt: skip
    assert steps.set_index("name")["label"][["load-truck", "check"]].tolist() == ["Loading of a truck", "check"]
    parcels = result.tables["why_late"].query("flow == 'parcels' and place.isna()")
    assert "Loading of a truck" in set(parcels["name"])


def test_overrides_are_read_as_in_a_file(tmp_path):
    more = runs.run(write(tmp_path), overrides={"places.hall.capacity": "4 tracks"}, replications=1)
    capacity = more.log.legend.windows.set_index("place").capacity
    places = more.log.legend.places.set_index("name").place
    assert capacity[places["hall"]] == 4
    with pytest.raises(ScenarioError, match="there is no 'hal'"):
        runs.run(write(tmp_path), overrides={"places.hal.capacity": "4 tracks"})


def test_progress_says_what_is_done_and_how_much(tmp_path):
    told = []
    runs.run(write(tmp_path), progress=lambda done, total, what: told.append((done, total, what)))
    simulated = [(done, total) for done, total, what in told if what.startswith("simulating small")]
    assert simulated[0] == (0, 56)
    assert simulated == sorted(simulated)
    assert len(simulated) > 20


def test_every_number_used_is_listed_with_its_origin(folder):
    numbers = log.read(folder).legend.numbers.set_index("path")
    assert numbers.origin["legs.alpha-beta.length"] == "literal"
    assert numbers.value["legs.alpha-beta.length"] == 2400
    assert numbers.note["currencies.CNY"] == "rate of 2020"
    assert "operations.check.time" in numbers.index
    assert numbers.text["services.narrow.departures.timetable"] == "mon-fri at 10:00"


def test_a_note_at_one_part_of_a_distribution_is_that_of_its_others(tmp_path):
    spread = "{triangular: {low: 1 h, mode: {value: 2 h, note: guessed}, high: 4 h}}"
    more = "{lognormal: {median: {value: 2 h, note: guessed}, p90: {value: 4 h, note: a bad day}}}"
    changed = {"operations.check.time": spread, "operations.load-truck.time": more}
    notes = runs.run(write(tmp_path), overrides=changed, replications=1).log.legend.numbers.set_index("path").note
    assert notes[[f"operations.check.time.triangular.{part}" for part in ("low", "mode", "high")]].eq("guessed").all()
    assert notes["operations.load-truck.time.lognormal.p90"] == "a bad day"
    assert notes["legs.alpha-beta.length"] == ""


def test_a_fact_is_listed_with_its_source(tmp_path):
    result = runs.run(
        write(tmp_path), overrides={"legs.alpha-beta.length": "{fact: yuxinou-length-china}"}, replications=1
    )
    number = result.log.legend.numbers.set_index("path").loc["legs.alpha-beta.length"]
    assert (number.origin, number.fact, number.unit) == ("fact", "yuxinou-length-china", "km")
    assert number.source


def test_units_held_over_a_closure_are_not_in_use(tmp_path):
    """The office suspends its work at night, with trains in hand that take two hours of its time."""
    few = {"places.customs.capacity": "1 lane", "operations.check.time": "11 h"}
    used = runs.run(write(tmp_path), overrides=few, replications=1).tables["utilisation"]
    customs = used[used.name == "customs"]
    assert 0.5 < customs.utilisation.max() <= 1.0
