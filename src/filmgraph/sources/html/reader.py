"""Reads saved web pages, one file or a folder of them, by their structured data; lines of prose only where a profile asks for it.

The modules behind it, in the order of the work: `process` (file → items, in a process of its own; `decoding`, `markup`, `jsonld`,
`microdata` and `rdfa` are its parts), `nodes` (items → one graph), `films`, `events` and `agents` (graph → records), `prose`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from filmgraph.errors import UnreadableInputError
from filmgraph.findings import Finding, Severity, SourcePlace
from filmgraph.matching_identifiers import identifier_of_link
from filmgraph.model import Movie, Ref
from filmgraph.settings import SourceSettings
from filmgraph.sources.base import Reading, list_pages, read_bytes
from filmgraph.sources.confined import Limits, run_confined
from filmgraph.sources.html.agents import PEOPLE, Agents
from filmgraph.sources.html.events import EVENTS, FESTIVALS, VENUES, Events
from filmgraph.sources.html.films import FILMS, Films, film_years
from filmgraph.sources.html.gathering import Gathering
from filmgraph.sources.html.nodes import Node, to_nodes
from filmgraph.sources.html.page import Page
from filmgraph.sources.html.profile import PageProfile, read_page_profile
from filmgraph.sources.html.prose import ProseReader
from filmgraph.vocabulary import Vocabulary

__all__ = ["PAGE_LIMITS", "read_html"]

PAGE_LIMITS: Final = Limits(file_bytes=20_000_000, memory_bytes=1_500_000_000, seconds=30)
_PROGRAM: Final = "filmgraph.sources.html.process"
_BATCH_BYTES: Final = 20_000_000
_BATCH: Final = 50
#: What sites describe besides: themselves.
_OF_SITES: Final = frozenset(
    {
        "WebSite",
        "WebPage",
        "ItemPage",
        "AboutPage",
        "ContactPage",
        "CollectionPage",
        "ProfilePage",
        "FAQPage",
        "ItemList",
        "ListItem",
    }
    | {
        "BreadcrumbList",
        "SiteNavigationElement",
        "WPHeader",
        "WPFooter",
        "SearchAction",
        "ReadAction",
        "EntryPoint",
        "ImageObject",
    }
    | {"VideoObject", "Article", "NewsArticle", "BlogPosting", "Offer", "AggregateOffer", "Rating", "AggregateRating"}
)
Batch = list[tuple[str, bytes]]


def read_html(source: SourceSettings, catalogue_path: Path, vocabulary: Vocabulary) -> Reading:
    """Return what web pages say; see `sources.base.Reader`.

    UnreadableInputError when a page or the profile cannot be read; SettingsError when the profile makes no sense.
    """
    profile = PageProfile()
    if source.profile:
        profile = read_page_profile(read_bytes(source, catalogue_path, source.profile), source.profile, vocabulary)
    names = list_pages(source, catalogue_path)
    readings = [
        _read_page(path, answer, source, profile, vocabulary)
        for batch in _iter_batches(source, catalogue_path, names)
        for path, answer in _answer(batch, profile)
    ]
    return Reading(
        tuple(record for each in readings for record in each.records),
        tuple(finding for each in readings for finding in each.findings),
        tuple(line for each in readings for line in each.unread),
    )


def _iter_batches(source: SourceSettings, catalogue_path: Path, names: Iterable[str]) -> Iterator[Batch]:
    """Yield pages in groups, because starting a process for each takes longer than reading it."""
    batch: Batch = []
    for name in names:
        data = read_bytes(source, catalogue_path, name)
        if len(data) > PAGE_LIMITS.file_bytes:
            raise UnreadableInputError(f"{name}: more than {PAGE_LIMITS.file_bytes // 1_000_000} MB: no page is that long")
        if batch and (len(batch) == _BATCH or sum(len(each) for _, each in batch) + len(data) > _BATCH_BYTES):
            yield batch
            batch = []
        batch.append((name, data))
    if batch:
        yield batch


def _answer(batch: Batch, profile: PageProfile) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each page with what the process makes of it; a page that ends the process is read alone, so that it can be named."""
    prose = profile.prose
    request = {"title": prose.title if prose else "", "line": prose.line if prose else ""}
    try:
        yield from _ask(batch, request)
    except UnreadableInputError:
        if len(batch) == 1:
            raise
        for each in batch:
            yield from _ask([each], request)


def _ask(batch: Batch, request: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    sizes = {"sizes": [len(data) for _, data in batch]}
    answers = run_confined(_PROGRAM, {**request, **sizes}, b"".join(data for _, data in batch), PAGE_LIMITS, batch[0][0])
    for (path, _), answer in zip(batch, answers, strict=True):
        if "refused" in answer:
            raise UnreadableInputError(f"{path}: {answer['refused']}")
    return [(path, answer) for (path, _), answer in zip(batch, answers, strict=True)]


def _read_page(
    path: str, answer: Mapping[str, Any], source: SourceSettings, profile: PageProfile, vocabulary: Vocabulary
) -> Reading:
    found = Gathering(path)
    for note in answer["notes"]:
        found.remark(note["rule"], Severity.WARNING, note["line"], note["text"], note["message"])
    nodes, top = to_nodes(answer["items"])
    language = (source.language or answer["language"]).partition("-")[0].lower() or None
    page = Page(source, profile, vocabulary, found, answer["base"] or source.url, language, film_years(nodes))
    if not nodes:
        message = "The page has no JSON-LD, microdata or RDFa in terms of schema.org, so nothing is read from it."
        if profile.prose is None:
            found.remark("html-no-markup", Severity.WARNING, 1, path, message)
    _read_nodes(nodes, page)
    _leave_unused(top, page)
    if profile.prose is not None:
        _read_prose(answer, page, ProseReader(page, profile.prose.labels))
    return Reading(found.records(), tuple(found.findings), tuple(found.unread))


def _read_nodes(nodes: Iterable[Node], page: Page) -> None:
    """Read what a catalogue is about, wherever on the page it stands: festivals first, then what lies in them."""
    nodes = tuple(nodes)
    for node in nodes:
        if node.is_a(FESTIVALS) and node.text("name"):
            _read_festival(node, Events(page))
    for node in nodes:
        if node.is_a(FILMS):
            Films(page).read(node)
        elif node.is_a(VENUES):
            Events(page).read_venue(node)
        elif Events(page).is_screening(node):
            Events(page).read_screening(node)
    for node in _iter_main_people(nodes):
        Agents(page).read_person(node)


def _iter_main_people(nodes: Iterable[Node]) -> Iterator[Node]:
    """Yield the people whom the page is about: it says so, or tells what nobody tells of the author of a web page."""
    for node in nodes:
        yield from (each for each in node.nodes("mainEntity") if each.is_a(PEOPLE))
        links = (identifier_of_link(each.text) for each in node.data("sameAs"))
        if node.is_a(PEOPLE) and (node.text("birthDate", "deathDate") or "mainEntityOfPage" in node.values or any(links)):
            yield node


def _read_festival(node: Node, events: Events) -> None:
    festival = events.read_festival(node)
    for each in node.nodes("subEvent", "subEvents"):
        if events.is_screening(each):
            events.read_screening(each, festival)


def _leave_unused(top: Iterable[Node], page: Page) -> None:
    """List the things at the top of blocks from which nothing came."""
    for node in top:
        if id(node) in page.used or not node.types:
            continue
        kinds = ", ".join(sorted(node.types))
        if node.is_a(EVENTS):
            message = (
                "The page describes an event that presents no film, so it is not read as a screening. "
                'Where all its events are screenings, say so in a profile: events = "screenings".'
            )
            page.found.remark("html-event", Severity.WARNING, node.line, node.text("name") or kinds, message)
        else:
            why = f"it is a {kinds}"
            page.found.leave(node.line, node.text("name") or node.id or kinds, why, is_understood=node.is_a(_OF_SITES))


def _read_prose(answer: Mapping[str, Any], page: Page, reader: ProseReader) -> None:
    films = [ref for ref, (record_class, _) in page.found.classes.items() if record_class is Movie]
    film: Ref | None = reader.film([(line, text) for line, text in answer["titles"]], films)
    for line, text in answer["lines"]:
        if film is None:
            page.found.leave(line, text, "it is not known which film the line is about: the page has none, or several")
        else:
            reader.read(film, line, text)
    if not answer["lines"]:
        message = f"The line selector of {page.profile.path} finds nothing on the page."
        page.found.findings.append(Finding("html-prose", Severity.WARNING, message, places=(SourcePlace(page.found.path, 1),)))
