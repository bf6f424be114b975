"""The scenario as a whole: everything a user may write, checked for itself. What holds between parts is in checks."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from sim.scenario.breakdowns import Breakdown
from sim.scenario.choices import Choice
from sim.scenario.demand import Flow
from sim.scenario.expectations import Sentence
from sim.scenario.ids import Id
from sim.scenario.network import Calendar, Disruption, Leg, Mode, ModeRates, Node, Operation, Place
from sim.scenario.numbers import ExchangeRate, Moment, Named, Number, Payload, Stretch, TimeValue, WarmUp
from sim.scenario.observations import Observation
from sim.scenario.precision import Replications
from sim.scenario.services import Service


class Scenario(Named):
    """A corridor with its traffic for a stretch of time."""

    schema_version: Annotated[Literal[1], Field(alias="schema")]
    """Version of the scenario language."""
    title: str
    question: str
    """What the scenario is run to answer."""
    note: str = ""
    """What a reader must know: choices between sources, what is not modelled."""
    start: Moment
    """First moment, UTC."""
    horizon: Stretch
    """Length of the run."""
    warm_up: WarmUp
    """Time from the start that results leave out; mser-5: found in the run, from the TEU under way hour by hour."""
    seed: Annotated[int, Field(ge=0, lt=2**32)]
    replications: Replications
    """How many, or until the interval of a mean is as narrow as asked: {half_width: 5 %}."""
    currencies: dict[Literal["CNY", "EUR"], ExchangeRate] = {}
    """Units of the currency for one USD; say the date of the rate in its note."""
    modes: dict[Mode, ModeRates] = {}
    payload: Payload
    """Tonnes in a TEU where a flow does not say."""
    value_of_time: TimeValue | None = None
    """What a day in transit costs the shipper for each TEU, or as a share of its value, where a flow does not say."""
    nodes: Annotated[dict[Id, Node], Field(min_length=1)]
    legs: dict[Id, Leg] = {}
    calendars: dict[Id, Calendar] = {}
    places: dict[Id, Place] = {}
    operations: dict[Id, Operation] = {}
    choices: dict[Id, Choice] = {}
    services: dict[Id, Service] = {}
    flows: Annotated[dict[Id, Flow], Field(min_length=1)]
    disruptions: dict[Id, Disruption] = {}
    breakdowns: dict[Id, Breakdown] = {}
    observations: dict[Id, Observation] = {}
    """Published numbers that the run is held against; `landbridge validate` judges them."""
    expect: dict[Id, Sentence] = {}
    """What results must keep, e.g. `transit_time.tt.p95 < 18 d`; `landbridge run` ends in status 1 where one fails."""

    @cached_property
    def legs_between(self) -> dict[tuple[str, str], list[tuple[str, Leg]]]:
        """The legs from one node to another, in either way where they have two, by their ids."""
        found: dict[tuple[str, str], list[tuple[str, Leg]]] = {}
        for key, leg in sorted(self.legs.items()):
            ends = leg.from_node, leg.to_node
            for way in dict.fromkeys([ends, ends[::-1]] if leg.both_ways else [ends]):
                found.setdefault(way, []).append((key, leg))
        return found

    @cached_property
    def start_utc(self) -> dt.datetime:
        """First moment, UTC."""
        return self.start.utc()

    def seconds(self, moment: dt.datetime) -> int:
        """Whole seconds from the scenario's start to a moment."""
        return round((moment - self.start_utc).total_seconds())

    def usd(self, number: Number) -> float:
        """A money number in USD by the scenario's exchange rates; KeyError if the currency has none."""
        bases = dict(number.dimension)
        for code in ("CNY", "EUR"):
            if bases.get(code) == 1:
                return number.value / self.currencies[code].value
        return number.value
