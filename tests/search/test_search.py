"""People find what they mean, and see why."""

from __future__ import annotations

import gc
import sqlite3
import threading
import weakref
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Triple

from filmgraph import search as search_module
from filmgraph.errors import SearchQueryError, SearchTimeoutError, SearchUnavailableError
from filmgraph.iris import IriScheme, Kind
from filmgraph.namespaces import SCHEMA
from filmgraph.search import CANDIDATE_LIMIT, SearchIndex, open_search
from filmgraph.search_index import write_search_index
from filmgraph.search_model import SEARCH_FILE
from tests.search.conftest import BASE

ODD = (
    "", " ", "\0", "a\0b", "?!", "*", '"', "'", "''", '"""', "(", ")", "()", "^", "^here", "-here", "+here", "here*", "he*re",
    "name:here", "name : here", "{name}", "AND", "OR", "NOT", "NEAR", "NEAR(here)", "here AND", "here OR devos", "NOT here",
    "a AND b OR c", ";", "'; DROP TABLE thing; --", "%", "_", "\\", "here\\", "\n\t", "😀", "👩\u200d👩\u200d👧", "花", "花樣",
    "ליאור", "\u202eereh", "\ufeff", "\ud800", "½", "ﷺ", "e\u0301" * 90, "a" * 200, "ab " * 16, "0", "-1", "1e999", "\u0130",
    "ß" * 100,
)  # fmt: skip


def keys(index: SearchIndex, text: str, kind: Kind | None = None) -> list[str]:
    return [each.iri.rpartition("/id/")[2] for each in index.search(text, kind).found]


def test_a_whole_name_goes_before_one_that_begins_or_holds_it(index: SearchIndex) -> None:
    assert keys(index, "here", Kind.FILM) == ["film/here-2023", "film/here-2024", "film/neither", "film/hereafter"]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("czlowiek z zelaza", "film/iron"),
        ("CZŁOWIEK", "film/iron"),
        ("man of iron", "film/iron"),
        ("iron man", "film/iron"),
        ("homme fer", "film/iron"),
        ("dev bas", "person/bas-devos"),
        ("here 2024", "film/here-2024"),
        ("zemeckis here", "film/here-2024"),
        ("radu", "character/stefan"),
        ("gota here", "person/stefan-gota"),
        ("devos regisseur", "person/bas-devos"),
        ("soren ostergard", "person/ostergaard"),
        ("Søren Østergaard", "person/ostergaard"),
        ("oestergaard", "person/ostergaard"),
        ("karl müller", "person/mueller"),
        ("stefan mueller", "person/stefan-mueller"),
        ("obrien", "person/obrien"),
        ("o'brien", "person/obrien"),
        ("O’Brien", "person/obrien"),
        ("тарковский", "person/tarkovsky"),
        ("tarkovsky", "person/tarkovsky"),
        ("tarkovskij", "person/tarkovsky"),
        ("花樣年華", "film/mood"),
        ("年華", "film/mood"),
        ("8½", "film/eight"),
        ("8 1/2", "film/eight"),
        ("$", "film/dollar"),
        ("אשכנזי", "person/rtl"),
        ("belgië", "country/BE"),
        ("réalisateur", "role/director"),
        ("lumen hall", "hall/lumen-1"),
        ("lumen gent", "venue/lumen"),
        ("demo fest", "series/fest"),
        ("best film", "award/best"),
        ("gathering moss", "work/moss"),
        ("shorts", "screening/shorts"),
        ("gotta", "person/stefan-gota"),
    ],
)
def test_it_is_found_first(index: SearchIndex, text: str, first: str) -> None:
    assert keys(index, text)[0] == first


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("quetzacoatl", "person/quetzalcoatl"),
        ("quezalcoatl", "person/quetzalcoatl"),
        ("quetzl", "person/quetzalcoatl"),
        ("zemekis", "person/robert-zemeckis"),
        ("Stefn Gotha", "person/stefan-gota"),
        ("basdevos", "person/bas-devos"),
        ("davos", "person/bas-devos"),
        ("hree 2024", "film/here-2024"),
    ],
)
def test_a_slip_is_forgiven_and_told(index: SearchIndex, text: str, first: str) -> None:
    answer = index.search(text)
    assert answer.found[0].iri == f"{BASE}id/{first}"
    assert answer.is_near
    assert all(each.is_near for each in answer.found)


def test_what_is_spelled_right_is_not_mixed_with_slips(index: SearchIndex) -> None:
    answer = index.search("bas devos")
    assert [each.label for each in answer.found] == ["Bas Devos"]
    assert not answer.is_near


@pytest.mark.parametrize("text", ["zzzzzz", "here zzzzzz", "x" * 200, "2099"])
def test_what_nobody_is_called_is_not_found(index: SearchIndex, text: str) -> None:
    answer = index.search(text)
    assert (answer.found, answer.total, answer.is_near, answer.is_cut) == ((), 0, False, False)


@pytest.mark.parametrize(
    ("text", "iri", "match"),
    [
        ("man of iron", "film/iron", ("alternate", "Man of Iron", "en", "")),
        ("irno man", "film/iron", ("alternate", "Man of Iron", "en", "")),
        ("s gotta", "person/stefan-gota", ("credited", "S. Gotta", "", "Here")),
        ("radu", "person/stefan-gota", ("character", "Radu", "", "Here")),
        ("belgique", "country/BE", ("alternate", "Belgique", "fr", "")),
    ],
)
def test_it_is_told_which_other_name_was_found(index: SearchIndex, text: str, iri: str, match: tuple[str, ...]) -> None:
    (found,) = [each for each in index.search(text).found if each.iri.endswith(iri)]
    assert found.match is not None
    assert (found.match.relation, found.match.text, found.match.language, found.match.context) == match


@pytest.mark.parametrize("text", ["here", "here 2023", "HERE bas", "devos", "müller", "mueller", "o'brien", "tarkovskii"])
def test_the_name_that_is_shown_needs_no_reason(index: SearchIndex, text: str) -> None:
    assert index.search(text).found[0].match is None


def test_namesakes_are_told_apart(index: SearchIndex) -> None:
    films = [each for each in index.search("here", Kind.FILM).found if each.label == "Here"]
    assert [(each.features.year, each.features.makers) for each in films] == [
        ("2023", ("Bas Devos",)),
        ("2024", ("Robert Zemeckis",)),
    ]
    (person,) = index.search("stefan gota").found
    assert (person.features.roles, person.features.works) == (("actor",), (("Here", "2023"),))
    (hall,) = index.search("hall 1 lumen").found
    assert hall.features.within == ("Lumen", "Gent")
    (character,) = index.search("radu", Kind.CHARACTER).found
    assert (character.features.within, character.features.players) == (("Here (2023)",), ("Stefan Gota",))
    (award,) = index.search("best film").found
    assert award.features.within == ("Here (2023)", "Demo Fest")


def test_results_are_grouped_and_counted_by_kind(index: SearchIndex) -> None:
    answer = index.overview("stefan", per_kind=1)
    assert answer.counts == {Kind.PERSON: 2}
    assert len(answer.found) == 1
    everything = index.overview("h", per_kind=100)
    assert everything.total > 6
    assert sum(everything.counts.values()) == len(everything.found) == everything.total


def test_pages_follow_each_other(index: SearchIndex) -> None:
    whole = [each.iri for each in index.search("h", limit=100).found]
    parts = [each.iri for start in range(0, 30, 3) for each in index.search("h", start=start, limit=3).found]
    assert len(whole) > 6
    assert parts == whole
    assert len(set(whole)) == len(whole)


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_odd_texts_are_answered(index: SearchIndex, text: str) -> None:
    answer = index.overview(text)
    assert answer.total == len(index.search(text, limit=2000).found)
    for kind in (Kind.FILM, Kind.ROLE):
        assert {each.kind for each in index.search(text, kind).found} <= {kind}


@pytest.mark.parametrize("text", ["x" * 201, "word " * 17, "é" * 10_000, "ﷺ" * 200])
def test_too_long_a_text_is_refused(index: SearchIndex, text: str) -> None:
    with pytest.raises(SearchQueryError, match="the limit is"):
        index.search(text)


def test_more_things_than_are_looked_at_are_told(tmp_path: Path) -> None:
    iris = IriScheme(BASE)
    number = CANDIDATE_LIMIT + 5

    def name(kind: Kind, key: str, text: str) -> Triple:
        return Triple(NamedNode(iris.thing(kind, key)), NamedNode(SCHEMA.name), Literal(text))

    triples = [name(Kind.FILM, f"f{n}", f"Film {n}") for n in range(number)]
    # They come last in the index.
    triples += [name(Kind.PERSON, f"p{n}", f"Zoe Film {n}") for n in range(3)]
    write_search_index(triples, iris, tmp_path)
    index = SearchIndex(tmp_path / SEARCH_FILE)
    cut = index.search("film")
    assert (cut.is_cut, cut.total) == (True, CANDIDATE_LIMIT)
    people = index.search("film", Kind.PERSON)
    assert (people.is_cut, people.counts) == (False, {Kind.PERSON: 3})
    exact = index.search(f"film {number - 1}")
    assert [each.label for each in exact.found] == [f"Film {number - 1}"]
    index.close()


def test_a_search_ends_at_its_deadline(tmp_path: Path) -> None:
    iris = IriScheme(BASE)
    triples = [
        Triple(NamedNode(iris.thing(Kind.FILM, f"f{n}")), NamedNode(SCHEMA.name), Literal(f"Film number {n}"))
        for n in range(3000)
    ]
    write_search_index(triples, iris, tmp_path)
    with pytest.raises(SearchTimeoutError, match="too long"):
        SearchIndex(tmp_path / SEARCH_FILE, seconds=0.0).search("film")


def test_an_index_of_another_format_is_refused(index_path: Path, tmp_path: Path) -> None:
    path = tmp_path / SEARCH_FILE
    path.write_bytes(index_path.read_bytes())
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(SearchUnavailableError, match="format 99"):
        SearchIndex(path).search("here")


@pytest.mark.parametrize(
    "content", [b"", b"no database at all, however long this text may be", b"SQLite format 3\0" + b"\xff" * 4096]
)
def test_a_damaged_index_is_a_clean_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / SEARCH_FILE
    path.write_bytes(content)
    with pytest.raises(SearchUnavailableError):
        SearchIndex(path).search("here")


def test_without_fts5_it_is_said_so(index_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_module, "has_fts5", lambda: False)
    with pytest.raises(SearchUnavailableError, match="FTS5"):
        SearchIndex(index_path).search("here")


def test_a_release_without_an_index_has_no_search(tmp_path: Path, index_path: Path) -> None:
    assert open_search(tmp_path) is None
    assert open_search(index_path.parent) is not None


def test_a_folder_with_signs_of_an_address_is_opened(index_path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "a?b#c %41 é"
    folder.mkdir()
    (folder / SEARCH_FILE).write_bytes(index_path.read_bytes())
    index = SearchIndex(folder / SEARCH_FILE)
    assert index.search("here").total
    assert [each.name for each in folder.iterdir()] == [SEARCH_FILE]


def test_several_threads_search_at_once(index: SearchIndex) -> None:
    texts = ["here", "stefan", "quetzl", "e", "man of iron"] * 4
    expected = [index.overview(text) for text in texts]
    found: dict[int, object] = {}
    start = threading.Barrier(len(texts))

    def run(number: int) -> None:
        start.wait(timeout=30)
        found[number] = index.overview(texts[number])

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(texts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert [found[number] for number in range(len(texts))] == expected


def test_connections_are_closed_with_the_index(index_path: Path) -> None:
    index = SearchIndex(index_path)
    index.search("here")
    (connection,) = index._idle
    gone = weakref.ref(index)
    del index
    gc.collect()
    assert gone() is None
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.execute("SELECT 1")
