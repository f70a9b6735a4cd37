"""What clients have used and which queries have ended workers, as lines of the admission book.

A client's seconds of work and its failures are leaky buckets: what it uses flows in, time lets it out. How long its slowest query
ran is forgotten with each query that it asks.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from filmgraph.admission_book import Account, Book, Entry
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
    """The accounts of the admission book at one moment, `now`, for whoever holds the book."""

    settings: EndpointSettings
    book: Book
    now: float
    _known: dict[str, Use] = field(default_factory=dict)

    def use(self, client: str) -> Use:
        """Return what a client has used and not yet made up for, without what it is using now."""
        if client not in self._known:
            self._known[client] = self._read_use(client)
        return self._known[client]

    def _read_use(self, client: str) -> Use:
        account = self.book.account(client)
        if account is None:
            return Use()
        minutes = max(0.0, self.now - account.at) / _MINUTE
        return Use(
            max(0.0, account.seconds - minutes * self.settings.client_seconds_per_minute),
            max(0.0, account.failures - minutes * self.settings.client_failures_per_minute),
            math.inf if account.slowest is None else account.slowest,
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
        self.book.set_account(client, Account(use.seconds + seconds, use.failures + is_failure, kept, self.now))
        self._known.pop(client, None)

    def kills(self, fingerprint: bytes) -> tuple[int, float]:
        """Return how many workers a query has ended of late, and for how many seconds that is remembered."""
        row = self.book.kills(fingerprint)
        if row is None:
            return 0, 0.0
        kills, at = row
        left = at + self.settings.ban_seconds - self.now
        return (kills, left) if left > 0 else (0, 0.0)

    def count_kill(self, fingerprint: bytes) -> None:
        """Write down that a query has ended a worker."""
        kills, _ = self.kills(fingerprint)
        self.book.set_kills(fingerprint, kills + 1, self.now)

    def prune(self) -> None:
        """Forget clients whose buckets have run empty, and queries that are long ago."""
        settings = self.settings
        self.book.forget(
            self.now,
            settings.client_seconds_per_minute / _MINUTE,
            settings.client_failures_per_minute / _MINUTE,
            settings.ban_seconds,
        )
