"""Numbers of a scenario in their forms."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from sim.scenario.numbers import Size


@pytest.mark.parametrize(
    ("written", "teu"), [("82 TEU", 82.0), ("41 FEU/train", 82.0), ({"fact": "train-size-china-before"}, 100.0)]
)
def test_a_size_is_given_in_teu_or_as_facts_print_it_for_a_train(written: object, teu: float) -> None:
    assert TypeAdapter(Size).validate_python(written).value == teu


@pytest.mark.parametrize("written", ["3 trains", "82 TEU/day", "82 TEU/crane"])
def test_a_size_is_no_other_quantity(written: str) -> None:
    with pytest.raises(ValidationError, match="a number of TEU is due"):
        TypeAdapter(Size).validate_python(written)
