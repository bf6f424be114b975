"""The legend of a run: what the plan's numbers mean, put together from the scenario and the plan."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.extensions import ExtensionArray
from pandas.api.types import pandas_dtype

from sim import facts
from sim.experiments.expectations import expectation_rows
from sim.experiments.observations import observation_rows
from sim.log import LEGEND, Legend
from sim.plan import flows, traffic
from sim.plan.branches import rows_of, same
from sim.plan.compile import Compiled
from sim.plan.offered import free_flow_seconds
from sim.plan.rows import PlaceRow
from sim.plan.tables import ABSENT, Entities, Floats, Ints, Plan, StepKind
from sim.scenario import paths
from sim.scenario.expected import Setting
from sim.scenario.model import Scenario
from sim.scenario.numbers import Number
from sim.scenario.origins import numbers, patterns
from sim.scenario.spreads import Spread
from sim.scenario.uses import uses

_DAY = 86400


class Replication(NamedTuple):
    """What differs between the replications of a run: who moves, and the plan with its breakdowns as windows."""

    entities: Entities
    plan: Plan


def legend(
    scenario: Scenario, compiled: Compiled, replications: Sequence[Replication], origin: dict[str, object]
) -> Legend:
    """All tables of the legend, in the columns of sim.log."""
    groups = Groups.of(scenario, compiled)
    moved = [_entities(groups, each.entities, number) for number, each in enumerate(replications)]
    return Legend(
        origin=origin,
        windows=_windows(compiled, [each.plan for each in replications]),
        entities=pd.concat(moved),
        **{name: table(scenario, compiled, name) for name in _ROWS},
    )


def table(scenario: Scenario, compiled: Compiled, name: str) -> pd.DataFrame:
    """A table of the legend in which no replication differs from another: all but windows and entities."""
    rows = _ROWS[name](scenario, compiled)
    # Column by column with its type, which pandas would otherwise look for in each value.
    columns = {key: _column([row.get(key) for row in rows], kind) for key, kind in LEGEND[name].items()}
    return pd.DataFrame(columns, copy=False)


def _column(values: list[Any], kind: str) -> ExtensionArray | NDArray[Any]:
    if kind in {"str", "Int64"}:
        own = ["" if value is None else value for value in values] if kind == "str" else values
        array: Callable[..., ExtensionArray] = pd.array
        return array(own, dtype=pandas_dtype(kind))
    return np.array(values, dtype=kind)


def span(scenario: Scenario) -> dict[str, object]:
    """Of a run's origin: when it begins and ends, and from when on it counts if that is not to be found by a rule."""
    return {
        "start": f"{scenario.start_utc:%Y-%m-%dT%H:%M:%SZ}",
        "horizon_s": round(scenario.horizon.value),
        "warm_up_s": 0 if isinstance(scenario.warm_up, str) else round(scenario.warm_up.value),
    }


def _places(_scenario: Scenario, compiled: Compiled) -> list[dict[str, Any]]:
    suspends = compiled.plan.places.suspends.tolist()
    return [
        {"place": number, **_shown(row), "suspends": suspends[number]} for number, row in enumerate(compiled.place_rows)
    ]


def _shown(row: PlaceRow) -> dict[str, str]:
    return {name: value for name, value in vars(row).items() if name != "leg"}


def _windows(compiled: Compiled, plans: Sequence[Plan]) -> pd.DataFrame:
    """The windows of each place: once, or for each replication where they are cut by spells at random.

    A run that has stopped may go on by a scenario without the spells that cut its windows before.
    """
    before = [place for place in range(len(compiled.place_rows)) if _differ(plans, place)]
    cut = np.unique([*compiled.plan.breakdowns.place, *before]).astype(np.int64)
    planned = _windows_of(plans[0])
    own = [_windows_of(plan).assign(replication=number) for number, plan in enumerate(plans)] if len(cut) else []
    tables = [planned[~planned["place"].isin(cut)], *(each[each["place"].isin(cut)] for each in own)]
    return pd.concat(tables).sort_values(["place", "replication", "time_s"])


def _differ(plans: Sequence[Plan], place: int) -> bool:
    first, *others = (rows_of(plan.places.first_window, plan.windows, place) for plan in plans)
    return not all(same(first, other) for other in others)


def _windows_of(plan: Plan) -> pd.DataFrame:
    lengths = np.diff(plan.places.first_window)
    return pd.DataFrame(
        {
            "place": np.repeat(np.arange(len(lengths)), lengths),
            "replication": pd.array([pd.NA] * len(plan.windows.time), dtype="Int64"),
            "time_s": plan.windows.time,
            "capacity": plan.windows.capacity,
            "pace": plan.windows.pace,
        }
    )


_KINDS = {StepKind.OCCUPY: "occupy", StepKind.CALL: "call", StepKind.RIDE: "ride", StepKind.CHOOSE: "choose"}


def _steps(_scenario: Scenario, compiled: Compiled) -> list[dict[str, Any]]:
    first, places = compiled.plan.routes.first.tolist(), compiled.plan.steps.place.tolist()
    rows = []
    for route, group in enumerate(compiled.groups):
        for step in range(first[route], first[route + 1]):
            row = compiled.step_rows[step]
            occupies = row.kind == StepKind.OCCUPY and places[step] != ABSENT
            rows.append(
                {
                    "step": step,
                    "route": group,
                    "position": step - first[route],
                    "name": row.name,
                    "kind": _KINDS[row.kind],
                    "place": places[step] if occupies else pd.NA,
                    "units": row.units if occupies else pd.NA,
                    "units_per_teu": occupies and row.units_per_teu,
                    **vars(row.meaning),
                    "label": row.meaning.label or row.name,
                }
            )
    return rows


@dataclass(frozen=True, eq=False)
class Groups:
    """What the legend says of each flow or service, and so of all its entities; the row is that of its route."""

    names: tuple[str, ...]
    kinds: NDArray[np.str_]
    value_usd_teu: Floats
    carries_teu: NDArray[np.bool_]
    """Whether it is TEU that its capacity counts."""

    @classmethod
    def of(cls, scenario: Scenario, compiled: Compiled) -> Groups:
        """Those of a scenario."""
        names, services = compiled.groups, scenario.services
        return cls(
            names=names,
            kinds=np.array([_kind(scenario, group) for group in names], np.str_),
            value_usd_teu=np.array([_value_usd(scenario, group) for group in names], np.float64),
            carries_teu=np.array([group in scenario.flows or services[group].carries_teu for group in names], np.bool_),
        )

    @cached_property
    def index(self) -> pd.Index[str]:
        """Their names."""
        return pd.Index(self.names, dtype="str")

    def capacity_teu(self, entities: Entities) -> Ints:
        """TEU that each entity can carry."""
        return np.where(self.carries_teu[entities.route], entities.capacity, 0)

    def value_usd(self, entities: Entities) -> Floats:
        """What each entity is worth."""
        value: Floats = entities.teu * self.value_usd_teu[entities.route]
        return value


def _entities(groups: Groups, entities: Entities, replication: int) -> pd.DataFrame:
    names = np.array(groups.names)[entities.route]
    return pd.DataFrame(
        {
            "replication": replication,
            "entity": np.arange(len(entities)),
            "group": names,
            "kind": groups.kinds[entities.route],
            "route": names,
            "release_s": entities.release,
            "teu": entities.teu,
            "capacity_teu": groups.capacity_teu(entities),
            "priority": entities.priority,
            "slot_s": pd.arrays.IntegerArray(entities.slot, entities.slot == ABSENT),
            "value_usd": groups.value_usd(entities),
        }
    )


def _kind(scenario: Scenario, group: str) -> str:
    if group not in scenario.flows:
        return "consist"
    return "shipment" if scenario.flows[group].report else "traffic"


def _value_usd(scenario: Scenario, group: str) -> float:
    """Value of a TEU of a flow in USD, missing if none is stated; a consist is worth nothing of its own."""
    if group not in scenario.flows:
        return 0.0
    value = scenario.flows[group].value_per_teu
    return math.nan if value is None else scenario.usd(value)


def _flow(scenario: Scenario, compiled: Compiled, key: str) -> dict[str, Any]:
    flow = scenario.flows[key]
    return {
        "flow": key,
        "label": flow.label,
        "corridor": flow.corridor,
        "from_node": flow.from_node,
        "to_node": flow.to_node,
        "direction": flow.direction,
        "scope": flow.scope,
        "commodity": flow.commodity,
        "class_": flow.priority,
        "report": flow.report,
        "teu_per_year": traffic.teu_per_second(scenario, flow) * traffic.YEAR,
        "value_usd_teu": _value_usd(scenario, key),
        "tonnes_teu": flows.tonnes_teu(scenario, flow),
        "promise_s": pd.NA if flow.promise is None else round(flow.promise.value),
        "free_flow_s": free_flow_seconds(scenario, compiled, key),
        "value_of_time_usd_teu_day": _value_of_time(scenario, key),
    }


def _value_of_time(scenario: Scenario, key: str) -> float:
    """What a day costs for each TEU in USD: as stated, or a share of the value; missing if nothing is stated."""
    per_second = traffic.usd_teu_second(scenario, scenario.flows[key])
    return math.nan if per_second is None else _DAY * per_second


def _service(scenario: Scenario, key: str) -> dict[str, Any]:
    service = scenario.services[key]
    parts = paths.service_parts(scenario, service)
    ends = [part.node for part in parts if isinstance(part, (paths.Act, paths.Fork, paths.Visit))]
    return {
        "service": key,
        "label": service.label,
        "mode": service.mode,
        "gauge_mm": service.gauge if service.gauge is not None else pd.NA,
        "from_node": ends[0],
        "to_node": ends[-1],
        "capacity_teu": 0 if service.capacity is None or not service.carries_teu else round(service.capacity.value),
        "length": service.length,
    }


def _used_nodes(compiled: Compiled) -> list[str]:
    """The nodes that some route touches, by id."""
    return sorted({node for meaning in compiled.meanings for node in (meaning.node, meaning.to_node)})


def _used_legs(compiled: Compiled) -> list[str]:
    return sorted({meaning.leg for meaning in compiled.meanings if meaning.leg})


def _node(scenario: Scenario, key: str) -> dict[str, Any]:
    node = scenario.nodes[key]
    return {"node": key, **{name: getattr(node, name) for name in LEGEND["nodes"] if name != "node"}}


def _leg(scenario: Scenario, key: str) -> dict[str, Any]:
    leg = scenario.legs[key]
    return {
        "leg": key,
        "from_node": leg.from_node,
        "to_node": leg.to_node,
        "mode": leg.mode,
        "km": leg.length.value,
        "gauge_mm": leg.gauge if leg.gauge is not None else pd.NA,
        "via": json.dumps(leg.via) if leg.via else "",
    }


def _assumed(scenario: Scenario, compiled: Compiled) -> list[dict[str, Any]]:
    """All numbers that count, then seasons, weeks and timetables: texts without a value of their own."""
    legs = set(_used_legs(compiled))
    used = {**vars(uses(scenario)), "legs": legs, "modes": {scenario.legs[key].mode for key in legs}}

    def counts(path: tuple[str, ...]) -> bool:
        return path[0] not in used or path[1] in used[path[0]]

    rows = _noted([_number(path, number) for path, number in numbers(scenario) if counts(path)])
    return rows + [
        {"path": ".".join(path), "text": text, "unit": "", "origin": "literal", "fact": ""}
        for path, text in patterns(scenario)
        if counts(path)
    ]


def _noted(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Parts of a distribution are one assumption: where one note is given, it is that of all parts."""
    notes: dict[str, set[str]] = {}
    for row in rows:
        whole = row["path"].rpartition(".")[0]
        if row["note"] and whole.rpartition(".")[2] in Spread.model_fields:
            notes.setdefault(whole, set()).add(row["note"])
    only = {whole: min(given) for whole, given in notes.items() if len(given) == 1}
    return [{**row, "note": row["note"] or only.get(row["path"].rpartition(".")[0], "")} for row in rows]


def _number(path: tuple[str, ...], number: Number) -> dict[str, Any]:
    """A number with its origin: the fact and its source, or the note of the assumption."""
    row = {"path": ".".join(path), "text": number.text, "value": number.value, "unit": number.unit, "note": number.note}
    if not number.fact:
        return {**row, "origin": "literal", "fact": ""}
    fact = facts.get(number.fact)
    return {
        **row,
        "origin": "fact",
        "fact": number.fact,
        "what": fact.what,
        "where": fact.where,
        "as_of": fact.as_of,
        "source": fact.source,
        "address": fact.address,
        "confidence": fact.confidence,
    }


_ROWS: Mapping[str, Callable[[Scenario, Compiled], list[dict[str, Any]]]] = {
    "places": _places,
    "steps": _steps,
    "flows": lambda stated, compiled: [_flow(stated, compiled, key) for key in sorted(stated.flows)],
    "services": lambda stated, _: [_service(stated, key) for key in sorted(stated.services)],
    "nodes": lambda stated, compiled: [_node(stated, key) for key in _used_nodes(compiled)],
    "legs": lambda stated, compiled: [_leg(stated, key) for key in _used_legs(compiled)],
    "numbers": _assumed,
    "observations": lambda stated, _: observation_rows(stated),
    "expectations": lambda stated, _: expectation_rows(stated.expect, Setting(stated)),
}
"""The rows of each table that is the same in all replications."""
