"""What one document says: complete in itself, nothing of what only a page shows, and no silent cut."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, Store, Triple

from filmgraph.describe import INCOMING_LIMIT, Description, Incoming, describe, find_things, is_known, list_things
from filmgraph.iris import IriScheme
from filmgraph.manifest import Manifest
from filmgraph.namespaces import FG, PROV, RDF, SCHEMA, SKOS, XSD
from filmgraph.stores.base import Store as ReleaseStore
from filmgraph.stores.base import Term

BASE = "https://films.example/"
VOCABULARY = "https://filmgraph.example/"


def thing(path: str) -> str:
    return f"{BASE}id/{path}"


@pytest.fixture
def here(store: ReleaseStore, iris: IriScheme) -> Description:
    return described(store, iris, thing("film/here-2023"))


def described(store: ReleaseStore, iris: IriScheme, iri: str) -> Description:
    description = describe(store, iri, iris)
    assert description is not None
    return description


def group(description: Description, predicate_iri: str, segment: str) -> Incoming:
    return next(each for each in description.incoming if (each.predicate_iri, each.segment) == (predicate_iri, segment))


@pytest.mark.parametrize(
    "iri",
    [
        thing("film/nope"),
        thing("nope/here-2023"),
        "https://other.example/id/film/here-2023",
        f"{BASE}film/here-2023",
        f"{BASE}id/film/",
        f"{BASE}id/role/director",
    ],
)
def test_what_is_not_in_the_release_has_no_description(store: ReleaseStore, iris: IriScheme, iri: str) -> None:
    assert describe(store, iri, iris) is None
    assert not is_known(store, iri, iris)


def test_document_holds_every_triple_of_the_thing(store: ReleaseStore, iris: IriScheme, here: Description) -> None:
    own = {quad.triple for quad in store.quads(NamedNode(here.iri))}
    assert len(own) > 20
    assert own <= set(here.triples)


@pytest.mark.parametrize("iri", [thing("film/here-2023"), thing("text/here-intro"), f"{VOCABULARY}id/genre/western"])
def test_thing_in_any_graph_is_known(store: ReleaseStore, iris: IriScheme, iri: str) -> None:
    assert is_known(store, iri, iris)


def test_own_triples_come_first_and_type_first_of_all(here: Description) -> None:
    subjects = [str(each.subject)[1:-1] for each in here.triples]
    count = subjects.count(here.iri)
    assert set(subjects[:count]) == {here.iri}
    assert here.triples[0] == Triple(NamedNode(here.iri), NamedNode(RDF.type), NamedNode(SCHEMA.Movie))
    assert subjects[count] == here.iri + "#imdb"


def test_parts_are_told_with_their_thing(store: ReleaseStore, iris: IriScheme, here: Description) -> None:
    assert here.text(here.iri + "#imdb", SCHEMA.value) == "tt0000001"
    venue = described(store, iris, thing("venue/lumen"))
    assert venue.text(venue.iri + "#address", SCHEMA.addressLocality) == "Gent"


def test_fragment_leads_to_the_thing(store: ReleaseStore, iris: IriScheme, here: Description) -> None:
    assert described(store, iris, here.iri + "#imdb").triples == here.triples


def test_credits_are_told_in_full(here: Description) -> None:
    credit = thing("credit/here-2023-actor-1")
    assert here.text(credit, SCHEMA.characterName) == "Stefan"
    assert here.text(credit, FG.creditedAs) == "S. Gota"
    assert here.iris(credit, PROV.wasDerivedFrom) == (thing("source/page"), thing("source/table"))


@pytest.mark.parametrize(
    ("iri", "name"),
    [
        (thing("person/stefan-gota"), "Stefan Gota"),
        (thing("work/gathering-moss"), "Gathering Moss"),
        (thing("screening/here-1"), "Here"),
        (thing("hall/lumen-1"), "Hall 1"),
        (thing("venue/lumen"), "Lumen"),
        (thing("festival/fest-2026"), "Demo Fest 2026"),
        (thing("source/table"), "Table of films"),
        (f"{VOCABULARY}id/role/cinematographer", "Director of Photography"),
        (f"{VOCABULARY}id/role/direction", "Direction"),
        (f"{VOCABULARY}id/country/BE", "Belgium"),
    ],
)
def test_everything_that_is_spoken_of_has_a_name(here: Description, iri: str, name: str) -> None:
    assert here.name(iri) == name
    assert here.iris(iri, RDF.type)


def test_every_thing_in_every_document_has_a_type(store: ReleaseStore, iris: IriScheme) -> None:
    for each in (iri for found in find_things(store, iris).values() for iri in found):
        description = described(store, iris, each)
        for triple in description.triples:
            assert description.iris(str(triple.subject)[1:-1], RDF.type), (each, triple)


def test_person_is_told_with_films_and_credits(store: ReleaseStore, iris: IriScheme) -> None:
    person = described(store, iris, thing("person/bas-devos"))
    assert group(person, SCHEMA.director, "film").subjects == (thing("film/here-2023"), thing("film/violet-2013"))
    assert person.subjects(FG.credit, thing("credit/violet-2013-director-1")) == (thing("film/violet-2013"),)
    assert person.text(thing("film/violet-2013"), SCHEMA.dateCreated) == "2013"
    assert Triple(NamedNode(thing("film/violet-2013")), NamedNode(SCHEMA.director), NamedNode(person.iri)) in person.triples


@pytest.mark.parametrize(
    ("path", "predicate", "segment", "expected"),
    [
        ("venue/lumen", SCHEMA.containedInPlace, "hall", ["hall/lumen-1"]),
        ("venue/lumen", SCHEMA.location, "screening", ["screening/here-2"]),
        ("hall/lumen-1", SCHEMA.location, "screening", ["screening/here-1"]),
        ("festival/fest-2026", SCHEMA.superEvent, "screening", ["screening/here-1", "screening/here-2"]),
        ("festival/fest-2026", SCHEMA.superEvent, "section", ["section/shorts"]),
        ("section/shorts", FG.inSection, "screening", ["screening/here-1"]),
        ("series/fest", SCHEMA.superEvent, "festival", ["festival/fest-2026"]),
        ("film/here-2023", SCHEMA.workPresented, "screening", ["screening/here-1", "screening/here-2"]),
        ("credit/here-2023-actor-1", FG.credit, "film", ["film/here-2023"]),
        ("org/fest", SCHEMA.publisher, "source", ["source/page"]),
    ],
)
def test_links_from_other_things_are_in_the_document(
    store: ReleaseStore, iris: IriScheme, path: str, predicate: str, segment: str, expected: list[str]
) -> None:
    description = described(store, iris, thing(path))
    found = group(description, predicate, segment)
    assert found.subjects == tuple(thing(each) for each in expected)
    assert not found.is_cut
    for each in found.subjects:
        assert Triple(NamedNode(each), NamedNode(predicate), NamedNode(description.iri)) in description.triples


def test_concept_in_no_use_is_read_from_the_vocabulary_graph(store: ReleaseStore, iris: IriScheme) -> None:
    western = described(store, iris, f"{VOCABULARY}id/genre/western")
    assert western.text(western.iri, SKOS.notation) == "western"
    assert western.incoming == ()


def test_use_of_a_concept_is_for_the_page_and_not_in_the_document(store: ReleaseStore, iris: IriScheme) -> None:
    drama = described(store, iris, f"{VOCABULARY}id/genre/drama")
    assert group(drama, SCHEMA.genre, "film").subjects == (thing("film/here-2023"),)
    assert drama.name(thing("film/here-2023")) == "Here"
    assert not any("film/here-2023" in str(each) for each in drama.triples)


def test_language_is_linked_by_its_tag(store: ReleaseStore, iris: IriScheme) -> None:
    dutch = described(store, iris, f"{VOCABULARY}id/language/nl")
    assert group(dutch, SCHEMA.inLanguage, "film").subjects == (thing("film/here-2023"),)
    assert group(dutch, SCHEMA.subtitleLanguage, "screening").subjects == (thing("screening/here-1"),)


def test_texts_are_for_the_page_only(here: Description) -> None:
    assert here.text_iris == (thing("text/here-intro"), thing("text/here-quote"))
    assert here.text(thing("text/here-quote"), SCHEMA.text) == "Flush with pleasures"
    assert not any("Flush with pleasures" in str(each) for each in (*here.quads, *here.source_quads))


def test_text_has_a_document_of_its_own(store: ReleaseStore, iris: IriScheme) -> None:
    text = described(store, iris, thing("text/here-intro"))
    assert text.text(text.iri, SCHEMA.text).startswith("A quiet film.")
    own = next(each for each in text.quads if each.predicate.value == SCHEMA.text)
    assert own.graph_name == NamedNode(iris.texts_graph)


def test_statements_tell_place_certainty_and_outcome(here: Description) -> None:
    by_predicate = {each.predicate_iri: each for each in here.statements}
    year = by_predicate[SCHEMA.dateCreated]
    assert (year.value, year.outcome) == (Literal("2024", datatype=NamedNode(XSD.gYear)), "overruled")
    assert (year.place_label, year.certainty_iri) == ("films.csv, row 3, column Year", FG.inferred)
    assert (year.reason, year.source_iris) == ("the year of the catalogue", (thing("source/table"),))
    assert by_predicate[FG.credit].value == NamedNode(thing("credit/here-2023-actor-1"))


def test_statements_about_parts_belong_to_their_thing(store: ReleaseStore, iris: IriScheme) -> None:
    (statement,) = described(store, iris, thing("venue/lumen")).statements
    assert statement.subject_iri == thing("venue/lumen#address")


def test_credit_is_told_with_the_statement_that_made_it(store: ReleaseStore, iris: IriScheme) -> None:
    (statement,) = described(store, iris, thing("credit/here-2023-actor-1")).statements
    assert statement.place_label == "pages/here.txt, line 12"


def test_source_is_told_with_what_it_states(store: ReleaseStore, iris: IriScheme) -> None:
    source = described(store, iris, thing("source/table"))
    assert source.statement_total == 2
    assert {each.subject_iri for each in source.statements} == {thing("film/here-2023"), thing("venue/lumen#address")}
    assert source.name(thing("film/here-2023")) == "Here"


def test_source_quads_are_what_the_sources_gave_with_its_provenance(here: Description, iris: IriScheme) -> None:
    graphs = {str(each.graph_name)[1:-1] for each in here.source_quads}
    assert graphs == {iris.source_graph("page"), iris.source_graph("table"), iris.provenance_graph}
    from_table = [each for each in here.source_quads if each.graph_name == NamedNode(iris.source_graph("table"))]
    assert [(each.subject.value, each.object.value) for each in from_table] == [(here.iri, "2024")]  # type: ignore[union-attr]


def test_same_thing_is_described_the_same_twice(store: ReleaseStore, iris: IriScheme, here: Description) -> None:
    again = described(store, iris, here.iri)
    assert (again.triples, again.source_quads, again.statements) == (here.triples, here.source_quads, here.statements)


def test_all_things_are_found_with_texts_and_vocabulary(store: ReleaseStore, iris: IriScheme) -> None:
    found = find_things(store, iris)
    assert found["film"] == tuple(thing(f"film/{each}") for each in ("here-2023", "script-1999", "violet-2013"))
    assert found["text"] == (thing("text/here-intro"), thing("text/here-quote"))
    assert f"{VOCABULARY}id/genre/western" in found["genre"]
    assert not any("#" in iri for each in found.values() for iri in each)


def test_listed_things_have_name_and_date(store: ReleaseStore, iris: IriScheme) -> None:
    film, screening = list_things(store, iris, [thing("film/violet-2013"), thing("screening/here-1")])
    assert (film.name, film.date) == ("Violet", "2013")
    assert (screening.name, screening.date) == ("Here", "2026-10-17T19:30:00+02:00")


@dataclass
class CrowdedStore:
    """A genre with many films."""

    manifest: Manifest
    inner: Store

    def quads(
        self,
        subject: NamedNode | None = None,
        predicate: NamedNode | None = None,
        object_: Term | None = None,
        *,
        graph: str | None = "",
    ) -> Iterator[Quad]:
        name = None if graph is None else NamedNode(graph) if graph else DefaultGraph()
        return self.inner.quads_for_pattern(subject, predicate, object_, name)

    def is_open(self) -> bool:
        return True


def test_crowded_concept_tells_the_first_and_the_number_of_all(manifest: Manifest, iris: IriScheme) -> None:
    genre = NamedNode(f"{VOCABULARY}id/genre/drama")
    store = Store()
    store.add(Quad(genre, NamedNode(RDF.type), NamedNode(SKOS.Concept)))
    for n in range(INCOMING_LIMIT + 7):
        store.add(Quad(NamedNode(thing(f"film/f-{n:04}")), NamedNode(SCHEMA.genre), genre))
    found = group(described(CrowdedStore(manifest, store), iris, genre.value), SCHEMA.genre, "film")
    assert (len(found.subjects), found.total, found.is_cut) == (INCOMING_LIMIT, INCOMING_LIMIT + 7, True)
    assert found.subjects[0] == thing("film/f-0000")


def test_crowded_festival_is_told_in_full(manifest: Manifest, iris: IriScheme) -> None:
    festival = NamedNode(thing("festival/big"))
    store = Store()
    store.add(Quad(festival, NamedNode(RDF.type), NamedNode(SCHEMA.Festival)))
    for n in range(INCOMING_LIMIT + 7):
        screening = NamedNode(thing(f"screening/s-{n:04}"))
        store.add(Quad(screening, NamedNode(RDF.type), NamedNode(SCHEMA.ScreeningEvent)))
        store.add(Quad(screening, NamedNode(SCHEMA.superEvent), festival))
    description = described(CrowdedStore(manifest, store), iris, festival.value)
    assert len(group(description, SCHEMA.superEvent, "screening").subjects) == INCOMING_LIMIT + 7
    assert len(description.triples) == 1 + 2 * (INCOMING_LIMIT + 7)
