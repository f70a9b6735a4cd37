"""What one pass over the things must know of other things: names, who links to whom, and what belongs to an edition.

It lies in a SQLite file, so that memory does not grow with the data. Things are named `kind/key` in it.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Final, Protocol

from filmgraph.dumps_lines import ThingLines, to_text
from filmgraph.iris import IriScheme, Kind
from filmgraph.namespaces import FG, SCHEMA, SKOS

__all__ = ["INVERSES", "Lookup", "ThingIndex", "ThingNames", "choose_name", "iter_links"]

#: The links that a table tells from their other end, with the name of the column: which film a credit is of.
INVERSES: Final = {
    Kind.CREDIT.segment: (FG.credit, "credit_of"),
    Kind.CHARACTER.segment: (SCHEMA.character, "character_of"),
    Kind.IMAGE.segment: (SCHEMA.image, "image_of"),
    Kind.WORK.segment: (FG.inspiredBy, "inspiration_of"),
}
_INVERSES: Final = {b"<%s>" % iri.encode(): iri for iri, _ in INVERSES.values()}
_SUPER_EVENT: Final = b"<%s>" % SCHEMA.superEvent.encode()
_NAMES: Final = (b"<%s>" % SCHEMA.name.encode(), b"<%s>" % SKOS.prefLabel.encode())
_LANGUAGES: Final = ("", "en")
_CACHE_KIB: Final = 32 << 10
_ROWS: Final = 10_000
_BATCH: Final = 20_000
_KEPT: Final = 1 << 16
_NAME_ROW: Final = "INSERT INTO name VALUES (?, ?)"
_EDGE_ROW: Final = "INSERT OR IGNORE INTO edge VALUES (?, ?)"
_INVERSE_ROW: Final = "INSERT OR IGNORE INTO inverse VALUES (?, ?, ?)"
_WITHIN_ROW: Final = "INSERT OR IGNORE INTO within VALUES (?, ?)"
_SCHEMA: Final = """
CREATE TABLE name (thing TEXT PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE edge (subject TEXT, object TEXT, PRIMARY KEY (subject, object)) WITHOUT ROWID;
CREATE TABLE inverse (object TEXT, predicate TEXT, subject TEXT, PRIMARY KEY (object, predicate, subject)) WITHOUT ROWID;
CREATE TABLE within (event TEXT, subject TEXT, PRIMARY KEY (event, subject)) WITHOUT ROWID;
CREATE TABLE member (thing TEXT, edition TEXT, PRIMARY KEY (thing, edition)) WITHOUT ROWID;
"""
# An edition, all that is part of it, and everything that these refer to, however far: nothing that is named is missing.
_GATHER: Final = """
WITH RECURSIVE
  inside (thing) AS (SELECT :edition UNION SELECT within.subject FROM inside JOIN within ON within.event = inside.thing),
  held (thing) AS (SELECT thing FROM inside UNION SELECT edge.object FROM held JOIN edge ON edge.subject = held.thing)
INSERT INTO member SELECT thing, :edition FROM held
"""


class ThingNames:
    """Tells the things of a catalogue from all other IRIs, and what they are called in the index."""

    def __init__(self, iris: IriScheme) -> None:
        bases: dict[str, list[str]] = {}
        for kind in Kind:
            bases.setdefault(iris.base_of(kind), []).append(kind.segment)
        choices = "|".join(f"{re.escape(base)}id/(?=(?:{'|'.join(kinds)})/)" for base, kinds in bases.items())
        self._pattern = re.compile(f"<(?:{choices})([a-z]+/[^#/>]+)(?:#[^>]*)?>".encode())
        self._known: dict[bytes, str | None] = {}

    def find(self, term: bytes) -> str | None:
        """Return `kind/key` for the IRI of a thing or of a part of it; None for everything else."""
        try:
            return self._known[term]
        except KeyError:
            found = self._pattern.fullmatch(term)
            if len(self._known) >= _KEPT:
                self._known.clear()
            return self._known.setdefault(term, found[1].decode() if found else None)


class Lookup(Protocol):
    """What one thing's rows and files need to know of other things; all are named `kind/key`."""

    names: ThingNames

    def name_of(self, thing: str) -> str:
        """Return what a thing is called; empty when it has no name."""
        ...

    def subjects_of(self, thing: str, predicate_iri: str) -> list[str]:
        """Return what links to a thing by one of `INVERSES`, sorted."""
        ...

    def editions_of(self, thing: str) -> list[str]:
        """Return the editions that a thing belongs to, sorted."""
        ...

    def to_iri(self, thing: str) -> str:
        """Return the IRI of a thing."""
        ...


class ThingIndex:
    """An index of things in a file of its own; a context manager."""

    def __init__(self, path: Path, iris: IriScheme) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        # Nobody reads the file after a failure: it needs no journal.
        self._db.executescript(
            f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -{_CACHE_KIB}; {_SCHEMA} BEGIN;"
        )
        self.names = ThingNames(iris)
        self._iris = iris
        self._rows: dict[str, list[tuple[str, ...]]] = {each: [] for each in (_NAME_ROW, _EDGE_ROW, _INVERSE_ROW, _WITHIN_ROW)}
        self._named = lru_cache(_ROWS)(self._find_name)

    def __enter__(self) -> ThingIndex:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._db.close()

    def add(self, own: str, thing: ThingLines) -> None:
        """Keep what the thing `own` (`kind/key`) is called, and whom it links to."""
        rows = self._rows
        rows[_NAME_ROW].append((own, choose_name(thing)))
        for predicate, other in iter_links(own, thing, self.names):
            rows[_EDGE_ROW].append((own, other))
            if predicate in _INVERSES:
                rows[_INVERSE_ROW].append((other, _INVERSES[predicate], own))
            elif predicate == _SUPER_EVENT:
                rows[_WITHIN_ROW].append((other, own))
        if len(rows[_EDGE_ROW]) >= _BATCH:
            self._flush()

    def _flush(self) -> None:
        for statement, rows in self._rows.items():
            self._db.executemany(statement, rows)
            rows.clear()

    def gather_editions(self) -> list[str]:
        """Find out what belongs to each festival edition, and return the editions, sorted; call it after all was added."""
        self._flush()
        editions = [
            thing for (thing,) in self._db.execute("SELECT thing FROM name WHERE thing GLOB ? ORDER BY thing", (_FESTIVALS,))
        ]
        for edition in editions:
            self._db.execute(_GATHER, {"edition": edition})
        return editions

    def editions_of(self, thing: str) -> list[str]:
        """Return the editions that a thing belongs to, sorted."""
        return [edition for (edition,) in self._db.execute("SELECT edition FROM member WHERE thing = ? ORDER BY 1", (thing,))]

    def subjects_of(self, thing: str, predicate_iri: str) -> list[str]:
        """Return what links to a thing by one of `INVERSES`, sorted."""
        query = "SELECT subject FROM inverse WHERE object = ? AND predicate = ? ORDER BY 1"
        return [subject for (subject,) in self._db.execute(query, (thing, predicate_iri))]

    def to_iri(self, thing: str) -> str:
        """Return the IRI of a thing of the index."""
        segment, _, key = thing.partition("/")
        return self._iris.thing(Kind.from_segment(segment), key)

    def name_of(self, thing: str) -> str:
        """Return what a thing (`kind/key`) is called; empty when it has no name."""
        return self._named(thing)

    def members(self) -> dict[str, frozenset[str]]:
        """Return the things that belong to each edition."""
        found: dict[str, set[str]] = {}
        for thing, edition in self._db.execute("SELECT thing, edition FROM member"):
            found.setdefault(edition, set()).add(thing)
        return {edition: frozenset(things) for edition, things in found.items()}

    def _find_name(self, thing: str) -> str:
        found = self._db.execute("SELECT name FROM name WHERE thing = ?", (thing,)).fetchone()
        return found[0] if found else ""


_FESTIVALS: Final = f"{Kind.FESTIVAL.segment}/*"


def iter_links(own: str, thing: ThingLines, names: ThingNames) -> Iterator[tuple[bytes, str]]:
    """Yield by which properties, in angle brackets, the thing `own` (`kind/key`) or a part of it links to which others."""
    for _, predicate, object_, _ in thing.published:
        other = names.find(object_) if object_[:1] == b"<" else None
        if other is not None and other != own:
            yield predicate, other


def choose_name(thing: ThingLines) -> str:
    """Return the name without a language, else the English one, else the first."""
    own = [each for each in thing.published if each[1] in _NAMES and each[0] == thing.subject and each[2][:1] == b'"']
    names: dict[str, str] = {}
    # schema:name goes before a concept's label.
    for _, _, literal, _ in sorted(own, key=lambda each: _NAMES.index(each[1])):
        text, language, _ = to_text(literal)
        names.setdefault(language, text)
    return next((names[each] for each in (*_LANGUAGES, *sorted(names)) if each in names), "")
