"""What results are made of, as digests: the tree of a scenario, the facts of seeds/, the code that runs."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TypeAlias

from sim import facts
from sim.scenario import canonical
from sim.scenario.located import Node, Plain
from sim.scenario.numbers import PARTS
from sim.scenario.unread import Unread

LENGTH = 32
"""Hexadecimal digits of a digest: of billions of results no two have the same."""
ROOMS = ("errors", "units", "facts", "scenario", "plan", "log", "engines", "metrics", "experiments")
"""The parts of the package that a result goes through; what only shows it is not among them."""
LIBRARIES = ("numba", "numpy", "pandas", "pydantic", "scipy", "simpy", "tzdata")

_Known: TypeAlias = dict[int, tuple[Node, str]]


class Trees:
    """Digests of trees that have most of their parts in common: each part is read once.

    ``unread``: of these trees, what no result depends on; a number without its note is as good as the number alone.
    """

    def __init__(self, unread: Unread | None = None) -> None:
        # By identity, with the node itself, so that its number is not given to another.
        self._known: _Known = {}
        self._unread = Unread() if unread is None else unread

    def digest(self, node: Node) -> str:
        """Names the content of a tree, whatever the order of its keys and wherever it is written."""
        if id(node) not in self._known:
            self._known[id(node)] = node, canonical.digest(self._parts(node), LENGTH)
        return self._known[id(node)][1]

    def _parts(self, node: Node) -> Plain:
        if isinstance(node.value, Mapping):
            # A list cannot be taken for a mapping, nor a text for a digest.
            read = {key: below for key, below in node.value.items() if id(below) not in self._unread.nodes}
            if id(node) in self._unread.numbers and set(read) == {"value"}:
                return self._parts(read["value"])
            return {key: self.digest(below) for key, below in read.items()}
        if isinstance(node.value, tuple):
            return [self.digest(below) for below in node.value]
        return [[node.value]]


@cache
def seeds() -> str:
    """Names the numbers of seeds/: what else a fact says, and who printed it, is for readers. FactError."""
    return canonical.digest(
        {key: {part: getattr(fact, part) for part in PARTS} for key, fact in facts.load().items()}, LENGTH
    )


@cache
def code() -> str:
    """Names the code that results go through, and the libraries beside it."""
    package = Path(__file__).parents[1]
    parts = [_files(package, f"{room}.py") + _files(package / room, "**/*.py") for room in ROOMS]
    versions = [_version(name) for name in LIBRARIES]
    return canonical.digest([*parts, *versions, platform.python_version()], LENGTH)


def _files(folder: Path, pattern: str) -> str:
    found = hashlib.sha256()
    for file in sorted(folder.glob(pattern)):
        content = file.read_bytes()
        found.update(f"{file.relative_to(folder).as_posix()}\n{len(content)}\n".encode())
        found.update(content)
    return found.hexdigest()[:LENGTH]


def _version(library: str) -> str:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return ""
