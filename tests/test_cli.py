"""The command line: what it loads, what it says, and its exit status."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest

from sim import facts, scenario
from sim.cli import landbridge, main, new
from sim.errors import FactError, GridlockError, Problem, ResultError
from sim.experiments import loads
from sim.experiments.loads import Overload
from sim.scenario import shipped

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "scenarios" / "example.yaml"
HEAVY = ("matplotlib", "numpy", "pandas", "pyarrow", "pydantic", "rich", "scipy", "simpy", "typst", "yaml")
COMMANDS = ["run", "check", "report", "compare", "sweep", "optimise", "calibrate", "validate", "facts", "schema", "new"]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Commands write where the user is: each test is in a folder of its own."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["facts", "-h"], ["--version"]])
def test_help_loads_nothing_heavy(arguments):
    code = (
        "import json, resource, sys\n"
        "from sim.cli import main\n"
        f"status = main({arguments!r})\n"
        "used = resource.getrusage(resource.RUSAGE_SELF)\n"
        f"heavy = [name for name in {HEAVY!r} if name in sys.modules]\n"
        "print(json.dumps([status, used.ru_utime + used.ru_stime, heavy]), file=sys.stderr)\n"
    )
    # The least of three: other work on the machine can only add to it.
    command = [sys.executable, "-c", code]
    runs = [subprocess.run(command, capture_output=True, text=True, check=True) for _ in range(3)]
    answers = [json.loads(run.stderr) for run in runs]
    assert [(status, heavy) for status, _, heavy in answers] == [(0, [])] * 3
    assert min(seconds for _, seconds, _ in answers) < 0.3


def test_help_lists_every_command(capsys):
    assert main(["--help"]) == 0
    listed = [line.split()[0] for line in capsys.readouterr().out.split("Commands:\n")[1].splitlines()]
    assert listed == COMMANDS


@pytest.mark.parametrize("name", COMMANDS)
def test_command_is_there_under_its_name(name):
    with click.Context(landbridge) as ctx:
        command = landbridge.get_command(ctx, name)
    assert command is not None
    assert command.name == name
    assert command.help


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)])
def test_help_fits_a_terminal_of_80_columns(command, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert main([*command, "--help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    said = "\n".join(lines)
    # Words of click for whoever does not say it better, and ends of lines that tear apart what belongs together.
    for odd in ("RANGE", "INTEGER", "DIRECTORY", "[auto|", "[default: (", "[default:\n"):
        assert odd not in said
    # What an option does stands beside it.
    assert [line for line in lines if line.startswith("  -") and len(line.split("  ")) < 3] == []


def test_unknown_command_is_refused_with_the_nearest(capsys):
    assert main(["chekc"]) == 2
    assert "Did you mean 'check'?" in capsys.readouterr().err


def test_file_that_is_not_there_is_refused(capsys):
    assert main(["run", "nowhere.yaml"]) == 2
    assert "'nowhere.yaml' does not exist" in capsys.readouterr().err


@pytest.mark.parametrize(("error", "status"), [(GridlockError, 1), (ResultError, 1), (FactError, 2)])
def test_error_of_the_user_is_printed_without_a_traceback(error, status, monkeypatch, capsys):
    def refuse(_id):
        raise error("so it is")

    monkeypatch.setattr(facts, "get", refuse)
    assert main(["facts", "anything"]) == status
    assert capsys.readouterr().err == "so it is\n"


def test_error_of_the_program_shows(monkeypatch):
    known: dict[str, object] = {}
    monkeypatch.setattr(facts, "get", known.__getitem__)
    with pytest.raises(KeyError, match="bug"):
        main(["facts", "bug"])


@pytest.fixture
def findings(monkeypatch):
    found: list[object] = []
    monkeypatch.setattr(loads, "check", lambda _files, _progress: found)
    Path("a.yaml").touch()
    return found


OVERLOAD = Overload("a.yaml", "hall", "2021-08", "2021-10", 1.084)
PROBLEM = Problem("a.yaml", 3, 7, "places.hall", "unknown key 'capcity'")


def test_check_passes_with_warnings(findings, capsys):
    findings.append(OVERLOAD)
    assert main(["check", "a.yaml"]) == 0
    said = capsys.readouterr()
    assert said.out == "1 file: no problems, 1 warning\n"
    assert said.err.startswith("warning: a.yaml: offered load 1.08 at hall from 2021-08 to 2021-10")


def test_check_refuses_problems(findings, capsys):
    findings.extend([PROBLEM, OVERLOAD])
    assert main(["check", "a.yaml", "a.yaml"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines()[0] == "a.yaml:3:7: places.hall: unknown key 'capcity'"
    assert said.err.splitlines()[-1] == "2 files: 1 problem"


def test_check_answers_in_json(findings, capsys):
    findings.extend([PROBLEM, OVERLOAD])
    assert main(["check", "a.yaml", "--json"]) == 2
    first, second = json.loads(capsys.readouterr().out)
    assert (first["level"], first["line"], first["path"]) == ("problem", 3, "places.hall")
    assert (second["level"], second["place"], second["ratio"]) == ("warning", "hall", 1.084)


def test_check_prints_the_resolved_scenario(capsys):
    assert main(["check", str(EXAMPLE), "--resolved"]) == 0
    assert capsys.readouterr().out == scenario.resolved(EXAMPLE)


@pytest.mark.parametrize("more", [["--json"], ["a.yaml"]])
def test_check_refuses_what_does_not_go_with_resolved(more, findings, capsys):
    assert main(["check", "a.yaml", "--resolved", *more]) == 2
    assert "--resolved" in capsys.readouterr().err
    assert findings == []


@pytest.mark.parametrize("overlay", [False, True])
def test_schema_is_printed(overlay, capsys):
    assert main(["schema", *["--overlay"][: int(overlay)]]) == 0
    assert json.loads(capsys.readouterr().out) == scenario.json_schema(overlay=overlay)


def test_new_scenario_checks_clean(capsys):
    assert main(["new", "my-corridor"]) == 0
    assert capsys.readouterr().out.startswith("my-corridor.yaml written. Next: landbridge check my-corridor.yaml\n")
    assert main(["check", "my-corridor.yaml"]) == 0
    assert capsys.readouterr().out == "1 file: no problems, 0 warnings\n"


def test_new_experiment_checks_clean(capsys):
    assert main(["new", "my-sweep", "--experiment"]) == 0
    assert capsys.readouterr().out == (
        "my-sweep.yaml written. Next: landbridge check my-sweep.yaml\n"
        "For help in your editor: landbridge schema --experiment > experiment.schema.json\n"
    )
    assert (
        Path("my-sweep.yaml")
        .read_text(encoding="utf-8")
        .startswith("# yaml-language-server: $schema=experiment.schema.json\n")
    )
    assert main(["check", "my-sweep.yaml"]) == 0
    assert capsys.readouterr().out == (
        "my-sweep.yaml: 7 points with the base, 3 replications, 21 runs\n1 file: no problems, 0 warnings\n"
    )


def test_check_tells_experiments_from_scenarios(capsys):
    text = "schema: 1\ntitle: T\nscenario: shipped:example.yaml\nfactors: {x: {levels: {a: {}, b: {}}}}\n"
    Path("x.yaml").write_text(text + "design: {kind: grid}\n", encoding="utf-8")
    Path("y.yaml").write_text(text + "design: {kind: gird}\n", encoding="utf-8")
    assert main(["check", str(EXAMPLE), "x.yaml"]) == 0
    assert capsys.readouterr().out == (
        "x.yaml: 3 points with the base (2 the same as others), 5 replications, 5 runs\n"
        "2 files: no problems, 0 warnings\n"
    )
    assert main(["check", "x.yaml", "y.yaml"]) == 2
    assert "y.yaml:5:16: design.kind: unknown kind 'gird' - did you mean 'grid'?" in capsys.readouterr().err
    assert main(["check", "x.yaml", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [
        {
            "level": "size",
            "text": "x.yaml: 3 points with the base (2 the same as others), 5 replications, 5 runs",
            "file": "x.yaml",
            "points": 3,
            "replications": 5,
            "equal": 2,
            "runs": 5,
            "tried": 0,
        }
    ]


def test_check_prints_an_experiment_as_it_is_written(capsys):
    text = "schema: 1\ntitle: T\nscenario: shipped:example.yaml\nfactors:\n  b: {levels: {x: {warm_up: null}}}\n"
    Path("x.yaml").write_text(text.replace("null", "5 days"), encoding="utf-8")
    assert main(["check", "x.yaml", "--resolved"]) == 0
    assert capsys.readouterr().out == (
        "schema: 1\ntitle: T\nscenario: shipped:example.yaml\n"
        "factors:\n  b:\n    levels:\n      x:\n        warm_up: 5 days\n"
    )


def test_schema_of_experiments(capsys):
    assert main(["schema", "--experiment"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "Experiment"


def test_new_overwrites_nothing(capsys):
    Path("mine.yaml").write_text("mine")
    assert main(["new", "mine"]) == 2
    assert "mine.yaml is there already" in capsys.readouterr().err
    assert Path("mine.yaml").read_text() == "mine"


@pytest.mark.parametrize("name", ["../x", "X", "a b", "a.yaml", "-a", "a--b", ""])
def test_new_refuses_what_is_no_name(name):
    assert main(["new", "--", name]) == 2
    assert list(Path().iterdir()) == []


def test_new_finds_the_example_of_an_installed_package(tmp_path, monkeypatch):
    package = tmp_path / "sim"
    (package / "scenarios").mkdir(parents=True)
    (package / "scenarios" / "example.yaml").write_text("installed")
    monkeypatch.setattr(shipped, "PACKAGE", package)
    assert new.example() == "installed"
