"""Which features of search engines the pages of a release are eligible for, and what is missing, by kind of page.

The pages are those that the sitemap names, as the application answers them; nothing is asked over a network.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from filmgraph.errors import ReleaseError
from filmgraph.findings import Severity
from filmgraph.languages import FIRST_LANGUAGE, split_language
from filmgraph.validation_publish import Demand, Feature, Flaw, PageBlock, PublishingShapes, find_flaws

__all__ = ["Eligibility", "Gap", "judge", "kind_of", "list_pages", "read_blocks"]

_SCRIPT: Final = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
_LOCATION: Final = re.compile("<loc>(.*?)</loc>")
_OTHER: Final = "other pages"

#: Answers a path with the text of the page; ReleaseError for one that cannot be had.
Get = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that pages lack: on how many of them, and an example."""

    demand: Demand
    pages: int
    example_url: str


@dataclass(frozen=True, slots=True)
class Eligibility:
    """One feature and one kind of page: how many pages are marked up for it, how many of them it may show, and what they lack."""

    kind: str
    feature: Feature
    pages: int
    eligible: int
    gaps: tuple[Gap, ...]


def list_pages(get: Get, base_url: str) -> list[str]:
    """Return the URLs of all pages that the sitemap names, in its order; of each in the first language only.

    What a page says to crawlers is the same in all.
    """
    parts = _LOCATION.findall(get("/sitemap.xml"))
    urls = (url for part in parts for url in _LOCATION.findall(get(_path(part, base_url))))
    return [each for each in urls if split_language(_path(each, base_url))[0] == FIRST_LANGUAGE]


def read_blocks(get: Get, base_url: str, page_urls: Iterable[str]) -> Iterator[PageBlock]:
    """Yield the blocks of pages; ReleaseError for one that is no JSON."""
    for url in page_urls:
        for text in _SCRIPT.findall(get(_path(url, base_url))):
            yield PageBlock(url, _read_json(url, text))


def _read_json(url: str, text: str) -> dict[str, Any]:
    try:
        block = json.loads(text)
    except ValueError as error:
        raise ReleaseError(f"{url} has a block that is no JSON: {error}") from error
    if not isinstance(block, dict):
        raise ReleaseError(f"{url} has a block that is no JSON object")
    return block


def _path(url: str, base_url: str) -> str:
    return "/" + url.removeprefix(base_url)


def kind_of(page_url: str, base_url: str) -> str:
    """Return the kind of a page: the first part of its path, where more than a list follows it.

    >>> kind_of("https://x.example/film/here", "https://x.example/"), kind_of("https://x.example/film/", "https://x.example/")
    ('film', 'other pages')
    """
    kind, _, rest = page_url.removeprefix(base_url).partition("/")
    return kind if rest else _OTHER


def judge(blocks: Iterable[PageBlock], shapes: PublishingShapes, base_url: str) -> tuple[Eligibility, ...]:
    """Return the report: a line for each feature and kind of page that is marked up for it."""
    given = list(blocks)
    flaws = find_flaws(given, shapes)
    lines = []
    for feature in shapes.features:
        pages = {each.page_url for each in given if _is_for(each, feature)}
        for kind in sorted({kind_of(each, base_url) for each in pages}):
            shown = {each for each in pages if kind_of(each, base_url) == kind}
            lines.append(_line(kind, feature, shown, [each for each in flaws if each.page_url in shown]))
    return tuple(lines)


def _is_for(page: PageBlock, feature: Feature) -> bool:
    """Tell whether a block is marked up for a feature; without classes, a feature is for all pages about a thing."""
    return page.block.get("@type") in feature.classes if feature.classes else "mainEntityOfPage" in page.block


def _line(kind: str, feature: Feature, pages: set[str], flaws: list[Flaw]) -> Eligibility:
    own = [each for each in flaws if each.demand.feature == feature]
    barred = {each.page_url for each in own if each.demand.severity is not Severity.INFO}
    counts = Counter(demand for demand, _ in {(each.demand, each.page_url) for each in own})
    examples = {each.demand: each.page_url for each in reversed(own)}
    gaps = (Gap(demand, number, examples[demand]) for demand, number in counts.items())
    ordered = sorted(gaps, key=lambda each: (each.demand.severity.rank, -each.pages, each.demand.id))
    return Eligibility(kind, feature, len(pages), len(pages - barred), tuple(ordered))
