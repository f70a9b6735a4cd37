"""Workers find the things of a DESCRIBE, and write Turtle that people can read."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, parse

from filmgraph.errors import QuerySyntaxError, QueryTimeoutError, QueryTooLargeError
from filmgraph.formats import DocumentFormat
from filmgraph.queryguard import GuardLimits
from filmgraph.queryguard_describe import DescribePlan, plan_describe
from filmgraph.queryworkers import FIND_LIMIT, MEMORY_FLOOR, Found, WorkerPool
from filmgraph.settings import EndpointSettings

BASE = "https://filmgraph.example/"
NUMBERS = f"{{ ?x <{BASE}ns#number> ?n }} ORDER BY ?n"


def find(pool: WorkerPool, text: str) -> Found | None:
    plan = plan_describe(text, GuardLimits(), ())
    assert plan is not None
    return pool.find(text, plan)


def found(pool: WorkerPool, text: str) -> list[str]:
    result = find(pool, text)
    assert result is not None
    assert 0 <= result.queue_seconds <= result.seconds
    return [each.removeprefix(BASE + "id/") for each in result.iris]


@pytest.mark.parametrize(
    ("text", "things"),
    [
        (f"DESCRIBE <{BASE}id/film/here-2023>", ["film/here-2023"]),
        ("DESCRIBE <id/film/here-2023>", ["film/here-2023"]),
        ("DESCRIBE ?x { ?x <http://schema.org/name> ?name }", ["film/here-2023"]),
        ("DESCRIBE ?x { GRAPH ?g { ?x <http://schema.org/name> ?name } }", ["text/here-2023-introduction"]),
        (f"DESCRIBE ?x {NUMBERS} LIMIT 3", ["number/0", "number/1", "number/2"]),
        (f"DESCRIBE <{BASE}id/number/1> ?x {NUMBERS} LIMIT 2", ["number/1", "number/0"]),
        ("DESCRIBE ?name { ?x <http://schema.org/name> ?name }", []),
        ("DESCRIBE ?x { [] ?p ?o BIND(BNODE() AS ?x) } LIMIT 5", []),
    ],
)
def test_each_thing_is_found_once_in_order(pool: WorkerPool, text: str, things: list[str]) -> None:
    assert found(pool, text) == things


def test_more_things_than_the_limit_are_an_error_and_never_a_part(pool: WorkerPool) -> None:
    assert len(found(pool, f"DESCRIBE ?x {NUMBERS} LIMIT {FIND_LIMIT}")) == FIND_LIMIT
    with pytest.raises(QueryTooLargeError, match=f"more than {FIND_LIMIT} things"):
        find(pool, f"DESCRIBE ?x {NUMBERS} LIMIT {FIND_LIMIT + 1}")


def test_one_thing_found_many_times_is_one(pool: WorkerPool) -> None:
    text = f"DESCRIBE ?x {{ VALUES ?x {{ <{BASE}id/film/here-2023> }} ?y <{BASE}ns#number> ?n }}"
    assert found(pool, text) == ["film/here-2023"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("DESCRIBE ?x {\n ?x ?p\n}", (3, 1)),
        ("PREFIX e: <http://e/>\nDESCRIBE   ?x   <http://e/a> { ?x ?p ?o } LIMIT x", (2, 49)),
    ],
)
def test_a_mistake_has_its_place_in_the_clients_own_text(pool: WorkerPool, text: str, place: tuple[int, int]) -> None:
    with pytest.raises(QuerySyntaxError, match=f"line {place[0]}, column {place[1]}") as caught:
        find(pool, text)
    assert (caught.value.line, caught.value.column) == place


@pytest.mark.parametrize("query", ["SELECT nonsense", "ASK {}"])
def test_a_plan_that_is_no_select_gives_nothing_and_the_worker_goes_on(pool: WorkerPool, query: str) -> None:
    assert pool.find("DESCRIBE ?x {}", DescribePlan(None, query)) is None
    assert pool.find("DESCRIBE ?x {}", DescribePlan(None, "SELECT ?x {}")) is not None


def test_the_deadline_holds_for_finding_too(numbers_release: Path) -> None:
    limits = EndpointSettings(deadline_seconds=1.0, memory_bytes=MEMORY_FLOOR, workers=1)
    with WorkerPool(numbers_release, limits) as pool, pytest.raises(QueryTimeoutError):
        find(pool, "DESCRIBE ?x { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i BIND(1 AS ?x) }")


@pytest.mark.parametrize(
    ("graph_format", "rdf_format"), [(DocumentFormat.TURTLE, RdfFormat.TURTLE), (DocumentFormat.TRIG, RdfFormat.TRIG)]
)
def test_turtle_and_trig_have_only_the_prefixes_that_they_use_in_order(
    pool: WorkerPool, graph_format: DocumentFormat, rdf_format: RdfFormat
) -> None:
    construct = f"CONSTRUCT {{ ?x <{BASE}ns#number> ?n ; <http://schema.org/name> 'a fg:b' }} WHERE {NUMBERS} LIMIT 1"
    bodies = {pool.run(construct, graph_format).body for _ in range(3)}
    (body,) = bodies
    lines = body.decode().splitlines()
    assert lines[:3] == [f"@prefix fg: <{BASE}ns#> .", "@prefix schema: <http://schema.org/> .", ""]
    assert not any(line.startswith("@prefix") for line in lines[3:])
    expected = pool.run(construct, DocumentFormat.N_TRIPLES).body
    assert set(parse(body, format=rdf_format)) == set(parse(expected, format=RdfFormat.N_TRIPLES))


def test_an_empty_graph_is_empty_in_turtle(pool: WorkerPool) -> None:
    assert pool.run("CONSTRUCT { ?s ?p ?o } WHERE { ?s <http://nowhere/> ?o . ?s ?p ?o }", DocumentFormat.TURTLE).body == b""


def test_turtle_is_under_the_cap_like_all_results(numbers_release: Path) -> None:
    limits = EndpointSettings(result_bytes=20_000, memory_bytes=MEMORY_FLOOR, workers=1)
    with WorkerPool(numbers_release, limits) as pool, pytest.raises(QueryTooLargeError, match="more than 20000 bytes"):
        pool.run("CONSTRUCT WHERE { ?s ?p ?o }", DocumentFormat.TURTLE)
