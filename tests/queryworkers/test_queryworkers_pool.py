"""The pool: answers, limits, deaths and replacements."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from filmgraph.errors import (
    QueryBusyError,
    QueryError,
    QueryForbiddenError,
    QuerySyntaxError,
    QueryTimeoutError,
    QueryTooLargeError,
    ReleaseError,
    SettingsError,
    StoreError,
)
from filmgraph.formats import DocumentFormat, ResultsFormat
from filmgraph.queryguard import GuardLimits, check_query
from filmgraph.queryworkers import MEMORY_FLOOR, QueryDataset, WorkerPool, run_local
from filmgraph.settings import EndpointSettings
from filmgraph.sparql_protocol import GRAPH_FORMATS

BASE = "https://filmgraph.example/"
NAMES = "SELECT ?name { ?s <http://schema.org/name> ?name }"
CONSTRUCT = f"CONSTRUCT WHERE {{ <{BASE}id/film/here-2023> ?p ?o }}"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
HUNGRY = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c"
# Past every guard: the pool must stand it by itself.
STACK_BOMB = "ASK " + "{" * 8_000 + "}" * 8_000


def names(pool: WorkerPool, query: str = NAMES, dataset: QueryDataset | None = None) -> list[str]:
    document = json.loads(pool.run(query, ResultsFormat.JSON, dataset).body)
    return sorted(row["name"]["value"] for row in document["results"]["bindings"])


def test_the_published_graph_is_what_a_query_sees(pool: WorkerPool) -> None:
    assert names(pool) == ["Here"]


def test_graph_reaches_the_named_graphs(pool: WorkerPool) -> None:
    assert names(pool, "SELECT ?name { GRAPH ?g { ?s <http://schema.org/name> ?name } }") == ["Introduction to Here"]


def test_from_names_the_default_graph(pool: WorkerPool) -> None:
    assert names(pool, NAMES.replace("{", f"FROM <{BASE}graph/texts> {{", 1)) == ["Introduction to Here"]


@pytest.mark.parametrize(
    ("dataset", "in_default", "in_named"),
    [
        (QueryDataset(default_graphs=(BASE + "graph/texts",)), ["Introduction to Here"], []),
        (QueryDataset(default_graphs=("", BASE + "graph/texts")), ["Here", "Introduction to Here"], []),
        (QueryDataset(named_graphs=(BASE + "graph/texts",)), [], ["Introduction to Here"]),
    ],
)
def test_the_request_may_name_the_dataset(
    pool: WorkerPool, dataset: QueryDataset, in_default: list[str], in_named: list[str]
) -> None:
    assert names(pool, NAMES, dataset) == in_default
    assert names(pool, "SELECT ?name { GRAPH ?g { ?s <http://schema.org/name> ?name } }", dataset) == in_named


@pytest.mark.parametrize("results_format", ResultsFormat)
@pytest.mark.parametrize(("query", "word"), [(NAMES, b"Here"), ("ASK {}", b"true")])
def test_every_results_format_is_written(pool: WorkerPool, results_format: ResultsFormat, query: str, word: bytes) -> None:
    answer = pool.run(query, results_format)
    assert word in answer.body
    assert answer.content_type == results_format.format.content_type
    assert answer.seconds > 0


@pytest.mark.parametrize("graph_format", GRAPH_FORMATS)
def test_every_graph_format_is_written(pool: WorkerPool, graph_format: DocumentFormat) -> None:
    answer = pool.run(CONSTRUCT, graph_format)
    assert b"here-2023" in answer.body
    assert b"Here" in answer.body
    assert answer.content_type.startswith(graph_format.media_type)


@pytest.mark.parametrize(("query", "wrong"), [(NAMES, DocumentFormat.TURTLE), (CONSTRUCT, ResultsFormat.CSV)])
def test_a_format_of_the_other_kind_is_an_error(pool: WorkerPool, query: str, wrong: ResultsFormat | DocumentFormat) -> None:
    with pytest.raises(QueryError, match="cannot be answered"):
        pool.run(query, wrong)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELECT * {\n ?s ?p \n }}", "^line 3, column 2: the query does not parse at “}”$"),
        ("ASK {\n ?s ?p ", "^line 2, column 7: the query does not parse at its end$"),
        ("ASK { ?s ?p <http://[x> }", r"^line 1, column 13: the query does not parse at “<http://\[x>” \(IRI parsing failed\)$"),
        ("ASK { ?s nope:p 1 }", r"^line 1, column 10: the query does not parse at “nope:p” \(Prefix not found\)$"),
        ("INSERT DATA { <a:a> <a:b> 1 }", "^line 1, column 1: the query does not parse at “INSERT”$"),
    ],
)
def test_a_syntax_error_says_where(pool: WorkerPool, query: str, message: str) -> None:
    with pytest.raises(QuerySyntaxError, match=message):
        pool.run(query, ResultsFormat.JSON)
    assert names(pool) == ["Here"]


def test_a_relative_iri_is_one_of_the_catalogue(pool: WorkerPool) -> None:
    assert names(pool, "SELECT ?name { <id/film/here-2023> <http://schema.org/name> ?name }") == ["Here"]
    assert names(pool, "BASE <http://e/> SELECT ?name { <id/film/here-2023> <http://schema.org/name> ?name }") == []


def test_a_result_up_to_the_cap_comes_whole(numbers_release: Path, limits: EndpointSettings) -> None:
    query = f"SELECT ?n {{ ?s <{BASE}ns#number> ?n }} ORDER BY ?n"
    with WorkerPool(numbers_release, limits) as pool:
        whole = pool.run(query, ResultsFormat.CSV).body
    assert whole.split() == [b"n", *(str(n).encode() for n in range(2_000))]
    with WorkerPool(numbers_release, dataclasses.replace(limits, result_bytes=len(whole))) as pool:
        assert pool.run(query, ResultsFormat.CSV).body == whole


def test_a_result_over_the_cap_is_an_error_and_never_a_part(numbers_release: Path, limits: EndpointSettings) -> None:
    query = f"SELECT ?n {{ ?s <{BASE}ns#number> ?n }}"
    with WorkerPool(numbers_release, limits) as pool:
        size = len(pool.run(query, ResultsFormat.CSV).body)
    with WorkerPool(numbers_release, dataclasses.replace(limits, result_bytes=size - 1)) as pool:
        pids = pool.pids
        with pytest.raises(QueryTooLargeError, match=rf"more than {size - 1} bytes.*ORDER BY, LIMIT and OFFSET"):
            pool.run(query, ResultsFormat.CSV)
        assert names(pool) == ["Here"]
        assert pool.pids == pids


def test_an_answer_larger_than_a_pipe_comes_whole(numbers_release: Path, limits: EndpointSettings) -> None:
    with WorkerPool(numbers_release, dataclasses.replace(limits, result_bytes=10_000_000)) as pool:
        body = pool.run("SELECT * { ?s ?p ?o . ?o2 ?p2 1 , ?x } LIMIT 5000", ResultsFormat.JSON).body
        body += pool.run("SELECT * { ?s ?p ?o }", ResultsFormat.JSON).body
    assert len(body) > 200_000


def test_a_query_larger_than_a_pipe_arrives_whole(pool: WorkerPool) -> None:
    assert names(pool, NAMES + " #" + "x" * 300_000) == ["Here"]


def test_the_deadline_ends_a_query_and_the_pool_goes_on(numbers_release: Path, limits: EndpointSettings) -> None:
    with WorkerPool(numbers_release, dataclasses.replace(limits, deadline_seconds=0.5, workers=1)) as pool:
        (old,) = pool.pids
        with pytest.raises(QueryTimeoutError, match=r"longer than 0\.5 seconds"):
            pool.run(ENDLESS, ResultsFormat.JSON)
        pool._supply.await_all()
        assert names(pool) == ["Here"]
        assert old not in pool.pids
        assert not _is_alive(old)


@pytest.mark.parametrize("query", [STACK_BOMB, HUNGRY], ids=["stack", "memory"])
def test_a_query_that_kills_its_worker_is_too_large_and_the_pool_goes_on(pool: WorkerPool, query: str) -> None:
    with pytest.raises(QueryTooLargeError, match="more memory or nesting than allowed"):
        pool.run(query, ResultsFormat.JSON)
    assert [names(pool) for _ in range(4)] == [["Here"]] * 4


@pytest.mark.parametrize(
    "query",
    [
        "ASK " + "{" * 48 + "}" * 48,
        "ASK " + "{ OPTIONAL" * 47 + "{}" + "}" * 47,
        "SELECT * " + "{ SELECT * " * 47 + "{}" + "}" * 47,
        "ASK { FILTER" + "(" * 16 + "1" + ")" * 16 + "}",
        "ASK { ?s ?p " + "(" * 16 + "1" + ")" * 16 + "}",
        "ASK { ?s ?p " + "[ ?q " * 16 + "1" + "]" * 16 + "}",
        "ASK { ?s ?p " + "([ ?q " * 8 + "1" + "])" * 8 + "}",
        "ASK { FILTER(" + "!" * 32 + "true) }",
        "ASK { FILTER(1" + "+1" * 1_990 + ") }",
        "ASK { {}" + " UNION {}" * 1_320 + "}",
    ],
)
def test_a_query_at_the_guards_limits_does_not_kill_its_worker(pool: WorkerPool, query: str) -> None:
    check_query(query, GuardLimits(), ())
    pids = pool.pids
    pool.run(query, ResultsFormat.CSV)
    assert pool.pids == pids


def test_a_worker_that_dies_idle_is_replaced_without_an_error(pool: WorkerPool) -> None:
    names(pool)
    names(pool)
    for pid in pool.pids:
        os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            # The pool may have heard of it already.
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert [names(pool) for _ in range(3)] == [["Here"]] * 3


def test_twenty_kills_leave_no_process_and_no_open_file(numbers_release: Path, limits: EndpointSettings) -> None:
    before = _open_files()
    with WorkerPool(numbers_release, limits) as pool:
        names(pool)
        first, steady = set(pool.pids), _open_files()
        seen = set(first)
        for _ in range(20):
            seen.update(pool.pids)
            with pytest.raises(QueryTooLargeError):
                pool.run(STACK_BOMB, ResultsFormat.JSON)
        assert names(pool) == ["Here"]
        pool._supply.await_all(is_patient=True)
        seen.update(pool.pids)
        assert len(pool.pids) == limits.workers
        assert _open_files() <= steady
        assert first.isdisjoint(pool.pids)
    assert not [pid for pid in seen if _is_alive(pid)]
    assert _open_files() <= before


def test_many_threads_get_their_own_answers(pool: WorkerPool) -> None:
    def ask(n: int) -> str:
        return pool.run(f"SELECT (({n} + 1) AS ?x) {{}}", ResultsFormat.CSV).body.decode().split()[-1]

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(ask, range(200))) == [str(n + 1) for n in range(200)]


def test_when_all_workers_are_busy_the_next_query_is_told_to_come_back(numbers_release: Path, limits: EndpointSettings) -> None:
    with WorkerPool(numbers_release, dataclasses.replace(limits, deadline_seconds=1.0, workers=1)) as pool:
        names(pool)
        with ThreadPoolExecutor(2) as threads:
            outcomes = [threads.submit(pool.run, ENDLESS, ResultsFormat.JSON) for _ in range(2)]
            errors = [outcome.exception() for outcome in outcomes]
        kinds = {type(error) for error in errors}
        assert kinds == {QueryTimeoutError, QueryBusyError}
        busy = next(error for error in errors if isinstance(error, QueryBusyError))
        assert busy.retry_after_seconds >= 1
        assert "try again" in str(busy)


def test_a_worker_started_by_a_thread_that_has_ended_lives_on(pool: WorkerPool) -> None:
    def kill_one() -> None:
        with pytest.raises(QueryTooLargeError):
            pool.run(STACK_BOMB, ResultsFormat.JSON)

    for _ in range(2):
        thread = threading.Thread(target=kill_one)
        thread.start()
        thread.join()
    names(pool)
    pids = set(pool.pids)
    assert [names(pool) for _ in range(4)] == [["Here"]] * 4
    assert pids
    assert pids <= set(pool.pids)


def test_a_closed_pool_has_no_processes_and_says_so(numbers_release: Path, limits: EndpointSettings) -> None:
    pool = WorkerPool(numbers_release, limits)
    pids = pool.pids
    pool.close()
    pool.close()
    assert not [pid for pid in pids if _is_alive(pid)]
    assert pool.pids == ()
    with pytest.raises(StoreError, match="closing"):
        names(pool)


def test_closing_ends_a_running_query(numbers_release: Path, limits: EndpointSettings) -> None:
    with ThreadPoolExecutor(1) as threads:
        with WorkerPool(numbers_release, dataclasses.replace(limits, workers=1)) as pool:
            started = threading.Event()

            def run() -> None:
                started.set()
                pool.run(ENDLESS, ResultsFormat.JSON)

            outcome = threads.submit(run)
            started.wait()
        assert isinstance(outcome.exception(), StoreError)


def test_all_workers_are_there_from_the_start(numbers_release: Path, limits: EndpointSettings) -> None:
    with WorkerPool(numbers_release, dataclasses.replace(limits, workers=3)) as pool:
        assert len(pool.pids) == 3


def test_a_release_without_a_store_is_refused_at_once(tmp_path: Path, limits: EndpointSettings) -> None:
    with pytest.raises(StoreError, match="cannot open the store of"):
        WorkerPool(tmp_path, limits)


def test_too_little_memory_is_refused_at_once(numbers_release: Path, limits: EndpointSettings) -> None:
    with pytest.raises(SettingsError, match=rf"memory_bytes = 1000 should be at least {MEMORY_FLOOR}"):
        WorkerPool(numbers_release, dataclasses.replace(limits, memory_bytes=1_000))


def test_the_release_is_the_one_that_the_link_named_at_the_start(
    numbers_release: Path, limits: EndpointSettings, tmp_path: Path
) -> None:
    link = tmp_path / "current"
    link.symlink_to(numbers_release)
    with WorkerPool(link, limits) as pool:
        link.unlink()
        with pytest.raises(QueryTooLargeError):
            pool.run(STACK_BOMB, ResultsFormat.JSON)
        assert [names(pool) for _ in range(3)] == [["Here"]] * 3


def test_run_local_checks_and_runs_one_query(numbers_release: Path, limits: EndpointSettings) -> None:
    answer = run_local(numbers_release, NAMES, limits, ResultsFormat.CSV)
    assert answer.body == b"name\r\nHere\r\n"
    with pytest.raises(QueryForbiddenError):
        run_local(numbers_release, "SELECT * { SERVICE <http://127.0.0.1/> {} }", limits, ResultsFormat.CSV)
    with pytest.raises(ReleaseError):
        run_local(numbers_release / "nowhere", NAMES, limits, ResultsFormat.CSV)


def _is_alive(pid: int) -> bool:
    """A zombie counts as alive: it was not reaped."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _open_files() -> int:
    return len(os.listdir("/proc/self/fd")) if sys.platform == "linux" else 0  # noqa: PTH208  (a count, of names that come and go)
