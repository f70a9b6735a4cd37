"""Which format answers an Accept header (https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1). Pure.

A media type's parameters (`charset`, `profile`) do not matter for the match; its `q` does. A format matches by its own media type
and by its aliases. At equal quality a format that is named goes before one that only a wildcard lets in, then the server's order
decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from filmgraph.formats import Format

__all__ = ["MediaRange", "choose_format", "choose_language", "parse_accept", "rank_formats"]

# One element of a comma list, or one parameter of a semicolon list; quoted strings may hold either sign.
_ELEMENT = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*"?)+')
_PARAMETER = re.compile(r'(?:[^;"]|"(?:[^"\\]|\\.)*"?)+')
_MEDIA_RANGE = re.compile(r"([!#$%&'*+.^_`|~0-9a-z-]+)/([!#$%&'*+.^_`|~0-9a-z-]+)\Z")
_QUALITY = re.compile(r"(?:[01]?\.[0-9]+|[01]\.?)\Z")
_ANY = "*/*"


@dataclass(frozen=True, slots=True)
class MediaRange:
    """One element of an Accept header: `text/*` with quality 0.5. `name` is in lower case."""

    name: str
    quality: float


def choose_format(accept_header: str | None, offered: Sequence[Format]) -> Format | None:
    """Return the format of `offered` that the client likes best, or None when it accepts none of them.

    `offered` is in the server's order of preference. A header that is missing, empty or without one readable media range accepts
    all.
    """
    return next(iter(rank_formats(accept_header, offered)), None)


def rank_formats(accept_header: str | None, offered: Sequence[Format]) -> tuple[Format, ...]:
    """Return the formats of `offered` that the client accepts, the one that it likes best first.

    Whatever of them is on offer at an address, the first of those is the answer: two headers with one ranking are one.
    """
    ranges = tuple(parse_accept(accept_header or ""))
    if not ranges:
        return tuple(offered)
    names = {each.name for each in ranges}
    ranks = [(_quality(each, ranges), not names.isdisjoint(each.accepted), each) for each in offered]
    accepted = sorted((each for each in ranks if each[0] > 0), key=lambda each: each[:2], reverse=True)
    return tuple(each for _, _, each in accepted)


def choose_language(accept_language: str | None, offered: Iterable[str], otherwise: str) -> str:
    """Return the language of `offered` that a client likes best: the first one of the highest quality in its header.

    A range fits a language with the same first subtag (`nl-BE` fits `nl`); a star fits `otherwise`, which is also the answer
    where nothing fits (https://www.rfc-editor.org/rfc/rfc9110#section-12.5.4).

    >>> choose_language("de, fr-BE;q=0.8, nl;q=0.7", ["en", "nl", "fr"], "en")
    'fr'
    """
    known, best, most = set(offered), otherwise, 0.0
    for element in _ELEMENT.findall(accept_language or ""):
        name, *parameters = [part.strip() for part in _PARAMETER.findall(element)] or [""]
        language = otherwise if name == "*" else name.lower().partition("-")[0]
        quality = _read_quality(parameters)
        if language in known and quality > most:
            best, most = language, quality
    return best


def parse_accept(header: str) -> Iterator[MediaRange]:
    """Yield the media ranges of an Accept header; what is none is passed over.

    >>> [(each.name, each.quality) for each in parse_accept("text/turtle;charset=utf-8;q=.9, nonsense, *")]
    [('text/turtle', 0.9), ('*/*', 1.0)]
    """
    for element in _ELEMENT.findall(header):
        name, *parameters = [part.strip() for part in _PARAMETER.findall(element)] or [""]
        # Old Java clients send a lone star.
        name = _ANY if name == "*" else name.lower()
        if _MEDIA_RANGE.match(name):
            yield MediaRange(name, _read_quality(parameters))


def _read_quality(parameters: Sequence[str]) -> float:
    """Return the weight; 1 where there is none or where it is no number between 0 and 1."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            text = value.strip()
            return min(float(text), 1.0) if _QUALITY.match(text) else 1.0
    return 1.0


def _quality(offered: Format, ranges: Sequence[MediaRange]) -> float:
    """Return how much the client likes a format: the more specific range counts, and the best of the format's names."""
    own = _exact(offered.media_type, ranges)
    if own == 0.0:
        return 0.0
    aliases = [_exact(alias, ranges) or 0.0 for alias in offered.aliases]
    if own is None:
        main_type = offered.media_type.partition("/")[0]
        by_type = _exact(f"{main_type}/*", ranges)
        own = by_type if by_type is not None else _exact(_ANY, ranges)
    return max(own or 0.0, *aliases, 0.0)


def _exact(name: str, ranges: Sequence[MediaRange]) -> float | None:
    return max((each.quality for each in ranges if each.name == name), default=None)
