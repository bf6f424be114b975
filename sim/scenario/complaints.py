"""The third stage of reading: the models judge the tree, and what they say is put in plain words and places.

pydantic knows neither files nor lines, puts tags of unions and names of types into its locations, and complains once
for each member of a union. Here each complaint is walked back to the key or value that it is about, and of the
members of a union only the one that the writer seems to have meant is heard.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from sim.errors import Problem, ScenarioError
from sim.scenario.extends import EXTENDS
from sim.scenario.keys import allowed_keys, allowed_tags
from sim.scenario.lists import AGAIN, REPEATED
from sim.scenario.located import Located, Plain
from sim.scenario.suggestion import nearest
from sim.scenario.wording import MISMATCH, due, in_words, missing

M = TypeVar("M", bound=BaseModel)

_ABSENT = object()
MISMATCHED = 2
_WORDS = frozenset({"literal_error", "enum"})
# Said of a part that could not be read as a whole, these may be wrong.
_DOUBTFUL = frozenset({"missing", "union_tag_not_found"})


@dataclass(frozen=True)
class Complaint:
    """One error of pydantic, walked back to the tree: ``skipped`` are the steps that are no keys of the file."""

    kind: str
    location: tuple[str | int, ...]
    path: tuple[str, ...]
    skipped: tuple[int, ...]
    message: str
    at_key: bool
    value: Any
    allowed: tuple[str, ...] = ()
    first: tuple[str, ...] = ()
    """Of what is named twice: where it stands for the first time."""


def check(located: Located, model: type[M]) -> M:
    """The tree as a model, or a ScenarioError with every problem met since reading began."""
    content = located.plain
    try:
        # As JSON: lists are then tuples where the model says so, also in a strict one.
        checked = model.model_validate_json(json.dumps(content))
    except ValidationError as err:
        errors = err.errors(include_url=False)
        complaints = [each for error in errors for each in _repeats(error, _complaint(error, content, model))]
        raise ScenarioError([*located.problems, *_problems(complaints, located, model)]) from err
    if located.problems:
        raise ScenarioError(located.problems)
    return checked


def _problems(complaints: list[Complaint], located: Located, model: type[BaseModel]) -> Iterator[Problem]:
    known = {(each.file, each.line, each.column) for each in located.problems}
    for complaint in _tidy(_heard(complaints, 0, model)):
        whole_mapping = isinstance(complaint.value, dict) and complaint.kind == "value_error"
        if not located.whole and (complaint.kind in _DOUBTFUL or whole_mapping):
            continue
        message = complaint.message
        if complaint.first:
            message += f", first in line {located.mark(complaint.first).line}"
        problem = located.problem(complaint.path, message, key=complaint.at_key)
        if (problem.file, problem.line, problem.column) not in known:
            yield problem


def _complaint(error: Any, content: Plain, model: type[BaseModel]) -> Complaint:
    location, kind = tuple(error["loc"]), error["type"]
    at_key = kind == "extra_forbidden" or location[-1:] == ("[key]",)
    steps = location[:-1] if kind == "missing" or location[-1:] == ("[key]",) else location
    value = _ABSENT if location[-1:] == ("[key]",) else error["input"]
    path, skipped = _walked(steps, content, value)
    allowed: list[str] = []
    if kind == "extra_forbidden":
        allowed = allowed_keys(model, location[:-1])
        allowed += [EXTENDS] if len(location) == 1 else []
    elif kind == "union_tag_not_found":
        allowed = allowed_tags(model, location)
    elif kind == "union_tag_invalid":
        tag = error["ctx"]["discriminator"].strip("'")
        path = (*path, tag) if isinstance(value, dict) and tag in value else path
    message = in_words(error, allowed)
    return Complaint(kind, location, path, skipped, message, at_key, error["input"], tuple(allowed))


def _repeats(error: Any, complaint: Complaint) -> list[Complaint]:
    """A complaint for each item that is named once more in a list; others as they are."""
    if complaint.kind != REPEATED:
        return [complaint]
    return [
        replace(complaint, path=(*complaint.path, str(item)), first=(*complaint.path, str(first)), message=said)
        for item, first, said in error["ctx"][AGAIN]
    ]


def _walked(steps: Sequence[str | int], content: Plain, value: object) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The path of a location, and the positions of its steps that are tags or names of types.

    A tag may look like a key of the mapping it stands at; then the way is right that ends at the value complained of.
    """
    ways = _ways(steps, content, 0)
    first = next(ways)
    for path, skipped, end in (first, *ways):
        if value is _ABSENT or end == value:
            return path, skipped
    return first[0], first[1]


def _ways(
    steps: Sequence[str | int], content: Plain, position: int
) -> Iterator[tuple[tuple[str, ...], tuple[int, ...], Plain]]:
    if position == len(steps):
        yield (), (), content
        return
    step = steps[position]
    inside: Plain | object = _ABSENT
    if isinstance(content, dict) and isinstance(step, str):
        inside = content.get(step, _ABSENT)
    elif isinstance(content, list) and isinstance(step, int) and step < len(content):
        inside = content[step]
    if inside is not _ABSENT:
        for path, skipped, end in _ways(steps, inside, position + 1):  # type: ignore[arg-type]  # not _ABSENT
            yield (str(step), *path), skipped, end
    for path, skipped, end in _ways(steps, content, position + 1):
        yield path, (position, *skipped), end


def _heard(complaints: Sequence[Complaint], start: int, model: type[BaseModel]) -> list[Complaint]:
    """The complaints of which each union has but one member's."""
    heard: list[Complaint] = []
    unions: dict[tuple[str | int, ...], dict[str | int, list[Complaint]]] = {}
    for complaint in complaints:
        label = next((position for position in complaint.skipped if position >= start), None)
        if label is None:
            heard.append(complaint)
        else:
            members = unions.setdefault(complaint.location[:label], {})
            members.setdefault(complaint.location[label], []).append(complaint)
    for prefix, members in unions.items():
        chosen = [_heard(each, len(prefix) + 1, model) for each in members.values()]
        heard += chosen[0] if len(chosen) == 1 else _meant(chosen, allowed_keys(model, prefix))
    return heard


def _meant(members: list[list[Complaint]], known: list[str]) -> list[Complaint]:
    """Of the complaints of a union's members, those of the member that the writer seems to have meant.

    ``known`` are the keys that any of the members allows.
    """
    top = min((_of(each) for member in members for each in member), key=len)
    unknown = [{each.path: each for each in member if _is_unknown(each, top)} for member in members]
    ranks = [max(_rank(each, top) for each in member) for member in members]
    strange = {path: each for keys in unknown for path, each in keys.items() if path[-1] not in known}
    if strange and not any(rank == 0 and not keys for rank, keys in zip(ranks, unknown, strict=True)):
        return [_with_keys(each, known) for each in strange.values()]
    if min(ranks) == MISMATCHED:
        kinds = [each.kind for member in members for each in member if each.kind in MISMATCH]
        return [_replaced(members[0][0], due(kinds, members[0][0].value))]
    # A member that does not know a key which another knows is not meant.
    order = [(bool(keys), rank, len(member)) for keys, rank, member in zip(unknown, ranks, members, strict=True)]
    likely = [member for member, each in zip(members, order, strict=True) if each == min(order)]
    # Text is listed first in a union, what is built of keys last.
    meant = likely[-1 if isinstance(likely[0][0].value, (dict, list)) else 0]
    return _or_another_sort(meant, members)


def _of(complaint: Complaint) -> tuple[str, ...]:
    """The path of the mapping or value that a complaint is about."""
    return complaint.path[:-1] if complaint.at_key else complaint.path


def _is_unknown(complaint: Complaint, top: tuple[str, ...]) -> bool:
    return complaint.kind == "extra_forbidden" and _of(complaint) == top


def _rank(complaint: Complaint, top: tuple[str, ...]) -> int:
    """How far a member is from what was written: it differs within, or as a whole, or is of another sort."""
    here = complaint.path == top
    if here and complaint.kind in MISMATCH:
        return MISMATCHED
    return int(here and isinstance(complaint.value, (dict, list)) and complaint.kind != "missing")


def _with_keys(complaint: Complaint, known: list[str]) -> Complaint:
    message = in_words({"type": "extra_forbidden", "loc": complaint.path}, known)
    return _replaced(complaint, message, tuple(known))


def _or_another_sort(meant: list[Complaint], members: list[list[Complaint]]) -> list[Complaint]:
    """A refused word, with the other sorts of value that are allowed in its stead."""
    if len(meant) > 1 or meant[0].kind not in _WORDS:
        return meant
    own = [each for member in members for each in member if each.path == meant[0].path]
    sorts = [MISMATCH[each.kind] for each in own if each.kind in MISMATCH]
    return [_replaced(meant[0], " or ".join([f"{meant[0].message}", *dict.fromkeys(sorts)]))]


def _replaced(complaint: Complaint, message: str, allowed: tuple[str, ...] = ()) -> Complaint:
    return Complaint(
        complaint.kind, complaint.location, complaint.path, (), message, complaint.at_key, complaint.value, allowed
    )


def _tidy(complaints: list[Complaint]) -> Iterator[Complaint]:
    """One complaint for all keys that a mapping lacks; none for those that are there, but misspelt."""
    misspelt = {
        (each.path[:-1], nearest(each.path[-1], each.allowed)) for each in complaints if each.kind == "extra_forbidden"
    }
    lacking: dict[tuple[str, ...], list[Complaint]] = {}
    for each in complaints:
        if each.kind != "missing":
            yield each
        elif (each.path, each.location[-1]) not in misspelt:
            lacking.setdefault(each.path, []).append(each)
    for of_one in lacking.values():
        yield _replaced(of_one[0], missing([str(each.location[-1]) for each in of_one]))
