"""A live server of a test's own, on a free port of the loopback interface."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import ROOT, free_port

__all__ = ["Reply", "Server", "serve_catalogue"]


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


@dataclass(frozen=True, slots=True)
class Server:
    """`filmgraph serve` in a process of its own."""

    process: subprocess.Popen[bytes]
    port: int
    log_path: Path

    def get(self, path: str, **headers: str) -> Reply:
        """Ask once, on a connection of its own; IncompleteRead when the answer breaks off."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            connection.request("GET", path, headers=named)
            answer = connection.getresponse()
            return Reply(answer.status, answer.headers, answer.read())

    def release(self) -> str:
        """Return the release that it says it serves."""
        return str(json.loads(self.get("/readyz").body)["release"])

    def await_release(self, release_id: str, seconds: float = 60.0) -> float:
        """Wait until it serves a release, and return how long that took; a server of several processes is asked ten times."""
        started = time.monotonic()
        while time.monotonic() - started < seconds:
            if all(self.release() == release_id for _ in range(10)):
                return time.monotonic() - started
            time.sleep(0.02)
        pytest.fail(f"it does not serve {release_id} after {seconds:g} seconds:\n{self.log_path.read_text()}")


@contextmanager
def serve_catalogue(catalogue_path: Path, log_path: Path, workers: int = 1, **environ: str) -> Iterator[Server]:
    """Serve a catalogue until the block ends; the server must then end by itself."""
    port = free_port()
    command = [sys.executable, "-m", "filmgraph", "serve", str(catalogue_path), "--port", str(port), "--workers", str(workers)]
    with log_path.open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=ROOT, env={**os.environ, **environ})
    server = Server(process, port, log_path)
    try:
        _await_ready(server)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=30)


def _await_ready(server: Server) -> None:
    for _ in range(600):
        if server.process.poll() is not None:
            break
        try:
            if server.get("/readyz").status == 200:
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the server did not start:\n" + server.log_path.read_text(encoding="utf-8"))
