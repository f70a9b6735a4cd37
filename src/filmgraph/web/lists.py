"""The first page, and the list of each kind of thing."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, abort, render_template, request
from markupsafe import Markup
from pyoxigraph import Literal, NamedNode

from filmgraph.facets import FacetChoice
from filmgraph.facets_model import FACETS, Facet
from filmgraph.formats import DocumentFormat
from filmgraph.iris import Kind
from filmgraph.jsonld import crawler_list, crawler_website, to_script
from filmgraph.namespaces import FG
from filmgraph.pages.leads import join_words
from filmgraph.pages.listing import ListLine, ListPage, build_facets, build_lines, choice_fields, list_title
from filmgraph.pages.programme import ProgrammeDay
from filmgraph.web.coming import Coming, read_now
from filmgraph.web.dumps import DumpFile, list_dumps
from filmgraph.web.language import read_language
from filmgraph.web.links import to_uri
from filmgraph.web.responses import respond
from filmgraph.web.share import trail_to
from filmgraph.web.site import Site

__all__ = ["lists_blueprint"]

PAGE_SIZE = 100
_HTML = DocumentFormat.HTML.format


@dataclass(frozen=True, slots=True)
class HomePage:
    """The first page: what there is, in numbers."""

    counts: tuple[tuple[Kind, str, int], ...]
    vocabulary: tuple[tuple[Kind, str, int], ...]
    fictional: tuple[ListLine, ...]
    coming: tuple[ProgrammeDay, ...]
    example: ListLine | None
    graphs: tuple[tuple[str, int], ...]
    dumps: tuple[DumpFile, ...]


def lists_blueprint(site: Site) -> Blueprint:
    """Return the routes of the first page and of all lists."""
    blueprint = Blueprint("lists", __name__)
    coming = Coming(site)

    @blueprint.get("/")
    def home() -> Response:
        now = read_now(site)
        state, until = coming.state(now)
        links = [f'<{site.links.absolute(site.links.home())}>; rel="canonical"']
        return respond(site, _home(site, coming.days(now)), _HTML, links, state=state, until=until)

    @blueprint.get("/<segment>/", strict_slashes=False)
    def listing(segment: str) -> Response:
        return _show(site, Kind.from_segment(segment))

    return blueprint


def _show(site: Site, kind: Kind) -> Response:
    page = _list_page(site, kind, _read_choice(kind), _read_number())
    urls = [_page_url(site, each.iri) for each in page.lines]
    canonical = site.links.absolute(site.links.listing(kind, page.number, page.fields))
    body = render_template(
        "list.html",
        page=page,
        lead=_lead(site, page),
        active_kind=kind,
        canonical=canonical,
        crawler=Markup(to_script(crawler_list(page.title, urls, page.first_position))),
        trail=trail_to(site, kind),
    )
    response = respond(site, body, _HTML, [f'<{to_uri(canonical)}>; rel="canonical"'])
    if page.fields:
        response.headers["X-Robots-Tag"] = "noindex"
    return response


def _read_choice(kind: Kind) -> dict[Facet, str]:
    """Return what the address at hand chooses; a field without a value chooses nothing."""
    return {each: request.args[each.value] for each in FACETS.get(kind, ()) if request.args.get(each.value)}


def _read_number() -> int:
    text = request.args.get("page", "1")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0


def _home(site: Site, coming: tuple[ProgrammeDay, ...]) -> str:
    settings = site.settings
    description = settings.description or site.messages("home.description")
    canonical = site.links.absolute(site.links.home())
    search_url = site.links.absolute(site.links.search("search_term_string")) if site.search is not None else ""
    where = (search_url, read_language())
    block = crawler_website(settings.title, site.iris.base, description, settings.publisher, *where)
    return render_template(
        "home.html",
        page=_home_page(site, coming),
        formats=[each.format for each in site.formats],
        manifest=site.manifest,
        lead=description,
        canonical=canonical,
        crawler=Markup(to_script(block)),
    )


def _lead(site: Site, page: ListPage) -> str:
    say, catalogue = site.messages, site.settings.title
    names = join_words((line.name for line in page.lines), messages=say)
    things = say.kind(page.kind.segment, page.total)
    return say("lead.list", number=page.total, things=things, catalogue=catalogue, names=names) if names else catalogue


def _list_page(site: Site, kind: Kind, choice: FacetChoice, number: int) -> ListPage:
    start = (number - 1) * PAGE_SIZE
    answer = site.facets.answer(kind, choice, max(0, start), PAGE_SIZE) if site.facets and kind in FACETS else None
    things = answer.listed if answer else site.listed(kind)[max(0, start) : start + PAGE_SIZE]
    total = answer.total if answer else len(site.listed(kind))
    page_count = max(1, -(-total // PAGE_SIZE))
    if not 1 <= number <= page_count:
        abort(404)
    return ListPage(
        kind=kind,
        title=list_title(kind, site.messages),
        lines=build_lines(things, site.vocabulary, site.messages),
        total=total,
        number=number,
        page_count=page_count,
        first_position=start + 1,
        fields=choice_fields(kind, choice) if answer else (),
        facets=build_facets(kind, answer, choice, site.vocabulary, site.messages) if answer else None,
    )


def _page_url(site: Site, iri: str) -> str:
    thing = site.iris.parse(iri)
    return site.links.page_url(thing.kind, thing.key) if thing else iri


def _home_page(site: Site, coming: tuple[ProgrammeDay, ...]) -> HomePage:
    numbers = ((kind, len(site.things.get(kind.segment, ()))) for kind in Kind)
    say = site.messages
    counts = [(kind, say.kind(kind.segment, number), number) for kind, number in numbers]
    films = site.facets.answer(Kind.FILM, {}, 0, 1).listed if site.facets else site.listed(Kind.FILM)
    fictional = [each for each in site.listed(Kind.FESTIVAL) if _is_fictional(site, each.iri)]
    return HomePage(
        counts=tuple(each for each in counts if each[2] and not each[0].is_vocabulary),
        vocabulary=tuple(each for each in counts if each[2] and each[0].is_vocabulary),
        fictional=build_lines(fictional, site.vocabulary, say),
        coming=coming,
        example=next(iter(build_lines(films[:1], site.vocabulary)), None),
        graphs=((say("home.published-graph"), site.manifest.triples), *sorted(site.manifest.graphs.items())),
        dumps=tuple(each for each in list_dumps(site.manifest) if each.is_main),
    )


def _is_fictional(site: Site, iri: str) -> bool:
    found = site.store.quads(NamedNode(iri), NamedNode(FG.isFictional))
    return any(isinstance(quad.object, Literal) and quad.object.value == "true" for quad in found)
