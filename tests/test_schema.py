"""The JSON Schemas that editors use are committed and in step with the models."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sim import scenario
from sim.scenario import experiment_files

ROOT = Path(__file__).parent.parent
SCENARIOS = sorted((ROOT / "scenarios").rglob("*.yaml"))
SMALL = sorted((ROOT / "tests" / "experiments" / "valid").glob("*.yaml"))
HOW = (
    "make it again: landbridge schema > scenarios/scenario.schema.json (and --overlay > scenarios/overlay.schema.json)"
)


@pytest.mark.parametrize(("name", "overlay"), [("scenario", False), ("overlay", True)])
def test_the_committed_schema_is_that_of_the_models(name, overlay):
    committed = json.loads((ROOT / "scenarios" / f"{name}.schema.json").read_text(encoding="utf-8"))
    assert committed == scenario.json_schema(overlay=overlay), HOW


def test_the_committed_schema_of_experiments_is_that_of_the_models():
    committed = json.loads((ROOT / "scenarios" / "experiment.schema.json").read_text(encoding="utf-8"))
    assert committed == experiment_files.json_schema(), (
        "make it again: landbridge schema --experiment > scenarios/experiment.schema.json"
    )


def test_there_are_scenarios():
    assert SCENARIOS


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_first_line_points_editors_to_the_schema(path):
    first = path.read_text(encoding="utf-8").splitlines()[0]
    match = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert match, f"{path}: {first}"
    assert (path.parent / match[1]).resolve().is_file()


def test_another_program_finds_scenarios_valid_by_the_schema():
    """A validator that is not ours, on the text that is ours."""
    for key in ("scenario", "overlay", "experiment"):
        schema = ROOT / "scenarios" / f"{key}.schema.json"
        files = [str(path) for path in SCENARIOS if f"{key}.schema.json" in path.read_text(encoding="utf-8")]
        files += [str(path) for path in SMALL if key == "experiment"]
        command = [sys.executable, "-m", "check_jsonschema", "--schemafile", str(schema), *files]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
