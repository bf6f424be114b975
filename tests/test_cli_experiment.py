"""What the commands that run an experiment share: options as one value, tables as JSON."""

import json
from dataclasses import asdict
from pathlib import Path

import click
import numpy as np
import pandas as pd
from click.testing import CliRunner

from sim.cli.experiment import Asked, options
from sim.cli.summary import print_json

LEFT_OUT: dict[str, object] = {
    "workers": None,
    "dask": None,
    "replications": None,
    "seed": None,
    "engine": None,
    "out": Path("reports"),
}
LEFT_OUT |= {"as_json": False, "no_report": False}


def asked(*arguments):
    """What the options come to, and an option of the command's own."""
    found: list[tuple[Asked, str]] = []

    @click.command()
    @options
    @click.option("--own")
    def command(given, own):
        found.append((given, own))
        return 0

    done = CliRunner().invoke(command, [__file__, *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    [one] = found
    return one


def test_what_is_left_out_is_as_the_experiment_says():
    given, own = asked()
    assert asdict(given) == {"file": Path(__file__), **LEFT_OUT}
    assert own is None


def test_options_come_as_one_value_beside_those_of_the_command():
    numbers = ("--workers", "2", "--replications", "3", "--seed", "4", "--engine", "reference")
    given, own = asked(*numbers, "--own", "x", "--json", "--out", "o", "--dask", "d", "--no-report")
    assert asdict(given) == {"file": Path(__file__), "workers": 2, "dask": "d", "replications": 3, "seed": 4,
                             "engine": "reference", "out": Path("o"), "as_json": True, "no_report": True}  # fmt: skip
    assert own == "x"


def test_tables_are_printed_as_rows_and_what_is_missing_is_null(capsys):
    print_json(Path("here"), {"points": pd.DataFrame({"point": [0, 1], "mean": [np.nan, 0.1]})}, warnings=["slow"])
    assert json.loads(capsys.readouterr().out) == {
        "folder": "here",
        "warnings": ["slow"],
        "points": [{"point": 0, "mean": None}, {"point": 1, "mean": 0.1}],
    }
