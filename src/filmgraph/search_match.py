"""Why a thing was found: the name of it that fits best what was looked for. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from filmgraph.folding import spellings
from filmgraph.search_model import Relation
from filmgraph.search_question import Question

__all__ = ["Likeness", "Match", "Name", "find_match", "sum_edits"]

#: For each word of a question the words that it may have been meant to be, with the edits between.
Likeness = Sequence[Mapping[str, float]]
_FAR = 9.0


@dataclass(frozen=True, slots=True)
class Match:
    """A name that was found: what it is to its thing, and the film that it stands in the credits of."""

    relation: Relation
    text: str
    language: str
    context: str


@dataclass(frozen=True, slots=True)
class Name:
    """A name as the index holds it; `folded` are its words."""

    match: Match
    folded: str


def find_match(names: Sequence[Name], question: Question, likeness: Likeness = ()) -> Match | None:
    """Return the name that holds the most words of the question, as they were typed or nearly; None when the first one does."""
    counts = [_count(each.folded, question, likeness) for each in names]
    if not any(counts):
        counts = [max(_count(way, question, likeness) for way in spellings(each.match.text)) for each in names]
    best = counts.index(max(counts))
    return names[best].match if best else None


def sum_edits(names: Sequence[Name], likeness: Likeness) -> float:
    """Return how many edits lie between the words of a question and the nearest words of all names together."""
    words = {word for each in names for way in spellings(each.match.text) for word in way.split()}
    return sum(min((edits for word, edits in near.items() if word in words), default=_FAR) for near in likeness)


def _count(folded: str, question: Question, likeness: Likeness) -> int:
    tokens = folded.split()
    typed = max((sum(_has_word(folded, tokens, word) for word in words) for words in question.spellings), default=0)
    near = sum(not near.keys().isdisjoint(tokens) for near in likeness)
    # A question without a word is compared as it is.
    return max(typed, near) or int(folded == question.folded)


def _has_word(folded: str, tokens: Sequence[str], word: str) -> bool:
    return word in folded if " " in word else any(token.startswith(word) for token in tokens)
