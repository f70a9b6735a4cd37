"""A festival's real film page, from the file to the release: every fact that it holds, and nothing that it does not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Triple

from filmgraph.model import Certainty
from filmgraph.namespaces import FG, RDF, SCHEMA, SKOS
from tests.conftest import Builder, Built

BASE = "https://films.example.org/id/"
VOCABULARY = "https://filmgraph.example/id/"
SETTINGS = """
[catalogue]
id = "seed"
base_iri = "https://films.example.org/"
title = "Seed"
publisher = "Nobody"
licence = "https://creativecommons.org/publicdomain/zero/1.0/"

[[sources]]
id = "page"
kind = "page"
path = "film-page.txt"
publisher = "Film Fest Gent"
language = "en"
"""


@pytest.fixture(scope="module")
def seed(shared_path: Path, tmp_path_factory: pytest.TempPathFactory, build_catalogue: Builder) -> Built:
    catalogue = tmp_path_factory.mktemp("seed")
    shutil.copy(shared_path / "seed" / "film-page.txt", catalogue)
    (catalogue / "filmgraph.toml").write_text(SETTINGS, encoding="utf-8")
    return build_catalogue(catalogue)


def objects(seed: Built, subject: str, predicate: str) -> set[str]:
    return {
        t.object.value
        for t in (*seed.assembly.published, *seed.assembly.resolution.texts)
        if t.subject == NamedNode(BASE + subject) and t.predicate.value == predicate and isinstance(t.object, NamedNode | Literal)
    }


FILM = "film/here-2023"
FACTS: list[tuple[str, str, set[str]]] = [
    (FILM, SCHEMA.name, {"Here"}),
    (FILM, SCHEMA.dateCreated, {"2023"}),
    (FILM, SCHEMA.duration, {"PT1H22M"}),
    (FILM, FG.runtimeMinutes, {"82"}),
    (FILM, SCHEMA.genre, {VOCABULARY + "genre/drama"}),
    (FILM, FG.form, {VOCABULARY + "form/feature"}),
    (FILM, SCHEMA.inLanguage, {"nl", "fr", "zh", "ro"}),
    (FILM, SCHEMA.countryOfOrigin, set()),
    (FILM, SCHEMA.contentLocation, {BASE + "place/brussels"}),
    (FILM, SCHEMA.character, {BASE + "character/here-2023-stefan", BASE + "character/here-2023-shuxiu"}),
    (FILM, FG.inspiredBy, {BASE + "work/gathering-moss"}),
    (FILM, SCHEMA.director, {BASE + "person/bas-devos"}),
    (FILM, SCHEMA.author, {BASE + "person/bas-devos"}),
    (FILM, SCHEMA.musicBy, {BASE + "person/brecht-ameel"}),
    (FILM, SCHEMA.actor, {BASE + "person/stefan-gota", BASE + "person/liyo-gong"}),
    (FILM, SCHEMA.editor, {BASE + "person/dieter-diependaele"}),
    (FILM, SCHEMA.producer, {BASE + "person/marc-goyens"}),
    (FILM, SCHEMA.productionCompany, set()),
    (FILM, SCHEMA.contributor, {BASE + "person/grimm-vandekerckhove", BASE + "org/imagine-film-distribution"}),
    (FILM, SCHEMA.award, {"Best film, Encounters, Berlinale"}),
    (
        FILM,
        SCHEMA.image,
        {
            BASE + "image/3403742a-8a58-4466-a58d-2ca62d72d558",
            BASE + "image/75fc8dcd-53ae-4004-82a9-a6acc3802adc",
            BASE + "image/8436f16d-179d-42c6-bcfb-93a21fcfc61e",
        },
    ),
    ("image/3403742a-8a58-4466-a58d-2ca62d72d558", SCHEMA.representativeOfPage, {"true"}),
    ("image/75fc8dcd-53ae-4004-82a9-a6acc3802adc", SCHEMA.representativeOfPage, set()),
    ("work/gathering-moss", SCHEMA.author, {BASE + "person/robin-wall-kimmerer"}),
    ("festival/film-fest-gent-2024", SCHEMA.startDate, {"2024-10-09"}),
    ("festival/film-fest-gent-2024", SCHEMA.endDate, {"2024-10-20"}),
    ("text/here-2023-quote-1", SCHEMA.publisher, {BASE + "org/the-film-stage"}),
    ("text/here-2023-quote-1", SCHEMA.about, {BASE + FILM}),
    ("text/here-2023-introduction", SCHEMA.copyrightHolder, {BASE + "org/film-fest-gent"}),
    ("film/taurus-2005", FG.form, {VOCABULARY + "form/short"}),
    ("film/violet-2013", SCHEMA.dateCreated, {"2013"}),
    ("film/violet-2013", FG.form, {VOCABULARY + "form/feature"}),
    ("film/ghost-tropic-2019", SCHEMA.director, {BASE + "person/bas-devos"}),
]


@pytest.mark.parametrize(("subject", "predicate", "expected"), FACTS, ids=[f"{s} {p.rpartition('/')[2]}" for s, p, _ in FACTS])
def test_a_fact_of_the_page_is_published(seed: Built, subject: str, predicate: str, expected: set[str]) -> None:
    assert objects(seed, subject, predicate) == expected


@pytest.mark.parametrize(
    ("credit", "certainty"),
    [
        ("director-1", Certainty.STATED),
        ("composer-1", Certainty.STATED),
        ("actor-1", Certainty.STATED),
        ("actor-2", Certainty.STATED),
        ("cinematographer-1", Certainty.STATED),
        ("screenwriter-1", Certainty.INFERRED),
        ("editor-1", Certainty.INFERRED),
        ("producer-1", Certainty.INFERRED),
        ("distributor-1", Certainty.INFERRED),
    ],
)
def test_a_credit_has_its_certainty_and_says_why(seed: Built, credit: str, certainty: Certainty) -> None:
    iri = f"credit/here-2023-{credit}"
    assert objects(seed, iri, FG.certainty) == {certainty.iri}
    assert bool(objects(seed, iri, FG.reason)) == (certainty is Certainty.INFERRED)


def things(seed: Built) -> set[str]:
    ours = {
        t.subject.value for t in seed.assembly.published if t.predicate.value == RDF.type and isinstance(t.subject, NamedNode)
    }
    return {iri.removeprefix(BASE) for iri in ours if iri.startswith(BASE) and "#" not in iri}


def test_nothing_else_is_there(seed: Built) -> None:
    by_kind: dict[str, set[str]] = {}
    for thing in things(seed):
        kind, _, key = thing.partition("/")
        by_kind.setdefault(kind, set()).add(key)
    assert "screening" not in by_kind
    assert by_kind["film"] == {
        "taurus-2005", "pillar-2006", "the-close-2008", "we-know-2009", "violet-2013", "hellhole-2019", "ghost-tropic-2019",
        "here-2023",
    }  # fmt: skip
    assert by_kind["person"] == {
        "bas-devos", "brecht-ameel", "stefan-gota", "liyo-gong", "grimm-vandekerckhove", "dieter-diependaele", "marc-goyens",
        "robin-wall-kimmerer",
    }  # fmt: skip
    assert by_kind["org"] == {"film-fest-gent", "imagine-film-distribution", "the-film-stage"}
    assert len(by_kind["credit"]) == 9 + 7
    assert not [t for t in seed.assembly.published if t.predicate.value == SCHEMA.characterName]
    assert not [t for t in seed.assembly.published if "Akerman" in str(t) or "Hong" in str(t)]


def test_the_edition_of_the_banner_is_not_the_films(seed: Built) -> None:
    edition = NamedNode(BASE + "festival/film-fest-gent-2024")
    assert not [t for t in seed.assembly.published if t.object == edition]
    assert not objects(seed, FILM, SCHEMA.datePublished)


def test_what_was_not_understood_is_listed_with_its_line(seed: Built) -> None:
    assert {line.place.line for line in seed.assembly.unread if "boilerplate" in line.why} == {70, 72}
    assert all(line.place.path == "film-page.txt" for line in seed.assembly.unread)


def test_the_quote_is_short_and_kept_from_the_facts(seed: Built) -> None:
    (quote,) = objects(seed, "text/here-2023-quote-1", SCHEMA.text)
    assert quote == "Here is a film flush with everyday pleasures"
    assert not [t for t in seed.assembly.published if "everyday pleasures" in str(t)]


def test_concepts_come_with_labels_in_three_languages(seed: Built) -> None:
    drama = NamedNode(VOCABULARY + "genre/drama")
    labels = {t.object.language for t in seed.assembly.published if isinstance(t, Triple) and t.subject == drama
              and t.predicate.value == SKOS.prefLabel and isinstance(t.object, Literal)}  # fmt: skip
    assert labels == {"en", "nl", "fr"}
