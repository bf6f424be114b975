"""The experiment: what was run, for how long, how often, and what the intervals mean."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from sim.figures.drawing import origin_number, start
from sim.figures.style import dashes
from sim.log import Log
from sim.metrics.settings import left_out, often
from sim.report.document import Column, Paragraph, Section, Table
from sim.report.formats import days

ENGINES = {
    "reference": "reference: discrete events in SimPy",
    "compiled": "compiled: the same law as the reference engine, the same rows",
}


def experiment(log: Log) -> Section:
    """Settings of the run, and how its numbers are to be read."""
    origin = log.legend.origin
    horizon, warm_up = origin_number(log, "horizon_s"), origin_number(log, "warm_up_s")
    first = start(log)
    last = first + pd.Timedelta(seconds=horizon)
    engine = str(origin.get("engine", ""))
    rows = (
        ("Start of the simulated time", f"{first.day} {first:%B %Y, %H:%M} UTC"),
        ("Horizon", f"{days(horizon)}, until {last.day} {last:%B %Y}"),
        ("Warm-up, left out of results", spoken(left_out(origin)) or (days(warm_up) if warm_up > 0 else "none")),
        ("Replications", spoken(often(origin))),
        ("Seed", str(origin.get("seed", ""))),
        ("Engine", ENGINES.get(engine, engine)),
        ("Entities simulated", f"{len(log.legend.entities):,} in all replications"),
        ("Visits recorded", f"{len(log.visits):,}"),
        *_beside(log),
    )
    table = Table("Settings.", (Column("Setting", share=1), Column("Value", share=2)), rows)
    return Section("Experiment", (Paragraph(reading(origin_number(log, "replications"))), table))


def spoken(text: str) -> str:
    """What metrics say of a setting, as it is printed."""
    return dashes(text.replace(" %", "%"))


def _beside(log: Log) -> Iterator[tuple[str, str]]:
    """What the run was made of beside its scenario: functions in Python, and a run that it went on from."""
    functions, since = log.legend.origin.get("rules"), log.legend.origin.get("since")
    if isinstance(functions, dict):
        yield "Choices by functions", f"{functions['file']}, digest {functions['digest']}"
    if isinstance(since, dict):
        moment = start(log) + pd.Timedelta(seconds=int(since["time_s"]))
        until = f"{moment.day} {moment:%B %Y, %H:%M} UTC"
        yield "Went on from", f"a run that stopped at {until}, with seed {since['seed']}; then this one counts"


def reading(replications: float) -> str:
    """What an interval means, or why there is none."""
    text = (
        "Results count the shipments that are released after the warm-up and finish within the run; those that do not "
        "finish are counted and reported beside them. "
    )
    if replications < 2:
        return (
            text + "With a single replication there are no intervals: the numbers show one possible course of events."
        )
    return text + (
        f"Each number is the mean of {replications:.0f} replications with different draws; intervals are 95% intervals "
        "of that mean (Student's t). Where an interval would reach below 0, or a share's above 100%, it is cut there; "
        "none is printed that is narrower than the last digit."
    )
