"""Published observations that a run is held against: what is measured, what was published, and the band to be in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field, model_validator

from sim import units
from sim.scenario.lists import OneOrMore
from sim.scenario.numbers import Bound, Moment, Named, Number, Rule, of_dimension

Group = Literal["flow", "place", "service"]
Statistic = Literal["mean", "median", "p90", "p95", "least", "most"]
Better = Literal["lower", "higher"]
MeasureName = Literal[
    "transit-time",
    "standing-time",
    "moving-share",
    "on-time-share",
    "speed-with-delay",
    "speed-without-delay",
    "shipments",
    "unfinished",
    "turned-away",
    "teu",
    "teu-per-shipment",
    "cost",
    "freight-and-fees",
    "co2e",
    "waiting",
    "inside",
    "waiting-time",
    "clearing-time",
    "throughput",
    "utilisation",
    "departures",
    "load-factor",
]


@dataclass(frozen=True)
class Kind:
    """What is measured: of what, in what unit, with which statistics (the first if none is named), and when."""

    group: Group
    rule: Rule
    """Says what is due instead of a dimension."""
    statistics: tuple[Statistic, ...] = ()
    """None: there is one number in each replication."""
    period: bool = True
    """Whether it can be that of a stretch of dates."""
    moment: bool = False
    """Whether it can be that of a moment."""
    several: bool = False
    """Whether several flows or places can be taken together."""
    better: Better | None = None
    """Which way it improves; None where more may be good or bad."""


_TIMES: tuple[Statistic, ...] = ("mean", "median", "p90", "p95", "least", "most")
_S, _RATIO, _SPEED, _TEU = (of_dimension(unit) for unit in ("s", "", "km/s", "TEU"))
_COST, _CO2E = (of_dimension(unit) for unit in ("USD/TEU", "kg/TEU"))
_COUNT, _RATE = of_dimension(counted=True), of_dimension("1/s", counted=True)

MEASURES: Mapping[str, Kind] = MappingProxyType(
    {
        "transit-time": Kind("flow", _S, _TIMES, several=True, better="lower"),
        "standing-time": Kind("flow", _S, period=False, better="lower"),
        "moving-share": Kind("flow", _RATIO, period=False, better="higher"),
        "on-time-share": Kind("flow", _RATIO, period=False, several=True, better="higher"),
        "speed-with-delay": Kind("flow", _SPEED, period=False, better="higher"),
        "speed-without-delay": Kind("flow", _SPEED, period=False, better="higher"),
        "shipments": Kind("flow", _COUNT, several=True),
        "unfinished": Kind("flow", _COUNT, several=True, better="lower"),
        "turned-away": Kind("flow", _COUNT, several=True, better="lower"),
        "teu": Kind("flow", _TEU, several=True),
        "teu-per-shipment": Kind("flow", _TEU, several=True),
        "cost": Kind("flow", _COST, period=False, several=True, better="lower"),
        "freight-and-fees": Kind("flow", _COST, period=False, several=True, better="lower"),
        "co2e": Kind("flow", _CO2E, period=False, several=True, better="lower"),
        "waiting": Kind("place", _COUNT, ("mean", "least", "most"), moment=True, several=True, better="lower"),
        "inside": Kind("place", _COUNT, ("mean", "least", "most"), moment=True, several=True),
        "waiting-time": Kind("place", _S, _TIMES, several=True, better="lower"),
        "clearing-time": Kind("place", _S, several=True, better="lower"),
        "throughput": Kind("place", _RATE, several=True, better="higher"),
        "utilisation": Kind("place", _RATIO, several=True),
        "departures": Kind("service", _COUNT, period=False, better="higher"),
        "load-factor": Kind("service", _RATIO, period=False, better="higher"),
    }
)
"""The closed list of what can be judged; what each means stands in :mod:`sim.metrics.observed`."""


Names = Annotated[OneOrMore, Field(max_length=100)]


class Aim(Named):
    """Of what something is measured, and when."""

    flow: Names | None = None
    """A reported flow, or several that are taken together."""
    place: Names | None = None
    """A place, or several that are taken together."""
    service: Names | None = None
    first: Annotated[Moment | None, Field(alias="from")] = None
    """Of shipments released, of requests, and of passages: from here; left out: the end of the warm-up."""
    last: Annotated[Moment | None, Field(alias="to")] = None
    """Left out: the end of the run. A date counts as a whole."""
    at: Moment | None = None
    """Of what waits or is inside: the moment."""


class Measure(Aim):
    """One number of each replication, of which the mean over the replications is judged."""

    of: MeasureName
    """What is measured."""
    statistic: Statistic | None = None
    """Of several times, or of a number that changes over time; left out: the mean."""
    minus: Aim | None = None
    """The same of something else or of another time, to be taken off; what is left out is as above."""

    @property
    def kind(self) -> Kind:
        """What is measured, in full."""
        return MEASURES[self.of]

    def aims(self) -> list[Aim]:
        """What is measured, and what is taken off if anything is, with everything filled in."""
        own = {name: getattr(self, name) for name in Aim.model_fields}
        if self.minus is None:
            return [Aim.model_construct(**own)]
        stated = {name: value for name in Aim.model_fields if (value := getattr(self.minus, name)) is not None}
        return [Aim.model_construct(**own), Aim.model_construct(**{**own, **stated})]

    @model_validator(mode="after")
    def complete(self) -> Measure:
        """Refuse what the measure cannot be of."""
        kind, group = self.kind, self.kind.group
        if getattr(self, group) is None:
            raise ValueError(f"'{self.of}' is measured of a {group}: missing key '{group}'")
        if self.statistic is not None and self.statistic not in kind.statistics:
            allowed = f"one of {', '.join(kind.statistics)}" if kind.statistics else "not given"
            raise ValueError(f"the statistic of '{self.of}' is {allowed}")
        for aim in [self, *([] if self.minus is None else [self.minus])]:
            _refuse(self.of, kind, aim)
        if self.at is not None and (self.statistic is not None or self.first is not None or self.last is not None):
            message = "'at' is a moment: 'statistic', 'from' and 'to' do not go with it"
            raise ValueError(message)
        return self


def _refuse(name: str, kind: Kind, aim: Aim) -> None:
    """ValueError for what the measure would not look at."""
    unheeded = [group for group in ("flow", "place", "service") if group != kind.group]
    unheeded += [] if kind.period else ["first", "last"]
    unheeded += [] if kind.moment else ["at"]
    for field in unheeded:
        if getattr(aim, field) is not None:
            key = {"first": "from", "last": "to"}.get(field, field)
            raise ValueError(f"'{key}' does not go with '{name}'")
    names = getattr(aim, kind.group)
    if names is not None and len(names) > 1 and not kind.several:
        raise ValueError(f"'{name}' is measured of one {kind.group}")


class Published(Named):
    """What was published: facts of seeds/, or words with their sources."""

    fact: Names | None = None
    """Facts whose numbers were published; their sources are named with them."""
    says: str = ""
    """What was published in words; left out: the numbers of the facts."""
    source: Names | None = None
    """Codes of seeds/sources.yaml, for what no fact holds."""

    @model_validator(mode="after")
    def complete(self) -> Published:
        """Refuse what has no source, or says nothing."""
        if self.fact is None and (self.source is None or not self.says):
            message = "'fact' is due, or 'says' with 'source'"
            raise ValueError(message)
        return self


class Band(Named):
    """Where the simulated number must be, both ends included; one of them may be open."""

    low: Bound | None = None
    high: Bound | None = None
    note: str = ""

    @property
    def ends(self) -> dict[str, Number]:
        """The ends that there are, by key."""
        return {key: end for key, end in (("low", self.low), ("high", self.high)) if end is not None}

    @property
    def unit(self) -> str:
        """The unit in which the band is written, and the result told."""
        return units.parse(next(iter(self.ends.values())).text, "%" if not self.dimension else None).unit

    @property
    def dimension(self) -> units.Dimension:
        """What both ends measure."""
        return next(iter(self.ends.values())).dimension

    @model_validator(mode="after")
    def rising(self) -> Band:
        """Refuse a band without ends, or with ends that do not go together."""
        if not self.ends:
            message = "a band has 'low', 'high' or both"
            raise ValueError(message)
        if self.low is not None and self.high is not None:
            if self.low.dimension != self.high.dimension:
                raise ValueError(f"'{self.low.text}' and '{self.high.text}' measure different things")
            if self.low.value > self.high.value:
                raise ValueError(f"'{self.low.text}' is above '{self.high.text}'")
        return self


class Observation(Named):
    """A published observation, and the band in which the run must lie to agree with it."""

    label: str
    case: str = ""
    """Code of the case that it belongs to."""
    measure: Measure
    published: Published
    band: Band
    blind: bool
    """Whether no input was chosen or changed after a look at results that it judges."""
    note: str = ""
    """What was chosen, and why the case is as blind as it is."""
    reason: str = ""
    """Why the run is known to lie outside of the band; refused by `validate` once it lies inside."""

    @model_validator(mode="after")
    def same_measure(self) -> Observation:
        """Refuse a band of something else than what is measured."""
        due = self.measure.kind.rule(self.band.dimension)
        if due:
            raise ValueError(f"band: '{next(iter(self.band.ends.values())).text}' does not fit: {due}")
        return self
