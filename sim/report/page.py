"""The same document as one page for a browser: figures, styles and fonts inside, nothing fetched from anywhere."""

from __future__ import annotations

import base64
import io
import re
from html import escape
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

from sim.figures.style import FONT_FOLDER
from sim.report.document import Block, Bullets, Document, Heading, Paragraph, Picture, Table, strings
from sim.report.glyphs import characters

STYLE = Path(__file__).parent / "page.css"
FACES = (
    ("Noto Sans", "NotoSans-Regular", 400), ("Noto Sans", "NotoSans-Bold", 700),
    ("Noto Sans SC", "NotoSansSC-Regular", 400), ("Noto Sans SC", "NotoSansSC-Bold", 700),
)  # fmt: skip


WORDS = "Landbridge, simulation of a logistics corridor Contents Appendix Figure Table 0123456789"
"""What the page says of itself: the fonts need these characters too."""


def page_bytes(document: Document, pictures: dict[str, bytes]) -> bytes:
    """The whole page. The same document gives the same bytes."""
    used = WORDS + "".join(text for _, text in strings(document)) + "".join(svg.decode() for svg in pictures.values())
    contents = "".join(
        f'<li><a href="#section-{number}">{name} {escape(section.title)}</a></li>'
        for number, (name, section) in enumerate(document.numbered(), start=1)
    )
    count = Counted(document, pictures)
    parts = [count.block(block) for block in document.opening]
    parts.append(f'<nav aria-label="Contents"><h2>Contents</h2><ul>{contents}</ul></nav>')
    for number, (name, section) in enumerate(document.numbered(), start=1):
        blocks = "\n".join(count.block(block) for block in section.blocks)
        parts.append(f'<section id="section-{number}"><h2>{name} {escape(section.title)}</h2>\n{blocks}</section>')
    body = "\n".join(parts)
    question = f'<p class="question">{escape(document.question)}</p>' if document.question else ""
    return (
        f'<!DOCTYPE html>\n<html lang="{document.language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(document.title)}</title>\n<style>\n{faces(used)}\n{STYLE.read_text(encoding='utf-8')}</style>\n"
        '</head>\n<body>\n<main>\n<p class="kind">Landbridge, simulation of a logistics corridor</p>\n'
        f"<h1>{escape(document.title)}</h1>\n{question}\n{body}\n</main>\n</body>\n</html>\n"
    ).encode()


class Counted:
    """Blocks as HTML, with tables and figures numbered through."""

    def __init__(self, document: Document, pictures: dict[str, bytes]) -> None:
        self.pictures = pictures
        self.numbers = {drawing.name: number for number, drawing in enumerate(document.pictures(), start=1)}
        self.tables = 0

    def block(self, block: Block) -> str:
        """One block."""
        if isinstance(block, Paragraph):
            at = self.numbers.get(block.figure)
            pointer = f' (<a href="#figure-{block.figure}">Figure {at}</a>)' if at else ""
            return f"<p>{escape(block.text)}{pointer}</p>"
        if isinstance(block, Heading):
            return f"<h3>{escape(block.text)}</h3>"
        if isinstance(block, Bullets):
            return "<ul>" + "".join(f"<li>{escape(item)}</li>" for item in block.items) + "</ul>"
        return self.picture(block) if isinstance(block, Picture) else self.table(block)

    def picture(self, block: Picture) -> str:
        """A figure: the SVG itself, with its alternative text as label."""
        drawing = block.drawing
        svg = inline(drawing.name, self.pictures[drawing.name].decode(), drawing.alt)
        words = f"<b>Figure {self.numbers[drawing.name]}: {escape(drawing.title)}.</b> {escape(drawing.how)}"
        inner = f'<div class="drawing">{svg}</div><figcaption>{words}</figcaption>'
        return f'<figure id="figure-{drawing.name}">{inner}</figure>'

    def table(self, block: Table) -> str:
        """A table in a box that scrolls by itself where the screen is narrow."""
        self.tables += 1
        sides = [f' class="{column.align}"' for column in block.columns]
        head = "".join(
            f'<th scope="col"{side}>{escape(column.title)}</th>'
            for side, column in zip(sides, block.columns, strict=True)
        )
        rows = "\n".join(
            "<tr>" + "".join(f"<td{side}>{cell(text)}</td>" for side, text in zip(sides, row, strict=True)) + "</tr>"
            for row in block.rows
        )
        caption = f"<caption><b>Table {self.tables}.</b> {escape(block.caption)}</caption>"
        parts = f"{caption}<thead><tr>{head}</tr></thead>\n<tbody>{rows}</tbody>"
        return f'<div class="wide" tabindex="0"><table>{parts}</table></div>'


def cell(text: str) -> str:
    """A cell: addresses are links, a second line is smaller."""
    if text.startswith(("http://", "https://")):
        return f'<a href="{escape(text)}">{escape(text)}</a>'
    first, _, second = text.partition("\n")
    return escape(first) + (f"<br><small>{escape(second)}</small>" if second else "")


def inline(name: str, svg: str, alt: str) -> str:
    """An SVG file as an element of a page: its ids are its own, its size follows the page, its label is the text."""
    element = svg[svg.index("<svg") :]
    element = re.sub(r"<metadata>.*?</metadata>", "", element, flags=re.DOTALL)
    element = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', element)
    element = re.sub(r'(href="|url\()#', rf"\1#{name}-", element)
    head, rest = element.split(">", 1)
    head = re.sub(r'\s(?:width|height)="[^"]*"', "", head)
    return f'{head} role="img" aria-label="{escape(alt)}">{rest}'


def faces(text: str) -> str:
    """The fonts with no more than the characters of a text, as rules of a style sheet."""
    rules, used = [], {ord(character) for character in set(text)}
    for family, stem, weight in FACES:
        path = FONT_FOLDER / f"{stem}.ttf"
        wanted = used & characters(path)
        if family == "Noto Sans SC":
            wanted -= characters(FONT_FOLDER / f"{stem.replace('SC', '')}.ttf")
        if wanted:
            coded = base64.b64encode(shrunk(path, wanted)).decode()
            source = f'url(data:font/woff;base64,{coded}) format("woff")'
            rules.append(f'@font-face{{font-family:"{family}";font-weight:{weight};src:{source}}}')
    return "\n".join(rules)


def shrunk(path: Path, codes: set[int]) -> bytes:
    """A font file with some characters only, compressed for the web."""
    with TTFont(path, recalcTimestamp=False) as font:
        # Rules of kerning and ligatures take longer to read than all the rest, and are not missed on a screen.
        cutter = subset.Subsetter(subset.Options(drop_tables=["GPOS", "GSUB", "GDEF"], hinting=False))
        cutter.populate(unicodes=codes)
        cutter.subset(font)
        font.flavor = "woff"
        buffer = io.BytesIO()
        font.save(buffer)
    return buffer.getvalue()
