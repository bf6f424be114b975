"""Time zones come from the package tzdata, with their history, whatever the system has."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from importlib.resources import files

from sim.scenario import zones


def hours(name: str, day: dt.datetime) -> float:
    offset = zones.zone(name).utcoffset(day)
    assert offset is not None
    return offset.total_seconds() / 3600


def test_kazakhstan_has_one_time_from_march_2024_on():
    before, after = dt.datetime(2024, 2, 29, 12), dt.datetime(2024, 3, 1, 12)  # noqa: DTZ001 - local time is asked
    assert [hours(name, before) for name in ("Asia/Almaty", "Asia/Aqtobe")] == [6, 5]
    assert [hours(name, after) for name in ("Asia/Almaty", "Asia/Aqtobe")] == [5, 5]


def test_zones_of_the_system_are_not_asked(tmp_path):
    (tmp_path / "Asia").mkdir()
    (tmp_path / "Asia" / "Almaty").write_bytes(files("tzdata").joinpath("zoneinfo", "UTC").read_bytes())
    before = zoneinfo.TZPATH
    zoneinfo.reset_tzpath(to=[str(tmp_path)])
    zones.zone.cache_clear()
    try:
        assert hours("Asia/Almaty", dt.datetime(2020, 1, 1)) == 6  # noqa: DTZ001 - local time is asked
        assert zones.names() >= {"Asia/Almaty", "Europe/Berlin", "UTC"}
    finally:
        zoneinfo.reset_tzpath(to=before)
        zones.zone.cache_clear()
