"""Makes up RDF of any size as others publish it: schema.org with https, role nodes, identifiers, names in several languages.

Nothing in it breaks a rule: no hall is taken twice, nobody is credited before they were born, and no two films or people have
names alike. Some of it has no place in our model, as in all real data. The same size and seed give the same bytes.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

__all__ = ["BASE", "LISTED", "write_rdf"]

BASE = "https://partner.example/"
#: The properties that our model has no place for.
LISTED = ("aggregateRating", "ratingValue", "jobTitle")
_S = "https://schema.org/"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_FIRST_YEAR = 1966
_FILMS_OF_EDITION = 300
_EDITIONS_OF_SERIES = 60
_VENUES, _HALLS_OF_VENUE = 6, 4
_STARTS = ("10:00", "13:30", "17:00", "20:30")
_SCREENINGS = 3
_ACTORS = 4
_CREW = ("author", "producer", "editor", "musicBy")
_GENRES = ("Drama", "Comedy", "Documentary", "Thriller", "Animation", "Romance", "War", "Western", "Musical")
_COUNTRIES = ("Belgium", "FR", "Nederland", "DE", "US", "Italy", "PL", "JP", "SE", "BR", "IR", "SN")
_LANGUAGES = ("fr", "nl", "en", "de", "it", "pl", "ja", "sv", "pt", "fa", "wo")
_SYLLABLES = ("ba", "de", "ka", "li", "mo", "na", "po", "ri", "sa", "to", "ve", "zu")


def write_rdf(path: Path, films: int, seed: int = 1) -> int:
    """Write N-Triples about so many films; return the number of statements."""
    maker = _Maker(random.Random(seed))
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for number in range(films):
            for line in maker.lines(number):
                file.write(line)
                count += 1
    return count


@dataclass(slots=True)
class _Maker:
    """Makes the lines of one file. `people` grows with the films, so that small files are like large ones."""

    chance: random.Random
    people: int = 12
    named: set[int] = field(default_factory=set)
    nodes: int = 0

    def lines(self, number: int) -> Iterator[str]:
        if number % _FILMS_OF_EDITION == 0:
            yield from self._edition(number // _FILMS_OF_EDITION)
        yield from self._film(number)

    def _edition(self, number: int) -> Iterator[str]:
        series, count = divmod(number, _EDITIONS_OF_SERIES)
        if count == 0:
            yield from self._series(series)
        festival, first = _iri("festival", number), date(_FIRST_YEAR + count, 10, 10)
        yield from _named(festival, "Festival", f"Festival {_word(series)} {first.year}")
        yield _link(festival, "superEvent", _iri("series", series))
        yield _value(festival, "startDate", str(first), "date")
        yield _value(festival, "endDate", str(first + timedelta(days=9)), "date")

    def _series(self, series: int) -> Iterator[str]:
        yield from _named(_iri("series", series), "EventSeries", f"Festival {_word(series)}")
        for venue in range(_VENUES):
            iri, address = _iri("venue", f"{series}-{venue}"), self._node()
            yield from _named(iri, "MovieTheater", f"Cinema {_word(series)} {_word(venue)}")
            yield _link(iri, "address", address)
            yield _link(address, "", f"<{_S}PostalAddress>")
            yield _value(address, "streetAddress", "Street 1")
            yield _value(address, "addressLocality", "Gent")
            yield _value(address, "addressCountry", "Belgium")
            yield f'{iri} <https://filmgraph.example/ns#timeZone> "Europe/Brussels" .\n'
            for hall in range(_HALLS_OF_VENUE):
                number = venue * _HALLS_OF_VENUE + hall
                subject = _iri("hall", f"{series}-{number}")
                yield f"{subject} {_TYPE} <https://filmgraph.example/ns#Auditorium> .\n"
                yield _value(subject, "name", f"Hall {hall + 1}")
                yield _link(subject, "containedInPlace", iri)

    def _film(self, number: int) -> Iterator[str]:
        film, title = _iri("film", number), f"{_word(number)} {_word(self.chance.randrange(1728))}"
        year = _FIRST_YEAR + number // _FILMS_OF_EDITION % _EDITIONS_OF_SERIES - self.chance.randrange(2)
        minutes, language = self.chance.randint(60, 180), self.chance.choice(_LANGUAGES)
        yield from _named(film, "Movie", title)
        yield f'{film} <{_S}alternateName> "The {_word(number * 5 + 1)}"@en .\n'
        yield _value(film, "dateCreated", str(year), "gYear")
        yield _value(film, "duration", f"PT{minutes}M", "duration")
        yield _value(film, "inLanguage", language)
        for country in self.chance.sample(_COUNTRIES, self.chance.randint(1, 2)):
            yield _value(film, "countryOfOrigin", country)
        for genre in self.chance.sample(_GENRES, self.chance.randint(1, 3)):
            yield _value(film, "genre", genre)
        yield from self._identifier(film, f"tt{number:08}")
        rating = self._node()
        yield _link(film, "aggregateRating", rating)
        yield _value(rating, "ratingValue", "7.5", "decimal")
        yield from self._credits(film, year)
        for count in range(_SCREENINGS):
            yield from self._screening(number, count, title, minutes, language)

    def _identifier(self, film: str, code: str) -> Iterator[str]:
        node = self._node()
        yield _link(film, "identifier", node)
        yield _link(node, "", f"<{_S}PropertyValue>")
        yield _value(node, "propertyID", "imdb")
        yield _value(node, "value", code)

    def _credits(self, film: str, year: int) -> Iterator[str]:
        working = self._crew()
        for name in ("director", *_CREW):
            person, lines = next(working)
            yield from lines
            yield _link(film, name, person)
        for _ in range(_ACTORS):
            person, lines = next(working)
            role = self._node()
            yield from lines
            yield _link(film, "actor", role)
            yield _link(role, "", f"<{_S}PerformanceRole>")
            yield _link(role, "actor", person)
            yield _value(role, "characterName", _word(self.chance.randrange(1728)))

    def _crew(self) -> Iterator[tuple[str, list[str]]]:
        """Yield different people, with the lines to write where one comes first; a steep curve, as in real catalogues."""
        working: set[int] = set()
        while True:
            self.people += self.chance.random() < 0.3
            number = int(self.people * self.chance.random() ** 3)
            while number in working:
                number += 1
            working.add(number)
            person, lines = _iri("person", number), list[str]()
            if number not in self.named:
                self.named.add(number)
                lines += _named(person, "Person", f"{_word(number)} {_word(number * 7 % 1728)}")
                lines.append(_value(person, "birthDate", str(1900 + number % 30), "gYear"))
                lines.append(_value(person, "jobTitle", "film worker"))
            yield person, lines

    def _screening(self, film: int, count: int, title: str, minutes: int, language: str) -> Iterator[str]:
        edition, place = divmod(film, _FILMS_OF_EDITION)
        slot, hall = divmod(place * _SCREENINGS + count, _VENUES * _HALLS_OF_VENUE)
        day, start = divmod(slot, len(_STARTS))
        date_text = date(_FIRST_YEAR + edition % _EDITIONS_OF_SERIES, 10, 10) + timedelta(days=day)
        hour, minute = divmod(int(_STARTS[start][:2]) * 60 + int(_STARTS[start][3:]) + minutes, 60)
        screening = _iri("screening", f"{film}-{count}")
        # Brussels had no summer time before 1977; after that, October has it on these days.
        offset = "+02:00" if date_text.year > 1976 else "+01:00"
        yield from _named(screening, "ScreeningEvent", title)
        yield _link(screening, "workPresented", _iri("film", film))
        yield _link(screening, "superEvent", _iri("festival", edition))
        yield _link(screening, "location", _iri("hall", f"{edition // _EDITIONS_OF_SERIES}-{hall}"))
        yield _value(screening, "startDate", f"{date_text}T{_STARTS[start]}:00{offset}", "dateTime")
        yield _value(screening, "endDate", f"{date_text}T{hour:02}:{minute:02}:00{offset}", "dateTime")
        yield _value(screening, "videoFormat", "DCP")
        if language != "en":
            yield _value(screening, "subtitleLanguage", "en")

    def _node(self) -> str:
        self.nodes += 1
        return f"_:n{self.nodes}"


def _iri(kind: str, key: object) -> str:
    return f"<{BASE}{kind}/{key}>"


def _named(subject: str, class_name: str, name: str) -> Iterator[str]:
    yield _link(subject, "", f"<{_S}{class_name}>")
    yield _value(subject, "name", name)


def _link(subject: str, name: str, value: str) -> str:
    predicate = f"<{_S}{name}>" if name else _TYPE
    return f"{subject} {predicate} {value} .\n"


def _value(subject: str, name: str, value: str, datatype: str = "") -> str:
    tag = f"^^<{_XSD}{datatype}>" if datatype else ""
    return f'{subject} <{_S}{name}> "{value}"{tag} .\n'


def _word(number: int) -> str:
    """Return a word that no other number has; words of neighbours differ in more than their ends."""
    digits = [number % 12, number // 12 % 12, number // 144 % 12]
    number //= 1728
    while number:
        digits.append(number % 12)
        number //= 12
    return "".join(_SYLLABLES[each] for each in digits).capitalize()
