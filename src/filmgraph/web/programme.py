"""The programme of each edition: whole, of one evening, and what filters leave of it."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, render_template, request
from markupsafe import Markup

from filmgraph.errors import IriError
from filmgraph.formats import CALENDAR, DocumentFormat
from filmgraph.iris import Kind
from filmgraph.jsonld import crawler_list, to_script
from filmgraph.pages.messages import Messages
from filmgraph.pages.moments import long_day
from filmgraph.pages.programme import ProgrammePage, Selection, build_programme_page, list_editions
from filmgraph.web.cache import CachedDocument
from filmgraph.web.editions import Editions, Programme
from filmgraph.web.language import read_language
from filmgraph.web.links import to_uri
from filmgraph.web.responses import respond
from filmgraph.web.share import Share
from filmgraph.web.site import Site

__all__ = ["find_programme", "programme_blueprint", "read_selection"]

_HTML = DocumentFormat.HTML.format


def programme_blueprint(site: Site, editions: Editions) -> Blueprint:
    """Return the routes of all programmes."""
    blueprint = Blueprint("programme", __name__)

    @blueprint.get("/programme/", strict_slashes=False)
    def index() -> Response:
        canonical = site.links.absolute(site.links.programme())
        body = render_template("programmes.html", editions=list_editions(editions.all, site.messages), canonical=canonical)
        return respond(site, body, _HTML, [f'<{canonical}>; rel="canonical"'])

    @blueprint.get("/programme/<key>")
    def whole(key: str) -> Response:
        return _show(site, editions, key, "")

    @blueprint.get("/programme/<key>/<day>")
    def of_day(key: str, day: str) -> Response:
        return _show(site, editions, key, day)

    return blueprint


def find_programme(editions: Editions, key: str) -> Programme:
    """Return the programme of an edition; IriError when there is none."""
    programme = editions.find(key)
    if programme is None:
        raise IriError(
            f"There is no festival edition “{key[:80]}”. The programmes that there are stand at {editions.site.links.programme()}"
        )
    return programme


def read_selection(programme: Programme, day: str, fields: Mapping[str, str]) -> Selection:
    """Return what is asked for; IriError for a day, section, venue or language that the programme does not have."""
    screenings = programme.screenings
    known: dict[str, set[str]] = {
        "section": {each.section.key for each in screenings if each.section},
        "venue": {each.venue.named.key for each in screenings if each.venue},
        "language": {tag for each in screenings for tag in each.languages},
    }
    wanted = {name: fields.get(name, "") for name in known}
    evenings = {each.evening.isoformat(): each.evening for each in screenings if each.evening is not None}
    unknown = [(name, value) for name, value in wanted.items() if value and value not in known[name]]
    if day and day not in evenings:
        unknown.append(("day", day))
    if unknown:
        name, value = unknown[0]
        raise IriError(f"The programme has no {name} “{value[:80]}”. Choose one that its page offers")
    return Selection(evenings.get(day), **wanted)


def _show(site: Site, editions: Editions, key: str, day: str) -> Response:
    programme = find_programme(editions, key)
    selection = read_selection(programme, day, request.args)
    name = (
        request.script_root,
        read_language(),
        "programme",
        key,
        day,
        *(f"{field}={value}" for field, value in selection.fields),
    )
    document = site.documents.recall(name, lambda: _render(site, editions, programme, selection))
    response = respond(site, document.body, _HTML, document.links)
    if selection.is_filtered:
        response.headers["X-Robots-Tag"] = "noindex"
    return response


def _render(site: Site, editions: Editions, programme: Programme, selection: Selection) -> CachedDocument:
    say = site.messages
    page = build_programme_page(programme.edition, programme.screenings, selection, editions.all, site.vocabulary, say)
    day = selection.day.isoformat() if selection.day else ""
    canonical = site.links.absolute(site.links.programme(page.key, day))
    lead = say.count("lead.programme", page.shown, when=_when(page, say))
    picture = site.links.absolute(site.links.share(Kind.FESTIVAL, page.key))
    body = render_template(
        "programme.html",
        page=page,
        day=day,
        lead=lead,
        canonical=canonical,
        own_path=site.links.programme(page.key, day, selection.fields),
        crawler=Markup(to_script(crawler_list(page.title, _urls(site, page)))),
        share=Share("website", picture, page.title, description=lead),
        trail=_trail(site, page),
    )
    calendar = site.links.programme(page.key, day, selection.fields, CALENDAR.suffix)
    links = (f'<{to_uri(canonical)}>; rel="canonical"', f'<{to_uri(calendar)}>; rel="alternate"; type="{CALENDAR.media_type}"')
    return CachedDocument(body.encode(), links)


def _when(page: ProgrammePage, messages: Messages) -> str:
    if page.selection.day is not None:
        return " " + messages("lead.on-day", day=long_day(page.selection.day, messages))
    return f", {page.dates}" if page.dates else ""


def _trail(site: Site, page: ProgrammePage) -> tuple[tuple[str, str], ...]:
    """Return the way to a page of a programme: names and public URLs."""
    steps = [
        (site.settings.title, site.links.home()),
        (site.messages("programmes.title"), site.links.programme()),
        (page.title, site.links.programme(page.key)),
    ]
    if page.selection.day is not None:
        steps.append(
            (long_day(page.selection.day, site.messages), site.links.programme(page.key, page.selection.day.isoformat()))
        )
    return tuple((name, site.links.absolute(path)) for name, path in steps)


def _urls(site: Site, page: ProgrammePage) -> list[str]:
    showings = (each for day in page.days for each in day.showings if not each.is_trace)
    things = (site.iris.parse(each.iri) for each in showings)
    return [site.links.page_url(each.kind, each.key) for each in things if each is not None]
