"""Reading a scenario: from a file to a checked model, with every problem of every file reported at once.

The stages have modules of their own and can be called one by one: :func:`gather` reads the files into one located
tree, :func:`override` sets values in it, :func:`check` has the model judge it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from sim.scenario.canonical import digest, resolved, schema
from sim.scenario.complaints import check
from sim.scenario.extends import gather
from sim.scenario.located import Located, Plain
from sim.scenario.override import override, setting

M = TypeVar("M", bound=BaseModel)

__all__ = ["check", "digest", "gather", "override", "read", "resolved", "schema", "setting"]


def read(path: Path, model: type[M], settings: Mapping[str, Plain] | None = None) -> tuple[M, Located]:
    """The scenario of a file as a model, and its tree for later checks to point into.

    ``settings`` are values by dotted path, laid over the files. Raises ScenarioError with all problems of the file,
    of all that it extends and of the settings.
    """
    located = gather(path)
    if settings:
        located = override(located, settings)
    return check(located, model), located
