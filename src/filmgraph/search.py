"""Finds the things of a release by their names, in the `search.sqlite` that was built with it.

A search is a few steps, from the whole name down to words that begin alike, each answered by the full-text index in the order in
which the things stand in it. What is spelled otherwise is looked for only when these find next to nothing. How many things are
looked at and how long that takes is bounded.
"""

from __future__ import annotations

import json
import sqlite3
import time
import weakref
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from filmgraph.errors import SearchTimeoutError, SearchUnavailableError
from filmgraph.iris import Kind
from filmgraph.search_hits import CANDIDATE_LIMIT, Hits, find_hits, read_names
from filmgraph.search_match import Match, find_match
from filmgraph.search_model import INDEX_FORMAT, SEARCH_FILE, Features, has_fts5
from filmgraph.search_question import Question, parse_question

__all__ = ["CANDIDATE_LIMIT", "Answer", "Found", "SearchIndex", "open_search"]

_SECONDS: Final = 1.0
# How many steps of SQLite's machine are run between two looks at the clock.
_TICKS: Final = 500
_THING_SQL: Final = "SELECT id, iri, label, language, features FROM thing WHERE id IN (SELECT value FROM json_each(?))"

#: Which of the hits (number → segment of the kind, best first) are shown.
_Choice = Callable[[Mapping[int, str]], Sequence[int]]


@dataclass(frozen=True, slots=True)
class Found:
    """A thing that was found. `match` is the name that it was found by, where that is not `label`.

    `is_near` says that its name is spelled otherwise than what was looked for.
    """

    iri: str
    kind: Kind
    label: str
    language: str
    features: Features
    match: Match | None
    is_near: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What a search found: some of the things, best first, and how many there are of each kind, in the order of the best.

    `is_cut` says that there are more than `CANDIDATE_LIMIT`, and that only so many were counted. `is_near` says that all are
    spelled otherwise than what was looked for.
    """

    question: Question
    found: tuple[Found, ...]
    counts: Mapping[Kind, int]
    is_cut: bool
    is_near: bool

    @property
    def total(self) -> int:
        """The number of things that were found, of all kinds."""
        return sum(self.counts.values())


def open_search(release_path: Path) -> SearchIndex | None:
    """Return the search index of a release; None when it was built without one."""
    path = release_path / SEARCH_FILE
    return SearchIndex(path) if path.is_file() else None


class SearchIndex:
    """A search index, opened read-only; several threads may search at once, each with a connection of its own.

    Both searches raise SearchQueryError when the text is too long, SearchTimeoutError when it takes longer than `seconds`, and
    SearchUnavailableError when the index cannot be read.
    """

    def __init__(self, path: Path, seconds: float = _SECONDS) -> None:
        """Read `path`, which must not change as long as this lives."""
        self._path = path
        self._seconds = seconds
        self._idle: deque[sqlite3.Connection] = deque()
        weakref.finalize(self, _close_all, self._idle)

    def search(self, text: str, kind: Kind | None = None, *, start: int = 0, limit: int = 20) -> Answer:
        """Return `limit` of the things that are called like `text`, from position `start` on, which counts from 0."""
        return self._answer(text, kind, lambda segments: list(segments)[start : start + limit])

    def overview(self, text: str, per_kind: int = 5) -> Answer:
        """Return the best things of each kind."""
        return self._answer(text, None, lambda segments: list(_first_of_each(segments, per_kind)))

    def close(self) -> None:
        """Close all connections that nobody uses."""
        _close_all(self._idle)

    def _answer(self, text: str, kind: Kind | None, choose: _Choice) -> Answer:
        question = parse_question(text)
        try:
            with self._connection() as connection:
                hits = find_hits(connection, question, kind)
                found = tuple(_read_found(connection, question, hits, choose(hits.segments)))
        except sqlite3.Error as error:
            raise self._explain(error) from error
        counts = {Kind.from_segment(segment): number for segment, number in Counter(hits.segments.values()).items()}
        return Answer(question, found, counts, hits.is_cut, bool(hits.near) and hits.near >= hits.segments.keys())

    def _explain(self, error: sqlite3.Error) -> SearchTimeoutError | SearchUnavailableError:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
            return SearchTimeoutError(
                "The search took too long and was ended. Look for fewer or longer words, or try again later."
            )
        return SearchUnavailableError(f"The search index of this release cannot be read ({error}). Everything else can be.")

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection to one search, and end what it does at its deadline."""
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = _connect(self._path)
        deadline = time.monotonic() + self._seconds
        connection.set_progress_handler(lambda: time.monotonic() > deadline, _TICKS)
        try:
            yield connection
        finally:
            self._idle.append(connection)


def _connect(path: Path) -> sqlite3.Connection:
    """Open the index: nobody writes it, so nothing is locked, and a connection may pass from thread to thread."""
    if not has_fts5():
        raise SearchUnavailableError(
            f"The SQLite {sqlite3.sqlite_version} of this server's Python has no full-text index (FTS5), which the search needs."
        )
    connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True, check_same_thread=False)
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    if found != INDEX_FORMAT:
        connection.close()
        raise SearchUnavailableError(f"{SEARCH_FILE} has format {found}, and {INDEX_FORMAT} is wanted: build the release again.")
    return connection


def _close_all(connections: deque[sqlite3.Connection]) -> None:
    while connections:
        connections.pop().close()


def _first_of_each(segments: Mapping[int, str], per_kind: int) -> Iterator[int]:
    taken: Counter[str] = Counter()
    for number, segment in segments.items():
        taken[segment] += 1
        if taken[segment] <= per_kind:
            yield number


def _read_found(connection: sqlite3.Connection, question: Question, hits: Hits, numbers: Sequence[int]) -> Iterator[Found]:
    things = {number: rest for number, *rest in connection.execute(_THING_SQL, (json.dumps(list(numbers)),))}
    names = read_names(connection, numbers)
    for number in numbers:
        iri, label, language, features = things[number]
        is_near = number in hits.near
        match = find_match(names[number], question, hits.likeness if is_near else ())
        kind = Kind.from_segment(hits.segments[number])
        yield Found(iri, kind, label, language, Features.from_json(features), match, is_near)
