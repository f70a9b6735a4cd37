from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Triple

from filmgraph.errors import VocabularyError
from filmgraph.iris import Kind
from filmgraph.namespaces import FG, PROV, SCHEMA, SKOS
from filmgraph.vocabulary import Concept, Vocabulary, load_vocabulary

SMALL = """
@prefix fg: <https://filmgraph.example/ns#> .
@prefix role: <https://filmgraph.example/id/role/> .
@prefix scheme: <https://filmgraph.example/id/scheme/> .
@prefix schema: <http://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
role:sound a skos:Concept ; skos:notation "sound" ; skos:inScheme scheme:role ; skos:prefLabel "Sound department"@en .
role:mixer a skos:Concept ; skos:notation "mixer" ; skos:inScheme scheme:role ; skos:broader role:sound ;
    skos:prefLabel "Mixer"@en , "Mixeur"@fr ; skos:altLabel "Mélange"@fr , "Both"@en , "Sound mix"@en ;
    skos:hiddenLabel "Mikser" ;
    fg:directProperty schema:contributor .
role:blend a skos:Concept ; skos:notation "blend" ; skos:inScheme scheme:role ; skos:broader role:sound ;
    skos:prefLabel "Blender"@en ; skos:altLabel "Melange"@en , "Both"@en ;
    fg:directProperty schema:actor ; fg:isPerformance true .
role:chef a skos:Concept ; skos:notation "chef" ; skos:inScheme scheme:role ; skos:broader role:sound ;
    skos:prefLabel "Chief"@en , "Chef"@nl , "Cuisinier"@fr ; fg:directProperty schema:contributor .
role:boss a skos:Concept ; skos:notation "boss" ; skos:inScheme scheme:role ; skos:broader role:sound ;
    skos:prefLabel "Head"@en , "Baas"@nl , "Chef"@fr ; fg:directProperty schema:contributor .
"""


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return load_vocabulary()


@pytest.fixture
def small(tmp_path: Path) -> Vocabulary:
    (tmp_path / "roles.ttl").write_text(SMALL, encoding="utf-8")
    return load_vocabulary(tmp_path)


def find_key(vocabulary: Vocabulary, kind: Kind, label: str, language: str | None = None) -> str | None:
    concept = vocabulary.find(kind, label, language)
    return concept.key if concept else None


def test_concept_has_all_that_its_turtle_says(small: Vocabulary) -> None:
    concept = small.concept(Kind.ROLE, "mixer")
    assert concept == Concept(
        iri="https://filmgraph.example/id/role/mixer",
        kind=Kind.ROLE,
        key="mixer",
        pref_label={"en": "Mixer", "fr": "Mixeur"},
        alt_labels={"en": ("Both", "Sound mix"), "fr": ("Mélange",)},
        broader="https://filmgraph.example/id/role/sound",
        direct_property=SCHEMA.contributor,
        is_performance=False,
    )


def test_concepts_can_stand_in_a_set(small: Vocabulary) -> None:
    assert len(set(small.concepts(Kind.ROLE))) == 5


def test_acting_role_is_a_performance(small: Vocabulary) -> None:
    blend = small.concept(Kind.ROLE, "blend")
    assert blend is not None
    assert blend.is_performance


@pytest.mark.parametrize(("language", "label"), [("fr", "Mixeur"), ("en", "Mixer"), ("nl", "Mixer")])
def test_label_falls_back_to_english(small: Vocabulary, language: str, label: str) -> None:
    concept = small.concept(Kind.ROLE, "mixer")
    assert concept is not None
    assert concept.label(language) == label


@pytest.mark.parametrize(("kind", "key"), [(Kind.ROLE, "nobody"), (Kind.GENRE, "mixer"), (Kind.FILM, "mixer")])
def test_unknown_concept_is_none(small: Vocabulary, kind: Kind, key: str) -> None:
    assert small.concept(kind, key) is None
    assert small.find(kind, key) is None


def test_concept_is_found_by_its_iri(small: Vocabulary) -> None:
    assert small.by_iri("https://filmgraph.example/id/role/blend") is small.concept(Kind.ROLE, "blend")
    assert small.by_iri(SKOS.Concept) is None


def test_concepts_come_in_the_order_of_their_keys(small: Vocabulary) -> None:
    assert [each.key for each in small.concepts(Kind.ROLE)] == ["blend", "boss", "chef", "mixer", "sound"]
    assert small.concepts(Kind.FILM) == ()


@pytest.mark.parametrize(
    "label",
    ["Sound mix", "sound mix", "SOUND MIX", "  Sound\u00a0\n mix ", "Sound mix:", "Sound mix.", "Sound mix :", "Mikser", "mixer"],
)
def test_label_matches_whatever_its_case_spacing_and_final_colon(small: Vocabulary, label: str) -> None:
    assert find_key(small, Kind.ROLE, label) == "mixer"


@pytest.mark.parametrize(
    ("label", "language", "key"),
    [
        ("Mélange", None, "mixer"),
        ("Me\u0301lange", None, "mixer"),
        ("Melange", None, "blend"),
        ("Mèlange", "fr", "mixer"),
        ("Mèlange", "en", "blend"),
        ("Mèlange", None, None),
    ],
)
def test_accents_count_first_and_then_are_ignored(small: Vocabulary, label: str, language: str | None, key: str | None) -> None:
    assert find_key(small, Kind.ROLE, label, language) == key


@pytest.mark.parametrize(("language", "key"), [("nl", "chef"), ("fr", "boss"), (None, None), ("en", None)])
def test_language_decides_between_two_concepts(small: Vocabulary, language: str | None, key: str | None) -> None:
    assert find_key(small, Kind.ROLE, "Chef", language) == key


def test_label_of_two_concepts_in_one_language_finds_neither(small: Vocabulary) -> None:
    assert find_key(small, Kind.ROLE, "Both", "en") is None
    assert find_key(small, Kind.ROLE, "Both") is None


def test_department_is_not_found_by_its_key(small: Vocabulary) -> None:
    assert find_key(small, Kind.ROLE, "sound") is None
    assert find_key(small, Kind.ROLE, "Sound department") == "sound"


@pytest.mark.parametrize("label", ["", " ", ":", "…", "no such label"])
def test_label_of_nothing_finds_nothing(vocabulary: Vocabulary, label: str) -> None:
    assert all(vocabulary.find(kind, label) is None for kind in Kind)


@given(st.text(max_size=30))
def test_any_text_can_be_looked_up(label: str) -> None:
    found = SHIPPED.find(Kind.COUNTRY, label)
    assert found is None or SHIPPED.by_iri(found.iri) is found


SHIPPED = load_vocabulary()


def test_triples_are_sorted_and_hold_every_concept(small: Vocabulary) -> None:
    assert list(small.triples) == sorted(small.triples, key=str)
    assert all(isinstance(each, Triple) for each in small.triples)
    iri = "https://filmgraph.example/id/role/mixer"
    about = small.concept_triples(iri)
    assert {str(each.subject) for each in about} == {f"<{iri}>"}
    assert set(about) <= set(small.triples)
    assert len(about) == 11


def test_nothing_is_said_about_a_stranger(small: Vocabulary) -> None:
    assert small.concept_triples("https://filmgraph.example/id/role/nobody") == ()


def test_loading_twice_gives_the_same_triples(vocabulary: Vocabulary) -> None:
    assert load_vocabulary().triples == vocabulary.triples


@pytest.mark.parametrize(
    ("iri", "language", "label"),
    [
        (FG.runtimeMinutes, "en", "running time in minutes"),
        (FG.runtimeMinutes, "nl", "speelduur in minuten"),
        (FG.Auditorium, "fr", "salle"),
        (FG.stated, "en", "stated"),
        (SCHEMA.director, "en", "directed by"),
        (SCHEMA.director, "de", "directed by"),
        (PROV.wasDerivedFrom, "nl", "bron"),
        ("https://filmgraph.example/id/genre/drama", "fr", "Drame"),
        ("https://filmgraph.example/id/scheme/role", "en", "Credit roles"),
        (SCHEMA.actors, "en", None),
    ],
)
def test_terms_have_labels(vocabulary: Vocabulary, iri: str, language: str, label: str | None) -> None:
    assert vocabulary.term_label(iri, language) == label


def test_scheme_iri_is_that_of_the_shipped_scheme(vocabulary: Vocabulary) -> None:
    assert vocabulary.scheme_iri(Kind.ROLE) == "https://filmgraph.example/id/scheme/role"
    assert all(vocabulary.concept_triples(vocabulary.scheme_iri(kind)) for kind in Kind if vocabulary.concepts(kind))


def test_kind_without_a_scheme_is_refused(vocabulary: Vocabulary) -> None:
    with pytest.raises(VocabularyError, match="no concept scheme for film"):
        vocabulary.scheme_iri(Kind.FILM)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("this is no Turtle", "roles.ttl cannot be read as Turtle"),
        (SMALL.replace('skos:notation "mixer" ;', ""), "role/mixer> needs one skos:notation"),
        (SMALL.replace('skos:notation "mixer"', 'skos:notation "mixr"'), r"it has \['mixr'\]"),
        (SMALL.replace('skos:notation "mixer"', 'skos:notation "mixer" , "m"'), "role/mixer> needs one skos:notation"),
        (SMALL.replace('"Blender"@en', '"Blender"@de'), "role/blend> has no skos:prefLabel in English"),
    ],
)
def test_broken_file_names_the_file_or_concept(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "roles.ttl").write_text(text, encoding="utf-8")
    with pytest.raises(VocabularyError, match=message):
        load_vocabulary(tmp_path)


def test_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(VocabularyError, match="holds no Turtle file"):
        load_vocabulary(tmp_path)


def test_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "roles.ttl").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(VocabularyError, match=r"roles\.ttl"):
        load_vocabulary(tmp_path)
