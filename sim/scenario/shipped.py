"""Where the scenarios are that come with the program, for experiments and commands that name one of them."""

from __future__ import annotations

from pathlib import Path

EXAMPLE = "example.yaml"
EXPERIMENT = "experiments/smoke.yaml"
"""The worked examples."""
PACKAGE = Path(__file__).parents[1]
PREFIX = "shipped:"
"""Begins the name of a file of theirs where any file may be named."""


def scenarios_folder() -> Path:
    """Where scenarios/ is: in an installed package beside the modules, in a checkout at its root."""
    for folder in (PACKAGE / "scenarios", PACKAGE.parent / "scenarios"):
        if (folder / EXAMPLE).is_file():
            return folder
    raise FileNotFoundError(f"scenarios/{EXAMPLE} is part of Landbridge and is missing from {PACKAGE.parent}")
