"""Words of the index that are like a mistyped one: found by the letters that they share, kept by how many edits lie between."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from rapidfuzz.distance import OSA

from filmgraph.folding import iter_clues
from filmgraph.search_model import unpack_numbers

__all__ = ["find_near_words", "find_parts"]

# How many edits a word of so many letters may have.
_EDITS: Final = ((3, 0), (6, 1), (10, 2))
_MOST_EDITS: Final = 3
_CANDIDATES: Final = 300
_KEPT: Final = 12
_SHORTEST_PART: Final = 3
# A word that is the same without one of its letters tells more than three letters in a row.
_WITHOUT_WEIGHT: Final = 4
_CLUE_SQL: Final = "SELECT key, words FROM clue WHERE key IN (SELECT value FROM json_each(?))"
_WORD_SQL: Final = "SELECT text FROM word WHERE id IN (SELECT value FROM json_each(?))"


def find_near_words(connection: sqlite3.Connection, word: str) -> Mapping[str, float]:
    """Return the words of the index that `word` may have been meant to be, each with the edits between, the nearest first.

    A word that only begins like this one counts half an edit more: somebody may still be typing.
    """
    most = next((edits for length, edits in _EDITS if len(word) < length), _MOST_EDITS)
    if not most or " " in word or word.isdecimal():
        return {}
    rows = connection.execute(_WORD_SQL, (json.dumps(_find_candidates(connection, word)),))
    found = {text: _distance(word, text, most) for (text,) in rows}
    near = sorted((distance, text) for text, distance in found.items() if distance <= most)
    # What is one edit further away than the best is hardly meant.
    return {text: distance for distance, text in near[:_KEPT] if distance <= near[0][0] + 1}


def _find_candidates(connection: sqlite3.Connection, word: str) -> list[int]:
    """Return the numbers of the words that share the most clues with `word`."""
    shared: Counter[int] = Counter()
    for key, packed in connection.execute(_CLUE_SQL, (json.dumps(list(iter_clues(word))),)):
        shared.update(unpack_numbers(packed) * (_WITHOUT_WEIGHT if key.startswith("-") else 1))
    counts = Counter(shared.values())
    least, kept = max(counts, default=0), 0
    for count in sorted(counts, reverse=True):
        kept += counts[count]
        if kept > _CANDIDATES:
            break
        least = count
    return sorted(number for number, count in shared.items() if count >= least)[:_CANDIDATES]


def _distance(word: str, text: str, most: int) -> float:
    best = float(OSA.distance(word, text, score_cutoff=most))
    if best and len(text) > len(word):
        starts = {text[: len(word) + more] for more in (-1, 0, 1)}
        best = min(best, 0.5 + min(OSA.distance(word, start, score_cutoff=most) for start in starts))
    return best


def find_parts(connection: sqlite3.Connection, word: str) -> Sequence[tuple[str, str]]:
    """Return the ways in which `word` is two words of the index without the space between."""
    cuts = range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1)
    halves = {half for cut in cuts for half in (word[:cut], word[cut:])}
    marks = ",".join("?" * len(halves))
    known = {text for (text,) in connection.execute(f"SELECT text FROM word WHERE text IN ({marks})", tuple(sorted(halves)))}
    return [(word[:cut], word[cut:]) for cut in cuts if {word[:cut], word[cut:]} <= known]
