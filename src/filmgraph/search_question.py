"""What somebody looks for, as the index is asked: steps from the name itself to words that merely stand beside it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from filmgraph.errors import SearchQueryError
from filmgraph.folding import fold, spellings, split_words

__all__ = ["TEXT_LIMIT", "WORD_LIMIT", "Question", "Step", "match_near", "parse_question", "quote_word"]

#: In characters, and in words: more than any title has.
TEXT_LIMIT: Final = 200
WORD_LIMIT: Final = 16
# What cannot be printed, and halves of signs, which are no text.
_CONTROL: Final = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\ud800-\\udfff]")
_OWN: Final = "name"
_NAMES: Final = "{name other}"
_ALL: Final = "{name other context}"


@dataclass(frozen=True, slots=True)
class Step:
    """One expression for the index; `is_whole` says that it matches whole words only."""

    expression: str
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Question:
    """`text` is what was typed, without control characters; `spellings` are its folded words in each way that it may be written.

    There are none where it holds no word.
    """

    text: str
    folded: str
    spellings: tuple[tuple[str, ...], ...]

    @property
    def words(self) -> tuple[str, ...]:
        """The words as they were typed."""
        return self.spellings[0] if self.spellings else ()

    def steps(self, kind_segment: str = "") -> Iterator[Step]:
        """Yield what to match, the best first (https://www.sqlite.org/fts5.html#full_text_query_syntax)."""
        for expression, is_whole in self._iter_steps() if self.spellings else ():
            yield Step(_of_kind(expression, kind_segment), is_whole)

    def _iter_steps(self) -> Iterator[tuple[str, bool]]:
        phrase, whole, begun = quote_word(" ".join(self.words)), self._all_words(""), self._all_words("*")
        yield f"{_OWN} : ^ {phrase}", True
        yield f"{_OWN} : ({whole})", True
        yield f"{_NAMES} : ({whole})", True
        yield f"{_OWN} : ^ {phrase} *", False
        yield f"{_OWN} : ({begun})", False
        yield f"{_NAMES} : ({begun})", False
        if len(self.words) > 1:
            named = " OR ".join(f"{quote_word(word)} *" for word in dict.fromkeys(w for each in self.spellings for w in each))
            yield f"{_ALL} : ({begun}) AND {_NAMES} : ({named})", False

    def _all_words(self, star: str) -> str:
        ways = (" AND ".join(f"{quote_word(word)} {star}".strip() for word in words) for words in self.spellings)
        return " OR ".join(f"({way})" for way in ways)


def parse_question(text: str) -> Question:
    """Read what somebody typed; SearchQueryError when it is longer than anything has a name for."""
    if len(text) > TEXT_LIMIT:
        raise SearchQueryError(
            f"That is {len(text):,} characters long; the limit is {TEXT_LIMIT}. Look for a few words of a name."
        )
    text = " ".join(_CONTROL.sub(" ", text).split())
    words = tuple(split_words(text))
    if len(words) > WORD_LIMIT:
        raise SearchQueryError(f"Those are {len(words)} words; the limit is {WORD_LIMIT}. Look for a few words of a name.")
    others = (tuple(split_words(each)) for each in spellings(text)[1:])
    return Question(text, fold(text), (words, *others) if words else ())


def match_near(words: Iterable[Sequence[str]], kind_segment: str = "") -> str:
    """Return the expression that matches one of the expressions given for each word, one of them at least in a name."""
    choices = [f"({' OR '.join(each)})" for each in words]
    return _of_kind(f"{_ALL} : ({' AND '.join(choices)}) AND {_NAMES} : ({' OR '.join(choices)})", kind_segment)


def quote_word(word: str) -> str:
    """Return a folded word, or several, as a phrase; there is no quotation mark in it."""
    return f'"{word}"'


def _of_kind(expression: str, segment: str) -> str:
    return f'({expression}) AND kind : "{segment}"' if segment else expression
