"""Sends more than 300 hostile requests to a real server beside a well-behaved client; exit code 1 when a promise broke.

Run `make hostile`, or `python -m benchmarks.hostile.run --catalogue data`. It serves the catalogue's current release with a
deadline of two seconds. Then it goes on with clients that leave, slow readers, and a flood from four addresses at once. In every
phase the good client has no failure and its p95 stays under twice that of idle, which is taken before and after.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.hostile.attacks import Attack, iter_attacks
from benchmarks.hostile.siege import (
    Canary,
    GoodClient,
    MemoryWatch,
    Outcome,
    family,
    insist,
    leave,
    percentile,
    read_slowly,
    send,
)

__all__ = ["BUDGET_BYTES", "DEADLINE_SECONDS", "SLACK_SECONDS", "serve_for_siege"]

DEADLINE_SECONDS = 2.0
#: How long after its deadline an answer may come.
SLACK_SECONDS = 0.5
#: How much slower a good client's answers may be beside hostile ones.
_SLOWER = 2.0
_WORKER_BYTES = 384 * 1024 * 1024
#: Two workers and a spare one at their limits, and the web process and its parent.
BUDGET_BYTES = 3 * _WORKER_BYTES + 400 * 1024 * 1024
# The attacker's own shares are opened wide: it is the guard and the workers that are under siege here, and not the quota.
_ENDPOINT = f"""
[endpoint]
deadline_seconds = {DEADLINE_SECONDS}
memory_bytes = {_WORKER_BYTES}
client_failures_per_minute = 100000
client_seconds_per_minute = 60.0
client_burst_seconds = 100000.0
"""


@contextmanager
def serve_for_siege(
    catalogue_path: Path, releases_path: Path, folder_path: Path, endpoint: str = _ENDPOINT, web_processes: int = 1
) -> Iterator[tuple[str, int]]:
    """Serve the current release of a catalogue with other limits; yields the server's URL and process id."""
    copy_path = folder_path / "catalogue"
    copy_path.mkdir()
    shutil.copy(catalogue_path / "filmgraph.toml", copy_path)
    text = (copy_path / "filmgraph.toml").read_text(encoding="utf-8")
    text = re.sub(r"^\[endpoint\].*?(?=^\[|\Z)", "", text, flags=re.MULTILINE | re.DOTALL)
    (copy_path / "filmgraph.toml").write_text(text + endpoint, encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    log_path = folder_path / "server.log"
    with log_path.open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "filmgraph", "serve", str(copy_path), "--port", str(port), "--workers", str(web_processes)],
            stdout=log,
            stderr=log,
            env={**os.environ, "FILMGRAPH_RELEASES": str(releases_path.resolve())},
        )
    url = f"http://127.0.0.1:{port}"
    try:
        _await_ready(process, url, log_path)
        yield url, process.pid
    finally:
        process.terminate()
        process.wait(timeout=20)


def _await_ready(process: subprocess.Popen[bytes], url: str, log_path: Path) -> None:
    for _ in range(300):
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url + "/readyz", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server did not start:\n" + log_path.read_text(encoding="utf-8"))


def main(arguments: Sequence[str]) -> int:
    """Run the siege and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--catalogue", type=Path, default=Path("data"))
    catalogue_path = parser.parse_args(arguments).catalogue
    releases_path = catalogue_path / "releases"
    with (
        tempfile.TemporaryDirectory() as folder,
        serve_for_siege(catalogue_path, releases_path, Path(folder)) as (url, pid),
    ):
        return _besiege(url, pid)


def _besiege(url: str, pid: int) -> int:
    idle = _idle(url)
    processes = len(family(pid))
    with Canary() as canary, MemoryWatch(pid) as memory:
        attacks = list(iter_attacks(canary.url))
        with GoodClient(url) as good:
            outcomes = [insist(url, each) for each in attacks]
        heavy = [each for each in attacks if each.kind in ("products", "closures")]
        with GoodClient(url) as beside_leavers:
            left = _leavers(url, heavy)
        with GoodClient(url) as beside_flood:
            flood = _flood(url, heavy)
    idle += _idle(url)
    is_broken = _report_outcomes(outcomes)
    idle_p95 = percentile(idle, 0.95)
    _tell(f"good client, idle: {len(idle)} answers, median {percentile(idle, 0.5) * 1e3:.1f} ms, p95 {idle_p95 * 1e3:.1f} ms")
    phases = {
        "under siege": good,
        f"beside {left} clients that leave or read slowly": beside_leavers,
        "in a flood from four addresses": beside_flood,
    }
    for name, client in phases.items():
        _tell(f"good client, {name}: {_times(client)}; its p95 is {client.p95 / idle_p95:.1f} times that of idle")
        is_broken |= bool(client.failures) or client.p95 > _SLOWER * idle_p95
    _tell(f"  the flood's statuses: {_count(each.status for each in flood)}; {_seconds(flood)}")
    _tell(f"canary: {canary.count} connections; memory: {memory.peak_bytes / 1e6:.0f} MB of {BUDGET_BYTES / 1e6:.0f} MB")
    _tell(f"processes: {processes} before, {len(family(pid))} after")
    return int(is_broken or canary.count > 0 or memory.peak_bytes > BUDGET_BYTES)


def _idle(url: str) -> list[float]:
    """Return the seconds of a good client's answers while nobody else asks."""
    with GoodClient(url) as idle:
        time.sleep(15)
    if idle.failures:
        raise SystemExit(f"the server fails without any attack: {idle.failures[:3]}")
    return idle.seconds


def _report_outcomes(outcomes: Sequence[Outcome]) -> bool:
    wrong = [each for each in outcomes if not each.is_right]
    late = [each for each in outcomes if each.seconds > DEADLINE_SECONDS + SLACK_SECONDS]
    for each in (*wrong, *late):
        _tell(f"  {each.attack.kind}: {each.attack.name}: {each.status} after {each.seconds:.2f} s {each.detail[:100]!r}")
    _tell(f"{len(outcomes)} attacks: {len(wrong)} wrong statuses, {len(late)} late; {_seconds(outcomes)}")
    _tell(f"  kinds: {_count(each.attack.kind for each in outcomes)}")
    _tell(f"  statuses: {_count(each.status for each in outcomes)}")
    return bool(wrong or late)


def _times(client: GoodClient) -> str:
    failures = f"{len(client.failures)} failures of {len(client.seconds)} {client.failures[:3] or ''}".strip()
    return f"{failures}, median {client.median * 1e3:.1f} ms, p95 {client.p95 * 1e3:.1f} ms"


def _seconds(outcomes: Sequence[Outcome]) -> str:
    seconds = [each.seconds for each in outcomes]
    return f"p95 {percentile(seconds, 0.95):.2f} s, slowest {max(seconds):.2f} s"


def _count(values: Iterable[int | str]) -> str:
    return ", ".join(f"{value} {count} times" for value, count in sorted(Counter(map(str, values)).items()))


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _leavers(url: str, heavy: Sequence[Attack]) -> int:
    """Let all heavy queries' clients leave before their answers, while others read theirs at a snail's pace."""
    paths = [f"/sparql?query=SELECT%20*%20%7B%3Fs%20%3Fp%20%3Fo%7D%23{n}" for n in range(8)]
    readers = [threading.Thread(target=read_slowly, args=(url, path, 15.0, f"127.0.0.{40 + n}")) for n, path in enumerate(paths)]
    for each in readers:
        each.start()
    for number, attack in enumerate(heavy):
        leave(url, attack, f"127.0.0.{10 + number % 4}")
        time.sleep(0.25)
    for each in readers:
        each.join()
    return len(heavy) + len(readers)


def _flood(url: str, heavy: Sequence[Attack], seconds: float = 15.0) -> list[Outcome]:
    """Send heavy queries from four addresses, two at a time each, for a while."""
    end = time.monotonic() + seconds
    outcomes: list[Outcome] = []

    def attack(number: int) -> None:
        for turn in range(10_000):
            if time.monotonic() > end:
                return
            chosen = heavy[(number * 7 + turn) % len(heavy)]
            fresh = Attack(chosen.kind, chosen.name, chosen.statuses, chosen.body + f"# {number} {turn}".encode())
            outcome = send(url, fresh, f"127.0.0.{20 + number % 4}")
            outcomes.append(outcome)
            if outcome.status in (429, 503):
                time.sleep(0.2)

    threads = [threading.Thread(target=attack, args=(number,)) for number in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return outcomes


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
