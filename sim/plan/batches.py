"""Batches: how many TEU travel together, in whole boxes, and never more than a consist on the way carries."""

from __future__ import annotations

import math

import numpy as np

from sim.plan import distributions, draws
from sim.plan.tables import Floats, Ints, Kind
from sim.scenario import paths
from sim.scenario.demand import Flow
from sim.scenario.model import Scenario

_QUANTILES = 999
"""Quantiles whose mean stands for the mean of a distribution that is rounded and cut."""


def sizes(scenario: Scenario, flow: Flow, address: draws.Address, count: int) -> Ints:
    """TEU of each shipment of a flow. A fixed batch of no whole number of boxes is right in the sum."""
    family = distributions.family_of(flow.batch)
    box = _box(flow)
    if family.kind == Kind.FIXED:
        sums: Floats = np.floor(np.arange(count + 1) * family.a / box + 1e-9)
        boxes: Floats = np.maximum(np.diff(sums), 1)
        return np.floor(boxes * box + 0.5).astype(np.int64)
    return _whole(scenario, flow, draws.samples(family, draws.block(address, 0, count)))


def mean_size(scenario: Scenario, flow: Flow) -> float:
    """Mean TEU of a shipment as it is drawn: rounded to boxes and cut to what the consists carry."""
    family = distributions.family_of(flow.batch)
    if family.kind == Kind.FIXED:
        return max(family.a, 1.0)
    quantiles = draws.samples(family, (np.arange(_QUANTILES) + 0.5) / _QUANTILES)
    return float(_whole(scenario, flow, quantiles).mean())


def _box(flow: Flow) -> float:
    return 1.0 if flow.box is None else flow.box.value


def _whole(scenario: Scenario, flow: Flow, teu: Floats) -> Ints:
    """Sizes in whole boxes, one at least, and at most as many as the smallest consist on the way carries."""
    box = _box(flow)
    most = max(1, math.floor(room(scenario, flow) / box)) if math.isfinite(room(scenario, flow)) else math.inf
    boxes = np.clip(np.floor(teu / box + 0.5), 1, most)
    return np.maximum(1, np.floor(boxes * box + 0.5)).astype(np.int64)


def room(scenario: Scenario, flow: Flow) -> float:
    """TEU of the smallest consist among the services that a flow may ride on; infinite if it rides on none."""
    services = [scenario.services[item] for item in paths.items(scenario, flow.by) if item in scenario.services]
    carried = [each.capacity.value for each in services if each.capacity is not None and each.carries_teu]
    return min(carried, default=math.inf)
