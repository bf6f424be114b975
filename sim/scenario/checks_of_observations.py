"""Checks of observations: what they are measured of is there, when they are measured the run goes on, sources exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sim import facts
from sim.errors import FactError
from sim.scenario.findings import Finding, Where, unknown
from sim.scenario.model import Scenario
from sim.scenario.numbers import MSER_5
from sim.scenario.observations import Aim, Measure
from sim.scenario.precision import Precision


def references(scenario: Scenario) -> Iterator[Finding]:
    """Every flow, place and service that a measure names must be there, and every fact and source."""
    yield from _nothing_reported(scenario)
    for where, measure in _measures(scenario):
        for aim, keys in _aims(measure):
            yield from _things(scenario, (*where, *keys), aim)
    for key, observation in sorted(scenario.observations.items()):
        where, published = ("observations", key), observation.published
        for fact in published.fact or []:
            try:
                facts.get(fact)
            except FactError as err:
                yield Finding((*where, "published", "fact"), str(err))
        for code in published.source or []:
            if code not in facts.sources():
                yield Finding((*where, "published", "source"), unknown("source", code, facts.sources()))


def _measures(scenario: Scenario) -> Iterator[tuple[Where, Measure]]:
    """All that a scenario measures by itself, by its place in the file."""
    for key, observation in sorted(scenario.observations.items()):
        yield ("observations", key, "measure"), observation.measure
    if isinstance(scenario.replications, Precision) and scenario.replications.of is not None:
        yield ("replications", "of"), scenario.replications.of


def _nothing_reported(scenario: Scenario) -> Iterator[Finding]:
    """What is found from the reported flows needs one."""
    if any(flow.report for flow in scenario.flows.values()):
        return
    if scenario.warm_up == MSER_5:
        yield Finding(("warm_up",), f"'{MSER_5}' is found from reported flows, and none is: give a duration")
    if isinstance(scenario.replications, Precision) and scenario.replications.of is None:
        yield Finding(("replications",), "no flow is reported, so that 'of' is due")


def of_measure(scenario: Scenario, where: Where, measure: Measure) -> Iterator[Finding]:
    """What a measure at a path names must be there, and the run go on when it is measured."""
    for aim, keys in _aims(measure):
        yield from _things(scenario, (*where, *keys), aim)
    yield from _times(scenario, where, measure)


def _aims(measure: Measure) -> list[tuple[Aim, Where]]:
    return [(measure, ()), *([] if measure.minus is None else [(measure.minus, ("minus",))])]


def _things(scenario: Scenario, where: Where, aim: Aim) -> Iterator[Finding]:
    reported = {key: flow for key, flow in scenario.flows.items() if flow.report}
    known: Mapping[str, Mapping[str, object]] = {
        "flow": scenario.flows,
        "place": scenario.places,
        "service": scenario.services,
    }
    for group, things in known.items():
        for name in getattr(aim, group) or []:
            if name not in things:
                yield Finding((*where, group), unknown(group, name, things))
            elif group == "flow" and name not in reported:
                yield Finding((*where, group), f"flow '{name}' is not reported, so that nothing is measured of it")


def times(scenario: Scenario) -> Iterator[Finding]:
    """What is measured at a time is measured within the run."""
    for where, measure in _measures(scenario):
        yield from _times(scenario, where, measure)


def _times(scenario: Scenario, where: Where, measure: Measure) -> Iterator[Finding]:
    end = scenario.horizon.value
    for aim, (_, keys) in zip(measure.aims(), _aims(measure), strict=True):
        first = 0 if aim.first is None else scenario.seconds(aim.first.utc())
        last = end if aim.last is None else scenario.seconds(aim.last.utc(end=True))
        if aim.first is not None and aim.last is not None and last <= first:
            yield Finding((*where, *keys, "to"), f"'{aim.last.written}' is not after 'from: {aim.first.written}'")
        at = 0 if aim.at is None else scenario.seconds(aim.at.utc())
        for name, time in (("from", first), ("to", last), ("at", at)):
            if not 0 <= time <= end:
                ends_at = f"{scenario.start.written} and {scenario.horizon.text} later"
                yield Finding((*where, *keys, name), f"it lies outside of the run, which goes from {ends_at}")
