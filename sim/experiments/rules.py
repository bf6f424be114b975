"""Rules of a user: a file of Python functions by which choices are made, handed in beside a scenario.

A scenario names them, and runs no code of itself: the file is given by who runs it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FunctionType, ModuleType

from sim.engines.rules import NO_RULES, Rules
from sim.errors import Problem, ScenarioError, SimError
from sim.plan.tables import Plan
from sim.scenario import Loaded
from sim.scenario.findings import unknown


@dataclass(frozen=True)
class RulesFile:
    """The functions of a file by their names; ``_`` in a name stands for the ``-`` of an id as well."""

    functions: Rules = field(default_factory=lambda: NO_RULES)
    origin: Mapping[str, str] = field(default_factory=dict)
    """Name and digest of the file; empty without one."""


def read(path: Path) -> RulesFile:
    """Run a file and take the functions that it defines, but for those whose names begin with ``_``.

    Raises SimError if it fails, and OSError.
    """
    source = path.read_bytes()
    module = ModuleType(f"rules of {path.name}")
    module.__file__ = str(path)
    try:
        exec(compile(source, str(path), "exec"), vars(module))
    except SyntaxError as err:
        raise SimError(f"{path}:{err.lineno}:{err.offset}: {err.msg}") from err
    except Exception as err:
        raise SimError(f"{path}: cannot be run: {type(err).__name__}: {err}") from err
    functions = {
        name.replace("_", "-"): function
        for name, function in vars(module).items()
        if isinstance(function, FunctionType) and function.__module__ == module.__name__ and not name.startswith("_")
    }
    return RulesFile(functions, {"file": path.name, "digest": hashlib.sha256(source).hexdigest()[:12]})


def refuse(loaded: Loaded, rules: RulesFile) -> None:
    """ScenarioError for choices by functions that are not there."""
    if found := list(_missing(loaded, rules)):
        raise ScenarioError(found)


def _missing(loaded: Loaded, rules: RulesFile) -> Iterator[Problem]:
    for key, choice in sorted(loaded.scenario.choices.items()):
        if choice.function is None or choice.function in rules.functions:
            continue
        message = "a function in Python: give the file that defines it with --rules"
        if rules.origin:
            message = unknown(f"function of {rules.origin['file']}", choice.function, rules.functions)
        yield loaded.located.problem(("choices", key, "function"), message)


def told(plan: Plan) -> list[str]:
    """What a run by functions of a user says of itself."""
    names = ", ".join(plan.rules)
    return [f"choices by functions in Python ({names}): the reference engine alone knows them"] if names else []
