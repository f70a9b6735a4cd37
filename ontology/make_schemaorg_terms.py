"""Writes `src/filmgraph/schemaorg_terms.json` from schema.org's vocabulary file: its terms' names and how they hang together.

Run by hand when schema.org makes a release: `python ontology/make_schemaorg_terms.py 30.0 path/to/schemaorg-all-http.ttl`.
Only names are taken, none of the texts.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path

from pyoxigraph import NamedNode, RdfFormat, parse

SCHEMA = "http://schema.org/"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
RDF_PROPERTY = "http://www.w3.org/1999/02/22-rdf-syntax-ns#Property"
RDFS_CLASS = "http://www.w3.org/2000/01/rdf-schema#Class"
RDFS_SUB_CLASS_OF = "http://www.w3.org/2000/01/rdf-schema#subClassOf"
TARGET_PATH = Path(__file__).resolve().parents[1] / "src" / "filmgraph" / "schemaorg_terms.json"

# subject → predicate → objects, all by their IRIs
Facts = dict[str, dict[str, set[str]]]


def make_terms(release: str, vocabulary_path: Path) -> str:
    """Return the term table as JSON, one term a line."""
    facts = _read_facts(vocabulary_path)
    terms = {iri: each for iri, each in facts.items() if iri.startswith(SCHEMA)}
    classes = {iri for iri, each in terms.items() if RDFS_CLASS in each[RDF_TYPE]}
    properties = {iri for iri, each in terms.items() if RDF_PROPERTY in each[RDF_TYPE]}
    members = {iri for iri, each in terms.items() if each[RDF_TYPE] & classes} - classes - properties
    superseded = {iri for iri in terms if terms[iri][SCHEMA + "supersededBy"]}
    tables = {
        "classes": _table(terms, classes, RDFS_SUB_CLASS_OF),
        "properties": _table(terms, properties, SCHEMA + "domainIncludes"),
        "members": _table(terms, members, RDF_TYPE),
        "superseded": _table(terms, superseded, SCHEMA + "supersededBy"),
    }
    parts = [f'"{name}": {{\n' + ",\n".join(rows) + "\n}" for name, rows in tables.items()]
    return "{\n" + f'"release": {json.dumps(release)},\n' + ",\n".join(parts) + "\n}\n"


def _read_facts(path: Path) -> Facts:
    facts: Facts = defaultdict(lambda: defaultdict(set))
    for quad in parse(path.read_bytes(), format=RdfFormat.TURTLE):
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
            facts[quad.subject.value][quad.predicate.value].add(quad.object.value)
    return facts


def _table(terms: Facts, names: set[str], predicate: str) -> list[str]:
    return [f"{json.dumps(_local(iri))}: {json.dumps(_locals(terms[iri][predicate]))}" for iri in sorted(names)]


def _locals(iris: set[str]) -> list[str]:
    return sorted(_local(iri) for iri in iris if iri.startswith(SCHEMA))


def _local(iri: str) -> str:
    return iri.removeprefix(SCHEMA)


if __name__ == "__main__":
    TARGET_PATH.write_text(make_terms(sys.argv[1], Path(sys.argv[2])), encoding="utf-8")
