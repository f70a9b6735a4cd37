"""One worker by itself: cut off from the network, from its parent's files, and from life after its parent."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from filmgraph.errors import QueryError
from filmgraph.formats import ResultsFormat
from filmgraph.queryworkers import MEMORY_FLOOR, WorkerPool
from filmgraph.queryworkers_process import pack_message
from filmgraph.settings import EndpointSettings

SOURCE = str(Path(__file__).resolve().parents[2] / "src")
REQUEST = {
    "query": "ASK {}",
    "media_type": "application/sparql-results+json",
    "result_bytes": 1_000,
    "cpu_seconds": 10,
    "default_graphs": None,
    "named_graphs": None,
}  # fmt: skip
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="the walls between processes are Linux's")


def test_a_message_is_its_length_and_its_json() -> None:
    data = pack_message({"query": "é"})
    assert struct.unpack(">I", data[:4]) == (len(data) - 4,)
    assert json.loads(data[4:]) == {"query": "é"}


@contextmanager
def listen() -> Iterator[tuple[int, socket.socket]]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server.getsockname()[1], server


def has_visitor(server: socket.socket) -> bool:
    return bool(select.select([server], [], [], 0)[0])


@linux_only
@pytest.mark.parametrize(
    "pattern",
    [
        "SERVICE {url} {{ ?s ?p ?o }}",
        "SERVICE SILENT {url} {{ ?s ?p ?o }}",
        "?s ?p ?o LATERAL {{ SERVICE {url} {{ ?a ?b ?c }} }}",
        "VALUES ?x {{ {url} }} SERVICE ?x {{ ?a ?b ?c }}",
    ],
)
def test_a_call_that_slips_past_the_guard_reaches_nobody(pool: WorkerPool, pattern: str) -> None:
    assert pool.is_offline, "this kernel allows neither a namespace nor a filter"
    with listen() as (port, server):
        query = f"SELECT * {{ {pattern.format(url=f'<http://127.0.0.1:{port}/>')} }} LIMIT 1"
        try:
            pool.run(query, ResultsFormat.JSON)
        except QueryError as error:
            assert "cannot be answered" in str(error)  # noqa: PT017  (SILENT gives no error, the others one)
        assert not has_visitor(server)


@linux_only
@pytest.mark.parametrize("wall", ["both", "no namespace", "no filter"])
def test_either_wall_alone_keeps_a_process_from_the_network(wall: str) -> None:
    code = f"""
        import ctypes, socket, sys
        from filmgraph import queryworkers_process as process
        libc = ctypes.CDLL(None, use_errno=True)
        if {wall == "no filter"}:
            process._refuse_sockets = lambda libc: False
        if {wall == "no namespace"}:
            is_offline = process._refuse_sockets(libc)
        else:
            is_offline = process.close_network()
        try:
            socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=5)
        except OSError:
            print(is_offline, "refused")
        else:
            print(is_offline, "connected")
    """
    with listen() as (port, server):
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(code), str(port)],
            env={**os.environ, "PYTHONPATH": SOURCE}, capture_output=True, text=True, check=True,
        )  # fmt: skip
        if wall == "no filter" and done.stdout.split()[0] == "False":
            pytest.skip("this kernel gives no namespaces to this user")
        assert done.stdout.split() == ["True", "refused"]
        assert not has_visitor(server)


def start(release: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "filmgraph.queryworkers_process", str(release), str(os.getpid()), str(MEMORY_FLOOR)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": SOURCE},
    )  # fmt: skip


def test_a_worker_ends_by_itself_when_its_input_ends(numbers_release: Path) -> None:
    with start(numbers_release) as worker:
        output, _ = worker.communicate(pack_message(REQUEST) * 2, timeout=60)
    assert worker.returncode == 0
    assert output.count(b'{"head":{},"boolean":true}') == 2


def test_a_worker_ends_by_itself_when_its_input_is_cut_short(numbers_release: Path) -> None:
    with start(numbers_release) as worker:
        worker.communicate(b"\x00\x00", timeout=60)
    assert worker.returncode == 0


@pytest.mark.parametrize("media_type", ["text/turtle", "application/trig"])
def test_a_worker_writes_the_prefixes_that_a_graph_uses_and_sorts_them(numbers_release: Path, media_type: str) -> None:
    base = "https://filmgraph.example/"
    prefixes = {"schema": "http://schema.org/", "other": "http://other.example/", "film": f"{base}id/film/"}
    query = "CONSTRUCT WHERE { ?s <http://schema.org/name> ?name }"
    request = {**REQUEST, "query": query, "media_type": media_type, "prefixes": prefixes}
    with start(numbers_release) as worker:
        output, _ = worker.communicate(pack_message(request), timeout=60)
    body = output[output.index(b"@prefix") :].decode()
    assert body == (
        f'@prefix film: <{base}id/film/> .\n@prefix schema: <http://schema.org/> .\n\nfilm:here-2023 schema:name "Here" .\n'
    )


def test_the_kernel_ends_a_query_that_its_parent_forgot(numbers_release: Path) -> None:
    endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    with start(numbers_release) as worker:
        worker.communicate(pack_message({**REQUEST, "query": endless, "cpu_seconds": 0}), timeout=120)
    assert worker.returncode == -signal.SIGXCPU


def test_a_worker_that_cannot_open_its_store_says_so(tmp_path: Path) -> None:
    with start(tmp_path) as worker:
        output, _ = worker.communicate(b"", timeout=60)
    assert json.loads(output[4:])["status"] == "failed"
    assert worker.returncode == 1


def test_a_worker_of_another_parent_does_nothing(numbers_release: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "filmgraph.queryworkers_process", str(numbers_release), "1", str(MEMORY_FLOOR)],
        env={**os.environ, "PYTHONPATH": SOURCE}, input=pack_message(REQUEST), capture_output=True, check=True,
    )  # fmt: skip
    assert done.stdout == b""


@linux_only
def test_the_limits_are_in_place_and_no_file_is_inherited(numbers_release: Path) -> None:
    with (
        (Path(__file__)).open("rb") as secret,
        WorkerPool(numbers_release, EndpointSettings(memory_bytes=MEMORY_FLOOR, workers=1)) as pool,
    ):
        os.set_inheritable(secret.fileno(), True)
        with pytest.raises(QueryError):
            pool.run("ASK " + "{" * 8_000 + "}" * 8_000, ResultsFormat.JSON)
        pool.run("ASK {}", ResultsFormat.JSON)
        (pid,) = pool.pids
        table = Path(f"/proc/{pid}/limits").read_text(encoding="ascii")
        rows = {line[:26].strip(): line[26:].split() for line in table.splitlines()}
        assert rows["Max address space"][:2] == [str(MEMORY_FLOOR)] * 2
        assert rows["Max core file size"][:2] == ["0", "0"]
        assert rows["Max file size"][:2] == ["0", "0"]
        assert rows["Max cpu time"][0] != "unlimited"
        targets = {str(each.readlink()) for each in Path(f"/proc/{pid}/fd").iterdir()}
        assert str(Path(__file__)) not in targets
        assert not any(target.startswith("socket:") for target in targets)


@linux_only
def test_workers_end_with_a_parent_that_is_killed(numbers_release: Path) -> None:
    code = f"""
        import sys, time
        from pathlib import Path
        from filmgraph.formats import ResultsFormat
        from filmgraph.queryworkers import WorkerPool
        from filmgraph.settings import EndpointSettings
        pool = WorkerPool(Path({str(numbers_release)!r}), EndpointSettings(deadline_seconds=60, workers=1))
        print(*pool.pids, flush=True)
        pool.run("SELECT (COUNT(*) AS ?n) {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }}", ResultsFormat.JSON)
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": SOURCE}
    ) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        descriptor = os.pidfd_open(worker)
        parent.send_signal(signal.SIGKILL)
        try:
            ended = select.select([descriptor], [], [], 30)[0]
        finally:
            os.close(descriptor)
    assert ended


def test_the_pool_leaves_no_thread_behind(numbers_release: Path) -> None:
    before = threading.active_count()
    with WorkerPool(numbers_release, EndpointSettings(workers=1)):
        assert threading.active_count() == before + 1
    assert threading.active_count() == before
