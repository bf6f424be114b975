"""One written form for each content: keys sorted, files merged, comments gone; and the digest that names it."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

import yaml
from pydantic import BaseModel

from sim.scenario.located import Located, Plain

DIGEST_LENGTH = 12


def resolved(scenario: BaseModel | Located) -> str:
    """The scenario as YAML with sorted keys: a model with everything filled in, a tree as it was written.

    Read again, it gives the same content, by this reader and by readers of YAML 1.1.
    """
    return written(_content(scenario))


def rewritten(experiment: BaseModel | Located) -> str:
    """The same with keys in the order of the file, which counts in experiments: factors are gone through by it."""
    return written(_content(experiment), in_order=True)


def _content(part: BaseModel | Located) -> Plain:
    if isinstance(part, Located):
        return part.plain
    content: Plain = part.model_dump(mode="json", by_alias=True, exclude_none=True)
    return content


def written(content: Plain, *, in_order: bool = False) -> str:
    """Content as YAML that reads as the same again, with sorted keys or keys in their order."""
    return str(yaml.dump(content, Dumper=_Dumper, sort_keys=not in_order, allow_unicode=True, width=110))


def digest(tree: Located | Plain, length: int = DIGEST_LENGTH) -> str:
    """First hexadecimal digits, twelve if not said otherwise, of the SHA-256 of the content.

    The order of keys, comments, styles of writing and the split into files do not matter; 5 and 5.0 are one number.
    """
    content = tree.plain if isinstance(tree, Located) else tree
    text = json.dumps(_canonical(content), sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:length]


def schema(model: type[BaseModel], *, overlay: bool = False) -> dict[str, Any]:
    """The JSON Schema of a model's files, for editors.

    The overlay is for files that extend others, and for parts that others extend: nothing is required, and null may
    stand anywhere to delete.
    """
    found = model.model_json_schema(by_alias=True, mode="validation")
    found = {"$schema": "https://json-schema.org/draft/2020-12/schema", **found}
    text = {"type": "string", "minLength": 1}
    extends = {
        "description": "File or files that this one is laid over, relative to it or `shipped:NAME.yaml`; "
        "null deletes a key of theirs.",
        "anyOf": [text, {"type": "array", "items": text, "minItems": 1}],
    }
    if overlay:
        found = _loosened(found)
        found["title"] = f"{found.get('title', model.__name__)} that extends another, or a part that others extend"
        found["properties"] = {**found.get("properties", {}), "extends": extends}
    return found


_UNDUE = frozenset({"required", "minProperties", "discriminator"})
_NAMED = frozenset({"properties", "patternProperties", "$defs"})


def _loosened(part: Any) -> Any:
    """A part of a schema in which nothing is required and every value may be null."""
    if isinstance(part, list):
        return [_loosened(each) for each in part]
    if not isinstance(part, dict):
        return part
    loose: dict[str, Any] = {}
    for key, value in part.items():
        if key in _NAMED:
            # Here keys are names, whatever they are called.
            loosened = {name: _loosened(each) for name, each in value.items()}
            loose[key] = loosened if key == "$defs" else {name: _or_null(each) for name, each in loosened.items()}
        elif key == "additionalProperties" and isinstance(value, dict):
            loose[key] = _or_null(_loosened(value))
        elif key == "oneOf":
            loose["anyOf"] = _loosened(value)
        elif key not in _UNDUE:
            loose[key] = value if key in {"default", "const", "enum", "examples"} else _loosened(value)
    return loose


def _or_null(part: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [part, {"type": "null"}]}


def _canonical(content: Plain) -> Plain:
    if isinstance(content, dict):
        return {key: _canonical(value) for key, value in content.items()}
    if isinstance(content, list):
        return [_canonical(value) for value in content]
    if isinstance(content, float) and content.is_integer():
        return int(content)
    return content


class _Dumper(yaml.SafeDumper):
    """Quotes every text that YAML 1.1 or the core schema of 1.2 could take for something else; writes no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


_NUMBER_LIKE = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$|0o[0-7]+$|0x[0-9a-fA-F]+$")
_Dumper.add_implicit_resolver("tag:yaml.org,2002:core-number", _NUMBER_LIKE, list("-+.0123456789"))
