"""Circles of places that can lock are told before a run."""

from __future__ import annotations

from pathlib import Path

from sim.experiments.runs import run

VALID = Path(__file__).parent / "scenarios" / "valid"


def test_a_single_track_with_short_sidings_is_told():
    one = {"places.siding.capacity": "1 track"}
    origin = run(VALID / "single-track.yaml", replications=1, overrides=one).log.legend.origin
    told = [text for text in origin["warnings"] if text.startswith("this circle of places can lock: ")]  # type: ignore[attr-defined]
    assert told == [
        "this circle of places can lock: siding, middle-east single track, siding; "
        "it does if all are full of who waits for the next",
        "this circle of places can lock: siding, west-middle single track, siding; "
        "it does if all are full of who waits for the next",
    ]
