"""One chunk of a release as the pieces of all files that it is in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from filmgraph.chunks import subject_of
from filmgraph.dumps_files import CANONICAL, FORM_SUFFIXES, RenderedThing, Renderer
from filmgraph.dumps_index import Lookup
from filmgraph.dumps_lines import ThingLines
from filmgraph.dumps_tables import Tables

__all__ = ["TABLES_FOLDER", "ChunkRenderer", "Rendered", "table_file"]

TABLES_FOLDER: Final = "tables"


def table_file(segment: str) -> str:
    """Return the name of a table as CSV, relative to the folder of dumps."""
    return f"{TABLES_FOLDER}/{segment}.csv"


@dataclass(slots=True)
class Rendered:
    """The pieces by file, relative to the folder of dumps, and the rows by table."""

    pieces: dict[str, list[bytes]] = field(default_factory=dict)
    rows: dict[str, list[list[object]]] = field(default_factory=dict)

    def add(self, name: str, data: bytes) -> None:
        """Add to a piece."""
        if data:
            self.pieces.setdefault(name, []).append(data)

    def joined(self) -> dict[str, bytes]:
        """Return the pieces as they are written."""
        return {name: b"".join(data) for name, data in self.pieces.items()}


@dataclass(frozen=True, slots=True)
class ChunkRenderer:
    """Renders the things of a chunk; `stem` is what the files of the whole dataset are called."""

    stem: str
    renderer: Renderer
    tables: Tables
    index: Lookup

    def render(self, things: Iterable[ThingLines], published: Iterable[bytes]) -> Rendered:
        """Return the pieces that the things of a chunk, in their order, make up, and the sorted lines that are published of it.

        A part of a thing may stand in an earlier chunk than the thing.
        """
        found = Rendered()
        for thing in things:
            name = self.index.names.find(thing.subject)
            rendered = self.renderer.render(thing)
            for stem in self._stems(name if thing.published else None):
                _add_forms(found, stem, rendered)
            if name is not None and thing.published:
                self._add_row(found, name, thing)
        for subject, lines in groupby(published, key=subject_of):
            piece = b"".join(lines)
            for stem in self._stems(self.index.names.find(subject)):
                found.add(stem + CANONICAL, piece)
        return found

    def _stems(self, name: str | None) -> list[str]:
        """Return the beginnings of the names of all files that a published thing is in: the whole, its class, its editions."""
        if name is None:
            return [self.stem]
        editions = [edition.partition("/")[2] for edition in self.index.editions_of(name)]
        return [self.stem, f"class/{name.partition('/')[0]}", *(f"edition/{key}" for key in editions)]

    def _add_row(self, found: Rendered, name: str, thing: ThingLines) -> None:
        row = self.tables.make(name, thing)
        if row is not None:
            segment = name.partition("/")[0]
            found.add(table_file(segment), row.line)
            found.rows.setdefault(segment, []).append(row.values)


def _add_forms(found: Rendered, stem: str, thing: RenderedThing) -> None:
    """Add a thing to the files of one stem; what only a source says of is in none but TriG."""
    turtle, trig, jsonld, ndjson = (stem + suffix for suffix in FORM_SUFFIXES)
    found.add(trig, b"\n%s%s" % (thing.turtle, thing.told))
    if thing.turtle:
        found.add(turtle, b"\n" + thing.turtle)
        found.add(jsonld, b",\n" + thing.members)
        found.add(ndjson, thing.documents)
