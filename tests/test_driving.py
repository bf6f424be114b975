"""The driving-hours rule cuts a run into driving, breaks and rests."""

from sim.plan.driving import Driver
from tests.small_scenarios import small

HOUR = 3600


def plan(tmp_path, *legs):
    rule = small(tmp_path).services["truck"].driving
    assert rule is not None
    driver = Driver(rule)
    return [[(s.what, s.seconds / HOUR) for s in driver.drive(hours * HOUR)] for hours in legs]


def test_a_short_run_needs_no_rest(tmp_path):
    assert plan(tmp_path, 4.5) == [[("drive", 4.5)]]


def test_a_break_after_a_block_and_a_rest_after_a_day(tmp_path):
    assert plan(tmp_path, 20) == [
        [
            ("drive", 4.5),
            ("break", 0.75),
            ("drive", 4.5),
            ("rest", 11),
            ("drive", 4.5),
            ("break", 0.75),
            ("drive", 4.5),
            ("rest", 11),
            ("drive", 2),
        ]
    ]


def test_what_was_driven_counts_on_the_next_leg(tmp_path):
    assert plan(tmp_path, 3, 3, 4) == [
        [("drive", 3)],
        [("drive", 1.5), ("break", 0.75), ("drive", 1.5)],
        [("drive", 3), ("rest", 11), ("drive", 1)],
    ]
