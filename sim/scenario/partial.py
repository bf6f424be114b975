"""What is left of an experiment without the parts that are wrong by themselves, so that the rest is told at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sim.errors import Problem, ScenarioError
from sim.scenario.complaints import check
from sim.scenario.experiment import Experiment
from sim.scenario.located import Located, Node

Part = tuple[str, ...]
"""A key at the top of an experiment, or an entry of one: ``('design',)``, ``('factors', 'cranes')``."""

ENTRIES = ("factors", "outcomes", "expect")
"""Keys of which each entry stands for itself."""
TRYING = ("design", "search", "fit")
"""What tries the factors, and is nothing without them."""
DUE: dict[str, int | str] = {"schema": 1, "title": "-", "scenario": "-"}
"""What stands in for keys without which nothing is an experiment."""


def without_wrong(located: Located, problems: Iterable[Problem]) -> tuple[Experiment, frozenset[Part]] | None:
    """The experiment without the parts that have problems, and these parts; None if nothing can be made of it."""
    top = located.root.value
    if not located.whole or not isinstance(top, Mapping):
        return None
    wrong = {part for problem in problems for part in _parts(problem.path)}
    kept = {key: _without(key, node, wrong) for key, node in top.items() if (key,) not in wrong}
    if not _entries(kept.get("factors")):
        wrong |= {(key,) for key in TRYING if key in kept}
    kept = {key: node for key, node in kept.items() if (key,) not in wrong}
    standing_in = {key: Node(value, located.root.mark) for key, value in DUE.items() if key not in kept}
    rest = replace(located, root=replace(located.root, value={**kept, **standing_in}), problems=())
    try:
        return check(rest, Experiment), frozenset(wrong)
    except ScenarioError:
        return None


def _parts(path: str) -> list[Part]:
    """What a problem at a path takes with it; one of the whole file is of what does not go together in it."""
    steps = tuple(path.split(".")) if path else ()
    if not steps:
        return [(key,) for key in TRYING]
    return [steps[:2] if steps[0] in ENTRIES else steps[:1]]


def _without(key: str, node: Node, wrong: set[Part]) -> Node:
    """A part without those of its entries that are wrong."""
    if not isinstance(node.value, Mapping):
        return node
    return replace(node, value={name: each for name, each in node.value.items() if (key, name) not in wrong})


def _entries(node: Node | None) -> int:
    return len(node.value) if node is not None and isinstance(node.value, Mapping) else 0
