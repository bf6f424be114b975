"""What a figure is when it is handed on: the picture with the words that belong to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
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

    @classmethod
    def of(cls, made: Iterable[Drawing | LeftOut | None]) -> Drawings:
        """Figures in the order in which they were made; None: one that there is no need of."""
        every = tuple(made)
        return cls(
            tuple(one for one in every if isinstance(one, Drawing)),
            tuple(one for one in every if isinstance(one, LeftOut)),
        )

    def named(self, name: str) -> Drawing | None:
        """The drawing of that name, if it was drawn."""
        return next((drawing for drawing in self.drawn if drawing.name == name), None)


def table(tables: Tables, name: str) -> pd.DataFrame:
    """A metric table, or an empty one where the metric was not made."""
    return tables.get(name, pd.DataFrame())


def flow_labels(log: Log) -> dict[str, str]:
    """Flow to its label, in the order of the legend."""
    flows = log.legend.flows
    labels = (style.dashes(str(label)) for label in flows["label"])
    return dict(zip(flows["flow"].astype(str), labels, strict=True))


def flow_colours(log: Log) -> dict[str, str]:
    """Flow to its colour: the same in all figures, and no two alike among the largest flows that are reported."""
    largest = largest_flows(log, reported(log), len(style.PALETTE))
    return style.colours(largest + [flow for flow in flow_labels(log) if flow not in largest])


def largest_flows(log: Log, present: set[str], most: int) -> list[str]:
    """At most so many of the flows present: the largest of each corridor in turn, so that none is passed over.

    Size is TEU a year; the flows come in the order of the legend.
    """
    flows = log.legend.flows
    kept = flows[flows["flow"].isin(present)].sort_values(["teu_per_year", "flow"], ascending=[False, True])
    turns = kept.groupby("corridor", sort=False).cumcount().sort_values(kind="stable").index
    chosen = set(kept.loc[turns[:most], "flow"])
    return [str(flow) for flow in flows["flow"] if flow in chosen]


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


def month_names(months: list[str]) -> list[str]:
    """The months, each year below the first month of it that is named."""
    dates = [pd.Timestamp(f"{month}-01") for month in months]
    named = [number for number, date in enumerate(dates) if number == 0 or date.year != dates[number - 1].year]
    return [f"{date:%b}\n{date.year}" if number in named else f"{date:%b}" for number, date in enumerate(dates)]


_ON_LEG = re.compile(r"(Headway|Line) (\S+) (\S+) to (\S+)")


def place_labels(log: Log) -> dict[int, str]:
    """Place to its label for reading; what a leg brings with it is named by the leg's ends."""
    places, names = log.legend.places, node_names(log)
    found = {}
    for place, label in zip(places["place"], places["label"].astype(str), strict=True):
        match = _ON_LEG.fullmatch(label)
        ends = match is not None and {match[3], match[4]} <= set(names)
        text = f"{match[1]}: {names[match[3]]} to {names[match[4]]}" if match and ends else label
        found[int(place)] = style.dashes(text)
    return found


def node_names(log: Log) -> dict[str, str]:
    """Node to its name."""
    nodes = log.legend.nodes
    return dict(zip(nodes["node"].astype(str), nodes["name"].astype(str), strict=True))
