"""Points one by one: those of a list in the experiment, and those of a CSV file, each value with where it stands."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.counts import counted
from sim.errors import Problem
from sim.scenario.compose import resolve
from sim.scenario.located import Mark, Node, Plain
from sim.scenario.suggestion import allowed_instead

MOST_BYTES = 50 * 1024 * 1024
POINT = "point"
_HEADING = re.compile(r"(?P<factor>[^()]+?)\s*(?:\((?P<unit>[^()]*)\))?")
_ID = re.compile(r"[a-z0-9][a-z0-9-]*")


@dataclass(frozen=True)
class Row:
    """A point as it is written: its id, or nothing; the values of the factors that it names, and their marks."""

    name: str
    mark: Mark
    values: Mapping[str, Plain]
    marks: Mapping[str, Mark]


@dataclass(frozen=True)
class _Column:
    factor: str
    unit: str


def listed_rows(points: Node, values: Mapping[str, Mapping[str, Plain]]) -> tuple[Row, ...]:
    """The points of a list, in the order of the file."""
    assert isinstance(points.value, Mapping)
    found = []
    for name, node in points.value.items():
        below = node.value if isinstance(node.value, Mapping) else {}
        marks = {key: each.mark for key, each in below.items()}
        found.append(Row(name, points.keys.get(name, node.mark), values[name], marks))
    return tuple(found)


def read_csv(path: Path, shown: str, factors: Sequence[str]) -> tuple[tuple[Row, ...], tuple[Problem, ...]]:
    """The rows of a CSV file with a heading, and all that is wrong with it; columns of problems count characters."""
    reading = _Csv(shown, factors)
    try:
        if path.stat().st_size > MOST_BYTES:
            return (), (Problem(shown, 1, 1, "", f"the file is larger than {MOST_BYTES // 1024**2} MiB"),)
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as err:
        return (), (Problem(shown, 1, 1, "", f"not UTF-8 text (byte 0x{err.object[err.start]:02x})"),)
    except OSError as err:
        return (), (Problem(shown, 1, 1, "", f"cannot be read: {err.strerror}"),)
    rows = tuple(reading.rows(text.splitlines()))
    return rows, tuple(reading.problems)


class _Csv:
    """The state of reading a CSV file."""

    def __init__(self, shown: str, factors: Sequence[str]) -> None:
        self.shown = shown
        self.factors = factors
        self.problems: list[Problem] = []
        self.names: dict[str, int] = {}

    def rows(self, lines: Sequence[str]) -> Iterator[Row]:
        """The rows below the heading; empty lines are passed over."""
        columns = self._columns(lines[0]) if lines else []
        if not lines:
            self._refuse(1, 1, "the file is empty: its first line names a factor in each column")
        if self.problems:
            return
        before = len(self.problems)
        count = 0
        for line, text in enumerate(lines[1:], start=2):
            if not text.strip():
                continue
            count += 1
            cells = _cells(text)
            if len(cells) != len(columns):
                self._refuse(line, 1, f"{counted(len(cells), 'cell')}, but the heading has {len(columns)}")
                continue
            yield self._row(line, cells, columns)
        if not count and len(self.problems) == before:
            self._refuse(1, 1, "no points: there is nothing below the heading")

    def _columns(self, line: str) -> list[_Column]:
        columns: list[_Column] = []
        for column, text in _cells(line):
            match = _HEADING.fullmatch(text)
            factor, unit = (match["factor"], match["unit"] or "") if match else (text, "")
            if factor != POINT and factor not in self.factors:
                words = allowed_instead(factor, [*self.factors, POINT])
                self._refuse(1, column, f"unknown factor '{factor}'{words}")
            elif factor in [each.factor for each in columns]:
                self._refuse(1, column, f"two columns '{factor}'")
            columns.append(_Column(factor, unit.strip()))
        return columns

    def _row(self, line: int, cells: Sequence[tuple[int, str]], columns: Sequence[_Column]) -> Row:
        name, values, marks = "", dict[str, Plain](), dict[str, Mark]()
        for (column, text), heading in zip(cells, columns, strict=True):
            if heading.factor == POINT:
                name = self._name(line, column, text)
            elif not text:
                self._refuse(line, column, f"no value of '{heading.factor}'")
            else:
                values[heading.factor] = f"{text} {heading.unit}" if heading.unit else _meant(text)
                marks[heading.factor] = Mark(self.shown, line, column)
        return Row(name, Mark(self.shown, line, 1), values, marks)

    def _name(self, line: int, column: int, text: str) -> str:
        if not _ID.fullmatch(text):
            self._refuse(line, column, f"'{text}' is no id: small letters a-z, digits and hyphens are allowed")
        elif text in self.names:
            self._refuse(line, column, f"'{text}' is a point already, in line {self.names[text]}")
        self.names.setdefault(text, line)
        return text

    def _refuse(self, line: int, column: int, message: str) -> None:
        self.problems.append(Problem(self.shown, line, column, "", message))


def _meant(text: str) -> Plain:
    """A cell as it would be read in a scenario."""
    try:
        return resolve(text)
    except ValueError:  # what is no finite number is left for the scenario to refuse
        return text


def _cells(line: str) -> list[tuple[int, str]]:
    """The cells of a line, stripped, with the columns at which they begin."""
    texts = next(csv.reader([line]))
    found, start = [], 0
    for text in texts:
        found.append((start + 1 + len(text) - len(text.lstrip()), text.strip()))
        quoted = line[start : start + 1] == '"'
        start += len(text) + (2 + text.count('"') if quoted else 0) + 1
    return found
