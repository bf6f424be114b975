"""A log made by hand of trains that call on the way and of a gauge change. Times in hours, horizon 20 h.

One train of service cn, 10 TEU of room (entity 4)::

    ready at a 1, departs 2; leg am (50 km) 2-5; at m ready 6, departs 7; leg mb (70 km) 7-10;
    posts at b, out of CN: waits 10-11, works 11-12, 60 USD for the train; let off at b at 12

One train of service kz, 10 TEU of room (entity 5)::

    released at 8, ready at b 9, departs 15; posts at b, into KZ: 15-17, 5 USD per TEU; leg bc (100 km) from 17, still
    under way when the run ends

Shipments::

    0  flow thru,   2 TEU, released 0: rides a-b 2-12; crane at b (post into KZ) waits 12-13, works 13-14; waits for kz
                    until 15, under way when the run ends
    1  flow first,  3 TEU, released 0: rides a-m 2-5
    2  flow second, 4 TEU, released 1: waits at m, rides m-b 7-12
    3  flow long,   4 TEU, released 0: rides a-b 2-12, aboard while the train calls at m

Aboard: am 2 + 3 + 4 = 9 TEU, mb and the posts 2 + 4 + 4 = 10 TEU, kz 2 TEU.
"""

from __future__ import annotations

from sim.log import Legend, Log, build
from tests.small_logs import EXPECTED, HOUR, OBSERVED, Row, origin, table, visits

PLACES: list[dict[str, object]] = [
    {"place": 0, "name": "am", "label": "Line A-M", "node": "a", "kind": "leg"},
    {"place": 1, "name": "mb", "label": "Line M-B", "node": "m", "kind": "leg"},
    {"place": 2, "name": "b-posts", "label": "Posts at B, CN", "node": "b", "kind": "posts"},
    {"place": 3, "name": "b-cranes", "label": "Cranes at B", "node": "b", "kind": "cranes"},
    {"place": 4, "name": "b-customs", "label": "Posts at B, KZ", "node": "b", "kind": "posts"},
    {"place": 5, "name": "bc", "label": "Line B-C", "node": "b", "kind": "leg"},
]

OUT = {"border": "b", "direction": "out", "country": "CN"}
INTO = {"border": "b", "direction": "in", "country": "KZ"}


def _leg(place: int, node: str, to_node: str, km: float) -> dict[str, object]:
    moving = {"kind": "occupy", "units": 1, "activity": "moving", "usd_teu_km": 1.0, "usd_tkm": 0.0, "kg_tkm": 0.1}
    return moving | {"place": place, "node": node, "to_node": to_node, "km": km}


def _ride(service: str, node: str, to_node: str) -> dict[str, object]:
    return {"kind": "ride", "activity": "waiting", "node": node, "to_node": to_node, "service": service}


def _at(place: int, activity: str, node: str) -> dict[str, object]:
    there = {"kind": "occupy", "units": 1, "activity": activity, "kg_teu": 0.0}
    return there | {"place": place, "node": node, "to_node": node}


def _call(service: str, node: str) -> dict[str, object]:
    return {"kind": "call", "activity": "handling", "node": node, "to_node": node, "service": service}


ROUTES: dict[str, list[dict[str, object]]] = {
    "thru": [_ride("cn", "a", "b"), _at(3, "handling", "b") | INTO, _ride("kz", "b", "c") | INTO],
    "first": [_ride("cn", "a", "m")],
    "second": [_ride("cn", "m", "b")],
    "long": [_ride("cn", "a", "b")],
    "cn": [
        _call("cn", "a"),
        _leg(0, "a", "m", 50.0),
        _call("cn", "m"),
        _leg(1, "m", "b", 70.0),
        _at(2, "formalities", "b") | OUT | {"fee_usd": 60.0},
        _call("cn", "b"),
    ],
    "kz": [
        _call("kz", "b"),
        _at(4, "formalities", "b") | INTO | {"fee_usd_teu": 5.0},
        _leg(5, "b", "c", 100.0),
        _call("kz", "c"),
    ],
}

# entity, step, place, requested, entered, left, released, consist
ROWS: list[Row] = [
    (0, 0, None, 0, 2, 12, None, 4),
    (1, 3, None, 0, 2, 5, None, 4),
    (3, 5, None, 0, 2, 12, None, 4),
    (4, 6, None, 0, 1, 2, None, None),
    (2, 4, None, 1, 7, 12, None, 4),
    (4, 7, 0, 2, 2, 5, 5, None),
    (4, 8, None, 5, 6, 7, None, None),
    (4, 9, 1, 7, 7, 10, 10, None),
    (5, 12, None, 8, 9, 15, None, None),
    (4, 10, 2, 10, 11, 12, 12, None),
    (0, 1, 3, 12, 13, 14, 14, None),
    (4, 11, None, 12, 12, 12, None, None),
    (0, 2, None, 14, 15, None, None, 5),
    (5, 13, 4, 15, 15, 17, 17, None),
    (5, 14, 5, 17, 17, None, None, None),
]

RELEASES = [("thru", 0, 2), ("first", 0, 3), ("second", 1, 4), ("long", 0, 4), ("cn", 0, 0), ("kz", 8, 0)]


def trains(rows: list[Row] | None = None) -> Log:
    """The log of the trains above, or the same with other visits."""
    steps = [{"route": route, "position": k} | step for route, chain in ROUTES.items() for k, step in enumerate(chain)]
    entities: list[dict[str, object]] = [
        {
            "replication": 0,
            "entity": number,
            "group": group,
            "kind": "consist" if teu == 0 else "shipment",
            "route": group,
            "release_s": release * HOUR,
            "teu": teu,
            "capacity_teu": 10 if teu == 0 else 0,
        }
        for number, (group, release, teu) in enumerate(RELEASES)
    ]
    flows: list[dict[str, object]] = [
        {"flow": flow, "label": flow, "corridor": "rail", "report": True}
        for flow in ("first", "long", "second", "thru")
    ]
    legend = Legend(
        origin=origin(1, 20),
        places=table("places", PLACES),
        windows=table("windows", [{"place": k, "time_s": 0, "capacity": 1, "pace": 1.0} for k in range(len(PLACES))]),
        steps=table("steps", [{"step": number} | step for number, step in enumerate(steps)]),
        entities=table("entities", entities),
        flows=table("flows", flows),
        services=table("services", [{"service": "cn", "capacity_teu": 10}, {"service": "kz", "capacity_teu": 10}]),
        nodes=table("nodes", []),
        legs=table("legs", []),
        numbers=table("numbers", []),
        observations=table("observations", [OBSERVED]),
        expectations=table("expectations", [EXPECTED]),
    )
    return build([visits(ROWS if rows is None else rows)], legend)
