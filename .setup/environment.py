"""Make .venv on first use, bring it up to date when the lock has changed, then run what was asked for.

Standard library only: nothing is installed when this runs. README.md beside this file says what is done and why.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "landbridge-setup"
UNFINISHED = "unfinished\n"

MISLEADING = (
    "CONDA_PREFIX",
    "PIP_PREFIX",
    "PIP_REQUIRE_VIRTUALENV",
    "PIP_TARGET",
    "PIP_USER",
    "PYTHONHOME",
    "PYTHONPATH",
    "VIRTUAL_ENV",
)
"""Settings that would send an installation, or an import, somewhere else than to .venv."""


class SetupError(Exception):
    """The environment cannot be made: says what was tried and what to do."""


def say(text: str) -> None:
    """Print a line to standard error: standard output belongs to the command that follows."""
    print(f"set-up: {text}", file=sys.stderr, flush=True)


def wanted() -> str:
    """What the stamp says when .venv is complete, for this lock, in this place."""
    digest = hashlib.sha256()
    for name in ("uv.lock", "pyproject.toml"):
        digest.update((ROOT / name).read_bytes())
    return f"{digest.hexdigest()} {ROOT}\n"


def stamp() -> str:
    """What the stamp says, or nothing if there is none."""
    try:
        return STAMP.read_text(encoding="utf-8")
    except OSError:
        return ""


def is_current() -> bool:
    """Whether .venv is complete, for this lock, in this place, and of the Python that was named, if one was."""
    if stamp() != wanted() or not PYTHON.exists():
        return False
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return not os.environ.get("LANDBRIDGE_PYTHON") or (VENV / "lib" / version).is_dir()


def is_usable() -> bool:
    """Whether .venv can be brought up to date as it is: whole, made in this place, of a Python that will do."""
    if stamp() == UNFINISHED or os.environ.get("LANDBRIDGE_PYTHON"):
        return False
    if stamp() and not stamp().endswith(f" {ROOT}\n"):
        return False
    try:
        check = [str(PYTHON), "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
        return subprocess.run(check, check=False, capture_output=True).returncode == 0
    except OSError:
        return False


@contextmanager
def alone() -> Iterator[None]:
    """One set-up at a time in this folder. The lock goes with the process, however that ends."""
    with (ROOT / ".setup" / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another set-up of this folder is running; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def environment() -> dict[str, str]:
    """The variables that pip and uv are run with."""
    variables = {name: value for name, value in os.environ.items() if name not in MISLEADING}
    variables |= {
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "UV_PROJECT_ENVIRONMENT": str(VENV),
        "UV_PYTHON_DOWNLOADS": "never",
    }
    paths = ssl.get_default_verify_paths()
    if paths.cafile or (paths.capath and any(Path(paths.capath).iterdir())):
        # The machine's own certificates, as pip: a company's proxy is trusted there and nowhere else.
        variables.setdefault("UV_SYSTEM_CERTS", "1")
    return variables


def call(command: list[str | Path], variables: Mapping[str, str]) -> bool:
    """Run a command of the set-up in the root of the project; True if it succeeded."""
    return subprocess.run([str(part) for part in command], env=variables, cwd=ROOT, check=False).returncode == 0


def make_venv() -> None:
    """An empty virtual environment, marked unfinished until all is installed."""
    say(f"making {VENV} with Python {sys.version.split()[0]} ({sys.executable})")
    if VENV.is_symlink() or VENV.is_file():
        VENV.unlink()
    shutil.rmtree(VENV, ignore_errors=True)
    VENV.mkdir()
    STAMP.write_text(UNFINISHED, encoding="utf-8")
    if not call([sys.executable, "-m", "venv", "--without-pip", VENV], os.environ):
        raise SetupError("python -m venv failed (see above). Debian: apt install python3, not only python3-minimal")


def locked_uv() -> str:
    """The line for pip that asks for uv as uv.lock pins it: exact version, all digests."""
    packages = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]
    uv = next(package for package in packages if package["name"] == "uv")
    return " ".join([f"uv=={uv['version']}", *(f"--hash={wheel['hash']}" for wheel in uv["wheels"])]) + "\n"


def pip(*arguments: str | Path) -> list[str | Path]:
    """A call of pip, from the wheel in this folder, that acts on .venv."""
    [wheel] = (ROOT / ".setup").glob("pip-*.whl")
    return [PYTHON, "-I", wheel / "pip", *arguments, "--quiet"]


def uv(*arguments: str) -> list[str | Path]:
    """A call of uv on this project, which takes the lock as it stands."""
    quiet = [] if sys.stderr.isatty() else ["--quiet"]
    return [PYTHON, "-m", "uv", *arguments, "--frozen", "--all-extras", "--no-default-groups", *quiet]


def install_with_pip(variables: Mapping[str, str]) -> bool:
    """The same versions by the same digests, through pip and its mirrors; True if it succeeded."""
    with tempfile.TemporaryDirectory() as folder:
        pins = Path(folder) / "pins.txt"
        exported = call([*uv("export", "--no-emit-project"), "--quiet", "--output-file", pins], variables)
        return exported and call(pip("install", "--require-hashes", "-r", pins), variables)


def install() -> None:
    """Everything that uv.lock pins, into .venv, and the checkout itself."""
    variables = environment()
    say("installing what uv.lock pins (some 300 MB on first use; a minute or so)")
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as pin:
        pin.write(locked_uv())
        pin.flush()
        if not call(pip("install", "--require-hashes", "-r", pin.name), variables):
            raise SetupError("uv could not be installed from the package index (see above). Is there a network?")
    if not call(uv("sync", "--inexact", "--no-install-project"), variables):
        say("uv did not get through; installing the same with pip, which takes longer")
        if not install_with_pip(variables):
            raise SetupError("the packages could not be installed (see above). Mend that and run the same again.")
    if not call(pip("install", "--no-deps", "--editable", ROOT), variables):
        raise SetupError("the checkout itself could not be installed (see above)")


def bring_up_to_date() -> None:
    """Make or mend .venv. A first set-up that does not finish is removed; a later one is taken up again next time."""
    began = time.monotonic()
    fresh = not is_usable()
    try:
        if fresh:
            make_venv()
        install()
    except BaseException:
        if fresh:
            shutil.rmtree(VENV, ignore_errors=True)
        raise
    STAMP.write_text(wanted(), encoding="utf-8")
    say(f"done in {time.monotonic() - began:.0f} s")


def hand_over(module: str, arguments: list[str]) -> None:
    """Become the command that was asked for. Tests run in the root of the project, commands where the user is."""
    if module == "pytest":
        os.chdir(ROOT)
    variables = {name: value for name, value in os.environ.items() if name not in MISLEADING}
    os.execve(PYTHON, [str(PYTHON), "-P", "-m", module, *arguments], variables)


def interrupted(number: int, _frame: object) -> None:
    """Leave by an exception, so that nothing half-made stays."""
    sys.exit(128 + number)


def main() -> int:
    """Exit status: of the command, or 2 if the set-up failed, or 130 if it was interrupted."""
    signal.signal(signal.SIGTERM, interrupted)
    signal.signal(signal.SIGHUP, interrupted)
    try:
        if not is_current():
            with alone():
                if not is_current():
                    bring_up_to_date()
        hand_over(sys.argv[1], sys.argv[2:])
    except SetupError as problem:
        say(str(problem))
    except KeyboardInterrupt:
        say("interrupted")
        return 130
    return 2


if __name__ == "__main__":
    sys.exit(main())
