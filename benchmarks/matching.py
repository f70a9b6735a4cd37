"""How well films and people are told apart, and how long that takes.

Run `python -m benchmarks.matching`. The gold for films is two real tables, where they are beside the project (`--shared`): films
are matched without their IMDb numbers, and the answer is held against these. Half of the films, by a digest of the number, were
not looked at while the weights were chosen. The gold for people is made up (`matching_made`).
Then `--sizes` made-up films, and as many people as they have, tell time, pairs and memory (each size in a process of its own).
Times are of the processor.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import re
import resource
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Final, TypeVar

from benchmarks.matching_made import make_films, make_people, make_two_lists
from filmgraph.iris import Kind
from filmgraph.matching_films import match_films
from filmgraph.matching_model import FilmRecord, Matching, Outcome, PersonRecord
from filmgraph.matching_people import match_people
from filmgraph.vocabulary import Vocabulary, load_vocabulary

__all__ = ["Score", "main", "pairs_of", "read_films", "score"]

_ROOT: Final = Path(__file__).resolve().parents[1]
_SHARED: Final = _ROOT.parent / "shared"
_CANNES: Final = "data/cannes/films.csv"
_CIRCULATION: Final = "data/film-circulation/1_film-dataset_festival-program_wide.csv"
_MISSING: Final = ("", "NA")


Pair = tuple[str, str]
_Record = TypeVar("_Record", FilmRecord, PersonRecord)


@dataclass(frozen=True, slots=True)
class Score:
    """How many pairs are one thing (`gold`), were found to be (`same`, `right` of them), or were asked about (`asked`).

    `asked_right` are questions to which the answer is yes.
    """

    gold: int
    same: int
    right: int
    asked: int
    asked_right: int

    @property
    def precision(self) -> float:
        """Of what was found to be one without asking, how much is."""
        return self.right / self.same if self.same else 1.0

    @property
    def recall(self) -> float:
        """Of what is one, how much was found without asking."""
        return self.right / self.gold if self.gold else 1.0

    @property
    def f1(self) -> float:
        """Precision and recall in one, without asking."""
        return _f1(self.precision, self.recall)

    @property
    def answered_f1(self) -> float:
        """The same when all questions have been answered."""
        found = self.right + self.asked_right
        return _f1(found / (found + self.same - self.right), found / self.gold)


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def pairs_of(truth: Mapping[str, str]) -> set[Pair]:
    """Return the pairs of keys for which the truth is the same."""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for key, value in truth.items():
        groups[value].append(key)
    return {pair for keys in groups.values() for pair in combinations(sorted(keys), 2)}


def score(matching: Matching, truth: Mapping[str, str], counts: Callable[[Pair], bool] = lambda pair: True) -> Score:
    """Hold a matching against the truth, over the pairs of which both are in it and that `counts` picks."""
    gold = {pair for pair in pairs_of(truth) if counts(pair)}
    known = [each for each in matching.verdicts if each.a in truth and each.b in truth and counts((each.a, each.b))]
    same, asked = ({(v.a, v.b) for v in known if v.outcome is outcome} for outcome in (Outcome.SAME, Outcome.ASK))
    return Score(len(gold), len(same), len(same & gold), len(asked), len(asked & gold))


def is_held_out(pair: Pair, truth: Mapping[str, str]) -> bool:
    """Whether a pair belongs to the half that was not looked at while the weights were chosen."""
    return hashlib.sha256(truth[pair[0]].encode()).digest()[0] % 2 == 1


def read_films(shared: Path, *, with_codes: bool = False) -> tuple[list[FilmRecord], dict[str, str]]:
    """Read both real tables: the films without their IMDb numbers, unless asked for, and these by key."""
    vocabulary = load_vocabulary()
    films: list[FilmRecord] = []
    numbers: dict[str, str] = {}
    for film, number in (*_read_cannes(shared / _CANNES), *_read_circulation(shared / _CIRCULATION, vocabulary)):
        if number:
            numbers[film.key] = number
        films.append(replace(film, identifiers=(("imdb", number),)) if with_codes and number else film)
    return films, numbers


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from enumerate(csv.DictReader(file), 2)


def _read_cannes(path: Path) -> Iterator[tuple[FilmRecord, str]]:
    for row, cells in _rows(path):
        length = re.fullmatch(r"(?:(\d+)h)? ?(?:(\d+)m)?", cells["run_time"])
        minutes = int(length[1] or 0) * 60 + int(length[2] or 0) if length else 0
        number = re.search(r"tt\d+", cells["imdb_url"])
        film = FilmRecord(
            f"cannes-{row}",
            tuple(dict.fromkeys(title for title in (cells["original_title"], cells["title"]) if title)),
            (int(cells["year"]),),
            _split(cells["director"]),
            (minutes,) if minutes else (),
            _split(cells["countries_of_origin"]),
            sources=("cannes",),
        )
        yield film, number[0] if number else ""


def _split(cell: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in cell.split(",") if each.strip() not in _MISSING)


def _read_circulation(path: Path, vocabulary: Vocabulary) -> Iterator[tuple[FilmRecord, str]]:
    for _, cells in _rows(path):
        names = (cells[f"prod.country.{n}.en"] for n in range(1, 8))
        countries = [vocabulary.find(Kind.COUNTRY, name) for name in names if name not in _MISSING]
        minutes = 0 if cells["length.min"] in _MISSING else round(float(cells["length.min"]))
        film = FilmRecord(
            f"circulation-{cells['unique.id']}",
            (cells["title.mixed"],),
            (int(cells["prod.year"]),) if cells["prod.year"].isdigit() else (),
            tuple(name for n in range(1, 27) if (name := cells[f"director.{n}"]) not in _MISSING),
            (minutes,) if minutes > 0 else (),
            tuple(each.key for each in countries if each),
            sources=("circulation",),
        )
        yield film, "" if cells["imdb.id"] in _MISSING else cells["imdb.id"]


def _print_score(name: str, found: Score, records: int, seconds: float, pairs: int, asked: int) -> None:
    _say(
        f"| {name} | {records:,} | {pairs:,} | {found.gold} | {found.same} | {found.precision:.4f} | {found.recall:.4f} "
        f"| {found.f1:.4f} | {found.answered_f1:.4f} | {1000 * asked / records:.1f} | {seconds:.2f} |"
    )


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _measure_quality(shared: Path, people: int) -> None:
    _say(
        "| gold | records | pairs looked at | pairs that are one | found | precision | recall | F1 | F1, questions answered "
        "| questions per 1,000 | seconds |"
    )
    _say("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    if (shared / _CANNES).exists():
        films, numbers = read_films(shared)
        matching, seconds = _timed(match_films, films)
        asked = _count_asked(matching)
        for name, counts in (
            ("films", lambda pair: True),
            ("films, half that was looked at", lambda pair: not is_held_out(pair, numbers)),
            ("films, half held out", lambda pair: is_held_out(pair, numbers)),
        ):
            _print_score(name, score(matching, numbers, counts), len(films), seconds, matching.pairs, asked)
    made, who = make_two_lists(people)
    matching_people, seconds = _timed(match_people, made)
    _print_score(
        "people, made up", score(matching_people, who), len(made), seconds, matching_people.pairs, _count_asked(matching_people)
    )


def _timed(match: Callable[[Iterable[_Record]], Matching], records: list[_Record]) -> tuple[Matching, float]:
    start = time.process_time()
    matching = match(records)
    return matching, time.process_time() - start


def _count_asked(matching: Matching) -> int:
    return sum(each.outcome is Outcome.ASK for each in matching.verdicts)


def _measure_one(kind: str, count: int) -> None:
    """Print one row about one size; a process of its own, so that the peak of memory is its own."""
    if kind == "films":
        films, truth = make_films(count)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        matching, seconds = _timed(match_films, films)
        found: Score | None = score(matching, truth)
        records = len(films)
    else:
        people = make_people(count)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        matching, seconds = _timed(match_people, people)
        found, records = None, len(people)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    quality = f"{found.precision:.4f} | {found.recall:.4f}" if found else " | "
    _say(f"| {kind} | {records:,} | {matching.pairs:,} | {seconds:.1f} | {before // 1024} | {peak // 1024} | {quality} |")


def main(arguments: list[str] | None = None) -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=_SHARED, help="the folder that holds the real tables")
    parser.add_argument("--people", type=int, default=6000, help="people in the made-up gold")
    parser.add_argument("--sizes", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--one", nargs=2, metavar=("KIND", "COUNT"), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.one:
        _measure_one(options.one[0], int(options.one[1]))
        return 0
    _measure_quality(options.shared, options.people)
    if options.sizes:
        _say("\n| made up | records | pairs looked at | seconds | MB before | MB at most | precision | recall |")
        _say("|---|--:|--:|--:|--:|--:|--:|--:|")
    for kind in ("films", "people"):
        for size in options.sizes:
            subprocess.run([sys.executable, "-m", "benchmarks.matching", "--one", kind, str(size)], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
