"""How ./landbridge and ./test set themselves up: which Python, when again, and what is left when it fails."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SETUP = ROOT / ".setup"


@pytest.fixture
def environment(tmp_path, monkeypatch):
    """The set-up in a folder of its own, with pip and uv replaced by a record of their calls."""
    spec = importlib.util.spec_from_file_location("environment", SETUP / "environment.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    root = tmp_path / "a folder"
    (root / ".setup").mkdir(parents=True)
    (root / ".setup" / "pip-0-py3-none-any.whl").touch()
    for name in ("uv.lock", "pyproject.toml"):
        (root / name).write_bytes((ROOT / name).read_bytes())
    venv = root / ".venv"
    for name, value in (("ROOT", root), ("VENV", venv), ("PYTHON", venv / "bin/python"), ("STAMP", venv / "stamp")):
        monkeypatch.setattr(module, name, value)
    monkeypatch.delenv("LANDBRIDGE_PYTHON", raising=False)
    return module


@pytest.fixture
def calls(environment, monkeypatch):
    """Calls of the set-up, which all succeed; the one that makes the virtual environment makes a Python."""
    made: list[list[str]] = []

    def call(command, _variables):
        made.append([str(part) for part in command])
        if "venv" in made[-1]:
            environment.PYTHON.parent.mkdir(parents=True)
            environment.PYTHON.symlink_to(sys.executable)
        return True

    monkeypatch.setattr(environment, "call", call)
    return made


def test_first_set_up_is_complete_and_the_next_has_nothing_to_do(environment, calls):
    assert not environment.is_current()
    environment.bring_up_to_date()
    assert environment.is_current()
    assert [next(word for word in ("venv", "sync", "--editable", "install") if word in call) for call in calls] == [
        "venv",
        "install",
        "sync",
        "--editable",
    ]


@pytest.mark.parametrize("name", ["uv.lock", "pyproject.toml"])
def test_changed_lock_is_installed_into_the_same_environment(name, environment, calls):
    environment.bring_up_to_date()
    with (environment.ROOT / name).open("a") as file:
        file.write("\n")
    assert not environment.is_current()
    del calls[:]
    environment.bring_up_to_date()
    assert environment.is_current()
    assert not any("venv" in call for call in calls)


def test_folder_that_has_moved_is_set_up_anew(environment, calls):
    environment.bring_up_to_date()
    environment.STAMP.write_text(environment.wanted().replace("a folder", "another"))
    assert not environment.is_current()
    assert not environment.is_usable()
    assert len(calls) == 4


def test_killed_set_up_is_made_anew(environment, calls):
    environment.bring_up_to_date()
    environment.STAMP.write_text(environment.UNFINISHED)
    assert not environment.is_current()
    assert not environment.is_usable()
    assert len(calls) == 4


def test_environment_without_its_python_is_made_anew(environment, calls):
    environment.bring_up_to_date()
    environment.PYTHON.unlink()
    assert not environment.is_current()
    assert not environment.is_usable()
    assert len(calls) == 4


def test_environment_made_by_hand_is_filled_and_not_removed(environment, calls):
    environment.PYTHON.parent.mkdir(parents=True)
    environment.PYTHON.symlink_to(sys.executable)
    (environment.VENV / "mine").touch()
    environment.bring_up_to_date()
    assert environment.is_current()
    assert (environment.VENV / "mine").exists()
    assert not any("venv" in call for call in calls)


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_interrupted_first_set_up_leaves_nothing(error, environment, calls, monkeypatch):
    def interrupt():
        raise error

    monkeypatch.setattr(environment, "install", interrupt)
    with pytest.raises(error):
        environment.bring_up_to_date()
    assert not environment.VENV.exists()
    assert len(calls) == 1


def test_interrupted_renewal_is_taken_up_again(environment, calls, monkeypatch):
    environment.bring_up_to_date()
    with (environment.ROOT / "uv.lock").open("a") as file:
        file.write("\n")
    monkeypatch.setattr(environment, "install", lambda: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        environment.bring_up_to_date()
    assert environment.is_usable()
    assert not environment.is_current()
    assert len(calls) == 4


def test_pip_takes_over_where_uv_does_not_get_through(environment, calls, monkeypatch):
    succeed = environment.call
    monkeypatch.setattr(environment, "call", lambda *given: succeed(*given) and "sync" not in calls[-1])
    environment.bring_up_to_date()
    assert environment.is_current()
    assert [call[-3:-1] for call in calls if "--require-hashes" in call][1][0] == "-r"
    assert any("export" in call for call in calls)


def test_uv_is_asked_for_by_version_and_digests(environment):
    line = environment.locked_uv()
    assert re.match(r"uv==\d+\.\d+\.\d+ --hash=sha256:[0-9a-f]{64} ", line)
    assert line.count("\n") == 1
    assert line.count("--hash=") > 5


def test_pip_is_the_one_that_is_written_down():
    [wheel] = SETUP.glob("pip-*.whl")
    text = (SETUP / "README.md").read_text(encoding="utf-8")
    assert wheel.name in text
    assert hashlib.sha256(wheel.read_bytes()).hexdigest() in text


def test_variables_that_mislead_are_left_out(environment, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example/simple")
    variables = environment.environment()
    assert "PYTHONPATH" not in variables
    assert variables["PIP_INDEX_URL"] == "https://mirror.example/simple"
    assert variables["UV_PROJECT_ENVIRONMENT"] == str(environment.VENV)


def old_python(path: Path) -> None:
    path.write_text('#!/bin/sh\n[ "$1" = --version ] && { echo Python 3.9.2; exit 0; }\nexit 1\n')
    path.chmod(0o755)


def start(folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Start where only the Pythons of a folder are found, with a stand-in for what start hands over to."""
    for tool in ("dirname", "readlink", "env"):
        (folder / tool).symlink_to(f"/usr/bin/{tool}")
    setup = folder / "set up"
    setup.mkdir()
    (setup / "start").write_bytes((SETUP / "start").read_bytes())
    (setup / "environment.py").write_text("import sys; print(sys.argv[1:])\n")
    command = ["/bin/sh", str(setup / "start"), "sim", "run", "a b.yaml"]
    return subprocess.run(command, env={"PATH": str(folder), **more}, capture_output=True, text=True, check=False)


def test_start_passes_over_an_old_python(tmp_path):
    old_python(tmp_path / "python3")
    (tmp_path / "python3.12").symlink_to(os.path.realpath(sys.executable))
    done = start(tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "['sim', 'run', 'a b.yaml']\n", "")


def test_start_says_what_is_missing(tmp_path):
    old_python(tmp_path / "python3")
    done = start(tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "needs Python 3.11 or later" in done.stderr
    assert "python3 is Python 3.9.2" in done.stderr


def test_start_takes_the_python_that_is_named_and_no_other(tmp_path):
    (tmp_path / "python3").symlink_to(os.path.realpath(sys.executable))
    (tmp_path / "o l d").mkdir()
    old_python(tmp_path / "o l d" / "python3")
    done = start(tmp_path, LANDBRIDGE_PYTHON=str(tmp_path / "o l d" / "python3"))
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{tmp_path}/o l d/python3 is Python 3.9.2" in done.stderr
