import matplotlib as mpl
import pytest
from matplotlib import font_manager

from sim.figures import style


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.06234, "0.062"),
        (2.2817, "2.28"),
        (19.5487, "19.5"),
        (453.2, "453"),
        (1258.4, "1,258"),
        (29064.4, "29,060"),
        (230221, "230,200"),
        (18.0, "18"),
        (-3.14159, "−3.14"),
        (float("nan"), "not known"),
    ],
)
def test_numbers_for_reading(value, text):
    assert style.number(value) == text


def test_pairs_of_places_have_a_dash_between():
    assert style.dashes("Chongqing - Duisburg, by-pass") == "Chongqing – Duisburg, by-pass"


def test_wrapped_text_keeps_every_character():
    text = "Chongqing Tuanjiecun to Małaszewicze, electronics"
    assert style.wrap(text, 20).split("\n") == ["Chongqing Tuanjiecun", "to Małaszewicze,", "electronics"]
    assert style.wrap("abcdefghij", 4) == "abcd\nefgh\nij"
    assert style.wrap("", 4) == ""


def test_colours_follow_the_order_and_begin_again():
    names = [f"flow-{number}" for number in range(9)]
    found = style.colours(names)
    assert found["flow-0"] == found["flow-8"] == style.PALETTE[0]
    assert len({found[name] for name in names[:8]}) == 8


def test_text_on_a_colour_can_be_read():
    assert style.darkness("#08306b") == "white"
    assert style.darkness("#f7fbff") == style.INK


def test_the_house_style_ends_with_its_block():
    before = mpl.rcParams["svg.fonttype"], mpl.rcParams["font.family"]
    with style.house_style():
        assert mpl.rcParams["svg.fonttype"] == "none"
    assert (mpl.rcParams["svg.fonttype"], mpl.rcParams["font.family"]) == before


@pytest.mark.parametrize("family", style.FONTS)
@pytest.mark.parametrize("weight", ["normal", "bold"])
def test_fonts_are_those_of_the_house_whatever_the_machine_has(family, weight):
    with style.house_style():
        found = font_manager.findfont(
            font_manager.FontProperties(family=family, weight=weight), fallback_to_default=False
        )
    assert found.startswith(str(style.FONT_FOLDER))
    assert ("Bold" in found) is (weight == "bold")
