"""All that is worked out from the values of a sweep: tables that figures and the report are made of."""

from __future__ import annotations

import pandas as pd

from sim.experiments.partial_dependence import partial_dependence
from sim.experiments.sensitivity import Sample, analyse
from sim.experiments.swept import Swept
from sim.metrics.curves import curves
from sim.metrics.response import response
from sim.metrics.tornado import tornado


def of_sweep(found: Swept) -> dict[str, pd.DataFrame]:
    """All tables of a sweep by name."""
    sample = Sample(found.head["design"] or {}, found.points, found.factors, found.outcomes, found.values)
    return {**tables(sample), **found.tables}


def tables(sample: Sample) -> dict[str, pd.DataFrame]:
    """Tables by name, those of the sample first; what the design does not give is empty or left out."""
    answers = response(sample.values, sample.points, sample.outcomes)
    return {
        "points": sample.points,
        "factors": sample.factors,
        "outcomes": sample.outcomes,
        "values": sample.values,
        "response": answers,
        "tornado": tornado(answers, sample.points, sample.factors),
        "curves": curves(sample.values, sample.points, sample.factors, sample.outcomes),
        **analyse(sample),
        **partial_dependence(sample),
    }
