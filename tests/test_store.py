"""The store of a sweep: kept at once, by content, by one process at a time; what is damaged or of others is told."""

from __future__ import annotations

import math
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from sim.errors import SimError
from sim.experiments.store import Origin, Result, Store

ROOT = Path(__file__).parent.parent
ORIGIN = Origin("scenario", "seeds", "code", "1", "outcomes")
ONE = Result({"time": (0.1 + 0.2, 3, 40), "none": (math.nan, 0, 0)}, 2)
"""A number that is no short decimal, and one that is missing."""


@pytest.fixture
def file(tmp_path):
    return tmp_path / "store.sqlite"


def test_what_is_kept_is_read_to_the_last_bit(file):
    with Store(file, ORIGIN) as store:
        store.keep("a", [(0, ONE), (7, ONE)])
    with Store(file, ORIGIN) as store:
        found = store.results("a")
        assert store.results("b") == {}
    assert sorted(found) == [0, 7]
    assert found[7].values["time"] == (0.1 + 0.2, 3, 40)
    assert math.isnan(found[7].values["none"][0])
    assert found[7].stuck == 2


def test_what_is_kept_twice_is_there_once(file):
    with Store(file, ORIGIN) as store:
        store.keep("a", [(0, ONE)])
        store.keep("a", [(0, ONE)])
    with closing(sqlite3.connect(file)) as rows:
        assert rows.execute("select count(*) from results").fetchone() == (1,)


def test_results_of_another_content_are_counted_by_what_has_changed(file):
    with Store(file, replace(ORIGIN, code="old", scenario="old")) as store:
        store.keep("a", [(0, ONE), (1, ONE)])
        store.keep("b", [(0, ONE)])
    with Store(file, replace(ORIGIN, code="old")) as store:
        store.keep("c", [(0, ONE)])
    with Store(file, ORIGIN) as store:
        store.keep("d", [(0, ONE)])
        assert store.left_aside([]) == {"scenario": 3, "code": 1}
        assert store.left_aside(["a"]) == {"scenario": 1, "code": 1}


def test_two_at_once_are_refused_and_the_next_is_let_in(file):
    with (
        Store(file, ORIGIN),
        pytest.raises(SimError, match=r"store\.sqlite: another sweep is at work on it"),
        Store(file, ORIGIN),
    ):
        pass
    with Store(file, ORIGIN):
        pass


HOLDER = """
import sys
from sim.experiments.store import Store
from tests.test_store import ONE, ORIGIN
with Store(sys.argv[1], ORIGIN) as store:
    store.keep("a", [(0, ONE)])
    print("kept", flush=True)
    store._rows.execute("begin immediate")
    store._rows.execute("insert into results values ('half', 0, '', 1)")
    sys.stdin.read()
"""


def test_a_killed_process_leaves_what_it_has_kept_nothing_half_and_no_lock(file):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", HOLDER, str(file)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "kept\n"
        with pytest.raises(SimError, match="another sweep is at work"), Store(file, ORIGIN):
            pass
        holder.send_signal(signal.SIGKILL)
    with Store(file, ORIGIN) as store:
        assert sorted(store.results("a")) == [0]
        assert store.results("half") == {}


@pytest.mark.parametrize("content", [b"no database at all, but long enough to be taken for one" * 99, b"short"])
def test_a_file_that_is_no_store_is_refused(file, content):
    file.write_bytes(content)
    with pytest.raises(SimError, match=r"store is damaged .*move it away, and the sweep begins anew"):
        Store(file, ORIGIN)
    assert file.read_bytes() == content


def test_a_store_with_a_hole_is_refused(file):
    with Store(file, ORIGIN) as store:
        store.keep("a", [(number, ONE) for number in range(500)])
    whole = bytearray(file.read_bytes())
    whole[2 * 4096 : 6 * 4096] = bytes(4 * 4096)
    file.write_bytes(whole)
    with pytest.raises(SimError, match="store is damaged"), Store(file, ORIGIN) as store:
        store.results("a")


def test_a_row_that_cannot_be_read_is_told(file):
    with Store(file, ORIGIN) as store:
        store._rows.execute("insert into results values ('a', 0, '{\"values\":', 1)")
        with pytest.raises(SimError, match="store is damaged"):
            store.results("a")


def test_a_database_of_somebody_else_is_left_alone(file):
    other = sqlite3.connect(file)
    other.execute("create table mine (number integer)")
    other.close()
    with pytest.raises(SimError, match="no store of this version"):
        Store(file, ORIGIN)


def test_a_store_in_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(SimError, match=r"no/store\.sqlite: unable to open"):
        Store(tmp_path / "no" / "store.sqlite", ORIGIN)
