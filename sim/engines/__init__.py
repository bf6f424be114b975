"""Engines turn a plan into a log of visits by a written law; see :mod:`sim.engines.reference` for the law."""

from sim.engines.reference import Run, run

__all__ = ["Run", "run"]
