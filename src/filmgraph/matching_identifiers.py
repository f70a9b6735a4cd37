"""What codes of others (IMDb, Wikidata, EIDR, ISAN, VIAF, ISNI) say of two records: they decide. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from filmgraph.matching_model import Evidence

__all__ = ["compare_identifiers", "find_contradictions", "identifier_of_link", "normalise_identifier"]

_NAMES: Final = {
    "imdb": "IMDb", "wikidata": "Wikidata", "eidr": "EIDR", "isan": "ISAN", "viaf": "VIAF", "isni": "ISNI", "tmdb": "TMDB",
}  # fmt: skip
# Where the links of each scheme lead.
_LINKS: Final = (
    ("imdb", re.compile(r"imdb\.com/(?:[a-z]{2}/)?(?:title|name)/((?:tt|nm)\d{7,10})")),
    ("wikidata", re.compile(r"wikidata\.org/(?:entity|wiki)/(Q[1-9]\d*)")),
    ("eidr", re.compile(r"doi\.org/(10\.5240/[0-9A-Fa-f-]+[0-9A-Za-z])")),
    ("viaf", re.compile(r"viaf\.org/viaf/(\d+)")),
    ("isni", re.compile(r"isni\.org/(?:isni/)?(\d{15}[\dX])")),
)
#: Schemes that give a thing one code, and two things never the same one. Any other scheme may be a shelf mark.
_DECIDING: Final = frozenset(_NAMES)
_AGREE: Final = 14
_CONTRADICT: Final = -14


def normalise_identifier(scheme: str, value: str) -> tuple[str, str] | None:
    """Return scheme and value as they are compared; None for a scheme that does not decide.

    >>> normalise_identifier("IMDb", "https://www.imdb.com/title/tt0123456/"), normalise_identifier("ISNI", "0000 0001 2345 678X")
    (('imdb', 'tt0123456'), ('isni', '000000012345678x'))
    """
    name = scheme.casefold()
    if name not in _DECIDING:
        return None
    linked = identifier_of_link(value)
    if linked is not None and linked[0] == name:
        return linked
    plain = re.sub(r"[\s-]", "", value).casefold()
    return (name, plain) if plain else None


def identifier_of_link(link: str) -> tuple[str, str] | None:
    """Return the code that a link of `sameAs` leads to; None where it leads elsewhere.

    >>> identifier_of_link("http://www.wikidata.org/entity/Q42")
    ('wikidata', 'q42')
    """
    for scheme, pattern in _LINKS:
        found = pattern.search(link)
        if found:
            return scheme, re.sub(r"[\s-]", "", found[1]).casefold()
    return None


def compare_identifiers(a: Iterable[tuple[str, str]], b: Iterable[tuple[str, str]]) -> tuple[Evidence, ...]:
    """Return what the codes of the schemes that both have say."""
    mine, theirs = _by_scheme(a), _by_scheme(b)
    found = []
    for scheme in sorted(mine.keys() & theirs.keys()):
        name, common = _NAMES[scheme], mine[scheme] & theirs[scheme]
        if common:
            found.append(Evidence(_AGREE, f"the {name} number is the same ({', '.join(sorted(common))})"))
        else:
            numbers = " and ".join(", ".join(sorted(each)) for each in (mine[scheme], theirs[scheme]))
            found.append(Evidence(_CONTRADICT, f"the {name} numbers differ ({numbers})"))
    return tuple(found)


def find_contradictions(identifiers: Iterable[tuple[str, str]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the schemes (by their usual name) of which one thing has several codes, with these."""
    return tuple(
        (_NAMES[scheme], tuple(sorted(values))) for scheme, values in sorted(_by_scheme(identifiers).items()) if len(values) > 1
    )


def _by_scheme(identifiers: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    by_scheme: defaultdict[str, set[str]] = defaultdict(set)
    for scheme, value in identifiers:
        by_scheme[scheme].add(value)
    return dict(by_scheme)
