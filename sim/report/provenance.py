"""Where the report comes from: program, scenario, seed and environment, so that it can be made again."""

from __future__ import annotations

from sim.log import Log
from sim.report.document import Column, Paragraph, Section, Table
from sim.report.formats import breakable

SHOWN = (
    ("scenario", "Scenario"), ("digest", "Digest of the run"), ("seed", "Seed"), ("replications", "Replications"),
    ("engine", "Engine"), ("version", "Landbridge version"), ("commit", "Commit"), ("python", "Python"),
    ("platform", "Platform"), ("libraries", "Libraries"),
)  # fmt: skip


def provenance(log: Log) -> Section:
    """A table of what made the run; what is not known is left out."""
    origin = log.legend.origin
    rows = []
    for key, title in SHOWN:
        value = origin.get(key)
        if isinstance(value, dict):
            value = ", ".join(f"{name} {version}" for name, version in sorted(value.items()))
        if value not in (None, ""):
            rows.append((title, breakable(str(value))))
    text = (
        "The same scenario, seed and number of replications give the same log, tables and report, byte for byte. The "
        "file run.json beside this report also holds the environment and the time that the run took."
    )
    table = Table("Origin.", (Column("Of", share=1), Column("Value", share=3)), tuple(rows))
    return Section("Origin", (Paragraph(text), table))
