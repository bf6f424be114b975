"""What a figure is when it is handed on: the picture with the words that belong to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
from matplotlib.figure import Figure

from sim.figures import style
from sim.log import Log

Tables = Mapping[str, pd.DataFrame]
"""Metric tables by the name of the metric."""


@dataclass(frozen=True)
class Drawing:
    """A figure with its words. ``name`` is the stem of its files."""

    name: str
    title: str
    caption: str
    """One sentence, computed from the numbers: what is to be seen."""
    how: str
    """How to read the figure: what the axes, colours and bands are."""
    alt: str
    """What the figure shows, for those who do not see it."""
    figure: Figure

    def __post_init__(self) -> None:
        style.settle(self.figure)

    def svg(self) -> bytes:
        """The figure as SVG."""
        return style.svg_bytes(self.figure)

    def png(self) -> bytes:
        """The figure as PNG."""
        return style.png_bytes(self.figure)


@dataclass(frozen=True)
class LeftOut:
    """A figure that was not drawn, and why."""

    name: str
    title: str
    reason: str


@dataclass(frozen=True)
class Drawings:
    """All figures in their fixed order, and those left out."""

    drawn: tuple[Drawing, ...]
    left_out: tuple[LeftOut, ...]

    def named(self, name: str) -> Drawing | None:
        """The drawing of that name, if it was drawn."""
        return next((drawing for drawing in self.drawn if drawing.name == name), None)


def table(tables: Tables, name: str) -> pd.DataFrame:
    """A metric table, or an empty one where the metric was not made."""
    return tables.get(name, pd.DataFrame())


def flow_labels(log: Log) -> dict[str, str]:
    """Flow to its label, in the order of the legend."""
    flows = log.legend.flows
    return dict(zip(flows["flow"].astype(str), flows["label"].astype(str), strict=True))


def flow_colours(log: Log) -> dict[str, str]:
    """Flow to its colour: the same in all figures, and no two alike among the largest flows that are reported."""
    largest = largest_flows(log, reported(log), len(style.PALETTE))
    return style.colours(largest + [flow for flow in flow_labels(log) if flow not in largest])


def largest_flows(log: Log, present: set[str], most: int) -> list[str]:
    """The flows with most TEU a year among those present, at most so many, in the order of the legend."""
    flows = log.legend.flows
    kept = flows[flows["flow"].isin(present)]
    largest = kept.sort_values(["teu_per_year", "flow"], ascending=[False, True])["flow"].head(most)
    return [str(flow) for flow in kept["flow"] if flow in set(largest)]


def reported(log: Log) -> set[str]:
    """The flows that results tell of; the others are the rest of the traffic."""
    flows = log.legend.flows
    return {str(flow) for flow in flows.loc[flows["report"].astype(bool), "flow"]}


def start(log: Log) -> pd.Timestamp:
    """The start of the scenario, without zone (UTC)."""
    return pd.Timestamp(str(log.legend.origin["start"])).tz_localize(None)


def origin_number(log: Log, key: str) -> float:
    """A number of the origin, 0 where it is absent."""
    return float(str(log.legend.origin.get(key, 0) or 0))


def moments(log: Log, seconds: pd.Series) -> pd.Series:
    """Seconds since the start as dates."""
    return start(log) + pd.to_timedelta(seconds.astype("float64"), unit="s")


def place_labels(log: Log) -> dict[int, str]:
    """Place to its label for reading."""
    places = log.legend.places
    return {int(place): str(label) for place, label in zip(places["place"], places["label"], strict=True)}


def node_names(log: Log) -> dict[str, str]:
    """Node to its name."""
    nodes = log.legend.nodes
    return dict(zip(nodes["node"].astype(str), nodes["name"].astype(str), strict=True))
