"""`/datasets/dictionary`: what the classes and properties of the data mean, as a page and as defined terms in RDF.

They change with the release and the software only: each is made when it is first asked for, and kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Final

from flask import Blueprint, Response, abort, render_template
from markupsafe import Markup
from pyoxigraph import Literal, NamedNode, Triple

from filmgraph.coverage import load_coverage
from filmgraph.dictionary import Dictionary, load_dictionary
from filmgraph.formats import DocumentFormat
from filmgraph.jsonld import crawler_dataset, to_script
from filmgraph.languages import FIRST_LANGUAGE
from filmgraph.namespaces import DCTERMS, RDF, RDFS, SCHEMA
from filmgraph.pages.dictionary import ClassEntry, DictionaryPage, FieldEntry, TermReference, build_dictionary_page
from filmgraph.pages.messages import load_messages
from filmgraph.web.links import to_uri
from filmgraph.web.representation import represent_triples
from filmgraph.web.responses import alternates, choose_document_format, respond
from filmgraph.web.site import Site

__all__ = ["dictionary_blueprint"]

_NAME: Final = NamedNode(SCHEMA.name)
_PageOf = Callable[[str], DictionaryPage]


def dictionary_blueprint(site: Site) -> Blueprint:
    """Return the routes of the data dictionary."""
    blueprint = Blueprint("dictionary", __name__)
    dictionary = cache(lambda: load_dictionary(site.vocabulary))
    page = cache(lambda language: _page(site, dictionary(), language))

    @blueprint.get("/datasets/dictionary")
    @blueprint.get("/datasets/dictionary<suffix>")
    def document(suffix: str = "") -> Response:
        chosen = None if suffix and not suffix.startswith(".") else choose_document_format(suffix, site.formats)
        if chosen is None:
            abort(404)
        paths = {each: site.links.dictionary(each.suffix) for each in site.formats}
        canonical = site.links.absolute(site.links.dictionary())
        body = _html(site, page, canonical) if chosen is DocumentFormat.HTML else _represent(site, page, chosen)
        links = [*alternates(paths, chosen), f'<{to_uri(canonical)}>; rel="canonical"']
        location = "" if suffix else site.links.dictionary(chosen.suffix)
        return respond(site, body, chosen.format, links, content_location=location, is_negotiated=not suffix)

    return blueprint


def _page(site: Site, dictionary: Dictionary, language: str) -> DictionaryPage:
    return build_dictionary_page(dictionary, site.vocabulary, load_coverage(site.release_path), load_messages(language))


def _html(site: Site, page_of: _PageOf, canonical: str) -> str:
    links, messages = site.links, site.messages
    first = page_of(FIRST_LANGUAGE)
    iri = _iri(site)
    steps = (
        (site.settings.title, links.absolute(links.home())),
        (messages("navigation.data"), links.absolute(links.datasets())),
        (messages("dictionary.title"), canonical),
    )
    return render_template(
        "dictionary.html",
        page=page_of(messages.language),
        lead=messages("dictionary.lead", catalogue=site.settings.title),
        is_datasets=True,
        canonical=canonical,
        trail=steps,
        formats=[(each.format, links.dictionary(each.suffix)) for each in site.formats],
        crawler=Markup(to_script(crawler_dataset(iri, [*_set_triples(site, iri, first), *_class_triples(iri, first)]))),
    )


def _represent(site: Site, page_of: _PageOf, chosen: DocumentFormat) -> bytes:
    first, iri = page_of(FIRST_LANGUAGE), _iri(site)
    fields = (each for entry in first.classes for field in entry.fields for each in _field_triples(iri, entry, field))
    return represent_triples([*_set_triples(site, iri, first), *_class_triples(iri, first), *fields], chosen, site.iris)


def _iri(site: Site) -> str:
    """The IRI of the dictionary, which is the address of its page in the first language."""
    return f"{site.iris.base}datasets/dictionary"


def _set_triples(site: Site, iri: str, page: DictionaryPage) -> Iterator[Triple]:
    """Yield what is said of the dictionary itself (https://schema.org/DefinedTermSet)."""
    messages = load_messages(FIRST_LANGUAGE)
    subject = NamedNode(iri)
    yield Triple(subject, NamedNode(RDF.type), NamedNode(SCHEMA.DefinedTermSet))
    yield Triple(subject, _NAME, Literal(messages("dictionary.title"), language=FIRST_LANGUAGE))
    yield Triple(subject, NamedNode(SCHEMA.description), Literal(messages("dictionary.lead", catalogue=site.settings.title)))
    yield Triple(subject, NamedNode(SCHEMA.version), Literal(site.manifest.release_id))
    for each in page.classes:
        yield Triple(subject, NamedNode(SCHEMA.hasDefinedTerm), NamedNode(f"{iri}#{each.anchor}"))


def _class_triples(iri: str, page: DictionaryPage) -> Iterator[Triple]:
    for each in page.classes:
        yield from _term_triples(iri, each.anchor, each.label, each.comment, [each.term] if each.term else [])


def _field_triples(iri: str, entry: ClassEntry, field: FieldEntry) -> Iterator[Triple]:
    yield from _term_triples(iri, field.anchor, field.label, field.description, list(field.properties))
    yield Triple(NamedNode(f"{iri}#{field.anchor}"), NamedNode(DCTERMS.isPartOf), NamedNode(f"{iri}#{entry.anchor}"))


def _term_triples(iri: str, anchor: str, label: str, description: str, terms: list[TermReference]) -> Iterator[Triple]:
    """Yield what is said of one entry (https://schema.org/DefinedTerm): `termCode` is the term as people write it."""
    subject = NamedNode(f"{iri}#{anchor}")
    yield Triple(subject, NamedNode(RDF.type), NamedNode(SCHEMA.DefinedTerm))
    yield Triple(subject, _NAME, Literal(label, language=FIRST_LANGUAGE))
    yield Triple(subject, NamedNode(SCHEMA.inDefinedTermSet), NamedNode(iri))
    if description:
        yield Triple(subject, NamedNode(SCHEMA.description), Literal(description, language=FIRST_LANGUAGE))
    for each in terms:
        yield Triple(subject, NamedNode(SCHEMA.termCode), Literal(each.name))
        yield Triple(subject, NamedNode(RDFS.seeAlso), NamedNode(each.iri))
