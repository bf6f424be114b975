"""The observations of a scenario as rows of the legend, so that a log can be judged without the scenario."""

from __future__ import annotations

import json
from typing import Any

from sim import facts, units
from sim.scenario.model import Scenario
from sim.scenario.observations import Aim, Measure, Published

_WORDS = {
    "transit-time": "transit time",
    "standing-time": "time not in motion",
    "moving-share": "share of time moving",
    "on-time-share": "share on time",
    "speed-with-delay": "speed with delay",
    "speed-without-delay": "speed without delay",
    "shipments": "shipments that set out",
    "unfinished": "shipments under way at the end",
    "turned-away": "shipments turned away",
    "teu": "TEU that set out",
    "teu-per-shipment": "TEU a shipment",
    "cost": "cost of a TEU",
    "freight-and-fees": "freight and fees of a TEU",
    "co2e": "CO2e of a TEU",
    "waiting": "waiting",
    "inside": "inside",
    "waiting-time": "waiting time",
    "clearing-time": "time until nobody waits any more",
    "throughput": "throughput",
    "utilisation": "utilisation",
    "departures": "departures",
    "load-factor": "load factor",
}
_STATISTICS = {"p90": "90th percentile", "p95": "95th percentile"}


def observation_rows(scenario: Scenario) -> list[dict[str, Any]]:
    """A row for each observation, by id, in the columns of the legend."""
    rows = []
    for key, observation in sorted(scenario.observations.items()):
        band = observation.band
        unit = band.unit
        size = units.one(unit).house
        ends = {name: end.value / size for name, end in band.ends.items()}
        rows.append(
            {
                "observation": key,
                "case": observation.case,
                "label": observation.label,
                "scope": _scope(scenario, observation.measure),
                "what": in_words(observation.measure),
                "measure": json.dumps(measured(scenario, observation.measure), sort_keys=True),
                "unit": unit,
                "unit_size": size,
                **{f"band_{name}": _tidy(end) for name, end in ends.items()},
                "published": _published(observation.published),
                **_origin(observation.published),
                "blind": observation.blind,
                "note": observation.note,
                "reason": observation.reason,
            }
        )
    return rows


def _tidy(value: float) -> float:
    """A number as it was written, without what turning it into units of the code and back has left."""
    return float(f"{value:.12g}")


def _scope(scenario: Scenario, measure: Measure) -> str:
    """Between what a flow is measured; what is measured of a place or service is a node's."""
    return "N" if measure.flow is None else ", ".join(dict.fromkeys(scenario.flows[key].scope for key in measure.flow))


def in_words(measure: Measure) -> str:
    """What is measured, in words."""
    words = _WORDS[measure.of]
    if measure.statistic is not None:
        words += f", {_STATISTICS.get(measure.statistic, measure.statistic)}"
    words += _when(measure)
    if measure.minus is not None:
        own = {name: key for name in ("flow", "place", "service") if (key := getattr(measure.minus, name))}
        what = ", ".join(name for names in own.values() for name in names)
        words += f", less that{f' of {what}' if what else ''}{_when(measure.minus)}"
    return words


def _when(aim: Aim) -> str:
    if aim.at is not None:
        return f" at {aim.at.written}"
    start = "" if aim.first is None else f" from {aim.first.written}"
    return start + ("" if aim.last is None else f" to {aim.last.written}")


def measured(scenario: Scenario, measure: Measure) -> dict[str, Any]:
    """What metrics need to know: names and seconds, of what is measured and of what is taken off."""
    aims = []
    for aim in measure.aims():
        last = None if aim.last is None else scenario.seconds(aim.last.utc(end=True))
        first, at = (None if each is None else scenario.seconds(each.utc()) for each in (aim.first, aim.at))
        aims.append({"names": getattr(aim, measure.kind.group), "from_s": first, "to_s": last, "at_s": at})
    default = measure.kind.statistics[0] if measure.kind.statistics else "mean"
    return {"of": measure.of, "statistic": measure.statistic or default, "aims": aims}


def _published(published: Published) -> str:
    if published.says:
        return published.says
    return "; ".join(_numbers(facts.get(key)) for key in published.fact or [])


def _numbers(fact: facts.Fact) -> str:
    """All that a fact says in numbers, or its words."""
    if fact.value:
        return fact.value
    ends = " to ".join(text for text in (fact.low, fact.high) if text)
    return ends or fact.date or fact.statement


def _origin(published: Published) -> dict[str, str]:
    """The facts, the titles of all sources, and the address of the first."""
    given = [facts.get(key) for key in published.fact or []]
    sources = [source for fact in given for source in fact.sources]
    sources += [facts.sources()[code] for code in published.source or []]
    titles = list(dict.fromkeys([*(source.title for source in sources), *(f.derived for f in given if f.derived)]))
    addresses = [source.address for source in sources if source.address]
    return {
        "fact": ", ".join(published.fact or []),
        "source": "; ".join(titles),
        "address": addresses[0] if addresses else "",
    }
