"""A saved query's file: what its header may say, and what a wrong one is told."""

from __future__ import annotations

import dataclasses
import json

import pytest

from filmgraph.errors import SavedQueryError
from filmgraph.iris import IriScheme, Kind
from filmgraph.queries import bind, from_json, parse_query, query_iri, to_json
from filmgraph.queries_parameter import Parameter, ParameterType
from tests.queries.saved_query import LABELS, named

IRIS = IriScheme("https://films.example.org/")
TITLES = "# title@en: Films\n# title@nl: Films\n# title@fr: Films\n"
TEXTS = "# description@en: All films.\n# description@nl: Alle films.\n# description@fr: Tous les films.\n"
HEADER = TITLES + TEXTS + "# keywords: film, list\n"
BODY = "SELECT ?film WHERE { ?film <http://schema.org/director> ?director }\n"


def test_a_whole_file_is_read() -> None:
    parameter = named("director", "thing person | default person/bas-devos")
    query = parse_query("films", HEADER + parameter + "\n# A comment of its own.\n" + BODY)
    assert dict(query.titles) == {"en": "Films", "nl": "Films", "fr": "Films"}
    assert query.descriptions["fr"] == "Tous les films."
    assert query.keywords == ("film", "list")
    assert query.parameters == (Parameter("director", ParameterType.THING, LABELS, Kind.PERSON, "person/bas-devos"),)
    assert query.text == "# A comment of its own.\n" + BODY


def test_an_indented_line_continues_the_one_above() -> None:
    query = parse_query("films", HEADER.replace("All films.", "All\n#   films,\n#  oldest first.") + BODY)
    assert query.descriptions["en"] == "All films, oldest first."


def test_windows_line_ends_and_a_byte_order_mark_do_no_harm() -> None:
    plain = parse_query("films", HEADER + BODY)
    odd = parse_query("films", "\ufeff" + (HEADER + BODY).replace("\n", "\r\n"))
    assert dataclasses.replace(odd, source=plain.source) == plain


def test_a_value_may_hold_a_colon_and_an_at_sign() -> None:
    query = parse_query("films", HEADER.replace("All films.", "All films: see me@example.org.") + BODY)
    assert query.descriptions["en"] == "All films: see me@example.org."


@pytest.mark.parametrize(
    ("header", "body", "line", "message"),
    [
        (HEADER.replace("# title@nl: Films\n", ""), BODY, 1, "there is no '# title@nl: …'"),
        (HEADER.replace("# description@fr: Tous les films.\n", ""), BODY, 1, "there is no '# description@fr: …'"),
        ("", BODY, 1, "there is no '# title@en: …'"),
        (HEADER + "# title@en: Again\n", BODY, 8, "title@en stands here a second time, after line 1"),
        (HEADER + "# title@de: Filme\n", BODY, 8, "is none of"),
        (HEADER + "# just a remark\n", BODY, 8, "other comments belong below the header"),
        (HEADER + named("x", "person | optional"), BODY, 8, "'person' is no type of a parameter; there are thing KIND"),
        (HEADER + named("x", "thing | optional"), BODY, 8, "no type of a parameter"),
        (HEADER + named("x", "year 2020 | optional"), BODY, 8, "no type of a parameter"),
        (HEADER + named("x", "thing actor | optional"), BODY, 8, "no kind of thing is called 'actor'"),
        (HEADER + named("x", "thing role | optional"), BODY, 8, "write 'concept role'"),
        (HEADER + named("x", "concept film | optional"), BODY, 8, "write 'thing film'"),
        (HEADER + named("x", "year"), BODY, 8, "default VALUE' or"),
        (HEADER + named("x", "year | sometimes"), BODY, 8, "default VALUE' or"),
        (HEADER + named("x", "year | The year | optional"), BODY, 8, "in lines of their own, such as '# parameter x@en: …'"),
        (HEADER + "# parameter director: year | optional\n", BODY, 8, "there is no '# parameter director@en: …'"),
        (HEADER + named("director", "year | optional").replace("@fr", "@nl "), BODY, 11, "nl stands here a second time"),
        (HEADER + "# parameter director@en: Who\n", BODY, 8, "there is no '# parameter director: …' that this could name"),
        (HEADER + "# parameter director@de: Wer\n", BODY, 8, "is none of"),
        (HEADER + named("a-b", "year | optional"), BODY, 8, "'a-b' is no name for a parameter"),
        (HEADER + named("x}", "year | optional"), BODY, 8, "is no name for a parameter"),
        (HEADER + named("other", "year | optional"), BODY, 8, "the query has no variable ?other"),
        (HEADER + named("note", "year | optional"), "\n# ?note\nSELECT * { ?s ?p '?note' }", 8, "no variable ?note"),
        (HEADER, "", 8, "there is no SELECT query"),
        (HEADER, "SELECT ?film", 8, "there is no SELECT query"),
        (HEADER, "CONSTRUCT WHERE { ?s ?p ?o }", 8, "this one begins with CONSTRUCT"),
        (HEADER, "INSERT DATA { <x> <y> <z> }", 8, "there is no SELECT query"),
    ],
)
def test_a_broken_file_is_told_what_and_where(header: str, body: str, line: int, message: str) -> None:
    with pytest.raises(SavedQueryError) as caught:
        parse_query("films", header + body)
    assert caught.value.line == line
    assert f"line {line}: " in str(caught.value)
    assert message in str(caught.value)


@pytest.mark.parametrize("key", ["", "a b", "../a", "a.b", "é", "a--b"])
def test_a_file_name_that_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(SavedQueryError, match="is no name for a query"):
        parse_query(key, HEADER + BODY)


def test_json_holds_the_query_and_reads_back() -> None:
    parameter = named("director", "thing person | default bas-devos")
    queries = [parse_query(key, HEADER + parameter + BODY) for key in ("b", "a")]
    text = to_json(queries, IRIS)
    assert from_json(text) == tuple(reversed(queries))
    first = json.loads(text)[0]
    assert (first["key"], first["iri"]) == ("a", "https://films.example.org/queries/a") == ("a", query_iri("a", IRIS))
    assert first["query"] == bind(queries[1], {}, IRIS)
    assert first["parameters"] == [
        {"name": "director", "type": "thing", "kind": "person", "label": LABELS, "default": "bas-devos"}
    ]


@pytest.mark.parametrize("text", ["", "[1]", '[{"key": "a"}]', "null"])
def test_a_damaged_json_file_says_so(text: str) -> None:
    with pytest.raises(SavedQueryError, match="build the release again"):
        from_json(text)
