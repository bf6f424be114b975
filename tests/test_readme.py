"""The README says what is so: its commands are taken, its files are there."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from typing import get_args

import click
import pytest

from sim.cli import landbridge
from sim.scenario.designs import AnyDesign

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands() -> list[list[str]]:
    """The lines of the shell blocks, as words, without comments."""
    blocks = re.findall(r"^```sh\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)
    return [words for block in blocks for line in block.splitlines() if (words := shlex.split(line, comments=True))]


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_command_is_taken(words, monkeypatch):
    monkeypatch.chdir(ROOT)
    program, *arguments = words
    assert os.access(program, os.X_OK)
    if program == "./test" or arguments == ["--help"]:
        return
    name = arguments.pop(0)
    with click.Context(landbridge) as ctx:
        command = landbridge.get_command(ctx, name)
        assert command is not None
        command.make_context(name, arguments)


def test_command_that_is_wrong_is_not_taken(monkeypatch):
    monkeypatch.chdir(ROOT)
    with click.Context(landbridge) as ctx:
        run = landbridge.get_command(ctx, "run")
        assert run is not None
        with pytest.raises(click.UsageError):
            run.make_context("run", ["scenarios/nowhere.yaml"])


def test_first_commands_run_and_test():
    assert [" ".join(words) for words in commands()[:2]] == ["./landbridge run scenarios/yuxinou.yaml", "./test"]


def test_scenarios_are_all_in_the_table():
    table = re.findall(r"^\| `(scenarios/[^`]+)`", README, flags=re.MULTILINE)
    assert sorted(table) == sorted(str(path.relative_to(ROOT)) for path in (ROOT / "scenarios").glob("*.yaml"))


@pytest.mark.parametrize("file", ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "sim/GLOSSARY.md"])
def test_links_lead_somewhere(file):
    links = re.findall(r"\]\(([^)#:]+)\)", (ROOT / file).read_text(encoding="utf-8"))
    assert [link for link in links if not (ROOT / file).parent.joinpath(link).exists()] == []


def test_sample_is_the_example():
    """What the README shows of the example stands in it."""
    example = (ROOT / "scenarios" / "example.yaml").read_text(encoding="utf-8").splitlines()
    [sample] = re.findall(r"^```yaml\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)
    assert [line for line in sample.splitlines() if line.strip() and line not in example] == []


def test_sample_of_an_experiment_is_the_worked_one():
    example = (ROOT / "scenarios" / "experiments" / "smoke.yaml").read_text(encoding="utf-8").splitlines()
    [sample] = re.findall(r"^```yml\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)
    assert [line for line in sample.splitlines() if line not in example] == []


def test_designs_are_all_in_the_table():
    table = README[README.index("| Design | Its points") :].split("\n\n")[0]
    kinds = [design.model_fields["kind"].annotation.__args__[0] for design in get_args(AnyDesign)]
    assert [kind for kind in kinds if kind not in table] == []


def test_the_table_of_the_language_shows_every_small_scenario():
    table = README[README.index("| In the field |") :].split("\n\n")[0]
    rows = re.findall(r"^\|[^|]*\|[^|]*\| ([a-z0-9, .-]+) \|$", table, flags=re.MULTILINE)
    shown = {name for row in rows for name in row.split(", ")}
    choices = {name for name in shown if name.endswith("...")}
    names = {path.stem for path in (ROOT / "tests" / "scenarios" / "valid").glob("*.yaml")}
    of_choices = {name for name in names for start in choices if name.startswith(start.removesuffix("..."))}
    # Small ones of other things: the whole language in one, what judges a run, and what ends one.
    others = {"expectations", "measures", "observations", "small", "until-narrow"}
    assert (shown - choices - names, names - shown - of_choices) == (set(), others)
