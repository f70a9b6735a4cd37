"""The data dictionary: all rules and terms are in it, in the words of its readers, and it is served like other documents."""

from __future__ import annotations

import json
import re
from collections import Counter

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from filmgraph.coverage import Coverage, KindCoverage
from filmgraph.dictionary import Dictionary, load_dictionary
from filmgraph.iris import Kind
from filmgraph.languages import LANGUAGES, to_prefix
from filmgraph.namespaces import DCTERMS, FG, RDF, SCHEMA
from filmgraph.pages.dictionary import ClassEntry, DictionaryPage, FieldEntry, build_dictionary_page
from filmgraph.pages.messages import load_messages
from filmgraph.validation import Shapes
from filmgraph.vocabulary import Vocabulary

PATH = "/datasets/dictionary"
IRI = "https://filmgraph.example/datasets/dictionary"


@pytest.fixture(scope="module")
def dictionary(loaded_vocabulary: Vocabulary) -> Dictionary:
    return load_dictionary(loaded_vocabulary)


def build(dictionary: Dictionary, vocabulary: Vocabulary, language: str = "en") -> DictionaryPage:
    films = KindCoverage("film", 8, {SCHEMA.duration: 6})
    works, texts = KindCoverage("work", 2, {SCHEMA.name: 2}), KindCoverage("text", 3, {SCHEMA.name: 1})
    return build_dictionary_page(dictionary, vocabulary, Coverage("r", (films, works, texts)), load_messages(language))


@pytest.fixture(scope="module")
def page(dictionary: Dictionary, loaded_vocabulary: Vocabulary) -> DictionaryPage:
    return build(dictionary, loaded_vocabulary)


def entry(page: DictionaryPage, anchor: str) -> ClassEntry:
    (found,) = (each for each in page.classes if each.anchor == anchor)
    return found


def entry_field(page: DictionaryPage, anchor: str) -> FieldEntry:
    (found,) = (each for one in page.classes for each in one.fields if each.anchor == anchor)
    return found


def test_every_rule_of_the_shapes_is_told(dictionary: Dictionary, loaded_shapes: Shapes) -> None:
    told = {rule.id for each in dictionary.classes for rule in each.rules}
    told |= {rule.id for each in dictionary.classes for field in each.fields for rule in field.rules}
    assert {each.id for each in loaded_shapes.core_catalogue} <= told
    assert {each.id for each in dictionary.rules} == {each.info.id for each in loaded_shapes.rules}
    severities = {each.id: each.severity for each in loaded_shapes.catalogue}
    assert all(severities[rule.id] is rule.severity for each in dictionary.classes for f in each.fields for rule in f.rules)


def test_every_class_of_things_and_every_property_of_ours_is_there(dictionary: Dictionary, loaded_vocabulary: Vocabulary) -> None:
    assert {kind.class_iri for kind in Kind} - {each.iri for each in dictionary.classes} <= {
        SCHEMA.Country, "http://www.w3.org/2004/02/skos/core#ConceptScheme"
    }  # fmt: skip
    ours = {str(each.subject)[1:-1] for each in loaded_vocabulary.triples if each.predicate.value == SCHEMA.domainIncludes}
    told = {iri for each in dictionary.classes for field in each.fields for iri in field.path.properties}
    assert {each for each in ours if each.startswith(FG)} <= told


@pytest.mark.parametrize(
    ("anchor", "rules"),
    [
        ("ScreeningEvent-startDate", {"ScreeningWithinFestival", "ScreeningAfterProduction", "ScreeningEvent-startDate"}),
        ("Movie-inLanguage", {"Movie-inLanguage"}),
        ("ScreeningEvent-inLanguage", {"DubbedScreening"}),
        ("Person-name", {"Namesakes", "Thing-name"}),
        ("having-identifier-sameAs-url-identifier", {"IdentifierUnique"}),
    ],
)
def test_a_rule_about_several_things_stands_with_what_it_finds_wrong(page: DictionaryPage, anchor: str, rules: set[str]) -> None:
    wide, found = {each.id for each in page.rules}, {each.id for each in entry_field(page, anchor).rules}
    assert rules <= found
    assert found & wide == rules & wide


@pytest.mark.parametrize(
    ("anchor", "language", "number"),
    [
        ("Movie-name", "en", "exactly 1"),
        ("Movie-dateCreated", "en", "at most 1, expected"),
        ("Movie-genre", "en", "any number"),
        ("ScreeningEvent-workPresented", "nl", "minstens 1"),
        ("Concept-skos-prefLabel", "fr", "au moins 1, une par langue"),
        ("Role-of-fg-credit", "nl", "precies 1"),
    ],
)
def test_it_says_how_many_values_there_are(
    dictionary: Dictionary, loaded_vocabulary: Vocabulary, anchor: str, language: str, number: str
) -> None:
    assert entry_field(build(dictionary, loaded_vocabulary, language), anchor).number == number


def test_values_and_origins_are_named(page: DictionaryPage) -> None:
    location, status = entry_field(page, "ScreeningEvent-location"), entry_field(page, "AwardDecision-fg-outcome")
    assert [each.name for each in location.types] == ["fg:Auditorium", "schema:MovieTheater", "schema:Place"]
    assert [(each.iri, each.name) for each in status.choices] == [("", "won"), ("", "nominated")]
    assert [(each.name, each.origin) for each in status.properties] == [("fg:outcome", "filmgraph")]
    assert len(entry_field(page, "Distribution-spdx-checksum-spdx-checksumValue").properties) == 2


def test_numbers_are_those_of_the_release(page: DictionaryPage) -> None:
    duration, genre = entry_field(page, "Movie-duration"), entry_field(page, "Movie-genre")
    assert (entry(page, "Movie").things, duration.things, duration.percent, genre.things) == (8, 6, 75.0, 0)
    assert entry_field(page, "Person-name").things is None
    # Two kinds of things are of one class.
    assert entry(page, "CreativeWork").things == 5


def test_every_anchor_is_on_the_page_once(page: DictionaryPage) -> None:
    anchors = Counter([each.anchor for each in page.classes] + [each.anchor for one in page.classes for each in one.fields])
    assert max(anchors.values()) == 1
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", each) for each in anchors)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_speaks_the_language_of_its_reader(demo_client: FlaskClient, language: str) -> None:
    answer = demo_client.get(to_prefix(language) + PATH, headers={"Accept": "text/html"})
    html = HTMLParser(answer.text)
    heading, film = html.css_first("h1"), html.css_first("#Movie")
    assert heading is not None
    assert film is not None
    assert heading.text() == {"en": "Data dictionary", "nl": "Datadictionary", "fr": "Dictionnaire des données"}[language]
    assert film.text().startswith("Film 61 ")
    assert html.css_first("#Movie-duration th") is not None
    # What the shapes say is English, and says so.
    assert (html.css_first("#Movie-duration p[lang=en]") is not None) == (language != "en")
    assert answer.headers["Content-Language"] == language
    assert demo_client.get(to_prefix(language) + "/datasets/").text.count(f'href="{to_prefix(language)}{PATH}"') == 2


def test_it_is_had_in_every_format_and_the_page_says_nothing_else(demo_client: FlaskClient) -> None:
    html = demo_client.get(PATH, headers={"Accept": "text/html"})
    assert html.headers["Vary"] == "Accept, Accept-Encoding"
    turtle = demo_client.get(PATH, headers={"Accept": "text/turtle"})
    assert turtle.headers["Content-Location"] == f"{PATH}.ttl"
    known = {each.triple for each in ox.parse(turtle.data, format=ox.RdfFormat.TURTLE)}
    json_ld = demo_client.get(f"{PATH}.jsonld")
    assert {each.triple for each in ox.parse(json_ld.data, format=ox.RdfFormat.JSON_LD)} == known
    (block, *_) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html.text, re.DOTALL)
    said = {str(each["@id"]): each for each in json.loads(block)["hasDefinedTerm"]}
    names = {t.subject.value: t.object.value for t in known if t.predicate.value == SCHEMA.name}
    assert {iri: each["name"] for iri, each in said.items()} == {
        iri: name for iri, name in names.items() if iri in said
    }  # fmt: skip
    terms = {t.subject.value for t in known if t.predicate.value == RDF.type and t.object.value == SCHEMA.DefinedTerm}
    parts = {t.subject.value: t.object.value for t in known if t.predicate.value == DCTERMS.isPartOf}
    assert set(said) == terms - set(parts)
    assert parts[f"{IRI}#Movie-name"] == f"{IRI}#Movie"


@pytest.mark.parametrize("suffix", [".xyz", "x", ".ttl.gz"])
def test_what_is_no_format_is_not_there(demo_client: FlaskClient, suffix: str) -> None:
    assert demo_client.get(PATH + suffix).status_code == 404
