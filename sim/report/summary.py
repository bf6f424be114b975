"""The first page: the question, the answer in words and key numbers, and the map."""

from __future__ import annotations

from sim.counts import of_unit
from sim.figures import Drawings, Tables
from sim.figures.drawing import flow_labels, largest_flows, table
from sim.log import Log
from sim.report.document import Block, Paragraph, Picture
from sim.report.flows import ANSWERS, by_flow, present
from sim.report.formats import DAY_S, lean, over_replications, with_interval

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
    took, late, share = (told(tables, *of, flow) for of in TIMES)
    if not took:
        return f"{flow_labels(log)[flow]}: no shipment finished."
    text = f"{flow_labels(log)[flow]}: a shipment takes {took} on average, and 95 of 100 take at most {late}"
    if share:
        text += f"; {share} are there within the promised {of_unit(lean(float(promise) / DAY_S), 'days')}"
    usd, kg = (told(tables, *of, flow) for of in COSTS)
    money = [f"costs USD {usd}, the time of the goods included,"] if usd else []
    money += [f"emits {kg}"] if kg else []
    text = f"{text}. A TEU {' and '.join(money).rstrip(',')}." if money else f"{text}."
    return f"{text} In brackets: 95% intervals." if "(" in f"{took}{late}{share}{usd}{kg}" else text


TIMES = (("transit", "mean_d", " days"), ("transit", "p95_d", " days"), ("transit", "on_time_share", "%"))
COSTS = (("cost", "total_usd_teu", ""), ("emissions", "total_kg_teu", " kg CO2e"))


def told(tables: Tables, name: str, column: str, unit: str, flow: str) -> str:
    """A flow's mean over the replications, with its 95% interval in brackets; empty where there is no number."""
    rows = table(tables, name)
    if column not in rows:
        return ""
    found = over_replications(rows[rows["flow"] == flow], ["flow"], [column]).dropna(subset=[column])
    if found.empty:
        return ""
    value, _, interval = with_interval(found.iloc[0], column, percent=unit == "%").partition("\n")
    return f"{value}{unit}{f' ({interval})' if interval else ''}"
