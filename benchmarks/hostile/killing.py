"""Kills processes of a real server at random while clients ask, and reports; exit code 1 when a promise broke.

Run `python -m benchmarks.hostile.killing --catalogue data`. First it kills query workers, then whole web processes of a server
with three of them, and at last the server's first process. Every answer is checked; afterwards everything is whole again.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import signal
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.hostile.run import serve_for_siege
from benchmarks.hostile.siege import connect, family

__all__ = ["Askers", "Census", "await_whole", "kill_at_random", "list_web_processes", "list_workers", "take_census"]

_WHOLE_SECONDS = 60.0
#: Kills before the server may recover.
_BURST = 10


@dataclass(frozen=True)
class Census:
    """How many processes a server has, and how many files each of its web processes has open, most first."""

    processes: int
    open_files: tuple[int, ...]


@dataclass
class Askers:
    """Clients that ask for sums, each from its own address and one after the other, while the block runs.

    `statuses` counts what came of it, 0 where the connection broke; `wrong` holds what is neither right nor a clear 503.
    """

    url: str
    count: int = 4
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    slowest: float = 0.0
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Askers:
        self._threads = [threading.Thread(target=self._run, args=(number,)) for number in range(self.count)]
        for each in self._threads:
            each.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for each in self._threads:
            each.join()

    def ask(self, number: int, source: str) -> None:
        """Ask what `number` and one make, and note what comes."""
        started = time.monotonic()
        path = "/sparql?" + urlencode({"query": f"SELECT (({number} + 1) AS ?x) {{}}"})
        status, wait, body = 0, None, b""
        with suppress(OSError, http.client.HTTPException), closing(connect(self.url, source)) as connection:
            connection.request("GET", path, headers={"Accept": "text/csv"})
            answer = connection.getresponse()
            body, status, wait = answer.read(), answer.status, answer.headers["Retry-After"]
        is_right = body.split() == [b"x", str(number + 1).encode()] if status == 200 else status == 0 or (status == 503 and wait)
        with self._lock:
            self.statuses[status] += 1
            self.slowest = max(self.slowest, time.monotonic() - started)
            if not is_right:
                self.wrong.append(f"{number} + 1: {status}, Retry-After {wait}: {body[:300]!r}")

    def _run(self, client: int) -> None:
        number = client
        while not self._stop.is_set():
            self.ask(number, f"127.0.0.{80 + client}")
            number += self.count


def list_workers(pid: int) -> list[int]:
    """Return the query workers of a server."""
    return [each for each in family(pid) if "queryworkers_process" in _command(each)]


def list_web_processes(pid: int) -> list[int]:
    """Return the web processes of a server."""
    return [each for each in family(pid)[1:] if " serve " in _command(each)]


def take_census(pid: int) -> Census:
    """Count the processes of a server, and the open files of its web processes that are no connections."""
    web = list_web_processes(pid)
    return Census(len(family(pid)), tuple(sorted((_count_files(each) for each in web), reverse=True)))


def await_whole(url: str, pid: int, processes: int) -> bool:
    """Wait until a server has as many processes as before and ready query workers; False if that never comes."""
    end = time.monotonic() + _WHOLE_SECONDS
    while time.monotonic() < end:
        with suppress(OSError), urllib.request.urlopen(url + "/readyz/queries", timeout=5) as answer:
            if json.load(answer)["queries"] == "ready" and len(family(pid)) == processes:
                return True
        time.sleep(0.1)
    return False


def kill_at_random(find: Callable[[], Sequence[int]], kills: int, longest_pause: float, seed: int) -> int:
    """Kill one of the processes that there are, `kills` times; return how many were hit."""
    dice, hit = random.Random(seed), 0
    while hit < kills:
        time.sleep(dice.uniform(0.0, longest_pause))
        found = find()
        if found:
            with suppress(ProcessLookupError):
                os.kill(dice.choice(found), signal.SIGKILL)
                hit += 1
    return hit


def main(arguments: Sequence[str]) -> int:
    """Run the campaign and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--catalogue", type=Path, default=Path("data"))
    parser.add_argument("--kills", type=int, default=200, help="of query workers; a tenth as many of web processes")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    is_good = True
    for web_processes, kills, pause in ((1, options.kills, 0.3), (3, max(1, options.kills // 10), 3.0)):
        with tempfile.TemporaryDirectory() as folder:
            served = serve_for_siege(options.catalogue, options.catalogue / "releases", Path(folder), web_processes=web_processes)
            with served as (url, pid):
                find = list_workers if web_processes == 1 else list_web_processes
                is_good &= _campaign(url, pid, lambda find=find, pid=pid: find(pid), kills, pause, options.seed)  # type: ignore[misc]
    return int(not is_good)


def _campaign(url: str, pid: int, find: Callable[[], Sequence[int]], kills: int, pause: float, seed: int) -> bool:
    what = "query workers" if find() == list_workers(pid) else "web processes"
    count = len(family(pid))
    with Askers(url):
        time.sleep(2)
    before = take_census(pid)
    hit, is_whole = 0, True
    with Askers(url) as askers:
        while hit < kills and is_whole:
            # In a storm that does not end nothing is left to kill.
            hit += kill_at_random(find, min(_BURST, kills - hit), pause, seed + hit)
            is_whole = await_whole(url, pid, count)
    after = take_census(pid)
    statuses = ", ".join(f"{status}: {number}" for status, number in sorted(askers.statuses.items()))
    sys.stdout.write(
        f"{hit} {what} killed (seed {seed}): {len(askers.wrong)} wrong answers {askers.wrong[:3] or ''}; statuses {statuses}; "
        f"slowest {askers.slowest:.2f} s; whole again: {is_whole}; before {before}, after {after}\n"
    )
    sys.stdout.flush()
    broken = askers.statuses[0] if what == "query workers" else 0
    return not askers.wrong and is_whole and not broken


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def _count_files(pid: int) -> int:
    count = 0
    with suppress(FileNotFoundError):
        for each in Path(f"/proc/{pid}/fd").iterdir():
            # One that is closed while we count is none; another must not be lost for it.
            with suppress(FileNotFoundError):
                count += not str(each.readlink()).startswith("socket:")
    return count


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
