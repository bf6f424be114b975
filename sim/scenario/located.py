"""A scenario as a tree in which every key and value knows the file, line and column where it was written.

The tree knows nothing of what the keys mean: that is said by the models.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

from sim.errors import Problem

Scalar: TypeAlias = str | int | float | bool | None
Plain: TypeAlias = "Scalar | dict[str, Plain] | list[Plain]"

LONGEST_QUOTE = 60


@dataclass(frozen=True, slots=True)
class Mark:
    """Where something is written; lines and columns count from 1."""

    file: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Node:
    """A value and where it is written. Nodes are never changed, so that trees may share them.

    A mapping or list in block style stands where the key that names it stands, since its first line is that of
    its first item and would mislead. ``keys`` has the marks of a mapping's keys. ``size`` counts this value and
    all below it, each use of an alias anew.
    """

    value: Scalar | Mapping[str, Node] | tuple[Node, ...]
    mark: Mark
    keys: Mapping[str, Mark] = field(default_factory=dict)
    size: int = 1


def plain(node: Node) -> Plain:
    """The bare value: dicts, lists, text, numbers, true, false and null."""
    if isinstance(node.value, Mapping):
        return {key: plain(child) for key, child in node.value.items()}
    if isinstance(node.value, tuple):
        return [plain(child) for child in node.value]
    return node.value


def child(node: Node, step: str | int) -> Node | None:
    """The value under a key of a mapping or at a position of a list; None if there is none."""
    if isinstance(node.value, Mapping):
        return node.value.get(step) if isinstance(step, str) else None
    if isinstance(node.value, tuple) and str(step).isdecimal() and len(str(step)) < 9 and int(step) < len(node.value):
        return node.value[int(step)]
    return None


def quoted(value: Plain) -> str:
    """A value as a message names it: short, and of which sort it is."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"the number {value}"
        case str():
            text = value if len(value) <= LONGEST_QUOTE else value[:LONGEST_QUOTE] + "..."
            return f"'{text}'" if text.isprintable() else repr(text)
        case dict():
            return "a mapping"
        case _:
            return "a list"


@dataclass(frozen=True)
class Located:
    """A scenario as read from its files, before or after its check by the models.

    ``files`` are all files that were read, in the order of reading. ``problems`` were met while reading; the
    check by the models reports them along with its own. ``whole`` is false if a part could not be read, so that
    what is missing is no news.
    """

    root: Node
    file: str
    files: tuple[Path, ...] = ()
    problems: tuple[Problem, ...] = ()
    whole: bool = True

    @property
    def plain(self) -> Plain:
        """The bare content of the tree."""
        return plain(self.root)

    def problem(self, path: tuple[str, ...], message: str, *, key: bool = False) -> Problem:
        """A problem that points at the value of a path, or at its key.

        A path that is not in the tree (a default, say) points at its closest parent that is.
        """
        mark = self.mark(path, key=key)
        return Problem(mark.file, mark.line, mark.column, ".".join(path), message)

    def mark(self, path: tuple[str, ...], *, key: bool = False) -> Mark:
        """Where the value of a path stands, or its key, or the closest parent of it."""
        node = self.root
        mark = node.mark
        for step in path:
            below = child(node, step)
            if below is None:
                break
            mark = node.keys.get(step, below.mark) if key else below.mark
            node = below
        else:
            return mark
        return node.mark

    def at(self, path: tuple[str, ...]) -> Plain:
        """The bare value at a path as it was written; None if there is none."""
        node: Node | None = self.root
        for step in path:
            node = child(node, step) if node is not None else None
        return None if node is None else plain(node)

    def scalars(self) -> Iterator[tuple[tuple[str, ...], Scalar]]:
        """Every single value with its path, in the order of the paths."""
        yield from sorted(_scalars(self.root, ()), key=lambda pair: pair[0])

    def with_problems(self, problems: tuple[Problem, ...]) -> Located:
        """The same tree with more problems to report."""
        return replace(self, problems=(*self.problems, *problems))


def _scalars(node: Node, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Scalar]]:
    if isinstance(node.value, Mapping):
        for key, below in node.value.items():
            yield from _scalars(below, (*path, key))
    elif isinstance(node.value, tuple):
        for position, below in enumerate(node.value):
            yield from _scalars(below, (*path, str(position)))
    else:
        yield path, node.value
