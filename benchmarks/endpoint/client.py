"""A client that asks over one kept connection, and the clock beside it."""

from __future__ import annotations

import json
import re
import socket
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from urllib.parse import urlencode

from benchmarks.endpoint.question import Question

__all__ = ["Address", "Connection", "FailedError", "Load", "Timing", "count_rows", "measure", "measure_added", "press"]

TABLE_TYPE = "application/sparql-results+json"
GRAPH_TYPE = "application/n-triples"
_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)")
#: No query is waited for longer than this, in seconds.
PATIENCE = 60.0


class FailedError(Exception):
    """A query was not answered: what the server said, or how the connection ended."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where an endpoint answers on the loopback interface."""

    port: int
    path: str


class Connection:
    """One connection to an endpoint, kept open from query to query.

    Unless answers from a cache will do, each query asks for a run of its own
    (https://www.rfc-editor.org/rfc/rfc9111#section-5.2.1.4). Of an answer's head it reads only what it needs: Python's own client
    takes longer over twenty header lines than a server over a small query.
    """

    def __init__(self, address: Address, *, is_cache_welcome: bool = False) -> None:
        self._address = address
        self._cache_control = "" if is_cache_welcome else "Cache-Control: no-cache\r\n"
        self._requests: dict[str, bytes] = {}
        self._socket: socket.socket | None = None
        self._received = b""

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._close()

    def ask(self, question: Question) -> bytes:
        """Return the body of the answer, read to its end; FailedError for anything but a 200."""
        request = self._requests.get(question.name) or self._requests.setdefault(question.name, self._write(question))
        try:
            status, body = self._exchange(request)
        except (OSError, ValueError) as error:
            self._close()
            raise FailedError(f"{type(error).__name__}: {error}") from error
        if status != b"200":
            raise FailedError(f"{status.decode()} {body[:200].decode(errors='replace')}")
        return body

    def _write(self, question: Question) -> bytes:
        accept = GRAPH_TYPE if question.gives_graph else TABLE_TYPE
        target = f"{self._address.path}?{urlencode({'query': question.text})}"
        head = f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{self._address.port}\r\nAccept: {accept}\r\n{self._cache_control}\r\n"
        return head.encode("ascii")

    def _exchange(self, request: bytes) -> tuple[bytes, bytes]:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._address.port), timeout=PATIENCE)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(request)
        head = self._read_until(b"\r\n\r\n").lower()
        status = head.split(b" ", 2)[1]
        if b"\r\ntransfer-encoding: chunked" in head:
            body = b"".join(iter(self._read_chunk, b""))
        else:
            length = _LENGTH.search(head)
            if length is None:
                raise ValueError("the answer has neither Content-Length nor chunks")
            body = self._read(int(length[1]))
        if b"\r\nconnection: close" in head:
            self._close()
        return status, body

    def _read_chunk(self) -> bytes:
        size = int(self._read_until(b"\r\n").partition(b";")[0], 16)
        return self._read(size + 2)[:size]

    def _read_until(self, end: bytes) -> bytes:
        while end not in self._received:
            self._receive()
        found, _, self._received = self._received.partition(end)
        return found

    def _read(self, size: int) -> bytes:
        while len(self._received) < size:
            self._receive()
        found, self._received = self._received[:size], self._received[size:]
        return found

    def _receive(self) -> None:
        data = self._socket.recv(1 << 18) if self._socket is not None else b""
        if not data:
            raise ConnectionError("the server closed the connection")
        self._received += data

    def _close(self) -> None:
        if self._socket is not None:
            self._socket.close()
        self._socket, self._received = None, b""


@dataclass(frozen=True, slots=True)
class Timing:
    """How long one query took: seconds of each run, and the rows or triples of its answer."""

    seconds: tuple[float, ...]
    rows: int

    @property
    def median(self) -> float:
        """The median in seconds."""
        return statistics.median(self.seconds)


def measure(question: Question, ask: Callable[[Question], bytes], budget_seconds: float) -> Timing:
    """Ask once to warm up, then until the budget is spent: at most 200 times, and at least 3 unless one alone takes it all."""
    rows = count_rows(question, ask(question))
    seconds: list[float] = []
    while len(seconds) < 3 or (sum(seconds) < budget_seconds and len(seconds) < 200):
        if len(seconds) == 1 and seconds[0] > budget_seconds:
            break
        started = time.perf_counter()
        ask(question)
        seconds.append(time.perf_counter() - started)
    return Timing(tuple(seconds), rows)


def measure_added(
    questions: Sequence[Question], ask: Callable[[Question], bytes], ask_engine: Callable[[Question], bytes], times: int
) -> dict[str, tuple[float, float]]:
    """Return the medians in seconds of an endpoint and of its engine alone, asked in turn so that both meet the same machine."""
    found = {}
    for question in questions:
        seconds: tuple[list[float], list[float]] = ([], [])
        for _ in range(times):
            for each, kept in zip((ask, ask_engine), seconds, strict=True):
                started = time.perf_counter()
                each(question)
                kept.append(time.perf_counter() - started)
        found[question.name] = (statistics.median(seconds[0]), statistics.median(seconds[1]))
    return found


def count_rows(question: Question, body: bytes) -> int:
    """Return the number of solutions, or of different triples."""
    if question.gives_graph:
        return len({line for line in body.splitlines() if line.strip()})
    return len(json.loads(body)["results"]["bindings"])


@dataclass(slots=True)
class Load:
    """What several clients at once got: seconds of each answer, and the failures."""

    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    wall_seconds: float = 0.0

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return len(self.seconds) / self.wall_seconds if self.wall_seconds else 0.0

    def quantile(self, share: float) -> float:
        """Return the time in seconds within which this share of the answers came; 0 when there was none."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def press(
    address: Address, questions: Sequence[Question], clients: int, seconds: float, *, is_cache_welcome: bool = False
) -> Load:
    """Ask the questions in turn from several clients at once, each over a connection of its own."""
    load = Load()
    started = time.perf_counter()
    until = started + seconds
    threads = [
        threading.Thread(
            target=_press_alone,
            args=(
                Connection(address, is_cache_welcome=is_cache_welcome),
                [*questions[n % len(questions) :], *questions],
                until,
                load,
            ),
        )
        for n in range(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    load.wall_seconds = time.perf_counter() - started
    return load


def _press_alone(asked: Connection, questions: Sequence[Question], until: float, load: Load) -> None:
    with asked as connection:
        turn = 0
        while (started := time.perf_counter()) < until:
            try:
                connection.ask(questions[turn % len(questions)])
            except FailedError as error:
                load.failures.append(str(error))
                # A server that refuses everything would otherwise be asked without end.
                if len(load.failures) > 100:
                    return
            else:
                load.seconds.append(time.perf_counter() - started)
            turn += 1
