"""The thirteen queries, each the work of one page or one question of a researcher, over the catalogue of `generate`."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.generate import BASE, FIRST_YEAR
from filmgraph.namespaces import FG, FG_BASE, RDF, SCHEMA, XSD

__all__ = ["QUESTIONS", "SMALL", "Question"]

_FILM = f"<{BASE}id/film/7>"
_PERSON = f"<{BASE}id/person/40>"
_PREFIXES = f"""PREFIX schema: <{SCHEMA}>
PREFIX fg: <{FG}>
PREFIX rdf: <{RDF}>
PREFIX xsd: <{XSD}>
"""


@dataclass(frozen=True, slots=True)
class Question:
    """A query: `gives_graph` for CONSTRUCT and DESCRIBE; where `is_comparable` is false, engines may answer differently."""

    name: str
    text: str
    gives_graph: bool = False
    is_comparable: bool = True


def _question(name: str, text: str, *, gives_graph: bool = False, is_comparable: bool = True) -> Question:
    return Question(name, _PREFIXES + text, gives_graph, is_comparable)


QUESTIONS = (
    _question(
        "q01_film_construct",
        f"""CONSTRUCT {{ {_FILM} ?p ?o . ?credit ?cp ?co . ?agent schema:name ?name . ?screening ?sp ?so }} WHERE {{
  {{ {_FILM} ?p ?o }}
  UNION {{ {_FILM} fg:credit ?credit . ?credit ?cp ?co }}
  UNION {{ {_FILM} ?edge ?agent . ?agent a schema:Person ; schema:name ?name }}
  UNION {{ ?screening schema:workPresented {_FILM} ; ?sp ?so }}
}}""",
        gives_graph=True,
    ),
    # What DESCRIBE gives is the server's own choice (https://www.w3.org/TR/sparql11-query/#describe).
    _question("q02_describe", f"DESCRIBE {_FILM}", gives_graph=True, is_comparable=False),
    _question(
        "q03_cast",
        f"""SELECT ?billing ?actor ?name ?character WHERE {{
  {_FILM} fg:credit ?credit .
  ?credit schema:actor ?actor ; fg:billing ?billing ; schema:characterName ?character .
  ?actor schema:name ?name
}} ORDER BY ?billing""",
    ),
    _question(
        "q04_filmography",
        f"""SELECT ?film ?title ?year ?role WHERE {{
  ?credit ?as {_PERSON} ; schema:roleName ?role .
  ?film fg:credit ?credit ; schema:name ?title ; schema:dateCreated ?year
}} ORDER BY ?year ?film ?role LIMIT 100""",
    ),
    _question(
        "q05_day_at_venue",
        f"""SELECT ?start ?hall ?title WHERE {{
  ?hall schema:containedInPlace <{BASE}id/venue/1> .
  ?screening schema:location ?hall ; schema:startDate ?start ; schema:workPresented ?film .
  ?film schema:name ?title
  FILTER(?start >= "{FIRST_YEAR}-10-14T00:00:00+02:00"^^xsd:dateTime)
  FILTER(?start < "{FIRST_YEAR}-10-15T00:00:00+02:00"^^xsd:dateTime)
}} ORDER BY ?start ?hall ?film""",
    ),
    _question(
        "q06_coactors",
        f"""SELECT ?other (COUNT(DISTINCT ?film) AS ?films) WHERE {{
  ?film schema:actor {_PERSON} , ?other
  FILTER(?other != {_PERSON})
}} GROUP BY ?other ORDER BY DESC(?films) ?other LIMIT 20""",
    ),
    _question(
        "q07_genre_year",
        """SELECT ?genre ?year (COUNT(?film) AS ?films) WHERE {
  ?film a schema:Movie ; schema:genre ?genre ; schema:dateCreated ?year
} GROUP BY ?genre ?year""",
    ),
    _question(
        "q08_regex_name",
        """SELECT ?person ?name WHERE { ?person a schema:Person ; schema:name ?name FILTER(REGEX(?name, "^zu.*ka$", "i")) }""",
    ),
    _question("q09_count_all", "SELECT (COUNT(*) AS ?triples) WHERE { ?s ?p ?o }"),
    _question(
        "q10_page",
        """SELECT ?film ?title ?year WHERE {
  ?film a schema:Movie ; schema:name ?title ; schema:dateCreated ?year
} ORDER BY ?title ?film LIMIT 50 OFFSET 100""",
    ),
    _question(
        "q11_optional",
        f"""SELECT ?film ?title ?other WHERE {{
  ?film schema:genre <{FG_BASE}id/genre/western> ; schema:countryOfOrigin <{FG_BASE}id/country/BE> ; schema:name ?title ;
    schema:inLanguage "fr"
  OPTIONAL {{ ?film schema:alternateName ?other }}
}}""",
    ),
    _question(
        "q12_path",
        f"SELECT DISTINCT ?other WHERE {{ {_PERSON} ^schema:actor/schema:actor ?other }}",
    ),
    _question(
        "q13_festival_path",
        f"""SELECT (COUNT(DISTINCT ?director) AS ?directors) WHERE {{
  ?screening schema:superEvent/schema:superEvent <{BASE}id/series/festival> ; schema:workPresented/schema:director ?director
}}""",
    ),
)

#: What pages ask all day: small answers from few triples.
SMALL = tuple(each for each in QUESTIONS if each.name.startswith(("q01", "q03", "q04", "q06")))
