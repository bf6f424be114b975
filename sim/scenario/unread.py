"""What stands in a scenario for its readers alone, so that no run and no measure of one depends on it.

Results that are kept hold on when it is changed; what prints them takes it from the scenario as it is then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pydantic import BaseModel

from sim.scenario.breakdowns import Breakdown
from sim.scenario.demand import Flow
from sim.scenario.located import Located, child
from sim.scenario.located import Node as Written
from sim.scenario.model import Scenario
from sim.scenario.network import Change, Disruption, Leg, Node, Operation, Place
from sim.scenario.numbers import Number
from sim.scenario.services import Service

UNREAD: Mapping[type[BaseModel], frozenset[str]] = MappingProxyType(
    {
        # The last four say what a run is held against, and which replications there are: each is kept by its number,
        # under the seed that it was run with.
        Scenario: frozenset({"title", "question", "note", "observations", "expect", "seed", "replications"}),
        # Names for reading, and what is for the drawing only.
        Node: frozenset({"name", "name_zh", "name_ru", "unlocode", "on_map"}),
        Leg: frozenset({"via"}),
        Place: frozenset({"label"}),
        Service: frozenset({"label", "length"}),
        # By corridor and direction tables of a whole run group flows; no measure does.
        Flow: frozenset({"label", "corridor", "direction"}),
        Change: frozenset({"note"}),
        Disruption: frozenset({"note"}),
        Breakdown: frozenset({"note"}),
    }
)
"""Fields of the models that are not read; beside them the note of each number."""

READ: Mapping[type[BaseModel], frozenset[str]] = MappingProxyType(
    {
        # Times at no place are added up by label: another one would be another order, and another last digit.
        Operation: frozenset({"label", "direction"}),
        # A class, that ways of choices and places are for.
        Flow: frozenset({"commodity"}),
        # A distance.
        Leg: frozenset({"length"}),
    }
)
"""Fields that are named as words are elsewhere, and are read all the same."""


@dataclass(frozen=True)
class Unread:
    """Nodes of a tree by their identity: those that are not read, and numbers, which may be written in two ways."""

    nodes: frozenset[int] = frozenset()
    numbers: frozenset[int] = frozenset()


def unread(scenario: Scenario, located: Located) -> Unread:
    """What is not read of a scenario, in the tree that it was read from.

    A node that stands elsewhere too, by an alias, is read.
    """
    parts = list(_parts(scenario, located.root))
    uses = Counter(id(node) for node in _all(located.root))
    found = Counter(id(node) for node, is_number in parts if not is_number)
    return Unread(
        frozenset(node for node, count in found.items() if count == uses[node]),
        frozenset(id(node) for node, is_number in parts if is_number),
    )


def _parts(part: object, node: Written | None) -> Iterator[tuple[Written, bool]]:
    """The nodes that are not read, and those of numbers, which are told by True."""
    if node is None:
        return
    if isinstance(part, Number):
        yield node, True
        note = child(node, "note")
        yield from [] if note is None else [(note, False)]
    elif isinstance(part, BaseModel):
        yield from _of_model(part, node)
    elif isinstance(part, dict | list):
        for key, value in part.items() if isinstance(part, dict) else enumerate(part):
            yield from _parts(value, child(node, key))


def _of_model(part: BaseModel, node: Written) -> Iterator[tuple[Written, bool]]:
    own = UNREAD.get(type(part), frozenset())
    for name, field in type(part).model_fields.items():
        below = child(node, field.alias or name)
        if name in own:
            yield from [] if below is None else [(below, False)]
        else:
            # A fixed value may stand for what it is of.
            yield from _parts(getattr(part, name), node if name == "fixed" and below is None else below)


def _all(node: Written) -> Iterator[Written]:
    yield node
    if isinstance(node.value, Mapping | tuple):
        for below in node.value.values() if isinstance(node.value, Mapping) else node.value:
            yield from _all(below)
