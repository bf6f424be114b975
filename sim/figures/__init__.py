"""Figures: from metric tables to pictures with the words that belong to them.

This room sees the log's legend, metric tables and matplotlib, nothing of scenarios, plans or engines. A figure with
no data is left out and named with the reason: there is never an empty plot. Same tables, same bytes.
"""

from __future__ import annotations

from sim.figures import (
    cost_emissions,
    map,
    queue_stock,
    stringline,
    time_cost_distance,
    trade_flows,
    transit_distribution,
    utilisation_heat,
    why_late,
)
from sim.figures.drawing import Drawing, Drawings, LeftOut, Tables
from sim.log import Log

FIGURES = (
    map, time_cost_distance, transit_distribution, why_late, stringline, queue_stock, utilisation_heat, trade_flows,
    cost_emissions,
)  # fmt: skip
"""In the order in which they are drawn and reported."""


def draw(log: Log, tables: Tables) -> Drawings:
    """All figures of a run, those without data left out with the reason."""
    return Drawings.of(figure.draw(log, tables) for figure in FIGURES)


__all__ = ["Drawing", "Drawings", "LeftOut", "Tables", "draw"]
