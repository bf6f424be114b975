"""The command that shows facts."""

from __future__ import annotations

import json

from sim import facts
from sim.cli import main


def test_fact_is_shown_with_its_source(capsys):
    assert main(["facts", "yuxinou-length"]) == 0
    fact = facts.get("yuxinou-length")
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == "yuxinou-length = 11179 km"
    assert "where       Chongqing - Duisburg" in lines
    assert "confidence  A: official or published method" in lines
    assert fact.address in lines
    assert f"as of       {fact.as_of}" in lines


def test_unknown_fact_is_refused_with_the_nearest(capsys):
    assert main(["facts", "yuxinou-lenght"]) == 2
    assert "did you mean 'yuxinou-length'" in capsys.readouterr().err


def test_facts_are_listed_by_place_each_once(capsys):
    assert main(["facts"]) == 0
    lines = capsys.readouterr().out.splitlines()
    places = [line for line in lines if not line.startswith("  ")]
    assert places == sorted({fact.where for fact in facts.load().values()})
    assert sorted(line.split(" = ")[0].strip() for line in lines if line.startswith("  ")) == list(facts.load())


def test_facts_are_filtered(capsys):
    assert main(["facts", "--filter", "GAUGE change", "--json"]) == 0
    found = {record["id"] for record in json.loads(capsys.readouterr().out)}
    assert "gauge-change-fee-dostyk" in found
    assert "yuxinou-length" not in found


def test_range_is_shown_as_a_range(capsys):
    assert main(["facts", "alashankou-trains-out-2021-08"]) == 0
    first = capsys.readouterr().out.splitlines()[0]
    assert first == "alashankou-trains-out-2021-08 = 5 trains/day .. 6 trains/day (typical 5.5 trains/day)"


def test_filter_and_id_together_are_refused():
    assert main(["facts", "yuxinou-length", "--filter", "x"]) == 2
