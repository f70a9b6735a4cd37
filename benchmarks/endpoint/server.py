"""The servers that are compared: each is started on a free port of the loopback interface and ended by its process id."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import venv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph
from pyoxigraph import RdfFormat

from benchmarks.endpoint.client import Address
from benchmarks.generate import BASE
from filmgraph.manifest import FILE_NAME, STORE_FOLDER, Manifest
from filmgraph.release_files import hash_tree

__all__ = [
    "Server",
    "UnavailableError",
    "free_port",
    "install",
    "own_server",
    "oxigraph_server",
    "peak_memory",
    "processors",
    "rdflib_server",
    "running",
    "write_catalogue",
]

_ROOT = Path(__file__).resolve().parents[2]
_RELEASE = "2026-11-22.1"
# The limits of one client would be all that a benchmark from one address measures, so they are raised; the others stay.
_SETTINGS = f"""[catalogue]
id = "made-up"
base_iri = "{BASE}"
title = "Made-up films"
publisher = "Nobody"
licence = "https://creativecommons.org/publicdomain/zero/1.0/"

[endpoint]
deadline_seconds = 60.0
workers = 2
queue = 64
queue_seconds = 30.0
reserved_workers = 0
client_queries = 64
client_seconds_per_minute = 100000.0
client_burst_seconds = 100000.0
client_failures_per_minute = 100000
"""


class UnavailableError(Exception):
    """A server could not be installed or started."""


@dataclass(frozen=True, slots=True)
class Server:
    """How to start a server, and where it answers. `{port}` in the command is filled in."""

    name: str
    command: tuple[str, ...]
    path: str


def write_catalogue(folder: Path, triples_path: Path) -> Path:
    """Write a catalogue whose one release holds the triples, without the checks of a real build; return the release."""
    release_path = folder / "releases" / _RELEASE
    release_path.mkdir(parents=True)
    (folder / "filmgraph.toml").write_text(_SETTINGS, encoding="utf-8")
    (folder / "releases" / "current").symlink_to(_RELEASE)
    store = pyoxigraph.Store(str(release_path / STORE_FOLDER))
    store.bulk_load(path=str(triples_path), format=RdfFormat.N_TRIPLES)
    store.optimize()
    store.flush()
    triples = len(store)
    del store
    # A release keeps neither: they name folders of the machine, and whoever opens the store makes them anew.
    for name in ("LOCK", "LOG"):
        (release_path / STORE_FOLDER / name).unlink(missing_ok=True)
    (release_path / "retired.json").write_text(json.dumps({}), encoding="utf-8")
    manifest = Manifest(
        release_id=_RELEASE,
        created="2026-11-22T12:00:00Z",
        catalogue_id="made-up",
        title="Made-up films",
        publisher="Nobody",
        licence="https://creativecommons.org/publicdomain/zero/1.0/",
        description="",
        base_iri=BASE,
        languages=("en",),
        content_sha256="0" * 64,
        triples=triples,
        files=hash_tree(release_path),
    )
    (release_path / FILE_NAME).write_text(manifest.to_json(), encoding="utf-8")
    return release_path


def own_server(catalogue_path: Path) -> Server:
    """Our own server, as it is started for real."""
    return Server("filmgraph", (sys.executable, "-m", "filmgraph", "serve", str(catalogue_path), "--port", "{port}"), "/sparql")


def install(folder: Path, requirement: str) -> Path:
    """Install a package into a throw-away environment and return its folder of programs; UnavailableError where that fails."""
    environment = folder / requirement.partition("[")[0]
    venv.create(environment, with_pip=True)
    python = environment / "bin" / "python"
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", requirement]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    except subprocess.TimeoutExpired:
        raise UnavailableError(f"{requirement} could not be installed within 300 s") from None
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        raise UnavailableError(f"{requirement} could not be installed: {lines[-1] if lines else done.returncode}")
    return environment / "bin"


def oxigraph_server(programs: Path, folder: Path, triples_path: Path) -> Server:
    """The server of the package `oxigraph`, read-only on a database of its own."""
    location = folder / "oxigraph-database"
    shutil.rmtree(location, ignore_errors=True)
    program = str(programs / "oxigraph")
    for step in (("load", "--location", str(location), "--file", str(triples_path)), ("optimize", "--location", str(location))):
        done = subprocess.run([program, *step], capture_output=True, text=True, timeout=600, check=False)
        if done.returncode:
            raise UnavailableError(f"oxigraph {step[0]} failed: {done.stderr.strip()[-200:]}")
    return Server("oxigraph", (program, "serve-read-only", "--location", str(location), "--bind", "127.0.0.1:{port}"), "/query")


def rdflib_server(programs: Path, triples_path: Path) -> Server:
    """The server of the package `rdflib-endpoint`, with its default store."""
    program = str(programs / "rdflib-endpoint")
    return Server("rdflib-endpoint", (program, "serve", "--host", "127.0.0.1", "--port", "{port}", str(triples_path)), "/")


@contextmanager
def running(server: Server, folder: Path, start_seconds: float) -> Iterator[tuple[Address, int]]:
    """Start a server, wait until it listens, give its address and process id, and end it."""
    port = free_port()
    log_path = folder / f"{server.name}.log"
    with log_path.open("w") as log:
        command = [each.replace("{port}", str(port)) for each in server.command]
        # A session of its own, so that what the server starts can be ended with it.
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=_ROOT, start_new_session=True)
    try:
        _await_listening(process, port, start_seconds, log_path)
        yield Address(port, server.path), process.pid
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(timeout=15)


def free_port() -> int:
    """Return a port of the loopback interface that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _await_listening(process: subprocess.Popen[bytes], port: int, seconds: float, log_path: Path) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    log = log_path.read_text(encoding="utf-8", errors="replace")
    raise UnavailableError(f"{log_path.stem} did not start within {seconds:g} s: {log[-500:]}")


def peak_memory(pid: int) -> int:
    """Return the sum, in bytes, of the largest resident size of a process and of all that descend from it.

    Pages that they share count once for each of them. 0 where there is no /proc.
    """
    return sum(_peak(each) for each in _descendants(pid))


def _descendants(pid: int) -> Sequence[int]:
    parents: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(path.parent.name))
    found = [pid]
    for each in found:
        found.extend(parents.get(each, ()))
    return found


def _peak(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), 0)


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
