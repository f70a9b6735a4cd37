"""How alike two titles of films are: articles, punctuation, numbers, transliteration, subtitles, slips of the pen. Pure."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rapidfuzz import fuzz

from filmgraph.folding import fold, spellings, split_words

__all__ = ["Title", "TitleLikeness", "compare_titles", "parse_title"]

_ARTICLES: Final = frozenset(
    re.split(
        " ",
        "the a an le la les l un une des el los las lo uno una il i gli o os as um uma der die das den dem ein eine het de een "
        "en ett et az egy al",
    )
)
_AND: Final = frozenset({"and", "et", "und", "y", "och", "og"})
_ROMAN: Final = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8"}
_LAST_ARTICLE: Final = re.compile(r"^(.+), (\w+['’]?)$")
#: What follows is the title in another language, or another title.
_OTHER: Final = re.compile(r"\s+/\s+|\s*[(\[]|[)\]]\s*|\s+a\.?k\.?a\.?\s+|\s*\|\s*")
#: What follows is a subtitle, or the title of one part of a series.
_SUBTITLE: Final = re.compile(r":\s+|\s+[-–—]+\s+|—|\.\s+|,\s+(?=(?:vol|part|chapter|episode|no)\b)")
#: Nothing in it that could be cut, turned or spelled otherwise.
_PLAIN: Final = re.compile(r"[A-Za-z0-9 !?&\"]+\Z")
_NEAR: Final = 88.0
_SHORTEST_NEAR: Final = 6
_SHORTEST_PART: Final = 4


class TitleLikeness(enum.IntEnum):
    """How two titles agree, the best last."""

    #: The same beginning, and then each its own subtitle: two parts of a series.
    SERIES = 0
    DIFFERENT = 1
    PART = 2
    NEAR = 3
    EQUAL = 4

    @property
    def words(self) -> str:
        """The likeness as one says it of two titles."""
        return _WORDS[self]


_WORDS: Final = {
    TitleLikeness.SERIES: "the titles begin alike and have subtitles of their own",
    TitleLikeness.DIFFERENT: "no title of the one is a title of the other",
    TitleLikeness.PART: "a title of the one is a part of one of the other",
    TitleLikeness.NEAR: "the titles are spelled almost alike",
    TitleLikeness.EQUAL: "a title is the same",
}


@dataclass(frozen=True, slots=True)
class Title:
    """A title taken apart, each text folded and without its article.

    `keys` are the whole in its spellings, and other titles that stand with it. `heads` are what subtitles follow, `parts` are
    heads and subtitles. `words` are those of the whole.
    """

    keys: frozenset[str]
    heads: frozenset[str]
    parts: frozenset[str]
    words: tuple[str, ...]


@lru_cache(maxsize=1 << 17)
def parse_title(text: str) -> Title:
    """Take a title apart.

    >>> parse_title("Amants, Les").keys == parse_title("les amants").keys
    True
    >>> sorted(parse_title("Stalker (Сталкер)").keys & {"stalker", "сталкер"})
    ['stalker', 'сталкер']
    >>> parse_title("Heimat: Der Hof").heads
    frozenset({'heimat'})
    """
    if _PLAIN.match(text):
        words = split_words(text)
        return Title(frozenset({_to_key(words)}) - {""}, frozenset(), frozenset(), tuple(sorted(words)))
    turned = _turn(text)
    others = [turned, *(each for each in _OTHER.split(turned) if each)]
    keys = _to_keys(others)
    cut = [_SUBTITLE.split(each) for each in others]
    split = [pieces for pieces in cut if len(pieces) > 1]
    heads = _to_keys(pieces[0] for pieces in split)
    return Title(keys, heads, heads | _to_keys(each for pieces in split for each in pieces), tuple(sorted(fold(turned).split())))


def _turn(text: str) -> str:
    """Put an article that stands behind a comma in front."""
    match = _LAST_ARTICLE.match(text)
    return f"{match[2]} {match[1]}" if match and fold(match[2]) in _ARTICLES else text


def _to_keys(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(_to_key(each.split()) for text in texts if text for each in spellings(text)) - {""}


def _to_key(folded: list[str]) -> str:
    words = [_ROMAN.get(word, word) for word in folded if word not in _AND] or folded
    if len(words) > 1 and words[0] in _ARTICLES:
        words = words[1:]
    return "".join(words)


def compare_titles(a: Title, b: Title) -> TitleLikeness:
    """Return how alike two titles are.

    >>> compare_titles(parse_title("The Lovers & I"), parse_title("lovers and i")).name
    'EQUAL'
    """
    if not a.keys.isdisjoint(b.keys):
        return TitleLikeness.EQUAL
    if not a.heads.isdisjoint(b.heads):
        return TitleLikeness.SERIES
    if a.words == b.words or any(_are_near(x, y) for x in a.keys for y in b.keys):
        return TitleLikeness.NEAR
    if _share_part(a, b) or _share_part(b, a):
        return TitleLikeness.PART
    return TitleLikeness.DIFFERENT


def _are_near(x: str, y: str) -> bool:
    """Whether the letters are almost the same. Other numbers are another film: part 2 is not part 3."""
    if min(len(x), len(y)) < _SHORTEST_NEAR or re.sub(r"\D", "", x) != re.sub(r"\D", "", y):
        return False
    return fuzz.ratio(x, y, score_cutoff=_NEAR) > 0


def _share_part(a: Title, b: Title) -> bool:
    return any(len(each) >= _SHORTEST_PART and each in b.keys for each in a.parts)
