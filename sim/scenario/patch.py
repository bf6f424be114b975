"""A patch: what a fit has found, as a file that extends the scenario."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sim.scenario.canonical import written
from sim.scenario.located import Located, Plain
from sim.scenario.shipped import shipped_name


def patch(base: Located, settings: Mapping[str, Plain], head: str) -> str:
    """YAML that extends the file of a scenario and sets values at dotted paths.

    It is to be laid beside that file, unless that comes with the program. Keys that the scenario has at a path and the
    value has not are deleted, as a setting replaces what was there. ``head``: lines of comment.
    """
    overlay: dict[str, Plain] = {}
    for path, value in settings.items():
        _lay(overlay, tuple(path.split(".")), base.plain, value)
    comment = "".join(f"# {line}".rstrip() + "\n" for line in head.splitlines())
    return f"{comment}extends: {shipped_name(Path(base.file)) or Path(base.file).name}\n{written(overlay)}"


def _lay(overlay: dict[str, Plain], path: tuple[str, ...], there: Plain, value: Plain) -> None:
    """Put a value at a path of an overlay of what is there."""
    key, *rest = path
    own = there.get(key) if isinstance(there, dict) else None
    if not rest:
        overlay[key] = {**dict.fromkeys(own), **value} if isinstance(own, dict) and isinstance(value, dict) else value
    elif isinstance(own, list):
        # Lists are replaced as a whole.
        known = overlay.get(key)
        overlay[key] = _replaced(known if isinstance(known, list) else own, tuple(rest), value)
    else:
        below = overlay.setdefault(key, {})
        assert isinstance(below, dict)
        _lay(below, tuple(rest), own, value)


def _replaced(there: Plain, path: tuple[str, ...], value: Plain) -> Plain:
    """What is there with a value at a path."""
    if not path:
        return value
    if isinstance(there, list):
        place = int(path[0])
        return [*there[:place], _replaced(there[place], path[1:], value), *there[place + 1 :]]
    assert isinstance(there, dict)
    return {**there, path[0]: _replaced(there.get(path[0]), path[1:], value)}
