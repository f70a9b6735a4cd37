"""Queries whose answer is empty or nought in the demo, on a few triples for which it is not."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from filmgraph.iris import IriScheme
from filmgraph.queries import bind, parse_query
from tests.conftest import ROOT

IRIS = IriScheme("https://filmgraph.example/")
TRIG = """\
PREFIX schema: <http://schema.org/>
PREFIX fg: <https://filmgraph.example/ns#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX film: <https://filmgraph.example/id/film/>
PREFIX person: <https://filmgraph.example/id/person/>
PREFIX form: <https://filmgraph.example/id/form/>
PREFIX wd: <http://www.wikidata.org/entity/>

film:a a schema:Movie ; schema:name "A" ; schema:director person:one ; schema:dateCreated "2001" ; schema:sameAs wd:Q1 .
film:b a schema:Movie ; schema:name "B" ; schema:director person:one ; schema:dateCreated "2003-05" ; fg:form form:feature ;
  schema:identifier <https://filmgraph.example/id/film/b#wikidata-Q2> .
<https://filmgraph.example/id/film/b#wikidata-Q2> schema:propertyID "wikidata" ; schema:value "Q2" .
film:c a schema:Movie ; schema:name "C" ; schema:director person:one , person:two ; schema:dateCreated "2005" ;
  fg:form form:feature .
film:d a schema:Movie ; schema:name "D" ; schema:director person:three ; schema:sameAs <https://example.org/d> .
person:one schema:name "One" ; schema:gender schema:Female .
person:two schema:name "Two" ; schema:gender "male" .
person:three schema:name "Three" .
GRAPH <https://filmgraph.example/graph/provenance> {
  <https://filmgraph.example/film/a#fact-1> rdf:subject film:a ; rdf:predicate schema:genre ; fg:certainty fg:inferred ;
    rdf:object "x" ; fg:reason "the label is lost" ; fg:placeLabel "a.txt, line 3" .
  <https://filmgraph.example/film/b#fact-2> rdf:subject film:b ; rdf:predicate schema:genre ; fg:certainty fg:stated .
}
"""


@pytest.fixture(scope="module")
def store() -> ox.Store:
    store = ox.Store()
    store.load(TRIG.encode(), format=ox.RdfFormat.TRIG)
    return store


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("films-by-women-directors", [("women", "1", "3"), ("other than women", "1", "1"), ("not known", "1", "1")]),
        ("women-directors", [("One", "A", "2001"), ("One", "B", "2003"), ("One", "C", "2005")]),
        ("share-linked-to-wikidata", [("4", "2", "2", "50")]),
        ("first-features", [("One", "B", "2003", "1"), ("Two", "C", "2005", "0")]),
        ("films-with-inferred-facts", [("A", "x", "the label is lost", "a.txt, line 3")]),
    ],
)
def test_it_finds_what_there_is(key: str, expected: list[tuple[str, ...]], store: ox.Store) -> None:
    query = parse_query(key, (ROOT / "data" / "queries" / f"{key}.rq").read_text(encoding="utf-8"))
    found = store.query(bind(query, {}, IRIS))
    assert isinstance(found, ox.QuerySolutions)
    rows = [tuple(str(each.value) for each in row if isinstance(each, ox.Literal)) for row in found]
    assert rows == expected
