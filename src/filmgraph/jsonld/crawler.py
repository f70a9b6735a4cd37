"""The JSON-LD block in a page, in the plain form that search engines read.

`@context` is the bare string `https://schema.org`, because crawlers read no other. Things are nested with type, IRI, name and
page; a label stands where the graph has a concept. It is written from the same description as the page, and is never read back as
data.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, Final

from filmgraph.describe import Description
from filmgraph.iris import Kind
from filmgraph.jsonld.events import festival, screening, section, series
from filmgraph.jsonld.movie import AGENTS, movie
from filmgraph.jsonld.writer import CONTEXT_URL, Body, Writer, without_empty
from filmgraph.languages import FIRST_LANGUAGE
from filmgraph.namespaces import SCHEMA, SKOS
from filmgraph.vocabulary import Vocabulary

__all__ = ["crawler_document", "crawler_list", "crawler_trail", "crawler_website", "to_script"]

_CREDITED: Final = (*AGENTS, "actor", "performer", "contributor")
_LICENCE: Final = "https://creativecommons.org/publicdomain/zero/1.0/"


def _person(writer: Writer, iri: str) -> Body:
    return {**writer.members(iri, "birthDate", "deathDate"), **writer.identity(iri)}


def _venue(writer: Writer, iri: str) -> Body:
    halls = [writer.thing(each) for each in writer.incoming("containedInPlace", Kind.HALL)]
    address, count = writer.addresses(iri), writer.number(iri, "screenCount")
    return {"address": address, "screenCount": count, "containsPlace": halls, **writer.identity(iri)}


def _hall(writer: Writer, iri: str) -> Body:
    places = [writer.thing(each) | {"address": writer.addresses(each)} for each in writer.urls(iri, "containedInPlace")]
    return {"containedInPlace": places, "maximumAttendeeCapacity": writer.number(iri, "maximumAttendeeCapacity")}


def _work(writer: Writer, iri: str) -> Body:
    return {"author": writer.things(iri, "author"), **writer.identity(iri)}


def _text(writer: Writer, iri: str) -> Body:
    """Return whose a text is and what it is about; its words are not ours to hand on."""
    agents = {name: writer.things(iri, name) for name in ("copyrightHolder", "publisher")}
    return {"about": writer.things(iri, "about"), "license": writer.urls(iri, "license"), **agents}


def _image(writer: Writer, iri: str) -> Body:
    links = {name: writer.urls(iri, name) for name in ("contentUrl", "license")}
    holders = writer.things(iri, "copyrightHolder")
    return {**links, **writer.members(iri, "creditText"), "copyrightHolder": holders, **writer.identity(iri)}


def _source(writer: Writer, iri: str) -> Body:
    return {"publisher": writer.things(iri, "publisher"), "inLanguage": writer.texts(iri, "inLanguage")}


def _concept(writer: Writer, iri: str) -> Body:
    definition = writer.description.text(iri, SKOS.definition)
    return {"description": definition, "termCode": writer.description.text(iri, SKOS.notation), **writer.identity(iri)}


def _credit(writer: Writer, iri: str) -> Body:
    """Return who did what; a credit has no name of its own, so it is called after both."""
    agents = {name: writer.things(iri, name) for name in _CREDITED}
    names = [each["name"] for found in agents.values() for each in found]
    roles = writer.labels(iri, SCHEMA.roleName)
    called = {"name": f"{', '.join(names)} ({', '.join(roles)})"} if names and roles else {}
    return {**called, **agents, "roleName": roles, **writer.members(iri, "characterName")}


def _place(writer: Writer, iri: str) -> Body:
    return {"address": writer.addresses(iri), **writer.identity(iri)}


_BODIES: Final[dict[Kind, Callable[[Writer, str], Body]]] = {
    Kind.FILM: movie,
    Kind.SCREENING: screening,
    Kind.FESTIVAL: festival,
    Kind.SERIES: series,
    Kind.SECTION: section,
    Kind.VENUE: _venue,
    Kind.HALL: _hall,
    Kind.PLACE: _place,
    Kind.WORK: _work,
    Kind.TEXT: _text,
    Kind.IMAGE: _image,
    Kind.SOURCE: _source,
    Kind.CREDIT: _credit,
    Kind.ROLE: _concept,
    Kind.GENRE: _concept,
    Kind.FORM: _concept,
    Kind.PERSON: _person,
    Kind.ORG: Writer.identity,
}


def crawler_document(
    description: Description,
    vocabulary: Vocabulary,
    publisher: str,
    summary: str = "",
    page_url: str = "",
    language: str = FIRST_LANGUAGE,
) -> dict[str, Any]:
    """Return the block of a thing's page. Nothing in it is empty, null or a bare reference.

    `summary` is what the page says of itself in a list of results; without it, only what the graph describes is described. A page
    in another language than the first says which, and its `page_url`; what is said of the thing is the same in all.
    """
    writer = Writer(description, vocabulary)
    root = writer.thing(description.iri)
    body = _BODIES[description.thing.kind](writer, description.iri) if description.thing.kind in _BODIES else {}
    markup = {
        "mainEntityOfPage": root["url"] if language == FIRST_LANGUAGE else _page(page_url, language),
        "sdLicense": _LICENCE,
        "sdPublisher": {"@type": "Organization", "name": publisher, "url": description.scheme.base},
    }
    told = {"description": summary} if summary else {}
    return {"@context": CONTEXT_URL, **without_empty({**root, **body, **told, **markup})}


def _page(url: str, language: str) -> Body:
    return {"@type": "WebPage", "@id": url, "url": url, "inLanguage": language}


def crawler_website(
    name: str, base_url: str, description: str, publisher: str, search_url: str, language: str = FIRST_LANGUAGE
) -> dict[str, Any]:
    """Return the block of the first page. `search_url` is where to search, with `{search_term_string}` for the words, or empty.

    https://developers.google.com/search/docs/appearance/site-names
    """
    action = {"@type": "SearchAction", "target": {"@type": "EntryPoint", "urlTemplate": search_url}}
    action["query-input"] = "required name=search_term_string"
    site = {
        "@type": "WebSite",
        "name": name,
        "url": base_url,
        "description": description,
        "inLanguage": language,
        "publisher": {"@type": "Organization", "name": publisher, "url": base_url},
        "potentialAction": action if search_url else {},
    }
    return {"@context": CONTEXT_URL, **without_empty(site)}


def crawler_trail(steps: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return the way from the first page to a page, each step with its name and URL, the page itself last.

    https://developers.google.com/search/docs/appearance/structured-data/breadcrumb
    """
    items = [{"@type": "ListItem", "position": n, "name": name, "item": url} for n, (name, url) in enumerate(steps, 1)]
    return {"@context": CONTEXT_URL, "@type": "BreadcrumbList", "itemListElement": items}


def crawler_list(name: str, page_urls: Iterable[str], first_position: int = 1) -> dict[str, Any]:
    """Return the block of a list page: the pages it lists, in their order."""
    items = [{"@type": "ListItem", "position": n, "url": url} for n, url in enumerate(page_urls, first_position)]
    return {"@context": CONTEXT_URL, "@type": "ItemList", "name": name, "numberOfItems": len(items), "itemListElement": items}


def to_script(document: dict[str, Any]) -> str:
    """Return a document as JSON that is inert within a script element: no `<`, `>` or `&`, and no line separators."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return text.translate(_ESCAPES)


_ESCAPES = {ord(each): f"\\u{ord(each):04x}" for each in "<>&\u2028\u2029"}
