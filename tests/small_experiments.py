"""A small experiment for tests: trains before a post with few lanes, with luck in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

VALID = Path(__file__).parent / "scenarios" / "valid"

POST: dict[str, Any] = {
    "extends": "line.yaml",
    "places": {"post": {"node": "middle", "kind": "lanes", "capacity": "2 lanes"}},
    "operations": {
        "check": {
            "place": "post",
            "activity": "formalities",
            "time": {"lognormal": {"median": "4 h", "p90": "9 h"}},
        }
    },
    "services": {"train": {"path": ["west", "middle", "check", "east"]}},
    "flows": {"trains": {"demand": {"consists": "8 trains/day"}, "arrivals": "poisson", "to_date": "2020-01-08"}},
}

LANES: dict[str, Any] = {
    "schema": 1,
    "title": "Lanes at a post",
    "question": "How many does it need?",
    "scenario": "post.yaml",
    "factors": {
        "lanes": {"label": "Lanes", "path": "places.post.capacity", "values": ["1 lane", "2 lanes", "3 lanes"]},
        "median": {"path": "operations.check.time.lognormal.median", "values": ["3 h", "4 h"]},
    },
    "design": {"kind": "grid"},
    "replications": 3,
    "outcomes": {
        "wait": {"label": "Waiting", "measure": {"of": "waiting-time", "place": "post", "statistic": "mean"}},
        "through": {"measure": {"of": "throughput", "place": "post"}, "unit": "trains/day"},
    },
}


def written(folder: Path, *, post: dict[str, Any] | None = None, **changes: Any) -> Path:
    """The experiment with some of its keys changed, beside its scenario, whose keys may change too."""
    folder.mkdir(parents=True, exist_ok=True)
    line = (VALID / "line.yaml").read_text(encoding="utf-8")
    (folder / "line.yaml").write_text(line, encoding="utf-8")
    (folder / "post.yaml").write_text(yaml.safe_dump(POST | (post or {})), encoding="utf-8")
    file = folder / "lanes.yaml"
    file.write_text(yaml.safe_dump(LANES | changes, sort_keys=False), encoding="utf-8")
    return file
