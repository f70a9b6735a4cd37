"""Where admission keeps its book: in memory for one web process, in a small SQLite database that several share.

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
from pathlib import Path
from typing import Final

from filmgraph.admission_book import TABLES, Book, MemoryBook, SqlBook
from filmgraph.errors import StoreError

__all__ = ["AdmissionState"]

_BUSY_SECONDS: Final = 2.0
_ALIVE: Final = ".alive"


class AdmissionState:
    """The book and this process's sign of life; all threads may use it. Make it after a fork, never before.

    With None as its path the counts are this process's own and go with it.
    """

    def __init__(self, path: Path | None, now: float) -> None:
        """Open or create the database at `path`; what is there from before a restart of the machine, after `now`, is dropped."""
        self._path = path
        self._lock = threading.Lock()
        self._memory = MemoryBook()
        self.process = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._database: sqlite3.Connection | None = None
        self._sign_of_life: int | None = None
        if path is not None:
            try:
                with self._hold_setup_lock(path):
                    self._database = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
                    self._set_up(self._database, path, now)
            except (sqlite3.Error, OSError) as error:
                raise self._no_access(error) from error

    def close(self) -> None:
        """Forget this process's queries and give up its sign of life."""
        if self._database is None:
            return
        with self._change_shared(self._database):
            self._database.execute("DELETE FROM entry WHERE process = ?", (self.process,))
        self._database.close()
        if self._sign_of_life is not None and self._path is not None:
            _alive_path(self._path, self.process).unlink(missing_ok=True)
            os.close(self._sign_of_life)

    def change(self) -> contextlib.AbstractContextManager[Book]:
        """Hold the book alone, over all processes; an error inside undoes the change. StoreError when that fails."""
        return self._change_own() if self._database is None else self._change_shared(self._database)

    def forget_dead(self) -> bool:
        """Drop the queries of processes that are no more; return whether there were any."""
        if self._database is None or self._path is None:
            return False
        with self._change_shared(self._database):
            select = "SELECT DISTINCT process FROM entry WHERE process <> ?"
            found = self._database.execute(select, (self.process,)).fetchall()
            dead = [process for (process,) in found if not _is_alive(self._path, process)]
            for process in dead:
                self._database.execute("DELETE FROM entry WHERE process = ?", (process,))
        return bool(dead)

    @contextlib.contextmanager
    def _change_own(self) -> Iterator[Book]:
        with self._lock:
            self._memory.begin()
            try:
                yield self._memory
            except BaseException:
                self._memory.undo()
                raise

    @contextlib.contextmanager
    def _change_shared(self, database: sqlite3.Connection) -> Iterator[Book]:
        try:
            with self._lock:
                database.execute("BEGIN IMMEDIATE")
                try:
                    yield SqlBook(database, self.process)
                    database.execute("COMMIT")
                except BaseException:
                    if database.in_transaction:
                        database.execute("ROLLBACK")
                    raise
        except sqlite3.Error as error:
            raise self._no_access(error) from error

    def _set_up(self, database: sqlite3.Connection, path: Path, now: float) -> None:
        # The counts need not outlive the machine, so nothing waits for the disk.
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = OFF")
        for each in path.parent.glob(f"{path.name}.*{_ALIVE}"):
            _is_alive(path, each.name.removeprefix(f"{path.name}.").removesuffix(_ALIVE))
        self._sign_of_life = os.open(_alive_path(path, self.process), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._sign_of_life, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for table in TABLES:
            database.execute(table)
        database.execute("DELETE FROM client WHERE at > ?", (now,))
        database.execute("DELETE FROM query WHERE at > ?", (now,))

    @contextlib.contextmanager
    def _hold_setup_lock(self, path: Path) -> Iterator[None]:
        """Let one process at a time set up, so that none takes another's new file for one left behind."""
        file = os.open(path.with_name(path.name + ".lock"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
        finally:
            os.close(file)

    def _no_access(self, error: Exception) -> StoreError:
        return StoreError(f"the query endpoint cannot keep its counts in {self._path} ({error}): see that it can be written")


def _is_alive(state_path: Path, process: str) -> bool:
    """Whether a process still holds its file; the file of one that does not is removed."""
    path = _alive_path(state_path, process)
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


def _alive_path(state_path: Path, process: str) -> Path:
    return state_path.with_name(f"{state_path.name}.{process}{_ALIVE}")
