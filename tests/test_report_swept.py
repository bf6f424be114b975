"""The report of a sweep: what it says of points, what it leaves out, and that it can be printed."""

import hashlib

import pandas as pd
import pytest

from sim.figures import swept as figures
from sim.report import expected, write_document
from sim.report.document import Bullets, Heading, Paragraph, Picture, Table
from sim.report.points import MOST_BEST, MOST_WORST, chance, of_outcome, points_of, sentence
from sim.report.swept import document, leaves
from tests.swept_sample import KINDS, OUTCOMES, made, swept

HEAD = {
    "name": "cranes", "title": "Cranes - and customs", "question": "What moves\n the transit time?",
    "note": "A formula.", "scenario": "yuxinou", "scenario_title": "Chongqing - Duisburg",
    "settings": {"horizon": "90 days"}, "seed": 7, "design": {"kind": "morris", "trajectories": 10, "seed": 1},
    "replications": 5, "engine": "compiled", "version": "0.1.0", "commit": "abcdef", "digest": "0123456789ab",
    "warnings": ["p7 (3 of 5)"], "horizon_s": 7776000, "warm_up_s": 0, "start": "2024-01-01T00:00:00Z", "budget": None,
}  # fmt: skip
TIME, WAITING, DISTANCE = OUTCOMES.to_dict("records")


def composed(kind, **changed):
    tables = swept(kind)
    return document({**HEAD, **changed}, tables, figures.draw(tables))


def section(found, title):
    return next(one for one in found.sections if one.title == title)


def blocks(found, title, kind):
    return [block for block in section(found, title).blocks if isinstance(block, kind)]


def test_the_order_is_that_of_a_report():
    titles = ["Model", "Data", "Experiment", "Results", "Sensitivity", "Limits", "Origin"]
    assert [one.title for one in composed("morris").sections] == titles
    assert [one.title for one in composed("grid").sections] == [one for one in titles if one != "Sensitivity"]
    assert composed("morris").question == "What moves the transit time?"
    assert composed("morris").title == "Cranes – and customs"


def test_the_first_page_answers():
    texts = [block.text for block in composed("one-at-a-time").opening if isinstance(block, Paragraph)]
    assert texts[0].startswith("Transit time Chongqing – Duisburg, 95th percentile: 22.")
    assert "The best is p3 (Cranes at Khorgos – Altynkol 6 cranes), with 17." in texts[0]
    assert texts[0].endswith("points are shown to differ from the base.")
    assert texts[2] == "Distance: 11,000 km at every point."
    assert texts[3].startswith("Transit time Chongqing – Duisburg, 95th percentile: by itself ")


def test_a_table_of_points_says_why_a_number_has_no_interval():
    captions = [of_outcome(swept("grid"), each).caption for each in (TIME, DISTANCE)]
    assert captions[0].endswith("; below a number its 95% interval.")
    assert captions[1].endswith("; below a number its 95% interval, unless it is the same in all replications.")
    once = made({"kind": "grid"}, [{"cranes": 4.0}], ("cranes",), 1)
    assert of_outcome(once, TIME).caption.endswith("; one replication has no intervals.")


def test_no_point_that_differs_is_said_in_words():
    tables = swept("grid")
    alike = {**tables, "response": tables["response"].assign(p_holm=1.0)}
    assert sentence(alike, TIME).endswith("No point is shown to differ from the base: the differences may be chance.")


def unfinished_at(point, number, too_good):
    """The tables of a grid, at one point of which so many are unfinished of a hundred."""
    tables = swept("grid")
    there = tables["response"]["point"] == point
    marked = tables["response"].assign(asked=100, unfinished=number * there, too_good=there & too_good)
    return {**tables, "response": marked}


def test_each_row_says_how_many_were_unfinished():
    table = of_outcome(unfinished_at(2, 1, too_good=False), TIME)
    assert table.columns[-1].title == "Unfinished"
    assert {row[0]: row[-1] for row in table.rows} == {
        **dict.fromkeys(("base", *(f"p{n}" for n in range(1, 13))), "0 of 100"), "p2": "1 of 100",
    }  # fmt: skip
    assert "†" not in table.caption


def test_where_too_many_are_unfinished_the_row_the_sentence_and_the_figures_say_so():
    tables = unfinished_at(2, 7, too_good=True)
    table = of_outcome(tables, TIME)
    assert {row[0]: row[-1] for row in table.rows}["p2"] == "7 of 100 †"
    assert "† too good: so many were unfinished that the true number is worse." in table.caption
    said = (
        "At p2 the number is too good: up to 7.00% had not come to their end when the run did, and these are the slow "
        "ones."
    )
    assert sentence(tables, TIME).endswith(said)
    drawn = figures.draw(tables)
    captions = {each.name: each.caption for each in drawn.drawn}
    assert captions["heat-time"].endswith(said)
    assert captions["response-time"].endswith(said)
    heat = drawn.named("heat-time")
    assert heat is not None
    assert [text.get_text()[-1] for text in heat.figure.get_axes()[0].texts].count("†") == 1


def test_factors_are_told_with_their_ranges_and_origin():
    tables = {**swept("morris"), "factors": swept("morris")["factors"].assign(note="seen on site", paths="places.x.y")}
    (table,) = (block for block in document(HEAD, tables, figures.draw(tables)).sections[0].blocks
                if isinstance(block, Table))  # fmt: skip
    assert table.rows[1][:3] == ("Time at Dostyk's customs", "8 h", "2 to 20 h, by ratios")
    assert table.rows[2][:3] == ("Regime of the border", "open", "open, shut")
    assert table.rows[0][4] == "seen on site"
    bare = blocks(composed("morris"), "Model", Table)[0]
    assert [column.title for column in bare.columns] == ["Factor", "Base", "Values tried"]


def test_settings_are_told_one_by_one():
    nested = {"horizon": "90 days", "disruptions": {"west": {"leg": "a-b", "note": None}}}
    assert list(leaves(nested)) == [
        ("horizon", "90 days"), ("disruptions.west.leg", "a-b"), ("disruptions.west.note", "left out"),
    ]  # fmt: skip


def test_the_design_is_told_in_words():
    assert blocks(composed("morris"), "Model", Paragraph)[-1].text == (
        "Morris: trajectories on which each factor is changed once; a screening of which factors matter (trajectories "
        "10, seed 1). With the base, the scenario as it is: 51 points."
    )


def test_settings_of_the_experiment():
    (table,) = blocks(composed("morris"), "Experiment", Table)
    assert table.rows == (
        ("Points, with the base", "51"), ("Replications at each point", "5"), ("Seed, the same at all points", "7"),
        ("Engine", "compiled"), ("Start of the simulated time", "1 January 2024, 00:00 UTC"), ("Horizon", "90 days"),
        ("Warm-up, left out of results", "none"),
    )  # fmt: skip


def test_few_points_stand_all_in_the_table_the_base_first():
    table = of_outcome(swept("grid"), TIME)
    assert [column.title for column in table.columns] == [
        "Point", "Cranes at Khorgos – Altynkol", "Time at Dostyk's customs", "Mean (d)", "Against the base", "p",
    ]  # fmt: skip
    assert len(table.rows) == 13
    assert table.rows[0][:3] == ("base", "3 cranes", "8 h")
    assert table.rows[1][1:3] == ("6 cranes", "2 h")
    assert table.rows[-1][1:3] == ("2 cranes", "20 h")


def test_of_many_points_the_ends_are_shown():
    table = of_outcome(swept("morris"), TIME)
    assert len(table.rows) == 1 + MOST_BEST + MOST_WORST
    assert "Shown are 13 of 51 points: the base, the 8 best and the 4 worst; all stand in tables/response.csv." in (
        table.caption
    )
    assert table.rows[0][1] == "as the scenario"
    means = swept("morris")["response"].query("outcome == 'time' and point > 0").sort_values("mean")
    assert [row[0] for row in table.rows[1:]] == [*means["name"].head(8), *means["name"].tail(4)]


def test_points_that_change_much_are_told_by_name_alone():
    tables = swept("latin-hypercube")
    wide = {**tables, "points": tables["points"].assign(fifth=range(len(tables["points"])))}
    fifth = pd.DataFrame([{**tables["factors"].iloc[-1].to_dict(), "factor": "fifth", "label": "Fifth"}])
    wide["factors"] = pd.concat([tables["factors"], fifth], ignore_index=True)
    table = of_outcome(wide, TIME)
    assert [column.title for column in table.columns][:2] == ["Point", "Mean (d)"]
    assert table.caption.endswith("What each point sets stands in tables/points.csv.")
    assert of_outcome(tables, TIME).columns[1].title == "Changed against the base"


def test_higher_is_better_where_it_is_said_so():
    tables = swept("grid")
    assert of_outcome(tables, {**TIME, "better": "higher"}).rows[1][1:3] == ("2 cranes", "20 h")
    assert " The lowest is p9 (" in sentence(tables, {**TIME, "better": ""})


def test_points_that_do_as_well_are_counted():
    tables = swept("grid")
    flat = tables["response"].assign(mean=tables["response"]["mean"].clip(lower=16.9))
    assert " 2 h), level with 2 others, with 16.9 d " in sentence({**tables, "response": flat}, TIME)


def test_a_base_at_an_end_is_said_to_be_there():
    tables = made({"kind": "one-at-a-time"}, [{"cranes": 4.0}, {"cranes": 6.0}])
    said = sentence(tables, TIME)
    assert " The best is p2 (Cranes at Khorgos – Altynkol 6 cranes), with 17." in said
    assert " The worst is the base. The worst of the others is p1 (" in said
    assert " The best is the base. The best of the others is p1 (" in sentence(tables, {**TIME, "better": "higher"})


def test_changes_are_told_against_the_base():
    assert points_of(swept("one-at-a-time")).changes(1) == "Cranes at Khorgos – Altynkol 2 cranes"
    assert points_of(swept("one-at-a-time")).changes(0) == ""


def test_one_replication_does_not_tell_from_chance():
    tables = made({"kind": "one-at-a-time"}, [{"cranes": 4.0}, {"dwell": 2.0}], replications=1)
    assert sentence(tables, TIME).endswith("One replication cannot tell differences from chance.")
    found = document({**HEAD, "replications": 1}, tables, figures.draw(tables))
    assert blocks(found, "Experiment", Paragraph)[0].text.startswith("A single replication gives no intervals")


def test_what_is_the_same_everywhere_has_neither_table_nor_figure():
    found = section(composed("grid"), "Results").blocks
    last = [block for block in found if isinstance(block, Heading)][-1]
    assert last.text == "Distance"
    assert [type(block) for block in found[found.index(last) :]] == [Heading, Paragraph]
    assert blocks(composed("grid"), "Limits", Bullets)[-1].items == (
        "All figures of Distance: it is the same at all points.",
    )


def test_limits_tell_failures_warnings_and_what_is_not_said():
    tables = {
        **swept("latin-hypercube"),
        "failures": pd.DataFrame({"point": [4], "name": ["p4"], "why": ["p4: the scenario says nothing moves"]}),
    }
    head = {**HEAD, "design": {"kind": "latin-hypercube"}}
    found = document(head, tables, figures.draw(tables))
    assert [block.text for block in blocks(found, "Limits", Heading)] == [
        "Points that could not be run", "Warnings", "What the numbers do not say", "Figures left out",
    ]  # fmt: skip
    said = " ".join(item for block in blocks(found, "Limits", Bullets) for item in block.items)
    for text in ("p4: the scenario says nothing moves", "p7 (3 of 5)", "Only these vary: Cranes", "The best of many",
                 "A surrogate is a smooth surface"):  # fmt: skip
        assert text in said
    assert "hold for these ranges" not in said


def judged(points, acceptable):
    """A sentence at some points."""
    return pd.DataFrame(
        {"expectation": "fast", "sentence": "p95 < 18 d", "at": "every point", "outcome": "p95", "what": "",
         "test": "below", "reference": "", "unit": "d", "low": 16.5, "high": 17.5, "mean": 17.0,
         "with_unfinished": float("nan"),
         "replications": 5, "missing": 0, "unfinished": 0, "point": range(points),
         "name": [f"p{number}" for number in range(points)], "acceptable": acceptable,
         "verdict": ["holds" if good else "fails" for good in acceptable]}
    )  # fmt: skip


def told(expectations):
    tables = {**swept("grid"), "expectations": expectations}
    return document(HEAD, tables, figures.draw(tables))


def test_expectations_are_told_where_there_are_any():
    found = told(judged(2, [True, False]))
    assert blocks(found, "Expectations", Paragraph)[0].text.startswith("1 of 2 expectations hold.")
    assert blocks(found, "Expectations", Table)[0].rows[1] == ("p95 < 18 d", "p1", "17 d (16.5 to 17.5)", "fails")
    assert any(getattr(block, "text", "").startswith("1 of 2 expectations hold.") for block in found.opening)


def test_of_many_expectations_those_are_listed_that_do_not_hold():
    found = told(judged(60, [number != 7 for number in range(60)]))
    assert [row[1] for row in blocks(found, "Expectations", Table)[0].rows] == ["p7"]
    assert blocks(found, "Expectations", Paragraph)[1].text == "59 more stand in tables/expectations.csv."


def test_chance_is_written_as_is_usual():
    assert [chance(p) for p in (0.0004, 0.04, 1.0, float("nan"))] == ["< 0.001", "0.040", "1.000", "–"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_drawing_stands_in_the_document_once(kind):
    pictures = [block.drawing.name for block in composed(kind).blocks() if isinstance(block, Picture)]
    assert sorted(pictures) == sorted(one.name for one in figures.draw(swept(kind)).drawn)


def test_the_report_is_printed_and_the_same_again(tmp_path):
    digests = set()
    for name in ("one", "two"):
        drawings = figures.draw(swept("one-at-a-time"))
        write_document(tmp_path / name, document(HEAD, swept("one-at-a-time"), drawings), drawings)
        files = sorted(path for path in (tmp_path / name).rglob("*") if path.is_file())
        digests.add(hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest())
        assert {path.name for path in files} >= {"report.pdf", "report.html", "tornado-time.png"}
    assert len(digests) == 1


def test_a_share_stands_close_to_its_sign():
    table = expected.table(judged(1, [True]).assign(unit="%"))
    assert "%" in table.rows[0][2]
    assert " %" not in table.rows[0][2]
