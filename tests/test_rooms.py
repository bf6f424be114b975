"""The contracts between the rooms bite: an import that one of them forbids is found, and told under its name."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]

FORBIDDEN = {
    "Dependencies run one way": ("sim.log", "sim.metrics"),
    "Errors, units, counts and memory stand on the standard library alone": ("sim.units", "numpy"),
    "The plan takes numbers from the scenario, never from facts": ("sim.plan.worth", "sim.facts"),
    "The log knows neither plan nor scenario": ("sim.log", "sim.scenario"),
    "Engines know the plan and the log": ("sim.engines.clock", "sim.units"),
    "The engines know nothing of each other": ("sim.engines.reference", "sim.engines.compiled"),
    "Metrics see only the log": ("sim.metrics.stock", "sim.units"),
    "Figures see only metrics and the log": ("sim.figures.map", "sim.units"),
    "The report sees only figures, metrics and the log": ("sim.report.page", "sim.units"),
    "Experiments draw no figures and write no report": ("sim.experiments.limits", "sim.figures"),
    "SimPy is imported by engines alone": ("sim.plan.worth", "simpy"),
    "Numba is imported by the compiled engine alone": ("sim.engines.outcomes", "numba"),
    "The reference engine does without Numba": ("sim.engines.clock", "sim.engines.jit"),
    "pydantic and YAML stay with what a user may write": ("sim.plan.worth", "yaml"),
    "matplotlib is imported by figures alone": ("sim.metrics.stock", "matplotlib"),
    "click and rich are imported by the command line alone": ("sim.plan.worth", "rich"),
    "SALib is imported by experiments alone": ("sim.metrics.stock", "SALib"),
}
"""For each contract a module, and what it may not import."""


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What import-linter says of each contract that a copy of the package with all these imports breaks."""
    folder = tmp_path_factory.mktemp("rooms")
    shutil.copytree(ROOT / "sim", folder / "sim", ignore=shutil.ignore_patterns("__pycache__", "*.png", "*.ttf"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    for module, imported in FORBIDDEN.values():
        file = folder / Path(*module.split(".")).with_suffix(".py")
        file.write_text(f"{file.read_text(encoding='utf-8')}\nimport {imported}\n", encoding="utf-8")
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-logo", "--no-cache"]
    alone = {**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "400"}
    done = subprocess.run(command, cwd=folder, env=alone, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    _, *sections = re.split(r"^(.+)\n-+\n", done.stdout[done.stdout.index("Broken contracts") :], flags=re.MULTILINE)
    return dict(zip(sections[::2], sections[1::2], strict=True))


@pytest.mark.parametrize("contract", FORBIDDEN)
def test_a_forbidden_import_is_found(contract, told):
    module, imported = FORBIDDEN[contract]
    assert re.search(rf"{re.escape(module)} -> {re.escape(imported)}\b", told[contract]), told[contract]


def test_every_contract_is_broken_here():
    assert [contract["name"] for contract in CONTRACTS] == list(FORBIDDEN)
