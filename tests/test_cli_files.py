"""Files as a caller names them: those that come with the program have a name of their own, on every command."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.cli import files, main
from sim.scenario.shipped import PREFIX, scenarios_folder, shipped_name


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Nothing of what is named lies here."""
    monkeypatch.chdir(tmp_path)


def test_shipped_files_are_checked_by_their_names(capsys):
    assert main(["check", "shipped:example.yaml", "shipped:experiments/smoke.yaml"]) == 0
    assert "2 files: no problems" in capsys.readouterr().out


def test_a_shipped_scenario_is_run_and_compared_by_its_name(capsys):
    short = ["--no-report", "--replications", "1", "--set", "horizon=20 days"]
    assert main(["run", "shipped:example.yaml", *short]) == 0
    assert Path(capsys.readouterr().out.splitlines()[-1]).parent == Path("reports/example")
    assert main(["compare", "shipped:example.yaml", "shipped:exampel.yaml"]) == 2
    assert "nothing called 'exampel.yaml' is shipped - did you mean 'example.yaml'?" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["run", "check", "sweep", "optimise", "calibrate", "compare", "validate"])
def test_every_command_says_what_is_shipped(command, capsys):
    assert main([command, "shipped:nothing.yaml"]) == 2
    said = capsys.readouterr().err
    assert "nothing called 'nothing.yaml' is shipped" in said
    assert "experiments/smoke.yaml" in said


def test_names_go_both_ways():
    assert files.PREFIX == PREFIX
    assert shipped_name(scenarios_folder() / "experiments" / "smoke.yaml") == "shipped:experiments/smoke.yaml"
    assert shipped_name(Path("example.yaml")) is None
