"""The first page: the question, the answer in words and key numbers, and the map."""

from __future__ import annotations

import math

from sim.figures import Drawings, Tables
from sim.figures.drawing import flow_labels, largest_flows, table
from sim.figures.style import number
from sim.log import Log
from sim.report.document import Block, Paragraph, Picture
from sim.report.flows import ANSWERS, by_flow, present
from sim.report.formats import DAY_S, lean

MOST_FLOWS = 5


def opening(log: Log, tables: Tables, drawings: Drawings) -> tuple[Block, ...]:
    """Blocks of the first page."""
    all_flows = present(log, tables)
    flows = largest_flows(log, set(all_flows), MOST_FLOWS)
    blocks: list[Block] = [Paragraph(answer(log, tables, flows))] if flows else []
    more = (
        f", {len(flows)} of {len(all_flows)} flows, the largest of each corridor" if len(all_flows) > len(flows) else ""
    )
    key = by_flow(log, tables, ANSWERS, flows, f"Key numbers{more}")
    blocks += [key] if key.rows else []
    late = drawings.named("why_late")
    if late is not None:
        blocks.append(Paragraph(late.caption, late.name))
    corridor = drawings.named("map")
    if corridor is not None:
        blocks.append(Picture(corridor))
    return tuple(blocks)


def answer(log: Log, tables: Tables, flows: list[str]) -> str:
    """What the run says of the largest flow, in words."""
    rows = log.legend.flows[log.legend.flows["flow"].isin(flows)]
    flow, promise = max(zip(rows["flow"], rows["promise_s"], rows["teu_per_year"].fillna(0.0), strict=True),
                        key=lambda row: float(row[2]))[:2]  # fmt: skip
    took, late, share = (mean(tables, "transit", name, flow) for name in ("mean_d", "p95_d", "on_time_share"))
    if math.isnan(took):
        return f"{flow_labels(log)[flow]}: no shipment finished."
    text = (
        f"{flow_labels(log)[flow]}: a shipment takes {number(took)} days on average, and 95 of 100 take at most "
        f"{number(late)} days"
    )
    if not math.isnan(share):
        text += f"; {number(100 * share)}% are there within the promised {lean(float(promise) / DAY_S)} days"
    usd, kg = mean(tables, "cost", "total_usd_teu", flow), mean(tables, "emissions", "total_kg_teu", flow)
    money = [] if math.isnan(usd) else [f"costs USD {number(usd)}, the time of the goods included,"]
    money += [] if math.isnan(kg) else [f"emits {number(kg)} kg CO2e"]
    return f"{text}. A TEU {' and '.join(money).rstrip(',')}." if money else f"{text}."


def mean(tables: Tables, name: str, column: str, flow: str) -> float:
    """A flow's number over all replications, missing where there is none."""
    rows = table(tables, name)
    if column not in rows:
        return float("nan")
    return float(rows.loc[rows["flow"] == flow, column].astype("float64").mean())
