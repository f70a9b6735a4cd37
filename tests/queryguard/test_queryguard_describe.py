"""A DESCRIBE is rewritten as the SELECT of its things, or left to the engine where that is in doubt."""

from __future__ import annotations

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad

from filmgraph.errors import QueryError
from filmgraph.queryguard import GuardLimits, QueryForm, check_query
from filmgraph.queryguard_describe import DescribePlan, plan_describe

LIMITS = GuardLimits()
E = "http://e/"
A, B, C = (NamedNode(E + each) for each in "abc")
KNOWS, NAME = NamedNode(E + "knows"), NamedNode(E + "name")


def plan(text: str) -> DescribePlan | None:
    assert check_query(text, LIMITS, [E + "g"]) is QueryForm.DESCRIBE
    return plan_describe(text, LIMITS, [E + "g"])


@pytest.fixture(scope="module")
def engine() -> pyoxigraph.Store:
    store = pyoxigraph.Store()
    store.extend(
        [Quad(A, KNOWS, B), Quad(A, NAME, Literal("A")), Quad(B, KNOWS, C), Quad(B, NAME, Literal("DESCRIBE <http://e/x>"))]
    )
    return store


def find(engine: pyoxigraph.Store, text: str) -> list[str]:
    """Run a plan as a worker does; IRIs without their base."""
    made = plan(text)
    assert made is not None
    found = [value for query in made.queries for row in engine.query(query) for value in row]  # type: ignore[union-attr]
    return list(dict.fromkeys(each.value.removeprefix(E) for each in found if isinstance(each, NamedNode)))


@pytest.mark.parametrize(
    ("text", "things"),
    [
        ("DESCRIBE <http://e/a>", ["a"]),
        ("describe<http://e/a>", ["a"]),
        ("DESCRIBE <http://e/absent>", ["absent"]),
        ("DESCRIBE <http://e/a> <http://e/b> <http://e/a>", ["a", "b"]),
        ("PREFIX e: <http://e/> DESCRIBE e:a", ["a"]),
        ("PREFIX : <http://e/> DESCRIBE :a :b", ["a", "b"]),
        ("PREFIX describe: <http://e/> DESCRIBE describe:a", ["a"]),
        ("BASE <http://e/> DESCRIBE <a>", ["a"]),
        ("BASE <http://e/> PREFIX e: <> DESCRIBE e:a <b>", ["a", "b"]),
        ("PREFIX e: <http://e/> DESCRIBE e:a{}", ["a"]),
        ("DESCRIBE ?x { ?x <http://e/knows> <http://e/b> }", ["a"]),
        ("DESCRIBE $x WHERE { $x <http://e/knows> <http://e/b> }", ["a"]),
        ("DESCRIBE ?x ?y WHERE { ?x <http://e/knows> ?y . ?y <http://e/knows> ?z }", ["a", "b"]),
        ("DESCRIBE * WHERE { ?x <http://e/knows> ?y . ?y <http://e/knows> ?z }", ["a", "b", "c"]),
        ("DESCRIBE*{ ?x <http://e/knows> <http://e/b> }", ["a"]),
        ("DESCRIBE ?x <http://e/c> { ?x <http://e/knows> <http://e/b> }", ["c", "a"]),
        ("DESCRIBE <http://e/c> { <http://e/a> <http://e/absent> ?y }", ["c"]),
        ("DESCRIBE ?x { ?x <http://e/knows> ?y } ORDER BY DESC(?x) LIMIT 1", ["b"]),
        ("DESCRIBE ?x { ?x <http://e/knows> ?y } ORDER BY ?x OFFSET 1", ["b"]),
        ("DESCRIBE ?x { ?x <http://e/knows> ?y } GROUP BY ?x HAVING (COUNT(*) > 0) ORDER BY ?x", ["a", "b"]),
        ("DESCRIBE ?x { ?x <http://e/knows> ?y } VALUES ?x { <http://e/b> }", ["b"]),
        ("DESCRIBE ?x { { SELECT ?x { ?x <http://e/knows> <http://e/c> } } }", ["b"]),
        ("DESCRIBE ?n { <http://e/a> <http://e/name> ?n }", []),
        ("DESCRIBE ?x", []),
        ("DESCRIBE *", []),
        ("DESCRIBE ?x LIMIT 3", []),
        ("DESCRIBE ?x VALUES ?x { <http://e/a> }", ["a"]),
        ("# DESCRIBE <http://e/x>\nDESCRIBE # { ?y\n ?x # FROM <http://e/g>\n { ?x <http://e/knows> <http://e/b> }", ["a"]),
        ('DESCRIBE ?x { ?x <http://e/name> "DESCRIBE <http://e/x>" }', ["b"]),
        ('DESCRIBE ?x { ?x <http://e/name> """DESCRIBE <http://e/x>""" FILTER(?x != <http://e/DESCRIBE>) }', ["b"]),
        ('DESCRIBE ?x { ?x <http://e/name> "\\u0041" }', ["a"]),
        ("PREFIX e: <http://e/> # e: <http://f/>\nDESCRIBE ?x { ?x e:knows e:b FILTER(?x<e:z || 1 < 2) }", ["a"]),
    ],
)
def test_the_plan_finds_what_is_described(engine: pyoxigraph.Store, text: str, things: list[str]) -> None:
    assert find(engine, text) == things


@pytest.mark.parametrize(
    "text",
    [
        "DESCRIBE ?x FROM <http://e/g> { ?x ?p ?o }",
        "DESCRIBE <http://e/a> FROM NAMED <http://e/g>",
        "describe ?x from<http://e/g>{ ?x ?p ?o }",
        "DESCRIBE { ?x ?p ?o }",
        "DESCRIBE",
        "DESCRIBE ?x . { ?x ?p ?o }",
        "DESCRIBE ?x, ?y { ?x ?p ?y }",
        'DESCRIBE "x"',
        "DESCRIBE (?x AS ?y) { ?x ?p ?o }",
        "DESCRIBE ?x WHERES { ?x ?p ?o }",
        "{} DESCRIBE ?x { ?x ?p ?o }",
        "DESCRIBE.x { }",
    ],
)
def test_what_has_a_dataset_or_is_not_understood_is_left_to_the_engine(text: str) -> None:
    assert plan(text) is None


def test_the_pattern_and_what_follows_are_the_clients_own_text() -> None:
    pattern = '{ ?x ?p "a#b" . # }\n FILTER(?x < 3) } ORDER BY ?x LIMIT 7 # end'
    made = plan("PREFIX e: <http://e/>\nDESCRIBE ?x e:a " + pattern)
    assert made == DescribePlan(
        named="PREFIX e: <http://e/>\nSELECT ?thing { VALUES ?thing { e:a } }",
        found="PREFIX e: <http://e/>\nSELECT ?x " + pattern,
    )


def test_a_query_at_the_limit_of_length_still_has_a_plan() -> None:
    text = "DESCRIBE <http://e/a> #"
    text += "x" * (LIMITS.query_bytes - len(text))
    assert plan(text) is not None


WORDS = ["DESCRIBE", "SELECT", "FROM", "NAMED", "WHERE", "SERVICE", "SERVICE:x", "PREFIX", "VALUES", "LIMIT", "DROP", "ALL"]
SIGNS = ["{", "}", "(", ")", "<", ">", "*", "#", '"', "'", ";", ".", "\n", " ", "\\u0041", "1"]
PIECES = st.lists(st.sampled_from([*WORDS, *SIGNS, "<http://e/a>", "?x", "e:a", "e:"]), max_size=14)


@given(PIECES)
def test_no_plan_holds_what_the_guard_refuses(pieces: list[str]) -> None:
    text = "DESCRIBE " + " ".join(pieces)
    try:
        is_describe = check_query(text, LIMITS, ()) is QueryForm.DESCRIBE
    except QueryError:
        return
    made = plan_describe(text, LIMITS, ()) if is_describe else None
    for each in made.queries if made else ():
        wider = GuardLimits(query_bytes=LIMITS.query_bytes + 64)
        assert check_query(each, wider, ()) is QueryForm.SELECT
