"""The numbers that the figures hand to their axes."""

import hashlib
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection

from sim import figures
from sim.figures import FIGURES, Drawing, LeftOut, stringline
from sim.figures.drawing import flow_colours
from tests.report_sample import sample_log, sample_tables

NAMES = [
    "map", "time_cost_distance", "transit_distribution", "why_late", "stringline", "queue_stock", "utilisation_heat",
    "trade_flows", "cost_emissions",
]  # fmt: skip


@pytest.fixture(scope="module")
def drawn():
    return {drawing.name: drawing for drawing in figures.draw(sample_log(), sample_tables()).drawn}


def axes_of(drawing):
    return drawing.figure.get_axes()


def bars(axes, label):
    handles, labels = axes.get_legend_handles_labels()
    return [patch.get_width() for patch in handles[labels.index(label)]]


def test_all_figures_are_drawn_in_their_order(drawn):
    assert list(drawn) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_has_its_words_and_its_units(drawn, name):
    drawing = drawn[name]
    assert all(len(text) > 10 for text in (drawing.title, drawing.caption, drawing.how, drawing.alt))
    assert drawing.caption.endswith(".")
    labels = [axis.get_label_text() for axes in axes_of(drawing) for axis in (axes.xaxis, axes.yaxis)]
    labels.append(drawing.figure.get_supylabel())
    assert name == "map" or any("(" in text or "Days" in text for text in labels)


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_is_as_wide_as_the_text_and_fits_a_page(drawn, name):
    width, height = drawn[name].figure.get_size_inches() * 2.54
    assert width == pytest.approx(16)
    assert height < 21


@pytest.mark.parametrize("figure", FIGURES, ids=lambda module: module.__name__.split(".")[-1])
def test_the_same_tables_give_the_same_bytes(figure):
    made = [figure.draw(sample_log(), sample_tables()) for _ in range(2)]
    assert len({hashlib.sha256(one.svg()).hexdigest() for one in made}) == 1
    assert len({hashlib.sha256(one.png()).hexdigest() for one in made}) == 1


@pytest.mark.parametrize("figure", FIGURES[1:], ids=lambda module: module.__name__.split(".")[-1])
def test_a_figure_without_data_is_left_out_with_the_reason(figure):
    left = figure.draw(sample_log(), {name: frame.iloc[:0] for name, frame in sample_tables().items()})
    assert isinstance(left, LeftOut)
    assert left.reason


def test_a_map_of_one_node_is_left_out():
    log = sample_log()
    legend = replace(log.legend, nodes=log.legend.nodes.head(1))
    assert [one.name for one in figures.draw(replace(log, legend=legend), {}).left_out] == NAMES


def test_svg_keeps_its_text_as_text(drawn):
    svg = drawn["map"].svg().decode()
    assert "重庆团结村" in svg
    assert "Ақтоғай" in svg
    assert "No political boundaries are shown" in svg


def test_time_against_distance_ends_with_the_mean_transit_time(drawn):
    upper, lower = axes_of(drawn["time_cost_distance"])
    times = sample_tables()["transit"].groupby("flow")["mean_d"].mean()
    line = next(line for line in upper.get_lines() if line.get_label().startswith("Chongqing to Duisburg"))
    assert line.get_ydata()[-1] == pytest.approx(times["cq-duisburg"], rel=0.02)
    assert line.get_ydata()[0] == 0
    assert np.all(np.diff(np.asarray(line.get_xdata(), dtype=float)) >= 0)
    assert lower.get_ylim()[0] == 0


def test_shares_of_transit_times_add_up(drawn):
    histogram, cumulative = axes_of(drawn["transit_distribution"])[0], axes_of(drawn["transit_distribution"])[3]
    assert sum(patch.get_height() for patch in histogram.patches) == pytest.approx(100)
    marks = [line.get_xdata()[0] for line in cumulative.get_lines()[1:]]
    hours = sample_tables()["transit_times"].query("flow == 'cq-duisburg'")["hours"] / 24
    assert marks == pytest.approx([hours.quantile(0.5), hours.quantile(0.95)])
    assert cumulative.get_lines()[0].get_ydata()[-1] == 100


def test_causes_add_up_to_the_transit_time(drawn):
    flows = axes_of(drawn["why_late"])[0]
    _, labels = flows.get_legend_handles_labels()
    total = np.sum([bars(flows, label) for label in labels], axis=0)
    means = sample_tables()["transit"].groupby("flow")["mean_d"].mean()
    assert total == pytest.approx(means[["cq-duisburg", "duisburg-cq", "urumqi-almaty"]].to_numpy())


def test_the_worst_place_stands_first(drawn):
    places = axes_of(drawn["why_late"])[1]
    assert places.get_yticklabels()[0].get_text() == "Dostyk transhipment"
    assert "Dostyk transhipment" in drawn["why_late"].caption


def test_strings_cover_four_weeks_of_the_first_replication(drawn):
    axes = axes_of(drawn["stringline"])[0]
    low, high = axes.get_xlim()
    assert high - low == pytest.approx(28)
    count = sum(len(one.get_segments()) for one in axes.collections if isinstance(one, LineCollection))
    assert f"{count} consists" in drawn["stringline"].caption
    assert axes.get_yticklabels()[0].get_text() in ("Chongqing Tuanjiecun", "Duisburg")


def test_queues_are_means_of_days_over_replications(drawn):
    axes = axes_of(drawn["queue_stock"])[0]
    assert axes.get_title(loc="left") == "Dostyk transhipment"
    stock = sample_tables()["stock"].query("name == 'dostyk-transhipment'")
    expected = stock.groupby(stock["time_s"] // 86_400)["waiting"].mean()
    waiting = axes.get_lines()[1].get_ydata()
    assert waiting == pytest.approx(expected.to_numpy(dtype=float))


def test_heat_is_utilisation_in_per_cent(drawn):
    image = axes_of(drawn["utilisation_heat"])[0].get_images()[0]
    used = sample_tables()["utilisation"].groupby(["place", "month"])["utilisation"].mean()
    assert float(np.nanmax(image.get_array())) == pytest.approx(100 * float(used.max()))
    assert image.get_clim() == (0, 100)


def test_bars_of_trade_add_up_to_what_was_released(drawn):
    axes = axes_of(drawn["trade_flows"])
    trade = sample_tables()["trade"]
    released = sum(patch.get_height() for one in axes[:2] for patch in one.patches)
    assert released == pytest.approx(trade["teu"].sum() / trade["replication"].nunique())


def test_bars_of_cost_add_up_to_the_total(drawn):
    cost = axes_of(drawn["cost_emissions"])[0]
    total = np.sum([bars(cost, label) for label in cost.get_legend_handles_labels()[1]], axis=0)
    means = sample_tables()["cost"].groupby("flow")["total_usd_teu"].mean()
    assert total == pytest.approx(means.to_numpy())


def test_a_flow_has_one_colour_in_all_figures(drawn):
    line = axes_of(drawn["time_cost_distance"])[0].get_lines()[1]
    bar = axes_of(drawn["trade_flows"])[0].get_legend_handles_labels()
    colour = bar[0][bar[1].index(line.get_label())].patches[0].get_facecolor()
    assert pd.Series(colour[:3]).round(3).tolist() == [
        round(int(line.get_color()[at : at + 2], 16) / 255, 3) for at in (1, 3, 5)
    ]


def test_the_largest_flows_have_colours_of_their_own():
    log = sample_log()
    many = pd.concat([log.legend.flows.assign(flow=log.legend.flows["flow"] + f"-{turn}") for turn in range(4)])
    many = many.assign(teu_per_year=range(len(many), 0, -1)).sort_values("flow")
    colours = flow_colours(replace(log, legend=replace(log.legend, flows=many)))
    largest = many.sort_values("teu_per_year", ascending=False)["flow"].head(8)
    assert len({colours[flow] for flow in largest}) == 8
    assert len(colours) == 12


def test_drawings_are_found_by_name():
    found = figures.draw(sample_log(), {})
    assert isinstance(found.named("map"), Drawing)
    assert found.named("why_late") is None


def test_crowded_strings_are_thinned_within_each_group(monkeypatch):
    points = pd.DataFrame({"group": ["a"] * 6 + ["b"] * 2, "entity": [0, 0, 1, 2, 3, 4, 5, 6], "time_s": range(8)})
    monkeypatch.setattr(stringline, "MOST_STRINGS", 4)
    shown, most = stringline.thinned(points)
    assert most == 2
    assert shown["entity"].tolist() == [0, 0, 3, 5, 6]


def test_more_than_eight_services_are_coloured_by_direction(monkeypatch):
    points = stringline.one_replication(sample_log(), sample_tables())
    monkeypatch.setattr(stringline, "MOST_GROUPS", 3)
    looks = stringline.group_looks(sample_log(), points)
    assert looks["cn-west"] == looks["eu-west"] != looks["cn-east"]
    assert {label for label, _ in looks.values()} == {"towards Duisburg", "towards Chongqing Tuanjiecun"}
