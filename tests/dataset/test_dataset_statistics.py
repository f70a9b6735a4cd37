"""Counting goes through the lines once, with bounded memory."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from filmgraph import dataset_distinct
from filmgraph.dataset_statistics import Statistics, count_statistics
from filmgraph.dataset_targets import find_target, identifier_target
from filmgraph.iris import IriScheme

IRIS = IriScheme("https://films.example.org/")
ABOUT = "https://films.example.org/id/dataset/films"
FILM = "https://films.example.org/id/film"


def count(lines: Iterator[bytes] | list[bytes], folder: Path | None = None) -> Statistics:
    return count_statistics(lines, IRIS, ABOUT, folder)


def films(number: int) -> Iterator[bytes]:
    """Yield the sorted lines of many films, without holding them."""
    for n in range(number):
        film = f"<{FILM}/f{n:09}>"
        yield f'{film} <http://schema.org/name> "Film {n}" .\n'.encode()
        yield f'{film} <http://schema.org/name> "Film"@en .\n'.encode()
        yield f"{film} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://schema.org/Movie> .\n".encode()


def test_distinct_objects_are_counted_across_runs_on_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(dataset_distinct, "_RUN_LENGTH", 100)
    monkeypatch.setattr(dataset_distinct, "_RUN_COUNT", 4)
    monkeypatch.setattr(dataset_distinct, "_FRESH_COUNT", 50)
    counted = count(films(1000), tmp_path)
    assert counted.distinct_objects == 1000 + 2
    assert (counted.triples, counted.distinct_subjects, counted.entities) == (3000, 1000, 1000)
    assert list(tmp_path.iterdir()) == []


def peak_of(number: int, folder: Path) -> int:
    """Return the most memory that counting took, in bytes; what other threads of this process took meanwhile counts too."""
    tracemalloc.start()
    count(films(number), folder)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_memory_does_not_grow_with_the_triples(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(dataset_distinct, "_RUN_LENGTH", 500)
    monkeypatch.setattr(dataset_distinct, "_RUN_COUNT", 4)
    monkeypatch.setattr(dataset_distinct, "_FRESH_COUNT", 50)
    peaks = [min(peak_of(number, tmp_path) for _ in range(3)) for number in (1_500, 6_000)]
    assert peaks[1] < 1.2 * peaks[0]


def test_named_graphs_and_the_dataset_itself_are_passed_over() -> None:
    name = "<http://schema.org/name>"
    lines = [
        f'<{ABOUT}#part> {name} "Part" .\n',
        f'<{ABOUT}> {name} "Films" .\n',
        f'<{ABOUT}-other> {name} "Other" .\n',
        f'<{FILM}/a> {name} "A" .\n',
        f'<{FILM}/a> {name} "B" <https://films.example.org/graph/source/x> .\n',
        f"<{FILM}/a> {name} <http://a/b> <https://films.example.org/graph/source/x> .\n",
    ]
    counted = count([line.encode() for line in lines])
    assert (counted.triples, counted.distinct_subjects) == (2, 2)


@pytest.mark.parametrize(
    "value",
    [
        '"a"', '"a b"', '"a <b>"', '"a <b"@en', '"a <b"^^<http://x/y>', '"a > ."', '""', '"a \\" <b>"', "<http://a/b>", '"<http://a/b>"',
        '"<"', '" "',
    ],
)  # fmt: skip
def test_no_value_is_taken_for_a_graph(value: str) -> None:
    line = f"<{FILM}/a> <http://schema.org/name> {value}"
    quad = f"{line} <https://films.example.org/graph/x> .\n"
    assert count([f"{line} .\n".encode()]).triples == 1
    assert count([quad.encode()]).triples == 0


def test_no_triple_counts_nothing() -> None:
    counted = count([])
    assert (counted.triples, counted.distinct_objects, counted.first_date, counted.links) == (0, 0, "", ())


def test_parts_are_no_things_of_their_kind() -> None:
    a = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
    lines = [f"<{FILM}/a#imdb-1> {a} <http://schema.org/PropertyValue> .\n", f"<{FILM}/a> {a} <http://schema.org/Movie> .\n"]
    counted = count([line.encode() for line in lines])
    assert counted.things == {"film": 1}
    assert counted.entities == 1


@pytest.mark.parametrize(
    ("iri", "key"),
    [
        ("http://www.wikidata.org/entity/Q1", "wikidata"),
        ("https://www.wikidata.org/wiki/Q1", "wikidata"),
        ("https://www.imdb.com/title/tt1", "imdb"),
        ("http://id.loc.gov/vocabulary/relators/act", "loc-relators"),
        ("http://id.loc.gov/authorities/names/n1", "loc"),
        ("https://other.example:8080/x", "other.example:8080"),
    ],
)
def test_links_go_to_the_dataset_of_their_address(iri: str, key: str) -> None:
    target = find_target(iri)
    assert target is not None
    assert target.key == key


def test_what_has_no_host_is_no_dataset() -> None:
    assert find_target("urn:x:1") is None
    assert identifier_target("our-own-number") is None
