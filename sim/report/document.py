"""What a report is made of: sections of paragraphs, tables, pictures and lists. PDF and page show the same document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from string import ascii_uppercase
from typing import Literal

from sim.figures import Drawing


@dataclass(frozen=True)
class Paragraph:
    """Running text; with the name of a drawing it ends with a pointer to that figure."""

    text: str
    figure: str = ""


@dataclass(frozen=True)
class Heading:
    """A heading inside a section."""

    text: str


@dataclass(frozen=True)
class Bullets:
    """A list without order."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """A column of a table: numbers stand to the right; widths are shares of the text's width."""

    title: str
    align: Literal["left", "right"] = "left"
    share: float = 1.0


@dataclass(frozen=True)
class Table:
    """Rows of text below a header that is repeated on each page. A cell that is an address is a link."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]

    def without_empty(self, empty: str) -> Table:
        """The table without the columns, after the first, in which no row has anything but ``empty``."""
        kept = [at for at in range(len(self.columns)) if at == 0 or any(row[at] != empty for row in self.rows)]
        rows = tuple(tuple(row[at] for at in kept) for row in self.rows)
        return Table(self.caption, tuple(self.columns[at] for at in kept), rows)


@dataclass(frozen=True)
class Picture:
    """A figure with its words."""

    drawing: Drawing


Block = Paragraph | Heading | Bullets | Table | Picture


@dataclass(frozen=True)
class Section:
    """A part of the report: numbered, or an appendix with a letter. Appendices come last."""

    title: str
    blocks: tuple[Block, ...]
    appendix: bool = False


@dataclass(frozen=True)
class Document:
    """A whole report. The opening stands on the first page, before the contents."""

    title: str
    question: str
    opening: tuple[Block, ...]
    sections: tuple[Section, ...]
    header: str
    """Short line at the top of each page."""
    language: str = "en"
    keywords: tuple[str, ...] = field(default=("logistics", "corridor", "simulation"))

    def numbered(self) -> Iterator[tuple[str, Section]]:
        """Each section after what stands before its title: 1, 2, 3, Appendix A, Appendix B."""
        chapters = sum(not section.appendix for section in self.sections)
        for number, section in enumerate(self.sections):
            yield f"Appendix {ascii_uppercase[number - chapters]}" if section.appendix else str(number + 1), section

    def blocks(self) -> Iterator[Block]:
        """All blocks in order."""
        yield from self.opening
        for section in self.sections:
            yield from section.blocks

    def pictures(self) -> tuple[Drawing, ...]:
        """All drawings in order, each once."""
        found = {block.drawing.name: block.drawing for block in self.blocks() if isinstance(block, Picture)}
        return tuple(found.values())


def paragraphs(text: str) -> tuple[Paragraph, ...]:
    """Running text as it was typed: an empty line begins a new paragraph, other line breaks mean nothing."""
    return tuple(Paragraph(" ".join(part.split())) for part in re.split(r"\n\s*\n", text) if part.strip())


def strings(document: Document) -> Iterator[tuple[str, str]]:
    """Every text of a document with the place where it stands, for checks."""
    yield "title", document.title
    yield "question", document.question
    yield "header", document.header
    for section in document.sections:
        yield "heading", section.title
    for block in document.blocks():
        yield from block_strings(block)


def block_strings(block: Block) -> Iterator[tuple[str, str]]:
    """Every text of one block."""
    if isinstance(block, Paragraph | Heading):
        yield "paragraph", block.text
    elif isinstance(block, Bullets):
        yield from (("list", item) for item in block.items)
    elif isinstance(block, Picture):
        drawing = block.drawing
        yield from ((f"figure {drawing.name}", text) for text in (drawing.title, drawing.how, drawing.alt))
    else:
        yield f"table {block.caption}", block.caption
        yield from ((f"table {block.caption}", column.title) for column in block.columns)
        yield from ((f"table {block.caption}", cell) for row in block.rows for cell in row)
