"""What a scenario may not ask of a run, though each of its parts is fine: crowds, places that never open, misfits."""

from __future__ import annotations

from collections.abc import Iterator

from sim.engines.refusals import Misfit, misfits
from sim.errors import Problem, ScenarioError
from sim.plan import traffic
from sim.plan.breakdowns import with_breakdowns
from sim.plan.compile import Compiled
from sim.plan.distributions import family_of, mean
from sim.plan.tables import ABSENT, StepKind
from sim.plan.traffic import Traffic
from sim.scenario import Loaded

CROWD = 5_000_000
"""Most entities that one flow or service may have in a replication: some ten gigabytes of log."""

SPELLS = 20_000
"""Most spells of one breakdown that may be expected in a replication: each is two windows of each of its places."""


def refuse(loaded: Loaded, compiled: Compiled, moving: Traffic) -> None:
    """ScenarioError with all that a run would fail on, in the order of the file; ``moving``: its traffic."""
    found = [*_crowds(loaded, moving), *_storms(loaded), *_never_open(loaded, compiled)]
    found = found or list(_misfits(loaded, compiled, moving))
    if found:
        raise ScenarioError(found)


def _crowds(loaded: Loaded, moving: Traffic) -> Iterator[Problem]:
    for group in moving.groups:
        if group not in loaded.scenario.flows:
            where, count = ("services", group, "departures"), traffic.expected_consists(loaded.scenario, group)
        else:
            where, count = ("flows", group, "demand"), traffic.expected_shipments(moving, group)
        if count > CROWD:
            message = f"about {count:,.0f} of them would move in one replication: {CROWD:,} are the most"
            yield loaded.located.problem(where, message)


def _storms(loaded: Loaded) -> Iterator[Problem]:
    stated = loaded.scenario
    for key, breakdown in stated.breakdowns.items():
        once = mean(family_of(breakdown.time_between)) + mean(family_of(breakdown.time_to_repair))
        count = stated.horizon.value / max(once, 2.0)
        if count > SPELLS:
            message = f"about {count:,.0f} spells would come in one replication: {SPELLS:,} are the most"
            yield loaded.located.problem(("breakdowns", key, "time_between"), message)


def _never_open(loaded: Loaded, compiled: Compiled) -> Iterator[Problem]:
    plan = compiled.plan
    used = {int(place) for place in plan.steps.place[plan.steps.kind == StepKind.OCCUPY] if place != ABSENT}
    # To an empty pool units of other places come back.
    for place in sorted(used - set(plan.steps.return_place.tolist())):
        rows = plan.places.windows_of(place)
        if plan.windows.capacity[rows].max() == 0:
            name = compiled.place_rows[place].name
            yield loaded.located.problem(("places", name), f"'{name}' is never open in this run, but traffic needs it")


def _misfits(loaded: Loaded, compiled: Compiled, moving: Traffic) -> Iterator[Problem]:
    for misfit in misfits(with_breakdowns(compiled.plan, loaded.scenario.seed, 0), moving.first):
        yield loaded.located.problem(_where(loaded, compiled, misfit), misfit.said)


def _where(loaded: Loaded, compiled: Compiled, misfit: Misfit) -> tuple[str, ...]:
    """Where a scenario says how wide the place is, or what goes that way."""
    if misfit.place != ABSENT and (place := compiled.place_rows[misfit.place].name) in loaded.scenario.places:
        return ("places", place, "capacity")
    group = compiled.groups[misfit.route]
    return ("flows" if group in loaded.scenario.flows else "services", group)
