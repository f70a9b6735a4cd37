"""What a siege of the query endpoint needs: attackers, a well-behaved client beside them, a canary, and an eye on the memory."""

from __future__ import annotations

import http.client
import socket
import statistics
import threading
import time
from collections.abc import Iterable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from urllib.parse import urlencode, urlsplit

from benchmarks.hostile.attacks import Attack

__all__ = [
    "Canary",
    "GoodClient",
    "MemoryWatch",
    "Outcome",
    "connect",
    "family",
    "insist",
    "leave",
    "percentile",
    "read_slowly",
    "send",
]

#: Addresses of the loopback interface: the endpoint counts clients by address.
ATTACKER, GOOD = "127.0.0.2", "127.0.0.3"
_NAMES = "SELECT ?f ?n { ?f a <http://schema.org/Movie> ; <http://schema.org/name> ?n } LIMIT 20"
GOOD_REQUESTS = (
    ("/sparql?" + urlencode({"query": _NAMES}), b"bindings"),
    ("/film/here-2023.ttl", b"schema"),
    ("/sparql?" + urlencode({"query": "ASK { ?s a <http://schema.org/Person> }"}), b"true"),
    ("/readyz", b"ready"),
)
#: A kept answer would prove nothing: each query is to be run.
_GOOD_HEADERS = {"Accept": "application/sparql-results+json, text/turtle, */*;q=0.1", "Cache-Control": "no-cache"}
_GIVE_UP_SECONDS = 30.0


@dataclass(frozen=True)
class Outcome:
    """What came back: the HTTP status, or 0 and why there was none; and how long that took."""

    attack: Attack
    status: int
    seconds: float
    detail: str = ""

    @property
    def is_right(self) -> bool:
        """Whether the status is one of those expected."""
        return self.status in self.attack.statuses


def send(url: str, attack: Attack, source: str = ATTACKER) -> Outcome:
    """Send one attack and read the whole answer."""
    started = time.monotonic()
    with closing(connect(url, source)) as connection:
        try:
            # A server may answer and hang up before it has read all of a large body.
            with suppress(BrokenPipeError, ConnectionResetError):
                connection.request(attack.method, attack.path, attack.body or None, attack.headers)
            answer = connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException) as error:
            return Outcome(attack, 0, time.monotonic() - started, repr(error))
    return Outcome(attack, answer.status, time.monotonic() - started, body[:300].decode(errors="replace"))


def insist(url: str, attack: Attack, source: str = ATTACKER) -> Outcome:
    """Send an attack, and again a little later where the server says that it is busy: its workers may be starting."""
    for _ in range(4):
        outcome = send(url, attack, source)
        if outcome.status != 503:
            break
        time.sleep(1.0)
    return outcome


def leave(url: str, attack: Attack, source: str = ATTACKER) -> None:
    """Send an attack and hang up without waiting for the answer."""
    with closing(connect(url, source)) as connection:
        connection.request(attack.method, attack.path, attack.body or None, attack.headers)


def read_slowly(url: str, path: str, seconds: float, source: str = ATTACKER) -> None:
    """Ask for something large and read ten bytes a second of it."""
    parts = urlsplit(url)
    with closing(socket.create_connection((parts.hostname, parts.port), timeout=5, source_address=(source, 0))) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        end = time.monotonic() + seconds
        with suppress(OSError):
            while time.monotonic() < end and connection.recv(1):
                time.sleep(0.1)


def percentile(values: Iterable[float], share: float) -> float:
    """Return the value that `share` of the values do not pass."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def connect(url: str, source: str) -> http.client.HTTPConnection:
    """Return a connection to a server from one of the loopback addresses, not yet open."""
    parts = urlsplit(url)
    return http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=_GIVE_UP_SECONDS, source_address=(source, 0))


@dataclass
class GoodClient:
    """Asks small things of the server, about five a second and one after the other, while the block runs."""

    url: str
    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> GoodClient:
        self._thread = threading.Thread(target=self._run, name="good client")
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    @property
    def p95(self) -> float:
        """The time in seconds within which 95 of 100 answers came."""
        return percentile(self.seconds, 0.95)

    @property
    def median(self) -> float:
        """The time in seconds within which half of the answers came."""
        return statistics.median(self.seconds) if self.seconds else 0.0

    def ask(self, path: str, expected: bytes) -> None:
        """Ask once; whatever is not 200 with the expected words is a failure."""
        started = time.monotonic()
        try:
            with closing(connect(self.url, GOOD)) as connection:
                connection.request("GET", path, headers=_GOOD_HEADERS)
                answer = connection.getresponse()
                body = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.failures.append(f"{path[:40]}: {error!r}")
            return
        self.seconds.append(time.monotonic() - started)
        if answer.status != 200 or expected not in body:
            self.failures.append(f"{path[:40]}: {answer.status} {body[:200]!r}")

    def _run(self) -> None:
        number = 0
        while not self._stop.wait(0.2):
            self.ask(*GOOD_REQUESTS[number % len(GOOD_REQUESTS)])
            number += 1


class Canary:
    """A listener on the loopback interface that counts who connects to it."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.1)
        self.count = 0
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/"
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="canary")

    def __enter__(self) -> Canary:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join()
        self._listener.close()

    def _listen(self) -> None:
        while not self._stop.is_set():
            with suppress(TimeoutError):
                self._listener.accept()[0].close()
                self.count += 1


class MemoryWatch:
    """Looks ten times a second at the resident memory of a process and all its descendants; Linux."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self.peak_bytes = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="memory watch")

    def __enter__(self) -> MemoryWatch:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(0.1):
            self.peak_bytes = max(self.peak_bytes, sum(map(_resident_bytes, family(self._pid))))


def family(pid: int) -> list[int]:
    """Return a process and all its descendants."""
    found = [pid]
    for each in found:
        with suppress(OSError):
            for task_path in Path(f"/proc/{each}/task").iterdir():
                with suppress(OSError):
                    found.extend(map(int, (task_path / "children").read_text().split()))
    return found


def _resident_bytes(pid: int) -> int:
    try:
        # Shared pages count once for each process, so this is more than what is really used.
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4_096
    except (OSError, IndexError):
        return 0
