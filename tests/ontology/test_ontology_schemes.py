"""The concept schemes against the rules K1 and K2, and against the labels that crew lists print."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict

import pytest
from pyoxigraph import Literal, NamedNode

from filmgraph.iris import Kind, is_key
from filmgraph.namespaces import FIAF, RDF, REL, SCHEMA, SKOS, WDT
from filmgraph.schemaorg import load_terms
from filmgraph.vocabulary import Concept, load_vocabulary

VOCABULARY = load_vocabulary()
KINDS = [kind for kind in Kind if VOCABULARY.concepts(kind)]
CONCEPTS = [concept for kind in KINDS for concept in VOCABULARY.concepts(kind)]
ROLES = VOCABULARY.concepts(Kind.ROLE)
DEPARTMENTS = [each for each in ROLES if each.broader is None]
LABELS = (SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel)


def literals(concept: Concept, *predicates: str) -> list[Literal]:
    found = [each.object for each in VOCABULARY.concept_triples(concept.iri) if each.predicate.value in predicates]
    return [each for each in found if isinstance(each, Literal)]


def iris(concept: Concept, *predicates: str) -> list[str]:
    found = [each.object for each in VOCABULARY.concept_triples(concept.iri) if each.predicate.value in predicates]
    return [each.value for each in found if isinstance(each, NamedNode)]


def fold(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.replace("’", "'").casefold())
    return " ".join("".join(each for each in letters if not unicodedata.combining(each)).split())


@pytest.mark.parametrize(
    ("kind", "minimum"), [(Kind.ROLE, 58), (Kind.GENRE, 35), (Kind.FORM, 4), (Kind.COUNTRY, 249 + 1), (Kind.LANGUAGE, 184)]
)
def test_scheme_is_large_enough(kind: Kind, minimum: int) -> None:
    assert len(VOCABULARY.concepts(kind)) >= minimum


@pytest.mark.parametrize("kind", KINDS)
def test_every_concept_has_one_label_in_each_language(kind: Kind) -> None:
    for concept in VOCABULARY.concepts(kind):
        assert sorted(str(each.language) for each in literals(concept, SKOS.prefLabel)) == ["en", "fr", "nl"], concept.iri


@pytest.mark.parametrize("kind", KINDS)
def test_every_concept_is_in_its_scheme_alone_with_its_types(kind: Kind) -> None:
    for concept in VOCABULARY.concepts(kind):
        assert iris(concept, SKOS.inScheme) == [VOCABULARY.scheme_iri(kind)], concept.iri
        expected = {SKOS.Concept, SCHEMA.DefinedTerm} | ({SCHEMA.Country} if kind is Kind.COUNTRY else set())
        assert set(iris(concept, RDF.type)) == expected, concept.iri


@pytest.mark.parametrize("kind", KINDS)
def test_scheme_has_names_for_both_vocabularies(kind: Kind) -> None:
    triples = VOCABULARY.concept_triples(VOCABULARY.scheme_iri(kind))
    assert {NamedNode(SKOS.ConceptScheme), NamedNode(SCHEMA.DefinedTermSet)} <= {each.object for each in triples}
    for predicate in (SKOS.prefLabel, SCHEMA.name):
        languages = [
            each.object.language for each in triples if each.predicate.value == predicate and isinstance(each.object, Literal)
        ]
        assert sorted(map(str, languages)) == ["en", "fr", "nl"]


@pytest.mark.parametrize("kind", KINDS)
def test_notation_is_the_key_and_unique(kind: Kind) -> None:
    keys = [each.key for each in VOCABULARY.concepts(kind)]
    assert len(set(keys)) == len(keys)
    assert all(is_key(key) for key in keys)
    assert all(
        [each.value for each in literals(concept, SKOS.notation)] == [concept.key] for concept in VOCABULARY.concepts(kind)
    )


@pytest.mark.parametrize("kind", KINDS)
def test_broader_leads_to_the_top_without_a_circle(kind: Kind) -> None:
    for concept in VOCABULARY.concepts(kind):
        assert (concept.broader is None) == (iris(concept, SKOS.topConceptOf) == [VOCABULARY.scheme_iri(kind)]), concept.iri
        seen = [concept.iri]
        while (current := VOCABULARY.by_iri(seen[-1])) is not None and current.broader is not None:
            assert current.broader not in seen, f"{concept.iri} is above itself"
            assert VOCABULARY.by_iri(current.broader) is not None, f"{current.broader} is no concept"
            seen.append(current.broader)


@pytest.mark.parametrize("kind", KINDS)
def test_no_two_concepts_share_a_label_in_one_language(kind: Kind) -> None:
    owners: defaultdict[tuple[str, str | None], set[str]] = defaultdict(set)
    for concept in VOCABULARY.concepts(kind):
        for label in literals(concept, *LABELS):
            owners[fold(label.value), label.language].add(concept.key)
    assert {label: keys for label, keys in owners.items() if len(keys) > 1} == {}


@pytest.mark.parametrize("kind", [Kind.GENRE, Kind.FORM, Kind.COUNTRY, Kind.LANGUAGE])
def test_no_label_is_the_key_of_another_concept(kind: Kind) -> None:
    keys = {each.key.casefold(): each.key for each in VOCABULARY.concepts(kind)}
    for concept in VOCABULARY.concepts(kind):
        for label in literals(concept, *LABELS):
            assert keys.get(fold(label.value), concept.key) == concept.key, f"{label} is the key of another concept"


@pytest.mark.parametrize("kind", KINDS)
def test_labels_are_written_clean(kind: Kind) -> None:
    for concept in VOCABULARY.concepts(kind):
        for label in literals(concept, *LABELS):
            text = label.value
            assert text == unicodedata.normalize("NFC", " ".join(text.split())), f"{concept.key}: {text!r}"
            assert not text.endswith((":", ";", ",")), f"{concept.key}: {text!r}"


@pytest.mark.parametrize("kind", KINDS)
def test_no_label_is_given_twice(kind: Kind) -> None:
    for concept in VOCABULARY.concepts(kind):
        for language, label in concept.pref_label.items():
            alternatives = concept.alt_labels.get(language, ())
            assert label not in alternatives, f"{concept.key}: {label!r}"
            assert len(set(alternatives)) == len(alternatives)


@pytest.mark.parametrize("kind", KINDS)
def test_every_label_finds_its_concept_in_its_language(kind: Kind) -> None:
    for concept in VOCABULARY.concepts(kind):
        for label in literals(concept, *LABELS):
            assert VOCABULARY.find(kind, label.value, label.language) is concept, f"{concept.key}: {label}"


def test_departments_hold_all_roles_and_are_no_roles_themselves() -> None:
    assert len(DEPARTMENTS) >= 12
    assert {each.broader for each in ROLES if each.broader} == {each.iri for each in DEPARTMENTS}
    assert all(each.direct_property is None and not each.is_performance for each in DEPARTMENTS)


def test_there_are_more_than_45_roles() -> None:
    assert len(ROLES) - len(DEPARTMENTS) >= 45


@pytest.mark.parametrize("role", [each for each in ROLES if each.broader], ids=lambda each: str(each.key))
def test_role_has_a_direct_property_that_fits_where_it_stands(role: Concept) -> None:
    terms = load_terms()
    assert role.direct_property is not None
    assert terms.is_known(role.direct_property)
    assert terms.superseded_by(role.direct_property) is None
    is_event_role = role.broader == VOCABULARY.scheme_iri(Kind.ROLE).replace("scheme/role", "role/event")
    assert terms.fits_domain(role.direct_property, [SCHEMA.ScreeningEvent if is_event_role else SCHEMA.Movie])


def test_direct_properties_are_a_closed_list() -> None:
    names = "director author producer editor musicBy actor productionCompany translator performer contributor"
    assert {each.direct_property for each in ROLES if each.direct_property} == {SCHEMA.term(each) for each in names.split()}


def test_performances_are_exactly_the_roles_of_schema_actor() -> None:
    assert {each.key for each in ROLES if each.is_performance} == {
        each.key for each in ROLES if each.direct_property == SCHEMA.actor
    }


MAPPINGS = (SKOS.exactMatch, SKOS.closeMatch, SKOS.relatedMatch, SKOS.broadMatch, SKOS.narrowMatch)


def test_mappings_go_to_known_vocabularies_only() -> None:
    patterns = [re.escape(REL) + r"[a-z]{3}", re.escape(FIAF) + r"[A-Z][A-Za-z]+", re.escape(WDT) + r"P[1-9]\d*"]
    targets = [iri for concept in CONCEPTS for iri in iris(concept, *MAPPINGS)]
    assert len(targets) > 50
    assert [iri for iri in targets if not any(re.fullmatch(pattern, iri) for pattern in patterns)] == []


def test_nothing_is_the_exact_match_of_two_concepts() -> None:
    targets = [iri for concept in CONCEPTS for iri in iris(concept, SKOS.exactMatch)]
    assert len(set(targets)) == len(targets)


def test_property_of_wikidata_is_only_related() -> None:
    for concept in CONCEPTS:
        wrong = iris(concept, SKOS.exactMatch, SKOS.closeMatch)
        assert not [iri for iri in wrong if iri.startswith(WDT)], f"{concept.key}: a role is no property"


# Labels as festivals print them in crew lists: role = language: label, label ; language: label.
CREW = """
director = en: Director, Directed by, A film by ; nl: Regie, Een film van ; fr: Réalisation, Un film de, Réalisatrice
assistant-director = en: 1st Assistant Director
casting-director = en: Casting
script-supervisor = en: Script supervisor ; fr: Scripte
second-unit-director = en: Second unit director
screenwriter = en: Screenplay, Written by, Script ; nl: Scenario ; fr: Scénario
adaptation = fr: Adaptation
story = en: Story
dialogue-writer = fr: Dialogues
source-author = fr: D'après le roman de
idea = en: Original idea
producer = en: Producer, Producers ; nl: Producent ; fr: Producteur
delegate-producer = fr: Producteur délégué
executive-producer = en: Executive producer
co-producer = en: Co-producer ; fr: Coproducteur
line-producer = en: Line producer
associate-producer = en: Associate producers
production-manager = en: Production manager ; nl: Productieleider
production-company = en: Production company, Production studios ; nl: Productiehuis ; fr: Sociétés de production
co-production-company = en: Coproduction ; fr: Coproduction
distributor = en: Distributor ; fr: Distribution ; nl: Distributie
world-sales = en: World sales, Sales agent ; fr: Ventes internationales
broadcaster = en: Broadcaster ; nl: Omroep
cinematographer = en: Director of Photography, DoP, D.O.P., Cinematography ; fr: Image, Directeur photo ; nl: Camera, Fotografie
camera-operator = en: Camera operator ; fr: Cadreur
focus-puller = en: Focus puller
gaffer = en: Gaffer ; fr: Chef électricien
key-grip = en: Key grip
still-photographer = en: Stills ; nl: Setfotograaf
steadicam-operator = en: Steadicam
sound-engineer = en: Sound ; nl: Geluid ; fr: Son
sound-designer = en: Sound design ; fr: Conception sonore
sound-recordist = en: Sound recordist ; fr: Prise de son
sound-mixer = en: Sound mix ; fr: Mixage
sound-editor = en: Sound editor ; fr: Montage son
boom-operator = en: Boom operator
foley-artist = en: Foley ; fr: Bruitage
composer = en: Composer, Music, Original score ; fr: Musique ; nl: Muziek
music-supervisor = en: Music supervisor
musician = en: Musicians
editor = en: Editor, Editing ; nl: Montage, Monteur ; fr: Montage
assistant-editor = en: Assistant editor
colourist = en: Colour grading, Colorist ; fr: Étalonnage
production-designer = en: Production design ; fr: Décors ; nl: Decor
art-director = en: Art director
set-decorator = en: Set decoration
prop-master = en: Props
costume-designer = en: Costumes ; nl: Kostuums
make-up-artist = en: Make-up ; fr: Maquillage
hair-stylist = en: Hair ; fr: Coiffure
visual-effects-supervisor = en: VFX
special-effects = en: Special effects ; fr: Effets spéciaux
animator = en: Animation
actor = en: With, Cast, Starring ; fr: Avec, Interprètes ; nl: Met, Acteurs
voice-actor = en: Voices ; nl: Stemmen ; fr: Voix
narrator = en: Narrator ; fr: Voix off
stunt-performer = en: Stunts
extra = en: Extras
appearance = en: As themselves
guest = en: In the presence of ; fr: En présence de ; nl: In aanwezigheid van
moderator = en: Moderator ; fr: Modéré par
juror = en: Jury
introducer = en: Introduced by ; nl: Ingeleid door
subtitler = en: Subtitling
restoration = en: Restored by
translator = en: Translation
"""
CREW_ROWS = [
    (label, language, key)
    for key, groups in (line.split(" = ") for line in CREW.strip().splitlines())
    for language, labels in (group.split(": ") for group in groups.split(" ; "))
    for label in labels.split(", ")
]


@pytest.mark.parametrize(("label", "language", "key"), CREW_ROWS)
def test_label_of_a_crew_list_finds_its_role(label: str, language: str, key: str) -> None:
    for text in (label, label.upper(), f" {label} :"):
        found = VOCABULARY.find(Kind.ROLE, text, language)
        assert found is not None
        assert found.key == key


@pytest.mark.parametrize(
    "label",
    [
        "Production",
        "Year",
        "Countries of production",
        "Dialogue: Dutch",
        "More information",
        "Subtitles",
        "Introduction",
        "Print",
    ],
)
def test_label_that_names_no_one_role_finds_none(label: str) -> None:
    assert VOCABULARY.find(Kind.ROLE, label) is None


@pytest.mark.parametrize(
    ("kind", "label", "language", "key"),
    [
        (Kind.COUNTRY, "USA", None, "US"),
        (Kind.COUNTRY, "U.S.A.", "en", "US"),
        (Kind.COUNTRY, "UK", None, "GB"),
        (Kind.COUNTRY, "Great Britain", "en", "GB"),
        (Kind.COUNTRY, "The Netherlands", "en", "NL"),
        (Kind.COUNTRY, "Pays-Bas", "fr", "NL"),
        (Kind.COUNTRY, "België", "nl", "BE"),
        (Kind.COUNTRY, "BELGIQUE", None, "BE"),
        (Kind.COUNTRY, "be", None, "BE"),
        (Kind.COUNTRY, "South Korea", "en", "KR"),
        (Kind.COUNTRY, "Ivory Coast", "en", "CI"),
        (Kind.COUNTRY, "Côte d'Ivoire", "fr", "CI"),
        (Kind.COUNTRY, "Czech Republic", None, "CZ"),
        (Kind.COUNTRY, "Czechia", None, "CZ"),
        (Kind.COUNTRY, "Türkiye", None, "TR"),
        (Kind.COUNTRY, "Turkey", "en", "TR"),
        (Kind.COUNTRY, "Soviet Union", "en", "SUHH"),
        (Kind.COUNTRY, "URSS", "fr", "SUHH"),
        (Kind.COUNTRY, "SU", None, "SUHH"),
        (Kind.COUNTRY, "YU", None, "YUCS"),
        (Kind.COUNTRY, "Tsjecho-Slowakije", "nl", "CSHH"),
        (Kind.COUNTRY, "Congo", None, None),
        (Kind.COUNTRY, "Korea", None, None),
        (Kind.COUNTRY, "CS", None, None),
        (Kind.LANGUAGE, "Dutch", "en", "nl"),
        (Kind.LANGUAGE, "Flemish", "en", "nl"),
        (Kind.LANGUAGE, "Vlaams", None, "nl"),
        (Kind.LANGUAGE, "Chinese", "en", "zh"),
        (Kind.LANGUAGE, "Mandarin", None, "cmn"),
        (Kind.LANGUAGE, "Cantonese", "en", "yue"),
        (Kind.LANGUAGE, "Roumain", "fr", "ro"),
        (Kind.LANGUAGE, "néerlandais", None, "nl"),
        (Kind.LANGUAGE, "Berber", "en", "ber"),
        (Kind.LANGUAGE, "Swiss German", None, "gsw"),
        (Kind.LANGUAGE, "no dialogue", None, "zxx"),
        (Kind.LANGUAGE, "yi", None, "yi"),
        (Kind.LANGUAGE, "fr", None, "fr"),
        (Kind.LANGUAGE, "French, Dutch", None, None),
        (Kind.GENRE, "Drama", None, "drama"),
        (Kind.GENRE, "Comédie dramatique", "fr", "tragicomedy"),
        (Kind.GENRE, "Sci-Fi", "en", "science-fiction"),
        (Kind.GENRE, "Documentaire", "nl", "documentary"),
        (Kind.FORM, "short", None, "short"),
        (Kind.FORM, "Kortfilm", "nl", "short"),
        (Kind.FORM, "Court-métrage", "fr", "short"),
        (Kind.FORM, "Feature film", "en", "feature"),
    ],
)
def test_spelling_of_a_page_finds_its_concept(kind: Kind, label: str, language: str | None, key: str | None) -> None:
    found = VOCABULARY.find(kind, label, language)
    assert (found.key if found else None) == key


@pytest.mark.parametrize("form", VOCABULARY.concepts(Kind.FORM), ids=lambda each: str(each.key))
def test_form_says_its_limits(form: Concept) -> None:
    assert [each.language for each in literals(form, SKOS.scopeNote)] == ["en"]


@pytest.mark.parametrize("kind", [Kind.COUNTRY, Kind.LANGUAGE, Kind.GENRE])
def test_schema_name_is_the_preferred_label(kind: Kind) -> None:
    for concept in VOCABULARY.concepts(kind):
        assert set(literals(concept, SCHEMA.name)) == set(literals(concept, SKOS.prefLabel)), concept.iri


def test_country_keys_are_iso_codes() -> None:
    assert all(re.fullmatch("[A-Z]{2}|[A-Z]{4}", each.key) for each in VOCABULARY.concepts(Kind.COUNTRY))


def test_language_keys_are_simple_bcp_47_tags() -> None:
    assert all(re.fullmatch("[a-z]{2,3}", each.key) for each in VOCABULARY.concepts(Kind.LANGUAGE))
