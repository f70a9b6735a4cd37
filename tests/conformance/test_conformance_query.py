"""The W3C SPARQL 1.1 suites for the query language and its result formats.

The queries go through the guard and then to a real worker process, without HTTP (`test_conformance_protocol` has that). One
throwaway release holds every data file of the suites as a named graph, and each test names its data set the way the SPARQL
Protocol does, so one worker answers all of them. A test's id is its IRI.

Run, every entry of each manifest, whatever its approval: the 13 groups of the query language and the 2 of result formats, as
`manifest-sparql11-query.ttl` and `manifest-sparql11-results.ttl` list them; `GROUPS` has the numbers. Refused, and tested to be:
the queries of the federated groups `service` and `syntax-fed`, because SERVICE asks another server. Elsewhere: `protocol` and
`service-description`. Left out, because a read-only endpoint without inference has nothing to answer there: `entailment` (70),
all update groups, and the graph store protocol.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph
import pytest
from pyoxigraph import QueryResultsFormat as OxigraphFormat
from pyoxigraph import RdfFormat, Triple

from filmgraph.errors import QueryError, QueryForbiddenError, QuerySyntaxError
from filmgraph.formats import DocumentFormat, ResultsFormat
from filmgraph.queryguard import GuardLimits, QueryForm, check_query
from filmgraph.queryworkers import QueryDataset, WorkerPool
from tests.conformance.comparison import Answer, answer_from_graph, are_isomorphic, are_same_tables, parse_answer
from tests.conformance.conftest import LIMITS, ReleaseMaker
from tests.conformance.suite import BASE, EVALUATION, SUITE_PATH, QueryCase, file_of, read_queries

#: Group → how many tests it had when this was written; a suite of another size is another suite.
GROUPS = {
    "aggregates": 47, "bind": 10, "bindings": 11, "cast": 6, "construct": 7, "exists": 6, "functions": 75, "grouping": 6,
    "negation": 12, "project-expression": 7, "property-path": 33, "subquery": 14, "syntax-query": 94,
    "csv-tsv-res": 6, "json-res": 4,
}  # fmt: skip
REFUSED_GROUPS = {"service": 7, "syntax-fed": 3}

TESTS = "http://www.w3.org/2009/sparql/docs/tests/data-sparql11/"
#: IRI of a test → why it fails (docs/conformance.md). Strict: a test that begins to pass must leave the table.
KNOWN_FAILURES: dict[str, str] = {
    TESTS + "csv-tsv-res/manifest#csv03": "the engine keeps a number's value and not its spelling: 1.0E6 comes back as 1000000",
    TESTS + "csv-tsv-res/manifest#tsv03": "the engine keeps a negativeInteger as an integer",
    TESTS + "functions/manifest#bnode01": "the engine's BNODE(text) gives the same node in all solutions",
}

CASES = [case for group in GROUPS for case in read_queries(group)] if SUITE_PATH.is_dir() else []
REFUSED_CASES = [case for group in REFUSED_GROUPS for case in read_queries(group)] if SUITE_PATH.is_dir() else []
RESULTS = {".srx": OxigraphFormat.XML, ".srj": OxigraphFormat.JSON, ".tsv": OxigraphFormat.TSV}
ORDER_BY = re.compile(r"\bORDER\s+BY\b", re.IGNORECASE)


def marked(kinds: frozenset[str]) -> list[object]:
    return [
        pytest.param(
            case,
            id=case.iri,
            marks=[pytest.mark.xfail(reason=KNOWN_FAILURES[case.iri], strict=True)] if case.iri in KNOWN_FAILURES else [],
        )
        for case in CASES
        if case.kind in kinds
    ]


@pytest.fixture(scope="module")
def graphs(shared_path: Path) -> tuple[str, ...]:
    # One query of the syntax suite names a graph "file", which is nowhere; the guard must know it, or no parser sees the query.
    return (BASE + "syntax-query/file", *sorted({iri for case in CASES for iri in (*case.data, *case.graph_data)}))


@pytest.fixture(scope="module")
def pool(graphs: tuple[str, ...], make_release: ReleaseMaker) -> Iterator[WorkerPool]:
    with WorkerPool(make_release({iri: iri for iri in graphs}), LIMITS) as made:
        yield made


def test_the_suites_are_complete(shared_path: Path) -> None:
    for group, count in (GROUPS | REFUSED_GROUPS).items():
        assert sum(1 for _ in read_queries(group)) == count, group
    assert len(CASES) == sum(GROUPS.values()) == 338
    assert set(KNOWN_FAILURES) <= {case.iri for case in CASES}
    assert len({case.iri for case in CASES}) == len(CASES)
    assert {case.kind for case in CASES} == {*EVALUATION, "PositiveSyntaxTest11", "NegativeSyntaxTest11"}


@pytest.mark.parametrize("case", marked(frozenset({"PositiveSyntaxTest11"})))
def test_query_parses(case: QueryCase, pool: WorkerPool, graphs: tuple[str, ...]) -> None:
    form = check_query(case.query, GuardLimits(), graphs)
    try:
        answer = pool.run(case.query, DocumentFormat.N_TRIPLES if form.gives_graph else ResultsFormat.JSON)
    except QueryError as error:
        # Two queries call http://example/function: that parses, and then cannot be evaluated.
        assert type(error) is QueryError and "custom function" in str(error)  # noqa: PT017, PT018
    else:
        assert answer.content_type


@pytest.mark.parametrize("case", marked(frozenset({"NegativeSyntaxTest11"})))
def test_wrong_query_is_a_syntax_error(case: QueryCase, pool: WorkerPool, graphs: tuple[str, ...]) -> None:
    with pytest.raises(QuerySyntaxError):
        run(case, pool, graphs, ResultsFormat.JSON)


@pytest.mark.parametrize("case", [pytest.param(case, id=case.iri) for case in REFUSED_CASES])
def test_query_that_asks_another_server_is_forbidden(case: QueryCase, graphs: tuple[str, ...]) -> None:
    with pytest.raises(QueryForbiddenError, match="SERVICE"):
        check_query(case.query, GuardLimits(), graphs)


@pytest.mark.parametrize("case", marked(EVALUATION))
def test_query_gives_the_expected_answer(case: QueryCase, pool: WorkerPool, graphs: tuple[str, ...]) -> None:
    assert case.result_iri is not None
    expected_path = file_of(case.result_iri)
    if expected_path.suffix == ".csv":
        assert normal_lines(run(case, pool, graphs, ResultsFormat.CSV)) == normal_lines(expected_path.read_bytes())
    elif check_query(case.query, GuardLimits(), graphs).gives_graph:
        assert are_isomorphic(read_triples(run(case, pool, graphs, DocumentFormat.N_TRIPLES)), read_file(case.result_iri))
    else:
        results_format = ResultsFormat.TSV if expected_path.suffix == ".tsv" else result_format_for(case)
        answer = parse_answer(run(case, pool, graphs, results_format), RESULTS[results_format.suffix])
        expected = read_expected(case.result_iri)
        assert are_same_tables(answer, expected, is_ordered=bool(ORDER_BY.search(case.query))), (answer, expected)


def run(case: QueryCase, pool: WorkerPool, graphs: tuple[str, ...], answer_format: ResultsFormat | DocumentFormat) -> bytes:
    form = check_query(case.query, GuardLimits(), graphs)
    assert form in QueryForm
    # The empty default graph of the release stands in where a test has no data; a query with FROM says itself what it sees.
    has_from = re.search(r"\bFROM\b", case.query) is not None
    dataset = None if has_from else QueryDataset(case.data or ("",), case.graph_data)
    return pool.run(case.query, answer_format, dataset).body


def result_format_for(case: QueryCase) -> ResultsFormat:
    """XML where the suite expects XML, so that both writers are tried."""
    return ResultsFormat.XML if (case.result_iri or "").endswith(".srx") else ResultsFormat.JSON


def read_expected(iri: str) -> Answer:
    path = file_of(iri)
    if path.suffix in RESULTS:
        return parse_answer(path.read_bytes(), RESULTS[path.suffix])
    return answer_from_graph(read_file(iri))


def read_file(iri: str) -> set[Triple]:
    path = file_of(iri)
    rdf_format = RdfFormat.from_extension(path.suffix.removeprefix("."))
    return {quad.triple for quad in pyoxigraph.parse(path=path, format=rdf_format, base_iri=iri)}


def read_triples(data: bytes) -> set[Triple]:
    return {quad.triple for quad in pyoxigraph.parse(data, format=RdfFormat.N_TRIPLES)}


def normal_lines(data: bytes) -> list[tuple[tuple[str, str], ...]]:
    """The rows as sorted (column, value): SELECT * fixes no order of columns, and a blank node's label is the server's own."""
    table = csv.DictReader(io.StringIO(data.decode(), newline=""))
    return [tuple(sorted((name, "_:" if value.startswith("_:") else value) for name, value in row.items())) for row in table]
