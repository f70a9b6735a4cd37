"""The only file that spells a namespace IRI.

`SCHEMA` is `http://schema.org/`: schema.org's own JSON-LD context expands to http, and one graph must not hold two
spellings (rdflib's built-in `SDO` is https and is not used).
"""

from __future__ import annotations

from typing import Final

__all__ = [
    "AS",
    "DCAT",
    "DCTERMS",
    "EU_AUTHORITY",
    "FG",
    "FG_BASE",
    "FIAF",
    "FOAF",
    "LDES",
    "OWL",
    "PREFIXES",
    "PROV",
    "RDF",
    "RDFS",
    "REL",
    "SCHEMA",
    "SD",
    "SH",
    "SHAPES",
    "SKOS",
    "SPDX",
    "TREE",
    "VOID",
    "WD",
    "WDT",
    "XSD",
    "Namespace",
    "shorten",
]


class Namespace(str):
    """A namespace IRI; an attribute is a term in it: `SCHEMA.name` is `http://schema.org/name`.

    A term named like a method of `str` (`dcterms:title`) or like a keyword needs `term` or a trailing underscore.
    """

    def __getattr__(self, local: str) -> str:
        if local.startswith("_"):
            raise AttributeError(local)
        # Kept, so that the next time the attribute is found without coming here: a build asks millions of times.
        iri = self.__dict__[local] = str(self) + local.removesuffix("_")
        return iri

    def term(self, local: str) -> str:
        """Return the IRI of the term `local`, for names that are no Python attribute."""
        return str(self) + local


# `example` is reserved (RFC 2606): the vocabulary moves to a domain of its own in one place, here.
FG_BASE: Final = "https://filmgraph.example/"

FG: Final = Namespace(FG_BASE + "ns#")
SHAPES: Final = Namespace(FG_BASE + "shapes#")
SCHEMA: Final = Namespace("http://schema.org/")
RDF: Final = Namespace("http://www.w3.org/1999/02/22-rdf-syntax-ns#")
RDFS: Final = Namespace("http://www.w3.org/2000/01/rdf-schema#")
OWL: Final = Namespace("http://www.w3.org/2002/07/owl#")
XSD: Final = Namespace("http://www.w3.org/2001/XMLSchema#")
SKOS: Final = Namespace("http://www.w3.org/2004/02/skos/core#")
PROV: Final = Namespace("http://www.w3.org/ns/prov#")
DCTERMS: Final = Namespace("http://purl.org/dc/terms/")
DCAT: Final = Namespace("http://www.w3.org/ns/dcat#")
FOAF: Final = Namespace("http://xmlns.com/foaf/0.1/")
VOID: Final = Namespace("http://rdfs.org/ns/void#")
SD: Final = Namespace("http://www.w3.org/ns/sparql-service-description#")
SH: Final = Namespace("http://www.w3.org/ns/shacl#")
SPDX: Final = Namespace("http://spdx.org/rdf/terms#")
AS: Final = Namespace("https://www.w3.org/ns/activitystreams#")
LDES: Final = Namespace("https://w3id.org/ldes#")
TREE: Final = Namespace("https://w3id.org/tree#")
VCARD: Final = Namespace("http://www.w3.org/2006/vcard/ns#")
EU_AUTHORITY: Final = Namespace("http://publications.europa.eu/resource/authority/")
IANA: Final = Namespace("https://www.iana.org/assignments/media-types/")
REL: Final = Namespace("http://id.loc.gov/vocabulary/relators/")
FIAF: Final = Namespace("https://fiafcore.org/ontology/")
WD: Final = Namespace("http://www.wikidata.org/entity/")
WDT: Final = Namespace("http://www.wikidata.org/prop/direct/")

#: Prefixes used in every Turtle file and example; published at `/sparql` and in the dumps.
PREFIXES: Final[dict[str, Namespace]] = {
    "dcat": DCAT,
    "dcterms": DCTERMS,
    "fg": FG,
    "fiaf": FIAF,
    "foaf": FOAF,
    "owl": OWL,
    "prov": PROV,
    "rdf": RDF,
    "rdfs": RDFS,
    "rel": REL,
    "schema": SCHEMA,
    "sd": SD,
    "sh": SH,
    "skos": SKOS,
    "spdx": SPDX,
    "vcard": VCARD,
    "void": VOID,
    "wd": WD,
    "wdt": WDT,
    "xsd": XSD,
}


def shorten(iri: str) -> str:
    """Return `iri` as a prefixed name for a person to read, or unchanged when no prefix fits.

    >>> shorten("http://schema.org/name")
    'schema:name'
    """
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace) and "/" not in iri[len(namespace) :]:
            return f"{prefix}:{iri[len(namespace) :]}"
    return iri
