"""Pictures that are drawn of things, at addresses below those of their pages, and what the pages show of them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from types import MappingProxyType
from typing import Final, TypeAlias

from flask import Blueprint, Response, redirect, request
from markupsafe import Markup
from pyoxigraph import NamedNode
from werkzeug.wrappers import Response as WerkzeugResponse

from filmgraph.careers import CareerReader, count_roles
from filmgraph.describe import list_things
from filmgraph.drawings import (
    MOST_FILMS,
    MOST_PEOPLE,
    MOST_TIMELINE_FILMS,
    STYLE,
    Drawing,
    Figure,
    draw_collaboration,
    draw_poster,
    draw_roles,
    draw_timeline,
    draw_venues,
)
from filmgraph.errors import IriError
from filmgraph.formats import SVG
from filmgraph.iris import Kind, is_key
from filmgraph.languages import FIRST_LANGUAGE, to_prefix
from filmgraph.namespaces import SCHEMA
from filmgraph.pages.messages import ENGLISH, Messages
from filmgraph.programme import ScreeningReader
from filmgraph.web.cache import CachedDocument
from filmgraph.web.language import read_language
from filmgraph.web.links import to_uri
from filmgraph.web.problems import GoneError
from filmgraph.web.responses import respond
from filmgraph.web.site import Site
from filmgraph.whereabouts import venues_around, venues_of_edition

__all__ = ["DRAWING_POLICY", "Pictures", "Shown", "draw_thing", "drawings_blueprint", "show_roles"]

Answer: TypeAlias = Response | WerkzeugResponse

#: A picture that is looked at by itself brings its style with it; the policy lets in that style and nothing else.
DRAWING_POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_POSTER: Final = "poster"


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure as a page shows it.

    `path` is the address of its picture, `markup` the picture itself where it stands in the page.
    """

    heading: str
    figure: Figure
    path: str
    is_table_open: bool = True
    markup: Markup = Markup("")  # noqa: RUF009 (it cannot change)


@dataclass(frozen=True, slots=True)
class Pictures:
    """What is drawn of one thing: `poster` is the address of what stands for a picture, empty where there is one."""

    figures: tuple[Shown, ...] = ()
    poster: str = ""


def drawings_blueprint(site: Site) -> Blueprint:
    """Return the routes of all drawings."""
    blueprint = Blueprint("drawings", __name__)
    for kind, names in _FIGURES.items():
        for name in names:
            view = partial(_answer, site, kind, name)
            blueprint.add_url_rule(f"/{kind.segment}/<key>/{name}{SVG.suffix}", f"{kind.segment}-{name}", view)
    blueprint.add_url_rule(f"/film/<key>/{_POSTER}{SVG.suffix}", _POSTER, partial(_answer, site, Kind.FILM, _POSTER))

    @blueprint.get(f"/datasets/roles{SVG.suffix}")
    def roles() -> Response:
        return _send(site, ("drawing", read_language(), "roles"), lambda: _role_figure(site, site.messages))

    return blueprint


def draw_thing(site: Site, kind: Kind, key: str) -> Pictures:
    """Return what the page of a thing shows; the pictures are kept, since a reader of the page asks for them next."""
    at = _Desk(site, key)
    drawn = [(name, heading, draw(at)) for name, (heading, draw) in _FIGURES.get(kind, {}).items()]
    found = [(name, site.messages(heading), figure) for name, heading, figure in drawn if figure is not None]
    for name, _, figure in found:
        site.documents.recall(_name(kind, key, name), partial(_document, figure.drawing))
    # Two figures stand side by side, where there is no room for their tables.
    is_open = len(found) == 1
    shown = (Shown(heading, figure, site.links.drawing(kind, key, name), is_open) for name, heading, figure in found)
    needs_poster = kind is Kind.FILM and not _has_picture(site, key)
    return Pictures(tuple(shown), site.links.poster(key) if needs_poster else "")


def show_roles(site: Site, messages: Messages = ENGLISH) -> Shown | None:
    """Return the figure of the roles of a release, to stand in a page; None where nobody is credited."""
    figure = _role_figure(site, messages)
    if figure is None:
        return None
    return Shown(
        messages("drawing.roles"),
        figure,
        site.links.role_drawing(),
        is_table_open=False,
        markup=Markup(figure.drawing.to_svg(is_inline=True)),
    )


@dataclass(frozen=True)
class _Desk:
    """What several drawings of one thing are drawn from."""

    site: Site
    key: str

    @cached_property
    def career(self) -> CareerReader:
        return CareerReader(self.site.store, self.site.iris, self.site.vocabulary, self.key, read_language())


def _collaboration(at: _Desk) -> Figure | None:
    return draw_collaboration(at.career.collaboration(MOST_PEOPLE, MOST_FILMS), at.site.messages)


def _timeline(at: _Desk) -> Figure | None:
    return draw_timeline(at.career.filmography(MOST_TIMELINE_FILMS), at.site.messages)


def _venue_map(at: _Desk) -> Figure | None:
    spots = venues_around(at.site.store, at.site.iris, at.key)
    if not spots:
        return None
    title = at.site.messages("drawing.around", name=spots[0].named.name)
    return draw_venues(spots, title, at.site.messages, is_from_first=True)


def _edition_map(at: _Desk) -> Figure | None:
    name = ScreeningReader(at.site.store, at.site.iris).name(Kind.FESTIVAL, at.key).name
    title = at.site.messages("drawing.of-edition", name=name)
    return draw_venues(venues_of_edition(at.site.store, at.site.iris, at.key), title, at.site.messages, is_from_first=False)


def _poster(at: _Desk) -> Drawing | None:
    for each in list_things(at.site.store, at.site.iris, [at.site.iris.thing(Kind.FILM, at.key)]):
        return draw_poster(each.iri, each.name or at.key, each.date[:4])
    return None


def _role_figure(site: Site, messages: Messages) -> Figure | None:
    return draw_roles(count_roles(site.store, site.vocabulary, messages.language), site.manifest.release_id, messages)


_Draw: TypeAlias = Callable[[_Desk], Figure | None]
#: What is drawn of which kind of thing: the name in the address, the key of its heading on the page, and what draws it.
_FIGURES: Final[Mapping[Kind, Mapping[str, tuple[str, _Draw]]]] = MappingProxyType(
    {
        Kind.PERSON: {
            "collaboration": ("drawing.collaboration", _collaboration),
            "timeline": ("drawing.timeline", _timeline),
        },
        Kind.VENUE: {"map": ("drawing.map", _venue_map)},
        Kind.FESTIVAL: {"map": ("drawing.venues", _edition_map)},
    }
)


def _has_picture(site: Site, key: str) -> bool:
    """Return whether the graph gives the address of a picture of a film."""
    images = site.store.quads(NamedNode(site.iris.thing(Kind.FILM, key)), NamedNode(SCHEMA.image))
    nodes = [each.object for each in images if isinstance(each.object, NamedNode)]
    return any(next(site.store.quads(each, NamedNode(SCHEMA.contentUrl)), None) is not None for each in nodes)


def _answer(site: Site, kind: Kind, name: str, key: str) -> Answer:
    """Answer for a drawing of a thing; IriError when there is no such thing, or nothing to draw of it."""
    if not is_key(key):
        raise IriError(f"“{key[:80]}” is no key: keys are letters, digits and single hyphens")
    iri = site.iris.thing(kind, key)
    if iri in site.retired:
        return _moved(site, kind, key, name, site.retired[iri])
    if not site.knows(iri):
        raise IriError(f"There is no {kind.segment} “{key}” in release {site.manifest.release_id}")
    draw = _poster if name == _POSTER else _FIGURES[kind][name][1]
    return _send(site, _name(kind, key, name), partial(draw, _Desk(site, key)))


def _moved(site: Site, kind: Kind, key: str, name: str, survivor_iri: str | None) -> Answer:
    """Answer for a thing that is gone: 301 to the drawing of what replaced it, else 410."""
    survivor = site.iris.parse(survivor_iri or "")
    if survivor is None or survivor.kind is not kind:
        raise GoneError(f"The {kind.segment} “{key}” was taken out of the catalogue, and what was drawn of it.")
    return redirect(site.links.drawing(kind, survivor.key, name), 301)


def _send(site: Site, name: tuple[str, ...], make: Callable[[], Figure | Drawing | None]) -> Response:
    """Answer with a drawing, drawn at the first request."""

    def document() -> CachedDocument:
        made = make()
        if made is None:
            raise IriError("Too little is known to draw this: a drawing needs two things that it can put beside each other")
        return _document(made.drawing if isinstance(made, Figure) else made)

    body = site.documents.recall(name, document).body
    canonical = site.links.absolute(to_prefix(read_language()) + request.path)
    response = respond(site, body, SVG, [f'<{to_uri(canonical)}>; rel="canonical"'])
    response.headers["Content-Security-Policy"] = DRAWING_POLICY
    return response


def _document(drawing: Drawing) -> CachedDocument:
    return CachedDocument(drawing.to_svg().encode(), ())


def _name(kind: Kind, key: str, name: str) -> tuple[str, ...]:
    return ("drawing", FIRST_LANGUAGE if name == _POSTER else read_language(), kind.segment, key, name)
