"""Outcomes: a few measures of each replication, straight from what the engine leaves; for sweeps.

The numbers are those that a run would measure, to the last bit: the same code reckons them. What holds for all
replications is made ready once, and of a replication nothing is worked out that no measure asks for::

    ready = made_ready(scenario, compiled, {"slow": measured(scenario, measure)})
    done = engine(plan, entities, seed=seed, replication=number)
    found = outcomes(ready, Replication(entities, plan), done.visits)  # {"slow": Reading(1382400.0, 12, 900)}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from sim.experiments.legend import Groups, Replication, span, table
from sim.log import NOT_YET, Visits
from sim.metrics.accounts import Accounts
from sim.metrics.accruals import Windows
from sim.metrics.journeys import Journeys
from sim.metrics.observed import observed
from sim.metrics.rows import Movers, Rows
from sim.metrics.setting import Setting
from sim.plan.compile import Compiled
from sim.plan.tables import Entities, Plan
from sim.scenario.model import Scenario

MeasureRow = Mapping[str, Any]
"""A measure with names and seconds, as :func:`sim.experiments.observations.measured` gives it."""


class Reading(NamedTuple):
    """What a measure comes to in one replication."""

    value: float
    """In the units of the code: seconds, km/s, TEU, USD/TEU, kg/TEU, shares, numbers; nan if there is none."""
    unfinished: int
    """Shipments or visits that the value leaves out, since they had not come to their end."""
    asked: int = 0
    """Shipments or visits of which the value was asked; 0 of one that leaves out nobody."""


@dataclass(frozen=True, eq=False)
class Ready:
    """A scenario ready to be measured; threads may share it."""

    measures: Mapping[str, MeasureRow]
    setting: Setting
    groups: Groups


def made_ready(scenario: Scenario, compiled: Compiled, measures: Mapping[str, MeasureRow]) -> Ready:
    """What the outcomes of all replications of a scenario share; measures by any id."""
    groups = Groups.of(scenario, compiled)
    setting = Setting(span(scenario), partial(table, scenario, compiled))
    return Ready(dict(measures), setting, groups)


def outcomes(
    ready: Ready, replication: Replication, visits: Visits, moving: Movers | None = None
) -> dict[str, Reading]:
    """Each measure of one replication: who moved, the plan with its breakdowns, and what an engine made of them.

    ``moving``: who moved as :func:`movers` has it, if somebody knows it.
    """
    moving = movers(ready.groups, replication.entities) if moving is None else moving
    held = Accounts(Journeys(ready.setting, moving, _rows(visits), _windows(replication.plan)))
    found = {key: observed(held, measure) for key, measure in ready.measures.items()}
    # Where nothing moves at all, there is no replication that would have a number.
    return {
        key: Reading(float(each.values[0]) if len(each.values) else np.nan, each.unfinished, each.asked)
        for key, each in found.items()
    }


def _rows(visits: Visits) -> Rows:
    # In a single replication the number of an entity is its row.
    return Rows.of({**vars(visits), "who": visits.entity})


def movers(groups: Groups, entities: Entities) -> Movers:
    """The entities of a single replication."""
    return Movers(
        replication=np.zeros(len(entities), np.int64),
        entity=np.arange(len(entities)),
        group=entities.route,
        groups=groups.index,
        release=entities.release,
        teu=entities.teu,
        capacity_teu=groups.capacity_teu(entities),
        value_usd=groups.value_usd(entities),
        consist=(groups.kinds == "consist")[entities.route],
    )


def _windows(plan: Plan) -> Windows:
    lengths = np.diff(plan.places.first_window)
    place = np.repeat(np.arange(len(lengths)), lengths)
    return Windows(place, np.full(len(place), NOT_YET), plan.windows.time, plan.windows.capacity)
