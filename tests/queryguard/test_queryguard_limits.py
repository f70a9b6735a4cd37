"""Size and depth: ten and more ways to nest, at the limit, one past it, and far past it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import RDF, Graph, Namespace

from filmgraph import queryguard
from filmgraph.errors import QueryError, QueryTooLargeError
from filmgraph.queryguard import GuardLimits, check_query
from filmgraph.settings import EndpointSettings

LIMITS = GuardLimits()
WIDE = GuardLimits(query_bytes=100_000_000)


def _nest(start: str, opening: str, middle: str, closing: str, end: str = "") -> Callable[[int], str]:
    return lambda depth: start + opening * depth + middle + closing * depth + end


# Each makes a query with this many open brackets of the kind that is limited.
SHAPES: dict[str, tuple[int, Callable[[int], str]]] = {
    "groups": (LIMITS.depth, _nest("ASK ", "{", "", "}")),
    "optional": (LIMITS.depth - 1, _nest("ASK ", "{ OPTIONAL", "{}", "}")),
    "union": (LIMITS.depth - 1, _nest("ASK ", "{{} UNION", "{}", "}")),
    "subselect": (LIMITS.depth - 1, _nest("SELECT * ", "{ SELECT * ", "{}", "}")),
    "exists": (LIMITS.depth - 1, _nest("ASK ", "{ FILTER NOT EXISTS ", "{}", "}")),
    "minus": (LIMITS.depth - 1, _nest("ASK ", "{ MINUS ", "{}", "}")),
    "graph": (LIMITS.depth - 1, _nest("ASK ", "{ GRAPH ?g ", "{}", "}")),
    "reified triples": (LIMITS.depth - 1, _nest("ASK { ", "<< ", "?s ?p ?o ", ">> ?p ?o ", "}")),
    "annotations": (LIMITS.depth - 1, _nest("ASK { ?s ?p ?o ", "{| ?q ?r ", "", "|}", "}")),
    "parentheses": (LIMITS.list_depth, _nest("ASK { FILTER", "(", "1", ")", "}")),
    "collections": (LIMITS.list_depth, _nest("ASK { ?s ?p ", "(", "1", ")", "}")),
    "blank nodes": (LIMITS.list_depth, _nest("ASK { ?s ?p ", "[ ?q ", "1", "]", "}")),
    "calls": (LIMITS.list_depth, _nest("ASK { FILTER ", "STR(", "1", ")", "}")),
    "paths": (LIMITS.list_depth, _nest("ASK { ?s ", "(", "<p:p>", ")*", " ?o }")),
    "lists in blank nodes": (LIMITS.list_depth // 2, _nest("ASK { ?s ?p ", "([ ?q ", "1", "])", "}")),
    "not": (LIMITS.signs, _nest("ASK { FILTER(", "!", "true", "", ") }")),
    "minus signs": (LIMITS.signs, _nest("ASK { FILTER(", "- ", "1", "", " = 1) }")),
    "plus and minus": (LIMITS.signs // 2, _nest("ASK { FILTER(", "-+", "?x", "", ") }")),
}
each_shape = pytest.mark.parametrize("shape", SHAPES)


@each_shape
def test_a_query_at_the_limit_may_run(shape: str) -> None:
    limit, build = SHAPES[shape]
    check_query(build(limit), LIMITS, ())


@each_shape
@pytest.mark.parametrize("excess", [1, 100_000])
def test_a_query_past_the_limit_is_refused(shape: str, excess: int) -> None:
    limit, build = SHAPES[shape]
    with pytest.raises(QueryTooLargeError, match=r"nested more than|signs in a row"):
        check_query(build(limit + excess), WIDE, ())


def test_mixed_brackets_count_together() -> None:
    within = "ASK " + "{ FILTER NOT EXISTS " * 40 + "{ FILTER" + "(" * 7 + "1" + ")" * 7 + "}" * 41
    check_query(within, LIMITS, ())
    with pytest.raises(QueryTooLargeError, match="more than 48 deep"):
        check_query(within.replace("FILTER(", "FILTER((").replace("1)", "1))"), LIMITS, ())


def test_closing_brackets_of_another_kind_give_no_room() -> None:
    with pytest.raises(QueryTooLargeError, match="more than 16 deep"):
        check_query("ASK { FILTER" + "(}" * 17, LIMITS, ())


def test_brackets_that_were_closed_do_not_count() -> None:
    check_query("ASK { FILTER" + "((1))" * 200 + "}", LIMITS, ())


def test_brackets_behind_a_less_than_sign_are_counted_too() -> None:
    with pytest.raises(QueryTooLargeError, match="brackets in an IRI"):
        check_query("ASK { FILTER(?a<" + "(" * 17 + "1#>\n) }", LIMITS, ())


@pytest.mark.parametrize("filler", ["x", "é", "日"])
def test_size_is_counted_in_bytes(filler: str) -> None:
    head, width = "ASK {} #", len(filler.encode())
    text = head + filler * ((1_000 - len(head)) // width)
    check_query(text, GuardLimits(query_bytes=len(text.encode())), ())
    with pytest.raises(QueryTooLargeError, match="bytes and the limit is"):
        check_query(text, GuardLimits(query_bytes=len(text.encode()) - 1), ())


def test_tokens_are_counted_and_space_and_comments_are_not() -> None:
    limits = GuardLimits(tokens=6)
    check_query("ASK { ?s   ?p #c\n#c\n ?o }", limits, ())
    with pytest.raises(QueryTooLargeError, match="more than 6 words and signs"):
        check_query("ASK { ?s ?p ?o . }", limits, ())


def test_the_default_limits_let_a_long_honest_query_through() -> None:
    values = " ".join(f"<https://filmgraph.example/id/film/film-number-{n}>" for n in range(200))
    check_query(f"SELECT * {{ VALUES ?film {{ {values} }} ?film ?p ?o }}", LIMITS, ())


def _iter_repeats(pattern: Any) -> Iterator[tuple[str, int]]:
    for operation, arguments in pattern:
        if "REPEAT" in str(operation):
            yield str(operation), int(arguments[1])
        for part in arguments if isinstance(arguments, (tuple, list)) else (arguments,):
            for inner in part if isinstance(part, list) else (part,):
                if hasattr(inner, "getwidth"):
                    yield from _iter_repeats(inner)


def test_the_tokeniser_cannot_backtrack() -> None:
    parser: Any = re._parser  # type: ignore[attr-defined]
    token = queryguard._TOKEN
    repeats = list(_iter_repeats(parser.parse(token.pattern, token.flags & ~re.UNICODE)))
    unbounded = {name for name, maximum in repeats if maximum > 8}
    assert len(repeats) > 15
    assert unbounded == {"POSSESSIVE_REPEAT"}


@given(st.text(alphabet="aS:<>'\"\\u0053{}()[]?$@#.-+!^ \n", max_size=300))
def test_every_character_is_walked_over_once(text: str) -> None:
    assert sum(len(match[0]) for match in queryguard._TOKEN.finditer(text)) == len(text)


FRAGMENTS = [
    "SELECT", "ASK", "SERVICE", "FROM", "NAMED", "PREFIX", "BASE", "GRAPH", "a", ":", "x:", "<", ">", "<http://e/>", "<x>",
    "<//[>", "{", "}", "(", ")", "[", "]", "'", '"', "'''", '"""', "\\", "\\u0022", "\\u0053", "\\U00110000", "\\uDC00", "#",
    "\n", " ", "?", "$", "@en", "_:", "1", ".", "-", "!", "^", "é", "\x00", "\ud800", "\U0001f3ac", "ſERVICE",
]  # fmt: skip


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=60).map("".join) | st.text(max_size=200))
def test_any_text_is_answered_with_a_form_or_a_query_error(text: str) -> None:
    outcome = _outcome(text)
    assert outcome == "form" or outcome.startswith(("QueryForbiddenError: ", "QuerySyntaxError: ", "QueryTooLargeError: "))


def _outcome(text: str) -> str:
    try:
        check_query(text, LIMITS, ())
    except QueryError as error:
        return f"{type(error).__name__}: {error}"
    return "form"


SUITE = Path(__file__).resolve().parents[2] / ".." / "shared" / "suites" / "rdf-tests" / "sparql"
MANIFESTS = [
    ("sparql11/syntax-query", 60),
    ("sparql11/property-path", 30),
    ("sparql11/aggregates", 35),
    ("sparql11/negation", 10),
    ("sparql11/functions", 60),
    ("sparql11/subquery", 10),
    ("sparql11/construct", 4),
    ("sparql11/exists", 4),
    ("sparql11/bind", 8),
    ("sparql11/grouping", 4),
]
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")


def _iter_queries(folder: str) -> Iterator[Path]:
    path = (SUITE / folder / "manifest.ttl").resolve()
    graph = Graph().parse(path)
    for kind in (MF.PositiveSyntaxTest11, MF.PositiveSyntaxTest, MF.QueryEvaluationTest):
        for test in graph.subjects(RDF.type, kind):
            action = graph.value(test, MF.action)
            query = graph.value(action, QT.query) or action
            yield Path(unquote(urlsplit(str(query)).path))


@pytest.mark.parametrize(("folder", "least"), MANIFESTS)
def test_no_query_of_the_w3c_suites_is_refused(folder: str, least: int) -> None:
    if not SUITE.is_dir():
        assert os.environ.get("CI") != "true", f"{SUITE} is missing"
        pytest.skip("the W3C suites are not beside the project")
    queries = [path.read_bytes().decode() for path in _iter_queries(folder)]
    graphs = {iri for text in queries for iri in re.findall(r"FROM\s+(?:NAMED\s+)?<([^>]*)>", text)}
    assert len(queries) >= least
    for text in queries:
        check_query(text, LIMITS, graphs)


def test_the_limits_are_those_of_the_settings() -> None:
    assert GuardLimits.of(EndpointSettings()) == GuardLimits()
    settings = EndpointSettings(query_bytes=1, tokens=2, depth=3, list_depth=4, signs=5)
    assert GuardLimits.of(settings) == GuardLimits(1, 2, 3, 4, 5)
