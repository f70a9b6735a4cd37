"""The context of every lossless JSON-LD document: one fixed table, so that a key always has the same meaning and shape."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Any, Final

from filmgraph.namespaces import FG, PREFIXES, PROV, SCHEMA, SKOS, XSD

__all__ = ["CONTEXT", "DATATYPES", "LINKS", "to_term"]

#: The properties whose values are IRIs (https://www.w3.org/TR/json-ld11/#type-coercion).
LINKS: Final = (
    SCHEMA.about, SCHEMA.actor, SCHEMA.address, SCHEMA.author, SCHEMA.character, SCHEMA.containedInPlace, SCHEMA.contentLocation,
    SCHEMA.contributor, SCHEMA.copyrightHolder, SCHEMA.countryOfOrigin, SCHEMA.director, SCHEMA.editor,
    SCHEMA.eventAttendanceMode, SCHEMA.eventStatus, SCHEMA.genre, SCHEMA.identifier, SCHEMA.image, SCHEMA.license,
    SCHEMA.location, SCHEMA.musicBy, SCHEMA.organizer, SCHEMA.performer, SCHEMA.producer, SCHEMA.productionCompany,
    SCHEMA.publisher, SCHEMA.roleName, SCHEMA.sameAs, SCHEMA.superEvent, SCHEMA.translator, SCHEMA.url, SCHEMA.workPresented,
    FG.award, FG.awardedTo, FG.certainty, FG.credit, FG.directProperty, FG.form, FG.inSection, FG.inspiredBy,
    PROV.wasDerivedFrom, SKOS.broader, SKOS.inScheme, SKOS.topConceptOf,
)  # fmt: skip
#: The properties whose values have one datatype.
DATATYPES: Final = MappingProxyType({SCHEMA.dateCreated: XSD.gYear, SCHEMA.duration: XSD.duration})
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]*\Z")


def to_term(iri: str) -> str:
    """Return the key that stands for a property or class: schema.org's bare name, another's prefixed name, or the IRI.

    >>> to_term("http://schema.org/name"), to_term("http://www.w3.org/2004/02/skos/core#broader")
    ('name', 'skos:broader')
    """
    for prefix, namespace in PREFIXES.items():
        local = iri[len(namespace) :]
        if iri.startswith(namespace) and _NAME.match(local):
            return local if namespace == SCHEMA else f"{prefix}:{local}"
    return iri


def _make_context() -> dict[str, Any]:
    context: dict[str, Any] = {"@vocab": str(SCHEMA)}
    context |= {prefix: str(namespace) for prefix, namespace in sorted(PREFIXES.items())}
    for iri in sorted(LINKS):
        context[to_term(iri)] = {"@id": iri, "@type": "@id"}
    for iri, datatype in sorted(DATATYPES.items()):
        context[to_term(iri)] = {"@id": iri, "@type": datatype}
    return context


#: The context of every document, written inline: a reader fetches nothing.
CONTEXT: Final = _make_context()
