"""Numbers with what they count, as people write them: one of anything is singular. Knows nothing of the house."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

PLURALS: Mapping[str, str] = MappingProxyType(
    {"box": "boxes", "country": "countries", "city": "cities", "ferry": "ferries", "aircraft": "aircraft"}
    | {"embassy": "embassies", "factory": "factories", "delivery": "deliveries", "person": "people", "crew": "crews"}
    | {"trajectory": "trajectories", "entity": "entities", "TEU": "TEU", "FEU": "FEU"}
)
"""What does not just take an s."""
_SINGULARS = MappingProxyType({many: one for one, many in PLURALS.items()})
SHORT = 3
"""Letters of the longest unit that is always the same: h, km, USD."""


def plural(noun: str) -> str:
    """More than one of a noun."""
    if noun in PLURALS or not noun:
        return PLURALS.get(noun, noun)
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("x", "s", "ch", "sh")) else f"{noun}s"


def singular(unit: str) -> str:
    """A unit as it stands after 1: lane, day, box, train/day; short ones, such as h and TEU, are always the same."""
    counted, per, rest = unit.partition("/")
    if counted in _SINGULARS:
        counted = _SINGULARS[counted]
    elif len(counted) > SHORT and counted.isalpha() and counted.endswith("s"):
        counted = counted.removesuffix("s")
    return f"{counted}{per}{rest}"


def counted(number: int, noun: str) -> str:
    """How many there are: ``1 point``, ``2,000 points``, ``0 points``."""
    return f"{number:,} {noun if number == 1 else plural(noun)}"


def of_unit(number: str, unit: str) -> str:
    """A number as it is read, with its unit: ``1 track``, ``1.5 tracks``, ``1 h``."""
    return f"{number} {singular(unit) if number == '1' else unit}".strip()
