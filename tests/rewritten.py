"""Scenarios written in another way: what a file says stays the same, or something is added that touches nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from sim.scenario.reader import gather

Tree = dict[str, Any]
Rewrite = Callable[[Tree], Tree]

PREFIX = "zz-"
"""Put before an id: the order of ids, which breaks ties, stays as it is."""

QUIET = ("places", "calendars")
"""Sections whose ids name no stream of draws."""
NAMING = ("nodes", "legs", "operations", "services", "flows", "choices", "breakdowns")
"""Sections whose ids are part of the names of streams."""

WORDS = {"title", "label", "note", "question", "name", "kind", "mode", "activity", "border", "country", "zone"} | {
    *("direction", "corridor", "commodity", "unit", "priority", "only")
}
"""Keys whose values are words of the field or for the reader, and no ids."""


def tree(file: Path) -> Tree:
    """What a scenario's files say together."""
    plain = gather(file).plain
    assert isinstance(plain, dict)
    return {key: plain[key] for key in plain}


def written(content: Tree, file: Path) -> Path:
    """A scenario as a file."""
    file.write_text(yaml.dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return file


def each_text(content: Any, change: Callable[[str], str]) -> Any:
    """The content with every text that is a value changed, but those in WORDS."""
    if isinstance(content, dict):
        return {key: value if key in WORDS else each_text(value, change) for key, value in content.items()}
    if isinstance(content, list):
        return [each_text(each, change) for each in content]
    return change(content) if isinstance(content, str) else content


def in_minutes(content: Tree) -> Tree:
    """Hours written as minutes, wherever that is the same number of seconds to the last bit."""

    def change(text: str) -> str:
        hours = re.fullmatch(r"(\d+(?:\.\d+)?) h(ours?)?", text)
        minutes = float(hours[1]) * 60 if hours else 0.0
        if hours is None or minutes != round(minutes, 6) or minutes * 60 != float(hours[1]) * 3600:
            return text
        return f"{minutes!r} min"

    return dict(each_text(content, change))


def turned(content: Any) -> Any:
    """The same content with the keys of every mapping in the opposite order."""
    if isinstance(content, dict):
        return {key: turned(content[key]) for key in reversed(content)}
    return [turned(each) for each in content] if isinstance(content, list) else content


def reworded(content: Any) -> Any:
    """Other words for the reader."""
    if isinstance(content, dict):
        texts = {"title", "label", "note", "question", "name"}
        return {key: f"{value}, reworded" if key in texts else reworded(value) for key, value in content.items()}
    return [reworded(each) for each in content] if isinstance(content, list) else content


def renamed(content: Tree, sections: tuple[str, ...]) -> Tree:
    """Other ids for all that stands in those sections, wherever they are named."""
    ids = {each for section in sections for each in content.get(section) or {}} - WORDS

    def change(value: Any, key: str = "") -> Any:
        if key in WORDS and not isinstance(value, dict):
            return value
        if isinstance(value, dict):
            fixed = key in ("modes", "currencies")
            return {
                (PREFIX + own if own in ids and not fixed else own): change(each, own) for own, each in value.items()
            }
        if isinstance(value, list):
            return [change(each) for each in value]
        return PREFIX + value if isinstance(value, str) and value in ids else value

    def in_sentence(text: str) -> str:
        return re.sub(r"(?<=\.)[\w-]+", lambda word: str(change(word[0])), text)

    return {
        key: each_text(value, in_sentence) if key == "expect" else change(value, key) for key, value in content.items()
    }


def with_place(content: Tree) -> Tree:
    """A place more, first of all, with hours of its own, that nobody uses."""
    node = min(content["nodes"])
    place = {"node": node, "kind": "hall", "capacity": "3 tracks", "calendar": "aaa"}
    calendars = {"aaa": {"hours": {"daily": ["09:00-17:00"]}}, **(content.get("calendars") or {})}
    return {**content, "places": {**(content.get("places") or {}), "aaa": place}, "calendars": calendars}


def longer(content: Tree, days: int) -> Tree:
    """The same scenario over so many days."""
    return {**content, "horizon": f"{days} days"}


def with_flow(content: Tree, days: int) -> Tree:
    """A flow more, last of all, like the first one but from so many days after the start on."""
    like = content["flows"][min(content["flows"])]
    more = {key: value for key, value in like.items() if key not in ("from_date", "to_date")}
    day = date.fromisoformat(str(content["start"])) + timedelta(days=days)
    return {**content, "flows": {**content["flows"], "zzz": {**more, "from_date": f"{day}"}}}
