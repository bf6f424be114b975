"""Lists of which the order or the repetition means nothing: what is named twice in one is a mistake."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

T = TypeVar("T")

REPEATED = "repeated"
"""Sort of the error of a list in which something is named twice; its context has an entry for each such item."""
AGAIN = "again"
"""In that context: position of the item, position of the one before that names the same, and what is wrong."""


def refuse_repeated(named: Iterable[tuple[int, T]], said: Callable[[T], str]) -> None:
    """Refuse what has been named before; ``named``: the position in the list, and what is named there."""
    first: dict[T, int] = {}
    again: dict[int, tuple[int, int, str]] = {}
    for position, value in named:
        if value in first:
            again.setdefault(position, (position, first[value], said(value)))
        first.setdefault(value, position)
    if again:
        told = list(again.values())
        raise PydanticCustomError(REPEATED, "{said}", {AGAIN: told, "said": "; ".join(each[2] for each in told)})


def _once(values: list[T]) -> list[T]:
    refuse_repeated(enumerate(values), lambda value: f"'{value}' is named twice")
    return values


def _several(written: object) -> object:
    """One name is a list of one."""
    return [written] if isinstance(written, str) else written


Once = Annotated[list[T], AfterValidator(_once), Field(json_schema_extra={"uniqueItems": True})]
"""A list that names nothing twice."""
OneOrMore = Annotated[Once[str], BeforeValidator(_several, json_schema_input_type=str | list[str]), Field(min_length=1)]
"""One name, or a list of names that has none twice."""
