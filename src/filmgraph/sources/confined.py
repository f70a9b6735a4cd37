"""Reads a file of strangers in a process of its own under limits: it may be ended at any moment, and the build survives that.

The parent calls `run_confined` with the name of a module, which is run with `-m` and calls `serve`. Such a module imports as
little of filmgraph as it can. Requests and answers are JSON.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from filmgraph.errors import UnreadableInputError
from filmgraph.sources.limited import Ending, how_it_ended

__all__ = ["Limits", "RefusedError", "run_confined", "serve"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading a file may take: bytes of the file and of memory, seconds of a processor."""

    file_bytes: int = 20_000_000
    memory_bytes: int = 1_000_000_000
    seconds: int = 60


class RefusedError(Exception):
    """The file is not read; the message says why, and what to do."""


def run_confined(module: str, request: object, data: bytes, limits: Limits, path: str) -> Any:  # noqa: ANN401 -- JSON
    """Return the answer of a module about `data`; UnreadableInputError names `path` when it refuses, or takes too much."""
    head = json.dumps({"memory": limits.memory_bytes, "seconds": limits.seconds, "request": request})
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", module],
            input=head.encode() + b"\n" + data,
            capture_output=True,
            check=False,
            timeout=4 * limits.seconds,
        )
    except subprocess.TimeoutExpired:
        raise UnreadableInputError(f"{path}: {_too_slow(limits)}") from None
    if done.returncode:
        raise UnreadableInputError(f"{path}: {_explain(done.returncode, done.stderr, limits)}")
    answer: dict[str, Any] = json.loads(done.stdout)
    if "refused" in answer:
        raise UnreadableInputError(f"{path}: {answer['refused']}")
    return answer["answer"]


def serve(read: Callable[[Any, bytes], object]) -> None:
    """Answer the one request on standard input, within its limits."""
    head = json.loads(sys.stdin.buffer.readline())
    seconds, memory = head["seconds"], head["memory"]
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    try:
        answer: dict[str, object] = {"answer": read(head["request"], sys.stdin.buffer.read())}
    except RefusedError as error:
        answer = {"refused": str(error)}
    sys.stdout.write(json.dumps(answer))


def _explain(code: int, stderr: bytes, limits: Limits) -> str:
    match how_it_ended(code, stderr):
        case Ending.TOO_SLOW:
            return _too_slow(limits)
        case Ending.TOO_LARGE:
            return f"reading it takes more than {limits.memory_bytes // 1_000_000} MB of memory: split it, or save it anew"
        case Ending.DAMAGED:
            last = stderr.decode("utf-8", "replace").strip().rpartition("\n")[2][:200]
            return f"it cannot be read ({last or f'the reader ended with {code}'}): save it anew"


def _too_slow(limits: Limits) -> str:
    return f"reading it takes more than {limits.seconds} seconds: split it, or save it anew"
