"""Every triple of a thing's document, spelled out: what a page would carry for the few who look for it."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request
from werkzeug.wrappers import Response as WerkzeugResponse

from filmgraph.errors import IriError
from filmgraph.formats import DocumentFormat
from filmgraph.iris import Kind
from filmgraph.web.cache import CachedDocument
from filmgraph.web.language import read_language
from filmgraph.web.links import to_uri
from filmgraph.web.responses import respond
from filmgraph.web.site import Site
from filmgraph.web.tombstones import lead_to_survivor

__all__ = ["facts_blueprint"]


def facts_blueprint(site: Site) -> Blueprint:
    """Return the route of all pages of facts. Search engines are sent to the page of the thing instead."""
    blueprint = Blueprint("facts", __name__)

    @blueprint.get("/<segment>/<key>/facts")
    def facts(segment: str, key: str) -> Response | WerkzeugResponse:
        kind = Kind.from_segment(segment)
        moved = lead_to_survivor(site, kind, key, site.links.facts)
        if moved is not None:
            return moved
        name = (request.script_root, read_language(), "facts", kind.segment, key)
        document = site.documents.recall(name, lambda: _render(site, kind, key))
        response = respond(site, document.body, DocumentFormat.HTML.format, document.links)
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    return blueprint


def _render(site: Site, kind: Kind, key: str) -> CachedDocument:
    description = site.describe(site.iris.thing(kind, key))
    if description is None:
        raise IriError(f"There is no {kind.segment} “{key}” in release {site.manifest.release_id}")
    canonical = site.links.absolute(site.links.facts(kind, key))
    formats = [(each.format, site.links.document(kind, key, each.suffix)) for each in site.formats]
    body = render_template(
        "facts.html",
        page=site.page(description),
        canonical=canonical,
        own_path=site.links.facts(kind, key),
        formats=formats,
        active_kind=kind,
        calendar="",
    )
    return CachedDocument(body.encode(), (f'<{to_uri(canonical)}>; rel="canonical"',))
