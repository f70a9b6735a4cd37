"""Names in a film page's lists: taken apart, and told apart from what is no name."""

from __future__ import annotations

import re

from filmgraph.sources.page.layout import Layout, fold

__all__ = ["could_be_organisation", "could_be_person", "is_name", "split_names", "trade_of"]

_LONGEST_NAME = 60
_MOST_WORDS = 6
_LIST = re.compile(r"\s*[,;]\s*|\s+/\s+")
_PEOPLE = re.compile(r"\s*[,;&]\s*|\s+(?:/|and|en|et)\s+")


def split_names(text: str, *, are_people: bool) -> tuple[str, ...]:
    """Return the names in a list; `and` and `&` part people, but belong to a company's name. Empty when one part is no name.

    >>> split_names("Ann Aert & Bo Bex", are_people=True), split_names("Aert & Bex, Cine Co", are_people=False)
    (('Ann Aert', 'Bo Bex'), ('Aert & Bex', 'Cine Co'))
    """
    names = (_PEOPLE if are_people else _LIST).split(text)
    return tuple(dict.fromkeys(names)) if all(is_name(each) for each in names) else ()


def is_name(text: str) -> bool:
    """Return whether `text` looks like a name: a few words, the first or the last with a capital, no sentence and no label."""
    words = text.split()
    if (
        not words
        or len(text) > _LONGEST_NAME
        or len(words) > _MOST_WORDS
        or text[-1] in "?:;"
        or re.search(r"[\"“”()<>{}:]|https?|\d{4}", text)
    ):
        return False
    return any(word[:1].isupper() or word[:1].isdigit() for word in (words[0], words[-1])) and any(map(str.isalpha, text))


def trade_of(name: str, layout: Layout) -> str | None:
    """Return the role that a word of a company's name tells (`Imagine Film Distribution`: distributor), or None."""
    return next((layout.trade_words[word] for word in _words(name) if word in layout.trade_words), None)


def could_be_person(name: str, layout: Layout) -> bool:
    """Return whether a name without a label may be a person's: two words or more, none of them a company's."""
    words = _words(name)
    return len(words) >= 2 and not any(word in layout.organisation_words or any(map(str.isdigit, word)) for word in words)


def could_be_organisation(name: str, layout: Layout) -> bool:
    """Return whether a name without a label may be a company's: one word, or a word that companies have in their names."""
    words = _words(name)
    return len(words) == 1 or any(word in layout.organisation_words for word in words)


def _words(name: str) -> list[str]:
    return re.findall(r"[\w'’.-]+", fold(name))
