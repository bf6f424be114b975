"""The sourced numbers of seeds/: each with what it means, when it held, who printed it and how far it can be trusted.

This room knows units and errors, nothing of scenarios. Files of seeds/ are mappings keyed by the id of a fact;
``sources.yaml`` is keyed by the code of a source. Every text is read as text: YAML never guesses a type here.

Confidence: A official or published method, B trade press or operator, C weak, D derived by arithmetic from other facts,
GK general knowledge without a source, given only as a range.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import yaml

from sim.errors import FactError, Problem
from sim.units import Quantity, parse

Part = Literal["value", "low", "typical", "high"]

_PARTS: tuple[Part, ...] = ("value", "low", "typical", "high")
_CONFIDENCES = ("A", "B", "C", "D", "GK")
_KINDS = ("number", "date", "context")
_NEEDED = ("what", "where", "as_of", "confidence")
_OPTIONAL = ("kind", *_PARTS, "date", "statement", "source", "derived", "register", "note")
_SOURCE_FIELDS = ("title", "address", "also", "publisher", "date", "note")
_SOURCES_FILE = "sources.yaml"
_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_DATE = re.compile(r"[0-9]{4}(?:-[0-9]{2}){0,2}")


@dataclass(frozen=True)
class Source:
    """A document that prints facts. ``also``: further addresses; publisher, date and note are ``""`` if unknown."""

    code: str
    title: str
    address: str
    also: tuple[str, ...]
    publisher: str
    date: str
    note: str


@dataclass(frozen=True)
class Fact:
    """Something printed about the world. Quantities are texts with a unit; what a fact does not say is ``""``."""

    id: str
    kind: str
    """``number`` has a value or a range; ``date`` a date; ``context`` any of these or a statement in words."""
    what: str
    where: str
    as_of: str
    confidence: str
    value: str
    low: str
    typical: str
    high: str
    date: str
    """ISO year, month or day."""
    statement: str
    sources: tuple[Source, ...]
    derived: str
    """The arithmetic over other facts, by their ids."""
    register: str
    """The row of the register of the source documents, such as ``F01``."""
    note: str

    @property
    def source(self) -> str:
        """Titles of the sources, or who vouches for a fact without one."""
        unsourced = "derived from other facts" if self.derived else "general knowledge, not looked up"
        return "; ".join(source.title for source in self.sources) or unsourced

    @property
    def address(self) -> str:
        """Address of the first source, ``""`` if there is none."""
        return self.sources[0].address if self.sources else ""

    def quantity(self, part: Part = "value") -> Quantity:
        """One of its numbers. A range has no value: no middle is ever implied. Errors: FactError."""
        text = {"value": self.value, "low": self.low, "typical": self.typical, "high": self.high}[part]
        if not text:
            there = ", ".join(name for name in _PARTS if getattr(self, name)) or "no number at all"
            raise FactError(f"fact '{self.id}' has no {part}; it has {there}")
        return parse(text, negative=True)


def load(folder: Path | None = None) -> Mapping[str, Fact]:
    """All facts by id, sorted. Without a folder those that come with the package. Errors: FactError, all problems."""
    return _read(folder if folder is not None else seeds_folder())[0]


def sources(folder: Path | None = None) -> Mapping[str, Source]:
    """All sources by code, sorted. Errors: FactError."""
    return _read(folder if folder is not None else seeds_folder())[1]


def get(fact_id: str, folder: Path | None = None) -> Fact:
    """The fact of that id. Errors: FactError that says which id comes close."""
    facts = load(folder)
    if fact_id not in facts:
        raise FactError(f"unknown fact '{fact_id}'{_close(fact_id, facts)}")
    return facts[fact_id]


@cache
def seeds_folder() -> Path:
    """Where seeds/ is: inside an installed package, beside it in a checkout. Errors: FactError."""
    package = Path(__file__).resolve().parent
    for folder in (package / "seeds", package.parent / "seeds"):
        if folder.is_dir():
            return folder
    raise FactError(f"no folder seeds in {package} or beside it")


@dataclass(frozen=True)
class _Text:
    """A text, or a list of texts, of a YAML file, with its place there."""

    texts: tuple[str, ...]
    file: str
    line: int
    column: int
    path: str

    @property
    def text(self) -> str:
        return self.texts[0]

    def wrong(self, message: str) -> Problem:
        return Problem(self.file, self.line, self.column, self.path, message)


_Entry = tuple[_Text, dict[str, _Text]]


@cache
def _read(folder: Path) -> tuple[Mapping[str, Fact], Mapping[str, Source]]:
    problems: list[Problem] = []
    source_entries: dict[str, _Entry] = {}
    fact_entries: dict[str, _Entry] = {}
    for path in sorted(folder.glob("*.yaml")):
        into = source_entries if path.name == _SOURCES_FILE else fact_entries
        for entry in _entries(path, problems):
            if entry[0].text in into:
                first = into[entry[0].text][0]
                problems.append(entry[0].wrong(f"second entry of this name, the first is at {first.file}:{first.line}"))
            into[entry[0].text] = entry
    known = {code: _source(code, fields) for code, (_, fields) in sorted(source_entries.items())}
    for name, fields in source_entries.values():
        problems.extend(_source_problems(name, fields))
    for name, fields in fact_entries.values():
        problems.extend(_fact_problems(name, fields, known))
    if problems or not fact_entries:
        raise FactError("\n".join(map(str, sorted(set(problems)))) or f"no facts in {folder}")
    facts = {name: _fact(name, fields, known) for name, (_, fields) in sorted(fact_entries.items())}
    return MappingProxyType(facts), MappingProxyType(known)


def _entries(path: Path, problems: list[Problem]) -> Iterator[_Entry]:
    """The entries of a file with the places of their fields; what is no mapping of mappings goes to the problems."""
    try:
        # Nodes only: nothing is constructed, so a tag in a file can do nothing.
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as err:
        mark = err.problem_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        problems.append(Problem(path.name, *place, "", f"not YAML: {err.problem or err.context}"))
        return
    except (UnicodeDecodeError, yaml.YAMLError) as err:
        problems.append(Problem(path.name, 1, 1, "", f"not a YAML text in UTF-8: {err}"))
        return
    for name, value in _pairs(node, path.name, "", problems):
        fields = {key.text: _leaf(found, key, problems) for key, found in _pairs(value, path.name, name.text, problems)}
        yield name, fields


def _pairs(node: yaml.Node | None, file: str, path: str, problems: list[Problem]) -> list[tuple[_Text, yaml.Node]]:
    """Keys and values of a mapping; duplicates and whatever is no mapping go to the problems."""
    if not isinstance(node, yaml.MappingNode):
        line, column = (node.start_mark.line + 1, node.start_mark.column + 1) if node else (1, 1)
        problems.append(Problem(file, line, column, path, "a mapping is due here"))
        return []
    pairs: dict[str, tuple[_Text, yaml.Node]] = {}
    for key, value in node.value:
        mark = key.start_mark
        word = key.value if isinstance(key, yaml.ScalarNode) else ""
        name = _Text((word,), file, mark.line + 1, mark.column + 1, f"{path}.{word}" if path else word)
        if not word:
            problems.append(name.wrong("a key is a plain word"))
        elif word in pairs:
            problems.append(name.wrong(f"duplicate key '{word}', the first is at line {pairs[word][0].line}"))
        pairs[word] = (name, value)
    return list(pairs.values())


def _leaf(node: yaml.Node, key: _Text, problems: list[Problem]) -> _Text:
    """A text, or a list of texts, at its own place."""
    mark = node.start_mark
    items = node.value if isinstance(node, yaml.SequenceNode) else [node]
    texts = tuple(item.value for item in items if isinstance(item, yaml.ScalarNode))
    leaf = _Text(texts or ("",), key.file, mark.line + 1, mark.column + 1, key.path)
    if len(texts) != len(items) or not all(text.strip() for text in leaf.texts):
        problems.append(leaf.wrong("a text, or a list of texts, is due here"))
    return leaf


def _source_problems(name: _Text, fields: dict[str, _Text]) -> Iterator[Problem]:
    yield from _unknown_fields(fields, _SOURCE_FIELDS)
    for needed in ("title", "address"):
        if needed not in fields:
            yield name.wrong(f"a source needs a {needed}")


def _fact_problems(name: _Text, fields: dict[str, _Text], known: Mapping[str, Source]) -> Iterator[Problem]:
    if not _ID.fullmatch(name.text):
        yield name.wrong("an id is made of small letters, digits and single hyphens, e.g. 'yuxinou-length'")
    yield from _unknown_fields(fields, (*_NEEDED, *_OPTIONAL))
    for needed in _NEEDED:
        if needed not in fields:
            yield name.wrong(f"a fact needs '{needed}'")
    for field, allowed in (("confidence", _CONFIDENCES), ("kind", _KINDS)):
        if field in fields and fields[field].text not in allowed:
            yield fields[field].wrong(f"'{fields[field].text}' is none of {', '.join(allowed)}")
    yield from _content_problems(name, fields)
    yield from _number_problems(fields)
    yield from _origin_problems(name, fields, known)


def _content_problems(name: _Text, fields: dict[str, _Text]) -> Iterator[Problem]:
    """A fact says what its kind promises."""
    ranged = "low" in fields and "high" in fields
    kind = fields["kind"].text if "kind" in fields else "number"
    if kind == "number" and not ("value" in fields or ranged):
        yield name.wrong("a number needs 'value', or 'low' and 'high'")
    if kind == "date" and "date" not in fields:
        yield name.wrong("a fact of kind date needs 'date'")
    if kind == "context" and not ("value" in fields or ranged or "date" in fields or "statement" in fields):
        yield name.wrong("a fact of kind context needs 'statement', 'value' or 'date'")
    if "value" in fields and ("low" in fields or "high" in fields or "typical" in fields):
        yield fields["value"].wrong("either 'value', or 'low' and 'high' with or without 'typical'")
    if "date" in fields and not _DATE.fullmatch(fields["date"].text):
        yield fields["date"].wrong(f"'{fields['date'].text}' is no date such as 2018, 2018-07 or 2018-07-14")


def _number_problems(fields: dict[str, _Text]) -> Iterator[Problem]:
    """Quantities can be read, measure the same, and rise from low to high. Only ratios may be below 0."""
    read: list[Quantity] = []
    for part in _PARTS:
        if part not in fields:
            continue
        try:
            quantity = parse(fields[part].text, negative=True)
        except ValueError as err:
            yield fields[part].wrong(str(err))
            continue
        if quantity.value < 0 and quantity.dimension:
            yield fields[part].wrong(f"'{quantity}' is below 0")
        if read and quantity.dimension != read[-1].dimension:
            yield fields[part].wrong(f"'{quantity}' does not measure the same as '{read[-1]}'")
        elif read and quantity.house < read[-1].house:
            yield fields[part].wrong(f"'{quantity}' is below '{read[-1]}': low, typical and high must rise")
        read.append(quantity)


def _origin_problems(name: _Text, fields: dict[str, _Text], known: Mapping[str, Source]) -> Iterator[Problem]:
    """Somebody vouches for the fact."""
    confidence = fields["confidence"].text if "confidence" in fields else ""
    if "source" in fields:
        for code in fields["source"].texts:
            if code not in known:
                yield fields["source"].wrong(f"unknown source '{code}'{_close(code, known)}")
    elif confidence == "GK":
        if not ("low" in fields and "high" in fields) and "value" in fields:
            yield fields["value"].wrong("general knowledge is given as a range: 'low' and 'high'")
    elif not (confidence == "D" and "derived" in fields):
        yield name.wrong("a fact needs 'source', unless it is derived (D, with 'derived') or general knowledge (GK)")


def _unknown_fields(fields: dict[str, _Text], allowed: tuple[str, ...]) -> Iterator[Problem]:
    for field, leaf in fields.items():
        if field not in allowed:
            yield leaf.wrong(f"unknown field '{field}'{_close(field, allowed)}")


def _close(word: str, known: Mapping[str, object] | tuple[str, ...]) -> str:
    """Which known words come close to one that is not known."""
    close = difflib.get_close_matches(word, sorted(known), n=3, cutoff=0.5)
    return f" - did you mean {' or '.join(repr(one) for one in close)}?" if close else ""


def _source(code: str, fields: dict[str, _Text]) -> Source:
    texts = {field: leaf.text for field, leaf in fields.items()}
    return Source(
        code=code,
        title=texts.get("title", ""),
        address=texts.get("address", ""),
        also=fields["also"].texts if "also" in fields else (),
        publisher=texts.get("publisher", ""),
        date=texts.get("date", ""),
        note=texts.get("note", ""),
    )


def _fact(fact_id: str, fields: dict[str, _Text], known: Mapping[str, Source]) -> Fact:
    texts = {field: leaf.text for field, leaf in fields.items() if field != "source"}
    said = {field: texts.get(field, "") for field in (*_NEEDED, *_OPTIONAL) if field not in ("source", "kind")}
    codes = fields["source"].texts if "source" in fields else ()
    return Fact(id=fact_id, kind=texts.get("kind", "number"), sources=tuple(known[code] for code in codes), **said)
