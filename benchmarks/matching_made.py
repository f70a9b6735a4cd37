"""Makes up films, and people in two lists that write their names in their own ways, with who is who. Nobody in them exists."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from filmgraph.matching_model import FilmRecord, PersonRecord, Work

__all__ = ["make_films", "make_people", "make_two_lists"]

_SYLLABLES: Final = re.split(
    " ", "ba be bo da de do fa fe ga go ka ke ki la le li lo ma me mi mo na ne no pa pe ra re ri ro sa se ta te to va ve zo"
)
_MARKS: Final = {"a": "á", "e": "é", "o": "ö", "s": "š", "n": "ñ", "c": "č"}
_PLAIN: Final = str.maketrans(dict(zip(_MARKS.values(), _MARKS, strict=True)))
_PARTICLES: Final = ("van", "de", "von", "al-")
_ROLES: Final = ("director", "screenwriter", "editor", "composer", "actor")


class _Names:
    """Makes up names; a few words are in many of them, as everywhere."""

    def __init__(self, chance: random.Random, count: int) -> None:
        self.chance = chance
        self.given = self._words(max(40, count // 40))
        self.family = self._words(max(80, count // 3))

    def _words(self, count: int) -> list[str]:
        words: dict[str, None] = {}
        while len(words) < count:
            word = "".join(self.chance.choice(_SYLLABLES) for _ in range(self.chance.choice((2, 3, 3, 4))))
            if self.chance.random() < 0.3:
                place = self.chance.randrange(1, len(word))
                word = word[:place] + _MARKS.get(word[place], word[place]) + word[place + 1 :]
            words[word.capitalize()] = None
        return list(words)

    def pick(self) -> tuple[str, str, str, str]:
        """Return given name, middle name, particle and family name; the two in the middle are mostly empty."""
        chance = self.chance
        middle = chance.choice(self.given) if chance.random() < 0.15 else ""
        particle = chance.choice(_PARTICLES) if chance.random() < 0.12 else ""
        return self.given[int(len(self.given) * chance.random() ** 2)], middle, particle, chance.choice(self.family)

    def write(self, name: tuple[str, str, str, str], habit: str) -> str:
        """Write a name in one of the ways in which lists do."""
        given, middle, particle, family = name
        last = f"{particle}{family}" if particle.endswith("-") else f"{particle} {family}".strip()
        if habit == "initial":
            return f"{given[0]}. {last}"
        if habit == "no middle":
            return f"{given} {last}"
        if habit == "comma":
            return f"{last}, {' '.join(filter(None, (given, middle)))}"
        whole = " ".join(filter(None, (given, middle, last)))
        if habit == "turned":
            return " ".join((last, *filter(None, (given, middle))))
        if habit == "plain":
            return whole.translate(_PLAIN)
        if habit == "no particle":
            return " ".join(filter(None, (given, middle, family)))
        if habit == "other spelling":
            return whole.replace("k", "c").replace("v", "w").replace("K", "C").replace("V", "W")
        return self._with_slip(whole) if habit == "slip" else whole

    def _with_slip(self, text: str) -> str:
        place = self.chance.randrange(1, len(text) - 1)
        return text[:place] + text[place + 1 :] if text[place].isalpha() else text


_HABITS: Final = ("as is",) * 8 + (
    "comma",
    "comma",
    "turned",
    "plain",
    "plain",
    "initial",
    "no middle",
    "no particle",
    "other spelling",
    "slip",
)


@dataclass(slots=True)
class _List:
    """One list of the made-up world: credits and countries by person."""

    name: str
    credits: dict[int, list[tuple[int, str]]] = field(default_factory=lambda: defaultdict(list))


def make_two_lists(people: int, seed: int = 1) -> tuple[list[PersonRecord], dict[str, str]]:
    """Make up two lists of films with their crews, and who is who: each list has a key of its own for each person.

    Crews are drawn from circles of thirty people; each third film stands in both lists. The second list writes half of all names
    in another way than the first. Names are drawn from so few that about one person in fifteen has a namesake.
    """
    chance = random.Random(seed)
    names = _Names(chance, people)
    named = [names.pick() for _ in range(people)]
    for number in range(0, people, 16):
        named[number] = named[chance.randrange(people)]
    lists = (_List("north"), _List("south"))
    years: dict[int, int] = {}
    for film in range(people):
        circle = chance.randrange(max(1, people // 30)) * 30
        years[film] = 1960 + (circle // 30 * 7 + chance.randrange(20)) % 60
        crew = [(min(people - 1, circle + chance.randrange(30)), role) for role in _ROLES]
        for each in lists if film % 3 == 0 else (lists[film % 2],):
            for person, role in crew:
                each.credits[person].append((film, role))
    born = {
        person: min(years[film] for each in lists for film, _ in each.credits.get(person, [])) - 20 - person % 15
        for person in {person for each in lists for person in each.credits}
    }
    records = [_record(each, person, named, names, years, born[person]) for each in lists for person in sorted(each.credits)]
    return records, {each.key: each.key.partition("-")[2] for each in records}


def _record(
    source: _List, person: int, named: list[tuple[str, str, str, str]], names: _Names, years: Mapping[int, int], born: int
) -> PersonRecord:
    works = source.credits[person]
    habit = "as is" if source.name == "north" else names.chance.choice(_HABITS)
    return PersonRecord(
        f"{source.name}-{person}",
        (names.write(named[person], habit),),
        tuple(Work(f"film-{film}", role, source.name) for film, role in works),
        tuple(sorted({years[film] for film, _ in works})),
        (f"C{person // 300 % 9}",),
        (str(born),) if person % 5 == 0 else (),
        sources=(source.name,),
        is_keyed=True,
    )


def make_films(count: int, seed: int = 1) -> tuple[list[FilmRecord], dict[str, str]]:
    """Make up films, each tenth of them twice: in another spelling, a year off, or under the title of another language."""
    chance = random.Random(seed)
    names = _Names(chance, count)
    words = names._words(max(200, count // 8))
    films: list[FilmRecord] = []
    truth: dict[str, str] = {}

    def title() -> str:
        return " ".join(words[int(len(words) * chance.random() ** 2)] for _ in range(chance.choice((1, 2, 2, 3))))

    for number in range(count * 10 // 11):
        name = names.pick()
        film = FilmRecord(
            f"a-{number}",
            (title(),),
            (1920 + chance.randrange(105),),
            (names.write(name, "as is"),),
            (chance.choice((chance.randrange(3, 30), chance.randrange(70, 150))),),
            (f"C{chance.randrange(40)}",),
            sources=("a",),
        )
        films.append(film)
        truth[film.key] = str(number)
        if number % 10 == 0:
            titles = (title(),) if number % 50 == 0 else (film.titles[0].upper(),)
            year = film.years[0] + (number % 40 == 0)
            twin = replace(
                film, key=f"b-{number}", titles=titles, years=(year,), directors=(names.write(name, "comma"),), sources=("b",)
            )
            films.append(twin)
            truth[twin.key] = str(number)
    return films, truth


def make_people(count: int) -> list[PersonRecord]:
    """Make up people for times: those of two lists."""
    return make_two_lists(max(60, count * 6 // 10))[0][:count]
