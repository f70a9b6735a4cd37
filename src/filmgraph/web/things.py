"""Things and their documents: `/id/{kind}/{key}` sees other, `/{kind}/{key}` is negotiated, a suffix names one format."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Final, TypeAlias

from flask import Blueprint, Response, abort, redirect, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response as WerkzeugResponse

from filmgraph.careers_neighbours import find_neighbours
from filmgraph.describe import Description
from filmgraph.errors import IriError
from filmgraph.formats import DocumentFormat
from filmgraph.iris import Kind, is_key
from filmgraph.jsonld import crawler_document, to_script
from filmgraph.languages import FIRST_LANGUAGE, LANGUAGES
from filmgraph.namespaces import RDF
from filmgraph.negotiation import choose_language
from filmgraph.pages import ThingPage
from filmgraph.pages.timing import TIMED_KINDS, Timing, build_timing, count_past, to_moments
from filmgraph.programme import SCREENED_KINDS, ScreeningReader
from filmgraph.web.cache import CachedDocument
from filmgraph.web.drawings import draw_thing
from filmgraph.web.history import read_as_of
from filmgraph.web.language import read_language
from filmgraph.web.memento import choose_memento, history_links
from filmgraph.web.representation import offered_formats, represent
from filmgraph.web.responses import choose_document_format, respond, thing_links
from filmgraph.web.share import share_thing, trail_to
from filmgraph.web.site import Site
from filmgraph.web.tombstones import answer_gone

__all__ = ["things_blueprint"]

Answer: TypeAlias = Response | WerkzeugResponse

_NEVER: Final = datetime.max.replace(tzinfo=UTC)


def things_blueprint(site: Site) -> Blueprint:
    """Return the routes of all things and documents."""
    blueprint = Blueprint("things", __name__)

    @blueprint.get("/id/<segment>/<key>")
    def thing(segment: str, key: str) -> Answer:
        return _see_document(site, Kind.from_segment(segment), key)

    @blueprint.get("/<segment>/<name>")
    def document(segment: str, name: str) -> Answer:
        key, dot, suffix = name.partition(".")
        return _show_document(site, Kind.from_segment(segment), key, dot + suffix)

    @blueprint.get("/graph/source/<key>")
    def source_graph(key: str) -> Answer:
        return _see_document(site, Kind.SOURCE, key)

    @blueprint.get("/graph/<name>")
    def graph(name: str) -> Answer:
        if f"{site.iris.base}graph/{name}" not in site.manifest.graphs:
            abort(404)
        return redirect(site.links.home() + "#data", 303)

    return blueprint


def _see_document(site: Site, kind: Kind, key: str) -> Answer:
    """Answer for a thing, which is no document: 303 to the document that suits the client (https://www.w3.org/TR/cooluris/)."""
    moved = _retired(site, kind, key, "")
    if moved:
        return moved
    if not site.knows(_iri(site, kind, key)):
        raise _unknown(site, kind, key)
    chosen = choose_document_format()
    if chosen is None or chosen is DocumentFormat.HTML:
        language = choose_language(request.headers.get("Accept-Language"), LANGUAGES, FIRST_LANGUAGE)
        path = site.links.in_language(site.links.document(kind, key), language)
    else:
        path = site.links.document(kind, key, chosen.suffix)
    response = redirect(path, 303)
    response.vary.update(("Accept", "Accept-Language"))
    response.headers["Cache-Control"] = "public, no-cache"
    return response


def _show_document(site: Site, kind: Kind, key: str, suffix: str) -> Answer:
    past = choose_memento(site)
    if past is not None:
        return past
    moved = _retired(site, kind, key, suffix)
    if moved:
        return moved
    describe_once = cache(lambda: _describe(site, kind, key))
    chosen = choose_document_format(suffix, _offered(site, kind, key, describe_once))
    if chosen is None:
        abort(404)
    now = _now(site)
    state, until = _state(site, kind, key, now) if chosen is DocumentFormat.HTML else ("", None)
    # A page's links depend on the path that the server mounts us at.
    name = (request.script_root, read_language(), kind.segment, key, chosen.format.name, state)
    document = site.documents.recall(name, lambda: _render(site, describe_once(), chosen, now))
    response = respond(
        site,
        document.body,
        chosen.format,
        document.links,
        content_location="" if suffix else site.links.document(kind, key, chosen.suffix),
        is_negotiated=not suffix,
        state=state,
        until=until,
    )
    if site.history is not None:
        response.headers["Vary"] = "Accept-Datetime" if suffix else "Accept, Accept-Datetime"
    return response


def _offered(site: Site, kind: Kind, key: str, describe_once: Callable[[], Description]) -> tuple[DocumentFormat, ...]:
    """Return the formats that a thing's document can be had in; kept as the names in a document's place of links."""
    names = site.documents.recall(
        ("offered", kind.segment, key),
        lambda: CachedDocument(b"", tuple(each.name for each in offered_formats(describe_once()))),
    )
    return tuple(DocumentFormat[name] for name in names.links)


def _now(site: Site) -> datetime:
    """Return the moment that a page speaks from; a release that is asked for by its name speaks from its own day."""
    as_of = read_as_of()
    return as_of.release.created if as_of else site.clock()


def _state(site: Site, kind: Kind, key: str, now: datetime) -> tuple[str, datetime | None]:
    """Return what a page depends on beside its release, and until when: how many of its screenings are past.

    Empty and None for pages without a clock.
    """
    if kind not in TIMED_KINDS:
        return "", None
    reader = ScreeningReader(site.store, site.iris)
    name = ("starts", kind.segment, key)
    moments = site.documents.recall(name, lambda: CachedDocument(b"", to_moments(reader.starts_of(kind, key)))).links
    if not moments:
        return "", None
    past = count_past(moments, now)
    return f"past-{past}", datetime.fromisoformat(moments[past]) if past < len(moments) else _NEVER


def _render(site: Site, description: Description, chosen: DocumentFormat, now: datetime) -> CachedDocument:
    body = _html(site, description, now).encode() if chosen is DocumentFormat.HTML else represent(description, chosen)
    classes = description.iris(description.iri, RDF.type)
    links = thing_links(site, description.thing, description.iri, classes, chosen)
    return CachedDocument(body, (*links, *history_links(site, description.thing)))


def _html(site: Site, description: Description, now: datetime) -> str:
    page = site.page(description)
    canonical = site.links.page_url(page.kind, page.key)
    where = (canonical, read_language())
    block = crawler_document(description, site.vocabulary, site.settings.publisher, page.lead, *where)
    return render_template(
        page.template,
        page=page,
        share=share_thing(site, page),
        trail=trail_to(site, page.kind, (page.title, canonical)),
        timing=_timing(site, page, now),
        pictures=draw_thing(site, page.kind, page.key),
        neighbours=find_neighbours(site.store, site.iris, page.key) if page.kind is Kind.FILM else (),
        calendar=site.links.calendar(page.kind, page.key) if page.kind in SCREENED_KINDS else "",
        active_kind=page.kind,
        canonical=canonical,
        own_path=site.links.document(page.kind, page.key),
        formats=[(each.format, site.links.document(page.kind, page.key, each.suffix)) for each in site.formats],
        crawler=Markup(to_script(block)),
    )


def _timing(site: Site, page: ThingPage, now: datetime) -> Timing | None:
    """Return what is next on the pages that tell it."""
    if page.kind not in TIMED_KINDS:
        return None
    reader = ScreeningReader(site.store, site.iris)
    starts = reader.starts_of(page.kind, page.key)
    coming = [reader.read(each.screening_iri) for each in starts if each.start is None or each.start > now]
    past = [reader.festival_of(each.screening_iri) for each in starts if each.start is not None and each.start <= now]
    return build_timing(coming, past, now, site.vocabulary, site.messages)


def _describe(site: Site, kind: Kind, key: str) -> Description:
    description = site.describe(_iri(site, kind, key))
    if description is None:
        raise _unknown(site, kind, key)
    return description


def _iri(site: Site, kind: Kind, key: str) -> str:
    if not is_key(key):
        raise IriError(f"“{key[:80]}” is no key: keys are letters, digits and single hyphens")
    return site.iris.thing(kind, key)


def _unknown(site: Site, kind: Kind, key: str) -> IriError:
    return IriError(f"There is no {kind.segment} “{key}” in release {site.manifest.release_id}")


def _retired(site: Site, kind: Kind, key: str, suffix: str) -> Answer | None:
    """Answer for a thing that is gone: 301 to what replaced it, else 410."""
    iri = f"{site.iris.base_of(kind)}id/{kind.segment}/{key}"
    if iri not in site.retired:
        return None
    survivor = site.iris.parse(site.retired[iri] or "")
    if survivor is None:
        return answer_gone(site, kind, key, suffix, site.tombstones.get(iri))
    if request.path.startswith("/id/"):
        return redirect(site.links.thing(survivor.kind, survivor.key), 301)
    return redirect(site.links.document(survivor.kind, survivor.key, suffix), 301)
