"""The map: land, the legs of the corridor by mode, and its nodes with their names in up to three scripts.

Equal-area projection about the middle of the corridor. No political boundaries are drawn; border crossing points are
nodes. Lines are great circles or the points of ``via``; they say nothing of lengths.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import textalloc
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.text import Text
from numpy.typing import NDArray

from sim.figures import style
from sim.figures.drawing import Drawing, LeftOut, Tables
from sim.figures.loads import leg_teu
from sim.figures.projection import Azimuthal, Floats, centred, great_circle, land
from sim.log import Log

TITLE = "The corridor"
MODES = ("rail", "road", "sea", "river", "air")
SYMBOLS = {"terminal": "s", "border": "D", "port": "^", "junction": ".", "city": "o", "lock": "p", "airport": "*"}
SIZES = {"terminal": 26.0, "border": 24.0, "port": 30.0, "junction": 22.0, "city": 18.0, "lock": 26.0, "airport": 44.0}
LABEL_SIZE = 5.5
FEW_LABELS = 12
"""Up to so many labels are larger."""

LONGEST_NAME = 26
LONGEST_LINE = 17
"""Chinese and Russian names of more characters stand on lines of their own."""

ROOM = 1.08
"""Labels are placed as if they were so much larger: other programs set the same text a little wider."""

MOST_LABELS = 60
"""With more nodes than this only terminals, ports and borders are named."""

SLIM, TALL = 0.5, 0.55
"""Height of the map as a share of its width, at least and at most: the first page has to hold it."""

APART_PT, NEAR_PT = 2.6, 5.0
"""Lines of different modes that run within NEAR_PT of each other are drawn APART_PT side by side, in points."""


@dataclass(frozen=True)
class Line:
    """A leg, or both directions of one, on the plane in km with the TEU a year over it."""

    mode: str
    points: Floats
    teu: float


def line_points(leg: pd.Series, places: dict[str, tuple[float, float]]) -> tuple[Floats, Floats]:
    """Latitudes and longitudes along a leg: through its ``via`` points if it has any, great circles between."""
    via = json.loads(leg["via"]) if isinstance(leg["via"], str) and leg["via"] else []
    stops = [places[leg["from_node"]], *((float(point[0]), float(point[1])) for point in via), places[leg["to_node"]]]
    pieces = [great_circle(start, end) for start, end in pairwise(stops)]
    return np.concatenate([piece[0] for piece in pieces]), np.concatenate([piece[1] for piece in pieces])


def lines(log: Log, projection: Azimuthal) -> list[Line]:
    """Legs between nodes with a position, on the map or not; both directions are one line with the sum of their TEU."""
    where = log.legend.nodes.set_index("node")[["lat", "lon"]].astype(float).dropna()
    places = {str(node): (float(row["lat"]), float(row["lon"])) for node, row in where.iterrows()}
    loads = leg_teu(log)
    found: dict[tuple[str, str, str], Line] = {}
    for _, leg in log.legend.legs.sort_values("leg").iterrows():
        if leg["from_node"] in places and leg["to_node"] in places:
            ends = sorted([str(leg["from_node"]), str(leg["to_node"])])
            key = (ends[0], ends[1], str(leg["mode"]))
            before = found[key].teu if key in found else 0.0
            points = projection.project(*line_points(leg, places))
            found[key] = Line(str(leg["mode"]), points, before + loads.get(str(leg["leg"]), 0.0))
    return [found[key] for key in sorted(found)]


def view_of(points: Floats) -> tuple[float, float, float, float]:
    """West, south, east, north in km: everything with a margin for labels, neither too tall nor too flat."""
    (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
    width = max(east - west, 300.0) * 1.16
    height = max((north - south) * 1.16, width * SLIM)
    width = max(width, height / TALL)
    x, y = (west + east) / 2, (south + north) / 2
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def side_by_side(drawn: list[Line], km_per_pt: float) -> list[Line]:
    """The lines, moved aside where another mode runs along the same way, so that none hides another."""
    moved = []
    for line in drawn:
        modes = {line.mode} | {
            other.mode for other in drawn if other.mode != line.mode and along(line, other, km_per_pt)
        }
        rank = [mode for mode in MODES if mode in modes].index(line.mode) if line.mode in MODES else 0
        shift = (rank - (len(modes) - 1) / 2) * APART_PT * km_per_pt
        moved.append(Line(line.mode, beside(line.points, shift), line.teu) if shift else line)
    return moved


def along(line: Line, other: Line, km_per_pt: float) -> bool:
    """Whether most of a line lies near another."""
    apart = np.hypot(*(line.points[:, None, :] - other.points[None, :, :]).transpose(2, 0, 1)).min(axis=1)
    return bool(np.mean(apart < NEAR_PT * km_per_pt) > 0.5)


def beside(points: Floats, shift: float) -> Floats:
    """A line moved by so many km to one side, the same side whichever way it is written."""
    whole = points[-1] - points[0]
    sign = 1.0 if (whole[0], whole[1]) >= (0.0, 0.0) else -1.0
    slope = np.gradient(points, axis=0)
    length = np.maximum(np.hypot(slope[:, 0], slope[:, 1]), 1e-9)
    return points + sign * shift * np.column_stack([-slope[:, 1] / length, slope[:, 0] / length])


def line_width(teu: float, most: float) -> float:
    """Width in points: 0.8 for nothing, 3.5 for the busiest leg, the area in proportion between."""
    return 0.8 if most <= 0 else 0.8 + 2.7 * teu / most


def label(node: pd.Series) -> str:
    """Name, and below it the Chinese and Russian names where given."""
    others = [str(node[key]) for key in ("name_zh", "name_ru") if isinstance(node[key], str) and node[key]]
    between = " / " if len("".join(others)) <= LONGEST_LINE else "\n"
    return "\n".join([style.shorten(str(node["name"]), LONGEST_NAME), *([between.join(others)] if others else [])])


def crowded_first(points: Floats, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows in the order in which they are labelled: those with the nearest neighbours first."""
    apart = np.hypot(*(points[rows, None, :] - points[None, rows, :]).transpose(2, 0, 1))
    crowding = (1 / np.maximum(apart, 1.0) ** 2).sum(axis=1)
    return rows[np.argsort(-crowding, kind="stable")]


def draw_land(axes: Axes, projection: Azimuthal, view: tuple[float, float, float, float]) -> None:
    """Land and water without boundaries, and the line that says so."""
    west, south, east, north = view
    pad = (east - west) * 0.02
    outline = land(projection, (west - pad, south - pad, east + pad, north + pad))
    axes.set_facecolor(style.WATER)
    axes.add_patch(PathPatch(outline, facecolor=style.LAND, edgecolor=style.SHORE, linewidth=0.4, zorder=1))
    axes.set(xlim=(west, east), ylim=(south, north), xticks=[], yticks=[])
    axes.set_aspect("equal")
    for spine in axes.spines.values():
        spine.set(visible=True, color=style.SHORE)


def draw_labels(axes: Axes, nodes: pd.DataFrame, points: Floats, drawn: list[Line]) -> None:
    """Names beside their nodes, off the lines and off one another, each with a leader."""
    named = np.ones(len(nodes), dtype=bool)
    if len(nodes) > MOST_LABELS:
        named = nodes["kind"].isin(["terminal", "border", "port", "airport"]).to_numpy()
    order = crowded_first(points, np.flatnonzero(named))
    texts = [label(nodes.loc[row]) if len(order) <= 40 else str(nodes.loc[row, "name"]) for row in order.tolist()]
    ways = [line.points[np.linspace(0, len(line.points) - 1, 12).astype(int)] for line in drawn]
    size = LABEL_SIZE if len(order) > FEW_LABELS else style.SMALL
    _, _, drawn_texts, _ = textalloc.allocate(
        axes, points[order, 0], points[order, 1], texts, x_scatter=points[:, 0], y_scatter=points[:, 1],
        scatter_sizes=list[Any]([SIZES[str(kind)] for kind in nodes["kind"]]), x_lines=[way[:, 0] for way in ways],
        y_lines=[way[:, 1] for way in ways], textsize=size * ROOM, max_distance=0.2, min_distance=0.012, margin=0.005,
        nbr_candidates=2400, linewidth=0.4, linecolor=style.PALE_INK, textcolor=style.INK,
        avoid_label_lines_overlap=True, linespacing=1.0, zorder=6, plot_kwargs={"zorder": 4},
    )  # fmt: skip
    for text in drawn_texts:
        if isinstance(text, Text):
            text.set_fontsize(size)
            keep_inside(axes, text)


def keep_inside(axes: Axes, text: Text) -> None:
    """Move a label that sticks out of the map back into it."""
    box, frame = text.get_window_extent(), axes.get_window_extent()
    right = max(frame.x0 - box.x0, 0.0) + min(frame.x1 - box.x1, 0.0)
    up = max(frame.y0 - box.y0, 0.0) + min(frame.y1 - box.y1, 0.0)
    if right or up:
        x, y = axes.transData.transform(text.get_position())
        text.set_position(tuple(axes.transData.inverted().transform((x + right, y + up))))


def draw_legend(figure: Figure, nodes: pd.DataFrame, drawn: list[Line]) -> None:
    """Below the map: modes, kinds of nodes, and what the widths stand for."""
    most = max((line.teu for line in drawn), default=0.0)
    modes = [mode for mode in MODES if any(line.mode == mode for line in drawn)]
    kinds = [kind for kind in SYMBOLS if (nodes["kind"] == kind).any()]
    marks = [Line2D([], [], color=style.MODE_COLOURS[mode], linewidth=2, label=mode) for mode in modes]
    symbols = [
        Line2D([], [], linestyle="", marker=SYMBOLS[kind], color=style.INK, markersize=4.5, label=kind,
               markerfacecolor="white" if kind in ("city", "junction") else style.INK) for kind in kinds
    ]  # fmt: skip
    if most > 0:
        marks += [
            Line2D([], [], color=style.PALE_INK, linewidth=line_width(share * most, most),
                   label=f"{style.number(share * most, 2)} TEU a year") for share in (0.25, 1.0)
        ]  # fmt: skip
    height = figure.get_size_inches()[1] * 2.54
    figure.legend(handles=marks, loc="lower left", bbox_to_anchor=(0.0, 0.62 / height), ncols=len(marks))
    figure.legend(handles=symbols, loc="lower left", bbox_to_anchor=(0.0, 0.02 / height), ncols=len(symbols))


def words(nodes: pd.DataFrame, drawn: list[Line]) -> tuple[str, str]:
    """Caption and alternative text."""
    modes = " and ".join(mode for mode in MODES if any(line.mode == mode for line in drawn)) or "no"
    borders = nodes.loc[nodes["kind"] == "border", "name"].tolist()
    most = max((line.teu for line in drawn), default=0.0)
    load = f" The busiest leg carries {style.number(most)} TEU a year." if most > 0 else ""
    count = f"{len(borders)} of them border stations or posts" if borders else "none of them at a border"
    caption = f"The map shows {len(nodes)} nodes joined by {modes} legs, {count}.{load}"
    names = ", ".join(nodes["name"].astype(str))
    return caption, f"Map without political boundaries. Nodes: {names}. Modes: {modes}.{load}"


def draw(log: Log, tables: Tables) -> Drawing | LeftOut:
    """The map of all nodes with ``on_map``."""
    nodes = log.legend.nodes
    nodes = nodes[nodes["on_map"].astype(bool) & nodes["lat"].notna() & nodes["lon"].notna()].reset_index(drop=True)
    if len(nodes) < 2:
        return LeftOut("map", TITLE, "fewer than two nodes of the scenario are on the map")
    latitudes, longitudes = nodes["lat"].to_numpy(dtype=float), nodes["lon"].to_numpy(dtype=float)
    projection = centred(latitudes, longitudes)
    points = projection.project(latitudes, longitudes)
    drawn = lines(log, projection)
    view = view_of(np.concatenate([points, *(line.points for line in drawn)]))
    caption, alt = words(nodes, drawn)
    with style.house_style():
        figure = picture(nodes, points, drawn, (projection, view))
    how = "Widths are proportional to the TEU a year of both directions. "
    how += "Modes on the same way are drawn side by side. " if len({line.mode for line in drawn}) > 1 else ""
    how += "Azimuthal equal-area projection; no political boundaries are shown."
    return Drawing("map", TITLE, caption, how, alt, figure)


def picture(
    nodes: pd.DataFrame, points: Floats, drawn: list[Line], frame: tuple[Azimuthal, tuple[float, float, float, float]]
) -> Figure:
    """The figure itself: the axes are set by hand, since labels are placed on a finished layout."""
    projection, view = frame
    ratio = (view[3] - view[1]) / (view[2] - view[0])
    legend_cm = 1.5
    height = style.WIDTH_CM * ratio + legend_cm
    figure = style.new_figure(height, constrained=False)
    axes = figure.add_axes((0.002, legend_cm / height, 0.996, 1 - legend_cm / height - 0.002))
    draw_land(axes, projection, view)
    most = max((line.teu for line in drawn), default=0.0)
    drawn = side_by_side(drawn, (view[2] - view[0]) / (0.996 * style.WIDTH_CM / 2.54 * 72))
    for line in drawn:
        axes.plot(*line.points.T, color="white", linewidth=line_width(line.teu, most) + 1.2, zorder=2,
                  solid_capstyle="round")  # fmt: skip
    for line in drawn:
        axes.plot(*line.points.T, color=style.MODE_COLOURS.get(line.mode, style.INK), zorder=3,
                  linewidth=line_width(line.teu, most), solid_capstyle="round")  # fmt: skip
    for kind, marker in SYMBOLS.items():
        chosen = (nodes["kind"] == kind).to_numpy()
        face = "white" if kind in ("city", "junction") else style.INK
        axes.scatter(points[chosen, 0], points[chosen, 1], s=SIZES[kind], marker=marker, facecolor=face,
                     edgecolor=style.INK, linewidth=0.7, zorder=5)  # fmt: skip
    draw_labels(axes, nodes, points, drawn)
    axes.set(xlim=(view[0], view[2]), ylim=(view[1], view[3]))
    axes.text(0.006, 0.01, "No political boundaries are shown", transform=axes.transAxes, fontsize=style.TINY,
              color=style.PALE_INK, zorder=6)  # fmt: skip
    draw_legend(figure, nodes, drawn)
    return figure
