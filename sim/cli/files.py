"""Files of scenarios and experiments as a caller names them: a path, or ``shipped:NAME.yaml``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.core import Context, Parameter

PREFIX = "shipped:"
"""As in sim.scenario.shipped, which takes its time to import."""


class Readable(click.Path):
    """A file that is there; ``folders``: or a folder."""

    def __init__(self, *, folders: bool = False) -> None:
        super().__init__(exists=True, dir_okay=folders, path_type=Path)

    def convert(self, value: object, param: Parameter | None, ctx: Context | None) -> Path:
        """The path; that of a file that comes with the program for its name."""
        if isinstance(value, str) and value.startswith(PREFIX):
            from sim.scenario.shipped import shipped_file

            try:
                return shipped_file(value)
            except ValueError as err:
                self.fail(str(err), param, ctx)
        found = super().convert(value, param, ctx)  # type: ignore[arg-type]  # of click, str or PathLike
        assert isinstance(found, Path)
        return found
