"""Our own terms and shapes as documents. Term IRIs have a hash, so that one document answers for all of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache

from flask import Blueprint, Response, abort, render_template
from pyoxigraph import Literal, NamedNode, Triple

from filmgraph.formats import DocumentFormat
from filmgraph.languages import FIRST_LANGUAGE
from filmgraph.namespaces import FG, FG_BASE, OWL, RDF, RDFS, shorten
from filmgraph.resources import list_shape_files
from filmgraph.vocabulary import Vocabulary
from filmgraph.web.language import read_language
from filmgraph.web.links import to_uri
from filmgraph.web.representation import represent_triples
from filmgraph.web.responses import alternates, choose_document_format, respond
from filmgraph.web.site import Site

__all__ = ["vocabulary_blueprint"]

_ONTOLOGY_IRI = FG_BASE + "ns"
_TURTLE = DocumentFormat.TURTLE
_CLASSES = frozenset({OWL.Class, RDFS.Class})


@dataclass(frozen=True, slots=True)
class Term:
    """One of our terms as its page shows it."""

    iri: str
    name: str
    label: str
    comment: str
    comment_language: str
    is_class: bool
    links: tuple[tuple[str, str, str], ...]
    """(property, label, IRI) of everything that the term links to."""


def vocabulary_blueprint(site: Site) -> Blueprint:
    """Return the routes of the vocabulary and the shapes."""
    blueprint = Blueprint("vocabulary", __name__)
    triples = _own_triples(site.vocabulary)
    terms = cache(lambda language: _terms(triples, language))

    @blueprint.get("/ns")
    @blueprint.get("/ns<suffix>")
    def terms_document(suffix: str = "") -> Response:
        chosen = choose_document_format(suffix)
        if chosen is None:
            abort(404)
        paths = {each: site.links.vocabulary(each.suffix) for each in site.formats}
        canonical = site.links.vocabulary_url()
        if chosen is DocumentFormat.HTML:
            formats = [(each.format, path) for each, path in paths.items()]
            shown = terms(read_language())
            body: str | bytes = render_template("vocabulary.html", terms=shown, formats=formats, canonical=canonical)
        else:
            body = represent_triples(triples, chosen, site.iris)
        links = [*alternates(paths, chosen), f'<{canonical}>; rel="canonical"']
        own_path = "" if suffix else paths[chosen]
        return respond(site, body, chosen.format, links, content_location=own_path, is_negotiated=not suffix)

    @blueprint.get("/shapes")
    @blueprint.get("/shapes.ttl")
    def shapes() -> Response:
        text = "\n".join(f"# {file.name}\n\n{file.read_text(encoding='utf-8')}" for file in list_shape_files())
        return respond(site, text, _TURTLE.format, [f'<{to_uri(FG_BASE)}shapes>; rel="canonical"'])

    return blueprint


def _own_triples(vocabulary: Vocabulary) -> tuple[Triple, ...]:
    """Return what the vocabulary says about its own terms; concepts have documents of their own."""
    return tuple(each for each in vocabulary.triples if _iri(each.subject).startswith(FG) or _iri(each.subject) == _ONTOLOGY_IRI)


def _terms(triples: tuple[Triple, ...], language: str) -> tuple[Term, ...]:
    by_subject: defaultdict[str, list[Triple]] = defaultdict(list)
    for triple in triples:
        if _iri(triple.subject) != _ONTOLOGY_IRI:
            by_subject[_iri(triple.subject)].append(triple)
    found = (_term(iri, each, language) for iri, each in by_subject.items())
    return tuple(sorted(found, key=lambda each: (not each.is_class, each.name.casefold())))


def _term(iri: str, triples: list[Triple], language: str) -> Term:
    texts = {(t.predicate.value, t.object.language or "en"): t.object.value for t in triples if isinstance(t.object, Literal)}
    links = [(t.predicate.value, t.object.value) for t in triples if isinstance(t.object, NamedNode)]
    return Term(
        iri=iri,
        name=iri.removeprefix(FG),
        label=texts.get((RDFS.label, language)) or texts.get((RDFS.label, FIRST_LANGUAGE), ""),
        comment=texts.get((RDFS.comment, language)) or texts.get((RDFS.comment, FIRST_LANGUAGE), ""),
        comment_language=language if (RDFS.comment, language) in texts else FIRST_LANGUAGE,
        is_class=any(predicate == RDF.type and value in _CLASSES for predicate, value in links),
        links=tuple((shorten(predicate), shorten(value), value) for predicate, value in links if value != _ONTOLOGY_IRI),
    )


def _iri(node: object) -> str:
    return node.value if isinstance(node, NamedNode) else ""
