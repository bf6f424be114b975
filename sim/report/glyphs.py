"""Whether the fonts have every character of a report: typesetting prints an empty box for a missing one, silently."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from html import unescape
from pathlib import Path

from fontTools.ttLib import TTFont

from sim.errors import ResultError
from sim.figures.style import FONT_FOLDER

NO_GLYPH_NEEDED = frozenset("\n\t\u200b\u00ad")
"""Line breaks and breaking points."""

_TEXT = re.compile(r"<(?:text|tspan)\b[^>]*>([^<]*)")


@cache
def covered() -> frozenset[int]:
    """Code points that all weights of some family of the house have."""
    families = {path.stem.split("-")[0] for path in FONT_FOLDER.glob("*.ttf")}
    codes: set[int] = set()
    for family in sorted(families):
        codes |= set.intersection(*(characters(path) for path in sorted(FONT_FOLDER.glob(f"{family}-*.ttf"))))
    return frozenset(codes)


def characters(path: Path) -> set[int]:
    """Code points of a font file."""
    with TTFont(path, lazy=True) as font:
        return set(font.getBestCmap())


def check(strings: Iterable[tuple[str, str]]) -> None:
    """Refuse texts with characters that no font has.

    Each string comes with the place where it stands. Raises ResultError that names every missing character once, with
    the first text that holds it.
    """
    known = covered()
    missing: dict[str, tuple[str, str]] = {}
    for place, text in strings:
        for character in text:
            if ord(character) not in known and character not in NO_GLYPH_NEEDED:
                missing.setdefault(character, (place, text))
    if missing:
        lines = [
            f"no font has the character {character!r} (U+{ord(character):04X}) of {place}: {text!r}"
            for character, (place, text) in sorted(missing.items())
        ]
        remedy = "the fonts hold Latin, Greek, Cyrillic and the characters of GB 2312: write the name otherwise"
        raise ResultError("\n".join([*lines, remedy]))


def svg_strings(name: str, svg: str) -> Iterable[tuple[str, str]]:
    """The texts of an SVG figure."""
    return ((f"figure {name}", unescape(text)) for text in _TEXT.findall(svg) if text.strip())
