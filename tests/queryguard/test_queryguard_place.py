"""A mistake in a query is found to the word, whatever the parser's look-ahead reports."""

from __future__ import annotations

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filmgraph.queryguard_place import Mistake, find_mistake, read_report

ENGINE = pyoxigraph.Store()


def parse(text: str) -> str | None:
    try:
        ENGINE.query(text)
    except SyntaxError as error:
        return str(error)
    return None


def locate(text: str) -> Mistake:
    report = parse(text)
    assert report is not None
    mistake = find_mistake(text, report, parse)
    assert mistake is not None
    return mistake


# The mistake stands between ⟦ and ⟧.
@pytest.mark.parametrize(
    "marked",
    [
        "⟦SELCT⟧ ?x {}",
        "SELECT * { ?x ?p ⟦]⟧ } # and then\n a lot\n more",
        "SELECT ?x WHERE {\n ?x a <http://e/c> .\n FILTER(?x = ⟦)⟧ \n}\nLIMIT 10",
        "SELECT ?x WHERE {\n ?x a <http://e/c> .\n FILTER(?x=⟦)⟧}",
        "SELECT ?x {\n ?x a <http://e/c>\n ⟦?y⟧ a ?z }\nLIMIT 10",
        "SELECT * { ?x ?p ?o }\nORDER ⟦?x⟧\n LIMIT 3",
        "SELECT * {\n ?s ?p \n ⟦}⟧}",
        "SELECT * { ?x ?p ?o } LIMIT ⟦x⟧",
        "SELECT (COUNT(?x) AS ?n ⟦{⟧\n ?x ?p ?o }",
        "SELECT ?x {\n ?x ?p ?o .\n FILTER(?o > 3\n⟦}⟧",
        'SELECT ?x { # ] }\n ?x ?p """a\nb]""" ⟦]⟧ }',
        "SELECT ?é { ?é ?p 'ô' ⟦)⟧ }",
        "ASK { ?s ⟦nope:p⟧ 1 }",
        "ASK { ?s ?p ⟦<relative>⟧ }",
        "PREFIX schema: <http://schema.org/>\nSELECT ?f {\n ?f a schema:Movie ;\n schema:name ?n ,, ?m }".replace(",,", ", ⟦,⟧"),
        "\r\n\r\nSELECT * {\r\n ?s ?p ⟦}⟧",
    ],
)
def test_the_mistake_is_found_to_the_word(marked: str) -> None:
    before, _, rest = marked.partition("⟦")
    word, _, _ = rest.partition("⟧")
    mistake = locate(marked.replace("⟦", "").replace("⟧", ""))
    place = (before.count("\n") + 1, len(before) - before.rfind("\n"))
    assert ((mistake.line, mistake.column), mistake.word) == (place, word)


@pytest.mark.parametrize(
    ("text", "place"),
    [("SELECT ?x {\n ?x ?p", (2, 7)), ("SELECT ?x { ?x ?p ?o }\nGROUP BY  # and then\n\n", (2, 9)), ("ASK {", (1, 6))],
)
def test_what_is_missing_at_the_end_is_missing_after_the_last_word(text: str, place: tuple[int, int]) -> None:
    mistake = locate(text)
    assert (mistake.line, mistake.column, mistake.word) == (*place, "")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("SELECT * { ?x ?y ?z } GROUP BY ?x", "SELECT * is not authorized with GROUP BY"),
        ("SELECT (?x AS ?x) { ?x ?y ?z }", "The SELECT overrides an existing variable using an expression"),
        ("ASK { ?s nope:p 1 }", "Prefix not found"),
        ("SELECT * { ?x ?p ] }", ""),
        ("SELECT * { ?x ?p }", ""),
    ],
)
def test_the_reason_is_told_where_the_parser_has_one_and_keywords_never_are(text: str, reason: str) -> None:
    assert locate(text).reason == reason


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        ("error at 3:2: expected OPTIONAL", Mistake(3, 2)),
        ("error at 1:34: expected one of \"$\", IF, Prefix not found, ['0'..='9']", Mistake(1, 34, reason="Prefix not found")),
        ("something else", None),
        ("", None),
    ],
)
def test_a_report_is_read(report: str, expected: Mistake | None) -> None:
    assert read_report(report) == expected


def test_a_string_that_is_not_closed_keeps_the_parsers_place() -> None:
    assert find_mistake("ASK { 'x }", "error at 1:7: expected [_]", parse) == Mistake(1, 7)


def test_where_the_spaced_query_parses_the_parsers_place_stands() -> None:
    assert find_mistake("ASK {}", "error at 1:2: expected [_]", parse) == Mistake(1, 2)


@given(st.text(st.sampled_from("SELECT ASK{}()[]<>?x:y.;,^|/*+-!=&'\"#@\\1 \n\té"), max_size=60))
def test_every_place_is_in_the_query(text: str) -> None:
    report = parse(text)
    if report is None:
        return
    mistake = find_mistake(text, report, parse)
    if mistake is not None and mistake.word:
        assert text.split("\n")[mistake.line - 1][mistake.column - 1 :].startswith(mistake.word.split("\n")[0])
