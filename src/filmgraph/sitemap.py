"""Sitemaps: which pages there are and when each was last changed (https://www.sitemaps.org/protocol.html)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final
from xml.sax.saxutils import escape, quoteattr

__all__ = ["SITEMAP_LENGTH", "SitemapEntry", "count_parts", "part_of", "write_index", "write_sitemap"]

#: So many addresses may one sitemap hold, by the protocol.
SITEMAP_LENGTH: Final = 50_000
_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMESPACE: Final = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_LINKS_NAMESPACE: Final = 'xmlns:xhtml="http://www.w3.org/1999/xhtml"'
_DEFAULT: Final = "x-default"


@dataclass(frozen=True, slots=True)
class SitemapEntry:
    """A page or a sitemap by its public address; `modified` is an ISO 8601 time, empty where none is known.

    `translations` are all addresses of the page with their languages, its own among them
    (https://developers.google.com/search/docs/specialty/international/localized-versions#sitemap).
    """

    url: str
    modified: str = ""
    translations: tuple[tuple[str, str], ...] = ()


def count_parts(number: int, length: int = SITEMAP_LENGTH) -> int:
    """Return how many sitemaps so many pages need.

    >>> count_parts(0), count_parts(50_000), count_parts(50_001)
    (0, 1, 2)
    """
    return -(-number // length)


def part_of(entries: Sequence[SitemapEntry], number: int, length: int = SITEMAP_LENGTH) -> Sequence[SitemapEntry]:
    """Return what the sitemap with a number, counted from 1, holds of all entries."""
    return entries[(number - 1) * length : number * length]


def write_sitemap(entries: Iterable[SitemapEntry]) -> bytes:
    """Return one sitemap; a page stands in it once for each of its languages."""
    shown = list(entries)
    has_links = any(each.translations for each in shown)
    namespaces = f"{_NAMESPACE} {_LINKS_NAMESPACE}" if has_links else _NAMESPACE
    return _write("urlset", "url", (one for each in shown for one in _in_all_languages(each)), namespaces)


def write_index(entries: Iterable[SitemapEntry]) -> bytes:
    """Return the sitemap of all sitemaps."""
    return _write("sitemapindex", "sitemap", entries)


def _in_all_languages(entry: SitemapEntry) -> Iterator[SitemapEntry]:
    urls = [url for language, url in entry.translations if language != _DEFAULT] or [entry.url]
    return (replace(entry, url=each) for each in urls)


def _write(root: str, element: str, entries: Iterable[SitemapEntry], namespaces: str = _NAMESPACE) -> bytes:
    lines = "".join(f"<{element}>{_members(each)}</{element}>\n" for each in entries)
    return f"{_DECLARATION}<{root} {namespaces}>\n{lines}</{root}>\n".encode()


def _members(entry: SitemapEntry) -> str:
    modified = f"<lastmod>{escape(entry.modified)}</lastmod>" if entry.modified else ""
    links = "".join(
        f'<xhtml:link rel="alternate" hreflang="{language}" href={quoteattr(url)}/>' for language, url in entry.translations
    )
    return f"<loc>{escape(entry.url)}</loc>{modified}{links}"
