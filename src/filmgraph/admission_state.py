"""What admission counts, in a small SQLite database that all web processes of a server share.

A process that dies must not leave its queries counted: each one holds a locked file while it lives, and the kernel gives the
lock back when it does not (flock(2)). So the database must lie on a local file system.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from filmgraph.errors import StoreError

__all__ = ["AdmissionState", "Entry", "add_entry", "read_entries"]

_BUSY_SECONDS: Final = 2.0
_ALIVE: Final = ".alive"
_TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS entry"
    " (id INTEGER PRIMARY KEY AUTOINCREMENT, process TEXT, client TEXT, arrived REAL, started REAL)",
    "CREATE TABLE IF NOT EXISTS client (client TEXT PRIMARY KEY, seconds REAL, failures REAL, at REAL, slowest REAL)",
    "CREATE TABLE IF NOT EXISTS query (fingerprint BLOB PRIMARY KEY, kills INTEGER, at REAL)",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A query under way: it runs since `started`, or waits where that is None. Times are seconds of the monotonic clock."""

    id: int
    client: str
    arrived: float
    started: float | None


class AdmissionState:
    """The database and this process's sign of life; all threads may use it. Make it after a fork, never before.

    With None as its path the counts are this process's own and go with it.
    """

    def __init__(self, path: Path | None, now: float) -> None:
        """Open or create the database at `path`; what is there from before a restart of the machine, after `now`, is dropped."""
        self._path = path
        self._lock = threading.Lock()
        self.process = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._sign_of_life: int | None = None
        try:
            with self._hold_setup_lock():
                self._connection = sqlite3.connect(
                    path or ":memory:", timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
                )
                self._set_up(now)
        except (sqlite3.Error, OSError) as error:
            raise self._no_access(error) from error

    def close(self) -> None:
        """Forget this process's queries and give up its sign of life."""
        with self.change() as database:
            database.execute("DELETE FROM entry WHERE process = ?", (self.process,))
        self._connection.close()
        if self._sign_of_life is not None:
            self._alive_path(self.process).unlink(missing_ok=True)
            os.close(self._sign_of_life)

    @contextlib.contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """Hold the database alone, over all processes; an error inside undoes the change. StoreError when that fails."""
        try:
            with self._lock:
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    yield self._connection
                    self._connection.execute("COMMIT")
                except BaseException:
                    if self._connection.in_transaction:
                        self._connection.execute("ROLLBACK")
                    raise
        except sqlite3.Error as error:
            raise self._no_access(error) from error

    def forget_dead(self) -> bool:
        """Drop the queries of processes that are no more; return whether there were any."""
        if self._path is None:
            return False
        with self.change() as database:
            found = database.execute("SELECT DISTINCT process FROM entry WHERE process <> ?", (self.process,)).fetchall()
            dead = [process for (process,) in found if not self._is_alive(process)]
            for process in dead:
                database.execute("DELETE FROM entry WHERE process = ?", (process,))
        return bool(dead)

    def _set_up(self, now: float) -> None:
        if self._path is not None:
            # The counts need not outlive the machine, so nothing waits for the disk.
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = OFF")
            for path in self._path.parent.glob(f"{self._path.name}.*{_ALIVE}"):
                self._is_alive(path.name.removeprefix(f"{self._path.name}.").removesuffix(_ALIVE))
            self._sign_of_life = os.open(self._alive_path(self.process), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._sign_of_life, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for each in _TABLES:
            self._connection.execute(each)
        self._connection.execute("DELETE FROM client WHERE at > ?", (now,))
        self._connection.execute("DELETE FROM query WHERE at > ?", (now,))

    def _is_alive(self, process: str) -> bool:
        """Whether a process still holds its file; the file of one that does not is removed."""
        path = self._alive_path(process)
        try:
            file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        else:
            path.unlink(missing_ok=True)
            return False
        finally:
            os.close(file)

    def _alive_path(self, process: str) -> Path:
        folder_path = self._path or Path()
        return folder_path.with_name(f"{folder_path.name}.{process}{_ALIVE}")

    @contextlib.contextmanager
    def _hold_setup_lock(self) -> Iterator[None]:
        """Let one process at a time set up, so that none takes another's new file for one left behind."""
        if self._path is None:
            yield
            return
        file = os.open(self._path.with_name(self._path.name + ".lock"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
        finally:
            os.close(file)

    def _no_access(self, error: Exception) -> StoreError:
        where = self._path or "memory"
        return StoreError(f"the query endpoint cannot keep its counts in {where} ({error}): see that it can be written")


def read_entries(database: sqlite3.Connection) -> list[Entry]:
    """Return all queries under way."""
    return [Entry(*row) for row in database.execute("SELECT id, client, arrived, started FROM entry")]


def add_entry(database: sqlite3.Connection, process: str, client: str, now: float) -> Entry:
    """Note that a client's query waits in `process` since `now`; its id is never used again."""
    cursor = database.execute("INSERT INTO entry (process, client, arrived) VALUES (?, ?, ?)", (process, client, now))
    return Entry(cursor.lastrowid or 0, client, now, None)
