"""Lists of which the order or the repetition means nothing: what is named twice in one is a mistake."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field

T = TypeVar("T")


def twice(values: Iterable[T]) -> T | None:
    """The first that has been there before, or None."""
    seen: list[T] = []
    for value in values:
        if value in seen:
            return value
        seen.append(value)
    return None


def _once(values: list[T]) -> list[T]:
    found = twice(values)
    if found is not None:
        raise ValueError(f"'{found}' is named twice")
    return values


def _several(written: object) -> object:
    """One name is a list of one."""
    return [written] if isinstance(written, str) else written


Once = Annotated[list[T], AfterValidator(_once), Field(json_schema_extra={"uniqueItems": True})]
"""A list that names nothing twice."""
OneOrMore = Annotated[Once[str], BeforeValidator(_several, json_schema_input_type=str | list[str]), Field(min_length=1)]
"""One name, or a list of names that has none twice."""
