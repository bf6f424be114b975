"""Breakdowns and weather: spells at random in which places and legs work worse, as a user may write them."""

from __future__ import annotations

from pydantic import field_validator, model_validator

from sim.scenario.demand import MONTHS
from sim.scenario.lists import Once
from sim.scenario.numbers import Named, Pace, Remaining
from sim.scenario.spreads import Time


class Breakdown(Named):
    """Spells at random, the same for all its places and legs: a crane that fails, a storm over a whole port."""

    places: Once[str] = []
    legs: Once[str] = []
    """Legs in both directions."""
    time_between: Time
    """From the end of a spell (or the start of the run) to the beginning of the next."""
    time_to_repair: Time
    """How long a spell lasts."""
    capacity: Remaining | None = None
    """Capacity that is left at most during a spell; 0 closes, also those of its places that count other things. On a
    leg: its tracks; at 0 who is under way stands."""
    pace: Pace | None = None
    """Share of the normal pace during a spell."""
    months: Once[str] = []
    """Months (jan ... dec, in UTC) in which it happens: of a spell, what is outside of them is left out. Empty: all."""
    note: str = ""

    @field_validator("months")
    @classmethod
    def known_months(cls, months: list[str]) -> list[str]:
        """Refuse unknown months."""
        for month in months:
            if month not in MONTHS:
                message = f"unknown month '{month}': allowed are {', '.join(MONTHS)}"
                raise ValueError(message)
        return months

    @model_validator(mode="after")
    def complete(self) -> Breakdown:
        """Refuse breakdowns of nothing, or without effect."""
        if not self.places and not self.legs:
            message = "breakdowns name 'places' or 'legs'"
            raise ValueError(message)
        if self.capacity is None and self.pace is None:
            message = "breakdowns need 'capacity' or 'pace'"
            raise ValueError(message)
        return self
