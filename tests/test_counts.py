"""One of anything is singular."""

import pytest

from sim import counts, units


@pytest.mark.parametrize(
    ("number", "noun", "text"),
    [
        (1, "point", "1 point"), (0, "point", "0 points"), (2000, "run", "2,000 runs"), (2, "box", "2 boxes"),
        (3, "trajectory", "3 trajectories"), (2, "day", "2 days"), (2, "entity", "2 entities"), (2, "TEU", "2 TEU"),
        (2, "crossing", "2 crossings"), (2, "search", "2 searches"),
        (2, "ferry", "2 ferries"), (0, "bay", "0 bays"), (3, "aircraft", "3 aircraft"), (3, "", "3 "),
    ],
)  # fmt: skip
def test_counts(number, noun, text):
    assert counts.counted(number, noun) == text


@pytest.mark.parametrize(
    ("number", "unit", "text"),
    [
        ("1", "tracks", "1 track"), ("1", "trains/day", "1 train/day"), ("1", "boxes", "1 box"), ("1", "h", "1 h"),
        ("1", "USD", "1 USD"), ("1", "%", "1 %"), ("1", "", "1"), ("1", "people", "1 person"), ("1", "TEU", "1 TEU"),
        ("1.5", "tracks", "1.5 tracks"), ("0", "tracks", "0 tracks"), ("11", "tracks", "11 tracks"),
        ("1", "aircraft", "1 aircraft"), ("1", "USD/crane", "1 USD/crane"), ("1", "km/h", "1 km/h"),
    ],
)  # fmt: skip
def test_numbers_with_units(number, unit, text):
    assert counts.of_unit(number, unit) == text


def test_every_unit_that_is_read_has_its_singular():
    names = units.known()
    for name in names:
        one = counts.singular(name)
        assert one in names, name
        assert units.one(one) == units.one(one)
        assert units.one(one).house == units.one(name).house
    assert counts.singular("deliveries") == "delivery"
