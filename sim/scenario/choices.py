"""Choices: several ways to go on, and the rule by which one is taken, as a user may write them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from sim.scenario.lists import Once
from sim.scenario.numbers import Named, Share
from sim.scenario.spreads import Time

CLASSES = ("express", "ordinary")
"""Words for the priority of a flow or service, beside the commodities, where a way is for some only."""


class Way(Named):
    """One of the ways of a choice."""

    by: Annotated[list[str], Field(min_length=1)]
    """Its items in order: those of a flow or of a path, according to where the choice stands; further choices too.

    What a way takes and costs counts a choice within it by its shares or by class, else as its quickest way.
    """
    share: Share | None = None
    """With the rule shares: share of those who take it."""
    only: Once[str] = []
    """With the rule by-class: commodities, express or ordinary, for which it is; left out: for all others."""
    longest_wait: Time | None = None
    """Who has waited so long at the first place or stop of this way gives it up."""
    otherwise: str | None = None
    """Way that is taken instead by who is turned away or gives up there; left out: it goes away for good."""


class Choice(Named):
    """Ways from one node to another, of which one is taken."""

    rule: Literal["shares", "shortest-queue", "least-time", "least-cost", "by-class", "divert", "function"]
    """By fixed shares; to the first place with the shortest queue; by least expected time, or cost with the value of
    time; by class; divert: the way that is no other's otherwise, as long as it is not refused there; or by a function
    in Python."""
    function: str | None = None
    """With the rule function: its name in the file that is given to a run with --rules, in Python with _ for -. It
    answers the number of a way, from 0, in the order of their ids. A scenario of itself runs no code."""
    ways: Annotated[dict[str, Way], Field(min_length=2)]

    @model_validator(mode="after")
    def consistent(self) -> Choice:
        """Refuse words that do not go with the rule, and ways instead of ways that lead nowhere."""
        for name, (given, rule) in {
            "share": ([way.share is not None for way in self.ways.values()], "shares"),
            "only": ([bool(way.only) for way in self.ways.values()], "by-class"),
        }.items():
            if any(given) and self.rule != rule:
                raise ValueError(f"'{name}' goes with the rule {rule}")
        if (self.rule == "function") != (self.function is not None):
            message = "'function' goes with the rule function, and the rule needs it"
            raise ValueError(message)
        if self.rule == "shares" and any(way.share is None for way in self.ways.values()):
            message = "with the rule shares each way has its 'share'"
            raise ValueError(message)
        if self.rule == "divert" and len(self.first()) != 1:
            message = "with the rule divert each way but one is the 'otherwise' of another"
            raise ValueError(message)
        return self

    def first(self) -> list[str]:
        """Ways that are no other's otherwise, by their ids."""
        instead = {way.otherwise for way in self.ways.values()}
        return [key for key in sorted(self.ways) if key not in instead]

    def in_order(self) -> list[str]:
        """All ways: by their ids; with the rule by-class those that are for some only before those for all others."""
        return sorted(self.ways, key=lambda key: (self.rule == "by-class" and not self.ways[key].only, key))
