"""Calendars: the screenings of a thing at its address with `.ics`, and those that a programme shows."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from functools import cache

from flask import Blueprint, Response, abort, redirect, request
from werkzeug.wrappers import Response as WerkzeugResponse

from filmgraph.formats import CALENDAR
from filmgraph.ical import Calendar, to_ical
from filmgraph.ical_entries import build_entries
from filmgraph.iris import Kind, is_key
from filmgraph.pages.moments import long_day
from filmgraph.pages.programme import Selection, select
from filmgraph.pages.showing import to_languages
from filmgraph.programme import SCREENED_KINDS, Screening, ScreeningReader
from filmgraph.revisions import Revisions, read_revisions
from filmgraph.web.answers import keep_answer
from filmgraph.web.cache import CachedDocument
from filmgraph.web.editions import Editions, Programme
from filmgraph.web.problems import GoneError
from filmgraph.web.programme import find_programme, read_selection
from filmgraph.web.site import Site

__all__ = ["calendars_blueprint"]

Answer = Response | WerkzeugResponse


def calendars_blueprint(site: Site, editions: Editions) -> Blueprint:
    """Return the routes of all calendars; the log of changes is read when the first of them is asked for."""
    blueprint = Blueprint("calendars", __name__)
    writer = _Writer(site, cache(lambda: read_revisions(site.release_path, site.manifest)))

    @blueprint.get("/programme/<key>.ics")
    def of_programme(key: str) -> Response:
        return _answer_selection(writer, find_programme(editions, key), "")

    @blueprint.get("/programme/<key>/<day>.ics")
    def of_day(key: str, day: str) -> Response:
        return _answer_selection(writer, find_programme(editions, key), day)

    @blueprint.get("/<segment>/<key>.ics")
    def of_thing(segment: str, key: str) -> Answer:
        kind = Kind.from_segment(segment)
        if kind not in SCREENED_KINDS or not is_key(key):
            abort(404)
        return _retired(site, kind, key) or _answer_thing(writer, editions, kind, key)

    return blueprint


class _Writer:
    """Writes calendars of one release."""

    def __init__(self, site: Site, revisions: Callable[[], Revisions]) -> None:
        self.site = site
        self._revisions = revisions

    def write(self, name: str, page_path: str, path: str, screenings: Iterable[Screening]) -> CachedDocument:
        """Return a calendar: what it is called, the page that shows the same, its own path, and what it holds."""
        site = self.site
        entries = build_entries(
            screenings, self._revisions(), site.vocabulary, lambda key: site.iris.document(Kind.SCREENING, key)
        )
        calendar = Calendar(
            uid=site.links.absolute(path),
            name=name,
            product=f"-//filmgraph//{site.settings.title}//EN",
            description=f"{name}. Times are those of the place. {site.settings.publisher}",
            url=site.links.absolute(page_path),
            source_url=site.links.lasting_url(path),
            entries=entries,
        )
        return CachedDocument(to_ical(calendar), ())


def _answer_thing(writer: _Writer, editions: Editions, kind: Kind, key: str) -> Response:
    site = writer.site
    if not site.knows(site.iris.thing(kind, key)):
        abort(404)
    path, page_path = site.links.calendar(kind, key), site.links.document(kind, key)

    def make() -> CachedDocument:
        reader = editions.reader()
        return writer.write(_name(reader, kind, key), page_path, path, reader.screenings_of(kind, key))

    return _send(site, ("calendar", request.script_root, kind.segment, key), f"{key}.ics", make)


def _answer_selection(writer: _Writer, programme: Programme, day: str) -> Response:
    site, key = writer.site, programme.edition.named.key
    selection = read_selection(programme, day, request.args)
    path = site.links.programme(key, day, selection.fields, CALENDAR.suffix)
    page_path = site.links.programme(key, day, selection.fields)

    def make() -> CachedDocument:
        return writer.write(_title(site, programme, selection), page_path, path, select(programme.screenings, selection))

    name = ("calendar", request.script_root, "programme", key, day, *(f"{n}={v}" for n, v in selection.fields))
    return _send(site, name, f"{'-'.join(each for each in (key, day) if each)}.ics", make)


def _name(reader: ScreeningReader, kind: Kind, key: str) -> str:
    """Return what the calendar of a thing is called."""
    name = reader.name(kind, key).name
    return name if kind in (Kind.SCREENING, Kind.FESTIVAL, Kind.SERIES) else f"{name}: screenings"


def _title(site: Site, programme: Programme, selection: Selection) -> str:
    """Return what the calendar of a selection is called."""
    shown = select(programme.screenings, selection)
    section = next((each.section.name for each in shown if each.section), "") if selection.section else ""
    venue = next((each.venue.named.name for each in shown if each.venue), "") if selection.venue else ""
    day = long_day(selection.day) if selection.day else ""
    languages = [each.label for each in to_languages((selection.language,), site.vocabulary)] if selection.language else []
    return ", ".join(each for each in (programme.edition.named.name, day, section, venue, *languages) if each)


def _send(site: Site, name: tuple[str, ...], file_name: str, make: Callable[[], CachedDocument]) -> Response:
    """Answer with a calendar, whose entity tag is of its bytes: a release that did not change it sends nobody a new one."""
    body = site.documents.recall(name, make).body
    response = Response(body, content_type=CALENDAR.content_type)
    response.set_etag(hashlib.sha256(body).hexdigest()[:32])
    response.headers["Cache-Control"] = "public, no-cache"
    response.headers["Content-Disposition"] = f'inline; filename="{file_name}"'
    response.headers["X-Robots-Tag"] = "noindex"
    keep_answer()
    response.make_conditional(request)
    return response


def _retired(site: Site, kind: Kind, key: str) -> Answer | None:
    """Answer for a thing that is gone: 301 to the calendar of what replaced it, else 410."""
    iri = site.iris.thing(kind, key)
    if iri not in site.retired:
        return None
    survivor = site.iris.parse(site.retired[iri] or "")
    if survivor is None:
        raise GoneError(
            f"The {kind.segment} “{key}” was taken out of the catalogue, and its calendar with it. Remove it from yours."
        )
    return redirect(site.links.calendar(survivor.kind, survivor.key), 301)
