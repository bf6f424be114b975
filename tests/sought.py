"""Axes and simulators of a line for tests of searches and fits."""

import numpy as np
import pandas as pd

from sim.experiments.design import Point
from sim.scenario.axes import Axis, Choice

BASE = Point(0, "base", {}, {})
REPLICATIONS = 4


def steps(factor, count, unit="cranes"):
    """A factor of 1, 2, ... units."""
    choices = tuple(Choice(float(n), {factor: f"{n} {unit}"}) for n in range(1, count + 1))
    return Axis(factor, factor, unit, "numbers", Choice(1.0, {}), choices, (factor,))


def stretch(factor, low=0.0, high=10.0, scale="linear"):
    """A factor of all numbers between two."""
    return Axis(factor, factor, "h", "range", Choice(low, {}), (), (factor,), low, high, scale)


class Simulator:
    """Gives outcomes as functions of the factors, with the same noise at every point; counts what it runs."""

    def __init__(self, noise=0.0, **outcomes):
        self.outcomes = outcomes
        self.luck = np.random.default_rng(3).normal(0, noise, (REPLICATIONS, len(outcomes)))
        self.run = []

    def __call__(self, points):
        self.run += [point.number for point in points]
        rows = [
            (point.number, replication, outcome, number(point.values) + self.luck[replication, column], 0, 0)
            for point in points
            for replication in range(REPLICATIONS)
            for column, (outcome, number) in enumerate(self.outcomes.items())
        ]
        return pd.DataFrame(rows, columns=["point", "replication", "outcome", "value", "unfinished", "asked"])
