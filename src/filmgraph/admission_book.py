"""What admission writes down: queries under way, what clients have used, queries that have ended workers.

There are two books with the same pages: one in memory for a single web process, which costs a query next to nothing, and one in
SQLite that several processes share.
"""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from typing import Final, Protocol, TypeVar

__all__ = ["TABLES", "Account", "Book", "Entry", "MemoryBook", "SqlBook"]

TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS entry"
    " (id INTEGER PRIMARY KEY AUTOINCREMENT, process TEXT, client TEXT, arrived REAL, started REAL)",
    "CREATE TABLE IF NOT EXISTS client (client TEXT PRIMARY KEY, seconds REAL, failures REAL, slowest REAL, at REAL)",
    "CREATE TABLE IF NOT EXISTS query (fingerprint BLOB PRIMARY KEY, kills INTEGER, at REAL)",
)

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Entry:
    """A query under way: it runs since `started`, or waits where that is None. Times are seconds of the monotonic clock."""

    id: int
    client: str
    arrived: float
    started: float | None


@dataclass(frozen=True, slots=True)
class Account:
    """What a client had used at the moment `at`; `slowest` is None for one that no query of has run yet."""

    seconds: float
    failures: float
    slowest: float | None
    at: float


class Book(Protocol):
    """What is written down, for whoever holds it alone."""

    def entries(self) -> list[Entry]:
        """Return all queries under way."""
        ...

    def enter(self, client: str, now: float) -> Entry:
        """Note that a client's query waits in this process since `now`; its id is never used again."""
        ...

    def mark_started(self, entry_id: int, now: float) -> None:
        """Note that a waiting query runs since `now`."""
        ...

    def strike(self, entry_id: int) -> None:
        """Forget a query that is no longer under way; one that is not there is no error."""
        ...

    def account(self, client: str) -> Account | None:
        """Return what a client has used, None for one that is not known."""
        ...

    def set_account(self, client: str, account: Account) -> None:
        """Replace what a client has used."""
        ...

    def kills(self, fingerprint: bytes) -> tuple[int, float] | None:
        """Return how many workers a query has ended, and when it ended the last one."""
        ...

    def set_kills(self, fingerprint: bytes, kills: int, now: float) -> None:
        """Replace how many workers a query has ended."""
        ...

    def forget(self, now: float, seconds_rate: float, failures_rate: float, ban_seconds: float) -> None:
        """Drop the clients that have made up for all they used, at so much a second, and the queries ended so long ago."""
        ...


class SqlBook:
    """The book of several processes, in an open transaction of their database."""

    def __init__(self, database: sqlite3.Connection, process: str) -> None:
        self._database = database
        self._process = process

    def entries(self) -> list[Entry]:
        """See `Book`."""
        return [Entry(*row) for row in self._database.execute("SELECT id, client, arrived, started FROM entry")]

    def enter(self, client: str, now: float) -> Entry:
        """See `Book`."""
        insert = "INSERT INTO entry (process, client, arrived) VALUES (?, ?, ?)"
        return Entry(self._database.execute(insert, (self._process, client, now)).lastrowid or 0, client, now, None)

    def mark_started(self, entry_id: int, now: float) -> None:
        """See `Book`."""
        self._database.execute("UPDATE entry SET started = ? WHERE id = ?", (now, entry_id))

    def strike(self, entry_id: int) -> None:
        """See `Book`."""
        self._database.execute("DELETE FROM entry WHERE id = ?", (entry_id,))

    def account(self, client: str) -> Account | None:
        """See `Book`."""
        select = "SELECT seconds, failures, slowest, at FROM client WHERE client = ?"
        row = self._database.execute(select, (client,)).fetchone()
        return None if row is None else Account(*row)

    def set_account(self, client: str, account: Account) -> None:
        """See `Book`."""
        row = (client, account.seconds, account.failures, account.slowest, account.at)
        self._database.execute("INSERT OR REPLACE INTO client VALUES (?, ?, ?, ?, ?)", row)

    def kills(self, fingerprint: bytes) -> tuple[int, float] | None:
        """See `Book`."""
        row = self._database.execute("SELECT kills, at FROM query WHERE fingerprint = ?", (fingerprint,)).fetchone()
        return None if row is None else (row[0], row[1])

    def set_kills(self, fingerprint: bytes, kills: int, now: float) -> None:
        """See `Book`."""
        self._database.execute("INSERT OR REPLACE INTO query VALUES (?, ?, ?)", (fingerprint, kills, now))

    def forget(self, now: float, seconds_rate: float, failures_rate: float, ban_seconds: float) -> None:
        """See `Book`."""
        self._database.execute(
            "DELETE FROM client WHERE seconds <= (? - at) * ? AND failures <= (? - at) * ?",
            (now, seconds_rate, now, failures_rate),
        )
        self._database.execute("DELETE FROM query WHERE at + ? <= ?", (ban_seconds, now))


class MemoryBook:
    """The book of one process. What was written since `begin` can be undone."""

    def __init__(self) -> None:
        self._ids = itertools.count(1)
        self._entries: dict[int, Entry] = {}
        self._accounts: dict[str, Account] = {}
        self._kills: dict[bytes, tuple[int, float]] = {}
        self._undo: list[Callable[[], object]] = []

    def begin(self) -> None:
        """Let what was written so far stand."""
        self._undo.clear()

    def undo(self) -> None:
        """Take back what was written since `begin`."""
        while self._undo:
            self._undo.pop()()

    def entries(self) -> list[Entry]:
        """See `Book`."""
        return list(self._entries.values())

    def enter(self, client: str, now: float) -> Entry:
        """See `Book`."""
        entry = Entry(next(self._ids), client, now, None)
        self._set(self._entries, entry.id, entry)
        return entry

    def mark_started(self, entry_id: int, now: float) -> None:
        """See `Book`."""
        if entry_id in self._entries:
            self._set(self._entries, entry_id, replace(self._entries[entry_id], started=now))

    def strike(self, entry_id: int) -> None:
        """See `Book`."""
        self._set(self._entries, entry_id, None)

    def account(self, client: str) -> Account | None:
        """See `Book`."""
        return self._accounts.get(client)

    def set_account(self, client: str, account: Account) -> None:
        """See `Book`."""
        self._set(self._accounts, client, account)

    def kills(self, fingerprint: bytes) -> tuple[int, float] | None:
        """See `Book`."""
        return self._kills.get(fingerprint)

    def set_kills(self, fingerprint: bytes, kills: int, now: float) -> None:
        """See `Book`."""
        self._set(self._kills, fingerprint, (kills, now))

    def forget(self, now: float, seconds_rate: float, failures_rate: float, ban_seconds: float) -> None:
        """See `Book`."""
        for client, each in list(self._accounts.items()):
            if each.seconds <= (now - each.at) * seconds_rate and each.failures <= (now - each.at) * failures_rate:
                self._set(self._accounts, client, None)
        for fingerprint, (_, at) in list(self._kills.items()):
            if at + ban_seconds <= now:
                self._set(self._kills, fingerprint, None)

    def _set(self, page: dict[_Key, _Value], key: _Key, value: _Value | None) -> None:
        """Write or (None) remove a line, and remember how it was."""
        before = page.pop(key, None) if value is None else page.get(key)
        if value is not None:
            page[key] = value
        if before is None:
            self._undo.append(lambda: page.pop(key, None))
        else:
            self._undo.append(lambda: page.__setitem__(key, before))
