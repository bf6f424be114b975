"""The first stage of reading: the text of one file becomes a tree of located values.

PyYAML scans the text into events; none of its constructors ever runs. What a plain word means is decided here,
by the core schema of YAML 1.2 alone: null, true and false, numbers. ``NO``, ``12:30``, ``010``, ``1_000`` and dates
stay text. Refused, each with its position: keys written twice, keys that are no text, tags, merge keys, aliases
within their own anchor, nesting and expansion beyond the limits, a second document.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import yaml
from yaml import events

from sim.errors import Problem
from sim.scenario.located import Mark, Node, Scalar, plain, quoted
from sim.scenario.suggestion import did_you_mean

MOST_BYTES = 1024 * 1024
MOST_NODES = 200_000
MOST_LEVELS = 50
MOST_DIGITS = 40
MOST_PROBLEMS = 100
LONGEST_PATH = 10

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEAN = {word: word.lower() == "true" for word in ("true", "True", "TRUE", "false", "False", "FALSE")}
# Without leading zeros, unlike the core schema: 010 is 8 to some readers and 10 to others.
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_OTHER_BASE = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_BROKEN = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NO_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
# Control characters, and the line breaks that editors do not count as such.
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


class _Refused(Exception):  # noqa: N818 - no error of its own: carries a problem out of the depth of one file
    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))


@dataclass
class _Open:
    """A mapping or list that is being read."""

    mark: Mark
    anchor: str | None
    of: dict[str, Node] | list[Node]
    keys: dict[str, Mark] = field(default_factory=dict)
    key: str | None = None
    size: int = 1

    def awaits_key(self) -> bool:
        return isinstance(self.of, dict) and self.key is None


def compose(content: bytes, file: str) -> tuple[Node | None, tuple[Problem, ...]]:
    """The tree of a file's content, or None, and everything that is wrong with it as YAML."""
    if len(content) > MOST_BYTES:
        return None, (Problem(file, 1, 1, "", f"the file is larger than {MOST_BYTES // 1024} KiB"),)
    reading = _Reading(file)
    try:
        text = _text(content, file)
        root = reading.read(text)
    except _Refused as refused:
        return None, (*reading.problems, refused.problem)
    return (None if reading.problems else root), tuple(reading.problems)


def resolve(word: str) -> Scalar:
    """What a plain word means by the core schema of YAML 1.2; ValueError for a number that cannot be kept."""
    if word in _NULL:
        return None
    if word in _BOOLEAN:
        return _BOOLEAN[word]
    if _NO_NUMBER.fullmatch(word):
        message = f"'{word}' is no finite number"
        raise ValueError(message)
    if not (_WHOLE.fullmatch(word) or _OTHER_BASE.fullmatch(word) or _BROKEN.fullmatch(word)):
        return word
    if len(word) > MOST_DIGITS:
        message = f"a number of more than {MOST_DIGITS} characters; quote it if it is text"
        raise ValueError(message)
    if _WHOLE.fullmatch(word) or _OTHER_BASE.fullmatch(word):
        return int(word, 0)
    number = float(word)
    if not math.isfinite(number):
        message = f"'{word}' is too large for a number"
        raise ValueError(message)
    return number


def _text(content: bytes, file: str) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as err:
        before = err.object[: err.start].decode("utf-8", errors="replace")
        line, column = _position(before, len(before))
        message = f"not UTF-8 text (byte 0x{err.object[err.start]:02x}); save the file as UTF-8"
        raise _Refused(Problem(file, line, column, "", message)) from err
    odd = _NO_TEXT.search(text)
    if odd:
        line, column = _position(text, odd.start())
        message = f"not text: control character U+{ord(odd.group()):04X}"
        raise _Refused(Problem(file, line, column, "", message))
    return text


def _position(text: str, offset: int) -> tuple[int, int]:
    before = text[:offset].replace("\r\n", "\n").replace("\r", "\n")
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


class _Reading:
    """The state of reading one file: open collections, anchors, problems."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.stack: list[_Open] = []
        self.anchors: dict[str, Node] = {}
        self.root: Node | None = None

    def read(self, text: str) -> Node:
        """The tree of a text; raises the first problem that makes reading on senseless."""
        documents = 0
        for event in self._events(text):
            if isinstance(event, events.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self._refused(self._mark(event), "a second document starts here; a file holds one")
            elif isinstance(event, events.NodeEvent):
                self._node(event)
            elif isinstance(event, events.CollectionEndEvent):
                self._close()
        if self.root is None:
            raise self._refused(Mark(self.file, 1, 1), "the file is empty")
        if not isinstance(self.root.value, Mapping):
            message = f"the top of a file is a mapping (key: value), not {quoted(plain(self.root))}"
            raise self._refused(self.root.mark, message)
        return self.root

    def _events(self, text: str) -> Iterator[events.Event]:
        try:
            yield from yaml.parse(text, Loader=yaml.CSafeLoader)
        except yaml.MarkedYAMLError as err:
            where = err.problem_mark or err.context_mark
            mark = Mark(self.file, where.line + 1, where.column + 1) if where else Mark(self.file, 1, 1)
            raise self._refused(mark, _in_plain_words(err, text, mark)) from err
        except yaml.YAMLError as err:
            raise self._refused(Mark(self.file, 1, 1), f"not YAML: {err}") from err

    def _node(self, event: events.NodeEvent) -> None:
        mark = self._mark(event)
        if self.stack and self.stack[-1].awaits_key():
            self._key(event, mark)
        elif isinstance(event, events.AliasEvent):
            self._attach(self._aliased(event.anchor or "", mark), mark)
        elif isinstance(event, events.ScalarEvent):
            if self.stack or event.value or not event.implicit[0]:
                self._attach(self._scalar(event, mark), mark)
        else:
            self._open(event, mark)

    def _key(self, event: events.NodeEvent, mark: Mark) -> None:
        top = self.stack[-1]
        if not isinstance(event, events.ScalarEvent):
            raise self._refused(mark, "a key is a word or a text, and is written out")
        node = self._scalar(event, mark)
        key = top.key = event.value
        if not isinstance(node.value, str):
            self._note(mark, f"a key is text: write '{key}' in quotes")
        elif key == "<<":
            self._note(mark, "merge keys (<<) are not read; a file takes over another with 'extends'")
        if key in top.keys:
            first = top.keys[key]
            self._note(mark, f"duplicate key {quoted(key)} (first at line {first.line})")
        top.keys.setdefault(key, mark)

    def _scalar(self, event: events.ScalarEvent, mark: Mark) -> Node:
        self._refuse_tag(event.tag, mark)
        value: Scalar = event.value
        if event.implicit[0]:
            try:
                value = resolve(event.value)
            except ValueError as err:
                self._note(mark, str(err))
        node = Node(value, mark)
        if event.anchor:
            self.anchors[event.anchor] = node
        return node

    def _open(self, event: events.NodeEvent, mark: Mark) -> None:
        assert isinstance(event, events.CollectionStartEvent)
        self._refuse_tag(event.tag, mark)
        if len(self.stack) >= MOST_LEVELS:
            raise self._refused(mark, f"nested deeper than {MOST_LEVELS} levels")
        top = self.stack[-1] if self.stack else None
        if top is not None and top.key is not None and not event.flow_style:
            mark = top.keys[top.key]
        self.stack.append(_Open(mark, event.anchor, {} if isinstance(event, events.MappingStartEvent) else []))

    def _close(self) -> None:
        top = self.stack.pop()
        value = top.of if isinstance(top.of, dict) else tuple(top.of)
        node = Node(value, top.mark, top.keys, top.size)
        if top.anchor:
            self.anchors[top.anchor] = node
        self._attach(node, top.mark)

    def _attach(self, node: Node, mark: Mark) -> None:
        if not self.stack:
            self.root = node
            return
        top = self.stack[-1]
        top.size += node.size
        if top.size > MOST_NODES:
            raise self._refused(mark, f"more than {MOST_NODES} values, aliases counted at each use")
        if isinstance(top.of, list):
            top.of.append(node)
        elif top.key is not None:
            top.of.setdefault(top.key, node)
            top.key = None

    def _aliased(self, anchor: str, mark: Mark) -> Node:
        if any(above.anchor == anchor for above in self.stack):
            raise self._refused(mark, f"*{anchor} refers to what it stands in")
        if anchor not in self.anchors:
            raise self._refused(mark, f"no anchor '&{anchor}' before this{did_you_mean(anchor, self.anchors)}")
        return self.anchors[anchor]

    def _refuse_tag(self, tag: str | None, mark: Mark) -> None:
        if tag is not None:
            self._note(mark, f"tags are not read, here {quoted(tag)}; quote what is text, and leave the rest as it is")

    def _note(self, mark: Mark, message: str) -> None:
        self.problems.append(Problem(self.file, mark.line, mark.column, self._path(), message))
        if len(self.problems) >= MOST_PROBLEMS:
            raise self._refused(mark, "too many problems; reading stops here")

    def _path(self) -> str:
        steps = [str(len(top.of)) if top.key is None else top.key for top in self.stack if not top.awaits_key()]
        return ".".join(steps[:LONGEST_PATH])

    def _refused(self, mark: Mark, message: str) -> _Refused:
        return _Refused(Problem(mark.file, mark.line, mark.column, self._path(), message))

    def _mark(self, event: events.Event) -> Mark:
        start = event.start_mark
        assert start is not None
        return Mark(self.file, start.line + 1, start.column + 1)


def _in_plain_words(err: yaml.MarkedYAMLError, text: str, mark: Mark) -> str:
    lines = text.splitlines()
    line = lines[mark.line - 1] if mark.line <= len(lines) else ""
    odd = line[mark.column - 1 : mark.column]
    if odd == "\t" or "\t" in line[: len(line) - len(line.lstrip())]:
        return "a tab; YAML is indented with spaces"
    message = f"not YAML: {err.problem}"
    if err.context:
        message += f" {err.context}"
        if err.context_mark and err.context_mark.line + 1 != mark.line:
            message += f" that starts at line {err.context_mark.line + 1}"
    if err.problem == "mapping values are not allowed in this context":
        message += "; a text with ': ' in it needs quotes, and keys of one mapping stand in one column"
    elif odd in set("@`%&*!|>") | {"'", '"'}:
        message += f"; a text with {odd} at its start needs quotes"
    return message
