"""One query worker as its pool sees it: a process, two pipes, and a deadline on everything."""

from __future__ import annotations

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

_CHUNK: Final = 1 << 20
#: How often to look whether the answer is still wanted.
_LOOK_SECONDS: Final = 0.25
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
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-P",
                "-m",
                "filmgraph.queryworkers_process",
                str(release_path),
                str(os.getpid()),
                str(memory_bytes),
            ],
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
        self._is_unwanted: Callable[[], bool] | None = None

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
        self._is_unwanted = is_unwanted
        self._write(request, deadline)
        message = self._read_message(deadline)
        self.answered += 1
        return message, self._read(message["size"], deadline)

    def kill(self) -> None:
        """End the process, whatever it is doing; the thread that uses it sees its pipe end."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> int:
        """End the process, close its pipes, and return its exit code; only for the thread that uses it."""
        self._process.kill()
        code = self._process.wait()
        self._requests.close()
        self._answers.close()
        return code

    def _read_message(self, deadline: float) -> dict[str, Any]:
        (length,) = struct.unpack(">I", self._read(4, deadline))
        message: dict[str, Any] = json.loads(self._read(length, deadline))
        return message

    def _read(self, size: int, deadline: float) -> bytes:
        data, fd = bytearray(), self._answers.fileno()
        while len(data) < size:
            self._await(fd, select.POLLIN, deadline)
            chunk = os.read(fd, min(size - len(data), _CHUNK))
            if not chunk:
                raise WorkerDiedError
            data += chunk
        return bytes(data)

    def _write(self, data: bytes, deadline: float) -> None:
        rest, fd = memoryview(data), self._requests.fileno()
        while rest:
            self._await(fd, select.POLLOUT, deadline)
            try:
                rest = rest[os.write(fd, rest) :]
            except BrokenPipeError:
                raise WorkerDiedError from None

    def _await(self, fd: int, event: int, deadline: float) -> None:
        poll = select.poll()
        poll.register(fd, event)
        while True:
            wait = min(max(0.0, deadline - time.monotonic()), _LOOK_SECONDS)
            if poll.poll(math.ceil(wait * 1000)):
                return
            if time.monotonic() >= deadline:
                raise WorkerLateError
            if self._is_unwanted is not None and self._is_unwanted():
                raise WorkerUnwantedError
