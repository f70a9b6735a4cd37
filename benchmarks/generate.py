"""Makes up a film catalogue of any size in our own model (docs/data-model.md), as N-Triples, straight to a file.

Run `python benchmarks/generate.py --triples 1000000 --output films.nt`; without an output it only counts. The same size and seed
give the same bytes. Films come one after the other, and only which persons have been named is remembered.

How often a person is credited follows a steep curve, as in real catalogues: a few have hundreds of credits, most have one or two.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from filmgraph.namespaces import FG, FG_BASE, PROV, RDF, SCHEMA, XSD

__all__ = ["BASE", "FIRST_YEAR", "iter_lines", "write_triples"]

BASE = "https://films.example/"
FIRST_YEAR = 1960
_YEARS = 66
_EDITIONS = 60
_FILMS_PER_EDITION = 40
_HALLS = 24
_GENRES = ("drama", "comedy", "documentary", "thriller", "animation", "romance", "science-fiction", "war", "western", "musical")
_COUNTRIES = ("BE", "FR", "NL", "DE", "US", "IT", "PL", "JP", "SE", "BR", "IR", "SN")
_LANGUAGES = ("fr", "nl", "en", "de", "it", "pl", "ja", "sv", "pt", "fa", "wo")
_SYLLABLES = ("ba", "de", "ka", "li", "mo", "na", "po", "ri", "sa", "to", "ve", "zu")
# Role, and the property of the direct edge; the last roles are credited as contributors.
_CREW = (
    ("director", "director"), ("screenwriter", "author"), ("producer", "producer"), ("cinematographer", "contributor"),
)  # fmt: skip
_ACTORS = 4
_SCREENINGS = 3


@dataclass(slots=True)
class _Maker:
    """Makes the lines of one catalogue.

    `people` grows with the films, so that small catalogues are like large ones. `working` are the people of the film that is
    being made: nobody has two credits on one film.
    """

    chance: random.Random
    people: int = 4
    named: set[int] = field(default_factory=set)
    working: set[int] = field(default_factory=set)

    def film(self, number: int) -> Iterator[str]:
        film = _thing("film", number)
        name = self._name()
        yield from _typed(film, SCHEMA.Movie, name)
        yield _value(film, SCHEMA.dateCreated, str(FIRST_YEAR + self.chance.randrange(_YEARS)), XSD.gYear)
        minutes = self.chance.randint(60, 180)
        yield _value(film, SCHEMA.duration, f"PT{minutes // 60}H{minutes % 60}M", XSD.duration)
        yield _value(film, FG.runtimeMinutes, str(minutes), XSD.integer)
        yield _link(film, FG.form, f"{FG_BASE}id/form/feature")
        for genre in self.chance.sample(_GENRES, self.chance.randint(1, 3)):
            yield _link(film, SCHEMA.genre, f"{FG_BASE}id/genre/{genre}")
        for country in self.chance.sample(_COUNTRIES, self.chance.randint(1, 2)):
            yield _link(film, SCHEMA.countryOfOrigin, f"{FG_BASE}id/country/{country}")
        yield _value(film, SCHEMA.inLanguage, self.chance.choice(_LANGUAGES))
        if number % 3 == 0:
            yield _value(film, SCHEMA.alternateName, self._name(), language="fr")
        yield from self._credits(film, number)
        for screening in range(_SCREENINGS):
            yield from self._screening(film, name, number, screening)

    def _credits(self, film: str, number: int) -> Iterator[str]:
        self.working.clear()
        for role, edge in _CREW:
            yield from self._credit(film, f"{number}-{role}-1", role, edge, billing=1)
        for billing in range(1, _ACTORS + 1):
            yield from self._credit(film, f"{number}-actor-{billing}", "actor", "actor", billing)

    def _credit(self, film: str, key: str, role: str, edge: str, billing: int) -> Iterator[str]:
        credit, (person, lines) = _thing("credit", key), self._person()
        yield from lines
        is_acting = role == "actor"
        yield _link(film, FG.credit, credit)
        yield _link(film, SCHEMA.term(edge), person)
        yield _link(credit, RDF.type, SCHEMA.PerformanceRole if is_acting else SCHEMA.Role)
        yield _link(credit, SCHEMA.roleName, f"{FG_BASE}id/role/{role}")
        yield _link(credit, SCHEMA.term(edge), person)
        yield _value(credit, FG.billing, str(billing), XSD.integer)
        yield _link(credit, PROV.wasDerivedFrom, _thing("source", "made-up"))
        if is_acting:
            character, name = _thing("character", key), self._name()
            yield _value(credit, SCHEMA.characterName, name)
            yield _link(film, SCHEMA.character, character)
            yield from _typed(character, FG.Character, name)

    def _person(self) -> tuple[str, Iterator[str]]:
        """Return a person for the next credit, and the lines to write where it is the first."""
        self.people += self.chance.random() < 0.3
        number = int(self.people * self.chance.random() ** 3)
        while number in self.working:
            number += 1
        self.working.add(number)
        person = _thing("person", number)
        if number in self.named:
            return person, iter(())
        self.named.add(number)
        return person, _typed(person, SCHEMA.Person, f"{self._name()} {self._name()}")

    def _screening(self, film: str, name: str, number: int, count: int) -> Iterator[str]:
        edition = number // _FILMS_PER_EDITION % _EDITIONS
        screening, hall = _thing("screening", f"{number}-{count}"), self.chance.randrange(_HALLS)
        day = date(FIRST_YEAR, 10, 10) + timedelta(days=365 * edition + self.chance.randrange(10))
        start = datetime(day.year, day.month, day.day, self.chance.randrange(10, 22), self.chance.choice((0, 30)))
        yield from _typed(screening, SCHEMA.ScreeningEvent, name)
        yield _link(screening, SCHEMA.workPresented, film)
        yield _link(screening, SCHEMA.superEvent, _thing("festival", edition))
        yield _link(screening, SCHEMA.location, _thing("hall", hall))
        yield _value(screening, SCHEMA.startDate, f"{start.isoformat()}+02:00", XSD.dateTime)
        yield _value(screening, SCHEMA.endDate, f"{(start + timedelta(hours=2)).isoformat()}+02:00", XSD.dateTime)
        yield _link(screening, SCHEMA.eventStatus, SCHEMA.EventScheduled)
        yield _value(screening, SCHEMA.subtitleLanguage, self.chance.choice(("en", "nl", "fr")))

    def _name(self) -> str:
        return "".join(self.chance.choices(_SYLLABLES, k=self.chance.randint(2, 4))).capitalize()


def iter_lines(triples: int, seed: int = 1) -> Iterator[str]:
    """Yield lines of N-Triples: whole films until at least `triples` lines are out."""
    count = 0
    maker = _Maker(random.Random(seed))
    for part in (_places(), *(maker.film(number) for number in range(triples))):
        for line in part:
            count += 1
            yield line
        if count >= triples:
            return


def _places() -> Iterator[str]:
    yield from _typed(_thing("series", "festival"), SCHEMA.EventSeries, "Festival")
    yield _link(_thing("source", "made-up"), RDF.type, PROV.Entity)
    for edition in range(_EDITIONS):
        yield from _typed(_thing("festival", edition), SCHEMA.Festival, f"Festival {FIRST_YEAR + edition}")
        yield _link(_thing("festival", edition), SCHEMA.superEvent, _thing("series", "festival"))
    for hall in range(_HALLS):
        venue = _thing("venue", hall // 4)
        if hall % 4 == 0:
            yield from _typed(venue, SCHEMA.MovieTheater, f"Cinema {hall // 4}")
        yield from _typed(_thing("hall", hall), FG.Auditorium, f"Hall {hall}")
        yield _link(_thing("hall", hall), SCHEMA.containedInPlace, venue)


def _thing(kind: str, key: object) -> str:
    return f"{BASE}id/{kind}/{key}"


def _typed(subject: str, class_iri: str, name: str) -> Iterator[str]:
    yield _link(subject, RDF.type, class_iri)
    yield _value(subject, SCHEMA.name, name)


def _link(subject: str, predicate: str, value: str) -> str:
    return f"<{subject}> <{predicate}> <{value}> .\n"


def _value(subject: str, predicate: str, text: str, datatype: str = "", language: str = "") -> str:
    # All texts are made up here from letters and digits: nothing is ever to be escaped.
    suffix = f"@{language}" if language else f"^^<{datatype}>" if datatype else ""
    return f'<{subject}> <{predicate}> "{text}"{suffix} .\n'


def write_triples(path: Path, triples: int, seed: int = 1) -> int:
    """Write N-Triples to a file and return how many."""
    with path.open("w", encoding="ascii") as file:
        return _count(iter_lines(triples, seed), file.write)


def _count(lines: Iterator[str], write: Callable[[str], object]) -> int:
    count = 0
    for line in lines:
        write(line)
        count += 1
    return count


def main(arguments: list[str] | None = None) -> int:
    """Write or count a made-up catalogue, and print how fast that was."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--triples", type=int, default=100_000, help="at least so many (default: 100000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", type=Path, help="the file to write (default: only count)")
    options = parser.parse_args(arguments)
    start = time.perf_counter()
    if options.output:
        count = write_triples(options.output, options.triples, options.seed)
    else:
        count = _count(iter_lines(options.triples, options.seed), len)
    seconds = time.perf_counter() - start
    print(f"{count} triples in {seconds:.2f} s, {count / seconds / 1000:.0f} thousand a second")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
