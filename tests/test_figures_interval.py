"""Means over replications in figures: whiskers where they can be seen, brackets in captions."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.figures import cost_emissions, interval, style, why_late
from sim.figures.drawing import Drawing
from tests.report_sample import sample_log, sample_tables

VALUES = [19.0, 20.0, 21.0, 20.5]


def test_the_interval_is_students():
    rows = pd.DataFrame({"flow": ["b"] * 4 + ["a"], "days": [*VALUES, 7.0]})
    found = interval.over_replications(rows, "flow", "days")
    expected = stats.ttest_1samp(VALUES, 0).confidence_interval(0.95)
    assert found.index.tolist() == ["a", "b"]
    assert list(found.loc["b"]) == pytest.approx([20.125, expected.low, expected.high])
    assert np.isnan(list(found.loc["a"])).tolist() == [False, True, True]


def test_an_interval_stands_in_brackets_where_there_is_one_to_be_seen():
    assert interval.told(pd.Series(VALUES), " days") == "20.1 days (18.8 to 21.5)"
    assert interval.told(pd.Series([5.0]), "%") == "5%"
    assert interval.told(pd.Series([5.0, 5.0])) == "5"
    assert interval.told(pd.Series([0.0, 0.0, 3.0])) == "1 (0 to 5.30)"
    assert interval.how(1) == "One replication: no intervals."


def test_whiskers_reach_from_low_to_high():
    ends = pd.DataFrame({"mean": [10.0, 5.0, 3.0], "low": [8.0, np.nan, 2.999], "high": [12.0, np.nan, 3.001]})
    with style.house_style():
        axes = style.new_figure(5).subplots()
        interval.whiskers(axes, ends)
    [bar] = axes.collections
    assert bar.get_segments()[0].tolist() == [[8.0, 0.0], [12.0, 0.0]]  # type: ignore[attr-defined]  # lines
    assert [text.get_text() for text in axes.texts] == ["10", "5", "3"]
    assert axes.get_xlim()[1] == pytest.approx(12 * 1.18)


def test_bars_of_flows_and_places_have_whiskers_at_their_ends():
    for figure, panels in ((why_late, (0, 1)), (cost_emissions, ())):
        drawing = figure.draw(sample_log(), sample_tables())
        assert isinstance(drawing, Drawing)
        assert drawing.how.endswith(interval.WHISKERS)
        assert " to " in drawing.caption
        for panel in panels:
            bars = drawing.figure.axes[panel].collections
            assert len(bars) > 2
            ends = [bar.get_segments()[0][:, 0].mean() for bar in bars]  # type: ignore[attr-defined]  # lines
            totals = sorted((float(text.get_text()) for text in drawing.figure.axes[panel].texts), reverse=True)
            assert max(ends) == pytest.approx(totals[0], rel=0.01)
