"""The same log for two other kinds of reader: pages of Activity Streams 2.0, and an Atom feed.

Sources: IIIF Change Discovery 1.0 (https://iiif.io/api/discovery/1.0/), which is Activity Streams 2.0 with an order of reading:
pages from the oldest to the newest, a reader starts at the last. Atom: https://www.rfc-editor.org/rfc/rfc4287.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from filmgraph.changelog import (
    ACTIVITY_ROOT,
    FEED,
    Change,
    ChangeType,
    ReleaseNote,
    count_members,
)
from filmgraph.changes_stream import PAGE_MEMBERS, Publisher, page_name
from filmgraph.dumps_files import open_gzip
from filmgraph.formats import DocumentFormat
from filmgraph.iris import Kind

__all__ = ["ActivityWriter", "link_to_next", "write_collection", "write_feed"]

_CONTEXT: Final = "http://iiif.io/api/discovery/1/context.json"
#: So many releases stand in the feed at most; the page of all releases has the others.
_FEED_RELEASES: Final = 50
# What https://www.w3.org/TR/xml/#charsets leaves out.
_NOT_IN_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class ActivityWriter:
    """Writes the activity pages of one release; the page before gets its link to the first of them."""

    def __init__(self, publisher: Publisher, folder: Path, release_id: str, time: str, history: tuple[ReleaseNote, ...]) -> None:
        self._publisher, self._folder = publisher, folder
        self._release_id, self._time = release_id, time
        self._start = count_members(history)
        self._previous = next((page_name(n.release_id, n.pages, ".json") for n in reversed(history) if n.pages), None)
        self._page = 0
        self._items: list[dict[str, object]] = []

    def add(self, change: Change, activity_iri: str) -> None:
        """Add an activity with the IRI of the version that the event stream gives the thing."""
        if len(self._items) == PAGE_MEMBERS:
            self._write_page(is_last=False)
        self._items.append(_activity(self._publisher, change, activity_iri, self._time))

    def close(self) -> None:
        """Write the last page."""
        if self._items:
            self._write_page(is_last=True)

    def _write_page(self, *, is_last: bool) -> None:
        self._page += 1
        name = page_name(self._release_id, self._page, ".json")
        page: dict[str, object] = {
            "@context": _CONTEXT,
            "id": _page_url(self._publisher, name),
            "type": "OrderedCollectionPage",
            "partOf": {"id": f"{self._publisher.changes_url}activity", "type": "OrderedCollection"},
            "startIndex": self._start,
        }
        if self._previous:
            page["prev"] = _page_reference(self._publisher, self._previous)
        if not is_last:
            page["next"] = _page_reference(self._publisher, page_name(self._release_id, self._page + 1, ".json"))
        _write_page(self._folder / f"{name}.gz", page, self._items)
        self._start += len(self._items)
        self._previous, self._items = name, []


def _activity(publisher: Publisher, change: Change, activity_iri: str, time: str) -> dict[str, object]:
    thing: dict[str, object] = {"id": change.thing, "type": change.class_iri or "Object", "name": change.name}
    if change.type in (ChangeType.DELETE, ChangeType.MERGE):
        thing = {**thing, "type": "Tombstone", "formerType": change.class_iri or "Object", "deleted": time}
    elif change.kind:
        json_ld = DocumentFormat.JSON_LD
        url = publisher.iris.document(Kind.from_segment(change.kind), change.key, json_ld.suffix)
        thing["seeAlso"] = [{"id": url, "type": "Dataset", "format": json_ld.media_type}]
    activity: dict[str, object] = {
        "id": activity_iri,
        "type": change.type.value,
        "summary": change.words,
        "object": thing,
        "endTime": time,
    }
    if change.survivor:
        activity["target"] = {"id": change.survivor, "type": change.class_iri or "Object"}
    return activity


def write_collection(publisher: Publisher, folder: Path, history: tuple[ReleaseNote, ...]) -> None:
    """Write the collection: where its first and its last page are."""
    names = [note for note in history if note.pages]
    collection: dict[str, object] = {
        "@context": _CONTEXT,
        "id": f"{publisher.changes_url}activity",
        "type": "OrderedCollection",
        "summary": f"Changes of {publisher.title}",
        "totalItems": count_members(history),
        "rights": publisher.licence,
    }
    if names:
        collection["first"] = _page_reference(publisher, page_name(names[0].release_id, 1, ".json"))
        collection["last"] = _page_reference(publisher, page_name(names[-1].release_id, names[-1].pages, ".json"))
    text = json.dumps(collection, indent=1, ensure_ascii=False) + "\n"
    (folder / ACTIVITY_ROOT).write_text(text, encoding="utf-8")


def link_to_next(publisher: Publisher, old: Path, new: Path, next_name: str) -> None:
    """Write a copy of the page `old` to `new` that knows which page follows: the page itself was the last when it was written."""
    page = json.loads(gzip.decompress(old.read_bytes()))
    items = page.pop("orderedItems")
    _write_page(new, page | {"next": _page_reference(publisher, next_name)}, items)


def _page_url(publisher: Publisher, name: str) -> str:
    return f"{publisher.changes_url}activity/{name}"


def _page_reference(publisher: Publisher, name: str) -> dict[str, str]:
    return {"id": _page_url(publisher, name), "type": "OrderedCollectionPage"}


def _write_page(path: Path, page: dict[str, object], items: list[dict[str, object]]) -> None:
    """Write a page with an activity on each line."""
    head = json.dumps(page, ensure_ascii=False)[:-1]
    lines = ",\n".join(json.dumps(item, ensure_ascii=False) for item in items)
    with open_gzip(path) as file:
        file.write(f'{head}, "orderedItems": [\n{lines}\n]}}\n'.encode())


def write_feed(publisher: Publisher, folder: Path, history: tuple[ReleaseNote, ...]) -> None:
    """Write the Atom feed: an entry for each release, the newest first."""
    (folder / FEED).write_text("".join(_feed(publisher, history)), encoding="utf-8")


def _feed(publisher: Publisher, history: tuple[ReleaseNote, ...]) -> Iterator[str]:
    url = f"{publisher.changes_url}feed.atom"
    yield '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">\n'
    yield f" <id>{_text(url)}</id>\n <title>{_text(f'Changes of {publisher.title}')}</title>\n"
    yield f" <updated>{history[-1].time}</updated>\n <author><name>{_text(publisher.name)}</name></author>\n"
    yield f' <link rel="self" type="application/atom+xml" href={quoteattr(url)}/>\n'
    yield f' <link rel="alternate" type="text/html" href={quoteattr(publisher.changes_url)}/>\n'
    yield f" <rights>{_text(publisher.licence)}</rights>\n"
    for note in history[: -_FEED_RELEASES - 1 : -1]:
        yield from _entry(publisher, note)
    yield "</feed>\n"


def _entry(publisher: Publisher, note: ReleaseNote) -> Iterator[str]:
    url = f"{publisher.changes_url}#{note.release_id}"
    yield f" <entry>\n  <id>{_text(url)}</id>\n  <title>{_text(f'Release {note.release_id}: {note.summary}')}</title>\n"
    yield f'  <updated>{note.time}</updated>\n  <link rel="alternate" type="text/html" href={quoteattr(url)}/>\n'
    yield f'  <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>{_text(note.summary)}</p>\n'
    if note.shown:
        yield "  <ul>\n"
        for change in note.shown:
            yield f"   <li>{_text(change.words)}: <a href={quoteattr(change.thing)}>{_text(change.thing)}</a></li>\n"
        yield "  </ul>\n"
    yield "  </div></content>\n </entry>\n"


def _text(value: str) -> str:
    return escape(_NOT_IN_XML.sub("\ufffd", value))
