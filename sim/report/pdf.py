"""The printed report: a document as data beside a typst template, typeset to a tagged PDF (PDF/UA-1).

No date is written, since the same run has to give the same bytes whenever it is reported. Whoever sets the environment
variable SOURCE_DATE_EPOCH (seconds since 1970) dates the document so, and then it is PDF/A-2a as well, which asks for a
date.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typst

from sim.errors import ResultError
from sim.figures import style
from sim.report.document import Block, Bullets, Document, Heading, Paragraph, Picture

TEMPLATE = Path(__file__).parent / "report.typ"
ACCESSIBLE: Any = ["ua-1"]
"""Typst refuses to write what breaks the standard, such as a picture without alternative text."""
ARCHIVED: Any = ["ua-1", "a-2a"]


def pdf_bytes(document: Document, pictures: dict[str, bytes]) -> bytes:
    """The document typeset; pictures are SVG by the name of their drawing. The same document gives the same bytes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "report.typ").write_bytes(TEMPLATE.read_bytes())
        date = stated_date()
        words = {**data(document), "date": [date.year, date.month, date.day] if date else None}
        (folder / "data.json").write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")
        for drawing, svg in pictures.items():
            (folder / f"{drawing}.svg").write_bytes(svg)
        try:
            return bytes(
                typst.compile(
                    str(folder / "report.typ"), root=name, font_paths=[str(style.FONT_FOLDER)],
                    ignore_system_fonts=True, pdf_standards=ARCHIVED if date else ACCESSIBLE, timestamp=date,
                )
            )  # fmt: skip
        except typst.TypstError as err:
            msg = f"the report could not be typeset: {err}"
            raise ResultError(msg) from err


def stated_date() -> datetime | None:
    """The date that SOURCE_DATE_EPOCH asks for; none if it is not set. Raises ResultError if it is no number."""
    text = os.environ.get("SOURCE_DATE_EPOCH")
    if not text:
        return None
    try:
        return datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError) as err:
        msg = f"SOURCE_DATE_EPOCH is {text!r}: should be whole seconds since 1970"
        raise ResultError(msg) from err


def data(document: Document) -> dict[str, Any]:
    """The document as the template reads it."""
    return {
        "title": document.title,
        "question": document.question,
        "header": document.header,
        "language": document.language,
        "keywords": list(document.keywords),
        "opening": blocks_data(document.opening),
        "sections": [
            {"title": section.title, "appendix": section.appendix, "blocks": blocks_data(section.blocks)}
            for section in document.sections
        ],
    }


def blocks_data(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    """Blocks in order, each with whether it stays on the page of the next: words do, with their picture."""
    return [
        {**block_data(block), "sticky": any(isinstance(after, Picture) for after in blocks[number : number + 1])}
        for number, block in enumerate(blocks, start=1)
    ]


def block_data(block: Block) -> dict[str, Any]:
    """One block, with its kind."""
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "text": block.text, "figure": block.figure}
    if isinstance(block, Heading):
        return {"kind": "heading", "text": block.text}
    if isinstance(block, Bullets):
        return {"kind": "bullets", "items": list(block.items)}
    if isinstance(block, Picture):
        drawing = block.drawing
        words = {"alt": drawing.alt, "title": drawing.title, "how": drawing.how}
        return {"kind": "picture", "name": drawing.name, "file": f"{drawing.name}.svg", **words}
    columns = [{"title": column.title, "align": column.align, "share": column.share} for column in block.columns]
    return {"kind": "table", "caption": block.caption, "columns": columns, "rows": [list(row) for row in block.rows]}
