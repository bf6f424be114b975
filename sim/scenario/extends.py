"""The second stage of reading: a file and all that it extends become one tree.

``extends`` at the top of a file names one file or a list of files. They are merged from left to right, and the file
itself over them: mapping into mapping key by key, anything else replaces what was there, and ``null`` deletes a key.
Each value keeps the file it came from. All files lie in one folder tree: below the closest folder named
``scenarios`` at or above the first file, else below its own folder; symbolic links are followed before that is judged.
``shipped:NAME.yaml`` names a file that comes with the program; what that extends lies in the folder tree of those.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import reduce
from pathlib import Path, PurePosixPath, PureWindowsPath

from sim.errors import Problem
from sim.scenario.compose import MOST_BYTES, compose
from sim.scenario.located import Located, Mark, Node, quoted
from sim.scenario.shipped import is_shipped, scenarios_folder, shipped_file
from sim.scenario.suggestion import did_you_mean

EXTENDS = "extends"
TREE_NAME = "scenarios"
MOST_FILES = 50
MOST_CHAIN = 10


@dataclass(frozen=True)
class _Source:
    """A file to read: under which name messages show it, who asked for it and where, and all that led to it."""

    path: Path
    shown: str
    asked: Mark
    chain: tuple[Path, ...] = ()
    key: str = EXTENDS


def gather(path: Path, *, nulls: bool = False) -> Located:
    """One tree of a file and all that it extends; every problem on the way is kept in it.

    ``nulls``: whether nulls may be left in it that delete nothing, for another file's keys to be deleted.
    """
    first = _Source(path, str(path), Mark(str(path), 1, 1), key="")
    gathering = _Gathering()
    root = gathering.first(first)
    if root is None:
        root = Node({}, first.asked)
    elif gathering.whole and not nulls:
        gathering.problems += _needless_nulls(root, ())
    return Located(root, first.shown, tuple(gathering.trees), tuple(gathering.problems), gathering.whole)


def beside(name: str, file: Path, asked: Mark, key: str) -> tuple[Path | None, tuple[Problem, ...]]:
    """The file that another one names at a mark, relative to itself and in its folder tree; None and why not."""
    gathering = _Gathering()
    of = file.resolve()
    gathering.folder = _tree_of(of)
    found = gathering.named(name, _Source(of, "", asked, (), key))
    return found, tuple(gathering.problems)


def written_in(located: Located, mark: Mark) -> Path:
    """The file in which a part of a tree is written, which a name in it is relative to."""
    return next((file for file in located.files if shown(file) == mark.file), Path(located.file))


def _tree_of(found: Path) -> Path:
    """The folder in which all files lie that a file may name."""
    return next((folder for folder in found.parents if folder.name == TREE_NAME), found.parent)


def merged(under: Node, over: Node) -> Node:
    """The first tree with the second laid over it; a null of the second deletes what it meets.

    A number in its other form ({fact: ...} over {value: ...}, or the reverse) replaces the number as a whole.
    """
    if not isinstance(under.value, Mapping) or not isinstance(over.value, Mapping):
        return over
    if _form(under.value) != _form(over.value) and "" not in (_form(under.value), _form(over.value)):
        return over
    values, keys = dict(under.value), {**under.keys, **over.keys}
    for key, node in over.value.items():
        if key not in values:
            values[key] = node
        elif node.value is None:
            del values[key], keys[key]
        else:
            values[key] = merged(values[key], node)
    return Node(values, over.mark, keys, 1 + sum(node.size for node in values.values()))


def _form(keys: Mapping[str, Node]) -> str:
    """In which form a number is written; nothing if it says both, or neither."""
    forms = [form for form in ("fact", "value") if form in keys]
    return forms[0] if len(forms) == 1 else ""


def _needless_nulls(node: Node, path: tuple[str, ...]) -> Iterator[Problem]:
    if isinstance(node.value, Mapping):
        for key, below in node.value.items():
            yield from _needless_nulls(below, (*path, key))
    elif node.value is None and path:
        message = "null deletes a key of a file that this one extends, and there is nothing to delete"
        yield Problem(node.mark.file, node.mark.line, node.mark.column, ".".join(path), message)


class _Gathering:
    """The state of reading a file and all that it extends: trees by file, problems."""

    def __init__(self) -> None:
        self.trees: dict[Path, Node | None] = {}
        self.problems: list[Problem] = []
        self.whole = True
        self.folder = Path()

    def first(self, source: _Source) -> Node | None:
        """The tree of the file that was asked for, or None."""
        found = self._resolved(source)
        if found is None or not self._is_file(found, source):
            return None
        self.folder = _tree_of(found)
        return self._tree(replace(source, path=found, chain=(found,)))

    def _tree(self, source: _Source) -> Node | None:
        if source.path in self.trees:
            return self.trees[source.path]
        if len(self.trees) >= MOST_FILES:
            self._refuse(source, f"more than {MOST_FILES} files extend one another")
            return None
        self.trees[source.path] = None
        content = self._content(source)
        if content is None:
            return None
        own, problems = compose(content, source.shown)
        self.problems += problems
        if own is None:
            self.whole = False
            return None
        self.trees[source.path] = self._extended(own, source)
        return self.trees[source.path]

    def _extended(self, own: Node, source: _Source) -> Node:
        assert isinstance(own.value, Mapping)
        values = {key: node for key, node in own.value.items() if key != EXTENDS}
        rest = replace(own, value=values, keys={key: own.keys[key] for key in values})
        trees: list[Node] = []
        for name in self._names(own.value.get(EXTENDS)):
            tree = self._base(str(name.value), replace(source, asked=name.mark, key=EXTENDS))
            if tree is not None:
                trees.append(tree)
        return reduce(merged, (*trees, rest))

    def _names(self, node: Node | None) -> list[Node]:
        if node is None:
            return []
        nodes = list(node.value) if isinstance(node.value, tuple) else [node]
        texts = [each for each in nodes if isinstance(each.value, str) and each.value]
        if not nodes or len(texts) < len(nodes):
            mark = next((each.mark for each in nodes if each not in texts), node.mark)
            message = "'extends' names a file, or a list of files"
            self._refuse(_Source(Path(), "", mark), message)
        names = [str(each.value) for each in texts]
        for position, each in enumerate(texts):
            if names[position] in names[:position]:
                first = texts[names.index(names[position])].mark.line
                message = f"{quoted(names[position])} is named twice, first in line {first}"
                self._refuse(_Source(Path(), "", each.mark), message)
        return texts

    def _base(self, name: str, source: _Source) -> Node | None:
        found = self.named(name, source)
        if found is None:
            return None
        return self._tree(_Source(found, shown(found), source.asked, (*source.chain, found)))

    def named(self, name: str, source: _Source) -> Path | None:
        """The file of a name that stands in another one; None and a problem if it may not be read."""
        if is_shipped(name):
            return self._shipped(name, source)
        if PurePosixPath(name).is_absolute() or PureWindowsPath(name).anchor:
            self._refuse(source, f"{quoted(name)} is an absolute path; name a file relative to this one")
            return None
        wanted = replace(source, path=source.path.parent / name, shown=name)
        found = self._resolved(wanted)
        if found is None:
            return None
        refusal = self._refusal(found, source.chain, name)
        if refusal:
            self._refuse(source, refusal)
            return None
        return found if self._is_file(found, wanted) else None

    def _shipped(self, name: str, source: _Source) -> Path | None:
        try:
            found = shipped_file(name)
        except ValueError as err:
            self._refuse(source, str(err))
            return None
        refusal = self._refusal(found, source.chain, name)
        if refusal:
            self._refuse(source, refusal)
        return None if refusal else found

    def _refusal(self, found: Path, chain: tuple[Path, ...], name: str) -> str:
        """Why a file may not be extended by the last of a chain; empty if it may."""
        shipped = scenarios_folder().resolve()
        within = shipped if is_shipped(name) or (chain and chain[-1].is_relative_to(shipped)) else self.folder
        if not found.is_relative_to(within):
            return f"{quoted(name)} lies outside the folder tree '{within.name}'"
        if found in chain:
            circle = [*chain[chain.index(found) :], found]
            names = " -> ".join(path.relative_to(within).as_posix() for path in circle)
            return f"files extend one another in a circle: {names}"
        if len(chain) >= MOST_CHAIN:
            return f"a chain of more than {MOST_CHAIN} files that extend one another"
        return ""

    def _resolved(self, source: _Source) -> Path | None:
        """The path itself behind links; None and a problem if there can be none."""
        try:
            return source.path.resolve()
        except (OSError, RuntimeError, ValueError) as err:  # a circle of links, a null character
            self._refuse(source, f"{quoted(source.shown)} cannot be a file: {err}")
            return None

    def _is_file(self, found: Path, source: _Source) -> bool:
        name = quoted(source.shown if source.key else source.path.name)
        try:
            if found.is_file():
                return True
            message = f"{name} is a folder" if found.is_dir() else f"no file {name}"
        except OSError as err:  # a name that is too long, a folder that may not be entered
            self._refuse(source, f"{name} cannot be a file: {err.strerror}")
            return False
        self._refuse(source, message + did_you_mean(source.path.name, _neighbours(found.parent)))
        return False

    def _content(self, source: _Source) -> bytes | None:
        try:
            with source.path.open("rb") as file:
                return file.read(MOST_BYTES + 1)
        except OSError as err:
            self._refuse(source, f"'{source.shown}' cannot be read: {err.strerror}")
            return None

    def _refuse(self, source: _Source, message: str) -> None:
        self.whole = False
        asked = source.asked
        self.problems.append(Problem(asked.file, asked.line, asked.column, source.key, message))


def shown(path: Path) -> str:
    """The name under which messages show a file: from the working folder if it lies there."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _neighbours(folder: Path) -> list[str]:
    try:
        return sorted(file.name for file in folder.iterdir() if file.suffix in {".yaml", ".yml"})
    except OSError:
        return []
