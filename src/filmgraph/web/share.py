"""What is shown of a page where its address is shared: Open Graph (https://ogp.me/), and the picture that belongs to it.

The picture is drawn when it is first asked for, and kept with the documents of the release.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import Blueprint, Response, abort
from markupsafe import Markup
from werkzeug.wrappers import Response as WerkzeugResponse

from filmgraph.errors import IriError
from filmgraph.formats import Format
from filmgraph.iris import Kind, is_key
from filmgraph.jsonld import crawler_trail, to_script
from filmgraph.pages import ThingPage, plural
from filmgraph.pages.kinds import capitalise
from filmgraph.pages.model import FilmPage
from filmgraph.sharecard import HEIGHT, WIDTH, Card, draw_card
from filmgraph.web.cache import CachedDocument
from filmgraph.web.gate import WorkGate
from filmgraph.web.responses import respond
from filmgraph.web.site import Site
from filmgraph.web.tombstones import lead_to_survivor

__all__ = ["Share", "share_blueprint", "share_site", "share_thing", "trail_to", "write_trail"]

_PNG: Final = Format("png", "PNG", "image/png", ".png", "https://www.w3.org/TR/png-3/")
_TYPES: Final = {Kind.FILM: "video.movie", Kind.PERSON: "profile"}
#: Cards that are drawn at once in a web process, and for one client: drawing one takes a tenth of a second of its time.
_DRAWN: Final = 4
_CLIENT_DRAWN: Final = 2
_FRESH: Final = "public, max-age=3600"
_PLAIN_KINDS: Final = frozenset(
    {kind for kind in Kind if kind.is_vocabulary} | {Kind.CREDIT, Kind.CHARACTER, Kind.IMAGE, Kind.TEXT}
)


@dataclass(frozen=True, slots=True)
class Share:
    """The Open Graph of a page. An empty title or description means that of the page."""

    type: str
    image_url: str
    image_alt: str
    title: str = ""
    description: str = ""
    width: int = WIDTH
    height: int = HEIGHT


def share_site(site: Site) -> Share:
    """Return what is shown of a page that is not about one thing."""
    settings = site.settings
    return Share("website", site.links.absolute(site.links.share()), settings.title, description=settings.description)


def share_thing(site: Site, page: ThingPage) -> Share:
    """Return what is shown of a thing's page."""
    if site.is_static and page.kind in _PLAIN_KINDS:
        # A card for each of hundreds of languages would take most of the time of an export.
        return share_site(site)
    url = site.links.absolute(site.links.share(page.kind, page.key))
    title = f"{page.title} ({page.year})" if isinstance(page, FilmPage) and page.year else page.title
    alt = ", ".join(each for each in (page.title, page.kind_label, page.note) if each)
    return Share(_TYPES.get(page.kind, "website"), url, alt, title, page.lead)


def trail_to(site: Site, kind: Kind, *steps: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the way to a page by the list of a kind: names and public URLs, the page itself last."""
    listing = (capitalise(plural(kind, site.messages)), site.links.absolute(site.links.listing(kind)))
    return ((site.settings.title, site.links.absolute(site.links.home())), listing, *steps)


def write_trail(steps: tuple[tuple[str, str], ...]) -> Markup:
    """Return a way as the text of a script element."""
    return Markup(to_script(crawler_trail(steps)))


def share_blueprint(site: Site) -> Blueprint:
    """Return the routes of all pictures."""
    blueprint = Blueprint("share", __name__)
    gate = WorkGate(_DRAWN, _CLIENT_DRAWN, site.settings.endpoint)

    @blueprint.get("/share.png")
    def of_site() -> Response:
        settings = site.settings
        return _send(site, gate, ("share",), Card("", (settings.title, settings.id), "", settings.publisher))

    @blueprint.get("/share/<segment>/<name>")
    def of_thing(segment: str, name: str) -> Response | WerkzeugResponse:
        key, _, suffix = name.rpartition(".")
        kind = Kind.from_segment(segment)
        if suffix != "png" or not is_key(key):
            abort(404)
        moved = lead_to_survivor(site, kind, key, site.links.share)
        return moved or _send(site, gate, ("share", kind.segment, key), None)

    return blueprint


def _send(site: Site, gate: WorkGate, name: tuple[str, ...], card: Card | None) -> Response:
    """Answer with a card; one that is kept already is sent to everybody."""

    def draw() -> CachedDocument:
        with gate.working():
            return CachedDocument(draw_card(card or _card(site, *name[1:])), ())

    document = site.documents.recall(name, draw)
    response = respond(site, document.body, _PNG)
    # A card reader is a search engine's neighbour: it takes no picture that must not be indexed.
    response.headers.pop("X-Robots-Tag", None)
    response.headers["Cache-Control"] = _FRESH
    return response


def _card(site: Site, segment: str, key: str) -> Card:
    kind = Kind.from_segment(segment)
    description = site.describe(site.iris.thing(kind, key))
    if description is None:
        raise IriError(f"There is no {kind.segment} “{key}” in release {site.manifest.release_id}")
    page = site.page(description)
    others = tuple(each.label for each in page.other_titles) if isinstance(page, FilmPage) else ()
    words = key.replace("-", " ")
    return Card(
        page.kind_label, (page.title, *others, words), page.note, site.settings.title, "fictional" if page.fictional else ""
    )
