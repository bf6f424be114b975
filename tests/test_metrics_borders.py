"""Border crossing points (see small_logs and small_trains)."""

from dataclasses import replace

import pandas as pd
import pytest

from sim.log import Log, build
from sim.metrics.borders import borders
from tests.small_logs import HOUR, corridors, visits
from tests.small_trains import ROWS, trains


def test_a_crossing_by_train_and_by_truck():
    table = borders(corridors())
    # Train 9-16 and 4-7; trucks 6-9 and 24-26, then 7-14. Train's fee 50 / 5 + 10 per TEU for 2 and 3 TEU: 40 and 60.
    assert table[["replication", "border", "direction", "country", "flow", "crossings"]].to_numpy().tolist() == [
        [0, "b", "out", "CN", "rail", 2],
        [0, "d", "out", "KZ", "road", 2],
        [1, "b", "out", "CN", "rail", 1],
        [1, "d", "out", "KZ", "road", 1],
    ]
    assert table["tfi1_h"].tolist() == [7.0, 2.5, 3.0, 7.0]
    assert table["tfi1_p95_h"].tolist() == pytest.approx([7.0, 2.95, 3.0, 7.0])
    assert table["tfi2_usd"].tolist() == [50.0, 100.0, 70.0, 100.0]
    assert table["unfinished"].tolist() == [0, 0, 0, 0]


def test_a_gauge_change_is_one_crossing_with_both_trains_and_the_crane():
    table = borders(trains())
    # Into KZ: crane from 12, waits for the train until 15, its posts until 17; 5 USD for each of 2 TEU.
    # Out of CN: the train's posts 10-12; 60 USD for 10 TEU, of which the shipments have 4, 4 and 2.
    assert table[["direction", "country", "flow", "crossings", "tfi1_h", "tfi2_usd"]].to_numpy().tolist() == [
        ["in", "KZ", "thru", 1, 5.0, 10.0],
        ["out", "CN", "long", 1, 2.0, 24.0],
        ["out", "CN", "second", 1, 2.0, 24.0],
        ["out", "CN", "thru", 1, 2.0, 12.0],
    ]


def test_a_crossing_that_has_not_ended_is_counted_apart():
    rows = [row for row in ROWS if row[:2] not in {(5, 13), (5, 14)}] + [(5, 13, 4, 15, 15, None, None, None)]
    table = borders(trains(rows))
    still = table[table["direction"] == "in"].iloc[0]
    assert still[["crossings", "unfinished"]].tolist() == [0, 1]
    assert still[["tfi1_h", "tfi1_p95_h", "tfi2_usd"]].isna().all()


def test_steps_without_a_direction_belong_to_the_crossing_that_is_made():
    log = trains()
    steps = log.legend.steps.copy()
    # The crane and the wait for the train; the posts themselves say that it is inwards.
    steps.loc[[1, 2], "direction"] = ""
    changed = replace(log, legend=replace(log.legend, steps=steps))
    pd.testing.assert_frame_equal(borders(changed), borders(log))
    steps.loc[13, "direction"] = ""
    unknown = borders(replace(log, legend=replace(log.legend, steps=steps))).iloc[0]
    assert unknown[["border", "direction", "country", "tfi1_h"]].tolist() == ["b", "", "KZ", 5.0]


def test_who_has_done_only_what_has_no_direction_has_not_crossed_yet():
    log = trains()
    steps, entities = log.legend.steps.copy(), log.legend.entities
    steps.loc[[1, 2], "direction"] = ""
    # Of the same flow as shipment 0: through the crane 12-13, waits for the next train.
    other = entities.iloc[[0]].assign(entity=6, release_s=12 * HOUR)
    entities = pd.concat([entities, other], ignore_index=True)
    second = visits([(6, 1, 3, 12, 12, 13, 13, None), (6, 2, None, 13, None, None, None, None)])
    both = pd.concat([log.visits, build([second], log.legend).visits], ignore_index=True)
    table = borders(Log(visits=both, legend=replace(log.legend, steps=steps, entities=entities)))
    assert table[["direction", "flow", "crossings", "unfinished", "tfi1_h"]].to_numpy().tolist()[0] == [
        "in",
        "thru",
        1,
        1,
        5.0,
    ]


def test_traffic_that_is_not_reported_does_not_cross():
    table = borders(corridors(warm_up=2 + 1 / HOUR))
    assert table.to_numpy().tolist() == []
