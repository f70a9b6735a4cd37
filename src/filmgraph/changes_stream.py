"""A Linked Data Event Stream as static files: closed pages of versions, an index for each release, an open root.

Sources: LDES 1.0 (https://w3id.org/ldes/specification), TREE (https://w3id.org/tree/specification). A version is an activity
whose IRI is also the name of the graph that holds the thing's triples. Pages link each other by relative IRIs, so that they work
from any host; the stream and its members have IRIs of their own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from filmgraph.changelog import STREAM_ROOT, Change, ChangeType, ReleaseNote
from filmgraph.dumps_files import open_gzip
from filmgraph.iris import IriScheme
from filmgraph.namespaces import AS, DCTERMS, LDES, TREE, XSD

__all__ = ["PAGE_MEMBERS", "Publisher", "StreamWriter", "page_name", "write_root"]

#: So many versions stand on a page at most.
PAGE_MEMBERS: Final = 250
_PREFIXES: Final = "".join(
    f"@prefix {name}: <{iri}> .\n"
    for name, iri in (("as", AS), ("dcterms", DCTERMS), ("ldes", LDES), ("tree", TREE), ("xsd", XSD))
)
#: How often it is worth to ask for something new, in seconds.
_POLLING_SECONDS: Final = 3600


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who publishes the stream, under which IRIs; `language` is that of the title."""

    iris: IriScheme
    title: str
    name: str
    licence: str
    language: str

    @property
    def stream_iri(self) -> str:
        """The IRI of the event stream."""
        return f"{self.iris.base}changes/stream#stream"

    @property
    def changes_url(self) -> str:
        """The address of the page on changes."""
        return f"{self.iris.base}changes/"

    def activity_iri(self, release_id: str, page: int, change: Change) -> str:
        """Return the IRI of one version of a thing: a place on the page that it stands on."""
        name = f"{change.kind}-{change.key}" if change.kind else f"other-{hashlib.sha256(change.thing.encode()).hexdigest()[:16]}"
        return f"{self.changes_url}stream/{page_name(release_id, page)}#{name}"


def page_name(release_id: str, page: int = 0, suffix: str = ".trig") -> str:
    """Return the name of a page of a release, counted from 1; 0 is the index of its pages."""
    return f"{release_id}-{page}{suffix}" if page else f"{release_id}{suffix}"


class StreamWriter:
    """Writes the pages of one release: closed when they are written, never changed after."""

    def __init__(self, publisher: Publisher, folder: Path, release_id: str, time: str) -> None:
        self._publisher, self._folder = publisher, folder
        self._release_id, self._time = release_id, time
        self._page, self._members = 0, 0
        self._waiting: list[bytes] = []

    def add(self, change: Change, lines: list[bytes]) -> str:
        """Write the version that a change made, with all lines about the thing; return the version's IRI."""
        if not self._page or self._members == PAGE_MEMBERS:
            self._close_page()
            self._page, self._members = self._page + 1, 0
        iri = self._publisher.activity_iri(self._release_id, self._page, change)
        self._waiting.append(_envelope(self._publisher.stream_iri, iri, change, self._time).encode())
        if lines:
            self._waiting += (f"<{iri}> {{\n".encode(), *lines, b"}\n")
        self._members += 1
        return iri

    def close(self) -> int:
        """Write the index of the pages; return their number."""
        self._close_page()
        pages = [(page_name(self._release_id, n), self._time) for n in range(1, self._page + 1)]
        index = f"{_PREFIXES}\n<> a tree:Node ; ldes:immutable true{_relations(pages)} .\n"
        self._write(page_name(self._release_id), index.encode())
        return self._page

    def _close_page(self) -> None:
        if self._waiting:
            head = f"{_PREFIXES}\n<> a tree:Node ; ldes:immutable true .\n"
            self._write(page_name(self._release_id, self._page), b"".join((head.encode(), *self._waiting)))
            self._waiting.clear()

    def _write(self, name: str, data: bytes) -> None:
        with open_gzip(self._folder / f"{name}.gz") as file:
            file.write(data)


def _envelope(stream_iri: str, iri: str, change: Change, time: str) -> str:
    """Return what is said of a version. A thing that was merged is deleted for those who do not know better."""
    type_ = ChangeType.DELETE if change.type is ChangeType.MERGE else change.type
    survivor = f" ;\n  dcterms:isReplacedBy <{change.survivor}>" if change.survivor else ""
    return (
        f"\n<{stream_iri}> tree:member <{iri}> .\n"
        f"<{iri}> a as:{type_.value} ;\n  as:object <{change.thing}> ;\n"
        f'  as:endTime "{time}"^^xsd:dateTime{survivor} .\n'
    )


def _relations(pages: Iterable[tuple[str, str]]) -> str:
    """Return the links to pages whose members all have one time: a lower and an upper bound for each."""
    return "".join(
        f' ;\n  tree:relation [ a tree:{kind} ; tree:path as:endTime ; tree:value "{time}"^^xsd:dateTime ; tree:node <{name}> ]'
        for name, time in pages
        for kind in ("GreaterThanOrEqualToRelation", "LessThanOrEqualToRelation")
    )


def write_root(publisher: Publisher, folder: Path, history: tuple[ReleaseNote, ...]) -> None:
    """Write the open root of the stream: what it is, and where each release's pages are."""
    title = ox.Literal(f"Changes of {publisher.title}", language=publisher.language)
    # The root is served as `changes/stream`, its pages as `changes/stream/…`.
    pages = [(f"stream/{page_name(note.release_id)}", note.time) for note in history]
    text = (
        f"{_PREFIXES}\n<{publisher.stream_iri}> a ldes:EventStream ;\n"
        f"  dcterms:title {title} ;\n  dcterms:license {ox.NamedNode(publisher.licence)} ;\n"
        "  ldes:timestampPath as:endTime ;\n  ldes:versionOfPath as:object ;\n"
        "  ldes:versionCreateObject as:Create ;\n  ldes:versionUpdateObject as:Update ;\n  ldes:versionDeleteObject as:Delete ;\n"
        f"  ldes:pollingInterval {_POLLING_SECONDS} ;\n  tree:view <> .\n\n"
        f"<> a tree:Node , ldes:EventSource{_relations(pages)} .\n"
    )
    (folder / STREAM_ROOT).write_text(text, encoding="utf-8")
