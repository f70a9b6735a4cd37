"""Which things of the index are called like something, best first: no more of them than are asked for, step by step."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from filmgraph.iris import Kind
from filmgraph.search_match import Likeness, Match, Name, sum_edits
from filmgraph.search_model import Relation
from filmgraph.search_near import find_near_words, find_parts
from filmgraph.search_question import Question, match_near, quote_word

__all__ = ["CANDIDATE_LIMIT", "Hits", "find_hits", "read_names"]

#: So many things are looked at; who would find more is told so.
CANDIDATE_LIMIT: Final = 500
_NEAR_LIMIT: Final = 50
# With fewer finds than this, the words may be mistyped.
_FEW: Final = 3
_EXACT_SQL: Final = "SELECT thing FROM name WHERE folded = ? AND (relation = ?) = ? ORDER BY thing LIMIT ?"
_STEP_SQL: Final = "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rowid LIMIT ?"
_SEGMENT_SQL: Final = "SELECT id, segment FROM thing WHERE id IN (SELECT value FROM json_each(?))"
_NAME_SQL: Final = """
SELECT thing, relation, text, language, context, folded FROM name WHERE thing IN (SELECT value FROM json_each(?)) ORDER BY rowid
"""


@dataclass(frozen=True, slots=True)
class Hits:
    """The numbers of things in the index, best first, each with the segment of its kind.

    Those in `near` are spelled otherwise than the question, and `likeness` says how. `is_cut` says that there are more.
    """

    segments: Mapping[int, str]
    near: frozenset[int]
    likeness: Likeness
    is_cut: bool


def find_hits(connection: sqlite3.Connection, question: Question, kind: Kind | None) -> Hits:
    """Return the things that are called like something, of all kinds or of one; raises sqlite3.Error."""
    numbers, is_sure = _find_spelled(connection, question, "")
    if len(numbers) > CANDIDATE_LIMIT and kind is not None:
        # Those of this kind may all stand behind the others.
        numbers, is_sure = _find_spelled(connection, question, kind.segment)
    likeness: Likeness = ()
    near: list[int] = []
    if len(numbers) < _FEW and question.words and not is_sure:
        likeness = [find_near_words(connection, word) for word in question.words]
        near = [each for each in _find_near(connection, question, likeness) if each not in set(numbers)]
    is_cut = len(numbers) > CANDIDATE_LIMIT
    found = [*numbers[:CANDIDATE_LIMIT], *near]
    segments = dict(connection.execute(_SEGMENT_SQL, (json.dumps(found),)).fetchall())
    wanted = {each: segments[each] for each in found if kind is None or segments[each] == kind.segment}
    return Hits(wanted, frozenset(near), likeness, is_cut)


def _find_spelled(connection: sqlite3.Connection, question: Question, segment: str) -> tuple[list[int], bool]:
    """Return the things that have the words of a question, until there is one more than are looked at.

    And whether these words are hardly mistyped: they are a whole name, or several whole words of one.
    """
    limit = CANDIDATE_LIMIT + 1
    found: dict[int, None] = {}
    for is_own in (True, False) if question.folded else ():
        values = (question.folded, Relation.NAME.value, is_own, limit)
        found.update(dict.fromkeys(number for (number,) in connection.execute(_EXACT_SQL, values)))
    is_sure = bool(found)
    for step in question.steps(segment):
        if len(found) >= limit:
            break
        found.update(dict.fromkeys(number for (number,) in connection.execute(_STEP_SQL, (step.expression, limit))))
        is_sure = is_sure or (step.is_whole and len(question.words) > 1 and bool(found))
    return list(found)[:limit], is_sure


def _find_near(connection: sqlite3.Connection, question: Question, likeness: Likeness) -> list[int]:
    """Return the things that have words like those of a question, the most alike first."""
    choices = [_choices(connection, *each) for each in zip(question.words, likeness, strict=True)]
    values = (match_near(choices), _NEAR_LIMIT)
    numbers = [number for (number,) in connection.execute(_STEP_SQL, values)]
    names = read_names(connection, numbers)
    edits = {number: sum_edits(names[number], [each for each in likeness if each]) for number in numbers}
    return sorted(numbers, key=lambda number: (edits[number], number))


def _choices(connection: sqlite3.Connection, word: str, near: Mapping[str, float]) -> Sequence[str]:
    """Return expressions, any of which may stand for a word: itself, words like it, two words that it is glued of."""
    glued = (f"({quote_word(one)} AND {quote_word(two)})" for one, two in find_parts(connection, word))
    return (f"{quote_word(word)} *", *map(quote_word, near), *glued)


def read_names(connection: sqlite3.Connection, numbers: Iterable[int]) -> Mapping[int, Sequence[Name]]:
    """Return the names of some things, of each the one that pages call it first."""
    names: dict[int, list[Name]] = {number: [] for number in numbers}
    for number, relation, text, language, context, folded in connection.execute(_NAME_SQL, (json.dumps(list(names)),)):
        names[number].append(Name(Match(Relation(relation), text, language, context), folded))
    return names
