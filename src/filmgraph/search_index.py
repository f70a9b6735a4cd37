"""Writes `search.sqlite`: every name of a release, folded, so that people find a thing however they spell it.

The same facts give the same bytes: rows go in sorted, in one transaction, and the file is packed at the end.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyoxigraph import Triple

from filmgraph.dumps_lines import iter_blocks
from filmgraph.errors import ReleaseError
from filmgraph.folding import fold, iter_clues, spellings
from filmgraph.index_extract import Extract, Extractor
from filmgraph.iris import IriScheme
from filmgraph.search_index_facts import NameFacts, NameGatherer
from filmgraph.search_index_things import IndexedThing, collect_things
from filmgraph.search_model import INDEX_FORMAT, SCHEMA_SQL, SEARCH_FILE, Relation, has_fts5, pack_numbers

__all__ = ["NameIndex", "write_search_index"]

# Of shorter words, and of numbers, everything is like everything.
_SHORTEST: Final = 3
# After the rows, so that they are written in order.
_INDEXES: Final = """
CREATE INDEX name_folded ON name (folded, thing);
CREATE INDEX name_thing ON name (thing);
"""


@dataclass(frozen=True, slots=True)
class _Row:
    """One thing as it is written: its words by column, and the distinct words that can be mistyped."""

    number: int
    thing: IndexedThing
    own: str
    other: str
    context: str

    @property
    def words(self) -> set[str]:
        return {each for each in f"{self.own} {self.other}".split() if len(each) >= _SHORTEST and not each.isdecimal()}


def write_search_index(triples: Iterable[Triple], iris: IriScheme, release_path: Path) -> None:
    """Write the search index of the published graph into the folder of a release.

    ReleaseError when this Python's SQLite has no full-text index, OSError when the disk is full.
    """
    index, extractor = NameIndex(iris), Extractor(iris)
    for block in iter_blocks(triples):
        index.take(extractor.extract(block))
    index.write(release_path)


class NameIndex:
    """Gathers what the index needs from extracts, in any order, and writes it."""

    def __init__(self, iris: IriScheme) -> None:
        self._gatherer = NameGatherer(iris)

    def take(self, extract: Extract) -> None:
        """Take some lines."""
        self._gatherer.take(extract)

    def write(self, release_path: Path) -> None:
        """Write the index; errors are those of `write_search_index`."""
        _write_names(self._gatherer.finish(), release_path)


def _write_names(facts: NameFacts, release_path: Path) -> None:
    if not has_fts5():
        raise ReleaseError(
            f"the SQLite {sqlite3.sqlite_version} of this Python has no full-text index (FTS5), which the search needs: "
            "build with a Python whose SQLite has it"
        )
    things = collect_things(facts)
    try:
        with closing(sqlite3.connect(release_path / SEARCH_FILE, isolation_level=None)) as connection:
            _write(connection, [_make_row(number, thing) for number, thing in enumerate(things, 1)])
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
            # Whoever publishes says what is to be done when a disk is full.
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(release_path / SEARCH_FILE)) from error
        raise ReleaseError(f"cannot write the search index in {release_path}: {error}. Look whether the disk is well") from error


def _make_row(number: int, thing: IndexedThing) -> _Row:
    own = [each.text for each in thing.names if each.relation is Relation.NAME]
    other = [each.text for each in thing.names if each.relation is not Relation.NAME]
    return _Row(number, thing, _spell(own), _spell(other), _spell(thing.context))


def _spell(texts: Iterable[str]) -> str:
    """Return all spellings of some texts, each text in the order of its words."""
    return " ".join(dict.fromkeys(spelling for text in texts for spelling in spellings(text)))


def _write(connection: sqlite3.Connection, rows: Sequence[_Row]) -> None:
    # Nobody reads the file before it is whole, and the release is synced as one.
    for pragma in ("page_size = 4096", "journal_mode = OFF", "synchronous = OFF", f"user_version = {INDEX_FORMAT}"):
        connection.execute(f"PRAGMA {pragma}")
    connection.executescript(SCHEMA_SQL)
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO thing VALUES (?, ?, ?, ?, ?, ?)", map(_thing_values, rows))
    connection.executemany("INSERT INTO name VALUES (?, ?, ?, ?, ?, ?)", _iter_names(rows))
    connection.executemany("INSERT INTO words (rowid, name, other, context, kind) VALUES (?, ?, ?, ?, ?)", map(_words, rows))
    words = sorted(set().union(*(row.words for row in rows)))
    connection.executemany("INSERT INTO word VALUES (?, ?)", enumerate(words, 1))
    connection.executemany("INSERT INTO clue VALUES (?, ?)", _iter_clues(words))
    connection.execute("INSERT INTO words (words) VALUES ('optimize')")
    connection.execute("COMMIT")
    connection.executescript(_INDEXES)
    connection.execute("VACUUM")


def _thing_values(row: _Row) -> tuple[int, str, str, str, str, str]:
    thing = row.thing
    return row.number, thing.segment, thing.iri, thing.names[0].text, thing.names[0].language, thing.features.to_json()


def _iter_names(rows: Iterable[_Row]) -> Iterator[tuple[int, str, str, str, str, str]]:
    for row in rows:
        for each in row.thing.names:
            yield row.number, each.relation.value, each.text, each.language, each.context, fold(each.text)


def _words(row: _Row) -> tuple[int, str, str, str, str]:
    return row.number, row.own, row.other, row.context, row.thing.segment


def _iter_clues(words: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    numbers: defaultdict[str, list[int]] = defaultdict(list)
    for number, word in enumerate(words, 1):
        for clue in iter_clues(word):
            numbers[clue].append(number)
    yield from ((clue, pack_numbers(numbers[clue])) for clue in sorted(numbers))
