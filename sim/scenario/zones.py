"""Time zones with their history, from the package tzdata alone: those of a system may be older, and differ."""

from __future__ import annotations

import zoneinfo
from functools import cache
from importlib.resources import files


@cache
def names() -> frozenset[str]:
    """All IANA time zones."""
    return frozenset(files("tzdata").joinpath("zones").read_text(encoding="utf-8").split())


@cache
def zone(name: str) -> zoneinfo.ZoneInfo:
    """A zone by its IANA name."""
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return zoneinfo.ZoneInfo.from_file(file, key=name)
