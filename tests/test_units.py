"""Numbers with units: what is read, what is refused, and how it reads back."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import units
from sim.units import Quantity, parse


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("12 days", "s", 1036800),
        ("36h", "h", 36),
        ("2 weeks", "days", 14),
        ("1 year", "days", 365),
        ("90 min", "h", 1.5),
        ("5430 km", "km", 5430),
        ("994 m", "km", 0.994),
        ("1435 mm", "mm", 1435),
        ("100 nm", "km", 185.2),
        ("10 kn", "km/h", 18.52),
        ("905 km/day", "km/h", 905 / 24),
        ("41 FEU", "TEU", 82),
        ("55 %", "%", 55),
        ("5.5 trains/day", "trains/week", 38.5),
        ("2603 trains/year", "trains/day", 2603 / 365),
        ("54 moves/h", "moves/day", 1296),
        ("1.46 million TEU", "TEU", 1460000),
        ("90 billion RMB", "CNY", 9e10),
        ("3289 USD/FEU", "USD/TEU", 1644.5),
        ("0.7 USD/FEU-km", "USD/TEU-km", 0.35),
        ("0.7 USD/FEU/km", "USD/TEU-km", 0.35),
        ("52.5 CNY/TEU-h", "CNY/TEU-day", 1260),
        ("31.6 g/tkm", "kg/tkm", 0.0316),
        ("12 t/TEU", "kg/TEU", 12000),
        ("86 Mt/year", "t/year", 86e6),
    ],
)
def test_a_quantity_turns_into_another_unit_of_its_dimension(text: str, unit: str, expected: float) -> None:
    assert parse(text).to(unit) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize(
    ("text", "due", "message"),
    [
        ("80 TEU/dya", None, "unknown unit 'dya' in '80 TEU/dya' - did you mean 'day'?"),
        ("3 teu", None, "unknown unit 'teu' in '3 teu' - did you mean 'TEU'?"),
        ("2 months", "s", "unknown unit 'months' in '2 months': a month has no fixed length, write days or weeks"),
        ("5", "s", "5 lacks a unit, e.g. '12 days'"),
        (5, "km", "5 lacks a unit, e.g. '1200 km'"),
        (5.5, None, "5.5 lacks a unit, e.g. '12 days'"),
        ("12 days", "km", "'12 days' is a duration, a length is due (km, m, nm)"),
        ("5 m", "s", "'5 m' is a length, a duration is due (s, min, h, days, weeks, years)"),
        ("3 trains", "TEU", "'3 trains' is a number of trains, a number of TEU is due (TEU, FEU)"),
        ("3 CNY", "USD", "'3 CNY' is money in CNY, money in USD is due (USD)"),
        ("12:30", "s", "unknown unit ':30' in '12:30', allowed are e.g. days, h, km, TEU, trains, USD, t, %"),
        ("1,200 km", "km", "'1,200 km' groups its digits: write them without a separator, e.g. '1200 km'"),
        ("1_000 km", "km", "'1_000 km' groups its digits: write them without a separator, e.g. '1200 km'"),
        ("-3 days", "s", "'-3 days' is below 0"),
        ("nan km", "km", "'nan km' is no number with a unit, e.g. '1200 km'"),
        ("inf km", "km", "'inf km' is no number with a unit, e.g. '1200 km'"),
        ("9999999999999999 km", "km", "'9999999999999999 km' is too large: at most 1e15"),
        ("", "km", "'' is no number with a unit, e.g. '1200 km'"),
    ],
)
def test_a_refusal_names_the_text_and_the_remedy(text: str | float, due: str | None, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        parse(text, due)


def test_currencies_and_counts_never_turn_into_one_another() -> None:
    with pytest.raises(ValueError, match="money in CNY"):
        parse("100 CNY").to("USD")
    with pytest.raises(ValueError, match="number of boxes"):
        parse("100 boxes").to("TEU")


def test_short_ways_to_house_values() -> None:
    assert units.seconds("1.5 h") == 5400
    assert units.kilometres("1 nm") == 1.852
    assert units.ratio("12.3 %") == 0.123
    assert units.ratio(0.8) == 0.8
    assert units.count("3 cranes") == (3, "crane")
    assert units.count("41 FEU") == (82, "TEU")
    assert units.rate("86400 trains/day") == (1, "train")
    assert units.rate("3600 moves/h") == (1, "move")


def test_counts_and_rates_refuse_each_other() -> None:
    with pytest.raises(ValueError, match="a count is due"):
        units.count("3 trains/day")
    with pytest.raises(ValueError, match="a rate is due"):
        units.rate("3 trains")
    with pytest.raises(ValueError, match="a count is due"):
        units.count("3 km")


def test_one_of_a_unit_and_of_none() -> None:
    assert [units.one(unit).house for unit in ("h", "%", "", "FEU", "km/h")] == [3600, 0.01, 1, 2, 1 / 3600]
    assert units.one("").dimension == units.one("%").dimension == ()
    with pytest.raises(ValueError, match="unknown unit 'cranez'"):
        units.one("cranez")


def test_below_zero_only_where_allowed() -> None:
    assert parse("-22 %", "%", negative=True).house == -0.22


def test_units_of_the_house() -> None:
    assert units.house_unit(parse("1 USD/FEU-km").dimension) == "USD/TEU-km"
    assert units.house_unit(parse("5 trains/day").dimension) == "train/s"
    assert units.house_unit(parse("5 %").dimension) == ""


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1036800, "s", "12 days"),
        (129600, "s", "36 h"),
        (5400, "s", "90 min"),
        (90, "s", "90 s"),
        (0, "s", "0 s"),
        (11179, "km", "11,179 km"),
        (0.123, "", "12.3 %"),
        (1644.5, "USD/TEU", "1,644 USD/TEU"),
        (5.5, "trains/day", "5.5 trains/day"),
        (-0.001, "km", "0 km"),
        (float("nan"), "km", "none"),
    ],
)
def test_values_for_people(value: float, unit: str, text: str) -> None:
    assert units.show(value, unit) == text


@settings(deadline=None)  # a busy machine is no failure
@given(st.text(max_size=100))
def test_only_value_errors_escape(text: str) -> None:
    try:
        parse(text)
    except ValueError:
        return
    assert parse(text) == parse(str(parse(text)), negative=True)


@settings(deadline=None)  # a busy machine is no failure
@given(st.integers(0, 10**9), st.integers(0, 999), st.sampled_from(sorted(units._atoms())))
def test_what_is_written_reads_back(whole: int, part: int, unit: str) -> None:
    quantity = parse(f"{whole}.{part:03d} {unit}")
    assert parse(str(quantity)) == quantity
    assert isinstance(quantity, Quantity)
    assert quantity.to(unit) == quantity.value


@settings(deadline=None)  # a busy machine is no failure
@given(st.text(alphabet="0123456789. -/%kmdaysTEUhUSDg", max_size=30))
def test_only_value_errors_escape_from_texts_that_look_right(text: str) -> None:
    try:
        value = parse(text).house
    except ValueError:
        return
    assert value >= 0
