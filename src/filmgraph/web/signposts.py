"""Which links a thing's page and its data documents have; the header takes the few that all clients need, the linkset has all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from filmgraph.describe import Description
from filmgraph.formats import DocumentFormat
from filmgraph.iris import Kind, ThingId
from filmgraph.namespaces import RDF, SCHEMA
from filmgraph.signposting import LINKSET, LinkContext, TypedLink
from filmgraph.web.links import to_uri
from filmgraph.web.site import Site

__all__ = ["header_links", "linkset_contexts"]

#: What FAIR Signposting calls a page about a thing; its own spelling, with https.
_ABOUT_PAGE: Final = "https://schema.org/AboutPage"
#: The formats that the header of a page tells of as descriptions; all are told of as alternatives.
_DESCRIBING: Final = (DocumentFormat.TURTLE, DocumentFormat.JSON_LD)
#: Properties that lead from a member to what it belongs to.
_PARTS: Final = (SCHEMA.superEvent, SCHEMA.containedInPlace)


def header_links(site: Site, thing: ThingId, iri: str, class_iris: Sequence[str], shown: DocumentFormat) -> Iterator[TypedLink]:
    """Yield the links of one representation of a thing's document, besides those to its other representations."""
    kind, key = thing.kind, thing.key
    is_page = shown is DocumentFormat.HTML
    yield TypedLink("canonical", to_uri(site.links.page_url(kind, key) if is_page else site.iris.document(kind, key)))
    yield from (TypedLink("type", to_uri(each)) for each in class_iris)
    yield from _licence(site, kind)
    yield TypedLink("linkset", site.links.linkset(kind, key), LINKSET.media_type)
    if is_page:
        yield TypedLink("type", _ABOUT_PAGE)
        yield TypedLink("cite-as", to_uri(iri))
        for each in _DESCRIBING:
            yield TypedLink("describedby", site.links.document(kind, key, each.suffix), each.media_type)
    else:
        yield TypedLink("describes", to_uri(iri))


def linkset_contexts(site: Site, description: Description) -> tuple[LinkContext, ...]:
    """Return all links of a thing's page and of each of its data documents, with absolute addresses."""
    kind, key, iri = description.thing.kind, description.thing.key, to_uri(description.iri)
    page_url = to_uri(site.iris.document(kind, key))
    page = LinkContext(page_url, tuple(_page_links(site, description)))
    to_page = TypedLink("alternate", page_url, DocumentFormat.HTML.media_type)
    links = (TypedLink("describes", iri), to_page, *_licence(site, kind))
    documents = (LinkContext(to_uri(site.iris.document(kind, key, each.suffix)), links) for each in _rdf_formats(site))
    return (page, *documents)


def _page_links(site: Site, description: Description) -> Iterator[TypedLink]:
    kind, key = description.thing.kind, description.thing.key
    yield TypedLink("cite-as", to_uri(description.iri))
    for each in description.iris(description.iri, RDF.type):
        yield TypedLink("type", to_uri(each))
    yield TypedLink("type", _ABOUT_PAGE)
    yield from _licence(site, kind)
    for each_format in _rdf_formats(site):
        url = to_uri(site.iris.document(kind, key, each_format.suffix))
        yield TypedLink("describedby", url, each_format.media_type, each_format.format.title)
    yield from _to_pages(site, description, "collection", description.iris(description.iri, *_PARTS))
    members = (iri for each in description.incoming if each.predicate_iri in _PARTS for iri in each.subjects)
    yield from _to_pages(site, description, "item", members)


def _rdf_formats(site: Site) -> tuple[DocumentFormat, ...]:
    return tuple(each for each in site.formats if each is not DocumentFormat.HTML)


def _to_pages(site: Site, description: Description, relation: str, iris: Iterable[str]) -> Iterator[TypedLink]:
    for iri in iris:
        thing = site.iris.parse(iri)
        if thing is not None:
            url = to_uri(site.iris.document(thing.kind, thing.key))
            yield TypedLink(relation, url, DocumentFormat.HTML.media_type, description.name(iri))


def _licence(site: Site, kind: Kind) -> Iterator[TypedLink]:
    """Yield the licence of the facts; a text has its own, or none."""
    if kind is not Kind.TEXT and site.settings.licence.startswith(("http://", "https://")):
        yield TypedLink("license", to_uri(site.settings.licence))
