"""Which keys and tags a model allows at a place, found by walking the model's own schema along an error's location."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

Schema = Mapping[str, Any]

# Dataclasses are left out: in a scenario they are made by validators from text, and their fields are no keys.
_FIELDS = frozenset({"model-fields", "typed-dict"})


def allowed_keys(model: type[BaseModel], location: Sequence[str | int]) -> list[str]:
    """The keys of the mapping at a location as pydantic gives it, tags and names of types included.

    Sorted; empty where any key is allowed, or none is known.
    """
    places, definitions = _places(model, location)
    return sorted({key for place in places for key in _keys(place, definitions)})


def allowed_tags(model: type[BaseModel], location: Sequence[str | int]) -> list[str]:
    """The words that tell the members of a union at a location apart, sorted; empty if there is no such union."""
    places, _ = _places(model, location)
    return sorted({str(tag) for place in places if place["type"] == "tagged-union" for tag in place["choices"]})


def _places(model: type[BaseModel], location: Sequence[str | int]) -> tuple[list[Schema], dict[str, Schema]]:
    root: Schema = model.__pydantic_core_schema__
    definitions = {each["ref"]: each for each in root.get("definitions", ())}
    places = list(_unwrapped(root, definitions))
    for step in location:
        below = [schema for place in places for schema in _below(place, step, definitions)]
        places = [inner for schema in below for inner in _unwrapped(schema, definitions)]
    return places, definitions


def _unwrapped(schema: Schema, definitions: Mapping[str, Schema]) -> Iterator[Schema]:
    """What a schema is about, without validators, defaults and references around it."""
    if schema["type"] == "definition-ref":
        yield from _unwrapped(definitions[schema["schema_ref"]], definitions)
    elif schema["type"] == "chain":
        for step in schema["steps"]:
            yield from _unwrapped(step, definitions)
    elif schema["type"] == "json-or-python":
        yield from _unwrapped(schema["json_schema"], definitions)
    elif schema["type"] == "lax-or-strict":
        yield from _unwrapped(schema["strict_schema"], definitions)
    elif "schema" in schema:
        yield from _unwrapped(schema["schema"], definitions)
    else:
        yield schema


def _below(place: Schema, step: str | int, definitions: Mapping[str, Schema]) -> Iterator[Schema]:
    """The schemas under one step of a location."""
    kind = place["type"]
    if kind in _FIELDS:
        for name, field in place["fields"].items():
            if step == field.get("validation_alias", name):
                yield field["schema"]
    elif kind == "dict":
        yield from filter(None, [place.get("values_schema")])
    elif kind == "tuple":
        yield from place["items_schema"]
    elif "items_schema" in place:
        yield place["items_schema"]
    elif kind == "tagged-union":
        yield from [choice for tag, choice in place["choices"].items() if str(tag) == str(step)]
    elif kind == "union":
        named = [(_name(choice, definitions), choice) for choice in _choices(place)]
        best = max((name for name, _ in named if name in str(step)), key=len, default="")
        yield from [choice for name, choice in named if name == best or not best]


def _choices(union: Schema) -> Iterator[Schema]:
    for choice in union["choices"]:
        yield choice[0] if isinstance(choice, tuple) else choice


def _name(schema: Schema, definitions: Mapping[str, Schema]) -> str:
    """Name of the class that a schema is of; pydantic's label of a member of a union has it in it."""
    while "cls" not in schema:
        if schema["type"] == "definition-ref":
            schema = definitions[schema["schema_ref"]]
        elif "schema" in schema:
            schema = schema["schema"]
        else:
            return ""
    return str(schema["cls"].__name__)


def _keys(place: Schema, definitions: Mapping[str, Schema]) -> Iterator[str]:
    if place["type"] in _FIELDS:
        for name, field in place["fields"].items():
            yield str(field.get("validation_alias", name))
    elif place["type"] == "union":
        for choice in _choices(place):
            for inner in _unwrapped(choice, definitions):
                yield from _keys(inner, definitions)
