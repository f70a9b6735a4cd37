"""The facets of a release: every number is counted again from the graph itself."""

from __future__ import annotations

import random
import sqlite3
from collections import defaultdict
from contextlib import closing
from itertools import combinations
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Triple

from filmgraph.describe import find_things, list_things
from filmgraph.errors import IriError, ReleaseError, StoreError
from filmgraph.facets import FacetIndex, open_facets
from filmgraph.facets_index import write_facets
from filmgraph.facets_model import FACETS, FACETS_FILE, Facet
from filmgraph.iris import IriScheme, Kind
from filmgraph.namespaces import FG, RDF, SCHEMA
from filmgraph.stores.embedded import EmbeddedStore
from tests.conftest import Built

IRIS = IriScheme("https://filmgraph.example/")
EVERYTHING = 100_000
#: What each facet of a film is in the graph, as a way of properties from the film; `^` is against the arrow.
WAYS = {
    Facet.DECADE: (SCHEMA.dateCreated,),
    Facet.YEAR: (SCHEMA.dateCreated,),
    Facet.COUNTRY: (SCHEMA.countryOfOrigin,),
    Facet.GENRE: (SCHEMA.genre,),
    Facet.FORM: (FG.form,),
    Facet.LANGUAGE: (SCHEMA.inLanguage,),
    Facet.EDITION: ("^" + SCHEMA.workPresented, SCHEMA.superEvent),
    Facet.SECTION: ("^" + SCHEMA.workPresented, FG.inSection),
}


@pytest.fixture(scope="module")
def index(demo_release: Built) -> FacetIndex:
    found = open_facets(demo_release.path)
    assert found is not None
    return found


def follow(store: EmbeddedStore, start: str, way: tuple[str, ...]) -> set[str]:
    found = {start}
    for step in way:
        node = NamedNode(step.lstrip("^"))
        quads: list[Quad] = []
        for each in found:
            quads += store.quads(None, node, NamedNode(each)) if step[0] == "^" else store.quads(NamedNode(each), node)
        ends = [quad.subject if step[0] == "^" else quad.object for quad in quads]
        found = {each.value for each in ends if isinstance(each, NamedNode | Literal)}
    return found


def spell(facet: Facet, value: str) -> str:
    return {Facet.DECADE: f"{value[:3]}0", Facet.YEAR: value[:4]}.get(facet, value.rpartition("/")[2])


@pytest.fixture(scope="module")
def films(demo_store: EmbeddedStore) -> dict[tuple[Facet, str], set[str]]:
    """The films that have each value, found in the graph."""
    found: dict[tuple[Facet, str], set[str]] = defaultdict(set)
    for iri in find_things(demo_store, IRIS)["film"]:
        for facet, way in WAYS.items():
            for value in follow(demo_store, iri, way):
                found[facet, spell(facet, value)].add(iri)
    return found


def test_every_value_and_every_two_values_leave_what_the_graph_says(
    index: FacetIndex, films: dict[tuple[Facet, str], set[str]]
) -> None:
    assert len(films) > 100
    for (facet, value), expected in films.items():
        answer = index.answer(Kind.FILM, {facet: value}, 0, EVERYTHING)
        assert {each.iri for each in answer.listed} == expected
        assert answer.total == len(expected)
    pairs = [(one, other) for one, other in combinations(sorted(films), 2) if one[0] is not other[0]]
    for one, other in random.Random(5).sample(pairs, 500):
        answer = index.answer(Kind.FILM, dict((one, other)), 0, EVERYTHING)
        assert {each.iri for each in answer.listed} == films[one] & films[other]


@pytest.mark.parametrize("kind", FACETS)
def test_a_choice_leaves_as_many_as_it_says_and_never_none(index: FacetIndex, kind: Kind) -> None:
    first = index.answer(kind, {}, 0, 1)
    offered = [each for values in first.values.values() for each in values]
    assert offered
    for each in offered:
        chosen = {each.facet: each.value}
        answer = index.answer(kind, chosen, 0, 1)
        assert answer.total == each.count > 0
        for further in (each for values in answer.values.values() for each in values if not each.is_chosen):
            both = {facet: value for facet, value in chosen.items() if facet not in (further.facet, further.facet.parent)}
            both[further.facet] = further.value
            if further.facet is not each.facet:
                both |= chosen
            assert index.answer(kind, both, 0, 1).total == further.count > 0


def test_years_are_offered_within_their_decade_and_sections_within_their_edition(index: FacetIndex) -> None:
    assert not {Facet.YEAR, Facet.SECTION} & set(index.answer(Kind.FILM, {}, 0, 1).values)
    years = index.answer(Kind.FILM, {Facet.DECADE: "1980"}, 0, 1).values[Facet.YEAR]
    assert {each.value[:3] for each in years} == {"198"}
    sections = index.answer(Kind.FILM, {Facet.EDITION: "demo-film-festival-2027"}, 0, 1).values[Facet.SECTION]
    assert {each.value[:9] for each in sections} == {"demo-2027"}
    assert "Quiet Cities" in {each.label for each in sections}


def test_people_are_found_by_their_roles_and_the_decades_of_their_films(index: FacetIndex) -> None:
    actors = index.answer(Kind.PERSON, {Facet.ROLE: "actor", Facet.DECADE: "2020"}, 0, EVERYTHING)
    assert [each.name for each in actors.listed] == ["Liyo Gong", "Stefan Gota"]


@pytest.mark.parametrize("kind", FACETS)
def test_the_list_has_the_names_dates_and_order_of_the_store(index: FacetIndex, demo_store: EmbeddedStore, kind: Kind) -> None:
    things = list_things(demo_store, IRIS, find_things(demo_store, IRIS)[kind.segment])
    by_date = kind is Kind.SCREENING
    expected = sorted(things, key=lambda each: (each.date if by_date else "", each.name.casefold(), each.iri))
    assert list(index.answer(kind, {}, 0, EVERYTHING).listed) == expected


def test_the_pages_of_a_list_are_the_list(index: FacetIndex) -> None:
    choice = {Facet.COUNTRY: "FR"}
    whole = index.answer(Kind.FILM, choice, 0, EVERYTHING)
    assert whole.total == len(whole.listed) > 20
    pages = [index.answer(Kind.FILM, choice, start, 7).listed for start in range(0, whole.total, 7)]
    assert tuple(each for page in pages for each in page) == whole.listed


def test_a_value_that_nothing_has_is_an_error_that_names_it(index: FacetIndex) -> None:
    with pytest.raises(IriError, match="No film has the country “XX”"):
        index.answer(Kind.FILM, {Facet.COUNTRY: "XX"}, 0, 1)


def test_the_same_facts_give_the_same_bytes_in_whatever_order_they_come(demo_release: Built, tmp_path: Path) -> None:
    triples = list(demo_release.assembly.published)
    random.Random(7).shuffle(triples)
    write_facets(triples, IRIS, tmp_path)
    assert (tmp_path / FACETS_FILE).read_bytes() == (demo_release.path / FACETS_FILE).read_bytes()


def test_a_graph_without_names_years_or_links_still_gives_lists(tmp_path: Path) -> None:
    film, credit = IRIS.thing(Kind.FILM, "bare"), IRIS.thing(Kind.CREDIT, "bare-1")
    odd = [
        Triple(NamedNode(film), NamedNode(SCHEMA.dateCreated), Literal("soon")),
        Triple(NamedNode(film), NamedNode(SCHEMA.genre), Literal("no concept")),
        Triple(NamedNode(film), NamedNode(FG.credit), NamedNode(credit)),
    ]
    write_facets([Triple(NamedNode(film), NamedNode(RDF.type), NamedNode(SCHEMA.Movie)), *odd], IRIS, tmp_path)
    index = open_facets(tmp_path)
    assert index is not None
    answer = index.answer(Kind.FILM, {}, 0, 5)
    assert [(each.iri, each.name, each.date) for each in answer.listed] == [(film, "", "soon")]
    assert not any(answer.values.values())
    assert index.answer(Kind.PERSON, {}, 0, 5).total == 0


def test_facets_of_another_format_are_as_good_as_none(tmp_path: Path) -> None:
    assert open_facets(tmp_path) is None
    write_facets([], IRIS, tmp_path)
    with closing(sqlite3.connect(tmp_path / FACETS_FILE)) as connection:
        connection.execute("PRAGMA user_version = 999")
    assert open_facets(tmp_path) is None


def test_a_damaged_file_is_said_to_be(tmp_path: Path) -> None:
    write_facets([], IRIS, tmp_path)
    index = open_facets(tmp_path)
    assert index is not None
    (tmp_path / FACETS_FILE).write_bytes(b"no database" * 1000)
    for read in (lambda: open_facets(tmp_path), lambda: index.answer(Kind.FILM, {}, 0, 5)):
        with pytest.raises(StoreError, match="cannot be read"):
            read()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match=r"cannot write the facets in .*absent"):
        write_facets([], IRIS, tmp_path / "absent")
