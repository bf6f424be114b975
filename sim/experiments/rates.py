"""Warnings before a run: modes without a rate, which leave cost or emissions missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sim.plan.compile import Compiled
from sim.plan.rows import Meaning
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
