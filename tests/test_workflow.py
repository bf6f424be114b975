"""The workflow that users get: it is sound YAML, its commands exist with their options, and they do what it says."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import click
import pytest
import yaml
from packaging.requirements import Requirement

from sim.cli import landbridge, main
from sim.cli.new import UNKNOWN, source, workflow_of


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def workflow():
    assert main(["new", "smoke", "--workflow"]) == 0
    text = Path(".github/workflows/smoke.yml").read_text(encoding="utf-8")
    assert text == workflow_of("smoke", source())
    # YAML 1.1 takes the key `on` for true.
    return {str(key): part for key, part in yaml.safe_load(text).items()}


def commands(found):
    """The words of each command of ours."""
    told = [step["run"] for step in found["jobs"]["sweep"]["steps"] if "run" in step]
    for name, value in found["env"].items():
        told = [command.replace(f"${name}", value) for command in told]
    return [words[1:] for words in map(shlex.split, told) if words[0] == "landbridge"]


def test_it_is_a_workflow_with_a_budget_and_few_rights():
    found = workflow()
    assert sorted(found) == ["True", "concurrency", "env", "jobs", "name", "permissions"]
    assert found["permissions"] == {"contents": "read"}
    job = found["jobs"]["sweep"]
    assert job["timeout-minutes"] == 45
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", step["uses"]) for step in job["steps"] if "uses" in step)
    assert "NAME" not in str(found)


class Installed:
    """As pip notes where a distribution comes from."""

    def __init__(self, **noted):
        self.noted = json.dumps(noted) if noted else None

    def read_text(self, name):
        return self.noted if name == "direct_url.json" else None


AT = "https://git.example.org/rail/landbridge.git"
GIT = {"vcs": "git", "requested_revision": "main", "commit_id": "4f1c2a"}


@pytest.mark.parametrize(
    ("noted", "installs"),
    [
        ({"url": AT, "vcs_info": GIT}, f"git+{AT}@4f1c2a"),
        ({"url": "file:///home/me/landbridge", "dir_info": {"editable": True}}, UNKNOWN),
        ({}, UNKNOWN),
    ],
)
def test_it_installs_what_this_program_was_installed_from(noted, installs, monkeypatch, capsys):
    monkeypatch.setattr("importlib.metadata.distribution", lambda _name: Installed(**noted))
    found = workflow()
    assert found["env"]["LANDBRIDGE"] == f"landbridge[fast] @ {installs}"
    [install] = [step["run"] for step in found["jobs"]["sweep"]["steps"] if "pip" in step.get("run", "")]
    assert install == 'pip install "$LANDBRIDGE"'
    # No name alone: an index of packages has none of it, or another program of that name.
    assert str(Requirement(found["env"]["LANDBRIDGE"]).url) == installs
    assert ("Say in its LANDBRIDGE" in capsys.readouterr().out) == (installs == UNKNOWN)


def test_its_commands_exist_with_their_options():
    given = commands(workflow())
    assert [words[0] for words in given] == ["check", "sweep"]
    for name, *words in given:
        command = landbridge.get_command(click.Context(landbridge), name)
        assert command is not None
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= known


def test_its_commands_do_what_it_says(capsys):
    found = workflow()
    assert main(["new", "smoke", "--experiment"]) == 0
    for words in commands(found):
        assert main(words + ["--no-report", "--replications", "1"] * (words[0] == "sweep")) == 0
    upload = found["jobs"]["sweep"]["steps"][-1]
    assert upload["if"] == "always()"
    assert sorted(path.name for path in Path("reports").iterdir()) == ["junit.xml", "smoke", "summary.md"]
    assert Path("reports/smoke/store.sqlite").is_file()


def test_nothing_is_overwritten_and_one_thing_is_written_at_a_time(capsys):
    workflow()
    assert main(["new", "smoke", "--workflow"]) == 2
    assert main(["new", "other", "--workflow", "--experiment"]) == 2
    assert [str(path) for path in Path().rglob("*") if path.is_file()] == [".github/workflows/smoke.yml"]
