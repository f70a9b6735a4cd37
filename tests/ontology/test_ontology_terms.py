"""`filmgraph.ttl` against its own rules, and every fg: term of the project against `filmgraph.ttl`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from filmgraph.iris import Kind
from filmgraph.namespaces import FG, FG_BASE, OWL, PREFIXES, RDF, RDFS, SCHEMA, SKOS
from filmgraph.schemaorg import load_terms

ROOT = Path(__file__).resolve().parents[2]
ONTOLOGY_PATH = ROOT / "ontology" / "filmgraph.ttl"
ONTOLOGY_IRI = FG_BASE + "ns"
TRIPLES = [quad.triple for quad in parse(ONTOLOGY_PATH.read_bytes(), format=RdfFormat.TURTLE)]
TERMS = sorted(
    {each.subject.value for each in TRIPLES if isinstance(each.subject, NamedNode) and each.subject.value.startswith(FG)}
)
# Folders whose files may use our terms, and what such files are.
USERS = {"src": ("*.py", "*.html"), "shapes": ("*.ttl",), "docs": ("*.md",), "data": ("*.ttl", "*.toml"), "ontology": ("*.ttl",)}
USE = re.compile(r"\bFG\.(\w+)\b(?!\()|\bfg:(\w+)")


def objects(subject: str, predicate: str) -> list[NamedNode | Literal]:
    found = [each.object for each in TRIPLES if each.subject == NamedNode(subject) and each.predicate.value == predicate]
    return [each for each in found if isinstance(each, NamedNode | Literal)]


def iter_used_terms() -> Iterator[tuple[str, Path]]:
    for folder, patterns in USERS.items():
        for path in (path for pattern in patterns for path in sorted((ROOT / folder).rglob(pattern))):
            if path != ONTOLOGY_PATH:
                for match in USE.finditer(path.read_text(encoding="utf-8")):
                    yield FG.term(match[1] or match[2]), path.relative_to(ROOT)


def test_ontology_describes_itself() -> None:
    assert objects(ONTOLOGY_IRI, RDF.type) == [NamedNode(OWL.Ontology)]
    assert objects(ONTOLOGY_IRI, "http://purl.org/dc/terms/license") == [
        NamedNode("https://creativecommons.org/publicdomain/zero/1.0/")
    ]
    version = objects(ONTOLOGY_IRI, OWL.versionInfo)[0].value
    assert objects(ONTOLOGY_IRI, OWL.versionIRI) == [NamedNode(f"{ONTOLOGY_IRI}/{version}")]


@pytest.mark.parametrize("iri", TERMS)
def test_term_has_one_label_in_each_language(iri: str) -> None:
    languages = [each.language for each in objects(iri, RDFS.label) if isinstance(each, Literal)]
    assert sorted(map(str, languages)) == ["en", "fr", "nl"]


@pytest.mark.parametrize("iri", TERMS)
def test_term_has_a_comment_and_says_where_it_is_defined(iri: str) -> None:
    comments = [each for each in objects(iri, RDFS.comment) if isinstance(each, Literal)]
    assert [each.language for each in comments] == ["en"]
    assert comments[0].value.endswith(".")
    assert objects(iri, RDFS.isDefinedBy) == [NamedNode(ONTOLOGY_IRI)]


def parse_example(text: str) -> list[Triple]:
    things = {kind.segment: f"{FG_BASE}id/{kind.segment}/" for kind in Kind}
    header = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in (PREFIXES | things).items())
    return [quad.triple for quad in parse(header + text, format=RdfFormat.TURTLE)]


@pytest.mark.parametrize("iri", TERMS)
def test_example_is_turtle_that_uses_the_term_rightly(iri: str) -> None:
    examples = [each.value for each in objects(iri, SKOS.example)]
    assert len(examples) == 1
    triples = parse_example(examples[0])
    assert any(NamedNode(iri) in (each.predicate, each.object) for each in triples), f"the example of {iri} does not use it"
    assert load_terms().check(triples) == []


PROPERTIES = [
    iri for iri in TERMS if {NamedNode(OWL.ObjectProperty), NamedNode(OWL.DatatypeProperty)} & set(objects(iri, RDF.type))
]


@pytest.mark.parametrize("iri", PROPERTIES)
def test_property_says_what_it_is_for(iri: str) -> None:
    assert objects(iri, SCHEMA.domainIncludes)
    ranges = {each.value for each in objects(iri, SCHEMA.rangeIncludes)}
    is_datatype = all(each.startswith("http://www.w3.org/2001/XMLSchema#") or each == RDF.langString for each in ranges)
    assert ranges
    assert is_datatype == (NamedNode(OWL.DatatypeProperty) in objects(iri, RDF.type))


def test_every_kind_of_thing_of_ours_is_a_class() -> None:
    classes = {iri for iri in TERMS if NamedNode(OWL.Class) in objects(iri, RDF.type)}
    assert {kind.class_iri for kind in Kind if kind.class_iri.startswith(FG)} <= classes
    assert all(objects(iri, RDFS.subClassOf) for iri in classes)


def test_term_is_not_one_that_schema_org_has() -> None:
    terms = load_terms()
    # schema:award is a text and schema:character is a property: ours differ and say so in their comments.
    same = {iri.removeprefix(FG) for iri in TERMS if terms.is_known(SCHEMA.term(iri.removeprefix(FG)))}
    assert same == {"award"}


def test_every_term_in_use_is_defined() -> None:
    unknown = sorted({(iri, str(path)) for iri, path in iter_used_terms() if iri not in TERMS})
    assert unknown == []


def test_every_defined_term_is_in_use() -> None:
    used = {iri for iri, _ in iter_used_terms()}
    assert len(used) > 20
    assert sorted(set(TERMS) - used) == []
