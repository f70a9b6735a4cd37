"""Every schema.org and SHACL term that the project uses exists, is current and stands where it may."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, RdfFormat, Triple, parse
from rdflib import SH as RDFLIB_SH
from rdflib import URIRef

from filmgraph.iris import Kind
from filmgraph.namespaces import FG_BASE, PREFIXES, SCHEMA, SH, SKOS
from filmgraph.schemaorg import TermFault, load_terms
from filmgraph.vocabulary import load_vocabulary

ROOT = Path(__file__).resolve().parents[2]
TERMS = load_terms()
USERS = {
    "src": ("*.py", "*.html"),
    "shapes": ("*.ttl", "*.rq"),
    "docs": ("*.md",),
    "data": ("*.ttl", "*.toml"),
    "ontology": ("*.ttl",),
}
USE = re.compile(r"\bSCHEMA\.(\w+)\b(?!\()|\bschema:(\w+)|http://schema\.org/(\w+)")
SHAPES_USE = re.compile(r"\bsh:(\w+)")
SHAPES_PATHS = sorted((ROOT / "shapes").rglob("*.ttl"))
TURTLE_PATHS = [path for folder in ("ontology", "data") for path in sorted((ROOT / folder).rglob("*.ttl"))]


def iter_used_terms(text: str) -> Iterator[str]:
    for match in USE.finditer(text):
        yield SCHEMA.term(match[1] or match[2] or match[3])


def iter_files() -> Iterator[Path]:
    for folder, patterns in USERS.items():
        for pattern in patterns:
            yield from sorted((ROOT / folder).rglob(pattern))


def find_faults(text: str) -> list[str]:
    used = sorted(set(iter_used_terms(text)))
    return [iri for iri in used if not TERMS.is_known(iri) or TERMS.superseded_by(iri)]


@pytest.mark.parametrize("path", list(iter_files()), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_schema_org_term_in_a_file_is_current(path: Path) -> None:
    assert find_faults(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("text", ["SCHEMA.distributor", "schema:actors", "<http://schema.org/Film>"])
def test_lint_of_terms_finds_what_is_wrong(text: str) -> None:
    assert len(find_faults(text)) == 1


@pytest.mark.parametrize("path", TURTLE_PATHS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_schema_org_term_in_turtle_fits(path: Path) -> None:
    triples = [quad.triple for quad in parse(path.read_bytes(), format=RdfFormat.TURTLE)]
    assert TERMS.check(triples) == []


def test_vocabulary_as_a_whole_fits() -> None:
    assert TERMS.check(load_vocabulary().triples) == []


def to_turtle(block: str) -> str:
    """Return an example of the data model's page as Turtle: without its marks of omission."""
    things = {kind.segment: f"{FG_BASE}id/{kind.segment}/" for kind in Kind}
    header = f"@base <{FG_BASE}> .\n" + "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in (PREFIXES | things).items())
    block = re.sub(r" , … (?=[.;])", " ", block.replace("<B ", "<"))
    block = re.sub(r"fg:credit … ", "fg:credit credit:x ", block)
    return header + block.replace("…", "x")


def read_model_examples() -> list[Triple]:
    text = (ROOT / "docs" / "data-model.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```turtle\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    return [quad.triple for block in blocks for quad in parse(to_turtle(block).encode(), format=RdfFormat.TURTLE)]


def test_examples_of_the_data_model_fit() -> None:
    triples = read_model_examples()
    assert len(triples) > 120
    assert TERMS.check(triples) == []


def test_examples_of_the_data_model_use_concepts_that_exist() -> None:
    vocabulary = load_vocabulary()
    segments = {f"{FG_BASE}id/{kind.segment}/" for kind in Kind if vocabulary.concepts(kind)}
    used = {each.object.value for each in read_model_examples() if isinstance(each.object, NamedNode)}
    concepts = {iri for iri in used if iri.startswith(tuple(segments))}
    assert len(concepts) >= 4
    assert [iri for iri in sorted(concepts) if vocabulary.by_iri(iri) is None] == []


def test_examples_of_the_data_model_agree_with_the_schemes() -> None:
    shipped = {(each.subject, each.predicate): set[object]() for each in load_vocabulary().triples}
    for each in load_vocabulary().triples:
        shipped[each.subject, each.predicate].add(each.object)
    told = [each for each in read_model_examples() if each.predicate.value in (SKOS.prefLabel, SKOS.broader, SKOS.notation)]
    assert len(told) >= 7
    assert [str(each) for each in told if each.object not in shipped.get((each.subject, each.predicate), set())] == []


@pytest.mark.parametrize("path", SHAPES_PATHS, ids=lambda path: str(path.name))
def test_every_shacl_term_in_a_shapes_file_exists(path: Path) -> None:
    used = set(SHAPES_USE.findall(path.read_text(encoding="utf-8")))
    assert sorted(name for name in used if not is_shacl_term(name)) == []


def is_shacl_term(name: str) -> bool:
    return URIRef(SH.term(name)) in RDFLIB_SH


@pytest.mark.parametrize(
    ("name", "known"), [("datatype", True), ("in", True), ("or", True), ("dataType", False), ("minCounts", False)]
)
def test_lint_of_shacl_terms_knows_its_vocabulary(name: str, known: bool) -> None:
    assert is_shacl_term(name) is known


@pytest.mark.parametrize("path", SHAPES_PATHS, ids=lambda path: str(path.name))
def test_every_schema_org_term_in_shapes_is_known_to_the_linter(path: Path) -> None:
    triples = [quad.triple for quad in parse(path.read_bytes(), format=RdfFormat.TURTLE)]
    assert [each for each in TERMS.check(triples) if each.fault is not TermFault.HTTPS] == []
