"""A published transit time that a sample misses, with its reason, as the legend holds it."""

from __future__ import annotations

import json

import pandas as pd

from sim.log import LEGEND

DAY = 86_400


def missed() -> pd.DataFrame:
    """The legend's row: 14 to 16 days, which the sample's largest flow does not keep."""
    aim = {"names": ["cq-duisburg"], "from_s": None, "to_s": None, "at_s": None}
    measure = json.dumps({"of": "transit-time", "statistic": "median", "aims": [aim]})
    row = {"observation": "v2", "case": "V2", "label": "Chongqing - Duisburg", "scope": "TT", "what": "transit time"}
    row |= {"measure": measure, "unit": "days", "published": "14-16 days", "source": "Some port", "fact": ""}
    row |= {"address": "", "note": "", "reason": "The waits are drawn, not caused."}
    rows = pd.DataFrame([{**row, "unit_size": DAY, "band_low": 14.0, "band_high": 16.0, "blind": True}])
    return rows[list(LEGEND["observations"])].astype(LEGEND["observations"])


def unasked() -> pd.DataFrame:
    """The legend's expectations of a scenario that has none."""
    return pd.DataFrame(columns=list(LEGEND["expectations"])).astype(LEGEND["expectations"])
