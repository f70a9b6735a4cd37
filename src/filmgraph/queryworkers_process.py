"""The program of one query worker: `python -m filmgraph.queryworkers_process RELEASE PARENT_PID MEMORY_BYTES`.

It opens a release's store read-only, shuts itself off from everything else, and answers one query after the other over its
standard input and output. It is meant to be killed at any moment. A message is four bytes of length, then that many bytes of
JSON; an answer's body of `size` bytes follows its message.
"""

from __future__ import annotations

import contextlib
import ctypes
import dataclasses
import json
import math
import os
import platform
import resource
import signal
import struct
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final

from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    serialize,
)

from filmgraph.errors import QueryTooLargeError
from filmgraph.manifest import STORE_FOLDER
from filmgraph.queryguard_place import find_mistake
from filmgraph.queryrewrite import rewrite_query

__all__ = ["close_network", "main", "pack_message"]

_LENGTH: Final = struct.Struct(">I")
# <linux/sched.h>, <linux/prctl.h>
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 1, 38, 22, 2
_CPU_STEP_SECONDS: Final = 1.0
_M_ARENA_MAX: Final = -8  # <malloc.h>
# AUDIT_ARCH_… of <linux/audit.h>, and the number of socket(2).
_SOCKET_CALLS: Final = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}


class _ResultTooLargeError(Exception):
    """The result has reached its limit."""


class _CappedWriter:
    """A file in memory that refuses to grow past its limit, which ends the serialisation at once."""

    def __init__(self, limit: int) -> None:
        self.body = bytearray()
        self._limit = limit

    def write(self, data: bytes) -> int:
        if len(self.body) + len(data) > self._limit:
            raise _ResultTooLargeError
        self.body += data
        return len(data)

    def flush(self) -> None:
        """Nothing to do: all is in memory."""


def pack_message(message: Mapping[str, object]) -> bytes:
    """Return a message as the bytes that go over the pipe."""
    data = json.dumps(message).encode()
    return _LENGTH.pack(len(data)) + data


def main(arguments: Sequence[str]) -> int:
    """Answer queries until standard input ends; the exit code is 0 then."""
    release_path, parent_pid, memory_bytes = Path(arguments[0]), int(arguments[1]), int(arguments[2])
    # Whatever a library prints must not end up among the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    is_offline = close_network()
    _limit_resources(memory_bytes)
    if not _die_with_parent(parent_pid):
        return 0
    try:
        store = Store.read_only(str(release_path / STORE_FOLDER))
    except OSError as error:
        _send(answers, {"status": "failed", "message": f"cannot open the store of {release_path}: {error}"})
        sys.stdin.buffer.read()
        return 1
    _send(answers, {"status": "ready", "is_offline": is_offline})
    _serve(store, sys.stdin.buffer, answers)
    return 0


def close_network() -> bool:
    """Take away this process's way to any network, loopback too; return whether that worked.

    Two ways are tried, both without privileges, and either is enough: a network namespace of its own, and a filter that refuses
    socket(2). A kernel may forbid both (and other systems have neither); then the guard in front is the only wall.
    """
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    is_alone = libc.unshare(_CLONE_NEWNET) == 0 or libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0
    return _refuse_sockets(libc) or is_alone


class _Instruction(ctypes.Structure):
    _fields_ = (("code", ctypes.c_uint16), ("if_true", ctypes.c_uint8), ("if_false", ctypes.c_uint8), ("k", ctypes.c_uint32))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint16), ("filter", ctypes.POINTER(_Instruction)))


def _refuse_sockets(libc: ctypes.CDLL) -> bool:
    """Install a seccomp filter (https://docs.kernel.org/userspace-api/seccomp_filter.html): socket(2) fails with EACCES."""
    if platform.machine() not in _SOCKET_CALLS:
        return False
    architecture, socket_call = _SOCKET_CALLS[platform.machine()]
    load, if_equal, if_at_least, give = 0x20, 0x15, 0x35, 0x06
    instructions = (
        (load, 0, 0, 4),
        (if_equal, 0, 4, architecture),
        (load, 0, 0, 0),
        (if_at_least, 2, 0, 0x40000000),  # the x32 table of the same architecture
        (if_equal, 1, 0, socket_call),
        (give, 0, 0, 0x7FFF0000),  # allow
        (give, 0, 0, 0x00050000 | 13),  # EACCES
    )
    code = (_Instruction * len(instructions))(*(_Instruction(*each) for each in instructions))
    program = _Program(len(instructions), ctypes.cast(code, ctypes.POINTER(_Instruction)))
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0) == 0)


def _limit_resources(memory_bytes: int) -> None:
    if sys.platform == "linux":
        # Where memory runs out altogether, the kernel ends a worker before it ends the web server.
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
        # glibc's arenas are address space that no query gets; other C libraries have neither arenas nor this call.
        with contextlib.suppress(AttributeError):
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    # Some systems refuse this one; the deadline still holds there.
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))


def _die_with_parent(parent_pid: int) -> bool:
    """Ask the kernel to end this process when its parent ends; return whether the parent still lives."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    return os.getppid() == parent_pid


def _serve(store: Store, requests: BinaryIO, answers: BinaryIO) -> None:
    limit = _CpuLimit()
    while True:
        header = requests.read(_LENGTH.size)
        if len(header) < _LENGTH.size:
            return
        request = json.loads(requests.read(*_LENGTH.unpack(header)))
        limit.allow(request["cpu_seconds"])
        status, message, body = _answer(store, request)
        _send(answers, {"status": status, "message": message, "size": len(body)}, body)


class _CpuLimit:
    """Lets the kernel end a query that its parent failed to end.

    The kernel counts what all queries used, so the limit is raised as they use it; not for each, which would take a small query
    longer than itself.
    """

    def __init__(self) -> None:
        self._soft = 0.0
        self._hard = resource.getrlimit(resource.RLIMIT_CPU)[1]

    def allow(self, seconds: float) -> None:
        """Let the next query have so many seconds of processor time, and at most `_CPU_STEP_SECONDS` more."""
        needed = time.process_time() + seconds
        if needed > self._soft:
            self._soft = needed + _CPU_STEP_SECONDS
            soft = math.ceil(self._soft)
            resource.setrlimit(
                resource.RLIMIT_CPU, (soft if self._hard == resource.RLIM_INFINITY else min(soft, self._hard), self._hard)
            )


def _answer(store: Store, request: Mapping[str, Any]) -> tuple[str, str, bytes]:
    """Return status, message and body; a query that cannot be answered is a status, never an exception."""
    writer = _CappedWriter(request["result_bytes"])
    try:
        results = _run_query(store, request, request["query"])
        if request.get("find") is not None:
            # Nothing of `results` is read: making it has shown that the query parses, with the places of the client's own text.
            return _find_things(store, request)
        if isinstance(results, QueryTriples):
            return "ok", "", _write_triples(results, request["media_type"], request.get("prefixes", {}), writer)
        results.serialize(writer, QueryResultsFormat.from_media_type(request["media_type"]))  # type: ignore[arg-type]
    except SyntaxError as error:
        return "syntax", str(error), _find_mistake(store, request, str(error))
    except _ResultTooLargeError:
        return "too_large", "", b""
    except (QueryTooLargeError, ValueError, OSError, RuntimeError) as error:
        return "failed", str(error), b""
    return "ok", "", bytes(writer.body)


def _run_query(store: Store, request: Mapping[str, Any], text: str) -> QuerySolutions | QueryBoolean | QueryTriples:
    """Run a query in the words that the engine answers by the standard, if those parse."""

    def run(query: str) -> QuerySolutions | QueryBoolean | QueryTriples:
        return store.query(
            query,
            base_iri=request.get("base_iri"),
            default_graph=_graph_names(request["default_graphs"]),
            named_graphs=_graph_names(request["named_graphs"]),  # type: ignore[arg-type]
        )

    def probe(query: str) -> Sequence[str]:
        with contextlib.suppress(SyntaxError):
            return [solution[0].value for solution in run(query)]  # type: ignore[union-attr]
        return ()

    def list_graphs() -> Sequence[str]:
        return sorted(graph.value for graph in store.named_graphs() if isinstance(graph, NamedNode))

    rewritten = rewrite_query(text, request["named_graphs"], list_graphs, probe)
    if rewritten != text:
        with contextlib.suppress(SyntaxError):
            return run(rewritten)
    return run(text)


def _find_mistake(store: Store, request: Mapping[str, Any], report: str) -> bytes:
    """Return where a query does not parse, as JSON; null where nobody knows."""

    def parse(other: str) -> str | None:
        try:
            store.query(other, base_iri=request.get("base_iri"))
        except SyntaxError as error:
            return str(error)
        return None

    mistake = find_mistake(request["query"], report, parse)
    return json.dumps(None if mistake is None else dataclasses.asdict(mistake)).encode()


def _write_triples(results: QueryTriples, media_type: str, prefixes: dict[str, str], writer: _CappedWriter) -> bytes:
    rdf_format = RdfFormat.from_media_type(media_type)
    if rdf_format not in (RdfFormat.TURTLE, RdfFormat.TRIG):
        results.serialize(writer, rdf_format)  # type: ignore[arg-type]
        return bytes(writer.body)
    serialize(results, writer, rdf_format, prefixes=prefixes)  # type: ignore[arg-type]
    return _tidy_prefixes(bytes(writer.body), prefixes)


def _tidy_prefixes(body: bytes, prefixes: Mapping[str, str]) -> bytes:
    """Sort the lines that declare prefixes, which the engine writes in any order, and leave out those that nothing uses."""
    *lines, rest = body.split(b"\n", len(prefixes))
    used = [line for line in sorted(lines) if line.split(b" ", 2)[1] in rest]
    return b"\n".join([*used, *([b""] if used else []), rest])


def _find_things(store: Store, request: Mapping[str, Any]) -> tuple[str, str, bytes]:
    """Return the IRIs that some SELECT queries give, each once, in the order of their finding, as a JSON list.

    Status `unclear` when one of the queries does not parse: it was made from another that does.
    """
    found: dict[str, None] = {}
    for query in request["find"]:
        try:
            solutions = _run_query(store, request, query)
        except SyntaxError as error:
            return "unclear", str(error), b""
        if not isinstance(solutions, QuerySolutions):
            return "unclear", "the rewritten query is no SELECT", b""
        for solution in solutions:
            found.update((value.value, None) for value in solution if isinstance(value, NamedNode))
            if len(found) > request["find_limit"]:
                return "too_many", "", b""
    return "ok", "", json.dumps(list(found)).encode()


def _graph_names(iris: Sequence[str] | None) -> list[NamedNode | BlankNode | DefaultGraph] | None:
    return None if iris is None else [NamedNode(iri) if iri else DefaultGraph() for iri in iris]


def _send(answers: BinaryIO, message: Mapping[str, object], body: bytes = b"") -> None:
    answers.write(pack_message(message))
    answers.write(body)
    answers.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
