"""What `validate` promises beyond the single rules: places, order, safety, and errors that are errors."""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from filmgraph.errors import VocabularyError
from filmgraph.findings import Report, Severity, SourcePlace
from filmgraph.namespaces import RDF, SCHEMA, XSD
from filmgraph.validation import Shapes, full_catalogue, load_shapes, validate
from filmgraph.validation_facts import Facts
from filmgraph.validation_rdflib import to_rdflib
from filmgraph.validation_reference import find_by_pyshacl
from filmgraph.vocabulary import Vocabulary, load_vocabulary

_BASE = "https://festival.example/id/"
_FILM = NamedNode(_BASE + "film/here")
_PREFIXES = """@prefix : <https://filmgraph.example/shapes#> . @prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix schema: <http://schema.org/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
"""
_RULE = """:R a sh:NodeShape ; sh:targetNode :Catalogue ; sh:severity sh:Warning ; rdfs:label "r" ; rdfs:comment "R." ;
    sh:sparql :R-query .
:R-query a sh:SPARQLConstraint ; sh:message "{?value} is bad"@en ; sh:select "%s" ."""


@pytest.fixture(scope="module")
def shapes() -> Shapes:
    return load_shapes()


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return load_vocabulary()


def _nowhere(focus_iri: str, path_iri: str | None, value: str | None) -> tuple[SourcePlace, ...]:
    return ()


def _triples(text: str) -> list[Triple]:
    prefixes = (
        f"@prefix film: <{_BASE}film/> . @prefix person: <{_BASE}person/> . @prefix fg: <https://filmgraph.example/ns#> .\n"
    )
    return [quad.triple for quad in parse((_PREFIXES + prefixes + text).encode(), format=RdfFormat.TURTLE)]


def _find(report: Report, rule: str) -> list[str]:
    return [finding.message for finding in report if finding.rule == rule]


def test_an_empty_catalogue_has_no_findings(shapes: Shapes, vocabulary: Vocabulary) -> None:
    assert len(validate((), (), vocabulary, shapes, _nowhere)) == 0


def test_the_shipped_vocabulary_itself_is_clean(shapes: Shapes, vocabulary: Vocabulary) -> None:
    report = validate(vocabulary.triples, (), vocabulary, shapes, _nowhere)
    assert [(finding.rule, finding.focus_iri) for finding in report] == []


def test_a_finding_shows_the_value_and_where_it_stands(shapes: Shapes, vocabulary: Vocabulary) -> None:
    asked: list[tuple[str, str | None, str | None]] = []

    def locate(focus_iri: str, path_iri: str | None, value: str | None) -> tuple[SourcePlace, ...]:
        asked.append((focus_iri, path_iri, value))
        return (SourcePlace("films.csv", row=7, column="year"), SourcePlace("films.csv", row=2))

    triples = _triples('film:here a schema:Movie ; schema:name "Here" ; schema:dateCreated "twenty" .')
    report = validate(triples, (), vocabulary, shapes, locate)
    (finding,) = [each for each in report if each.rule == "Movie-dateCreated"]
    assert finding.message.endswith("Write it as YYYY, YYYY-MM or YYYY-MM-DD (found 'twenty').")
    assert finding.severity is Severity.VIOLATION
    assert (finding.focus_iri, finding.path_iri, finding.value) == (_FILM.value, SCHEMA.dateCreated, "twenty")
    assert [str(place) for place in finding.places] == ["films.csv, row 2", "films.csv, row 7, column year"]
    assert (_FILM.value, SCHEMA.dateCreated, "twenty") in asked
    assert report.blocks_release


def test_the_culprit_of_a_rule_is_the_focus_and_its_message_is_for_people(shapes: Shapes, vocabulary: Vocabulary) -> None:
    triples = _triples('film:here a schema:Movie ; schema:name "Here" ; schema:producer person:nobody .')
    report = validate(triples, (), vocabulary, shapes, _nowhere)
    (finding,) = [each for each in report if each.rule == "DanglingReference"]
    assert finding.focus_iri == _FILM.value
    assert finding.path_iri == SCHEMA.producer
    assert finding.value == _BASE + "person/nobody"
    assert finding.message.startswith("film/here refers to person/nobody (schema:producer), and nothing describes that.")


def test_warnings_and_infos_do_not_block_a_release(shapes: Shapes, vocabulary: Vocabulary) -> None:
    report = validate(_triples('film:here a schema:Movie ; schema:name "Here" .'), (), vocabulary, shapes, _nowhere)
    assert {finding.severity for finding in report} == {Severity.WARNING, Severity.INFO}
    assert not report.blocks_release


def test_the_same_data_give_the_same_report_in_any_order(shapes: Shapes, vocabulary: Vocabulary) -> None:
    triples = _triples(
        'film:a a schema:Movie ; schema:name "" . film:b a schema:Movie ; schema:dateCreated "x", "y" ; schema:actor "z" .'
    )
    first = validate(triples, (), vocabulary, shapes, _nowhere)
    assert first == validate(triples[::-1], (), vocabulary, shapes, _nowhere)
    assert len(first) > 5


def test_every_finding_is_of_a_rule_in_the_catalogue(shapes: Shapes, vocabulary: Vocabulary) -> None:
    catalogue = {info.id: info.severity for info in full_catalogue(shapes)}
    triples = _triples('film:b a schema:Movie ; schema:dateCreated "x" ; schema:actor "z" ; fg:credit [ schema:actor "q" ] .')
    for finding in validate(triples, (), vocabulary, shapes, _nowhere):
        assert catalogue[finding.rule] is finding.severity


def test_values_that_rdflib_cannot_read_make_findings_and_no_noise(
    shapes: Shapes, vocabulary: Vocabulary, caplog: pytest.LogCaptureFixture
) -> None:
    triples = _triples(
        'film:a a schema:Movie ; schema:name "A" ; schema:duration "long"^^xsd:duration ; fg:runtimeMinutes "x"^^xsd:integer .'
    )
    with caplog.at_level(logging.DEBUG, logger="rdflib.term"):
        report = validate(triples, (), vocabulary, shapes, _nowhere)
    assert _find(report, "Movie-duration")
    assert _find(report, "Movie-runtimeMinutes")
    assert [record for record in caplog.records if record.name == "rdflib.term"] == []
    assert not logging.getLogger("rdflib.term").disabled


def test_a_concept_that_the_data_use_is_looked_up_in_the_vocabulary(shapes: Shapes, vocabulary: Vocabulary) -> None:
    text = 'film:a a schema:Movie ; schema:name "A" ; schema:genre <https://filmgraph.example/id/genre/%s> .'
    known = validate(_triples(text % "drama"), (), vocabulary, shapes, _nowhere)
    unknown = validate(_triples(text % "no-such-genre"), (), vocabulary, shapes, _nowhere)
    assert _find(known, "Movie-genre") == []
    assert len(_find(unknown, "Movie-genre")) == 1


def test_plain_strings_are_rdflibs_plain_strings() -> None:
    """rdflib holds "x" and "x"^^xsd:string to be different; with the second no sh:in on texts would ever hold."""
    term = to_rdflib(Literal("won"))
    assert getattr(term, "datatype", "") is None
    assert str(to_rdflib(Literal("PT82M", datatype=NamedNode(XSD.duration)))) == "PT82M"
    assert getattr(to_rdflib(Literal("x", language="nl")), "language", "") == "nl"


def test_facts_know_texts_and_facts_but_index_no_concepts(vocabulary: Vocabulary) -> None:
    published = [Triple(_FILM, NamedNode(RDF.type), NamedNode(SCHEMA.Movie))]
    texts = [Triple(NamedNode(_BASE + "text/t"), NamedNode(SCHEMA.about), _FILM)]
    facts = Facts.of(published, texts, vocabulary)
    assert facts.of_class(SCHEMA.Movie) == [_FILM.value]
    assert facts.first(_BASE + "text/t", SCHEMA.about) == _FILM.value
    assert facts.first(_FILM.value, SCHEMA.name) is None
    assert set(facts.subjects) == {_FILM.value, _BASE + "text/t"}
    assert len(facts.store) == len(vocabulary.triples) + 2
    assert len(facts.graph) == 2


# -- shapes that are broken ----------------------------------------------------


def _shapes_folder(tmp_path: Path, **files: str) -> Path:
    for name, text in files.items():
        (tmp_path / f"{name}.ttl").write_text(_PREFIXES + text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "holds no Turtle file"),
        ({"movie": ":S a sh:NodeShape"}, "movie.ttl cannot be read as Turtle"),
        ({"movie": ':S a sh:NodeShape ; sh:message "m" ; rdfs:label "s" ; rdfs:comment "S." .'}, "S has the severity None"),
        ({"movie": ':S a sh:NodeShape ; sh:severity sh:Info ; rdfs:label "s" ; rdfs:comment "S." .'}, "has no message"),
        ({"movie": ':S a sh:NodeShape ; sh:severity sh:Info ; sh:message "m" .'}, "has no name"),
        ({"rules": ":R a sh:NodeShape ; sh:severity sh:Info ."}, "needs one sh:sparql"),
        ({"rules": _RULE % "SELECT $this ?other WHERE { ?other ?p ?o }"}, "must begin with SELECT"),
        ({"rules": _RULE % "SELECT $this ?value WHERE { ?value ?p }"}, "rule R does not parse"),
    ],
)
def test_broken_shapes_are_an_error_that_names_the_place(tmp_path: Path, files: dict[str, str], said: str) -> None:
    with pytest.raises(VocabularyError, match=said):
        load_shapes(_shapes_folder(tmp_path, **files))


def test_shapes_that_cannot_be_run_are_an_error_and_no_finding(tmp_path: Path, vocabulary: Vocabulary) -> None:
    text = """:S a sh:NodeShape ; sh:targetClass schema:Movie ; sh:severity sh:Info ; sh:message "m" ; rdfs:label "s" ;
        rdfs:comment "S." ; sh:minLength "x" ."""
    triples = [Triple(_FILM, NamedNode(RDF.type), NamedNode(SCHEMA.Movie))]
    with pytest.raises(VocabularyError, match="cannot be run"):
        validate(triples, (), vocabulary, load_shapes(_shapes_folder(tmp_path, movie=text)), _nowhere)


# -- shapes that would reach out -----------------------------------------------


@contextlib.contextmanager
def _canary() -> Iterator[tuple[str, list[object]]]:
    """A listener that counts who calls."""
    calls: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        done = threading.Event()

        def listen() -> None:
            while not done.is_set():
                with contextlib.suppress(TimeoutError):
                    connection, address = server.accept()
                    calls.append(address)
                    connection.close()

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/", calls
        finally:
            done.set()
            thread.join()


@pytest.mark.parametrize(
    "reaching",
    [
        "<https://festival.example/shapes> a owl:Ontology ; owl:imports <%s> .",
        """:T a sh:NodeShape ; sh:nodeKind sh:IRI ; sh:target [ a sh:SPARQLTarget ;
            sh:select "SELECT ?this WHERE { SERVICE <%s> { ?this ?p ?o } }" ] .""",
        """:T a sh:NodeShape ; sh:targetClass schema:Movie ; sh:js [ a sh:JSConstraint ; sh:jsFunctionName "f" ;
            sh:jsLibrary [ sh:jsLibraryURL "%s"^^xsd:anyURI ] ] .""",
    ],
    ids=["imports", "sparql-target", "javascript"],
)
def test_shapes_never_reach_out_to_the_network(tmp_path: Path, vocabulary: Vocabulary, reaching: str) -> None:
    with _canary() as (url, calls):
        shapes = load_shapes(_shapes_folder(tmp_path, movie=reaching % url))
        triples = [Triple(_FILM, NamedNode(RDF.type), NamedNode(SCHEMA.Movie))]
        # The reference takes what its settings let it; the compiled shapes refuse what they do not know.
        list(find_by_pyshacl(Facts.of(triples, (), vocabulary), shapes))
        with contextlib.suppress(VocabularyError):
            validate(triples, (), vocabulary, shapes, _nowhere)
        socket.create_connection(("127.0.0.1", int(url.rsplit(":", 1)[1].strip("/")))).close()
    assert len(calls) == 1, "only the test itself should have called"
