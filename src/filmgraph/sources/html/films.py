"""A Movie of a page → a film's record."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from filmgraph.findings import Severity
from filmgraph.iris import Kind
from filmgraph.model import Identifier, Movie, PartialDate, Prose, Ref, Text
from filmgraph.sources.html.agents import CREDITS, Agents
from filmgraph.sources.html.nodes import Datum, Node
from filmgraph.sources.html.page import Page
from filmgraph.sources.html.values import parse_length, parse_partial_date
from filmgraph.sources.sheet.dates import Problem

__all__ = ["FILMS", "Films", "film_years", "split_title"]

FILMS: Final = frozenset({"Movie"})
_TITLE_AND_YEAR: Final = re.compile(r"(?P<title>.*\S)\s*\((?P<year>(?:18|19|20)[0-9]{2})\)")
_CONCEPTS: Final = {
    "genre": ("genre", "genre"),
    "countryOfOrigin": ("country", "country_of_origin"),
    "inLanguage": ("language", "in_language"),
}
_LIST: Final = re.compile(r"\s*[,;|/]\s*")
#: Where the year of production is looked for, and what is said where that is not what the property means.
_YEARS: Final = {
    "dateCreated": "",
    "copyrightYear": "the page gives the year of the copyright, not that of production",
    "datePublished": "the page gives the date when the film was published, not the year of production",
}
_READ: Final = {
    "name",
    "alternateName",
    "alternativeHeadline",
    "duration",
    "timeRequired",
    "description",
    "sameAs",
    "url",
    "identifier",
}


def split_title(text: str) -> tuple[str, int | None]:
    """Return a title, and the year that stands behind it in brackets.

    >>> split_title("Here (2023)"), split_title("Here")
    (('Here', 2023), ('Here', None))
    """
    match = _TITLE_AND_YEAR.fullmatch(text)
    return (match["title"], int(match["year"])) if match else (text, None)


def _year(node: Node) -> tuple[int | None, Datum | None, str]:
    """Return the year of a film, where it stands, and why it is inferred."""
    for name, reason in _YEARS.items():
        for datum in node.data(name):
            date = parse_partial_date(datum.text)
            if isinstance(date, PartialDate):
                return date.year, datum, reason
    return split_title(node.text("name"))[1], next(node.data("name"), None), "the year stands behind the title"


def film_years(nodes: Iterable[Node]) -> dict[str, int]:
    """Return the years of the films of a page by title, where the page gives each only one."""
    found: dict[str, set[int]] = {}
    for node in nodes:
        year = _year(node)[0]
        if node.is_a(FILMS) and year is not None:
            found.setdefault(split_title(node.text("name"))[0], set()).add(year)
    return {title: min(years) for title, years in found.items() if len(years) == 1}


@dataclass(frozen=True, slots=True)
class Films:
    """Reads films into what is gathered of a page."""

    page: Page

    def ref(self, name: str) -> Ref:
        """Return the reference to a film by its name, which may have a year behind it."""
        title, year = split_title(name)
        return Ref(Kind.FILM, title, year=year or self.page.years.get(title))

    def read(self, node: Node) -> Ref | None:
        """Return the film that a node describes, and add what it says; None where it has no name."""
        if id(node) in self.page.used:
            return self.page.used[id(node)]
        names = [each for each in node.data("name") if each.text]
        if not names:
            self.page.used[id(node)] = None
            self.page.found.remark("html-name", Severity.WARNING, node.line, "Movie", "The page describes a film without a name.")
            return None
        title = next((each for each in names if not each.language), names[0])
        year, datum, reason = _year(node)
        film = Ref(Kind.FILM, split_title(title.text)[0], year=year or self.page.years.get(split_title(title.text)[0]))
        self.page.used[id(node)] = self.page.found.begin(Movie, film, node.line)
        self.page.found.add(film, "name", Text(film.name), title.line)
        if year is not None and datum is not None:
            self.page.found.add(film, "date_created", PartialDate(str(year)), datum.line, reason)
        for each in names:
            if each is not title:
                self._add_title(film, each)
        self._read_facts(node, film)
        return film

    def _add_title(self, film: Ref, datum: Datum) -> None:
        if datum.text != film.name:
            self.page.found.add(film, "alternate_name", Text(datum.text, datum.language or None), datum.line)

    def _read_facts(self, node: Node, film: Ref) -> None:
        for datum in node.data("alternateName", "alternativeHeadline"):
            self._add_title(film, datum)
        for datum in node.data("duration", "timeRequired"):
            self.page.add_parsed(film, "duration", parse_length(datum.text), datum)
        for name, (kind, field_name) in _CONCEPTS.items():
            self._add_concepts(film, field_name, kind, node.data(name))
        self.page.add_links(film, node)
        for identifier in node.nodes("identifier"):
            self._add_identifier(film, identifier)
        for datum in node.data("description"):
            self._add_description(film, datum)
        for name, role in CREDITS.items():
            Agents(self.page).credit(film, role, node.data(name))
        self.page.leave_rest(node, {*_READ, *_CONCEPTS, *_YEARS, *CREDITS})

    def _add_concepts(self, film: Ref, field_name: str, kind: str, data: Iterable[Datum]) -> None:
        """Add concepts: those that whole texts name, and otherwise each of a list."""
        for datum in data:
            is_one = not isinstance(self.page.texts.parse(datum.text, kind), Problem)
            pieces = [datum.text] if is_one else filter(None, _LIST.split(datum.text))
            self.page.add_kind(film, field_name, kind, (Datum(each, datum.line) for each in pieces))

    def _add_identifier(self, film: Ref, node: Node) -> None:
        scheme, value = node.text("propertyID"), node.text("value")
        if scheme and value and " " not in value and not scheme.startswith(("http:", "https:")):
            self.page.found.add(film, "identifier", Identifier(scheme.casefold(), value), node.line)
        else:
            self.page.found.leave(
                node.line, f"{scheme} {value}".strip(), "an identifier without the name of its numbering, or value"
            )

    def _add_description(self, film: Ref, datum: Datum) -> None:
        """Add a synopsis: a text of its publisher, which is kept apart from the facts."""
        found, source = self.page.found, self.page.source
        text = found.begin(Prose, Ref(Kind.TEXT, "synopsis", within=film), datum.line)
        found.add(text, "about", film, datum.line)
        found.add(text, "text", Text(datum.text, datum.language or self.page.language), datum.line)
        found.add(text, "text_kind", "synopsis", datum.line)
        if source.publisher:
            reason = "the text stands without another name on this publisher's page"
            found.add(text, "copyright_holder", Ref(Kind.ORG, source.publisher), datum.line, reason)
