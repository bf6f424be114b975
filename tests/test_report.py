import io
import re
from dataclasses import replace
from html import escape
from typing import Any

import pandas as pd
import pikepdf
import pypdf
import pytest

from sim import figures, report
from sim.errors import ResultError
from sim.report import glyphs
from sim.report.countries import crossing
from sim.report.document import Column, Document, Paragraph, Section, Table, strings
from sim.report.formats import between, breakable, over_replications, tidy
from sim.report.pdf import pdf_bytes
from tests.report_sample import sample_log, sample_tables


@pytest.fixture(scope="module")
def drawings():
    return figures.draw(sample_log(), sample_tables())


@pytest.fixture(scope="module")
def folder(drawings, tmp_path_factory):
    place = tmp_path_factory.mktemp("run")
    report.write(place, sample_log(), sample_tables(), drawings)
    return place


@pytest.fixture(scope="module")
def pdf(folder):
    return pypdf.PdfReader(io.BytesIO((folder / "report.pdf").read_bytes()))


def plain(text):
    return re.sub(r"\s+", " ", text.replace("\u200b", ""))


def test_all_files_are_written(folder, drawings):
    names = {drawing.name for drawing in drawings.drawn}
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    pictures = {f"figures/{name}.{kind}" for name in names for kind in ("png", "svg")}
    assert found == {"report.pdf", "report.html"} | pictures


def test_the_pdf_is_tagged_and_knows_title_and_language(folder):
    with pikepdf.open(folder / "report.pdf") as found:
        assert bool(found.Root.MarkInfo.Marked)
        assert str(found.Root.Lang).startswith("en")
        assert bool(found.Root.ViewerPreferences.DisplayDocTitle)
        with found.open_metadata() as metadata:
            assert metadata["dc:title"] == "Chongqing – Duisburg with half the cranes at Dostyk"
            assert metadata["pdfuaid:part"] == "1"


def kinds(element, found):
    """All structure elements of a tagged PDF by kind."""
    if isinstance(element, pikepdf.Dictionary):
        if "/S" in element:
            found.setdefault(str(element.S), []).append(element)
        inside: Any = element.get("/K", [])
        for child in list(inside) if isinstance(inside, pikepdf.Array) else [inside]:
            kinds(child, found)
    return found


def test_every_figure_has_alternative_text_and_every_table_its_head(folder, drawings):
    with pikepdf.open(folder / "report.pdf") as found:
        parts = kinds(found.Root.StructTreeRoot, {})
        alternatives = {str(element.Alt) for element in parts["/Figure"] if "/Alt" in element}
        assert alternatives == {drawing.alt for drawing in drawings.drawn}
        assert len(parts["/Table"]) >= 12
        assert len(parts["/TH"]) > len(parts["/Table"])
        assert len(parts["/H1"]) >= 10


def test_all_fonts_are_embedded(folder):
    with pikepdf.open(folder / "report.pdf") as found:
        fonts = [item for item in found.objects if isinstance(item, pikepdf.Dictionary) and "/FontDescriptor" in item]
        assert {str(font.BaseFont).split("+")[1].split("-")[0] for font in fonts} == {"NotoSans", "NotoSansSC"}
        assert all({"/FontFile2", "/FontFile3"} & set(font.FontDescriptor.keys()) for font in fonts)


def test_the_pdf_holds_its_text_in_three_scripts(pdf):
    text = plain(" ".join(page.extract_text() for page in pdf.pages))
    for words in ("重庆团结村", "Дуйсбург", "Ақтоғай", "Małaszewicze", "No political boundaries are shown"):
        assert words in text


def test_the_chapters_stand_in_the_order_of_the_checklist(pdf):
    titles = [entry.title for entry in pdf.outline if not isinstance(entry, list)]
    assert [title.split(" ", 1)[-1] if title[0].isdigit() else title for title in titles if title != "Contents"] == [
        "Model", "Data", "Experiment", "Results", "Border crossings and speeds", "Why late",
        "Cost and emissions", "Validation", "Limits", "Origin", "Appendix A Numbers and their sources",
        "Appendix B Places and other traffic", "Appendix C Legs",
    ]  # fmt: skip


def test_pages_are_a4_and_numbered(pdf):
    assert 8 <= len(pdf.pages) <= 20
    for number, page in enumerate(pdf.pages, start=1):
        assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)
        assert f"{number} of {len(pdf.pages)}" in page.extract_text()


def test_the_same_run_gives_the_same_bytes(folder, drawings, tmp_path):
    for path in report.write(tmp_path, sample_log(), sample_tables(), drawings):
        assert path.read_bytes() == (folder / path.relative_to(tmp_path)).read_bytes(), path.name


def test_a_date_is_written_only_if_it_is_asked_for(monkeypatch):
    document = Document("Title", "", (), (Section("Part", (Paragraph("Text."),)),), "Title")
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert b"CreationDate" not in pdf_bytes(document, {})
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1732147200")
    assert b"D:20241121" in pdf_bytes(document, {})
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    with pytest.raises(ResultError, match="SOURCE_DATE_EPOCH is 'yesterday'"):
        pdf_bytes(document, {})


def test_the_page_needs_nothing_else(folder):
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert not re.findall(r"<(?:script|link|img|iframe)\b", page)
    assert set(re.findall(r"url\((\w+):", page)) == {"data"}
    assert set(re.findall(r'href="(https?:[^"]+)"', page)) <= set(sample_log().legend.numbers["address"])
    identities = re.findall(r'\bid="([^"]+)"', page)
    assert len(identities) == len(set(identities))
    assert set(re.findall(r'(?:xlink:href|href)="#([^"]+)"', page)) <= set(identities)


def test_the_page_says_what_the_pdf_says(folder, drawings):
    page = (folder / "report.html").read_text(encoding="utf-8")
    for _, text in strings(report.compose(sample_log(), sample_tables(), drawings)):
        for line in text.split("\n"):
            assert escape(line) in page
    assert page.count('role="img" aria-label=') == len(drawings.drawn)


def test_a_missing_glyph_is_named_with_the_text_that_holds_it():
    with pytest.raises(ResultError, match=r"no font has the character '齉' \(U\+9F49\) of the title: 'Port of 齉'"):
        glyphs.check([("the title", "Port of 齉")])


def test_nothing_is_written_when_a_glyph_is_missing(drawings, tmp_path):
    log = sample_log()
    log = replace(log, legend=replace(log.legend, origin={**log.legend.origin, "question": "How far is 齉?"}))
    with pytest.raises(ResultError, match="U\\+9F49"):
        report.write(tmp_path, log, sample_tables(), drawings)
    assert list(tmp_path.iterdir()) == []


def test_glyphs_of_figures_are_checked_too():
    found = list(glyphs.svg_strings("map", "<svg><text x='1'>A &amp; 齉</text><path d='M 0'/></svg>"))
    assert found == [("figure map", "A & 齉")]


def test_figures_left_out_are_named_among_the_limits(pdf):
    tables = {**sample_tables(), "strings": sample_tables()["strings"].iloc[:0]}
    found = report.compose(sample_log(), tables, figures.draw(sample_log(), tables))
    texts = [text for place, text in strings(found) if place == "list"]
    assert "Time-space diagram: no consist or vehicle moves along the nodes of the corridor." in texts


def test_warnings_of_offered_loads_stand_among_the_limits(drawings):
    log = sample_log()
    warning = "offered load 1.08 at {} in 2024-03: this queue cannot settle then"
    log = replace(
        log,
        legend=replace(log.legend, origin={**log.legend.origin, "warnings": [warning.format("dostyk-transhipment")]}),
    )
    assert ("list", warning.format("Dostyk transhipment")) in list(
        strings(report.compose(log, sample_tables(), drawings))
    )


def test_a_run_without_results_still_gives_a_report(tmp_path):
    empty = {name: frame.iloc[:0] for name, frame in sample_tables().items()}
    report.write(tmp_path, sample_log(), empty, figures.draw(sample_log(), empty))
    text = plain(" ".join(page.extract_text() for page in pypdf.PdfReader(tmp_path / "report.pdf").pages))
    assert "No reported flow gave a result after the warm-up." in text


def test_one_replication_has_no_intervals():
    rows = pd.DataFrame({"replication": [0], "flow": ["a"], "hours": [12.0]})
    found = over_replications(rows, ["flow"], ["hours"])
    assert found["hours"].tolist() == [12.0]
    assert found["hours_low"].isna().all()
    assert between(12.0, float("nan"), float("nan")) == "–"


def test_intervals_over_replications_are_students():
    rows = pd.DataFrame({"replication": [0, 1, 2], "flow": ["a"] * 3, "hours": [10.0, 12.0, 14.0]})
    found = over_replications(rows, ["flow"], ["hours"]).iloc[0]
    assert (found["hours_low"], found["hours_high"]) == pytest.approx((12 - 4.968, 12 + 4.968), abs=1e-3)
    assert between(12.0, 7.032, 16.968) == "7.0 to 17.0"


def test_values_lose_the_digits_that_nobody_wrote():
    assert tidy("20.300000000000001 g/tkm").replace("\u200b", "") == "20.3 g/tkm"
    assert tidy("0.125 USD") == "0.125 USD"
    assert tidy("624000000 CNY") == "624,000,000 CNY"
    assert tidy("2020 trips, 58800.5 USD") == "2020 trips, 58,800.5 USD"


def test_long_words_may_be_broken_and_keep_their_characters():
    address = "https://example.org/a-very-long/path?with=query&and=more"
    assert "\u200b" in breakable(address)
    assert breakable(address).replace("\u200b", "") == address
    assert max(len(part) for part in breakable("x" * 64).split("\u200b")) <= 24


def test_an_interval_is_cut_at_what_is_possible():
    assert between(4.67, -0.87, 8.46) == "0.00 to 8.46"
    assert between(98.2, 94.1, 102.3, most=100) == "94.1 to 100.0"
    assert between(53950.0, 51962.0, 55938.0) == "51,960 to 55,940"
    assert between(2825.0, 2824.9, 2825.1) == "–"


@pytest.mark.parametrize(
    ("direction", "country", "text"),
    [
        ("in", "KZ", "Dostyk, into Kazakhstan"),
        ("out", "CN", "Dostyk, out of China"),
        ("", "KZ", "Dostyk, Kazakhstan"),
        ("", "", "Dostyk"),
        ("in", "XK", "Dostyk, into XK"),
    ],
)
def test_a_border_crossing_has_its_direction_in_words(direction, country, text):
    assert crossing("Dostyk", direction, country) == text


def section(document, title):
    return next(one for one in document.sections if one.title == title)


def test_the_data_chapter_names_what_is_assumed_where_shipments_wait_longest(drawings):
    log = sample_log()
    extra = log.legend.numbers.head(2).assign(
        path=["places.dostyk-transhipment.capacity", "places.dostyk-transhipment.fee"],
        text=["200 TEU", "9 USD/TEU"], origin="literal", note="",
    )  # fmt: skip
    log = replace(log, legend=replace(log.legend, numbers=pd.concat([log.legend.numbers, extra], ignore_index=True)))
    rows = section(report.compose(log, sample_tables(), drawings), "Data").blocks[1].rows
    assert dict(zip([row[0] for row in rows], [row[2] for row in rows], strict=True))["Dostyk transhipment"] == (
        "capacity 200 TEU"
    )
    hours = [float(row[1].partition("\n")[0]) for row in rows]
    assert hours == sorted(hours, reverse=True)


def test_long_tables_stand_in_appendices(drawings):
    document = report.compose(sample_log(), sample_tables(), drawings)
    assert [name for name, one in document.numbered() if one.appendix] == ["Appendix A", "Appendix B", "Appendix C"]
    captions = {
        one.title: [block.caption for block in one.blocks if isinstance(block, Table)] for one in document.sections
    }
    assert [caption.split(".")[0].split(":")[0] for caption in captions["Numbers and their sources"]] == [
        "Facts used", "Sources", "Assumptions",
    ]  # fmt: skip
    assert captions["Places and other traffic"][0].startswith("Places")
    assert captions["Legs"][0].startswith("Legs")


def test_a_run_of_one_replication_says_so_and_shows_no_intervals():
    log = sample_log()
    once = {
        name: frame[frame["replication"] == 0] if "replication" in frame else frame
        for name, frame in sample_tables().items()
    }
    log = replace(log, legend=replace(log.legend, origin={**log.legend.origin, "replications": 1}))
    document = report.compose(log, once, figures.draw(log, once))
    key = document.opening[1]
    assert isinstance(key, Table)
    assert key.caption.endswith("one replication, no intervals.")
    assert not any("\n" in cell for row in key.rows for cell in row)
    speeds = section(document, "Border crossings and speeds").blocks[-1]
    assert "95% interval" not in [column.title for column in speeds.columns]


def test_columns_without_a_number_are_left_out():
    columns = (Column("Flow"), Column("Days"), Column("Cost"))
    found = Table("Numbers.", columns, (("a", "1", "–"), ("b", "–", "–"))).without_empty("–")
    assert ([column.title for column in found.columns], found.rows) == (["Flow", "Days"], (("a", "1"), ("b", "–")))


def test_labels_longer_than_a_line_are_set(tmp_path):
    log, tail = sample_log(), " with an addition that goes on until nobody remembers how the name began"
    legend = replace(
        log.legend,
        flows=log.legend.flows.assign(label=log.legend.flows["label"] + tail),
        places=log.legend.places.assign(label=log.legend.places["label"] + tail),
        nodes=log.legend.nodes.assign(name=log.legend.nodes["name"] + " station of many sidings, east yard"),
    )
    log = replace(log, legend=legend)
    report.write(tmp_path, log, sample_tables(), figures.draw(log, sample_tables()))
    text = plain(" ".join(page.extract_text() for page in pypdf.PdfReader(tmp_path / "report.pdf").pages))
    assert "nobody remembers how the name began" in text
