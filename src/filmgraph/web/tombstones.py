"""What is left of a thing that is gone: 410 with a tombstone, as a page or as RDF in any format.

Sources: `410 Gone` (https://www.rfc-editor.org/rfc/rfc9110#section-15.5.11), `as:Tombstone`
(https://www.w3.org/TR/activitystreams-vocabulary/#dfn-tombstone).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flask import Response, abort, redirect, request
from pyoxigraph import Literal, NamedNode, Quad, Triple
from werkzeug.wrappers import Response as WerkzeugResponse

from filmgraph.changelog import Tombstone
from filmgraph.formats import DocumentFormat, QuadFormat
from filmgraph.iris import Kind
from filmgraph.namespaces import AS, RDF, SCHEMA, XSD
from filmgraph.negotiation import choose_format
from filmgraph.web.language import read_language
from filmgraph.web.problems import PROBLEM_FORMAT, GoneError, render_problem, to_problem
from filmgraph.web.representation import represent_quads, represent_triples
from filmgraph.web.site import Site

__all__ = ["answer_gone", "lead_to_survivor"]


def lead_to_survivor(site: Site, kind: Kind, key: str, path_of: Callable[[Kind, str], str]) -> WerkzeugResponse | None:
    """Answer for what belongs to a thing that is gone: 301 to the same of what replaced it (`path_of`), else GoneError.

    None for a thing that is not gone.
    """
    iri = f"{site.iris.base_of(kind)}id/{kind.segment}/{key}"
    if iri not in site.retired:
        return None
    survivor = site.iris.parse(site.retired[iri] or "")
    if survivor is None:
        raise GoneError(_tell(kind, key, site.tombstones.get(iri)))
    return redirect(path_of(survivor.kind, survivor.key), 301)


def answer_gone(site: Site, kind: Kind, key: str, suffix: str, stone: Tombstone | None) -> Response:
    """Return the tombstone of a thing in the format that a suffix names or the request asks for; `stone` is what is known of it.

    Who names no format gets a problem (GoneError); 404 for a suffix that no format has.
    """
    chosen = _choose(suffix)
    gone = GoneError(_tell(kind, key, stone))
    if chosen is None:
        raise gone
    response = Response(_represent(site, kind, key, stone, chosen, gone), status=410, content_type=chosen.format.content_type)
    if chosen is DocumentFormat.HTML:
        response.headers["Content-Language"] = read_language()
    response.headers["Cache-Control"] = "public, no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    if not suffix:
        response.vary.add("Accept")
    return response


def _choose(suffix: str) -> DocumentFormat | None:
    """Return the format to answer in; None for a problem."""
    if suffix:
        named = next((each for each in DocumentFormat if each.suffix == suffix), None)
        return named or abort(404)
    chosen = choose_format(request.headers.get("Accept"), [PROBLEM_FORMAT, *(each.format for each in DocumentFormat)])
    return None if chosen is None or chosen is PROBLEM_FORMAT else DocumentFormat(chosen)


def _represent(site: Site, kind: Kind, key: str, stone: Tombstone | None, chosen: DocumentFormat, gone: GoneError) -> str | bytes:
    if chosen is DocumentFormat.HTML:
        return render_problem(to_problem(gone))
    triples = list(_describe(site, kind, key, stone))
    if chosen in QuadFormat:
        return represent_quads([Quad(*triple) for triple in triples], chosen, site.iris)
    return represent_triples(triples, chosen, site.iris)


def _tell(kind: Kind, key: str, stone: Tombstone | None) -> str:
    if stone is None:
        return f"The {kind.segment} “{key}” was taken out of the catalogue. Its address is not used again."
    since = f"with release {stone.release_id}, on {stone.deleted[:10]}"
    return f"The {kind.segment} “{stone.name}” ({key}) was taken out of the catalogue {since}. Its address is not used again."


def _describe(site: Site, kind: Kind, key: str, stone: Tombstone | None) -> Iterator[Triple]:
    subject = NamedNode(site.iris.thing(kind, key))
    yield Triple(subject, NamedNode(RDF.type), NamedNode(AS.Tombstone))
    yield Triple(subject, NamedNode(AS.formerType), NamedNode((stone and stone.class_iri) or kind.class_iri))
    if stone is not None:
        yield Triple(subject, NamedNode(SCHEMA.name), Literal(stone.name))
        yield Triple(subject, NamedNode(AS.deleted), Literal(stone.deleted, datatype=NamedNode(XSD.dateTime)))
