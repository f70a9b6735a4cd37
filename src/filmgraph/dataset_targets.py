"""The datasets of others that ours links to: what a linkset points at, found by an address or the kind of an identifier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from filmgraph.namespaces import FIAF, OWL, REL, SCHEMA, SKOS, WD, WDT

__all__ = ["LINK_PREDICATES", "TARGETS", "Target", "find_target", "identifier_target"]

#: Properties that say which thing elsewhere is the same as ours, or close to it.
LINK_PREDICATES: Final = frozenset(
    {
        SCHEMA.sameAs,
        OWL.sameAs,
        SKOS.exactMatch,
        SKOS.closeMatch,
        SKOS.broadMatch,
        SKOS.narrowMatch,
        SKOS.relatedMatch,
    }
)


@dataclass(frozen=True, slots=True)
class Target:
    """A dataset elsewhere.

    `uri_spaces` are how the IRIs of its things begin, `schemes` what `schema:propertyID` calls its identifiers.
    """

    key: str
    title: str
    homepage: str
    uri_spaces: tuple[str, ...]
    schemes: tuple[str, ...] = ()


TARGETS: Final = (
    Target(
        "wikidata", "Wikidata", "https://www.wikidata.org/",
        (WD, WDT, "https://www.wikidata.org/", "http://www.wikidata.org/"), ("wikidata",),
    ),
    Target("imdb", "IMDb", "https://www.imdb.com/", ("https://www.imdb.com/", "http://www.imdb.com/"), ("imdb",)),
    Target("tmdb", "The Movie Database", "https://www.themoviedb.org/", ("https://www.themoviedb.org/",), ("tmdb",)),
    Target("eidr", "EIDR", "https://www.eidr.org/", ("https://doi.org/10.5240/", "https://ui.eidr.org/"), ("eidr",)),
    Target("isan", "ISAN", "https://www.isan.org/", ("https://www.isan.org/", "urn:isan:"), ("isan",)),
    Target("isni", "ISNI", "https://isni.org/", ("https://isni.org/", "http://isni.org/", "http://www.isni.org/"), ("isni",)),
    Target("viaf", "VIAF", "https://viaf.org/", ("http://viaf.org/", "https://viaf.org/"), ("viaf",)),
    Target("gnd", "GND", "https://www.dnb.de/gnd", ("https://d-nb.info/gnd/", "http://d-nb.info/gnd/"), ("gnd",)),
    Target("geonames", "GeoNames", "https://www.geonames.org/", ("https://sws.geonames.org/", "http://sws.geonames.org/")),
    Target("loc-relators", "MARC relators of the Library of Congress", "https://id.loc.gov/vocabulary/relators", (REL,)),
    Target("loc", "Library of Congress linked data", "https://id.loc.gov/", ("http://id.loc.gov/", "https://id.loc.gov/")),
    Target("fiafcore", "FIAFcore", "https://fiafcore.org/", (FIAF,)),
)  # fmt: skip


def find_target(iri: str) -> Target | None:
    """Return the dataset that a thing elsewhere belongs to, or None for what is no http(s) address.

    A host that the table does not know is a dataset of its own.

    >>> find_target("http://www.wikidata.org/entity/Q1").title, find_target("https://films.example/a").key
    ('Wikidata', 'films.example')
    """
    known = next((each for each in TARGETS if iri.startswith(each.uri_spaces)), None)
    if known is not None or not iri.startswith(("http://", "https://")):
        return known
    host = urlsplit(iri).netloc
    return Target(host, host, f"https://{host}/", (f"http://{host}/", f"https://{host}/"))


def identifier_target(scheme: str) -> Target | None:
    """Return the dataset whose things `schema:propertyID` names by `scheme`, or None for numbers of one's own."""
    return next((each for each in TARGETS if scheme in each.schemes), None)
