"""What the readers of a page share: the gathering, the profile, and how values of nodes are read and complained about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urljoin

from filmgraph.findings import Severity
from filmgraph.model import Link, Ref, Value
from filmgraph.settings import SourceSettings
from filmgraph.sources.html.gathering import Gathering
from filmgraph.sources.html.nodes import Datum, Node
from filmgraph.sources.html.profile import PageProfile
from filmgraph.sources.html.values import Texts, parse_partial_date
from filmgraph.sources.sheet.dates import Problem
from filmgraph.vocabulary import Vocabulary

__all__ = ["Page"]

_LINKS: Final = {"sameAs": "same_as", "url": "url"}
#: What pages say besides, and no catalogue keeps.
_APART: Final = frozenset(
    {
        "image",
        "thumbnailUrl",
        "aggregateRating",
        "offers",
        "review",
        "reviews",
        "trailer",
        "video",
        "potentialAction",
        "contentRating",
    }
    | {
        "keywords",
        "mainEntityOfPage",
        "subjectOf",
        "isAccessibleForFree",
        "typicalAgeRange",
        "eventAttendanceMode",
        "logo",
        "telephone",
    }
    | {"headline", "dateModified", "copyrightHolder", "interactionStatistic", "isFamilyFriendly", "inSupportOf", "openingHours"}
    | {
        "identifier",
        "priceRange",
        "hasMap",
        "datePublished",
        "uploadDate",
        "publisher",
        "jobTitle",
        "description",
        "sponsor",
        "funder",
    }
)


@dataclass(frozen=True, slots=True)
class Page:
    """One page while it is read. `base` is its address, as it says itself or the settings do; `years` are its films' by title."""

    source: SourceSettings
    profile: PageProfile
    vocabulary: Vocabulary
    found: Gathering
    base: str = ""
    language: str | None = None
    years: Mapping[str, int] = field(default_factory=dict)
    used: dict[int, Ref | None] = field(default_factory=dict)

    @property
    def texts(self) -> Texts:
        """The reader of what the vocabulary knows."""
        return Texts(self.vocabulary, self.language)

    def add_parsed(self, ref: Ref, field_name: str, value: Value | Problem, datum: Datum, reason: str = "") -> None:
        """Add a value, or say why it is none."""
        if isinstance(value, Problem):
            self.found.remark(value.rule or "html-value", Severity.WARNING, datum.line, datum.text, value.message)
        else:
            self.found.add(ref, field_name, value, datum.line, reason)

    def add_kind(self, ref: Ref, field_name: str, kind: str, data: Iterable[Datum]) -> None:
        """Add values of a kind that `Texts` reads."""
        for datum in data:
            self.add_parsed(ref, field_name, self.texts.parse(datum.text, kind), datum)

    def add_links(self, ref: Ref, node: Node) -> None:
        """Add the addresses of a thing."""
        for field_name, link, line in self.iter_links(node):
            self.found.add(ref, field_name, link, line)

    def iter_links(self, node: Node) -> Iterator[tuple[str, Value, int]]:
        """Yield the addresses of a thing: its page, and the same thing elsewhere."""
        for name, field_name in _LINKS.items():
            for datum in node.data(name):
                address = urljoin(self.base, datum.text)
                link = self.texts.parse(address, "link")
                if isinstance(link, Link):
                    yield field_name, link, datum.line
                else:
                    self.found.leave(datum.line, datum.text, "it is no address, and the page does not say its own")

    def iter_dates(self, node: Node, fields: Mapping[str, str]) -> Iterator[tuple[str, Value, int]]:
        """Yield dates by the field that each property stands for."""
        for name, field_name in fields.items():
            for datum in node.data(name):
                date = parse_partial_date(datum.text)
                if isinstance(date, Problem):
                    self.found.remark(date.rule, Severity.WARNING, datum.line, datum.text, date.message)
                else:
                    yield field_name, date, datum.line

    def leave_rest(self, node: Node, read: Iterable[str]) -> None:
        """List the properties of a node that nobody reads."""
        for name in sorted(node.values.keys() - set(read)):
            is_apart = name in _APART
            why = "no field of a catalogue" if is_apart else f"the property {name} is not read"
            for datum in node.values[name]:
                self.found.leave(datum.line, f"{name}: {datum.text}", why, is_understood=is_apart)
