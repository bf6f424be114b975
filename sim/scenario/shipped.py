"""Where the scenarios are that come with the program, for experiments and commands that name one of them."""

from __future__ import annotations

from pathlib import Path

from sim.scenario.suggestion import did_you_mean

EXAMPLE = "example.yaml"
EXPERIMENT = "experiments/smoke.yaml"
"""The worked examples."""
PACKAGE = Path(__file__).parents[1]
PREFIX = "shipped:"
"""Begins the name of a file of theirs where any file may be named."""
LISTED = ("", "experiments")
"""Folders whose files a message names one by one; the others hold parts, and cases of validation."""


def scenarios_folder() -> Path:
    """Where scenarios/ is: in an installed package beside the modules, in a checkout at its root."""
    for folder in (PACKAGE / "scenarios", PACKAGE.parent / "scenarios"):
        if (folder / EXAMPLE).is_file():
            return folder
    raise FileNotFoundError(f"scenarios/{EXAMPLE} is part of Landbridge and is missing from {PACKAGE.parent}")


def is_shipped(name: str) -> bool:
    """Whether a name is of a file that comes with the program: ``shipped:example.yaml``."""
    return name.startswith(PREFIX)


def shipped_file(name: str) -> Path:
    """The file of such a name. ValueError says what is there if it is not."""
    folder = scenarios_folder().resolve()
    wanted = name.removeprefix(PREFIX)
    path = (folder / wanted).resolve() if "\0" not in wanted else folder
    if path.is_relative_to(folder) and path.is_file():
        return path
    names = sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*.yaml"))
    own = [each for each in names if Path(each).parent in map(Path, LISTED)]
    others = sorted({f"{Path(each).parts[0]}/" for each in names} - {f"{Path(each).parts[0]}/" for each in own})
    hint = did_you_mean(wanted, names)
    raise ValueError(
        f"nothing called '{wanted}' is shipped{hint}; shipped are {', '.join(own)}, and {', '.join(others)}"
    )


def shipped_name(path: Path) -> str | None:
    """The name by which a file that comes with the program can be named anywhere; None for any other file."""
    folder, found = scenarios_folder().resolve(), path.resolve()
    return f"{PREFIX}{found.relative_to(folder).as_posix()}" if found.is_relative_to(folder) else None
