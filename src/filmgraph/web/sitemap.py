"""`/sitemap.xml`: an index with one sitemap or more for each kind of thing, and one for the pages that are about none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Final

from flask import Blueprint, Response, abort
from pyoxigraph import NamedNode

from filmgraph.changelog import has_changes
from filmgraph.formats import Format
from filmgraph.iris import Kind
from filmgraph.languages import LANGUAGES
from filmgraph.modified import read_modified
from filmgraph.namespaces import RDF
from filmgraph.sitemap import SITEMAP_LENGTH, SitemapEntry, count_parts, part_of, write_index, write_sitemap
from filmgraph.web.cache import CachedDocument
from filmgraph.web.editions import Editions
from filmgraph.web.history import read_as_of
from filmgraph.web.links import to_uri
from filmgraph.web.responses import respond
from filmgraph.web.site import Site

__all__ = ["sitemap_blueprint"]

#: Each page stands in its sitemap in all languages.
_PART_LENGTH: Final = SITEMAP_LENGTH // len(LANGUAGES)
_XML: Final = Format("sitemap", "Sitemap", "application/xml", ".xml", "https://www.sitemaps.org/protocol.html")
_PAGES: Final = "pages"
#: What these say stands on the page of the film, too, or is for programs.
_LEFT_OUT: Final = frozenset({Kind.CREDIT, Kind.TEXT, Kind.IMAGE, Kind.DATASET})
_LISTED: Final = tuple(kind for kind in Kind if kind not in _LEFT_OUT)


def sitemap_blueprint(site: Site, editions: Editions) -> Blueprint:
    """Return the routes of the index and of all sitemaps. The change log is read when the first of them is asked for."""
    blueprint = Blueprint("sitemap", __name__)
    sitemaps = _Sitemaps(site, editions)

    @blueprint.get("/sitemap.xml")
    def index() -> Response:
        return _send(site, ("sitemap",), lambda: write_index(sitemaps.index()))

    @blueprint.get("/sitemap/<name>.xml")
    def part(name: str) -> Response:
        group, _, number = name.rpartition("-")
        if not number.isascii() or not number.isdecimal() or len(number) > 6:
            abort(404)
        return _send(site, ("sitemap", name), lambda: write_sitemap(sitemaps.part(group, int(number))))

    return blueprint


class _Sitemaps:
    """The pages of one release, by group: a kind of thing, or the rest."""

    def __init__(self, site: Site, editions: Editions) -> None:
        self._site = site
        self._editions = editions
        self._modified: Callable[[], Mapping[str, str]] = cache(lambda: read_modified(site.release_path))
        self._entries: Callable[[str], tuple[SitemapEntry, ...]] = cache(self._list)

    def index(self) -> list[SitemapEntry]:
        """Return the sitemaps that there are, each with the time of the last change of a page in it."""
        found = []
        for group in (_PAGES, *(kind.segment for kind in _LISTED)):
            entries = self._entries(group)
            for number in range(1, count_parts(len(entries), _PART_LENGTH) + 1):
                last = max(each.modified for each in part_of(entries, number, _PART_LENGTH))
                found.append(SitemapEntry(self._url(self._site.links.sitemap(f"{group}-{number}")), last))
        return found

    def part(self, group: str, number: int) -> tuple[SitemapEntry, ...]:
        """Return one sitemap; 404 for one that the index does not name."""
        is_known = group == _PAGES or any(group == kind.segment for kind in _LISTED)
        entries = self._entries(group) if is_known else ()
        if not 1 <= number <= count_parts(len(entries), _PART_LENGTH):
            abort(404)
        translate = self._site.links.translations
        return tuple(replace(each, translations=translate(each.url)) for each in part_of(entries, number, _PART_LENGTH))

    def _list(self, group: str) -> tuple[SitemapEntry, ...]:
        return tuple(self._pages() if group == _PAGES else self._things(Kind.from_segment(group)))

    def _things(self, kind: Kind) -> list[SitemapEntry]:
        """Return the pages of all things of a kind; of the vocabulary only what the release uses."""
        site, modified, created = self._site, self._modified(), self._created
        iris = (iri for iri in site.things.get(kind.segment, ()) if not kind.is_vocabulary or self._is_used(iri))
        keys = ((iri, iri.rpartition("/")[2]) for iri in iris)
        return [SitemapEntry(to_uri(site.iris.document(kind, key)), modified.get(iri, created)) for iri, key in keys]

    def _is_used(self, iri: str) -> bool:
        return any(True for _ in self._site.store.quads(NamedNode(iri), NamedNode(RDF.type)))

    def _pages(self) -> list[SitemapEntry]:
        """Return the first page, the lists, the programmes, the data; what shows numbers of the release changes with it."""
        links, created = self._site.links, self._created
        dated = [
            links.home(),
            links.datasets(),
            links.dictionary(),
            *([links.changes()] if has_changes(self._site.release_path) else []),
        ]
        undated = [links.listing(kind) for kind in _LISTED if self._site.things.get(kind.segment)]
        programmes = [links.programme(each.named.key) for each in self._editions.all]
        undated += [links.vocabulary(), *([links.programme(), *programmes] if programmes else [])]
        return [SitemapEntry(self._url(each), created) for each in dated] + [SitemapEntry(self._url(each)) for each in undated]

    @property
    def _created(self) -> str:
        """When the release was built, as the change log writes times."""
        return self._site.manifest.created.replace("+00:00", "Z")

    def _url(self, path: str) -> str:
        return to_uri(self._site.links.absolute(path))


def _send(site: Site, name: tuple[str, ...], make: Callable[[], bytes]) -> Response:
    """Answer with a sitemap; 404 below `/as-of/`, whose pages are not to be indexed."""
    if read_as_of() is not None:
        abort(404)
    return respond(site, site.documents.recall(name, lambda: CachedDocument(make(), ())).body, _XML)
