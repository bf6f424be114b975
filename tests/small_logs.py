"""Logs made by hand, so small that every number that a metric should give can be worked out on paper.

All times below are hours since the start; the log holds seconds.

``corridors()``, replication 0, from 2020-01-30 12:00 UTC (so February begins at hour 36), horizon 48 h::

    rail a -> b -> c, one train (entity 3) with two shipments (0: 2 TEU, 1: 3 TEU)
      shipment 0   crane at a 0-1, waits for the train until 4, rides until 22, waits for the yard at c until 23, 23-24
      shipment 1   released at 1: crane 1-2, waits until 4, rides until 22, yard 22-23
      train        ready at 1, departs 4; waits for leg ab (100 km) until 5, runs until 9; border posts b 9-16 (3 h of
                   work, suspended from 10 to 14, when the posts are closed); leg bc (200 km) 16-22; at c 22-23
      shipment 2   released at 12: crane 12-13, still waits at 48 for train 4, which is ready at 25 and has not left
    road a -> d -> e, a fleet of one truck, 2 TEU each
      shipment 5   truck 0, runs 0-4 (200 km), rests 4-6, border posts d: waits until 7, 7-9 (work in hand is finished
                   although the posts close from 8 to 12), runs 9-12 (150 km); the truck is back at 18
      shipment 6   released at 2: waits for the truck until 18, runs 18-22, rests 22-24, posts 24-26, runs 26-29;
                   the truck is not back when the run ends
      traffic 7, 8 at the posts d alone: 5-7; and asked at 7, entered 12, left 13

In replication 1 there is one train (1) with one shipment (0) and one road shipment (2): nothing waits for the leg, the
posts b are reached at 4 and left at 7; the road shipment rests 4-7, waits for the posts d until 12 (1 h of queueing
and 4 h closed), stays until 14 and arrives at 17.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sim.log import LEGEND, NOT_YET, Legend, Log, Visits, build

HOUR = 3600
Row = tuple[int | float | None, ...]

ABSENT = {"str": "", "int64": 0, "Int64": None, "float64": np.nan, "bool": False}


def table(name: str, rows: Sequence[dict[str, object]]) -> pd.DataFrame:
    """A table of the legend; what a row does not say is absent (or 0 where a number cannot be absent)."""
    declared = LEGEND[name]
    unknown = {key for row in rows for key in row} - set(declared)
    assert not unknown, unknown
    columns = {
        column: pd.Series([row.get(column, ABSENT[kind]) for row in rows], dtype=kind)
        for column, kind in declared.items()
    }
    return pd.DataFrame(columns)


def visits(rows: Sequence[Row]) -> Visits:
    """Visits from rows of entity, step, place, requested, entered, left, released, consist; times in hours."""
    columns = list(zip(*rows, strict=True)) or [()] * 8
    seconds = [
        column if k in {0, 1, 2, 7} else [None if t is None else t * HOUR for t in column]
        for k, column in enumerate(columns)
    ]
    arrays = [np.array([NOT_YET if x is None else x for x in column], dtype=np.int32) for column in seconds]
    return Visits(*arrays)


def origin(
    replications: int, horizon: float, warm_up: float = 0, start: str = "2020-01-30T12:00:00Z"
) -> dict[str, object]:
    """Who made the log, with times in hours."""
    return {
        "scenario": "small",
        "title": "Small",
        "start": start,
        "horizon_s": int(horizon * HOUR),
        "warm_up_s": int(warm_up * HOUR),
        "seed": 1,
        "replications": replications,
        "engine": "hand",
    }


PLACES: list[dict[str, object]] = [
    {"place": 0, "name": "a-crane", "label": "Crane at A", "node": "a", "kind": "cranes", "unit": "TEU"},
    {"place": 1, "name": "ab", "label": "Line A-B", "node": "a", "kind": "leg", "unit": "train"},
    {
        "place": 2,
        "name": "b-posts",
        "label": "Posts at B",
        "node": "b",
        "kind": "posts",
        "unit": "train",
        "suspends": True,
    },
    {"place": 3, "name": "bc", "label": "Line B-C", "node": "b", "kind": "leg", "unit": "train"},
    {"place": 4, "name": "c-yard", "label": "Yard at C", "node": "c", "kind": "yard", "unit": "TEU"},
    {"place": 5, "name": "trucks", "label": "Trucks", "node": "a", "kind": "fleet", "unit": "truck"},
    {"place": 6, "name": "ad", "label": "Road A-D", "node": "a", "kind": "leg", "unit": "truck"},
    {"place": 7, "name": "d-rest", "label": "Rest at D", "node": "d", "kind": "rest", "unit": "truck"},
    {"place": 8, "name": "d-posts", "label": "Posts at D", "node": "d", "kind": "posts", "unit": "truck"},
    {"place": 9, "name": "de", "label": "Road D-E", "node": "d", "kind": "leg", "unit": "truck"},
]

CAPACITIES = {0: 10, 1: 1, 2: 1, 3: 1, 4: 3, 5: 1, 6: 9, 7: 9, 8: 1, 9: 9}
CLOSED = {2: (10, 14), 8: (8, 12)}


def _windows() -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for place, capacity in CAPACITIES.items():
        changes = [(0, capacity)]
        if place in CLOSED:
            shut, opened = CLOSED[place]
            changes += [(shut, 0), (opened, capacity)]
        rows += [{"place": place, "time_s": t * HOUR, "capacity": c, "pace": 1.0} for t, c in changes]
    return rows


RAIL = {"usd_teu_km": 0.5, "usd_tkm": 0.0, "kg_tkm": 0.02, "mode": "rail", "activity": "moving"}
ROAD = {"usd_teu_km": 0.2, "usd_tkm": 0.1, "kg_tkm": 0.125, "mode": "road", "activity": "moving"}
STAY = {"kind": "occupy", "units": 1, "km": 0.0, "fee_usd": 0.0, "fee_usd_teu": 0.0, "kg_teu": 0.0}
AT_B = {
    "activity": "formalities",
    "border": "b",
    "direction": "out",
    "country": "CN",
    "fee_usd": 50.0,
    "fee_usd_teu": 10.0,
}
AT_D = {"activity": "formalities", "border": "d", "direction": "out", "country": "KZ", "fee_usd": 100.0}
TEU = {"units": 1, "units_per_teu": True}


ROUTES: list[tuple[str, list[dict[str, object]]]] = [
    (
        "box",
        [
            STAY
            | TEU
            | {"name": "load", "activity": "handling", "place": 0, "node": "a", "to_node": "a", "kg_teu": 3.0},
            {"name": "ride", "kind": "ride", "activity": "waiting", "node": "a", "to_node": "c", "service": "west"},
            STAY
            | TEU
            | {"name": "yard", "activity": "handling", "place": 4, "node": "c", "to_node": "c", "kg_teu": 2.0},
        ],
    ),
    (
        "train",
        [
            {
                "name": "load",
                "kind": "call",
                "activity": "handling",
                "node": "a",
                "to_node": "a",
                "service": "west",
            },
            STAY | RAIL | {"name": "ab", "place": 1, "node": "a", "to_node": "b", "leg": "ab", "km": 100.0},
            STAY | AT_B | {"name": "posts", "place": 2, "node": "b", "to_node": "b"},
            STAY | RAIL | {"name": "bc", "place": 3, "node": "b", "to_node": "c", "leg": "bc", "km": 200.0},
            {"name": "end", "kind": "call", "activity": "handling", "node": "c", "to_node": "c", "service": "west"},
        ],
    ),
    (
        "truck",
        [
            STAY | {"name": "truck", "activity": "equipment", "place": 5, "node": "a", "to_node": "a"},
            STAY | ROAD | {"name": "ad", "place": 6, "node": "a", "to_node": "d", "leg": "ad", "km": 200.0},
            STAY | {"name": "rest", "activity": "rest", "place": 7, "node": "d", "to_node": "d"},
            STAY | AT_D | {"name": "posts", "place": 8, "node": "d", "to_node": "d"},
            STAY | ROAD | {"name": "de", "place": 9, "node": "d", "to_node": "e", "leg": "de", "km": 150.0},
        ],
    ),
    ("others", [STAY | AT_D | {"name": "posts", "place": 8, "node": "d", "to_node": "d"}]),
]


def _steps() -> list[dict[str, object]]:
    rows = [{"route": route, "position": k} | row for route, steps in ROUTES for k, row in enumerate(steps)]
    return [{"step": number} | row for number, row in enumerate(rows)]


def _entity(replication: int, entity: int, group: str, release: float, teu: int) -> dict[str, object]:
    kinds = {"west": ("consist", "train"), "others": ("traffic", "others"), "rail": ("shipment", "box")}
    kind, route = kinds.get(group, ("shipment", "truck"))
    return {
        "replication": replication,
        "entity": entity,
        "group": group,
        "kind": kind,
        "route": route,
        "release_s": int(release * HOUR),
        "teu": teu,
        "capacity_teu": 10 if kind == "consist" else 0,
        "value_usd": 1000.0 * teu,
    }


FLOWS: list[dict[str, object]] = [
    {
        "flow": "rail",
        "label": "Rail west",
        "corridor": "north",
        "from_node": "a",
        "to_node": "c",
        "direction": "westbound",
        "scope": "TT",
        "report": True,
        "tonnes_teu": 10.0,
        "promise_s": 23 * HOUR,
        "free_flow_s": 18.0 * HOUR,
        "value_of_time_usd_teu_day": 24.0,
    },
    {
        "flow": "road",
        "label": "Road west",
        "corridor": "south",
        "from_node": "a",
        "to_node": "e",
        "direction": "westbound",
        "scope": "DD",
        "report": True,
        "tonnes_teu": 8.0,
    },
    {"flow": "others", "label": "The rest of the traffic", "corridor": "south", "report": False},
]

ENTITIES: list[dict[str, object]] = [
    _entity(0, 0, "rail", 0, 2),
    _entity(0, 1, "rail", 1, 3),
    _entity(0, 2, "rail", 12, 1),
    _entity(0, 3, "west", 0, 0),
    _entity(0, 4, "west", 24, 0),
    _entity(0, 5, "road", 0, 2),
    _entity(0, 6, "road", 2, 2),
    _entity(0, 7, "others", 5, 0),
    _entity(0, 8, "others", 7, 0),
    _entity(1, 0, "rail", 0, 2),
    _entity(1, 1, "west", 0, 0),
    _entity(1, 2, "road", 0, 2),
]

# entity, step, place, requested, entered, left, released, consist
FIRST: list[Row] = [
    (0, 0, 0, 0, 0, 1, 1, None),
    (3, 3, None, 0, 1, 4, None, None),
    (5, 8, 5, 0, 0, 0, 18, None),
    (5, 9, 6, 0, 0, 4, 4, None),
    (0, 1, None, 1, 4, 22, None, 3),
    (1, 0, 0, 1, 1, 2, 2, None),
    (1, 1, None, 2, 4, 22, None, 3),
    (6, 8, 5, 2, 18, 18, None, None),
    (3, 4, 1, 4, 5, 9, 9, None),
    (5, 10, 7, 4, 4, 6, 6, None),
    (7, 13, 8, 5, 5, 7, 7, None),
    (5, 11, 8, 6, 7, 9, 9, None),
    (8, 13, 8, 7, 12, 13, 13, None),
    (3, 5, 2, 9, 9, 16, 16, None),
    (5, 12, 9, 9, 9, 12, 12, None),
    (2, 0, 0, 12, 12, 13, 13, None),
    (2, 1, None, 13, None, None, None, None),
    (3, 6, 3, 16, 16, 22, 22, None),
    (6, 9, 6, 18, 18, 22, 22, None),
    (0, 2, 4, 22, 23, 24, 26, None),
    (1, 2, 4, 22, 22, 23, 23, None),
    (3, 7, None, 22, 23, 23, None, None),
    (6, 10, 7, 22, 22, 24, 24, None),
    (4, 3, None, 24, 25, None, None, None),
    (6, 11, 8, 24, 24, 26, 26, None),
    (6, 12, 9, 26, 26, 29, 29, None),
]

SECOND: list[Row] = [
    (0, 0, 0, 0, 0, 1, 1, None),
    (1, 3, None, 0, 0, 1, None, None),
    (2, 8, 5, 0, 0, 0, 23, None),
    (2, 9, 6, 0, 0, 4, 4, None),
    (0, 1, None, 1, 1, 13, None, 1),
    (1, 4, 1, 1, 1, 4, 4, None),
    (1, 5, 2, 4, 4, 7, 7, None),
    (2, 10, 7, 4, 4, 7, 7, None),
    (1, 6, 3, 7, 7, 13, 13, None),
    (2, 11, 8, 7, 12, 14, 14, None),
    (0, 2, 4, 13, 13, 14, 14, None),
    (1, 7, None, 13, 13, 13, None, None),
    (2, 12, 9, 14, 14, 17, 17, None),
]

NODES: list[dict[str, object]] = [
    {"node": node, "name": node.upper(), "kind": "border" if node in "bd" else "terminal", "lat": 40.0, "lon": 80.0}
    for node in "abcde"
]
SERVICES: list[dict[str, object]] = [
    {"service": "west", "label": "West train", "mode": "rail", "from_node": "a", "to_node": "c", "capacity_teu": 10}
]
OBSERVED: dict[str, object] = {
    "observation": "trains-out",
    "label": "Shipments",
    "what": "shipments that set out",
    "measure": '{"of": "shipments", "statistic": "mean", "aims": [{"names": ["rail", "first"], "from_s": null, '
    '"to_s": null, "at_s": null}]}',
    "unit": "trips",
    "unit_size": 1.0,
    "band_low": 1.0,
    "band_high": 2.0,
}
"""Judged of every small log."""

EXPECTED: dict[str, object] = {
    "expectation": "many",
    "sentence": "shipments.rail >= 2 trips",
    "outcome": "shipments.rail",
    "measure": OBSERVED["measure"],
    "test": ">=",
    "low": 2.0,
    "relative": False,
    "at": "every point",
    "unit": "trips",
    "unit_size": 1.0,
}
"""Asked of every small log."""


def legend_of(said: dict[str, object], entities: Sequence[dict[str, object]]) -> Legend:
    """The legend of the two corridors for other entities."""
    return Legend(
        origin=said,
        places=table("places", PLACES),
        windows=table("windows", _windows()),
        steps=table("steps", _steps()),
        entities=table("entities", entities),
        flows=table("flows", FLOWS),
        services=table("services", SERVICES),
        nodes=table("nodes", NODES),
        legs=table("legs", []),
        numbers=table("numbers", []),
        observations=table("observations", [OBSERVED] if entities else []),
        expectations=table("expectations", [EXPECTED] if entities else []),
    )


def corridors(warm_up: float = 0) -> Log:
    """Two corridors, two replications: see the top of this file."""
    return build([visits(FIRST), visits(SECOND)], legend_of(origin(2, 48, warm_up), ENTITIES))


def only_first() -> Log:
    """The first replication of the two corridors alone."""
    entities = [entity for entity in ENTITIES if entity["replication"] == 0]
    return build([visits(FIRST)], legend_of(origin(1, 48), entities))


def nothing_moved() -> Log:
    """The same corridors without an entity."""
    return build([visits([])], legend_of(origin(1, 48), []))


def six_hour_queue() -> Log:
    """One truck after the other at the posts d, all times multiples of 6 h, so that a grid of 6 h sees every state.

    Four arrive at 0, 6, 12, 18; each stays 12: entered 0, 12, 24, 36, left 12, 24, 36, 48. Horizon 48.
    """
    entities = [_entity(0, k, "others", 6 * k, 2) for k in range(4)]
    rows: list[Row] = [(k, 13, 8, 6 * k, 12 * k, 12 * k + 12, 12 * k + 12, None) for k in range(4)]
    legend = legend_of(origin(1, 48), entities)
    return build([visits(rows)], legend)
