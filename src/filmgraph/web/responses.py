"""Answers with their headers: one entity tag for each release, path and format; `Link` headers as FAIR Signposting asks."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from flask import Response, request

import filmgraph
from filmgraph.formats import DocumentFormat, Format
from filmgraph.iris import ThingId
from filmgraph.negotiation import choose_format
from filmgraph.signposting import write_header
from filmgraph.web.answers import keep_answer
from filmgraph.web.language import read_language
from filmgraph.web.links import to_uri
from filmgraph.web.problems import NotAcceptableError
from filmgraph.web.signposts import header_links
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
    state: str = "",
    until: datetime | None = None,
    is_kept: bool = True,
) -> Response:
    """Return a cacheable answer with its entity tag; 304 without a body when the client has it already.

    `content_location` is the path of this very representation, where it is not the path that was asked for. `state` tells apart
    what one release shows at different times, and `until` says when there will be another. The answer is kept for whoever asks
    next, unless `is_kept` is false: it may then depend on more than the path and the best of the document formats.
    """
    response = Response(body, content_type=shown_format.content_type)
    response.set_etag(_entity_tag(site, shown_format, state))
    response.headers["Cache-Control"] = "public, no-cache"
    if links:
        response.headers["Link"] = ", ".join(links)
    if content_location:
        response.headers["Content-Location"] = to_uri(content_location)
    if is_negotiated:
        response.vary.add("Accept")
    if shown_format is DocumentFormat.HTML.format:
        response.headers["Content-Language"] = read_language()
    else:
        response.headers["X-Robots-Tag"] = "noindex"
    if is_kept and (until is not None or not state):
        keep_answer(until)
    response.make_conditional(request)
    return response


def _entity_tag(site: Site, shown_format: Format, state: str) -> str:
    """The release and a digest of what else decides on the bytes: software, settings, language, path, format and state."""
    settings = site.settings
    words = (settings.title, settings.publisher, settings.licence, settings.description)
    asked = (request.script_root, read_language(), request.full_path)
    parts = "\n".join((filmgraph.__version__, *asked, shown_format.name, state, *words))
    return f"{site.manifest.release_id}-{hashlib.sha256(parts.encode(errors='replace')).hexdigest()[:16]}"


def alternates(paths: dict[DocumentFormat, str], shown: DocumentFormat) -> list[str]:
    """Return the links from one representation to the others."""
    return [
        f'<{to_uri(path)}>; rel="alternate"; type="{each.media_type}"' for each, path in paths.items() if each is not shown
    ]  # fmt: skip


def thing_links(site: Site, thing: ThingId, iri: str, class_iris: Sequence[str], shown: DocumentFormat) -> list[str]:
    """Return the Link header of a thing's document (https://signposting.org/FAIR/)."""
    paths = {each: site.links.document(thing.kind, thing.key, each.suffix) for each in site.formats}
    return [*alternates(paths, shown), *map(write_header, header_links(site, thing, iri, class_iris, shown))]
