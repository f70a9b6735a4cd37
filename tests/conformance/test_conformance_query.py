"""The W3C SPARQL 1.1 suites for the query language and its result formats.

The queries go through the guard and then to a real worker process, without HTTP (`test_conformance_protocol` has that). One
throwaway release holds every data file of the suites as a named graph, and each test names its data set the way the SPARQL
Protocol does, so one worker answers all of them. A test's id is its IRI.

Out, because a read-only endpoint without inference has nothing to answer there: `entailment`, all update groups, the graph
store protocol, and the federated groups `service` and `syntax-fed` (SERVICE is refused; `tests/queryguard` shows it).
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

from filmgraph.errors import QueryError, QuerySyntaxError
from filmgraph.formats import DocumentFormat, ResultsFormat
from filmgraph.queryguard import GuardLimits, QueryForm, check_query
from filmgraph.queryworkers import QueryDataset, WorkerPool
from tests.conformance.comparison import Answer, answer_from_graph, are_isomorphic, are_same_tables, parse_answer
from tests.conformance.conftest import LIMITS, ReleaseMaker
from tests.conformance.suite import BASE, EVALUATION, SUITE_PATH, QueryCase, file_of, read_queries

GROUPS = (
    "aggregates", "bind", "bindings", "cast", "construct", "csv-tsv-res", "exists", "functions", "grouping", "json-res",
    "negation", "project-expression", "property-path", "subquery", "syntax-query",
)  # fmt: skip
#: All tests that these groups had when this was written; a suite that shrinks is a suite that was not read.
FLOOR = 338

TESTS = "http://www.w3.org/2009/sparql/docs/tests/data-sparql11/"
OPEN_GRAPH = (
    "the engine binds the variable of GRAPH ?g from the patterns inside, so one without any pattern, or inside MINUS, differs"
)
#: IRI of a test → why it fails. Strict: a test that begins to pass must leave the table.
KNOWN_FAILURES: dict[str, str] = {
    TESTS + group + "/manifest#" + name: reason
    for group, names, reason in (
        (
            "aggregates",
            "agg-groupconcat-04 agg-groupconcat-06",
            "the engine keeps a language that all values share, as SPARQL 1.2 has it",
        ),
        ("aggregates", "agg-empty-group-count-graph", OPEN_GRAPH),
        ("bindings", "graph", OPEN_GRAPH),
        ("negation", "graph-minus", OPEN_GRAPH),
        ("csv-tsv-res", "csv03", "the engine stores numbers by value: 1.0E6 comes back as 1000000"),
        ("csv-tsv-res", "tsv03", "the engine stores a negativeInteger as an integer"),
        ("functions", "bnode01", "the engine's BNODE(text) gives the same node in all solutions"),
        (
            "property-path",
            "zero_or_more_set_start zero_or_more_set_end zero_or_one_set_start zero_or_one_set_end",
            "the engine gives a path of length zero only for terms that are in the data",
        ),
    )
    for name in names.split()
}

CASES = [case for group in GROUPS for case in read_queries(group)] if SUITE_PATH.is_dir() else []
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
    assert len(CASES) >= FLOOR
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
