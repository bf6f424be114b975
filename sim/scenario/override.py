"""Values set from outside of the files, by dotted path: ``places.hall.capacity=5 cranes`` of a command or a sweep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sim.errors import Problem, ScenarioError
from sim.scenario.compose import compose
from sim.scenario.located import Located, Mark, Node, Plain, child, plain, quoted
from sim.scenario.suggestion import allowed_instead

FILE = "<override>"


def override(located: Located, settings: Mapping[str, Plain]) -> Located:
    """The tree with values set at dotted paths, in the order given; null deletes a key.

    The last key of a path may be new, all before it must be there. What is wrong is kept in the tree for the check
    to report; the n-th setting stands at line n of ``<override>``.
    """
    marks = [Mark(FILE, line, 1) for line in range(1, len(settings) + 1)]
    nodes = [_node(value, mark) for value, mark in zip(settings.values(), marks, strict=True)]
    return laid_over(located, dict(zip(settings, nodes, strict=True)), dict(zip(settings, marks, strict=True)))


def laid_over(located: Located, settings: Mapping[str, Node], keys: Mapping[str, Mark]) -> Located:
    """The same with values that keep where they stand in a file; ``keys``: where their paths stand."""
    root, problems = located.root, []
    for path, value in settings.items():
        try:
            root = _set(root, tuple(path.split(".")), value, 0)
        except ValueError as err:
            mark = keys[path]
            problems.append(Problem(mark.file, mark.line, mark.column, path, str(err)))
    return replace(located, root=root).with_problems(tuple(problems))


def setting(text: str) -> tuple[str, Plain]:
    """Path and value of ``path=value``; the value is read as in a file. ScenarioError if it cannot be."""
    path, equals, value = text.partition("=")
    if not equals or not path.strip():
        raise ScenarioError([Problem(FILE, 1, 1, "", f"{quoted(text)} is no setting: write path=value")])
    if len(value.strip().splitlines()) > 1:
        raise ScenarioError([Problem(FILE, 1, 1, path.strip(), "a setting has one line")])
    root, problems = compose(f"value: {value.strip()}\n".encode(errors="replace"), FILE)
    if root is None:
        raise ScenarioError([replace(each, line=1, column=1, path=path.strip()) for each in problems])
    node = child(root, "value")
    return path.strip(), None if node is None else plain(node)


def _set(node: Node, path: tuple[str, ...], value: Node, depth: int) -> Node:
    step, last = path[depth], depth + 1 == len(path)
    below = child(node, step)
    if not isinstance(node.value, (Mapping, tuple)):
        message = f"{quoted('.'.join(path[:depth]))} is {quoted(plain(node))} and has no keys"
        raise ValueError(message)  # noqa: TRY004 - not a wrong type of Python but of the scenario
    if below is None and (not last or value.value is None or isinstance(node.value, tuple)):
        known = list(node.value) if isinstance(node.value, Mapping) else [str(n) for n in range(len(node.value))]
        where = f" in {quoted('.'.join(path[:depth]))}" if depth else ""
        raise ValueError(f"there is no {quoted(step)}{where}{allowed_instead(step, known)}")
    inner = value if last or below is None else _set(below, path, value, depth + 1)
    return _with(node, step, inner, deleted=last and value.value is None)


def _with(node: Node, step: str, inner: Node, *, deleted: bool) -> Node:
    if isinstance(node.value, tuple):
        if deleted:
            message = "null deletes keys, not items of a list: set the whole list"
            raise ValueError(message)
        position = int(step)
        return replace(node, value=(*node.value[:position], inner, *node.value[position + 1 :]))
    assert isinstance(node.value, Mapping)
    values, keys = dict(node.value), dict(node.keys)
    if deleted:
        del values[step], keys[step]
    else:
        values[step] = inner
        keys.setdefault(step, inner.mark)
    return replace(node, value=values, keys=keys)


def _node(value: Plain, mark: Mark) -> Node:
    if isinstance(value, dict):
        return Node({key: _node(each, mark) for key, each in value.items()}, mark, dict.fromkeys(value, mark))
    if isinstance(value, list):
        return Node(tuple(_node(each, mark) for each in value), mark)
    return Node(value, mark)
