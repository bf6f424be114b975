"""Verdicts for those who do not read reports: JUnit XML, a summary in Markdown, annotations of a change on GitHub.

A verdict says of one thing that was asked, at one point, whether it holds. The XML is that of Jenkins' JUnit plug-in,
which GitLab reads too: test suites with test cases, a ``failure`` where something does not hold and an ``error`` where
nobody knows. There is no time of day in it: same verdicts, same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from xml.etree import ElementTree

from sim.counts import counted

Outcome = Literal["holds", "fails", "unknown"]

_NO_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TAGS: Mapping[Outcome, str] = {"fails": "failure", "unknown": "error"}
_SIGNS: Mapping[Outcome, str] = {"holds": "✅ holds", "fails": "❌ fails", "unknown": "❓ not known"}


@dataclass(frozen=True)
class Verdict:
    """Whether one thing that was asked holds at one point."""

    name: str
    asked: str
    """The sentence, or the band."""
    outcome: Outcome
    said: str
    """The number with its interval, and what else is to be known, in a line."""
    key: str = ""
    """Under what it was asked, for its place in the file."""
    file: str = ""
    line: int = 0
    column: int = 0


def junit(suites: Mapping[str, Sequence[Verdict]]) -> str:
    """Test suites by name, a test case for each verdict."""
    every = _counts([each for verdicts in suites.values() for each in verdicts])
    root = ElementTree.Element("testsuites", {"name": "landbridge", **every})
    for name, verdicts in suites.items():
        suite = ElementTree.SubElement(root, "testsuite", {"name": _xml(name), **_counts(verdicts), "skipped": "0"})
        for each in verdicts:
            place = {"file": _xml(each.file), "line": str(each.line)} if each.file else {}
            case = ElementTree.SubElement(
                suite, "testcase", {"classname": _xml(name), "name": _xml(each.name), **place}
            )
            if each.outcome == "holds":
                ElementTree.SubElement(case, "system-out").text = _xml(f"{each.asked}: {each.said}")
                continue
            told = {"message": _xml(each.said), "type": "expectation"}
            where = f"{each.file}:{each.line}:{each.column}: " if each.file else ""
            text = f"{where}{each.name}\nasked: {each.asked}\nfound: {each.said}"
            ElementTree.SubElement(case, _TAGS[each.outcome], told).text = _xml(text)
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _counts(verdicts: Sequence[Verdict]) -> dict[str, str]:
    numbers = {"tests": len(verdicts), **{tag + "s": 0 for tag in _TAGS.values()}}
    for each in verdicts:
        if each.outcome in _TAGS:
            numbers[_TAGS[each.outcome] + "s"] += 1
    return {name: str(number) for name, number in numbers.items()}


def _xml(text: str) -> str:
    """The text without characters that XML does not know."""
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def markdown(title: str, verdicts: Sequence[Verdict]) -> str:
    """A summary: the count, and a table of all verdicts, those that do not hold first."""
    rows = sorted(verdicts, key=lambda each: each.outcome == "holds")
    lines = [
        f"## {_cell(title)}",
        "",
        count(verdicts),
        "",
        "| Result | Expectation | Asked | Found |",
        "|---|---|---|---|",
    ]
    lines += [f"| {_SIGNS[r.outcome]} | {_cell(r.name)} | {_cell(r.asked)} | {_cell(r.said)} |" for r in rows]
    return "\n".join(lines) + "\n"


def count(verdicts: Sequence[Verdict]) -> str:
    """How many hold, in a sentence."""
    held = sum(each.outcome == "holds" for each in verdicts)
    unknown = sum(each.outcome == "unknown" for each in verdicts)
    more = f" Of {unknown} nobody knows." if unknown else ""
    return f"{held} of {counted(len(verdicts), 'expectation')} hold.{more}"


def _cell(text: str) -> str:
    """A text as it stands in a cell of a table in Markdown."""
    text = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_{}\[\]|~])", r"\\\1", text)


def workflow_commands(verdicts: Iterable[Verdict]) -> list[str]:
    """A workflow command of GitHub for each verdict that does not hold, at its place in the file if that is known."""
    found = []
    for each in verdicts:
        if each.outcome == "holds":
            continue
        place = {"file": each.file, "line": str(each.line), "col": str(each.column)} if each.file else {}
        properties = {**place, "title": f"{each.name} {'fails' if each.outcome == 'fails' else 'is not known'}"}
        told = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
        found.append(f"::error {told}::{_message(f'{each.asked}: {each.said}')}")
    return found


def _message(text: str) -> str:
    """Escaped as GitHub's toolkit does it (actions/toolkit, packages/core/src/command.ts)."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
