"""Make ``sim/figures/land.npz`` from Natural Earth's land at 1:50 million.

::

    npm pack world-atlas@2.0.2
    tar xzf world-atlas-2.0.2.tgz
    python -m sim.figures.assets.make_land package/land-50m.json

Natural Earth is in the public domain; the npm package ``world-atlas`` carries it as TopoJSON. Only land is taken, no
boundaries. Kept: 30 degrees west to 191 degrees east (the Bering Strait stays whole), 42 south to 82 north (with the
Cape of Good Hope), islands above a least area. Longitudes beyond 180 go on counting, so that no ring jumps.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.path import Path as Ring
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

Points = NDArray[np.float64]

WINDOW = (-30.0, -42.0, 191.0, 82.0)
"""West, south, east, north in degrees."""

LEAST_AREA = 0.08
"""Square degrees below which a ring is dropped: about 900 km2 at the equator, half of that at 60 degrees north."""

SCALE = 100.0
"""Coordinates are kept as whole hundredths of a degree: 1.1 km, far below the width of a line in print."""


def decode(topology: dict[str, Any]) -> list[list[Points]]:
    """Polygons of a TopoJSON file, each a list of rings (the first is the shore, the others are holes)."""
    scale = np.array(topology["transform"]["scale"])
    offset = np.array(topology["transform"]["translate"])
    arcs = [np.cumsum(np.array(arc), axis=0) * scale + offset for arc in topology["arcs"]]

    def ring(numbers: list[int]) -> Points:
        parts = [arcs[number] if number >= 0 else arcs[~number][::-1] for number in numbers]
        return np.concatenate([part[: len(part) - 1] for part in parts] + [parts[-1][-1:]])

    polygons = []
    for geometry in topology["objects"]["land"]["geometries"]:
        shapes = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        polygons.extend([[ring(numbers) for numbers in shape] for shape in shapes])
    return polygons


def area(ring: Points) -> float:
    """Area of a ring in square degrees, without sign."""
    x, y = ring[:, 0], ring[:, 1]
    return abs(float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)))) / 2


def clip(ring: Points) -> Points:
    """The part of a ring inside the window; empty where nothing is left."""
    west, south, east, north = WINDOW
    return np.asarray(Ring(ring, closed=True).clip_to_bbox(Bbox([[west, south], [east, north]])).vertices)


def unrolled(ring: Points) -> Points:
    """The ring with longitudes that go on beyond 180 degrees where it crosses the date line, instead of jumping."""
    return np.column_stack([np.unwrap(ring[:, 0], period=360.0), ring[:, 1]])


def rings(topology: dict[str, Any]) -> list[Points]:
    """All rings of the window, large ones first."""
    kept = []
    for polygon in decode(topology):
        for ring in polygon:
            for turn in (-360.0, 0.0, 360.0):
                part = clip(unrolled(ring) + np.array([turn, 0.0]))
                if len(part) > 3 and area(part) >= LEAST_AREA:
                    kept.append(part)
    return sorted(kept, key=lambda ring: (-area(ring), ring[0, 0], ring[0, 1]))


def write(topology: dict[str, Any], target: Path) -> None:
    """Write the rings as whole numbers: all points one after another, and where each ring starts."""
    whole = []
    for ring in rings(topology):
        points = np.round(ring * SCALE).astype(np.int32)
        moved = np.concatenate([[True], np.any(np.diff(points, axis=0) != 0, axis=1)])
        whole.append(points[moved])
    starts = np.cumsum([0] + [len(points) for points in whole]).astype(np.int32)
    steps = np.concatenate([np.diff(points, axis=0, prepend=0) for points in whole])
    np.savez_compressed(target, steps=steps, starts=starts, scale=np.array(SCALE))


if __name__ == "__main__":
    write(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), Path(__file__).parents[1] / "land.npz")
