"""Warnings before a run: modes without a rate, which leave cost or emissions missing; time that costs nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sim.plan.compile import Compiled
from sim.plan.rows import Meaning
from sim.plan.tables import Rule
from sim.plan.traffic import usd_teu_second
from sim.scenario.model import Scenario


@dataclass(frozen=True)
class Unrated:
    """A mode on some leg of which nobody knows the freight or the emissions."""

    file: str
    mode: str
    what: str
    """``freight`` or ``emissions``: the key that is missing."""

    def __str__(self) -> str:
        file = f"{self.file}: " if self.file else ""
        lost = {"freight": "the cost", "emissions": "the CO2e"}[self.what]
        remedy = f"give modes.{self.mode}.{self.what}, or {self.what} to each leg"
        return f"{file}no {self.what} rate for mode {self.mode}: {lost} of what goes by it is missing ({remedy})"


def unrated(stated: Scenario, compiled: Compiled, file: str = "") -> list[Unrated]:
    """Modes of which a leg that reported flows or services run over has no rate, by mode; one warning for each rate."""
    lacks = {
        (meaning.mode, what)
        for meaning in _moving(stated, compiled)
        for what, rate in (("freight", meaning.usd_teu_km), ("emissions", meaning.kg_tkm))
        if rate is None
    }
    return [Unrated(file, mode, what) for mode, what in sorted(lacks)]


def _moving(stated: Scenario, compiled: Compiled) -> Iterable[Meaning]:
    """What moves on all routes but those of flows that are not reported: nobody asks what these cost."""
    first = compiled.plan.routes.first
    for route, group in enumerate(compiled.groups):
        if group not in stated.flows or stated.flows[group].report:
            own = compiled.meanings[first[route] : first[route + 1]]
            yield from (meaning for meaning in own if meaning.activity == "moving")


@dataclass(frozen=True)
class Untimed:
    """A choice by least cost to which some come whose time costs nothing, so that a day more is no reason."""

    file: str
    choice: str
    who: tuple[str, ...]
    """Flows without a value of time; services whose consists choose, which have none."""

    def __str__(self) -> str:
        file = f"{self.file}: " if self.file else ""
        who = f"{', '.join(self.who)} has" if len(self.who) == 1 else f"{', '.join(self.who)} have"
        remedy = "give value_of_time to the scenario or the flow; consists have none, for them take least-time"
        return f"{file}choice {self.choice} goes by least cost, and {who} no value of time: it costs nothing ({remedy})"


def untimed(stated: Scenario, compiled: Compiled, file: str = "") -> list[Untimed]:
    """Choices by least cost that somebody makes without a value of time, by choice."""
    first = compiled.plan.routes.first
    found: dict[str, list[str]] = {}
    for route, group in enumerate(compiled.groups):
        flow = stated.flows.get(group)
        if flow is None or usd_teu_second(stated, flow) is None:
            for row in compiled.step_rows[first[route] : first[route + 1]]:
                if row.rule is Rule.LEAST_COST and group not in found.setdefault(row.name, []):
                    found[row.name].append(group)
    return [Untimed(file, choice, tuple(who)) for choice, who in sorted(found.items())]
