"""From degrees to the plane of a map, great circles, and the outline of the land."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from matplotlib.path import Path as Outline
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LAND = Path(__file__).parent / "land.npz"
EARTH_KM = 6371.0088
"""Mean radius of the Earth (IUGG)."""


@dataclass(frozen=True)
class Azimuthal:
    """Lambert's azimuthal equal-area projection about a centre, in km (Snyder 1987, equations 24-2 to 24-4)."""

    latitude: float
    longitude: float

    def project(self, latitudes: Floats, longitudes: Floats) -> Floats:
        """Points as rows of (x, y) in km."""
        phi, lam = np.radians(latitudes), np.radians(longitudes - self.longitude)
        centre = np.radians(self.latitude)
        cosine = np.sin(centre) * np.sin(phi) + np.cos(centre) * np.cos(phi) * np.cos(lam)
        scale = EARTH_KM * np.sqrt(2 / np.maximum(1 + cosine, 1e-9))
        x = scale * np.cos(phi) * np.sin(lam)
        y = scale * (np.cos(centre) * np.sin(phi) - np.sin(centre) * np.cos(phi) * np.cos(lam))
        return np.column_stack([x, y])


def unit_vectors(latitudes: Floats, longitudes: Floats) -> Floats:
    """Points of the sphere as rows of three coordinates."""
    phi, lam = np.radians(latitudes), np.radians(longitudes)
    return np.column_stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])


def degrees(vectors: Floats) -> tuple[Floats, Floats]:
    """Latitudes and longitudes of rows of three coordinates of any length."""
    x, y, z = vectors.T
    return np.degrees(np.arctan2(z, np.hypot(x, y))), np.degrees(np.arctan2(y, x))


def centred(latitudes: Floats, longitudes: Floats) -> Azimuthal:
    """The projection about the middle of some points."""
    latitude, longitude = degrees(unit_vectors(latitudes, longitudes).mean(axis=0)[None, :])
    return Azimuthal(float(latitude[0]), float(longitude[0]))


def great_circle(start: tuple[float, float], end: tuple[float, float], points: int = 24) -> tuple[Floats, Floats]:
    """Latitudes and longitudes along the shortest way between two (latitude, longitude), both ends included."""
    a, b = unit_vectors(np.array([start[0], end[0]]), np.array([start[1], end[1]]))
    angle = np.arccos(np.clip(a @ b, -1, 1))
    if angle < 1e-6:
        return np.array([start[0], end[0]]), np.array([start[1], end[1]])
    share = np.linspace(0, 1, points)[:, None]
    return degrees((np.sin((1 - share) * angle) * a + np.sin(share * angle) * b) / np.sin(angle))


def land(projection: Azimuthal, view: tuple[float, float, float, float]) -> Outline:
    """The land inside the view (west, south, east, north in km) as one outline, no finer than print can show."""
    with np.load(LAND) as stored:
        steps, starts, scale = stored["steps"], stored["starts"], float(stored["scale"])
    west, south, east, north = view
    grain = (east - west) / 2500
    parts = []
    for first, last in pairwise(starts.tolist()):
        points = np.cumsum(steps[first:last], axis=0) / scale
        flat = projection.project(points[:, 1], points[:, 0])
        if flat[:, 0].max() < west or flat[:, 0].min() > east or flat[:, 1].max() < south or flat[:, 1].min() > north:
            continue
        ring = Outline(flat, closed=False).clip_to_bbox(Bbox([[west, south], [east, north]])).vertices
        ring = np.round(np.asarray(ring) / grain) * grain
        ring = ring[np.concatenate([[True], np.any(np.diff(ring, axis=0) != 0, axis=1)])] if len(ring) else ring
        if len(ring) > 3:
            parts.append(Outline(ring, closed=True))
    return Outline.make_compound_path(*parts) if parts else Outline(np.empty((0, 2)))
