"""The models judge a tree that has most of its parts in common with one that they have judged before."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from sim.scenario.complaints import check
from sim.scenario.located import Located, Node, plain

M = TypeVar("M", bound=BaseModel)


def recheck(located: Located, model: type[M], base: Located, checked: M) -> M:
    """As :func:`sim.scenario.complaints.check`; what is the same node as in ``base`` is taken from ``checked``.

    The model has no rules between its fields, nor have its mappings between their entries.
    """
    root, before = located.root.value, base.root.value
    if not isinstance(root, Mapping) or not isinstance(before, Mapping) or located.problems:
        return check(located, model)
    names = {field.alias or name: name for name, field in model.model_fields.items()}
    if not set(root) <= set(names) or not set(before) - set(root) <= _optional(model):
        return check(located, model)
    try:
        fresh = {
            names[key]: _part(model, names[key], (node, before.get(key)), getattr(checked, names[key]))
            for key, node in root.items()
        }
    except ValidationError:
        # Told in full, with all that is wrong.
        return check(located, model)
    left_out = {name: getattr(checked, name) for key, name in names.items() if key not in {*root, *before}}
    return model.model_construct(set(fresh), **fresh, **left_out)


@cache
def _optional(model: type[BaseModel]) -> frozenset[str]:
    fields = model.model_fields.items()
    return frozenset(field.alias or name for name, field in fields if not field.is_required())


@cache
def _judge(model: type[BaseModel], name: str) -> TypeAdapter[Any]:
    field = model.model_fields[name]
    whole: Any = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
    return TypeAdapter(whole)


def _part(model: type[BaseModel], name: str, nodes: tuple[Node, Node | None], checked: Any) -> Any:
    """A field of the model from its node; ``nodes``: that, and the one that ``checked`` was made of."""
    node, before = nodes
    if node is before:
        return checked
    judge = _judge(model, name)
    if before is None or not isinstance(checked, dict) or not isinstance(node.value, Mapping):
        return judge.validate_json(json.dumps(plain(node)), strict=True)
    assert isinstance(before.value, Mapping)
    changed = {key: plain(each) for key, each in node.value.items() if each is not before.value.get(key)}
    fresh = judge.validate_json(json.dumps(changed), strict=True) if changed else {}
    kept = {key: fresh[key] if key in fresh else checked[key] for key in node.value}
    return kept or judge.validate_json("{}", strict=True)
