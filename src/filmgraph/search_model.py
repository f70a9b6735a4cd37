"""`search.sqlite`: what the search index of a release holds. Build writes it, serve reads it.

Things stand in it in the order of how much of the release speaks of them, so that the first rows found are the ones wanted most.
"""

from __future__ import annotations

import enum
import json
import sqlite3
import struct
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

__all__ = ["INDEX_FORMAT", "SCHEMA_SQL", "SEARCH_FILE", "Features", "Relation", "has_fts5", "pack_numbers", "unpack_numbers"]

SEARCH_FILE: Final = "search.sqlite"
#: Stands in the file's `user_version`; one more with every change of what follows.
INDEX_FORMAT: Final = 1
#: `words` holds folded words only: those of the thing's own name, those of its other names, and what tells it from its namesakes
#: (year, director, roles). `word` are the distinct words of all names, and `clue` finds those like a mistyped one: it has the
#: packed numbers of all words that share a clue.
SCHEMA_SQL: Final = """
CREATE TABLE thing (id INTEGER PRIMARY KEY, segment TEXT NOT NULL, iri TEXT NOT NULL, label TEXT NOT NULL,
  language TEXT NOT NULL, features TEXT NOT NULL);
CREATE TABLE name (thing INTEGER NOT NULL, relation TEXT NOT NULL, text TEXT NOT NULL, language TEXT NOT NULL,
  context TEXT NOT NULL, folded TEXT NOT NULL);
CREATE VIRTUAL TABLE words USING fts5 (name, other, context, kind, content='', columnsize=0, tokenize='ascii', prefix='1 2 3');
CREATE TABLE word (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE clue (key TEXT PRIMARY KEY, words BLOB NOT NULL);
"""


class Relation(enum.StrEnum):
    """What a name is to its thing."""

    NAME = "name"
    """What pages call it."""
    ALTERNATE = "alternate"
    """A title in another language, another label."""
    CREDITED = "credited"
    """The name that stands in a film's credits, where it is another one."""
    CHARACTER = "character"
    """Whom a person plays; the context is the film."""


@dataclass(frozen=True, slots=True)
class Features:
    """What tells a thing from its namesakes: names and keys only, so that each page says it in its own language.

    `makers` made a film or a work. `roles` are the keys of the concepts that a person is credited with most, `works` the best
    known of what they are credited on, each with its year. `within` are the things that this one is a part of, the nearest first;
    `players` who plays a character; `start` is when a screening begins, as the graph spells it.
    """

    year: str = ""
    makers: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    works: tuple[tuple[str, str], ...] = ()
    within: tuple[str, ...] = ()
    players: tuple[str, ...] = ()
    start: str = ""

    def to_json(self) -> str:
        """Return what there is, as compact JSON."""
        known = {each.name: getattr(self, each.name) for each in fields(self)}
        return json.dumps({name: value for name, value in known.items() if value}, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Features:
        """Read what `to_json` wrote."""
        values: dict[str, Any] = json.loads(text)
        works = tuple((name, year) for name, year in values.pop("works", ()))
        year, start = values.pop("year", ""), values.pop("start", "")
        return cls(year, works=works, start=start, **{name: tuple(each) for name, each in values.items()})


def has_fts5() -> bool:
    """Return whether this Python's SQLite has the full-text index that a search needs (https://www.sqlite.org/fts5.html)."""
    connection = sqlite3.connect(":memory:")
    try:
        (is_there,) = connection.execute("SELECT sqlite_compileoption_used('ENABLE_FTS5')").fetchone()
        return bool(is_there)
    finally:
        connection.close()


def pack_numbers(numbers: Sequence[int]) -> bytes:
    """Return the numbers of words as four bytes each, the least significant first."""
    return struct.pack(f"<{len(numbers)}I", *numbers)


def unpack_numbers(packed: bytes) -> tuple[int, ...]:
    """Read what `pack_numbers` wrote."""
    return struct.unpack(f"<{len(packed) // 4}I", packed)
