"""The list of what a site consists of: the paths of all documents of a release that need no question to be answered."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask

from filmgraph.changelog import ADDED, LOG, REMOVED, has_changes
from filmgraph.download import DATASET_FILE
from filmgraph.formats import CALENDAR, DocumentFormat
from filmgraph.iris import Kind
from filmgraph.languages import LANGUAGES
from filmgraph.programme import SCREENED_KINDS
from filmgraph.web import SITE
from filmgraph.web.dumps import list_dumps
from filmgraph.web.editions import Editions
from filmgraph.web.site import Site
from filmgraph.web.static_files import FOLDER

__all__ = ["list_addresses", "site_of"]

_CHANGE_FILES = ("stream", "activity", "feed.atom", "history.json")


def site_of(app: Flask) -> Site:
    """Return what an application shows."""
    site: Site = app.extensions[SITE]
    return site


def list_addresses(app: Flask, root: str) -> list[str]:
    """Return the local paths of all pages in all languages, and of all data; `root` is the path of the site on its host.

    The later pages of lists, pictures and the parts of the sitemap are left out: the pages and the sitemap lead to them.
    """
    site = site_of(app)
    with app.test_request_context("/", environ_overrides={"SCRIPT_NAME": root}):
        pages = list(_pages(site))
        translated = [site.links.in_language(path, language) for language in LANGUAGES for path in pages]
        return [*dict.fromkeys((*translated, *_data(site)))]


def _pages(site: Site) -> Iterator[str]:
    links = site.links
    yield from (links.home(), links.datasets(), links.dictionary(), links.vocabulary())
    if has_changes(site.release_path):
        yield links.changes()
    for kind, keys in _things(site):
        yield links.listing(kind)
        for key in keys:
            yield from (links.document(kind, key), links.facts(kind, key))
    editions = Editions(site)
    if editions.all:
        yield links.programme()
    for edition in editions.all:
        yield from (links.programme(edition.named.key, day) for day in ("", *_days(editions, edition.named.key)))


def _data(site: Site) -> Iterator[str]:
    links, formats = site.links, [each for each in site.formats if each is not DocumentFormat.HTML]
    for kind, keys in _things(site):
        for key in keys:
            yield from (links.document(kind, key, each.suffix) for each in formats)
            yield links.linkset(kind, key)
            if kind in SCREENED_KINDS:
                yield links.calendar(kind, key)
    for edition in (editions := Editions(site)).all:
        key = edition.named.key
        yield from (links.programme(key, day, suffix=CALENDAR.suffix) for day in ("", *_days(editions, key)))
    for make in (links.vocabulary, links.dictionary):
        yield from (make(each.suffix) for each in formats)
    yield from (links.shapes(), links.share(), links.sitemap(), links.robots())
    yield from (links.static(path.relative_to(FOLDER).as_posix()) for path in sorted(FOLDER.rglob("*")) if path.is_file())
    yield from _release_files(site)


def _release_files(site: Site) -> Iterator[str]:
    """Yield the paths of what the release itself holds for readers."""
    links, manifest = site.links, site.manifest
    if (site.release_path / DATASET_FILE).is_file():
        yield from (links.datasets(each.suffix) for each in site.formats if each is not DocumentFormat.HTML)
    yield from (links.dump(each.name, manifest.release_id) for each in list_dumps(manifest))
    if has_changes(site.release_path):
        yield from map(links.changes, _CHANGE_FILES)
        yield from (links.changes(f"{manifest.release_id}/{name}") for name in (ADDED, REMOVED, LOG))
        for path in sorted(manifest.files):
            folder, _, name = path.rpartition("/")
            if folder == "changes/stream" and name.endswith(".gz"):
                page = name.removesuffix(".gz")
                yield links.changes(f"{'stream' if page.endswith('.trig') else 'activity'}/{page}")


def _things(site: Site) -> Iterator[tuple[Kind, list[str]]]:
    for kind in Kind:
        iris = site.things.get(kind.segment, ())
        if iris:
            yield kind, [iri.rpartition("/")[2] for iri in iris]


def _days(editions: Editions, key: str) -> list[str]:
    programme = editions.find(key)
    evenings = {each.evening for each in programme.screenings if each.evening is not None} if programme else set()
    return sorted(each.isoformat() for each in evenings)
