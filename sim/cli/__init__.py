"""The command line: thin commands over the other rooms. Nothing imports this room.

Each command stands in a module of its own, which is read when the command is called and not before, so that
``--help`` answers at once. Exit status: 0 done, 1 result not acceptable, 2 input refused, 130 interrupted.
"""

from __future__ import annotations

import click

from sim import memory
from sim.cli import stopping
from sim.cli.group import LazyGroup
from sim.errors import SimError

__all__ = ["landbridge", "main"]

REFUSED = 2
INTERRUPTED = 130


@click.group(
    cls=LazyGroup,
    lazy={
        "run": ("sim.cli.run:run", "Simulate a scenario and write its report."),
        "check": ("sim.cli.check:check", "Find every problem of scenarios and experiments."),
        "report": ("sim.cli.report:report", "Make the reports of a run or a sweep again, without simulating."),
        "compare": ("sim.cli.compare:compare", "Hold runs against the first of them, under the same luck."),
        "sweep": ("sim.cli.sweep:sweep", "Run a scenario at many points, resumed where it stopped."),
        "optimise": ("sim.cli.optimise:optimise", "Search for the best points: the cheapest, or a front."),
        "calibrate": ("sim.cli.calibrate:calibrate", "Fit free values of a scenario to what was observed."),
        "validate": ("sim.cli.validate:validate", "Hold runs against published observations: pass or fail."),
        "facts": ("sim.cli.facts:facts", "Show the sourced numbers that scenarios are made of."),
        "schema": ("sim.cli.schema:schema", "Print the JSON Schema of scenario and experiment files."),
        "new": ("sim.cli.new:new", "Write a worked example of a scenario or an experiment."),
    },
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="landbridge", prog_name="landbridge")
def landbridge() -> None:
    """Simulate logistics corridors: trains, trucks, vessels, borders and gauge changes.

    Start with: landbridge run shipped:example.yaml
    """


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit status. An error that is not the user's is left to show its traceback."""
    stopping.listen()
    memory.keep()
    try:
        status = landbridge.main(arguments, prog_name="landbridge", standalone_mode=False)
    except click.ClickException as refused:
        refused.show()
        return refused.exit_code
    except click.Abort as abort:
        click.echo(f"interrupted: {stopping.left(abort)}", err=True)
        return INTERRUPTED
    except SimError as err:
        click.echo(str(err), err=True)
        return err.exit_status
    except OSError as err:
        if err.filename is None:
            raise
        click.echo(f"landbridge: {err.filename}: {err.strerror or err}", err=True)
        return REFUSED
    return status if isinstance(status, int) else 0
