"""Lines such as `Dir.: Ann Aert. Int.: Bo Bex, Cy Cox. 2023. DCP. VOSE. 121'` → facts of a film, by the labels of the profile."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from filmgraph.findings import Severity
from filmgraph.iris import Kind
from filmgraph.model import Credit, Movie, PartialDate, Ref, Text
from filmgraph.sources.html.films import split_title
from filmgraph.sources.html.nodes import Datum, clean
from filmgraph.sources.html.page import Page
from filmgraph.sources.html.profile import PROSE_FIELDS
from filmgraph.sources.html.values import parse_length
from filmgraph.sources.page.names import split_names
from filmgraph.sources.sheet.dates import Problem

__all__ = ["ProseReader"]

_LENGTH: Final = re.compile(r"[0-9]{1,3}\s*(?:'|’|′|min\.?|minutos|minutes|minuten|minuti)", re.IGNORECASE)
_LONGEST: Final = 2_000
_YEAR: Final = re.compile(r"(?:18|19|20)[0-9]{2}")
# What is shown, and how: it is of a screening, and a page of a film does not say of which.
_SHOWING: Final = re.compile(
    r"DCP|4K|2K|35\s?mm|16\s?mm|70\s?mm|Blu-?ray|VO|VOSE?|VOSC|VOSI|VOS[A-Z]{0,3}|OV|O[mV]?[mE]U|OmdU|OmeU|DF|VF|VOST(?:FR)?|V\.O\.(?:S\.[A-Z]?\.?)?|"
    r"B/?N|Color|Colour|Couleur|Kleur|Farbe|B&W|N&B|ZW|SW",
    re.IGNORECASE,
)
_AND: Final = {"es": "y|e", "ca": "i", "de": "und", "it": "e|ed"}
_PIECE: Final = re.compile(r"\s*[.;|·•,–—]\s+|\s*[.;|·•]\s*$|\s+[–—|·•]\s+")


@dataclass(frozen=True, slots=True)
class ProseReader:
    """Reads lines of prose into the film of a page. `labels` are folded, and may end in a full stop."""

    page: Page
    labels: Mapping[str, str]

    def film(self, titles: list[tuple[int, str]], films: list[Ref]) -> Ref | None:
        """Return the film that the lines are about: the only one of the page, or one by the title that the profile points at."""
        if len(films) == 1:
            return films[0]
        if films or not titles:
            return None
        line, text = titles[0]
        title, year = split_title(clean(text))
        film = self.page.found.begin(Movie, Ref(Kind.FILM, title, year=year), line)
        self.page.found.add(film, "name", Text(title), line)
        if year is not None:
            self.page.found.add(film, "date_created", PartialDate(str(year)), line, "the year stands behind the title")
        return film

    def read(self, film: Ref, line: int, text: str) -> None:
        """Read one line; what is not understood of it is listed."""
        text = clean(text)
        if len(text) > _LONGEST:
            self.page.found.leave(line, text, f"a text of more than {_LONGEST} signs is no line of credits")
            return
        spans = list(self._spans(text))
        start = spans[0][0] if spans else len(text)
        self._read_rest(film, line, text[:start])
        for n, (_, value_start, meaning) in enumerate(spans):
            end = spans[n + 1][0] if n + 1 < len(spans) else len(text)
            self._read_value(film, line, meaning, text[value_start:end])

    def _spans(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Yield where each label starts, where its value does, and what it stands for."""
        words = "|".join(re.escape(each) for each in sorted(self.labels, key=len, reverse=True))
        for match in re.finditer(rf"(?<![^\s.;,|(])({words})\s*:\s*", text, re.IGNORECASE) if words else ():
            yield match.start(), match.end(), self.labels[match[1].casefold()]

    def _read_value(self, film: Ref, line: int, meaning: str, text: str) -> None:
        if meaning == "ignore":
            return
        value, rest = self._split_value(text, is_list=meaning not in PROSE_FIELDS)
        if meaning not in PROSE_FIELDS:
            self._credit(film, line, meaning, value)
        elif meaning == "title":
            self.page.found.add(film, "alternate_name", Text(value), line)
        elif meaning == "duration":
            self.page.add_parsed(film, "duration", parse_length(value), Datum(value, line))
        elif meaning == "date_created":
            self._year(film, line, value)
        else:
            self._concepts(film, line, meaning, value)
        self._read_rest(film, line, rest)

    def _split_value(self, text: str, *, is_list: bool) -> tuple[str, str]:
        """Return the value of a label, and what stands behind the full stop that ends it. Initials end in one as well."""
        for match in re.finditer(r"(?<=[^\s.]{2})\.(?:\s+|$)|[|·•]|;\s", text):
            value = text[: match.start()].strip(" ,;")
            if value and (not is_list or split_names(self._with_commas(value), are_people=True)):
                return value, text[match.end() :]
        return text.strip(" .,;|–—-"), ""

    def _credit(self, film: Ref, line: int, role: str, text: str) -> None:
        names = split_names(self._with_commas(text), are_people=True)
        if not names:
            message = f"{text[:80]!r} is no name, and no list of names: nobody is credited as {role.replace('-', ' ')}."
            self.page.found.remark("html-name", Severity.WARNING, line, text, message)
        for billing, name in enumerate(names, 1):
            self.page.found.add(film, "credit", Credit(role, Ref(Kind.PERSON, name), billing), line)

    def _with_commas(self, text: str) -> str:
        """Return a list with a comma in the place of the page's word for "and"; Ortega y Gasset stay one."""
        word = _AND.get(self.page.language or "")
        return re.sub(rf"(?<=\S\s\S)([^,]*?)\s+(?:{word})\s+(?=[^\s,]+\s+\S)", r"\1, ", text) if word else text

    def _year(self, film: Ref, line: int, text: str) -> None:
        value = PartialDate(text) if _YEAR.fullmatch(text) else Problem(f"{text!r} is not a year.", "html-date")
        self.page.add_parsed(film, "date_created", value, Datum(text, line))

    def _concepts(self, film: Ref, line: int, meaning: str, text: str) -> None:
        field_name = {"country": "country_of_origin", "language": "in_language"}.get(meaning, meaning)
        for each in filter(None, re.split(r"\s*[,;/|]\s*|\s+[-–]\s+", text)):
            self.page.add_parsed(film, field_name, self.page.texts.parse(each, meaning), Datum(each, line))

    def _read_rest(self, film: Ref, line: int, text: str) -> None:
        """Read what has no label: a year, a length, countries; how the film is shown is left to screenings."""
        for piece in filter(None, (each.strip(" .,;") for each in _PIECE.split(text) if each)):
            country = self.page.texts.parse(piece, "country")
            if _LENGTH.fullmatch(piece):
                self.page.add_parsed(film, "duration", parse_length(piece), Datum(piece, line))
            elif _YEAR.fullmatch(piece):
                self._year(film, line, piece)
            elif _SHOWING.fullmatch(piece):
                self.page.found.leave(line, piece, "how the film is shown: it is of a screening", is_understood=True)
            elif not isinstance(country, Problem) and len(piece) > 2:
                self.page.found.add(film, "country_of_origin", country, line)
            elif piece != film.name:
                self.page.found.leave(line, piece, "this part of the line is not understood")
