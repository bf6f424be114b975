"""What pydantic has to say, in plain words: the value, the rule and the remedy."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sim.scenario.located import quoted
from sim.scenario.suggestion import allowed_instead, listed

Error = Mapping[str, Any]

MISMATCH = {
    "string_type": "text",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "list_type": "a list",
    "tuple_type": "a list",
    "set_type": "a list",
    "frozen_set_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "dataclass_type": "a mapping",
    "date_type": "a date (2020-01-31)",
    "datetime_type": "a date with time (2020-01-31T08:00:00Z)",
    "none_required": "null",
}
"""What is due where a value of quite another sort stands, by pydantic's type of error."""

_DATES = {
    "date_parsing": "a date (2020-01-31)",
    "date_from_datetime_parsing": "a date (2020-01-31)",
    "date_from_datetime_inexact": "a date (2020-01-31)",
    "datetime_parsing": "a date with time (2020-01-31T08:00:00Z)",
    "datetime_from_date_parsing": "a date with time (2020-01-31T08:00:00Z)",
    "time_parsing": "a time of day (08:00)",
}
_COMPARED = {
    "greater_than": ("gt", "above"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "below"),
    "less_than_equal": ("le", "at most"),
    "multiple_of": ("multiple_of", "a multiple of"),
}


def in_words(error: Error, allowed: Sequence[str] = ()) -> str:
    """The message of an error; ``allowed`` are the keys instead of an unknown one, or the tags of a missing one."""
    kind = error["type"]
    if kind == "extra_forbidden":
        return f"unknown key {quoted(error['loc'][-1])}{allowed_instead(str(error['loc'][-1]), allowed)}"
    if kind == "union_tag_not_found":
        return f"missing key {error['ctx']['discriminator']}; allowed: {listed(allowed)}"
    if kind in MISMATCH:
        return due([kind], error["input"])
    if kind in _DATES:
        return f"{quoted(error['input'])} is not {_DATES[kind]}"
    if kind in _COMPARED:
        name, words = _COMPARED[kind]
        return f"{quoted(error['input'])} is not allowed: it must be {words} {_bound(error['ctx'][name])}"
    return _SAID.get(kind, _as_it_is)(error)


def due(kinds: Iterable[str], value: Any) -> str:
    """What sorts of value are allowed instead of a value of another sort."""
    return f"{' or '.join(dict.fromkeys(MISMATCH[kind] for kind in kinds))} is due, not {quoted(value)}"


def _bound(limit: object) -> str:
    return f"{limit:g}" if isinstance(limit, float) else str(limit)


def missing(keys: Sequence[str]) -> str:
    """All keys that a mapping lacks."""
    return f"missing {'key' if len(keys) == 1 else 'keys'} {', '.join(quoted(key) for key in keys)}"


def _missing(error: Error) -> str:
    return missing([str(error["loc"][-1])])


def _raised(error: Error) -> str:
    return str(error["ctx"]["error"])


def _one_of(error: Error) -> str:
    expected = error["ctx"]["expected"]
    words = re.findall(r"'([^']*)'", expected) or re.split(", | or ", expected)
    value = error["input"]
    return f"{quoted(value)} is not allowed here{allowed_instead(str(value), words)}"


def _unknown_tag(error: Error) -> str:
    key, tag = error["ctx"]["discriminator"].strip("'"), error["ctx"]["tag"]
    words = re.findall(r"'([^']*)'", error["ctx"]["expected_tags"])
    return f"unknown {key} {quoted(tag)}{allowed_instead(tag, words)}"


def _pattern(error: Error) -> str:
    return f"{quoted(error['input'])} does not have the form {error['ctx']['pattern']}"


def _too_short(error: Error) -> str:
    return f"{_entries(error['ctx']['min_length'])} or more due, not {error['ctx']['actual_length']}"


def _too_long(error: Error) -> str:
    return f"at most {_entries(error['ctx']['max_length'])} allowed, not {error['ctx']['actual_length']}"


def _entries(number: int) -> str:
    return "1 entry" if number == 1 else f"{number} entries"


def _text_length(error: Error) -> str:
    few = "min_length" in error["ctx"]
    words = f"shorter than {error['ctx']['min_length']}" if few else f"longer than {error['ctx']['max_length']}"
    return f"{quoted(error['input'])} is {words} characters"


def _as_it_is(error: Error) -> str:
    message = str(error["msg"])
    should = "Input should be "
    if message.startswith(should):
        return f"{quoted(error['input'])} is not allowed here: it must be {message[len(should) :]}"
    return message


_SAID: dict[str, Callable[[Error], str]] = {
    "missing": _missing,
    "value_error": _raised,
    "assertion_error": _raised,
    "literal_error": _one_of,
    "enum": _one_of,
    "union_tag_invalid": _unknown_tag,
    "string_pattern_mismatch": _pattern,
    "too_short": _too_short,
    "too_long": _too_long,
    "string_too_short": _text_length,
    "string_too_long": _text_length,
}
