"""What is worked out from the values of a sweep beside its response: tables that figures and the report are made of."""

from __future__ import annotations

import pandas as pd

from sim.experiments.partial_dependence import partial_dependence
from sim.experiments.sensitivity import Sample, analyse
from sim.experiments.swept import Swept
from sim.metrics.curves import curves
from sim.metrics.effects import effects
from sim.metrics.tornado import tornado


def of_sweep(found: Swept) -> dict[str, pd.DataFrame]:
    """All tables of a sweep by name: its own, then what its design gives, where others are empty or absent."""
    sample = Sample(found.head.get("design") or {}, found.points, found.factors, found.outcomes, found.values)
    return {
        **found.tables,
        "tornado": tornado(found.response, found.points, found.factors),
        "curves": curves(found.values, found.points, found.factors, found.outcomes),
        "effects": effects(found.values, found.points, found.factors, found.outcomes),
        **analyse(sample),
        **partial_dependence(sample),
    }
