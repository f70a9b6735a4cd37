"""Binding: a value of a request becomes one term, or it is refused; it never becomes a part of the query."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from filmgraph.errors import QueryParameterError
from filmgraph.iris import IriScheme, Kind
from filmgraph.queries import SavedQuery, bind, parse_query
from filmgraph.queries_parameter import Parameter, ParameterType, to_term
from filmgraph.queryguard import GuardLimits, QueryForm, check_query
from tests.queries.saved_query import HEADER, LABELS, named

IRIS = IriScheme("https://films.example.org/")
BASE = IRIS.base
MARK = "untouched"
# Every type at once, and a constant that must come through whatever is given.
EVERY = parse_query(
    "every",
    HEADER
    + "".join(
        named(*each)
        for each in (
            ("person", "thing person | default a"),
            ("role", "concept role | default director"),
            ("year", "year | default 2023"),
            ("number", "integer | default 1"),
            ("day", "date | default 2026-10-17"),
            ("language", "language | default nl"),
            ("words", "text | default here"),
            ("any", "text | optional"),
        )
    )
    + """\
SELECT ?mark ?person ?role ?year ?number ?day ?language ?words (BOUND(?any) AS ?hasAny) WHERE { BIND("untouched" AS ?mark) }
""",
)
NAMES = [each.name for each in EVERY.parameters]
ATTACKS = [
    "x>",
    "x> } #",
    "a } UNION { ?s ?p ?o",
    "a\n} SELECT * { ?s ?p ?o",
    "a\r",
    "\\u003E",
    "a\\u003E } UNION { BIND(1 AS ?mark)",
    "\\U0000003E",
    "a\\",
    '"',
    '" . ?s ?p ?o . "',
    "'",
    '"""',
    "a\x00",
    "a\u2028b",
    "\ud800",
    "<http://evil.example/>",
    "http://evil.example/id/person/a",
    BASE + "id/person/a> }",
    BASE + "id/person/a#b",
    BASE + "id/film/a",
    BASE + "id/person/../film/a",
    "?person",
    "UNDEF",
    "x" * 301,
    "%3E",
    "a%20b",
    "٢٠٢٣",
    "2023\n",
    "1e9",
    "0x10",
    "2023-02-30",
    "2026-10-17T00:00:00",
    "nl } #",
]


def rows(text: str) -> list[dict[str, str]]:
    found = ox.Store().query(text)
    assert isinstance(found, ox.QuerySolutions)
    names = [each.value for each in found.variables]
    return [{name: str(row[name]) for name in names if row[name] is not None} for row in found]


def check_is_one_row(query: SavedQuery, values: dict[str, str]) -> None:
    """The bound query still gives its one row, in which only the bound variable may differ; or the value was refused."""
    expected = rows(bind(query, {}, IRIS))[0]
    try:
        text = bind(query, values, IRIS)
    except QueryParameterError as error:
        refusal = str(error)
    else:
        refusal = ""
    if refusal:
        (name,) = values
        assert refusal.startswith(f"{name} = ")
        assert "should be" in refusal
        return
    (row,) = rows(text)
    changed = {name for name in row if row[name] != expected.get(name)}
    assert changed <= {*values, "hasAny"}
    assert row["mark"] == f'"{MARK}"'
    assert check_query(text, GuardLimits(), ()) is QueryForm.SELECT


@pytest.mark.parametrize("attack", ATTACKS, ids=ascii)
@pytest.mark.parametrize("name", NAMES)
def test_no_value_gets_out_of_its_place(name: str, attack: str) -> None:
    check_is_one_row(EVERY, {name: attack})


@given(name=st.sampled_from(NAMES), value=st.text(max_size=60) | st.sampled_from(ATTACKS).flatmap(lambda a: st.just(a + "a")))
def test_no_text_at_all_gets_out_of_its_place(name: str, value: str) -> None:
    check_is_one_row(EVERY, {name: value})


@given(value=st.text(alphabet="ab \"'>}{#\\\n?<u003E", max_size=30))
def test_a_text_reads_back_as_it_was_given(value: str) -> None:
    try:
        text = bind(EVERY, {"words": value}, IRIS)
    except QueryParameterError:
        assert "\\" in value or "\n" in value.strip()
        return
    assert rows(text)[0]["words"] == str(ox.Literal(value.strip() or "here"))


def parameter(type_: ParameterType, kind: Kind | None = None) -> Parameter:
    return Parameter("x", type_, LABELS, kind, None)


@pytest.mark.parametrize(
    ("type_", "kind", "value", "term"),
    [
        (ParameterType.THING, Kind.PERSON, "bas-devos", f"<{BASE}id/person/bas-devos>"),
        (ParameterType.THING, Kind.PERSON, "person/bas-devos", f"<{BASE}id/person/bas-devos>"),
        (ParameterType.THING, Kind.PERSON, f"{BASE}id/person/bas-devos", f"<{BASE}id/person/bas-devos>"),
        (ParameterType.THING, Kind.FILM, "person", f"<{BASE}id/film/person>"),
        (ParameterType.CONCEPT, Kind.COUNTRY, "BE", "<https://filmgraph.example/id/country/BE>"),
        (
            ParameterType.CONCEPT,
            Kind.ROLE,
            "https://filmgraph.example/id/role/sound",
            "<https://filmgraph.example/id/role/sound>",
        ),
        (ParameterType.YEAR, None, "2023", '"2023"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        (ParameterType.INTEGER, None, "-010", '"-10"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        (ParameterType.DATE, None, "2026-02-28", '"2026-02-28"^^<http://www.w3.org/2001/XMLSchema#date>'),
        (ParameterType.LANGUAGE, None, "NL-be", '"nl-be"'),
        (ParameterType.TEXT, None, 'l\'été "là"', '"l\'été \\"là\\""'),
    ],
)
def test_a_good_value_becomes_its_term(type_: ParameterType, kind: Kind | None, value: str, term: str) -> None:
    assert to_term(parameter(type_, kind), value, IRIS) == term


@pytest.mark.parametrize(
    ("type_", "kind", "value", "expected"),
    [
        (ParameterType.THING, Kind.PERSON, "film/here-2023", "the key of a person (its page is /person/KEY)"),
        (ParameterType.THING, Kind.PERSON, "person/", "the key of a person"),
        (ParameterType.THING, Kind.PERSON, "https://other.example/id/person/a", "the key of a person"),
        (ParameterType.THING, Kind.PERSON, f"{BASE}id/film/a", "the key of a person"),
        (ParameterType.THING, Kind.PERSON, f"{BASE}id/a", "the key of a person"),
        (ParameterType.CONCEPT, Kind.COUNTRY, f"{BASE}id/country/BE", "the key of a country"),
        (ParameterType.YEAR, None, "23", "a year of four digits"),
        (ParameterType.INTEGER, None, "ten", "a whole number"),
        (ParameterType.INTEGER, None, "1" * 10, "a whole number"),
        (ParameterType.DATE, None, "17/10/2026", "a day as YYYY-MM-DD"),
        (ParameterType.DATE, None, "2026-02-30", "a day as YYYY-MM-DD"),
        (ParameterType.LANGUAGE, None, "Dutch language", "a language tag"),
        (ParameterType.TEXT, None, "two\nlines", "a text of one line"),
        (ParameterType.TEXT, None, "a" * 301, "a text of one line"),
    ],
)
def test_a_wrong_value_is_told_what_was_expected(type_: ParameterType, kind: Kind | None, value: str, expected: str) -> None:
    with pytest.raises(QueryParameterError, match=r"^x = ") as caught:
        to_term(parameter(type_, kind), value, IRIS)
    assert expected in str(caught.value)


def test_an_empty_value_is_no_value() -> None:
    assert bind(EVERY, {"words": "  "}, IRIS) == bind(EVERY, {}, IRIS)


def test_an_optional_parameter_may_be_left_out() -> None:
    assert rows(bind(EVERY, {}, IRIS))[0]["hasAny"].startswith('"false"')
    assert rows(bind(EVERY, {"any": "a"}, IRIS))[0]["hasAny"].startswith('"true"')


def test_an_unknown_parameter_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(QueryParameterError, match="no parameter 'person2'; there are any, day"):
        bind(EVERY, {"person2": "a"}, IRIS)
    with pytest.raises(QueryParameterError, match="it has none"):
        bind(parse_query("none", HEADER + "SELECT * { ?s ?p ?o }"), {"x": "a"}, IRIS)


@pytest.mark.parametrize(
    "body",
    [
        "SELECT ?x { VALUES ?y { 1 } }",
        "PREFIX a: <http://a/#> SELECT ?x WHERE{}",
        "# SELECT {\nBASE <http://a/> SELECT ?x # {\nWHERE { }",
        "SELECT (EXISTS { ?s ?p ?o } AS ?e) ?x WHERE { }",
        'SELECT ("{\'" AS ?e) (\'\\\'{\' AS ?f) ("""{ " {""" AS ?g) ?x WHERE { }',
        "PREFIX : <http://a/> SELECT ?x FROM <http://a/> { OPTIONAL { ?s :p ?o } }",
        "select distinct ?x where { { } UNION { } }",
    ],
)
def test_the_value_stands_in_the_outermost_group(body: str) -> None:
    query = parse_query("place", HEADER + named("x", "integer | default 7") + "\n" + body)
    found = rows(bind(query, {}, IRIS))
    assert found
    assert {each["x"] for each in found} == {'"7"^^<http://www.w3.org/2001/XMLSchema#integer>'}
