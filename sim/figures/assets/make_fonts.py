"""Make the fonts in ``sim/figures/fonts`` from Noto Sans and Noto Sans SC.

::

    npm pack @expo-google-fonts/noto-sans@0.4.2 @expo-google-fonts/noto-sans-sc@0.4.3
    (unpack both, then)
    python -m sim.figures.assets.make_fonts FOLDER_OF_NOTO_SANS FOLDER_OF_NOTO_SANS_SC

Noto Sans carries Latin, Greek and Cyrillic (Kazakh letters as well); Noto Sans SC carries the Chinese characters of
GB 2312, levels 1 and 2. Level 1 alone would be 1 MB smaller a weight, but it lacks characters of place names
(Luohuang, Fuling, Torugart). Both fonts are under the SIL Open Font License 1.1, whose text is copied beside them.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

WEIGHTS = {"400Regular": "Regular", "700Bold": "Bold"}

LETTERS = [
    (0x0020, 0x024F),  # Latin, with its European extensions
    (0x02B0, 0x036F),  # modifiers and accents
    (0x0370, 0x052F),  # Greek, Cyrillic with Kazakh
    (0x1E00, 0x1EFF),  # Latin additional
    (0x2000, 0x206F),  # dashes, quotation marks, narrow spaces
    (0x2070, 0x209F),  # raised and lowered digits
    (0x20A0, 0x20BF),  # currencies
    (0x2100, 0x218F),  # letter-like signs, fractions
    (0x2190, 0x21FF),  # arrows
    (0x2200, 0x22FF),  # mathematics
    (0x25A0, 0x25FF),  # shapes
]


def letters() -> set[int]:
    """Code points of alphabets, digits and signs."""
    return {code for first, last in LETTERS for code in range(first, last + 1)}


def hanzi() -> set[int]:
    """Code points of GB 2312: rows 1 to 87, punctuation and both levels of characters."""
    found: set[int] = set()
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            text = bytes([row, cell]).decode("gb2312", errors="ignore")
            found.update(ord(character) for character in text)
    return found


def shrink(source: Path, target: Path, codes: set[int]) -> None:
    """Write the glyphs of some code points only, without hinting, with the date of the source."""
    options = subset.Options(
        hinting=False, layout_features=["kern", "mark", "mkmk", "locl", "ccmp"], notdef_outline=True
    )
    options.recalc_timestamp = False
    font = TTFont(source, recalcTimestamp=False)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=codes)
    cutter.subset(font)
    font.save(target, reorderTables=False)


def make(sans: Path, chinese: Path, target: Path) -> None:
    """Write four fonts and their licence."""
    for folder, weight in WEIGHTS.items():
        shrink(sans / folder / f"NotoSans_{folder}.ttf", target / f"NotoSans-{weight}.ttf", letters())
        shrink(chinese / folder / f"NotoSansSC_{folder}.ttf", target / f"NotoSansSC-{weight}.ttf", letters() | hanzi())
    notice = (sans / "LICENSE_FONT").read_text(encoding="utf-8").splitlines()[0]
    licence = (chinese / "LICENSE_FONT").read_text(encoding="utf-8")
    (target / "OFL.txt").write_text(f"{notice}\n{licence}", encoding="utf-8")


if __name__ == "__main__":
    make(Path(sys.argv[1]), Path(sys.argv[2]), Path(__file__).parents[1] / "fonts")
