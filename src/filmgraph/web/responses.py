"""Answers with their headers: one entity tag for each release, path and format; `Link` headers as FAIR Signposting asks."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from flask import Response, request

import filmgraph
from filmgraph.formats import DocumentFormat, Format
from filmgraph.iris import Kind, ThingId
from filmgraph.negotiation import choose_format
from filmgraph.web.links import to_uri
from filmgraph.web.problems import NotAcceptableError
from filmgraph.web.site import Site

__all__ = ["alternates", "choose_document_format", "respond", "thing_links"]


def choose_document_format(suffix: str = "", offered: Sequence[DocumentFormat] = tuple(DocumentFormat)) -> DocumentFormat | None:
    """Return the format that a suffix names, or the one that the request's Accept header asks for.

    None for a suffix that no format has; NotAcceptableError when the client wants none of the formats on offer.
    """
    formats = [each.format for each in offered]
    if suffix:
        chosen = next((each.format for each in DocumentFormat if each.suffix == suffix), None)
        if chosen is None:
            return None
    else:
        chosen = choose_format(request.headers.get("Accept"), formats)
    if chosen not in formats:
        raise NotAcceptableError(formats)
    return DocumentFormat(chosen)


def respond(
    site: Site,
    body: str | bytes,
    shown_format: Format,
    links: Sequence[str] = (),
    *,
    content_location: str = "",
    is_negotiated: bool = False,
) -> Response:
    """Return a cacheable answer with its entity tag; 304 without a body when the client has it already.

    `content_location` is the path of this very representation, where it is not the path that was asked for.
    """
    response = Response(body, content_type=shown_format.content_type)
    response.set_etag(_entity_tag(site, shown_format))
    response.headers["Cache-Control"] = "public, no-cache"
    if links:
        response.headers["Link"] = ", ".join(links)
    if content_location:
        response.headers["Content-Location"] = to_uri(content_location)
    if is_negotiated:
        response.vary.add("Accept")
    if shown_format is not DocumentFormat.HTML.format:
        response.headers["X-Robots-Tag"] = "noindex"
    response.make_conditional(request)
    return response


def _entity_tag(site: Site, shown_format: Format) -> str:
    """The release and a digest of what else decides on the bytes: software, settings, path and format."""
    settings = site.settings
    words = (settings.title, settings.publisher, settings.licence, settings.description)
    parts = "\n".join((filmgraph.__version__, request.script_root, request.full_path, shown_format.name, *words))
    return f"{site.manifest.release_id}-{hashlib.sha256(parts.encode(errors='replace')).hexdigest()[:16]}"


def alternates(paths: dict[DocumentFormat, str], shown: DocumentFormat) -> list[str]:
    """Return the links from one representation to the others."""
    return [
        f'<{to_uri(path)}>; rel="alternate"; type="{each.media_type}"' for each, path in paths.items() if each is not shown
    ]  # fmt: skip


def thing_links(site: Site, thing: ThingId, iri: str, class_iris: Sequence[str], shown: DocumentFormat) -> list[str]:
    """Return the Link header of a thing's document (https://signposting.org/FAIR/)."""
    kind = thing.kind
    paths = {each: site.links.document(kind, thing.key, each.suffix) for each in DocumentFormat}
    links = alternates(paths, shown)
    links.append(f'<{to_uri(site.iris.document(kind, thing.key))}>; rel="canonical"')
    links += [f'<{to_uri(each)}>; rel="type"' for each in class_iris]
    if kind is not Kind.TEXT and site.settings.licence.startswith(("http://", "https://")):
        links.append(f'<{to_uri(site.settings.licence)}>; rel="license"')
    if shown is DocumentFormat.HTML:
        turtle = DocumentFormat.TURTLE
        links.append(f'<{to_uri(paths[turtle])}>; rel="describedby"; type="{turtle.media_type}"')
    else:
        links.append(f'<{to_uri(iri)}>; rel="describes"')
    return links
