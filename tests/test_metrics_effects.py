"""Which factor moves an outcome most, as far as paired replications tell."""

import math

import numpy as np
import pytest
from scipy import stats

from sim.metrics.effects import effects
from tests.small_sweeps import factors_table, outcomes_table, points_table, values_table

FACTORS = factors_table({"factor": "cranes", "unit": "cranes", "low": 2.0, "high": 4.0}, {"factor": "rule", "unit": ""})
HOURS = outcomes_table({"unit": "h", "unit_size": 3600.0})
POINTS = points_table(
    [{"cranes": 3.0, "rule": "open"}, {"cranes": 2.0, "rule": "open"}, {"cranes": 4.0, "rule": "open"},
     {"cranes": 3.0, "rule": "shut"}]
)  # fmt: skip
LUCK = np.array([0.0, 9.0, 4.0, 1.0])
TWIST = np.array([-0.3, 0.1, 0.4, -0.2])


def moved(cranes: float = 10.0, rule: float = 2.0, replications: int = 4):
    """Hours: less with cranes, more where the border is shut, and luck that all points share."""

    def hours(point, replication):
        own = TWIST[replication] * (1 + point["cranes"] % 2) * (1 if point["rule"] == "shut" else 2)
        return 3600 * (100 - cranes * point["cranes"] + rule * (point["rule"] == "shut") + LUCK[replication] + own)

    return effects(values_table(POINTS, hours, replications), POINTS, FACTORS, HOURS)


def test_the_widest_stands_first_with_the_ends_that_its_means_have():
    rows = moved().to_dict("records")
    assert [(row["factor"], row["least"], row["most"]) for row in rows] == [
        ("cranes", "4 cranes", "2 cranes"),
        ("rule", "open", "shut"),
    ]
    # From 4 to 2 cranes no twist is left; from open to shut minus twice that of three cranes.
    assert [rows[0][name] for name in ("difference", "low", "high")] == pytest.approx([20.0] * 3)
    low, high = stats.ttest_1samp(2 - 2 * TWIST, 0).confidence_interval(0.95)
    assert [rows[1][name] for name in ("difference", "low", "high")] == pytest.approx([2.0, low, high])


def test_p_is_corrected_over_all_pairs_among_which_the_ends_were_chosen():
    alone = stats.ttest_1samp(2 - 2 * TWIST, 0).pvalue
    # Of four pairs that from 4 to 2 cranes is certain, and those with 3 cranes are clearer than that of the rule.
    assert moved().set_index("factor")["p_holm"].to_dict() == {"cranes": 0.0, "rule": pytest.approx(alone)}
    assert moved(cranes=0.0, rule=0.1)["p_holm"].min() > 0.05


def test_that_the_first_does_more_is_judged_pair_by_pair():
    told = moved().set_index("factor")["p_first"].to_dict()
    assert math.isnan(told["cranes"])
    assert told["rule"] == pytest.approx(stats.ttest_1samp(18 + 2 * TWIST, 0).pvalue)
    assert moved(cranes=1.0, rule=1.9).set_index("factor")["p_first"].to_dict()["rule"] > 0.05


def test_what_changes_nothing_has_no_difference():
    table = effects(values_table(POINTS, lambda _point, r: 3600.0 * r, 3), POINTS, FACTORS, HOURS)
    assert table["difference"].tolist() == [0.0, 0.0]
    assert table["p_holm"].tolist() == [1.0, 1.0]


def test_one_replication_tells_nothing_of_chance():
    table = moved(replications=1)
    assert table["p_holm"].isna().all()
    assert table["p_first"].isna().all()
