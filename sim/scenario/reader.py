"""Reading a scenario: from a file to a checked model, with every problem of every file reported at once.

The stages have modules of their own and can be called one by one: :func:`gather` reads the files into one located
tree, :func:`override` sets values in it, :func:`check` has the model judge it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from sim.scenario.complaints import check
from sim.scenario.extends import gather
from sim.scenario.located import Located

M = TypeVar("M", bound=BaseModel)

__all__ = ["check", "gather", "read"]


def read(path: Path, model: type[M]) -> tuple[M, Located]:
    """The scenario of a file as a model, and its tree for later checks to point into.

    Raises ScenarioError with all problems of the file and of all that it extends.
    """
    located = gather(path)
    return check(located, model), located
