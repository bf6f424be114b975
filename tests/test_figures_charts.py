"""The numbers that the figures hand to their axes."""

import hashlib
from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection
from matplotlib.text import Text

from sim import figures
from sim.figures import (
    FIGURES,
    Drawing,
    LeftOut,
    stringline,
    style,
    time_cost_distance,
    trade_flows,
    transit_distribution,
    utilisation_heat,
)
from sim.figures import map as corridor_map
from sim.figures.drawing import flow_colours, largest_flows
from sim.metrics import measure
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


def test_queues_are_means_of_days_over_replications(drawn):
    axes = axes_of(drawn["queue_stock"])[0]
    assert axes.get_title(loc="left") == "Dostyk transhipment"
    stock = sample_tables()["stock"].query("name == 'dostyk-transhipment'")
    # The last sample stands alone on a day that the run does not reach.
    expected = stock.groupby(stock["time_s"] // 86_400)["waiting"].mean().iloc[:-1]
    waiting = axes.get_lines()[1].get_ydata()
    assert waiting == pytest.approx(expected.to_numpy(dtype=float))


def test_heat_is_utilisation_in_per_cent(drawn):
    image = axes_of(drawn["utilisation_heat"])[0].get_images()[0]
    used = sample_tables()["utilisation"].groupby(["place", "month"])["utilisation"].mean()
    assert float(np.nanmax(image.get_array())) == pytest.approx(100 * float(used.max()))
    assert image.get_clim() == (0, 100)


def test_bars_of_cost_add_up_to_the_total(drawn):
    cost = axes_of(drawn["cost_emissions"])[0]
    total = np.sum([bars(cost, label) for label in cost.get_legend_handles_labels()[1]], axis=0)
    means = sample_tables()["cost"].groupby("flow")["total_usd_teu"].mean()
    assert total == pytest.approx(means.to_numpy())


def test_the_largest_flows_have_colours_of_their_own():
    log = sample_log()
    many = pd.concat([log.legend.flows.assign(flow=log.legend.flows["flow"] + f"-{turn}") for turn in range(4)])
    many = many.assign(teu_per_year=range(len(many), 0, -1)).sort_values("flow")
    colours = flow_colours(replace(log, legend=replace(log.legend, flows=many)))
    largest = largest_flows(replace(log, legend=replace(log.legend, flows=many)), set(many["flow"]), 8)
    assert len({colours[flow] for flow in largest}) == 8
    assert len(colours) == 12


def test_drawings_are_found_by_name():
    found = figures.draw(sample_log(), {})
    assert isinstance(found.named("map"), Drawing)
    assert found.named("why_late") is None


def test_time_against_distance_ends_with_the_mean_transit_time(drawn):
    panels = axes_of(drawn["time_cost_distance"])
    assert [axes.get_title(loc="left") for axes in panels[::2]] == [
        *sample_log().legend.flows["label"].head(3),
    ]  # fmt: skip
    times = sample_tables()["transit"].groupby("flow")["mean_d"].mean()
    line = panels[0].get_lines()[0]
    assert line.get_ydata()[-1] == pytest.approx(times["cq-duisburg"], rel=0.02)
    assert line.get_ydata()[0] == 0
    assert np.all(np.diff(np.asarray(line.get_xdata(), dtype=float)) >= 0)
    assert len({axes.get_xlim() for axes in panels}) == 1
    assert len({axes.get_ylim() for axes in panels[::2]}) == len({axes.get_ylim() for axes in panels[1::2]}) == 1


def profile_of(rows):
    return pd.DataFrame(rows, columns=["node", "km", "days_mean"])


def test_both_stations_of_a_border_are_one_step():
    """Stands of 1 day at b and 2 days at c, 10 km on: one step from day 3 to day 6.1, the 0.1 day between included."""
    points = profile_of([("a", 0, 0), ("b", 500, 3), ("b", 500, 4), ("c", 510, 4.1), ("c", 510, 6.1), ("d", 900, 8)])
    (step,) = time_cost_distance.stops(points, "days_mean", near_km=20)
    assert (step.nodes, step.km, step.base) == (("b", "c"), 500, 3)
    assert step.height == pytest.approx(3.1)
    assert [step.nodes for step in time_cost_distance.stops(points, "days_mean", near_km=5)] == [("c",), ("b",)]


def test_a_rest_on_the_way_of_a_leg_is_no_step():
    points = profile_of([("a", 0, 0), ("", 300, 1), ("", 300, 2), ("b", 600, 3), ("b", 600, 3.5)])
    assert [step.nodes for step in time_cost_distance.stops(points, "days_mean", 1)] == [("b",)]


def width(lines: LineCollection) -> float:
    return float(np.atleast_1d(lines.get_linewidth())[0])


def test_strings_cover_two_weeks_of_the_first_replication(drawn):
    axes = axes_of(drawn["stringline"])[0]
    low, high = axes.get_xlim()
    assert high - low == pytest.approx(14)
    lines = [
        one for one in axes.collections if isinstance(one, LineCollection) and np.atleast_1d(one.get_linewidth())[0] < 1
    ]
    assert f"{sum(len(one.get_segments()) for one in lines)} consists" in drawn["stringline"].caption
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert {"Chongqing Tuanjiecun", "Alashankou / Dostyk", "Duisburg"} <= set(names)


def test_stands_are_drawn_thick(drawn):
    axes = axes_of(drawn["stringline"])[0]
    thick = [
        one
        for one in axes.collections
        if isinstance(one, LineCollection) and np.atleast_1d(one.get_linewidth())[0] == 2
    ]
    stands = np.concatenate([one.get_segments() for one in thick])
    assert len(stands) > 0
    assert np.all(stands[:, 0, 1] == stands[:, 1, 1])
    assert np.all(np.diff(stands[:, :, 0]) * 24 > 3)


def test_crowded_strings_are_thinned(monkeypatch):
    points = pd.DataFrame({"group": ["a"] * 6 + ["b"] * 3, "entity": [0, 0, 1, 2, 3, 4, 5, 6, 7], "time_s": range(9)})
    monkeypatch.setattr(stringline, "MOST_STRINGS", {True: 2, False: 9})
    assert stringline.thinned(points, {"a"})["entity"].tolist() == [0, 0, 3, 5, 6, 7]


def test_strings_are_coloured_by_direction():
    points = stringline.one_replication(sample_log(), sample_tables())
    found = stringline.looks(sample_log(), points, {"cn-west", "cn-east"})
    way = points.drop_duplicates("entity").set_index("entity")["group"]
    by_group = {group: {found[int(entity)] for entity in way.index[way == group]} for group in set(way)}
    assert len(by_group["cn-west"]) == len(by_group["cn-east"]) == 1
    assert by_group["cn-west"] != by_group["cn-east"]
    assert by_group["ru-west"] == {(stringline.OTHERS, stringline.OTHERS_COLOUR)}


def test_trade_shows_whole_months_and_marks_the_warm_up(drawn):
    """The sample runs from 1 January 2024 for 150 days, warm-up 30: May is cut, January is warm-up."""
    axes = axes_of(drawn["trade_flows"])
    trade = sample_tables()["trade"].query("month < '2024-05'")
    released = sum(patch.get_height() for one in axes[:2] for patch in one.patches if patch.get_width() < 0.8)
    assert released == pytest.approx(trade["teu"].sum() / trade["replication"].nunique())
    delivered = axes[0].get_lines()[0]
    assert list(delivered.get_xdata()) == [1, 2, 3]
    assert "The month of which the run covers only a part is left out." in drawn["trade_flows"].how


def test_trade_of_a_run_without_a_whole_month_is_left_out():
    log = sample_log()
    short = replace(log, legend=replace(log.legend, origin={**log.legend.origin, "horizon_s": 20 * 86_400}))
    left = trade_flows.draw(short, sample_tables())
    assert isinstance(left, LeftOut)
    assert left.reason == "the run covers no whole calendar month"


def test_trade_of_many_flows_is_stacked_by_direction(monkeypatch):
    monkeypatch.setattr(trade_flows, "MOST_FLOWS", 2)
    rows = trade_flows.monthly(sample_log(), sample_tables())
    assert set(rows["flow"]) == set(sample_log().legend.flows["direction"])


def test_a_flow_has_one_colour_in_all_figures(drawn):
    line = axes_of(drawn["time_cost_distance"])[0].get_lines()[0]
    bar = axes_of(drawn["trade_flows"])[0].get_legend_handles_labels()
    colour = (
        bar[0][bar[1].index(axes_of(drawn["time_cost_distance"])[0].get_title(loc="left"))].patches[0].get_facecolor()
    )
    assert colour[:3] == pytest.approx(mpl.colors.to_rgb(line.get_color()))


def test_each_corridor_is_among_the_largest_flows():
    flows = sample_log().legend.flows
    assert flows["corridor"].nunique() == 2
    smallest = flows.sort_values("teu_per_year")["flow"].iloc[0]
    assert smallest in largest_flows(sample_log(), set(flows["flow"]), 2)


def test_all_shipments_alike_have_no_distribution():
    times = sample_tables()["transit_times"].assign(hours=31.0)
    left = transit_distribution.draw(sample_log(), {"transit_times": times})
    assert isinstance(left, LeftOut)
    assert left.reason == "all shipments of a flow took the same time"


def test_more_than_all_is_framed_and_explained():
    used = sample_tables()["utilisation"].copy()
    used.loc[used["utilisation"].idxmax(), "utilisation"] = 9.0
    found = utilisation_heat.draw(sample_log(), {"utilisation": used})
    assert isinstance(found, Drawing)
    axes = found.figure.get_axes()[0]
    assert len(axes.patches) == 1
    assert axes.get_images()[0].get_clim() == (0, 100)
    assert "Framed cells are above 100%" in found.how


def test_modes_on_the_same_way_are_drawn_side_by_side():
    straight = np.column_stack([np.linspace(0, 100, 11), np.zeros(11)])
    drawn = [corridor_map.Line("rail", straight, 1.0), corridor_map.Line("road", straight[::-1], 1.0)]
    rail, road = corridor_map.side_by_side(drawn, km_per_pt=1.0)
    assert rail.points[:, 1] == pytest.approx(np.full(11, -corridor_map.APART_PT / 2))
    assert road.points[:, 1] == pytest.approx(np.full(11, corridor_map.APART_PT / 2))
    far = corridor_map.Line("sea", straight + 50, 1.0)
    assert corridor_map.side_by_side([far], 1.0) == [far]


def texts_of(figure):
    """Every text that is drawn, with its box in pixels."""
    with style.house_style():
        figure.draw_without_rendering()
        axes = [axis for one in figure.get_axes() for axis in (one.xaxis, one.yaxis)]
        ticks = [(tick, sorted(axis.get_view_interval())) for axis in axes for tick in axis.get_major_ticks()]
        hidden = {id(tick.label1) for tick, (low, high) in ticks if not low <= tick.get_loc() <= high}
        found = [one for one in figure.findobj(Text) if one.get_text().strip() and id(one) not in hidden]
        found = [one for one in found if one.get_visible()]
        return [(one.get_text(), one.get_window_extent()) for one in found]


@pytest.fixture(scope="module")
def long_winded():
    """The sample with labels that no chart can show on one line."""
    log, tail = sample_log(), " with an addition that goes on and on until nobody remembers how the name began"
    legend = replace(
        log.legend,
        flows=log.legend.flows.assign(label=log.legend.flows["label"] + tail),
        places=log.legend.places.assign(label=log.legend.places["label"] + tail),
        nodes=log.legend.nodes.assign(name=log.legend.nodes["name"] + " station of many sidings, east yard"),
    )
    log = replace(log, legend=legend)
    return {drawing.name: drawing for drawing in figures.draw(log, measure(log)).drawn}


@pytest.mark.parametrize("name", NAMES)
def test_no_text_is_cut(drawn, long_winded, name):
    for drawing in (drawn[name], long_winded[name]):
        width, height = drawing.figure.get_size_inches() * drawing.figure.dpi
        for text, box in texts_of(drawing.figure):
            inside = box.x0 > -4 and box.y0 > -4 and box.x1 < width + 4 and box.y1 < height + 4
            assert inside, (text, box, width, height)
