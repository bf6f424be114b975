"""All figures of a sweep: for each outcome those that its design gives."""

from __future__ import annotations

from sim.figures import heat, indices, partial_dependence, response, screening, tornado
from sim.figures.drawing import Drawing, Drawings, LeftOut, Tables

FIGURES = (tornado, screening, indices, response, heat, partial_dependence)
"""In the order in which they are drawn and reported."""

MOST_OUTCOMES = 6
"""Outcomes that are drawn, the first of the experiment; tables have all."""


def draw(tables: Tables) -> Drawings:
    """The figures of the first outcomes, those without data left out with the reason."""
    made = [figure.draw(tables, outcome) for outcome in drawn_outcomes(tables) for figure in FIGURES]
    return Drawings(
        tuple(one for one in made if isinstance(one, Drawing)), tuple(one for one in made if isinstance(one, LeftOut))
    )


def drawn_outcomes(tables: Tables) -> list[dict[str, object]]:
    """The rows of the outcomes that are drawn."""
    return [
        {str(key): value for key, value in row.items()}
        for row in tables["outcomes"].head(MOST_OUTCOMES).to_dict("records")
    ]
