"""What clients have used and which queries have ended workers, as rows of the admission state.

A client's seconds of work and its failures are leaky buckets: what it uses flows in, time lets it out. How long its slowest query
ran is forgotten with each query that it asks.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from filmgraph.admission_state import Entry
from filmgraph.settings import EndpointSettings

__all__ = ["Ledger", "Use"]

_MINUTE: Final = 60.0
#: Seconds that a short query runs at most.
_SHORT_SECONDS: Final = 0.25
#: What is left of a slow query after one more that is not: one of ten seconds counts for 35 more.
_SLOWNESS_KEPT: Final = 0.9


@dataclass(frozen=True, slots=True)
class Use:
    """How full a client's buckets are: seconds of work, and failed queries; and the seconds of its slowest query of late.

    Nobody knows how slow the first query of a client will be.
    """

    seconds: float = 0.0
    failures: float = 0.0
    slowest: float = math.inf

    @property
    def is_short(self) -> bool:
        """Whether the client has asked before, and short queries only."""
        return self.slowest <= _SHORT_SECONDS


@dataclass(frozen=True, slots=True)
class Ledger:
    """The accounts in an open transaction of the admission state at one moment, `now`."""

    settings: EndpointSettings
    database: sqlite3.Connection
    now: float
    _known: dict[str, Use] = field(default_factory=dict)

    def use(self, client: str) -> Use:
        """Return what a client has used and not yet made up for, without what it is using now."""
        if client not in self._known:
            self._known[client] = self._read_use(client)
        return self._known[client]

    def _read_use(self, client: str) -> Use:
        row = self.database.execute("SELECT seconds, failures, at, slowest FROM client WHERE client = ?", (client,)).fetchone()
        if row is None:
            return Use()
        minutes = max(0.0, self.now - row[2]) / _MINUTE
        return Use(
            max(0.0, row[0] - minutes * self.settings.client_seconds_per_minute),
            max(0.0, row[1] - minutes * self.settings.client_failures_per_minute),
            math.inf if row[3] is None else row[3],
        )

    def uses(self, entries: Sequence[Entry], *clients: str) -> dict[str, Use]:
        """Return what each client of the `entries`, and each of `clients`, has used, with what its running entries use now."""
        uses = {each: self.use(each) for each in {*clients, *(entry.client for entry in entries)}}
        for entry in entries:
            if entry.started is not None:
                use = uses[entry.client]
                uses[entry.client] = Use(use.seconds + max(0.0, self.now - entry.started), use.failures, use.slowest)
        return uses

    def charge(self, client: str, seconds: float, *, is_failure: bool) -> None:
        """Write down for how long a query ran, 0.0 if it did not, and whether it failed."""
        use = self.use(client)
        slowest = use.slowest
        if seconds > 0:
            slowest = seconds if slowest == math.inf else max(seconds, slowest * _SLOWNESS_KEPT)
        kept = None if slowest == math.inf else slowest
        row = (client, use.seconds + seconds, use.failures + is_failure, self.now, kept)
        self.database.execute("INSERT OR REPLACE INTO client VALUES (?, ?, ?, ?, ?)", row)
        self._known.pop(client, None)

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
