"""What is to be carried: flows, given as TEU, tonnes, trains or money, with season, week and batch size."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from sim.scenario.network import DAYS
from sim.scenario.numbers import (
    Amount,
    Interval,
    Moment,
    Money,
    Named,
    Number,
    Payload,
    Share,
    Size,
    TimeValue,
    UnitValue,
    Wait,
)
from sim.scenario.spreads import SizeSpread

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


class Demand(Named):
    """How much: exactly one of teu, tonnes, consists and value; an amount is that of the time ``over``."""

    teu: Amount | None = None
    """TEU or FEU, as an amount over a time or as a rate (1200 TEU/year)."""
    tonnes: Amount | None = None
    """Tonnes; the payload of the flow turns them into TEU."""
    consists: Amount | None = None
    """Trains, trucks, vessels or trips; the batch of the flow is their load."""
    value: Money | None = None
    """Money; the value per TEU of the flow turns it into TEU."""
    over: Interval | None = None
    """Time over which the amount is moved; left out: one year. Not allowed with a rate."""
    share: Share | None = None
    """Share of the amount that this flow is."""

    @property
    def given(self) -> Number:
        """The one measure that is given."""
        return next(x for x in (self.teu, self.tonnes, self.consists, self.value) if x is not None)

    @model_validator(mode="after")
    def one_measure(self) -> Demand:
        """Refuse a demand given twice or not at all."""
        if sum(x is not None for x in (self.teu, self.tonnes, self.consists, self.value)) != 1:
            message = "a demand has exactly one of 'teu', 'tonnes', 'consists' and 'value'"
            raise ValueError(message)
        if self.over is not None and dict(self.given.dimension).get("s") == -1:
            raise ValueError(f"'{self.given.text}' is a rate: 'over' goes with an amount")
        return self


class Flow(Named):
    """Demand of one origin, destination, commodity and class, and how it travels."""

    label: str
    corridor: str
    """Name under which the trade-flow table and plot group it."""
    from_node: Annotated[str, Field(alias="from")]
    to_node: Annotated[str, Field(alias="to")]
    direction: str = ""
    """westbound, eastbound, northbound ..., for tables."""
    scope: Literal["N", "BB", "SP", "TT", "DD"]
    """Between what the transit time is measured: node, border to border, station to Malaszewicze, terminals, doors."""
    commodity: str = ""
    priority: Literal["express", "ordinary"] = "ordinary"
    """Express shipments are served first wherever they queue."""
    by: Annotated[list[str], Field(min_length=1)]
    """Services, operations and choices in order: it rides on the services and is handled at the operations' places."""
    demand: Demand
    season: dict[str, Annotated[float, Field(ge=0)]] = {}
    """Weights of the months (jan ... dec), relative to each other; months left out have weight 1."""
    week: dict[str, Annotated[float, Field(ge=0)]] = {}
    """Weights of the weekdays (mon ... sun), relative to each other; days left out have weight 1."""
    arrivals: Literal["poisson", "regular"] = "poisson"
    """Whether shipments come at random with the rate of the moment, or evenly spread along it."""
    batch: SizeSpread
    """TEU of a shipment."""
    box: Size | None = None
    """Shipment sizes are whole multiples of this (1 FEU); left out: 1 TEU."""
    first: Annotated[Moment | None, Field(alias="from_date")] = None
    last: Annotated[Moment | None, Field(alias="to_date")] = None
    value_per_teu: UnitValue | None = None
    payload: Payload | None = None
    """Tonnes a TEU; left out: that of the scenario."""
    value_of_time: TimeValue | None = None
    """What a day in transit costs the shipper, for each TEU; left out: that of the scenario."""
    promise: Wait | None = None
    """Transit time within which a shipment is on time."""
    report: bool = True
    """False: other traffic, that takes capacity but is not a result of its own."""

    @field_validator("season")
    @classmethod
    def months(cls, season: dict[str, float]) -> dict[str, float]:
        """Refuse unknown months."""
        return _known(season, MONTHS, "month")

    @field_validator("week")
    @classmethod
    def days(cls, week: dict[str, float]) -> dict[str, float]:
        """Refuse unknown weekdays."""
        return _known(week, DAYS, "day")

    @model_validator(mode="after")
    def complete(self) -> Flow:
        """Refuse a demand that cannot be turned into TEU."""
        if self.demand.value is not None and self.value_per_teu is None:
            message = "a demand in money needs 'value_per_teu'"
            raise ValueError(message)
        return self


def _known(weights: dict[str, float], allowed: tuple[str, ...], what: str) -> dict[str, float]:
    for key in weights:
        if key not in allowed:
            message = f"unknown {what} '{key}': allowed are {', '.join(allowed)}"
            raise ValueError(message)
    if weights and not any(weights.get(key, 1.0) for key in allowed):
        message = f"at least one {what} needs a weight above 0"
        raise ValueError(message)
    return weights
