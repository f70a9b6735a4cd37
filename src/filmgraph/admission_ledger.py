"""What clients have used and which queries have ended workers, as rows of the admission state.

A client's seconds of work and its failures are leaky buckets: what it uses flows in, time lets it out.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from filmgraph.admission_state import Entry
from filmgraph.settings import EndpointSettings

__all__ = ["Ledger", "Use"]

_MINUTE: Final = 60.0


@dataclass(frozen=True, slots=True)
class Use:
    """How full a client's buckets are: seconds of work, and failed queries."""

    seconds: float = 0.0
    failures: float = 0.0


@dataclass(frozen=True, slots=True)
class Ledger:
    """The accounts in an open transaction of the admission state at one moment, `now`."""

    settings: EndpointSettings
    database: sqlite3.Connection
    now: float

    def use(self, client: str) -> Use:
        """Return what a client has used and not yet made up for, without what it is using now."""
        row = self.database.execute("SELECT seconds, failures, at FROM client WHERE client = ?", (client,)).fetchone()
        if row is None:
            return Use()
        minutes = max(0.0, self.now - row[2]) / _MINUTE
        return Use(
            max(0.0, row[0] - minutes * self.settings.client_seconds_per_minute),
            max(0.0, row[1] - minutes * self.settings.client_failures_per_minute),
        )

    def seconds_used(self, clients: Iterable[str], entries: Iterable[Entry]) -> dict[str, float]:
        """Return what each client has used, with what its running `entries` are using now."""
        used = {each: self.use(each).seconds for each in clients}
        for entry in entries:
            if entry.started is not None and entry.client in used:
                used[entry.client] += max(0.0, self.now - entry.started)
        return used

    def charge(self, client: str, seconds: float, *, is_failure: bool) -> None:
        """Write down what a query used and whether it failed."""
        use = self.use(client)
        row = (client, use.seconds + seconds, use.failures + is_failure, self.now)
        self.database.execute("INSERT OR REPLACE INTO client VALUES (?, ?, ?, ?)", row)

    def kills(self, fingerprint: bytes) -> tuple[int, float]:
        """Return how many workers a query has ended of late, and for how many seconds that is remembered."""
        row = self.database.execute("SELECT kills, at FROM query WHERE fingerprint = ?", (fingerprint,)).fetchone()
        left = 0.0 if row is None else row[1] + self.settings.ban_seconds - self.now
        return (row[0], left) if left > 0 else (0, 0.0)

    def count_kill(self, fingerprint: bytes) -> None:
        """Write down that a query has ended a worker."""
        kills, _ = self.kills(fingerprint)
        self.database.execute("INSERT OR REPLACE INTO query VALUES (?, ?, ?)", (fingerprint, kills + 1, self.now))

    def prune(self) -> None:
        """Forget clients whose buckets have run empty, and queries that are long ago."""
        self.database.execute(
            "DELETE FROM client WHERE seconds <= (? - at) / ? * ? AND failures <= (? - at) / ? * ?",
            (
                *(self.now, _MINUTE, self.settings.client_seconds_per_minute),
                *(self.now, _MINUTE, self.settings.client_failures_per_minute),
            ),
        )
        self.database.execute("DELETE FROM query WHERE at + ? <= ?", (self.settings.ban_seconds, self.now))
