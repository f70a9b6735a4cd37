"""One query worker as its pool sees it: a process, two pipes, and a deadline on everything."""

from __future__ import annotations

import contextlib
import json
import math
import os
import select
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from filmgraph.errors import StoreError

__all__ = ["Worker", "WorkerDiedError", "WorkerLateError", "WorkerUnwantedError"]

_CHUNK: Final = 1 << 16
#: When to look first whether the answer is still wanted, and how often later on. Not sooner: to end a worker costs two tenths of
#: a second of a processor for the next one, so those who leave would keep the machine busy with starting workers.
_FIRST_LOOK_SECONDS: Final = 0.1
_LOOK_SECONDS: Final = 0.25
#: A query that has run this long leaves the processors to shorter ones where they are scarce.
_LONG_SECONDS: Final = 0.1
_LONG_QUERY_NICENESS: Final = 10
_SOURCE_PATH: Final = Path(__file__).resolve().parents[1]


class WorkerDiedError(Exception):
    """The process ended before it answered."""


class WorkerLateError(Exception):
    """The deadline passed before the answer was complete."""


class WorkerUnwantedError(Exception):
    """Nobody waits for the answer any more."""


class Worker:
    """One process and its two pipes; used by one thread at a time."""

    def __init__(self, release_path: Path, memory_bytes: int) -> None:
        paths = [str(_SOURCE_PATH), *filter(None, [os.environ.get("PYTHONPATH")])]
        self._arguments = ["filmgraph.queryworkers_process", str(release_path), str(os.getpid()), str(memory_bytes)]
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", *self._arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        )
        if self._process.stdin is None or self._process.stdout is None:
            raise StoreError("a query worker was started without its pipes")
        self._requests, self._answers = self._process.stdin, self._process.stdout
        for pipe in (self._requests, self._answers):
            os.set_blocking(pipe.fileno(), False)
        self.pid = self._process.pid
        self.is_ready = False
        self.is_offline = False
        self.answered = 0
        self._received = bytearray()
        self._writable = _poll_for(self._requests.fileno(), select.POLLOUT)
        self._readable = _poll_for(self._answers.fileno(), select.POLLIN)
        self._is_unwanted: Callable[[], bool] | None = None
        self._look_seconds = _FIRST_LOOK_SECONDS
        self._niceness: int | None = None

    @property
    def answers_fd(self) -> int:
        """The file that answers come from; it ends when the process does."""
        return self._answers.fileno()

    @property
    def is_running(self) -> bool:
        """Whether the process still lives."""
        return self._process.poll() is None

    def await_ready(self, deadline: float) -> None:
        """Read the greeting of a new worker; StoreError when it could not open the store."""
        if self.is_ready:
            return
        greeting = self._read_message(deadline)
        if greeting["status"] != "ready":
            raise StoreError(f"{greeting['message']}: build the release again, or go back to the one before")
        self.is_ready, self.is_offline = True, greeting["is_offline"]

    def ask(self, request: bytes, deadline: float, is_unwanted: Callable[[], bool] | None = None) -> tuple[dict[str, Any], bytes]:
        """Send a request and return message and body of the answer; WorkerUnwantedError once `is_unwanted` says so."""
        self._is_unwanted, self._look_seconds = is_unwanted, _FIRST_LOOK_SECONDS
        self._write(request, deadline)
        message = self._read_message(deadline)
        body = self._read(message["size"], deadline)
        self.answered += 1
        if self._niceness is not None:
            self._make_equal()
        return message, body

    def kill(self) -> int:
        """End the process, whatever it is doing, and return its exit code; the thread that uses it sees its pipe end."""
        self._process.kill()
        return self._process.wait()

    def stop(self) -> None:
        """End the process and close its pipes; only for the thread that uses it."""
        self.kill()
        self._requests.close()
        self._answers.close()

    def tell_end(self) -> str:
        """End the process, and say how it ended and how to find out why."""
        return f"a query worker ended with code {self.kill()}; to see why, run: python -m {' '.join(self._arguments)}"

    def _read_message(self, deadline: float) -> dict[str, Any]:
        (length,) = struct.unpack(">I", self._read(4, deadline))
        message: dict[str, Any] = json.loads(self._read(length, deadline))
        return message

    def _read(self, size: int, deadline: float) -> bytes:
        received, fd = self._received, self._answers.fileno()
        while len(received) < size:
            self._await(self._readable, deadline)
            # What came with it is the rest of the same answer.
            chunk = os.read(fd, _CHUNK)
            if not chunk:
                raise WorkerDiedError
            received += chunk
        data = bytes(received[:size])
        del received[:size]
        return data

    def _write(self, data: bytes, deadline: float) -> None:
        rest, fd = memoryview(data), self._requests.fileno()
        while rest:
            try:
                rest = rest[os.write(fd, rest) :]
            except BlockingIOError:
                # The worker has not read all of it yet.
                self._await(self._writable, deadline)
            except BrokenPipeError:
                raise WorkerDiedError from None

    def _await(self, poll: select.poll, deadline: float) -> None:
        while True:
            wait = min(max(0.0, deadline - time.monotonic()), self._look_seconds)
            if poll.poll(math.ceil(wait * 1000)):
                return
            if time.monotonic() >= deadline:
                raise WorkerLateError
            if self._is_unwanted is not None and self._is_unwanted():
                raise WorkerUnwantedError
            if self._look_seconds >= _LONG_SECONDS and self.is_ready and self._niceness is None:
                self._make_nice()
            self._look_seconds = min(2 * self._look_seconds, _LOOK_SECONDS)

    def _make_nice(self) -> None:
        with contextlib.suppress(OSError):
            self._niceness = os.getpriority(os.PRIO_PROCESS, self.pid)
            os.setpriority(os.PRIO_PROCESS, self.pid, self._niceness + _LONG_QUERY_NICENESS)

    def _make_equal(self) -> None:
        """Undo `_make_nice` where the system allows it; where not, the worker stays behind until it has had its day."""
        if self._niceness is not None:
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, self.pid, self._niceness)
                self._niceness = None


def _poll_for(fd: int, event: int) -> select.poll:
    poll = select.poll()
    poll.register(fd, event)
    return poll
