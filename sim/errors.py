"""What can go wrong, as one tree. This room knows nothing of the rest of the house.

::

    SimError                 anything a user can mend; the command line prints it without a traceback
    ├── ScenarioError        input refused: a list of problems, each with file, line, column and path
    ├── FactError            seeds/ holds no such fact, or a fact that breaks the rules
    ├── GridlockError        entities wait for one another, or for what never comes
    └── ResultError          a run folder that cannot be read, or a result that is not acceptable
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class SimError(Exception):
    """Anything a user can mend."""

    exit_status = 2


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong with a file: where it stands and what is allowed instead.

    Lines and columns count from 1. ``path`` is the dotted way from the top of the file, or empty.
    """

    file: str
    line: int
    column: int
    path: str
    message: str

    def __str__(self) -> str:
        path = f"{self.path}: " if self.path else ""
        return f"{self.file}:{self.line}:{self.column}: {path}{self.message}"


class ScenarioError(SimError):
    """Input refused: carries every problem of every file, in the order of file, line and column."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[tuple[Problem, ...]]]:
        # So that it comes from another process as it is.
        return type(self), (self.problems,)


class FactError(SimError):
    """No such fact, or a fact that breaks the rules of seeds/."""


class GridlockError(SimError):
    """Entities wait for one another, or for what never comes."""

    exit_status = 1


class ResultError(SimError):
    """A run folder that cannot be read, or a result that is not acceptable."""

    exit_status = 1
