"""The store of a sweep: what each replication at each point came to, by the content that it was made of.

A row is kept by one transaction as soon as it is there, so that a process that is killed loses what it was at and
nothing else, and the next one goes on from there. One process at a time has a store open; it keeps the lock of the
database as long as it lives. Rows of another content are left where they are and not looked at.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from sim.errors import SimError

FORM = 1
"""Of the tables, kept in the file."""
TABLES = """
create table origins (
    made integer primary key, scenario text, seeds text, code text, seed text, outcomes text,
    unique (scenario, seeds, code, seed, outcomes)
);
create table results (
    key text, replication integer, content text not null, made integer not null, primary key (key, replication)
) without rowid;
"""
BUSY = "another sweep is at work on it: wait until it is done, or take another --out"
DAMAGED = "the store is damaged ({}): move it away, and the sweep begins anew"


class Result(NamedTuple):
    """What one replication came to."""

    values: Mapping[str, tuple[float, int, int]]
    """Of each outcome: the number in units of the code, nan if there is none, and shipments that it leaves out."""
    stuck: int
    """Entities that wait for ever."""


@dataclass(frozen=True)
class Origin:
    """What the results of a sweep are made of, as digests: what has changed is known by name."""

    scenario: str
    seeds: str
    code: str
    seed: str
    outcomes: str


class Store:
    """A file of results, open; ``:memory:`` is none, and is gone at the end. SimError if it cannot be used."""

    def __init__(self, path: Path | str, origin: Origin) -> None:
        self.path = path
        try:
            # Who waits for a lock would wait for a whole sweep.
            self._rows = sqlite3.connect(path, timeout=0, isolation_level=None)
            try:
                self._made = self._begin(origin)
            except BaseException:
                self._rows.close()
                raise
        except sqlite3.Error as err:
            raise self._refusal(err) from err

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let others have the file."""
        # What is open of a damaged file is told where it is met.
        with suppress(sqlite3.Error):
            self._rows.close()

    def _begin(self, origin: Origin) -> int:
        """Take the lock and look whether the file is what it should be; the number of the origin."""
        rows = self._rows
        rows.execute("pragma locking_mode = exclusive")
        rows.execute("pragma journal_mode = wal")
        rows.execute("pragma synchronous = normal")
        rows.execute("begin immediate")
        (form,) = rows.execute("pragma user_version").fetchone()
        if form == 0 and not rows.execute("select 1 from sqlite_master").fetchall():
            for statement in TABLES.split(";"):
                rows.execute(statement)
            rows.execute(f"pragma user_version = {FORM}")
        elif form != FORM:
            raise SimError(f"{self.path}: no store of this version: move it away, and the sweep begins anew")
        (sound,) = rows.execute("pragma quick_check(1)").fetchone()
        if sound != "ok":
            raise SimError(f"{self.path}: {DAMAGED.format(' '.join(sound.split()))}")
        names = asdict(origin)
        rows.execute(f"insert or ignore into origins ({', '.join(names)}) values (?, ?, ?, ?, ?)", [*names.values()])
        where = " and ".join(f"{name} = ?" for name in names)
        (made,) = rows.execute(f"select made from origins where {where}", [*names.values()]).fetchone()
        rows.execute("commit")
        return int(made)

    def results(self, key: str) -> dict[int, Result]:
        """What is kept under a key, by replication."""
        try:
            found = self._rows.execute("select replication, content from results where key = ?", [key]).fetchall()
            return {replication: _read(content) for replication, content in found}
        except (sqlite3.Error, ValueError, TypeError) as err:
            raise self._refusal(err) from err

    def keep(self, key: str, results: Iterable[tuple[int, Result]]) -> None:
        """Keep what replications came to: all of them or, if the process ends meanwhile, none."""
        rows = [(key, replication, _written(result), self._made) for replication, result in results]
        try:
            self._rows.execute("begin immediate")
            self._rows.executemany("insert or replace into results values (?, ?, ?, ?)", rows)
            self._rows.execute("commit")
        except sqlite3.Error as err:
            raise self._refusal(err) from err

    def left_aside(self, keys: Collection[str]) -> dict[str, int]:
        """How many results of other keys are of another origin, by what has changed first."""
        try:
            origins = {made: names for made, *names in self._rows.execute("select * from origins")}
            found = self._rows.execute("select key, made, count(*) from results group by key, made").fetchall()
        except sqlite3.Error as err:
            raise self._refusal(err) from err
        own, used = origins[self._made], set(keys)
        names = list(Origin.__dataclass_fields__)
        changed: Counter[str] = Counter()
        for key, made, count in found:
            if key not in used and made != self._made:
                differs = [name for name, old, new in zip(names, origins[made], own, strict=True) if old != new]
                changed[differs[0]] += count
        return {name: changed[name] for name in names if changed[name]}

    def _refusal(self, err: Exception) -> SimError:
        code = getattr(err, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return SimError(f"{self.path}: {BUSY}")
        if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_PERM):
            return SimError(f"{self.path}: {err}")
        return SimError(f"{self.path}: {DAMAGED.format(err)}")


def _written(result: Result) -> str:
    return json.dumps({"values": dict(result.values), "stuck": result.stuck})


def _read(content: str) -> Result:
    found = json.loads(content)
    values = {key: (float(value), int(left), int(asked)) for key, (value, left, asked) in found["values"].items()}
    return Result(values, found["stuck"])
