"""Trials: what searches and fits share. Points are run as they are asked for, and told as the points of a sweep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sim import units
from sim.experiments import runs
from sim.experiments.campaign import Campaign
from sim.experiments.design import Point
from sim.experiments.sweep import Order, head
from sim.experiments.swept import Course, Swept, swept
from sim.metrics.shape import shaped
from sim.metrics.values import VALUES
from sim.scenario.search import PRICE


@dataclass
class Trials:
    """A campaign that is asked again and again."""

    order: Order
    campaign: Campaign
    progress: runs.Progress
    expected: int
    """About so many points in all."""
    tried: int = 0

    def run(self, points: Sequence[Point], replications: int | None = None) -> pd.DataFrame:
        """The values of points, after what is missing of them was run; of a point that is refused there are none."""
        asked = self._asked(points, replications)
        self.campaign.run(self.campaign.gaps(asked), self._tell(len(points)))
        self.tried += len(points)
        return self._swept(asked).values

    def _tell(self, points: int) -> runs.Progress:
        """Progress in points, of which so many are run now."""

        def tell(done: int, total: int, _what: str) -> None:
            now = self.tried + (points * done // total if total else points)
            self.progress(min(now, self.expected), self.expected, f"trying points of {self.order.loaded.name}")

        return tell

    def told(self, points: Sequence[Point], kind: str) -> Swept:
        """The tables of points that were run, with a head that says what they were run for."""
        found = self._swept(self._asked(points, None))
        return replace(found, head={**head(self.order, self.campaign.engine, kind), **found.head})

    def _asked(self, points: Sequence[Point], replications: int | None) -> tuple[tuple[Point, int], ...]:
        count = self.order.replications if replications is None else replications
        return tuple((point, count) for point in points)

    def _swept(self, asked: tuple[tuple[Point, int], ...]) -> Swept:
        order, most = self.order, max((count for _, count in asked), default=0)
        met = {point.number: self.campaign.met(point) for point, _ in asked}
        course = Course(order.loaded, self.campaign.ground, order.sentences, asked, most, met)
        return with_price(swept(course, {}), order, [point for point, _ in asked])


def with_price(found: Swept, order: Order, points: Sequence[Point]) -> Swept:
    """With what the factors cost as one more outcome, if any of them has a price: the same in every replication."""
    prices = _prices(order)
    if not prices:
        return found
    of_point = {
        point.number: sum(price * float(point.values[key]) for key, price in prices.items()) for point in points
    }
    run = found.values[["point", "replication"]].drop_duplicates(ignore_index=True)
    values = {"point": run["point"], "replication": run["replication"], "outcome": [PRICE] * len(run)}
    values |= {"value": run["point"].map(of_point), **dict.fromkeys(("unfinished", "asked"), np.zeros(len(run)))}
    row = {"outcome": PRICE, "label": "Price of the factors", "unit": "USD", "unit_size": 1.0, "better": "lower"}
    row |= {"measure": "", "what": "price times value, over the factors that have a price"}
    table = pd.concat([found.values, shaped(VALUES, values)], ignore_index=True)
    table = table.sort_values(["point", "replication"], kind="stable", ignore_index=True)
    outcomes = pd.concat([found.outcomes, pd.DataFrame([row])], ignore_index=True)
    return replace(found, values=table, outcomes=outcomes.astype(found.outcomes.dtypes.to_dict()))


def _prices(order: Order) -> dict[str, float]:
    """USD for one unit of each factor that has a price, in the unit in which its values stand."""
    scenario = order.loaded.scenario.scenario
    found = {}
    for axis in order.loaded.axes:
        price = order.loaded.experiment.factors[axis.factor].price
        if price is not None:
            found[axis.factor] = scenario.usd(price) * units.one(axis.unit).house
    return found
