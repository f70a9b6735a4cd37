"""Result tables: read from JSON, written as CSV and as text."""

from __future__ import annotations

import csv
import io
import json

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filmgraph.errors import StoreError
from filmgraph.results import Cell, Table, parse_results, to_csv, to_text

XSD_INTEGER = "http://www.w3.org/2001/XMLSchema#integer"


def answer(query: str) -> bytes:
    results = pyoxigraph.Store().query(query)
    assert not isinstance(results, pyoxigraph.QueryTriples)
    data = results.serialize(format=pyoxigraph.QueryResultsFormat.JSON)
    assert isinstance(data, bytes)
    return data


def test_every_kind_of_value_is_read() -> None:
    query = """SELECT ?iri ?text ?tagged ?number ?none {
        VALUES (?iri ?text ?tagged ?number) { (<http://example.org/é> "a\\nb" "Ici"@fr 82) }
        OPTIONAL { ?iri <http://e/> ?none } }"""
    table = parse_results(answer(query))
    assert table.variables == ("iri", "text", "tagged", "number", "none")
    assert table.rows == (
        (Cell("http://example.org/é", "uri"), Cell("a\nb"), Cell("Ici", language="fr"), Cell("82", datatype=XSD_INTEGER), None),
    )
    assert table.truth is None


@pytest.mark.parametrize(("query", "truth"), [("ASK {}", True), ("ASK { ?s ?p ?o }", False)])
def test_the_answer_to_ask_is_a_truth(query: str, truth: bool) -> None:
    table = parse_results(answer(query))
    assert table == Table((), truth=truth)
    assert to_text(table) == ("yes" if truth else "no")
    assert to_csv(table) == ("true\r\n" if truth else "false\r\n")


def test_blank_nodes_and_old_typed_literals_are_read() -> None:
    bindings = [{"a": {"type": "bnode", "value": "b0"}, "b": {"type": "typed-literal", "value": "1", "datatype": XSD_INTEGER}}]
    table = parse_results(json.dumps({"head": {"vars": ["a", "b"]}, "results": {"bindings": bindings}}))
    assert table.rows == ((Cell("b0", "bnode"), Cell("1", datatype=XSD_INTEGER)),)
    assert to_csv(table) == "a,b\r\n_:b0,1\r\n"


def test_a_triple_as_a_value_is_read_as_text() -> None:
    table = parse_results(answer('SELECT (TRIPLE(<http://e/s>, <http://e/p>, "o") AS ?t) {}'))
    assert table.rows == ((Cell("<<( http://e/s http://e/p o )>>"),),)


WHOLE = answer("SELECT ?x { VALUES ?x { 1 2 <http://e/> } }")


def test_an_answer_cut_anywhere_is_never_a_shorter_result() -> None:
    assert len(parse_results(WHOLE).rows) == 3
    for length in range(len(WHOLE)):
        with pytest.raises(StoreError, match="cut short"):
            parse_results(WHOLE[:length])


@pytest.mark.parametrize(
    "text",
    [
        "[]", "null", "3", "{}", '{"head":{"vars":["x"]}}', '{"head":{},"results":{"bindings":[]}}',
        '{"head":{},"boolean":"true"}',
        '{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"image","value":"1"}}]}}',
        '{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"uri"}}]}}',
        '{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"uri","value":1}}]}}',
        '{"head":{"vars":["x"]},"results":{"bindings":["x"]}}',
        "<html></html>", "[" * 100_000,
    ],
)  # fmt: skip
def test_what_is_no_result_is_an_error(text: str) -> None:
    with pytest.raises(StoreError, match="no SPARQL JSON result"):
        parse_results(text)


def test_csv_quotes_what_needs_it() -> None:
    table = Table(("a", "b"), ((Cell('say "hi", all'), Cell("two\nlines")), (None, Cell("http://e/", "uri"))))
    assert to_csv(table) == 'a,b\r\n"say ""hi"", all","two\nlines"\r\n,http://e/\r\n'


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r")), min_size=2, max_size=2),
        max_size=8,
    )
)
def test_csv_reads_back_as_it_was(rows: list[list[str]]) -> None:
    table = Table(("a", "b"), tuple(tuple(Cell(value) for value in row) for row in rows))
    assert list(csv.reader(io.StringIO(to_csv(table), newline=""))) == [["a", "b"], *rows]


def test_text_is_aligned_and_names_are_short() -> None:
    rows = (
        (Cell("http://schema.org/Movie", "uri"), Cell("Here")),
        (Cell("b1", "bnode"), None),
        (Cell("http://other/x", "uri"), Cell("82")),
    )
    assert to_text(Table(("class", "name"), rows)).split("\n") == [
        "class           name",
        "--------------  ----",
        "schema:Movie    Here",
        "_:b1",
        "http://other/x  82",
    ]


def test_wide_letters_and_combining_marks_keep_the_columns_straight() -> None:
    lines = to_text(Table(("a", "b"), ((Cell("日本"), Cell("x")), (Cell("e\u0301te"), Cell("y"))))).split("\n")
    assert lines[2:] == ["日本  x", "e\u0301te   y"]


def test_long_values_and_line_ends_stay_in_their_line() -> None:
    lines = to_text(Table(("a",), ((Cell("x" * 100),), (Cell("one\ntwo\x1b[31m"),), (Cell("日" * 20),))), column_width=10).split(
        "\n"
    )
    assert lines[2:] == ["x" * 9 + "…", "one two […", "日日日日…"]


def test_no_rows_show_the_head_alone() -> None:
    assert to_text(Table(("film",))) == "film\n----"
    assert to_csv(Table(("film",))) == "film\r\n"
