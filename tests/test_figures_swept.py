"""The numbers that the figures of a sweep hand to their axes, and what their sentences say."""

import hashlib
import math
from collections.abc import Hashable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.figures import heat, indices, partial_dependence, response, screening, tornado
from sim.figures.drawing import Drawing, LeftOut
from sim.figures.factors import amount, far_apart, listed, signed, spread
from sim.figures.swept import FIGURES, draw
from tests.small_sweeps import outcomes_table
from tests.swept_sample import KINDS, OUTCOMES, made, swept

TIME = OUTCOMES.iloc[0].to_dict()
NAMES = {
    "one-at-a-time": ["tornado", "response"],
    "grid": ["response", "heat"],
    "morris": ["screening"],
    "sobol-indices": ["indices", "partial_dependence"],
    "latin-hypercube": ["partial_dependence"],
}


@cache
def drawn(kind):
    return draw(swept(kind))


def one(kind, name):
    found = drawn(kind).named(f"{name}-time")
    assert found is not None
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_each_design_has_its_figures_for_each_outcome(kind):
    names = [f"{name}-{outcome}" for outcome in ("time", "waiting") for name in NAMES[kind]]
    assert [one.name for one in drawn(kind).drawn] == names
    (left,) = drawn(kind).left_out
    assert (left.title, left.reason) == ("All figures of Distance", "it is the same at all points")


@pytest.mark.parametrize("kind", KINDS)
def test_every_figure_has_its_words_and_fits_a_page(kind):
    for drawing in drawn(kind).drawn:
        assert all(len(text) > 10 for text in (drawing.title, drawing.caption, drawing.how, drawing.alt))
        assert drawing.caption.endswith(".")
        width, height = drawing.figure.get_size_inches() * 2.54
        assert width == pytest.approx(16)
        assert height < 21


@pytest.mark.parametrize("kind", KINDS)
def test_no_label_is_cut(kind):
    for drawing in drawn(kind).drawn:
        canvas = drawing.figure.bbox
        box = drawing.figure.get_tightbbox().transformed(drawing.figure.dpi_scale_trans)
        assert box.x0 >= canvas.x0 - 1, drawing.name
        assert box.x1 <= canvas.x1 + 1, drawing.name
        assert box.y0 >= canvas.y0 - 1, drawing.name
        assert box.y1 <= canvas.y1 + 1, drawing.name


@pytest.mark.parametrize("figure", FIGURES, ids=lambda module: module.__name__.split(".")[-1])
def test_the_same_tables_give_the_same_bytes(figure):
    found = [figure.draw(swept(kind), TIME) for kind in KINDS for _ in range(2)]
    pairs = [pair for pair in zip(found[::2], found[1::2], strict=True) if isinstance(pair[0], Drawing)]
    assert pairs
    for first, second in pairs:
        assert hashlib.sha256(first.svg()).digest() == hashlib.sha256(second.svg()).digest()


def test_a_tornado_has_a_bar_for_each_end_the_largest_first():
    axes = one("one-at-a-time", "tornado").figure.get_axes()[0]
    labels = [text.get_text().replace("\n", " ") for text in axes.get_yticklabels()]
    assert labels[-1] == "Headway (20 min)"
    assert "Cranes at Khorgos – Altynkol (3 cranes)" in labels
    table = swept("one-at-a-time")["tornado"].query("outcome == 'time'")
    widths = sorted(patch.get_width() for patch in axes.patches)
    assert widths == pytest.approx(sorted(table["difference"]))
    assert {text.get_text() for text in axes.texts} == {
        "2 cranes", "6 cranes", "2 h", "20 h", "half", "shut", "10 min", "60 min",
    }  # fmt: skip


ENDS = pd.DataFrame(
    {"factor": ["a", "b"], "end": "high", "difference": [5.0, -3.0], "low": [4.0, -4.5], "high": [6.0, -1.5],
     "setting": ["2 h", "shut"], "p_holm": [0.01, 0.02]}
)  # fmt: skip
A_B = {"a": "A", "b": "B"}
DAYS: dict[Hashable, Any] = outcomes_table().iloc[0].to_dict()


def test_a_tornado_says_what_is_certain():
    caption = one("one-at-a-time", "tornado").caption
    assert caption.startswith("Transit time Chongqing – Duisburg, 95th percentile: by itself ")
    assert caption.endswith("Not distinguishable from chance: Headway.")
    unsure = "Transit time: by itself A changes it most, +5 d (+4 to +6) at 2 h."
    assert tornado.words(ENDS, DAYS, A_B) == (
        f"{unsure} Whether it does more than B cannot be told: the intervals overlap."
    )
    certain = ENDS.assign(low=ENDS["difference"], high=ENDS["difference"])
    assert tornado.words(certain, DAYS, A_B) == "Transit time: by itself A changes it most, +5 d at 2 h."
    assert tornado.words(ENDS.assign(difference=0.0), DAYS, A_B) == "Transit time: no factor changes it by itself."


def test_a_tornado_tells_of_no_change_that_may_be_chance():
    assert tornado.words(ENDS.assign(p_holm=[0.06, 1.0]), DAYS, A_B) == (
        "Transit time: these replications do not show that any factor changes it by itself. The largest change, "
        "+5 d (+4 to +6), is that of A at 2 h."
    )
    assert tornado.words(ENDS.assign(p_holm=[0.06, 0.01]), DAYS, A_B) == (
        "Transit time: by itself B changes it most, −3 d (−4.50 to −1.50) at shut. Not distinguishable from chance: A."
    )


CURVES = pd.DataFrame(
    {"factor": ["a", "a", "b", "b"], "setting": ["1 h", "2 h", "open", "shut"], "mean": [1.0, 5.0, 2.0, 4.0],
     "low": [0.5, 4.0, 1.5, 3.5], "high": [1.5, 6.0, 2.5, 4.5]}
)  # fmt: skip
MOVED = pd.DataFrame(
    {"factor": ["a", "b"], "least": ["1 h", "open"], "most": ["2 h", "shut"], "difference": [4.0, 2.0],
     "low": [3.0, 1.0], "high": [5.0, 3.0], "p_holm": [0.01, 0.02], "p_first": [math.nan, 0.03]}
)  # fmt: skip
FROM_A_TO_B = "from 1 d (0.500 to 1.50) at 1 h to 5 d (4 to 6) at 2 h, by 4 d (+3 to +5)."


def test_a_curve_is_said_to_move_the_outcome_most_only_where_that_is_told():
    assert response.words(CURVES, MOVED, DAYS, A_B) == f"Transit time: A moves it most, {FROM_A_TO_B}"
    assert response.words(CURVES, MOVED.assign(p_first=[math.nan, 0.2]), DAYS, A_B) == (
        f"Transit time: A moves it, {FROM_A_TO_B} Whether it moves it more than B cannot be told."
    )
    assert response.words(CURVES, MOVED.assign(p_holm=[0.01, 0.3]), DAYS, A_B) == (
        f"Transit time: A moves it most, {FROM_A_TO_B} Not distinguishable from chance: B."
    )


def test_a_curve_that_may_be_chance_is_said_to_be():
    assert response.words(CURVES, MOVED.assign(p_holm=[0.3, 0.3]), DAYS, A_B) == (
        "Transit time: these replications do not show that any factor is of influence. The means farthest apart, those "
        "over A, are 1 d (0.500 to 1.50) at 1 h and 5 d (4 to 6) at 2 h: a paired difference of 4 d (+3 to +5), "
        "no more than chance may give among all the pairs compared."
    )
    assert response.words(CURVES, MOVED.head(1).assign(p_holm=math.nan), DAYS, A_B) == (
        "Transit time: 1 d (0.500 to 1.50) at 1 h, 5 d (4 to 6) at 2 h (A). One replication cannot tell this from "
        "chance."
    )
    assert response.words(CURVES, MOVED.assign(difference=0.0), DAYS, A_B) == (
        "Transit time: the mean is the same at all values tried."
    )


def test_of_one_replication_nothing_is_said_about_chance():
    found = tornado.draw(made({"kind": "one-at-a-time"}, [{"cranes": 4.0}, {"dwell": 2.0}], replications=1), TIME)
    assert isinstance(found, Drawing)
    assert found.caption.endswith("One replication cannot tell this from chance.")


def test_screening_draws_factors_by_their_rank():
    left, right = one("morris", "screening").figure.get_axes()
    table = swept("morris")["screening"].query("outcome == 'time'").sort_values("mu_star", ascending=False)
    assert [patch.get_width() for patch in left.patches] == pytest.approx(table["mu_star"].tolist())
    marks = [(line.get_xdata()[0], line.get_ydata()[0]) for line in right.get_lines() if line.get_marker() == "o"]
    assert [place for place, _ in marks] == pytest.approx(table["mu_star"].tolist())
    assert [height for _, height in marks] == pytest.approx(table["sigma"].tolist())
    assert one("morris", "screening").caption.endswith("Not distinguishable from chance: Headway.")


def test_screening_says_when_nothing_matters():
    rows = swept("morris")["screening"].query("outcome == 'distance'")
    labels = dict.fromkeys(rows["factor"], "X")
    assert screening.words(rows, TIME, labels).endswith("no factor changes it anywhere in its range.")
    noisy = swept("morris")["screening"].query("outcome == 'time'").assign(noise=99.0)
    assert screening.words(noisy, TIME, labels).endswith("no factor's effect can be told from chance.")


def test_too_few_trajectories_are_told():
    tables = {**swept("morris"), "screening": swept("morris")["screening"].assign(mu_star=float("nan"))}
    left = screening.draw(tables, TIME)
    assert isinstance(left, LeftOut)
    assert left.reason == "fewer than two trajectories were measured whole"


def test_indices_are_drawn_in_per_cent_by_total():
    axes = one("sobol-indices", "indices").figure.get_axes()[0]
    table = swept("sobol-indices")["indices"].query("outcome == 'time'")
    total = table[table["order"] == "total"].sort_values("value", ascending=False)
    first = table[table["order"] == "first"].set_index("factor")["value"]
    expected = [*(100 * first[factor] for factor in total["factor"]), *(100 * total["value"])]
    assert [patch.get_width() for patch in axes.patches] == pytest.approx(expected)


def test_indices_say_what_is_certain():
    caption = one("sobol-indices", "indices").caption
    assert "accounts for the largest share of the variance" in caption
    assert caption.endswith("Not distinguishable from chance: Headway.")
    assert indices.percent({"value": -0.004, "low": -0.051, "high": 0.049}) == "0% (−5 to 5)"


def test_curves_go_through_the_means():
    axes = one("grid", "response").figure.get_axes()[0]
    own = swept("grid")["curves"].query("outcome == 'time' and factor == 'cranes'")
    line = axes.get_lines()[0]
    assert list(line.get_xdata()) == [2, 4, 6]
    assert list(line.get_ydata()) == pytest.approx(own["mean"].tolist())
    assert "averaged over all values of the others" in one("grid", "response").how
    assert "the others as in the base" in one("one-at-a-time", "response").how


def test_a_heat_map_has_a_row_for_each_value_of_the_first_factor():
    axes = one("grid", "heat").figure.get_axes()[0]
    shown = axes.get_images()[0].get_array()
    assert shown.shape == (3, 4)
    mean = swept("grid")["response"].query("outcome == 'time' and point > 0")["mean"].to_numpy()
    assert shown.data.ravel().tolist() == pytest.approx(mean.tolist())
    assert one("grid", "heat").caption.startswith(
        "Transit time Chongqing – Duisburg, 95th percentile: the lowest mean is 13.7 d (12.9 to 14.4), with Cranes at "
        "Khorgos – Altynkol 6 cranes and Time at Dostyk's customs 2 h; the highest "
    )


def test_a_heat_map_tells_at_how_many_other_points_it_is_the_same():
    rows = pd.DataFrame(
        {"mean": [0.0, 0.0, 2.0, 0.0], "low": [0.0, 0.0, 1.0, 0.0], "high": [0.0, 0.0, 3.0, 0.0]}
    ).assign(**{heat.PLACES[0]: ["1", "1", "2", "2"], heat.PLACES[1]: ["x", "y", "x", "y"]})
    factors: tuple[dict[Hashable, Any], dict[Hashable, Any]] = ({"label": "A"}, {"label": "B"})
    assert heat.words(rows, TIME, factors).endswith(
        "the lowest mean is 0 d, with A 1 and B x (and at 2 others); the highest mean is 2 d (1 to 3), with A 2 and B "
        "x."
    )


def test_partial_dependence_has_points_behind_its_curve():
    panels = one("latin-hypercube", "partial_dependence").figure.get_axes()
    assert [axes.get_title(loc="left").replace("\n", " ") for axes in panels] == [
        "Cranes at Khorgos – Altynkol", "Time at Dostyk's customs", "Regime of the border", "Headway",
    ]  # fmt: skip
    dots, curve = panels[0].get_lines()
    assert len(dots.get_xdata()) == 40
    own = swept("latin-hypercube")["partial_dependence"].query("outcome == 'time' and factor == 'cranes'")
    assert list(curve.get_ydata()) == pytest.approx(own["mean"].tolist())
    assert [text.get_text() for text in panels[2].get_xticklabels()] == ["open", "shut"]


TOLD: dict[Hashable, Any] = {"shown": True, "explained": 0.999, "error": 0.25, "noise": 0.001, "reason": ""}
LINES = pd.DataFrame(
    {"factor": ["a", "a", "b", "b"], "mean": [1.0, 2.0, 1.5, 1.6], "low": [0.9, 1.9, 1.3, 1.5],
     "high": [1.1, 2.1, 1.7, 1.7], "setting": ["x", "y", "open", "shut"]}
)  # fmt: skip
ERRS = (
    "At points left out the surrogate errs by 0.250 d (root mean square) and predicts more than 99% of the variance; "
    "0.1% come from replications, which nothing predicts."
)


def test_a_surrogate_tells_what_moves_most_and_how_far_it_errs():
    assert partial_dependence.words(LINES, DAYS, A_B, TOLD) == (
        f"Transit time: averaged over the others, A moves it most, from 1 d (0.900 to 1.10) at x to 2 d (1.90 to 2.10) "
        f"at y. {ERRS}"
    )
    wide = LINES.assign(high=[1.1, 2.1, 2.4, 1.7])
    assert "A moves it, from 1 d" in partial_dependence.words(wide, DAYS, A_B, TOLD)
    assert "more than B cannot be told: the bands overlap." in partial_dependence.words(wide, DAYS, A_B, TOLD)
    assert partial_dependence.words(LINES.assign(low=0.0, high=3.0), DAYS, A_B, TOLD) == (
        "Transit time: averaged over the others, no factor is shown to move it. The widest curve, over A, goes from "
        f"1 d (0 to 3) at x to 2 d (0 to 3) at y. {ERRS}"
    )


def test_a_poor_surrogate_is_told_and_not_drawn():
    poor = TOLD | {"shown": False, "explained": 0.31, "noise": 0.5, "reason": "it is poor"}
    assert partial_dependence.words(pd.DataFrame(), DAYS, {}, poor) == (
        "Transit time: no curve is drawn, since a surrogate cannot be believed here: it is poor. At points left out it "
        "errs by 0.250 d (root mean square) and predicts 31% of the variance; 50.0% come from replications, which "
        "nothing predicts."
    )
    none = poor | {"explained": math.nan, "reason": "it is the same at all points"}
    assert partial_dependence.words(pd.DataFrame(), DAYS, {}, none) == (
        "Transit time: no curve is drawn, since it is the same at all points."
    )
    tables = {**swept("latin-hypercube"), "partial_dependence": swept("latin-hypercube")["partial_dependence"].head(0)}
    tables["surrogates"] = tables["surrogates"].assign(shown=False, reason="it is poor")
    drawing = partial_dependence.draw(tables, TIME)
    assert isinstance(drawing, Drawing)
    assert all(np.size(axes.get_lines()[1].get_xdata()) == 0 for axes in drawing.figure.get_axes()[:2])


def test_words_about_numbers():
    assert [signed(value) for value in (1.5, -1.5, 0.0)] == ["+1.50", "−1.50", "0"]
    assert [amount(value, "h") for value in (-1e-9, 0.0, 2.0)] == ["0 h", "0 h", "2 h"]
    assert spread(1.0, float("nan")) == ""
    assert listed(["A"]) == "A"
    assert listed(["A, median", "B"]) == "A, median; B"
    assert listed(["A", "B", "C"]) == "A, B and C"
    assert listed(list("ABCDEF")) == "A, B, C, D and 2 more"


def test_numbers_below_an_axis_do_not_touch():
    assert far_apart([6.0, 10.5, 11.5], logs=False) == [6.0, 11.5]
    assert far_apart([2.0, 3.0, 4.0, 6.0], logs=False) == [2.0, 3.0, 4.0, 6.0]
    assert far_apart([1.0, 10.0, 100.0], logs=True) == [1.0, 10.0, 100.0]
    assert far_apart([1.0, 10.0, 100.0], logs=False) == [1.0, 100.0]
    assert far_apart([5.0], logs=False) == [5.0]
