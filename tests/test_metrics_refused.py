"""Points that cannot be run are told by cause, each named, in few lines."""

import pandas as pd

from sim.metrics.refused import by_cause, listed


def failures(*rows):
    return pd.DataFrame(
        [(n, name, f"point {name} (x: {at}): {cause}", cause) for n, (name, at, cause) in enumerate(rows, start=1)],
        columns=["point", "name", "why", "cause"],
    )


def test_causes_that_differ_in_numbers_alone_are_one():
    found = by_cause(
        failures(
            ("p1", 5, "x: 5,000 is too many"),
            ("p2", "shut", "y: nothing moves"),
            ("p3", 6, "x: 6,500 is too many"),
            ("p4", 7, "x: 7.5 is too many"),
            ("p5", 8, "x: 8 is too many"),
        )
    )
    assert found == {
        1: "4 points alike (p1, p3 to p5), the first of them: point p1 (x: 5): x: 5,000 is too many",
        2: "point p2 (x: shut): y: nothing moves",
    }


def test_nothing_is_refused():
    assert by_cause(failures()) == {}


def test_names_in_a_row_are_told_by_their_ends():
    assert (
        listed(["base", "p1", "p2", "p4", "p5", "p6", "slow", "p9", "p10"]) == "base, p1, p2, p4 to p6, slow, p9, p10"
    )
