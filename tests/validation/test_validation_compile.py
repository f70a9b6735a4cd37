"""The compiled core shapes say what pySHACL says: parameter by parameter, and on a catalogue that is broken in a hundred ways."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from filmgraph.errors import VocabularyError
from filmgraph.findings import Report
from filmgraph.namespaces import RDF, SCHEMA, XSD
from filmgraph.validation import Shapes, load_shapes
from filmgraph.validation_compile import compile_shapes
from filmgraph.validation_facts import Facts
from filmgraph.validation_reference import find_by_pyshacl
from filmgraph.vocabulary import Vocabulary, load_vocabulary
from tests.conftest import Built

_PREFIXES = """@prefix : <https://filmgraph.example/shapes#> . @prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix x: <https://x.example/> .
@prefix schema: <http://schema.org/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
_SAID = 'sh:severity sh:Warning ; sh:message "it is wrong" ; rdfs:label "l" ; rdfs:comment "c" ; sh:name "n" ; sh:description "d"'
# Values of many kinds, some of them ill-typed, on things that link to each other.
_DATA = """
x:a a x:T ; x:p 1, 2.5, "2.5"^^xsd:float, "x", "x"@en, "y"@EN-gb, "z"@nl, "w"@en, true, "yes"^^xsd:boolean, x:b,
    [ a x:U ], "" ; x:q 2 .
x:b a x:T, x:U ; x:q "2019-02-03"^^xsd:date ;
    x:p "2019-02-30"^^xsd:date, "2019-02-03"^^xsd:date, "2019"^^xsd:gYear, "PT1H"^^xsd:duration .
x:c a x:V ; x:p "2026-10-25T02:30:00+02:00"^^xsd:dateTime ; x:q "2026-10-25T02:30:00+01:00"^^xsd:dateTime ; x:r x:b .
x:d x:q x:a, x:b ; x:p "abc", "b", x:c . x:e a x:T . x:V rdfs:subClassOf x:W . x:W rdfs:subClassOf x:T .
"""
_ORDERED_DATA = """
x:a x:p 1, 2.5, 3 ; x:q 2 . x:b x:p "2019-02-03"^^xsd:date, "2019-02-04"^^xsd:date ; x:q "2019-02-03"^^xsd:date .
x:c x:p "2026-10-25T02:30:00+02:00"^^xsd:dateTime ; x:q "2026-10-25T02:30:00+01:00"^^xsd:dateTime .
x:d x:p "a", "c", x:a ; x:q "b" . x:e x:p 1 ; x:q "1" . x:f x:p 2 .
"""
_PARAMETERS = (
    "sh:minCount 1",
    "sh:minCount 2 ; sh:maxCount 3",
    "sh:maxCount 0",
    "sh:nodeKind sh:IRI",
    "sh:nodeKind sh:Literal",
    "sh:nodeKind sh:BlankNode",
    "sh:nodeKind sh:BlankNodeOrIRI",
    "sh:nodeKind sh:BlankNodeOrLiteral",
    "sh:nodeKind sh:IRIOrLiteral",
    *(
        f"sh:datatype {each}"
        for each in ("xsd:string", "rdf:langString", "xsd:integer", "xsd:decimal", "xsd:float", "xsd:boolean")
    ),
    *(f"sh:datatype {each}" for each in ("xsd:date", "xsd:dateTime", "xsd:gYear", "xsd:duration")),
    'sh:pattern "^[a-c]"',
    'sh:pattern "x.example/b$"',
    "sh:minLength 2",
    "sh:maxLength 1",
    "sh:minInclusive 2",
    "sh:maxInclusive 2",
    "sh:minExclusive 1",
    "sh:maxExclusive 2.5",
    'sh:minInclusive "2019-02-03"^^xsd:date',
    'sh:maxInclusive "b"',
    'sh:in ( "x" x:b 1 "z"@nl )',
    'sh:languageIn ( "en" )',
    'sh:languageIn ( "nl" "en-gb" )',
    "sh:uniqueLang true",
    "sh:uniqueLang false",
    "sh:class x:U",
    "sh:class x:W",
    "sh:lessThan x:q",
    "sh:lessThanOrEquals x:q",
    "sh:or ( [ sh:datatype xsd:string ] [ sh:class x:U ] [ sh:nodeKind sh:BlankNode ] )",
    'sh:not [ sh:pattern "x" ]',
    'sh:or ( [ sh:not [ sh:nodeKind sh:IRI ] ] [ sh:pattern "b" ; sh:class x:T ] )',
    "sh:qualifiedValueShape [ sh:datatype xsd:string ] ; sh:qualifiedMinCount 2",
)
_PATHS = (
    "x:p",
    "[ sh:inversePath x:q ]",
    "[ sh:alternativePath ( x:p x:q ) ]",
    "( x:r x:p )",
    "[ sh:alternativePath ( [ sh:inversePath x:r ] ( x:q x:q ) ) ]",
)
_TARGETS = ("sh:targetClass x:T", "sh:targetSubjectsOf x:q", "sh:targetClass x:W ; sh:targetSubjectsOf x:r")


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return load_vocabulary()


def _load(folder: Path, text: str) -> Shapes:
    (folder / "movie.ttl").write_text(_PREFIXES + text, encoding="utf-8")
    return load_shapes(folder)


def _triples(text: str) -> list[Triple]:
    return [quad.triple for quad in parse((_PREFIXES + text).encode(), format=RdfFormat.TURTLE)]


def _compare(facts: Facts, shapes: Shapes) -> Report:
    compiled, reference = Report.of(compile_shapes(shapes).find(facts.local)), Report.of(find_by_pyshacl(facts, shapes))
    assert set(compiled) - set(reference) == set()
    assert set(reference) - set(compiled) == set()
    return compiled


@pytest.mark.parametrize("parameter", _PARAMETERS)
def test_a_parameter_means_what_it_means_to_pyshacl(tmp_path: Path, vocabulary: Vocabulary, parameter: str) -> None:
    # pySHACL ends with an exception where two values have no order at all.
    data = _ORDERED_DATA if "sh:lessThan" in parameter else _DATA
    shapes = _load(
        tmp_path, f":S a sh:NodeShape ; sh:targetSubjectsOf x:p ; sh:property :P . :P sh:path x:p ; {parameter} ; {_SAID} ."
    )
    report = _compare(Facts.of(_triples(data), (), vocabulary), shapes)
    assert report or parameter in ("sh:minCount 1", "sh:uniqueLang false")


@pytest.mark.parametrize("path", _PATHS)
@pytest.mark.parametrize("target", _TARGETS)
def test_a_path_leads_where_pyshacls_leads(tmp_path: Path, vocabulary: Vocabulary, path: str, target: str) -> None:
    shapes = _load(
        tmp_path,
        f""":S a sh:NodeShape ; {target} ; sh:property :P, :Q . :P sh:path {path} ; sh:minCount 1 ; sh:maxCount 2 ; {_SAID} .
        :Q sh:path {path} ; sh:nodeKind sh:IRI ; {_SAID} .""",
    )
    assert _compare(Facts.of(_triples(_DATA), (), vocabulary), shapes)


@pytest.mark.parametrize("parameter", ['sh:nodeKind sh:IRI ; sh:pattern "[ab]$"', "sh:nodeKind sh:BlankNode", "sh:class x:U"])
def test_a_node_shape_speaks_of_the_thing_itself(tmp_path: Path, vocabulary: Vocabulary, parameter: str) -> None:
    shapes = _load(tmp_path, f":S a sh:NodeShape ; sh:targetClass x:T, x:U ; {parameter} ; {_SAID} .")
    assert _compare(Facts.of(_triples(_DATA), (), vocabulary), shapes)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f":S sh:targetClass x:T ; sh:closed true ; {_SAID} .", "S uses <http://www.w3.org/ns/shacl#closed>"),
        (f":S sh:targetClass x:T ; sh:property :P . :P sh:path x:p ; sh:hasValue 1 ; {_SAID} .", "P uses .*hasValue"),
        (f":S sh:targetClass x:T ; sh:property :P . :P sh:minCount 1 ; {_SAID} .", "P has no sh:path"),
        (f":S sh:targetClass x:T ; sh:property :P . :P sh:path [ sh:zeroOrMorePath x:p ] ; {_SAID} .", "a path of the shapes"),
        (f":S sh:targetNode x:a ; sh:nodeKind sh:IRI ; {_SAID} .", "S has .*targetNode"),
        (f":S sh:targetObjectsOf x:p ; sh:nodeKind sh:IRI ; {_SAID} .", "S has .*targetObjectsOf"),
        (f':S sh:targetClass x:T ; sh:pattern "(" ; {_SAID} .', "S cannot be run"),
        (f':S sh:targetClass x:T ; sh:property :P . :P sh:path x:p ; sh:minCount "x" ; {_SAID} .', "P cannot be run"),
        (f":S sh:targetClass x:T ; sh:or ( [ sh:path x:p ; sh:minCount 1 ] ) ; {_SAID} .", "may only speak of the value itself"),
        (f":S sh:targetClass x:T ; sh:not [] ; {_SAID} .", "is empty"),
        (":S sh:targetClass x:T ; sh:nodeKind sh:IRI .", "S asks for something"),
    ],
)
def test_what_is_not_compiled_is_an_error(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(VocabularyError, match=said):
        compile_shapes(_load(tmp_path, text))


def test_values_without_an_order_are_not_in_order(tmp_path: Path, vocabulary: Vocabulary) -> None:
    shapes = _load(
        tmp_path, f":S sh:targetSubjectsOf x:p ; sh:property :P . :P sh:path x:p ; sh:lessThanOrEquals x:q ; {_SAID} ."
    )
    facts = Facts.of(_triples('x:a x:p "2019"^^xsd:gYear ; x:q "2019-02-03"^^xsd:date .'), (), vocabulary)
    assert [each.value for each in compile_shapes(shapes).find(facts.local)] == ["2019"]


def test_only_the_things_that_are_asked_for_are_held_to_the_shapes(tmp_path: Path, vocabulary: Vocabulary) -> None:
    shapes = _load(tmp_path, f":S sh:targetClass x:T ; sh:property :P . :P sh:path x:none ; sh:minCount 1 ; {_SAID} .")
    facts = Facts.of(_triples(_DATA), (), vocabulary)
    some = list(compile_shapes(shapes).find(facts.local, ["https://x.example/a", "https://x.example/gone"]))
    assert [each.focus_iri for each in some] == ["https://x.example/a"]


@pytest.mark.parametrize("seed", range(6))
def test_a_broken_catalogue_is_broken_for_both(demo_release: Built, vocabulary: Vocabulary, seed: int) -> None:
    chance = random.Random(seed)
    shapes = load_shapes()
    published = demo_release.assembly.published
    films = sorted({_thing(each.subject) for each in published if "/id/film/" in str(each.subject)})
    near = set(chance.sample(films, 8))
    near |= {_thing(each.object) for each in published if _thing(each.subject) in near and "/id/" in str(each.object)}
    triples = sorted((each for each in published if _thing(each.subject) in near), key=str)
    broken = list(dict.fromkeys(_break(triples, chance)))
    assert len(_compare(Facts.of(broken, demo_release.assembly.resolution.texts, vocabulary), shapes)) > 10


def _thing(term: object) -> str:
    return str(term).strip("<>").partition("#")[0]


def _break(triples: list[Triple], chance: random.Random) -> Iterator[Triple]:
    """Leave out, double, retype and mix up one triple in five."""
    for triple in triples:
        match chance.randrange(25):
            case 0:
                continue
            case 1:
                yield triple
                yield Triple(triple.subject, triple.predicate, chance.choice(triples).object)
            case 2:
                text = getattr(triple.object, "value", "x")
                datatype = chance.choice((XSD.date, XSD.integer, XSD.gYear, XSD.dateTime, XSD.duration, XSD.boolean, XSD.string))
                yield Triple(triple.subject, triple.predicate, Literal(text, datatype=NamedNode(datatype)))
            case 3:
                yield Triple(triple.subject, triple.predicate, Literal(" ", language=chance.choice(("en", "nl", "xx"))))
            case 4:
                yield Triple(BlankNode("b" + str(chance.randrange(3))), triple.predicate, triple.object)
                yield Triple(
                    triple.subject, NamedNode(RDF.type), NamedNode(chance.choice((SCHEMA.Movie, SCHEMA.Person, SCHEMA.Role)))
                )
            case _:
                yield triple
