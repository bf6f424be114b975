"""A small scenario that uses every part of the language, for tests that change one thing of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sim import scenario
from sim.scenario import Scenario

TEXT = (Path(__file__).parent / "scenarios" / "valid" / "small.yaml").read_text(encoding="utf-8")


def write(folder: Path, text: str = TEXT, name: str = "small.yaml") -> Path:
    """The scenario as a file."""
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def small(folder: Path, overrides: Mapping[str, str] | None = None) -> Scenario:
    """The scenario, with values set by dotted path."""
    return scenario.load(write(folder), overrides)
