"""The languages of the interface, and how a path names one: `/nl/film/here-2023`; without a prefix it is English.

Only pages have a language. The IRI of a thing has none, and neither has its data.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

__all__ = ["FIRST_LANGUAGE", "LANGUAGES", "split_language", "to_prefix"]

#: The language of pages whose path names none.
FIRST_LANGUAGE: Final = "en"
#: BCP 47 tags (https://www.rfc-editor.org/info/bcp47), each with what speakers call the language.
LANGUAGES: Final = MappingProxyType({FIRST_LANGUAGE: "English", "nl": "Nederlands", "fr": "Français"})


def to_prefix(language: str) -> str:
    """Return what stands in front of the path of a page in a language.

    >>> to_prefix("nl"), to_prefix("en")
    ('/nl', '')
    """
    return "" if language == FIRST_LANGUAGE else f"/{language}"


def split_language(path: str) -> tuple[str, str]:
    """Return the language that a path names, and the rest of the path.

    >>> split_language("/nl/film/here-2023"), split_language("/film/here-2023"), split_language("/nl")
    (('nl', '/film/here-2023'), ('en', '/film/here-2023'), ('en', '/nl'))
    """
    # Each tag has two letters: this is asked of every request.
    if path[3:4] == "/" and path[1:3] in LANGUAGES and path[1:3] != FIRST_LANGUAGE:
        return path[1:3], path[3:]
    return FIRST_LANGUAGE, path
