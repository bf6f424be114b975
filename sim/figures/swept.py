"""All figures of a sweep: for each outcome those that its design gives."""

from __future__ import annotations

from sim.figures import heat, indices, partial_dependence, response, screening, tornado
from sim.figures.drawing import Drawing, Drawings, LeftOut, Tables
from sim.figures.factors import Row, of_outcome, title

FIGURES = (tornado, screening, indices, response, heat, partial_dependence)
"""In the order in which they are drawn and reported."""

MOST_OUTCOMES = 6
"""Outcomes that are drawn, the first of the experiment; tables have all."""


def draw(tables: Tables) -> Drawings:
    """The figures of the first outcomes, those without data left out with the reason."""
    return Drawings.of(one for outcome in drawn_outcomes(tables) for one in _of_outcome(tables, outcome))


def _of_outcome(tables: Tables, outcome: Row) -> list[Drawing | LeftOut | None]:
    means = of_outcome(tables["response"], outcome)["mean"].dropna()
    if means.nunique() <= 1:
        reason = "it is the same at all points" if len(means) > 1 else "it was measured at no two points"
        return [LeftOut(str(outcome["outcome"]), f"All figures of {title(outcome)}", reason)]
    return [figure.draw(tables, outcome) for figure in FIGURES]


def drawn_outcomes(tables: Tables) -> list[Row]:
    """The rows of the outcomes that are drawn."""
    return list(tables["outcomes"].head(MOST_OUTCOMES).to_dict("records"))
