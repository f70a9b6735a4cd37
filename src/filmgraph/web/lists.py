"""The first page, and the list of each kind of thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, abort, render_template, request
from markupsafe import Markup
from pyoxigraph import Literal, NamedNode

from filmgraph.describe import Listed
from filmgraph.formats import DocumentFormat
from filmgraph.iris import Kind
from filmgraph.jsonld import crawler_list, crawler_website, to_script
from filmgraph.namespaces import FG
from filmgraph.pages import Moment, plural, read_moment, singular
from filmgraph.pages.leads import join_words
from filmgraph.web.dumps import DumpFile, list_dumps
from filmgraph.web.responses import respond
from filmgraph.web.share import trail_to
from filmgraph.web.site import Site

__all__ = ["lists_blueprint"]

PAGE_SIZE = 100
_HTML = DocumentFormat.HTML.format


@dataclass(frozen=True, slots=True)
class ListLine:
    """One thing in a list."""

    iri: str
    name: str
    date: Moment | None


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of a list. Positions and page numbers count from 1."""

    kind: Kind
    title: str
    lines: tuple[ListLine, ...]
    total: int
    number: int
    page_count: int

    @property
    def first_position(self) -> int:
        """The position of the first line in the whole list."""
        return (self.number - 1) * PAGE_SIZE + 1


@dataclass(frozen=True, slots=True)
class HomePage:
    """The first page: what there is, in numbers."""

    counts: tuple[tuple[Kind, str, int], ...]
    vocabulary: tuple[tuple[Kind, str, int], ...]
    fictional: tuple[ListLine, ...]
    example: ListLine | None
    graphs: tuple[tuple[str, int], ...]
    dumps: tuple[DumpFile, ...]


def lists_blueprint(site: Site) -> Blueprint:
    """Return the routes of the first page and of all lists."""
    blueprint = Blueprint("lists", __name__)

    @blueprint.get("/")
    def home() -> Response:
        return respond(site, _home(site), _HTML, [f'<{site.iris.base}>; rel="canonical"'])

    @blueprint.get("/<segment>/", strict_slashes=False)
    def listing(segment: str) -> Response:
        kind = Kind.from_segment(segment)
        page = _list_page(site, kind, request.args.get("page", "1"))
        urls = [_page_url(site, each.iri) for each in page.lines]
        crawler = Markup(to_script(crawler_list(page.title, urls, page.first_position)))
        canonical = site.links.absolute(site.links.listing(kind, page.number))
        body = render_template(
            "list.html",
            page=page,
            lead=_lead(site, page),
            active_kind=kind,
            canonical=canonical,
            crawler=crawler,
            trail=trail_to(site, kind),
        )
        return respond(site, body, _HTML, [f'<{canonical}>; rel="canonical"'])

    return blueprint


def _home(site: Site) -> str:
    settings = site.settings
    description = settings.description or "Films, people, credits and screenings as linked data."
    search_url = site.links.absolute(site.links.search("search_term_string")) if site.search is not None else ""
    block = crawler_website(settings.title, site.iris.base, description, settings.publisher, search_url)
    return render_template(
        "home.html",
        page=_home_page(site),
        formats=[each.format for each in DocumentFormat],
        manifest=site.manifest,
        lead=description,
        canonical=site.iris.base,
        crawler=Markup(to_script(block)),
    )


def _lead(site: Site, page: ListPage) -> str:
    names = join_words(line.name for line in page.lines)
    return f"{page.total} {page.title.casefold()} in {site.settings.title}: {names}." if names else site.settings.title


def _list_page(site: Site, kind: Kind, number_text: str) -> ListPage:
    things = site.listed(kind)
    page_count = max(1, -(-len(things) // PAGE_SIZE))
    number = int(number_text) if number_text.isascii() and number_text.isdecimal() and len(number_text) < 9 else 0
    if not 1 <= number <= page_count:
        abort(404)
    shown = things[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    title = plural(kind)
    return ListPage(kind, title[:1].upper() + title[1:], _lines(site, shown), len(things), number, page_count)


def _lines(site: Site, things: Sequence[Listed]) -> tuple[ListLine, ...]:
    return tuple(ListLine(each.iri, _name(site, each), read_moment(each.date)) for each in things)


def _name(site: Site, listed: Listed) -> str:
    concept = site.vocabulary.by_iri(listed.iri)
    return concept.label() if concept else listed.name or listed.iri.rpartition("/")[2]


def _page_url(site: Site, iri: str) -> str:
    thing = site.iris.parse(iri)
    return site.iris.document(thing.kind, thing.key) if thing else iri


def _home_page(site: Site) -> HomePage:
    numbers = ((kind, len(site.things.get(kind.segment, ()))) for kind in Kind)
    counts = [(kind, singular(kind) if number == 1 else plural(kind), number) for kind, number in numbers]
    films = site.listed(Kind.FILM)
    fictional = [each for each in site.listed(Kind.FESTIVAL) if _is_fictional(site, each.iri)]
    return HomePage(
        counts=tuple(each for each in counts if each[2] and not each[0].is_vocabulary),
        vocabulary=tuple(each for each in counts if each[2] and each[0].is_vocabulary),
        fictional=_lines(site, fictional),
        example=next(iter(_lines(site, films[:1])), None),
        graphs=(("the published graph", site.manifest.triples), *sorted(site.manifest.graphs.items())),
        dumps=tuple(each for each in list_dumps(site.manifest) if each.is_main),
    )


def _is_fictional(site: Site, iri: str) -> bool:
    found = site.store.quads(NamedNode(iri), NamedNode(FG.isFictional))
    return any(isinstance(quad.object, Literal) and quad.object.value == "true" for quad in found)
