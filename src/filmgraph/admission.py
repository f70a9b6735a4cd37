"""Who may run a query now: fair shares for clients, a bound over all, and no third try for a query that ends workers.

A client's work and failures fill two leaky buckets (see `admission_ledger`); a full one means wait. A free worker goes to the
waiting client that has the fewest queries running, then to the one that has used least. While all are taken, one query more may
run on the spare worker: that of a client whose queries have all been short of late, so that long ones never lock those out.
"""

from __future__ import annotations

import contextlib
import hashlib
import ipaddress
import math
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from filmgraph.admission_book import Book, Entry
from filmgraph.admission_ledger import Ledger, Use
from filmgraph.admission_limits import Limit, limits_table
from filmgraph.admission_state import AdmissionState
from filmgraph.errors import (
    QueryAbandonedError,
    QueryBarredError,
    QueryBusyError,
    QueryCrashError,
    QueryError,
    QueryQuotaError,
    QueryTimeoutError,
    StoreError,
)
from filmgraph.settings import EndpointSettings

__all__ = [
    "Admission",
    "Limit",
    "Ticket",
    "choose_next",
    "client_address",
    "client_key",
    "limits_table",
    "query_fingerprint",
]

#: Queries that run on spare workers, beside those that are `workers` at most.
_EXPRESS: Final = 1
_POLL_SECONDS: Final = 0.02
_DEAD_CHECK_SECONDS: Final = 1.0
_PRUNE_SECONDS: Final = 60.0
_IPV6_PREFIX: Final = 64
_NOT_THE_CLIENTS_FAULT: Final = (QueryAbandonedError, QueryBarredError, QueryBusyError, QueryQuotaError)


def client_address(remote_address: str, forwarded_for: str | None, trusted_proxies: int) -> str:
    """Return the address that a request came from, as far as it can be trusted.

    Each trusted proxy adds the address of its own client at the end of X-Forwarded-For; whatever stands before those was written
    by the client itself.

    >>> client_address("10.0.0.1", "6.6.6.6, 192.0.2.7", 1)
    '192.0.2.7'
    """
    forwarded = [each.strip() for each in (forwarded_for or "").split(",")]
    return (
        forwarded[-trusted_proxies] if 0 < trusted_proxies <= len(forwarded) and forwarded[-trusted_proxies] else remote_address
    )


def client_key(address: str) -> str:
    """Return what one client is counted by: an IPv4 address, or the /64 of an IPv6 address, all of which is one customer's.

    >>> client_key("2001:db8:0:1:aaaa::9")
    '2001:db8:0:1::/64'
    >>> client_key("::ffff:192.0.2.7")
    '192.0.2.7'
    """
    try:
        found = ipaddress.ip_address(address.strip().strip("[]").partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, _IPV6_PREFIX), strict=False))


def query_fingerprint(text: str) -> bytes:
    """Return the SHA-256 of a query whose white space is one space each."""
    return hashlib.sha256(" ".join(text.split()).encode(errors="replace")).digest()


def choose_next(entries: Sequence[Entry], uses: Mapping[str, Use], settings: EndpointSettings) -> int | None:
    """Return the id of the waiting query that may start now, or None when none may.

    The last `reserved_workers` free workers go only to clients who have nothing running; the spare one to those of them whose
    queries have been short.
    """
    running = Counter(each.client for each in entries if each.started is not None)
    free = settings.workers - running.total()
    reserved = min(settings.reserved_workers, settings.workers - 1)

    def may_start(client: str) -> bool:
        if free > reserved or running[client]:
            return free > reserved
        return free > 0 or (free > -_EXPRESS and uses[client].is_short)

    waiting = [each for each in entries if each.started is None and may_start(each.client)]
    if not waiting:
        return None
    return min(waiting, key=lambda each: (running[each.client], uses[each.client].seconds, each.arrived, each.id)).id


class Ticket:
    """One admitted query; tell it when the query failed. `turn` is set when there is news for one that waits."""

    __slots__ = ("client", "error", "fingerprint", "id", "started", "turn")

    def __init__(self, entry_id: int, client: str, fingerprint: bytes) -> None:
        self.id = entry_id
        self.client = client
        self.fingerprint = fingerprint
        self.started = math.inf
        self.turn = threading.Event()
        self.error: Exception | None = None

    def failed(self, error: Exception) -> None:
        """Note that the query ended in `error`; the first one counts."""
        self.error = self.error or error


class Admission:
    """The door of the query endpoint. All threads of a web process share one, and all web processes share its file.

    `clock` must be the same for all processes; the default is, until the machine restarts. Make it after a fork, never before.
    """

    def __init__(
        self,
        settings: EndpointSettings,
        state_path: Path | None,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[threading.Event, float], object] = threading.Event.wait,
    ) -> None:
        """Open or make the counts at `state_path`, in an existing folder of a local file system; None: this process's own.

        StoreError when they cannot be kept there.
        """
        self.settings = settings
        self._clock = clock
        self._wait = wait
        self._state = AdmissionState(state_path, clock())
        self._pruned = clock()
        self._ended: list[tuple[Ticket, float]] = []
        self._ended_lock = threading.Lock()
        self._waiting: dict[int, Ticket] = {}

    def close(self) -> None:
        """Forget this process's queries."""
        self._state.close()

    @contextlib.contextmanager
    def admit(self, client: str, text: str, is_gone: Callable[[], bool] = lambda: False) -> Iterator[Ticket]:
        """Let a client's query in and keep its place until the block ends; `client` is an IP address.

        Waits at most `queue_seconds` for a worker to be free. QueryBarredError for a query that has ended too many workers,
        QueryQuotaError when the client has had its share, QueryBusyError when all workers and the queue are taken,
        QueryAbandonedError when `is_gone` says while waiting that the client has left, StoreError when the counts cannot be
        kept. A QueryError that leaves the block counts as a failure of the client.
        """
        ticket = self._arrive(client_key(client), query_fingerprint(text))
        try:
            if ticket.started == math.inf:
                self._await_turn(ticket, is_gone)
            yield ticket
        except QueryError as error:
            ticket.failed(error)
            raise
        finally:
            self._leave(ticket)

    def count_refusal(self, client: str) -> None:
        """Count a query that was refused before it came to `admit` as a failure of its client.

        QueryQuotaError when there were too many of them already, StoreError when the counts cannot be kept.
        """
        key = client_key(client)
        with self._state.change() as book:
            ledger = Ledger(self.settings, book, self._clock())
            self._refuse_failing(ledger, key)
            ledger.charge(key, 0.0, is_failure=True)
            self._prune(ledger)

    def _arrive(self, client: str, fingerprint: bytes) -> Ticket:
        if self._ended:
            self._settle_ended()
        try:
            return self._enter(client, fingerprint)
        except (QueryBusyError, QueryQuotaError):
            # A dead process may still be counted; only those who would be refused take the time to look.
            if not self._state.forget_dead():
                raise
        return self._enter(client, fingerprint)

    def _enter(self, client: str, fingerprint: bytes) -> Ticket:
        with self._state.change() as book:
            ledger = Ledger(self.settings, book, self._clock())
            self._refuse_barred(ledger, fingerprint)
            entries = book.entries()
            self._refuse_spent(ledger, client, entries)
            entry = book.enter(client, ledger.now)
            ticket = Ticket(entry.id, client, fingerprint)
            entries.append(entry)
            if choose_next(entries, ledger.uses(entries), self.settings) == ticket.id:
                book.mark_started(ticket.id, ledger.now)
                ticket.started = ledger.now
            else:
                self._make_room(ledger, ticket, entries)
        return ticket

    def _await_turn(self, ticket: Ticket, is_gone: Callable[[], bool]) -> None:
        """Wait for whoever leaves this process, and look now and then whether somebody left another one.

        All that wait here take turns at looking, so a long queue looks no more often than a short one.
        """
        self._waiting[ticket.id] = ticket
        try:
            arrived = checked = self._clock()
            while not self._look(ticket, arrived):
                self._wait(ticket.turn, _POLL_SECONDS * len(self._waiting))
                ticket.turn.clear()
                if is_gone():
                    raise QueryAbandonedError("the client left before it was its turn")
                if self._clock() - checked >= _DEAD_CHECK_SECONDS:
                    checked = self._clock()
                    self._state.forget_dead()
        finally:
            self._waiting.pop(ticket.id, None)

    def _look(self, ticket: Ticket, arrived: float) -> bool:
        """Return whether a waiting query has its turn; QueryBusyError when it was sent away or has waited long enough."""
        if ticket.started == math.inf:
            now = self._clock()
            with self._state.change() as book:
                entries = book.entries()
                started = self._start_waiting(Ledger(self.settings, book, now), entries)
            _tell_started(started, now)
            is_sent_away = all(each.id != ticket.id for each in entries)
            if ticket.started == math.inf and (is_sent_away or now - arrived >= self.settings.queue_seconds):
                raise self._busy()
        return ticket.started < math.inf

    def _start_waiting(self, ledger: Ledger, entries: Sequence[Entry]) -> list[Ticket]:
        """Mark as started all queries of this process whose turn it is; tell them once that is written."""
        started: list[Ticket] = []
        entries = list(entries)
        while self._waiting:
            chosen = choose_next(entries, ledger.uses(entries), self.settings)
            # One of another process looks for itself.
            ticket = None if chosen is None else self._waiting.get(chosen)
            if ticket is None:
                break
            ledger.book.mark_started(ticket.id, ledger.now)
            started.append(ticket)
            entries = [replace(each, started=ledger.now) if each.id == chosen else each for each in entries]
        return started

    def _make_room(self, ledger: Ledger, ticket: Ticket, entries: Sequence[Entry]) -> None:
        """Where the queue is too long, send away who has most under way or used most: perhaps the one who came just now."""
        waiting = [each for each in entries if each.started is None]
        if len(waiting) <= self.settings.queue:
            return
        under_way = Counter(each.client for each in entries)
        uses = ledger.uses(entries)
        last = max(waiting, key=lambda each: (under_way[each.client], uses[each.client].seconds, each.arrived, each.id))
        if last.id == ticket.id:
            raise self._busy()
        ledger.book.strike(last.id)
        if (sent_away := self._waiting.get(last.id)) is not None:
            sent_away.turn.set()

    def _leave(self, ticket: Ticket) -> None:
        """Give the place back and write down what the query used.

        Where that fails, the query still has its answer, and the next one of this process writes both down.
        """
        with self._ended_lock:
            self._ended.append((ticket, self._clock()))
        with contextlib.suppress(StoreError):
            self._settle_ended()

    def _settle_ended(self) -> None:
        with self._ended_lock:
            with self._state.change() as book:
                for ticket, ended in self._ended:
                    self._settle(book, ticket, ended)
                now = self._clock()
                ledger = Ledger(self.settings, book, now)
                started = self._start_waiting(ledger, book.entries()) if self._waiting else []
            self._ended.clear()
        _tell_started(started, now)

    def _settle(self, book: Book, ticket: Ticket, now: float) -> None:
        book.strike(ticket.id)
        ledger = Ledger(self.settings, book, now)
        is_failure = isinstance(ticket.error, QueryError) and not isinstance(ticket.error, _NOT_THE_CLIENTS_FAULT)
        ledger.charge(ticket.client, max(0.0, now - ticket.started), is_failure=is_failure)
        killers = (QueryCrashError, QueryTimeoutError) if self.settings.ban_counts_timeouts else (QueryCrashError,)
        if isinstance(ticket.error, killers):
            ledger.count_kill(ticket.fingerprint)
        self._prune(ledger)

    def _prune(self, ledger: Ledger) -> None:
        if ledger.now - self._pruned >= _PRUNE_SECONDS:
            self._pruned = ledger.now
            ledger.prune()

    def _refuse_barred(self, ledger: Ledger, fingerprint: bytes) -> None:
        kills, left = ledger.kills(fingerprint)
        if kills >= self.settings.ban_kills:
            raise QueryBarredError(
                f"this query ran past the deadline or out of memory {kills} times and is refused for another "
                f"{_duration(left)}: ask for less at once",
                _whole_seconds(left),
            )

    def _refuse_spent(self, ledger: Ledger, client: str, entries: Sequence[Entry]) -> None:
        settings = self.settings
        own = sum(each.client == client for each in entries)
        if own >= settings.client_queries:
            raise QueryQuotaError(f"{own} queries of yours are under way, which is the limit: wait for their answers")
        over = ledger.uses(entries, client)[client].seconds - settings.client_burst_seconds
        if over >= 0:
            what = f"your queries ran for more than {settings.client_seconds_per_minute:g} seconds a minute"
            raise _quota_error(what, over / settings.client_seconds_per_minute)
        self._refuse_failing(ledger, client)

    def _refuse_failing(self, ledger: Ledger, client: str) -> None:
        most = self.settings.client_failures_per_minute
        over = ledger.use(client).failures + 1 - most
        if over > 0:
            raise _quota_error(f"{most} queries of yours in a minute ended in errors", over / most)

    def _busy(self) -> QueryBusyError:
        return QueryBusyError("all query workers are busy: try again in a moment", _whole_seconds(self.settings.queue_seconds))


def _tell_started(tickets: Iterable[Ticket], now: float) -> None:
    for ticket in tickets:
        ticket.started = now
        ticket.turn.set()


def _quota_error(what: str, minutes: float) -> QueryQuotaError:
    wait = minutes * 60
    return QueryQuotaError(f"{what}, which is the limit: ask again in {_duration(wait)}", _whole_seconds(wait))


def _whole_seconds(seconds: float) -> int:
    """Return a Retry-After that is never too early."""
    return math.floor(seconds) + 1


def _duration(seconds: float) -> str:
    whole = max(1, math.ceil(seconds))
    return f"{whole} second{'s' * (whole != 1)}" if whole < 120 else f"{-(-whole // 60)} minutes"
