"""What differs between scenarios: the paths at which not all of them say the same, with what each says."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from sim.scenario.canonical import resolved
from sim.scenario.compose import compose
from sim.scenario.located import Plain, plain
from sim.scenario.model import Scenario

NOT_OF_THE_MODEL = frozenset({"title", "question", "seed", "replications", "observations", "expectations"})
"""Keys of a scenario that say nothing of what happens in it."""

ABSENT = ""
"""Stands where a scenario has nothing."""


def content(given: Scenario | Path) -> Plain:
    """A scenario, or a file of a resolved one, as a tree. OSError if the file cannot be read."""
    text = resolved(given).encode() if isinstance(given, Scenario) else given.read_bytes()
    root, problems = compose(text, str(given) if isinstance(given, Path) else "")
    assert root is not None and not problems, problems  # noqa: PT018 - one statement: it is whole
    return plain(root)


def differing(trees: Sequence[Plain]) -> list[tuple[str, tuple[str, ...]]]:
    """Each dotted path at which trees differ, sorted, with what each of them says there; notes do not count."""
    return list(_apart((), trees))


def _apart(path: tuple[str, ...], trees: Sequence[Plain]) -> Iterator[tuple[str, tuple[str, ...]]]:
    if all(tree == trees[0] for tree in trees):
        return
    if all(isinstance(tree, dict) for tree in trees):
        keys = sorted({key for tree in trees if isinstance(tree, dict) for key in tree})
        for key in keys:
            if key != "note" and (path or key not in NOT_OF_THE_MODEL):
                yield from _apart((*path, key), [tree.get(key) if isinstance(tree, dict) else None for tree in trees])
        return
    yield ".".join(path), tuple(_shown(tree) for tree in trees)


def _shown(tree: Plain) -> str:
    if tree is None:
        return ABSENT
    return tree if isinstance(tree, str) else json.dumps(tree, ensure_ascii=False)
