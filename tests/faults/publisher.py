"""A publisher in a process of its own that can be killed, or meet an error of the disk, at any call that changes a file.

`python -m tests.faults.publisher CATALOGUE` assembles the catalogue once, in two variants. For each order that it reads it forks
a child that publishes: a child costs no start-up, and it runs the product's own code. `Publisher` is the test's end of it.
"""

from __future__ import annotations

import ctypes
import dataclasses
import importlib
import json
import os
import select
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import IO, Any
from unittest import mock

from filmgraph import release_gates
from filmgraph.assembly import Assembly, assemble
from filmgraph.errors import ReleaseBusyError, ReleaseError
from filmgraph.release import publish
from filmgraph.release_journal import Act
from filmgraph.release_undo import prune, rollback
from filmgraph.settings import load_settings
from filmgraph.validation import load_shapes
from filmgraph.vocabulary import Vocabulary, load_vocabulary
from tests.faults.sabotage import sabotage_publish

__all__ = ["ALL_CALLS", "FAIL", "KILL_AFTER", "KILL_BEFORE", "TEAR", "Outcome", "Publisher"]

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
KILL_BEFORE, KILL_AFTER, TEAR, FAIL = 1, 2, 3, 4
ALL_CALLS = 15


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a publisher ended. `what` is published, unchanged, busy, refused, killed, or the class of an error that it let out."""

    what: str
    text: str = ""
    calls: int = 0
    seconds: float = 0.0

    @property
    def is_clean(self) -> bool:
        return self.what in ("published", "unchanged", "busy", "refused", "killed")


class Publisher:
    """The test's end: gives orders, one at a time."""

    def __init__(self, catalogue_path: Path, shim_path: Path | None, seed: int) -> None:
        environment = {**os.environ, "PYTHONHASHSEED": str(seed % (1 << 32))}
        if shim_path is not None:
            environment["LD_PRELOAD"] = str(shim_path)
        command = [sys.executable, "-m", "tests.faults.publisher", str(catalogue_path)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, env=environment, text=True
        )
        assert _pipe(self._process.stdout).readline() == "ready\n"

    def close(self) -> None:
        _pipe(self._process.stdin).close()
        self._process.wait(timeout=60)
        _pipe(self._process.stdout).close()

    def publish(self, releases_path: Path, variant: int, **order: Any) -> Outcome:
        """Publish; `fault` = (action, at, errno, kinds, is_lasting), `kill_after` in seconds, `now` in ISO 8601, `has_space`.

        `trace` is a file for the changes and syncs, `sabotage` a name of `tests.faults.sabotage`.
        """
        return self.order(do="publish", releases=str(releases_path), variant=variant, **order)[0]

    def order(self, **order: Any) -> list[Outcome]:
        stdin = _pipe(self._process.stdin)
        stdin.write(json.dumps(order) + "\n")
        stdin.flush()
        answer = _pipe(self._process.stdout).readline()
        assert answer, "the publisher itself has ended"
        return [Outcome(**each) for each in json.loads(answer)]


def _pipe(file: IO[str] | None) -> IO[str]:
    assert file is not None
    return file


# The other end: the process that forks.


def _main(catalogue_path: Path) -> None:
    vocabulary, assemblies = _assemble(catalogue_path)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        order = json.loads(line)
        rivals = order.get("rivals", 1)
        outcomes = _race(order, vocabulary, assemblies, rivals) if rivals > 1 else [_run(order, vocabulary, assemblies)]
        sys.stdout.write(json.dumps([dataclasses.asdict(each) for each in outcomes]) + "\n")
        sys.stdout.flush()


def _assemble(catalogue_path: Path) -> tuple[Vocabulary, list[Assembly]]:
    # Loaded once here, and not by every child.
    importlib.import_module("pyarrow.parquet")
    vocabulary, shapes = load_vocabulary(), load_shapes()
    table = catalogue_path / "tables" / "films.csv"
    text = table.read_text(encoding="utf-8")
    assemblies = []
    for minutes in ("82", "83"):
        table.write_text(text.replace(",82,", f",{minutes},"), encoding="utf-8")
        assemblies.append(assemble(load_settings(catalogue_path), vocabulary, shapes, NOW.date().isoformat(), lambda stage: None))
    assert assemblies[0].published != assemblies[1].published
    # Only what the facts use: a small vocabulary is published quickly.
    used = {triple.subject for triple in assemblies[0].published}
    return dataclasses.replace(vocabulary, triples=tuple(t for t in vocabulary.triples if t.subject in used)), assemblies


def _run(order: dict[str, Any], vocabulary: Vocabulary, assemblies: list[Assembly]) -> Outcome:
    started = time.monotonic()
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        _child(order, vocabulary, assemblies, writing, lambda stage: None)
    os.close(writing)
    if "kill_after" in order and not select.select([reading], [], [], order["kill_after"])[0]:
        os.kill(pid, signal.SIGKILL)
    return _collect(pid, reading, started)


def _race(order: dict[str, Any], vocabulary: Vocabulary, assemblies: list[Assembly], rivals: int) -> list[Outcome]:
    """Let several start at once; whoever gets to work waits until all others have ended."""
    gate, release_gate = os.pipe()
    hold, release_hold = os.pipe()
    children = []
    for _ in range(rivals):
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(release_gate)
            os.close(release_hold)
            os.read(gate, 1)
            _child(order, vocabulary, assemblies, writing, partial(_wait, hold, writing))
        os.close(writing)
        children.append((pid, reading))
    started = time.monotonic()
    os.close(release_gate)
    _await_all([reading for _, reading in children])
    os.close(release_hold)
    outcomes = [_collect(pid, reading, started) for pid, reading in children]
    os.close(gate)
    os.close(hold)
    return outcomes


def _wait(hold: int, writing: int, stage: str) -> None:
    if stage == "write dumps":
        os.write(writing, b"\n")
        os.read(hold, 1)


def _await_all(readings: list[int]) -> None:
    """Wait until each child has said something: that it holds the lock, or how it ended."""
    waiting = list(readings)
    while waiting:
        for each in select.select(waiting, [], [])[0]:
            waiting.remove(each)


def _collect(pid: int, reading: int, started: float) -> Outcome:
    with os.fdopen(reading, "rb") as file:
        text = file.read().strip()
    _, status = os.waitpid(pid, 0)
    seconds = time.monotonic() - started
    if os.WIFSIGNALED(status):
        signal_number = os.WTERMSIG(status)
        return Outcome("killed" if signal_number == signal.SIGKILL else f"signal {signal_number}", seconds=seconds)
    return dataclasses.replace(Outcome(**json.loads(text)), seconds=seconds)


def _child(
    order: dict[str, Any], vocabulary: Vocabulary, assemblies: list[Assembly], writing: int, progress: Callable[[str], None]
) -> None:
    """Do what was ordered and end, never returning to the loop of the parent."""
    shim = ctypes.CDLL(None) if "LD_PRELOAD" in os.environ else None
    if order.get("has_space"):
        mock.patch.object(release_gates, "free_bytes", return_value=1 << 60).start()
    assembly = _at(assemblies[order.get("variant", 0)], Path(order["releases"]))
    if (sabotage := order.get("sabotage")) is not None:
        sabotage_publish(sabotage)
    if shim is not None:
        if "trace" in order:
            shim.faults_trace(os.open(order["trace"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
        shim.faults_arm(*order.get("fault", (0, 0, 0, ALL_CALLS, 0)))
    outcome = _do(order, assembly, vocabulary, progress)
    if shim is not None:
        outcome = dataclasses.replace(outcome, calls=int(shim.faults_calls()))
    os.write(writing, json.dumps(dataclasses.asdict(outcome)).encode())
    os._exit(0)


def _at(assembly: Assembly, releases_path: Path) -> Assembly:
    settings = dataclasses.replace(assembly.settings, catalogue_path=releases_path.parent, releases_path=releases_path)
    return dataclasses.replace(assembly, settings=settings)


def _do(order: dict[str, Any], assembly: Assembly, vocabulary: Vocabulary, progress: Callable[[str], None]) -> Outcome:
    now = datetime.fromisoformat(order["now"]) if "now" in order else NOW
    releases_path = assembly.settings.releases_path
    try:
        if order["do"] == "rollback":
            return Outcome("published", rollback(releases_path, order.get("release"), Act(now))[1])
        if order["do"] == "prune":
            return Outcome("published", " ".join(prune(releases_path, order["keep"], Act(now), progress).removed))
        done = publish(assembly, vocabulary, lambda: now, progress, force=order.get("force", True))
        return Outcome("published" if done.is_new else "unchanged", done.manifest.release_id)
    except ReleaseBusyError as error:
        return Outcome("busy", str(error))
    except ReleaseError as error:
        return Outcome("refused", str(error))
    except BaseException as error:
        # What the product lets out is what is tested.
        return Outcome(type(error).__name__, "".join(traceback.format_exception(error)[-12:]))


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
