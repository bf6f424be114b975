"""How much goes over each leg: the flows' TEU laid along their routes, rides included."""

from __future__ import annotations

from itertools import groupby

import pandas as pd

from sim.figures.drawing import origin_number
from sim.log import Log

YEAR_S = 365 * 86_400


def service_legs(steps: pd.DataFrame, route: str) -> list[tuple[str, str, str]]:
    """Legs of a route in order, each with its nodes: (leg, from, to). Pieces of a leg with rests between are one."""
    moving = steps[(steps["route"] == route) & (steps["leg"].fillna("") != "")].sort_values("position")
    return [leg for leg, _ in groupby((str(row.leg), str(row.node), str(row.to_node)) for row in moving.itertuples())]


def between(legs: list[tuple[str, str, str]], start: str, end: str) -> list[str]:
    """The legs from one node to another of a chain; none where the chain does not join them in this order."""
    found: list[str] = []
    riding = False
    for leg, node, to_node in legs:
        riding = riding or node == start
        if riding:
            found.append(leg)
        if riding and to_node == end:
            return found
    return []


def route_legs(log: Log) -> dict[str, list[str]]:
    """Route of a shipment to the legs that it goes over, by its own steps or riding."""
    steps, entities = log.legend.steps, log.legend.entities
    consists = entities[entities["kind"] == "consist"][["group", "route"]].drop_duplicates()
    chains = {(str(row.group), str(row.route)): service_legs(steps, str(row.route)) for row in consists.itertuples()}
    routes: dict[str, list[str]] = {}
    for route in sorted(set(entities.loc[entities["kind"] == "shipment", "route"])):
        legs: list[str] = []
        for row in steps[steps["route"] == route].sort_values("position").itertuples():
            if row.kind == "ride":
                ways = [between(chain, str(row.node), str(row.to_node)) for (group, _), chain in chains.items()
                        if group == row.service]  # fmt: skip
                legs += next((way for way in ways if way), [])
            elif row.leg:
                legs.append(str(row.leg))
        routes[str(route)] = [leg for leg, _ in groupby(legs)]
    return routes


def leg_teu(log: Log) -> dict[str, float]:
    """Leg to TEU a year over it: shipments released after the warm-up, mean over replications."""
    entities = log.legend.entities
    warm_up, horizon = origin_number(log, "warm_up_s"), origin_number(log, "horizon_s")
    years = max(horizon - warm_up, 1) / YEAR_S * max(entities["replication"].nunique(), 1)
    counted = entities[(entities["kind"] == "shipment") & (entities["release_s"] >= warm_up)]
    sums = counted.groupby("route")["teu"].sum() / years
    loads: dict[str, float] = {}
    for route, legs in sorted(route_legs(log).items()):
        for leg in legs:
            loads[leg] = loads.get(leg, 0.0) + float(sums.get(route, 0.0))
    return loads
