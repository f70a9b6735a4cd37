"""How fast a release of 100,000 names is searched, against a plain `LIKE` over the same names in the same run.

Run `python benchmarks/search.py`; `--names 10000` makes a smaller one. Names are made up, the same with each run: common and rare
first names, family names, titles of one to four words, with accents. Each kind of question is asked for `--questions` different
names by one connection, warm; the times are those of `SearchIndex.overview`, which a page of results asks for. CPU times are of
the thread: on a busy machine they say more than the clock. The ratio is that of the medians of CPU time.
"""

from __future__ import annotations

import argparse
import random
import re
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from filmgraph.iris import IriScheme, Kind
from filmgraph.namespaces import FG, RDF, SCHEMA
from filmgraph.search import SearchIndex
from filmgraph.search_index import write_search_index
from filmgraph.search_model import SEARCH_FILE

__all__ = ["iter_triples", "main"]

_IRIS: Final = IriScheme("https://films.example/")
_CONSONANTS: Final = re.split(" ", "b c d f g h j k l m n p r s t v w z br ch cl dr fr gr kl kr pl sch sh st th tr vl")
_VOWELS: Final = re.split(" ", "a e i o u a e i o aa ai au ei ie oe ou ü é è ö ø á í")
_ENDS: Final = re.split(" ", "n r s t l m ck nd ng rt sen ska ov")
_CREDITS: Final = 3


def _make_words(chance: random.Random, count: int) -> list[str]:
    words: dict[str, None] = {}
    while len(words) < count:
        parts = (chance.choice(_CONSONANTS) + chance.choice(_VOWELS) for _ in range(chance.choice((1, 2, 2, 2, 3))))
        words["".join(parts) + chance.choice(_ENDS)] = None
    return [word.capitalize() for word in words]


def _make_names(count: int) -> tuple[list[str], list[str]]:
    """Return the names of people and the titles of films; a few words are in many of them, as everywhere."""
    chance = random.Random(1)
    first, family, title = (_make_words(chance, max(20, count // part)) for part in (50, 4, 10))

    def pick(words: Sequence[str]) -> str:
        return words[int(len(words) * chance.random() ** 3)]

    people = [f"{pick(first)} {chance.choice(family)}" for _ in range(count * 6 // 10)]
    titles = [" ".join(pick(title) for _ in range(chance.choice((1, 2, 2, 3, 4)))) for _ in range(count * 3 // 10)]
    return people, titles


def iter_triples(count: int) -> Iterator[Triple]:
    """Yield the graph of people, films with a second title each third time, and credits: `count` names in all."""
    chance = random.Random(2)
    people, titles = _make_names(count)
    for number, name in enumerate(people):
        yield _text(_thing(Kind.PERSON, number), SCHEMA.name, name)
    for number, title in enumerate(titles):
        film = _thing(Kind.FILM, number)
        yield _text(film, SCHEMA.name, title)
        yield _text(film, SCHEMA.dateCreated, str(1950 + number % 76))
        if number % 3 == 0:
            yield _text(film, SCHEMA.alternateName, f"{chance.choice(titles)} {number % 100}")
        for place in range(_CREDITS):
            credit, agent = _thing(Kind.CREDIT, number * _CREDITS + place), _thing(Kind.PERSON, chance.randrange(len(people)))
            yield Triple(film, NamedNode(FG.credit), credit)
            yield Triple(credit, NamedNode(SCHEMA.actor), agent)
            yield Triple(credit, NamedNode(RDF.type), NamedNode(SCHEMA.PerformanceRole))


def _thing(kind: Kind, number: int) -> NamedNode:
    return NamedNode(_IRIS.thing(kind, f"x{number}"))


def _text(subject: NamedNode, predicate: str, text: str) -> Triple:
    return Triple(subject, NamedNode(predicate), Literal(text))


def _mistype(chance: random.Random, word: str) -> str:
    """Return a word with one letter too many, one too few, a wrong one, or two that have changed places."""
    at = chance.randrange(1, len(word) - 1)
    letter = chance.choice("aeinrst")
    ways = (word[:at] + letter + word[at:], word[:at] + word[at + 1 :], word[:at] + letter + word[at + 1 :])
    return chance.choice((*ways, word[:at] + word[at + 1] + word[at] + word[at + 2 :]))


def _questions(count: int, each: int) -> dict[str, list[str]]:
    chance = random.Random(3)
    people, titles = _make_names(count)
    names = chance.sample(people, each)
    return {
        "exact": names,
        "two words": [" ".join(reversed(name.split())) for name in names],
        "prefix, 1 letter": [name[0] for name in names],
        "prefix, 3 letters": [name[:3] for name in names],
        "first name": [name.split()[0] for name in names],
        "title": chance.sample(titles, each),
        "typo": [f"{name.split()[0]} {_mistype(chance, name.split()[1])}" for name in names],
        "typo, one word": [_mistype(chance, name.split()[1]) for name in names],
        "no such name": ["".join(reversed(name)) for name in names],
    }


@dataclass(frozen=True, slots=True)
class _Times:
    """Milliseconds by the clock and of the CPU."""

    wall: Sequence[float]
    cpu: Sequence[float]

    @property
    def median(self) -> float:
        return statistics.median(self.cpu)

    def __str__(self) -> str:
        return "".join(
            f"{statistics.median(each):9.2f}{statistics.quantiles(each, n=20)[-1]:9.2f}" for each in (self.wall, self.cpu)
        )


def _measure(ask: Callable[[str], object], questions: Sequence[str]) -> _Times:
    wall, cpu = [], []
    for question in questions:
        start, start_cpu = time.perf_counter(), time.thread_time()
        ask(question)
        cpu.append((time.thread_time() - start_cpu) * 1000)
        wall.append((time.perf_counter() - start) * 1000)
    return _Times(wall, cpu)


def main(arguments: Sequence[str] | None = None) -> None:
    """Build the index, ask, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--names", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=200)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        triples = list(iter_triples(options.names))
        start = time.process_time()
        write_search_index(triples, _IRIS, path)
        seconds = time.process_time() - start
        size = (path / SEARCH_FILE).stat().st_size
        sys.stdout.write(f"{options.names:,} names: index of {size / 1e6:.1f} MB written in {seconds:.1f} s of CPU\n")
        _ask(path / SEARCH_FILE, _questions(options.names, options.questions))


def _ask(path: Path, questions: dict[str, list[str]]) -> None:
    index = SearchIndex(path)
    with closing(sqlite3.connect(path)) as plain:

        def scan(question: str) -> object:
            values = (f"%{question}%",)
            return plain.execute("SELECT thing FROM name WHERE text LIKE ? LIMIT 1000", values).fetchall()

        _measure(scan, ["a", "b"])
        _measure(index.overview, ["a", "b"])
        columns = ("p50 ms", "p95 ms", "p50 cpu", "p95 cpu", "LIKE cpu", "ratio", "found")
        sys.stdout.write(f"{'question':18}" + "".join(f"{each:>9}" for each in columns) + "\n")
        for name, texts in questions.items():
            own, other = _measure(index.overview, texts), _measure(scan, texts)
            found = sum(index.overview(text).total > 0 for text in texts) / len(texts)
            sys.stdout.write(f"{name:18}{own}{other.median:9.2f}{own.median / other.median:9.2f}{found:9.0%}\n")
    index.close()


if __name__ == "__main__":
    main()
