"""How all figures look: colours, fonts, sizes, and how they become bytes.

Nothing of matplotlib's global state is changed for good: figures are made and saved inside :func:`house_style`.
"""

from __future__ import annotations

import io
import math
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib import dates, font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter
from numpy.typing import NDArray

FONT_FOLDER = Path(__file__).parent / "fonts"
FONTS = ("Noto Sans", "Noto Sans SC")
"""Families in the order in which a character is looked for."""

WIDTH_CM = 16.0
"""Width of the text of an A4 page with margins of 25 mm."""

DPI = 150
SMALL = 7.0
TINY = 6.0

INK = "#222222"
PALE_INK = "#6B6B6B"
GRID = "#E3E3E3"
LAND = "#F0EDE6"
SHORE = "#C9C2B2"
WATER = "#F6F9FB"

PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#A66F00", "#4D4D4D", "#7A3E9D")
"""Okabe and Ito's colours for all kinds of colour vision, without yellow (too pale on white)."""

MODE_COLOURS = {"rail": "#0072B2", "road": "#D55E00", "sea": "#009E73", "river": "#56B4E9", "air": "#CC79A7"}

CAUSE_COLOURS = {
    "moving": "#9DB8CC", "handling": "#5E8FB5", "formalities": "#33658A", "rest": "#B8B8B8", "queueing": "#D55E00",
    "closed": "#7A1F1F", "waiting for departure": "#E9A23B", "waiting for equipment": "#CC79A7", "blocked": "#4D4D4D",
    "gate": "#009E73",
}  # fmt: skip
"""Cool colours for time that does something, warm ones for time spent waiting."""

PRODUCTIVE = ("moving", "handling", "formalities", "rest")
"""Causes that are not waiting."""

RC: Any = {
    "font.family": list(FONTS), "font.size": 8.0, "axes.titlesize": 8.0, "axes.titleweight": "bold",
    "axes.titlelocation": "left", "axes.labelsize": SMALL + 0.5, "xtick.labelsize": SMALL, "ytick.labelsize": SMALL,
    "legend.fontsize": SMALL, "legend.frameon": False, "axes.spines.top": False, "axes.spines.right": False,
    "axes.edgecolor": PALE_INK, "axes.labelcolor": INK, "xtick.color": PALE_INK, "ytick.color": PALE_INK,
    "xtick.labelcolor": INK, "ytick.labelcolor": INK, "text.color": INK, "axes.grid": False, "grid.color": GRID,
    "grid.linewidth": 0.6, "axes.axisbelow": True, "axes.linewidth": 0.6, "xtick.major.width": 0.6,
    "ytick.major.width": 0.6, "lines.linewidth": 1.3, "svg.fonttype": "none", "svg.hashsalt": "landbridge",
    "axes.unicode_minus": True, "path.simplify": True, "figure.dpi": DPI, "savefig.dpi": DPI,
    "hatch.linewidth": 0.6, "text.hinting": "none", "legend.handlelength": 1.4, "legend.columnspacing": 1.2,
    "axes.formatter.useoffset": False,
}  # fmt: skip


def register_fonts() -> None:
    """Make the fonts of this folder known, before any of the same name that the machine has."""
    manager = font_manager.fontManager
    known = {entry.fname for entry in manager.ttflist}
    for path in sorted(FONT_FOLDER.glob("*.ttf"), reverse=True):
        if str(path) not in known:
            manager.addfont(str(path))
            manager.ttflist.insert(0, manager.ttflist.pop())


@contextmanager
def house_style() -> Iterator[None]:
    """Inside, matplotlib follows the house style; after, it is as it was."""
    register_fonts()
    with mpl.rc_context(), mpl.rc_context(RC):
        yield


def new_figure(height_cm: float, constrained: bool = True) -> Figure:
    """A figure as wide as the text, with a canvas of its own and no global state."""
    size = (WIDTH_CM / 2.54, height_cm / 2.54)
    figure = Figure(figsize=size, layout="constrained" if constrained else None, facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def settle(figure: Figure) -> None:
    """Lay the figure out for good: a layout that is found anew at each saving moves by a hair and changes the bytes."""
    with house_style():
        figure.draw_without_rendering()
        figure.set_layout_engine("none")


def svg_bytes(figure: Figure) -> bytes:
    """The figure as SVG with its text as text; the same figure gives the same bytes."""
    buffer = io.BytesIO()
    with house_style():
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


def png_bytes(figure: Figure) -> bytes:
    """The figure as PNG at 150 dots an inch; the same figure gives the same bytes."""
    buffer = io.BytesIO()
    with house_style():
        figure.savefig(buffer, format="png", dpi=DPI, metadata={"Software": None})
    return buffer.getvalue()


def colours(names: list[str]) -> dict[str, str]:
    """A colour for each name in the order given; after eight the colours begin again."""
    return {name: PALETTE[number % len(PALETTE)] for number, name in enumerate(names)}


def wrap(text: str, width: int) -> str:
    """The text in lines of at most ``width`` characters; only a word longer than that is broken."""
    return "\n".join(textwrap.wrap(text, width, break_long_words=True, break_on_hyphens=True)) or text


def shorten(text: str, most: int) -> str:
    """The text, or as much of it as fits into so many characters, with dots that say so."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def dashes(text: str) -> str:
    """The text as it is printed: a hyphen between spaces, as in a pair of places, is a dash."""
    return text.replace(" - ", " – ")


def number(value: float, digits: int = 3) -> str:
    """A number for reading: about three significant digits, one more from there on, thousands set apart.

    Whole numbers have no decimals, and there is no exponent.
    """
    if not math.isfinite(value):
        return "not known"
    if value == 0:
        return "0"
    size = math.floor(math.log10(abs(value)))
    if size > digits:
        value = round(value, digits - size)
    decimals = 0 if float(value).is_integer() else min(max(0, digits - 1 - size), 3)
    return f"{value:,.{decimals}f}".replace("-", "−")


def thousands(axes: Axes, which: str) -> None:
    """Set thousands apart on the ``x`` or ``y`` axis."""
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}" if abs(value) >= 1000 else f"{value:g}"))


def date_axis(axes: Axes, days: int | None = None) -> None:
    """Dates along the x axis: every so many days, or as many as there is room for."""
    if days is None:
        locator = dates.AutoDateLocator(minticks=3, maxticks=5)  # type: ignore[no-untyped-call] # no types there
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator))  # type: ignore[no-untyped-call] # the same
    else:
        axes.xaxis.set_major_locator(dates.DayLocator(interval=days))  # type: ignore[no-untyped-call] # the same
        axes.xaxis.set_major_formatter(dates.DateFormatter("%d %b"))  # type: ignore[no-untyped-call] # the same


def date_numbers(days: pd.Series) -> NDArray[np.float64]:
    """Dates as the numbers that matplotlib puts on an axis: days since 1970."""
    return (days - pd.Timestamp("1970-01-01")).dt.total_seconds().to_numpy(dtype=np.float64) / 86_400


def darkness(colour: str) -> str:
    """White or ink, whichever can be read on the colour."""
    red, green, blue = mpl.colors.to_rgb(colour)
    return "white" if 0.299 * red + 0.587 * green + 0.114 * blue < 0.55 else INK
