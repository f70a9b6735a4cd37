"""Statements become facts by closed rules; whatever does not is listed, and as many statements go out as came in."""

from __future__ import annotations

from pathlib import Path

import pytest

from filmgraph.findings import Severity
from filmgraph.settings import SourceSettings
from filmgraph.sources.rdf import read_rdf
from filmgraph.sources.rdf.account import OTHERS
from filmgraph.vocabulary import Vocabulary
from tests.sources.rdf.conftest import PREFIXES, ReadRdf, facts_of, listed

FILM = '<https://partner.example/film/1> a schema:Movie ; schema:name "Hier" ; {} .'
KEY = "partner-example-film-1"
RIGHTS = "nobody is named who has the rights in the text: give the source a publisher in filmgraph.toml"


def facts_of_film(read: ReadRdf, statements: str, more: str = "", profile: str = "") -> list[str]:
    """Return the facts about a film besides its name and address."""
    reading, _ = read(FILM.format(statements) + more, profile=profile)
    own = (each.removeprefix(f"{KEY}: ") for each in facts_of(reading) if each.startswith(f"{KEY}: "))
    return [each for each in own if each not in ("name Hier", "sameAs https://partner.example/film/1")]


#: What is said of a film, and the fact that comes of it; they are read as one file of many films.
CASES = (
    ('schema:dateCreated "2023"^^xsd:gYear', "dateCreated 2023"),
    ('schema:dateCreated "2023-10"^^xsd:gYearMonth', "dateCreated 2023-10"),
    ('schema:dateCreated "2023-10-15"^^xsd:date', "dateCreated 2023-10-15"),
    ('schema:dateCreated "2023-10-15"', "dateCreated 2023-10-15"),
    ('schema:dateCreated "2023"^^schema:Date', "dateCreated 2023"),
    ('schema:dateCreated "2023-10-15T00:00:00Z"^^xsd:dateTime', "dateCreated 2023-10-15"),
    ('schema:dateCreated "2023+01:00"^^xsd:gYear', "dateCreated 2023"),
    ("schema:dateCreated 2023", "dateCreated 2023"),
    ('schema:dateCreated "1965~"', "dateCreated 1965 [inferred]"),
    ('schema:dateCreated "1965?"', "dateCreated 1965 [inferred]"),
    ('schema:datePublished "2023-10-15"', "dateCreated 2023 [inferred]"),
    ('schema:datePublished "2024-01-01", "2023-10-15"', "dateCreated 2023 [inferred]"),
    ('schema:duration "PT82M"^^xsd:duration', "duration 82"),
    ('schema:duration "PT1H22M"', "duration 82"),
    ('schema:duration "P0DT1H21M40S"', "duration 82"),
    ('schema:duration "PT4920S"^^xsd:duration', "duration 82"),
    ('schema:duration "82"', "duration 82"),
    ("schema:duration 82", "duration 82"),
    ('schema:duration "82 min"', "duration 82"),
    ('schema:duration [ a schema:QuantitativeValue ; schema:value 82 ; schema:unitCode "MIN" ]', "duration 82"),
    ('schema:timeRequired "PT82M"', "duration 82"),
    ('schema:inLanguage "fr"', "inLanguage fr"),
    ('schema:inLanguage "Frans"', "inLanguage fr"),
    ('schema:inLanguage "pt-BR"', "inLanguage pt-BR"),
    ("schema:inLanguage <http://id.loc.gov/vocabulary/iso639-1/fr>", "inLanguage fr"),
    ('schema:inLanguage [ a schema:Language ; schema:name "French" ; schema:alternateName "fr" ]', "inLanguage fr"),
    ('schema:countryOfOrigin "BE"', "countryOfOrigin BE"),
    ('schema:countryOfOrigin "Belgique"', "countryOfOrigin BE"),
    ('schema:countryOfOrigin [ a schema:Country ; schema:name "Belgium" ]', "countryOfOrigin BE"),
    ("schema:countryOfOrigin <https://filmgraph.example/id/country/BE>", "countryOfOrigin BE"),
    ('schema:genre "Drama"', "genre drama"),
    ("schema:genre <https://filmgraph.example/id/genre/drama>", "genre drama"),
    ('schema:alternateName "Here"@en', "alternateName Here @en"),
    ('schema:name "Ici"@fr', "alternateName Ici @fr"),
    ("schema:sameAs <https://www.wikidata.org/wiki/Q1>", "sameAs http://www.wikidata.org/entity/Q1"),
    ('schema:sameAs "https://www.imdb.com/title/tt0000001/"', "sameAs https://www.imdb.com/title/tt0000001/"),
    ('schema:identifier [ a schema:PropertyValue ; schema:propertyID "isan" ; schema:value "0" ]', "identifier isan 0"),
    ('schema:identifier "tt0000001"', "identifier imdb tt0000001"),
    ('schema:titleEIDR "10.5240/0000-0000-0000-0000-0000-X"', "identifier eidr 10.5240/0000-0000-0000-0000-0000-X"),
    ('schema:director "An Peeters"', "credit director 1 An Peeters"),
    ('schema:directors [ a schema:Person ; schema:name "An" ]', "credit director 1 An"),
    ('schema:author [ schema:name "An" ]', "credit screenwriter 1 An"),
    ('schema:productionCompany [ a schema:Corporation ; schema:name "Huis" ]', "credit production-company 1 Huis"),
    (
        'schema:actor [ a schema:PerformanceRole ; schema:actor [ schema:name "Ida" ] ; schema:characterName "Eva" ]',
        "credit actor 1 Ida as Eva",
    ),
    (
        'schema:contributor [ a schema:Role ; schema:roleName "Director of photography" ; schema:contributor "Ida" ]',
        "credit cinematographer 1 Ida",
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory, vocabulary: Vocabulary) -> list[list[str]]:
    """Return the facts about the film of each case, besides its name and address."""
    folder = tmp_path_factory.mktemp("films")
    texts = [FILM.replace("film/1", f"film/{number}").format(said) for number, (said, _) in enumerate(CASES)]
    (folder / "f.ttl").write_text(PREFIXES + "\n".join(texts), encoding="utf-8")
    told = facts_of(read_rdf(SourceSettings("t", "rdf", 1, path="f.ttl"), folder, vocabulary))
    starts = [KEY.replace("-1", f"-{number}") + ": " for number in range(len(CASES))]
    return [
        [
            each.removeprefix(start)
            for each in told
            if each.startswith(start) and "name Hier" not in each and "partner.ex" not in each
        ]
        for start in starts
    ]


@pytest.mark.parametrize("number", range(len(CASES)), ids=[said for said, _ in CASES])
def test_a_statement_becomes_a_fact(films: list[list[str]], number: int) -> None:
    assert films[number][:1] == [CASES[number][1]]


@pytest.mark.parametrize(
    ("statements", "why"),
    [
        ('schema:dateCreated "196X"', "the model cannot hold a date that is so imprecise"),
        ('schema:dateCreated "1964/1965"', "the model cannot hold a date that is so imprecise"),
        ('schema:dateCreated "[1964..1966]"', "the model cannot hold a date that is so imprecise"),
        ('schema:dateCreated "2023-02-30"', "there is no such day"),
        ('schema:dateCreated "in spring"', "it is no date as ISO 8601 writes them"),
        ('schema:dateCreated "2023", "2024"', "the model keeps one date created of a thing, and another stands before"),
        ('schema:dateCreated "2023" ; schema:datePublished "2024"', "another property says it better"),
        ('schema:duration "PT0M"', "a running time of 0 minutes says nothing"),
        ('schema:duration "about two hours"', "it is no running time: write PT82M, or the minutes"),
        ('schema:genre "Feel-good"', "it is no genre of the scheme"),
        ('schema:inLanguage "Elvish"', "it is no language that the vocabulary knows"),
        ('schema:countryOfOrigin "Ruritania"', "it is no country that the vocabulary knows"),
        ('schema:sameAs "somewhere"', "it is no http or https address"),
        ('schema:identifier "12"', "it does not say whose numbering it is"),
        ('schema:director "An Peeters, Jo Maes"', "it may be several names in one text"),
        ("schema:director <https://partner.example/person/9>", "the file does not describe what it refers to"),
        ("schema:director [ a schema:Movie ; schema:name \"Ons\" ]", "it refers to a thing of another kind"),
        ('schema:contributor "An"', "it does not say in which role"),
        ('schema:creator "An"', "the model has no place for it"),
        ("schema:image <https://partner.example/1.jpg>", "the file does not describe what it refers to"),
        ('schema:description "A text."', RIGHTS),
        ('schema:alternateName "' + "x" * 1001 + '"', "it is too long for a name or a title"),
        ("schema:alternateName <<( <https://x.example/1> <https://x.example/p> 1 )>>", "it is a statement about a statement"),
    ],
)  # fmt: skip
def test_a_statement_that_is_not_taken_is_listed_with_the_reason(read: ReadRdf, statements: str, why: str) -> None:
    reading, account = read(FILM.format(statements))
    assert why in {reason for _, reason in account.listed}
    assert [each for each in reading.unread if each.why.startswith(why)]
    assert [each for each in reading.findings if why in each.message and each.severity is Severity.WARNING]


def test_as_many_statements_go_out_as_come_in(read: ReadRdf) -> None:
    reading, account = read(
        FILM.format(
            'schema:name "Hier" ; schema:inLanguage "fr", "Frans" ; schema:award "A prize" ; schema:director [ schema:age 3 ]'
        )
        + FILM.format('schema:name "Hier"').replace('schema:name "Hier" ;', "")
    )
    assert account.total == 10
    assert (account.taken, account.repeated) == (2, 3)
    assert listed(account) == {
        "award": "the model has no place for it",
        "director": "the file does not say what it is about",
        "age": "the file does not say what it is about",
    }
    (summary,) = (each for each in reading.findings if each.severity is Severity.INFO)
    assert summary.message == (
        "10 statements were read: 2 became facts, 2 are structure, 3 repeat others, 3 not taken and listed."
    )


def test_what_is_listed_is_bounded_and_its_number_is_true(read: ReadRdf) -> None:
    films = "".join(
        f'<https://partner.example/film/{n}> a schema:Movie ; schema:name "F{n}" ; schema:keywords "{n}" .\n' for n in range(500)
    )
    reading, account = read(films)
    (kind,) = account.listed.values()
    assert kind.total == 500
    assert [each.text for each in reading.unread] == ["schema:keywords 0", "schema:keywords 1", "schema:keywords 2"]
    assert reading.unread[0].why == "the model has no place for it (1 of 500 statements)"
    assert reading.findings[0].message.startswith("500 statements are not taken: schema:keywords, because the model has")


def test_a_file_of_very_many_properties_is_told_briefly(read: ReadRdf) -> None:
    said = " ; ".join(f'<https://x.example/p{number}> "x"' for number in range(1000))
    reading, account = read(FILM.format(said))
    assert account.listed_total == 1000
    assert account.listed[OTHERS, "the model has no place for it"].total == 700
    assert len(reading.findings) == 302


def test_http_and_https_are_one_vocabulary(read: ReadRdf) -> None:
    line = '<https://partner.example/film/1> <{0}name> "Hier" .\n<https://partner.example/film/1> a <{0}Movie> .\n'
    reading, account = read(line.format("http://schema.org/") + line.format("https://schema.org/"))
    assert len(reading.records) == 1
    assert account.repeated == 2


@pytest.mark.parametrize(
    ("names", "name", "alternates"),
    [
        ('"Hier"', "name Hier", []),
        ('"Hier", "Here"@en', "name Hier", ["Here @en"]),
        ('"Ici"@fr', "name Ici [inferred]", ["Ici @fr"]),
        ('"Here"@en, "Hier"@nl', "name Hier [inferred]", ["Here @en", "Hier @nl"]),
        ('"Ici"@fr, "Here"@en, "Aquí"@es', "name Here [inferred]", ["Ici @fr", "Here @en", "Aquí @es"]),
        ('"Hier", "Hier!"', "name Hier", ["Hier!"]),
    ],
)  # fmt: skip
def test_the_original_title_is_the_one_without_a_language_or_in_the_film_s_own(
    read: ReadRdf, names: str, name: str, alternates: list[str]
) -> None:
    language = '; schema:inLanguage "nl"' if "nl" in names else ""
    reading, _ = read(f"<https://partner.example/film/1> a schema:Movie ; schema:name {names} {language} .")
    told = [each.removeprefix(f"{KEY}: ") for each in facts_of(reading)]
    assert told[0] == name
    assert [each.removeprefix("alternateName ") for each in told if each.startswith("alternateName")] == alternates


def test_a_role_node_explains_the_edge_beside_it(read: ReadRdf) -> None:
    facts = facts_of_film(
        read,
        'schema:actor :ida, :jo ; fg:credit [ a schema:PerformanceRole ; schema:actor :ida ; schema:characterName "Eva" ; '
        "fg:billing 2 ]",
        ' :ida a schema:Person ; schema:name "Ida" . :jo a schema:Person ; schema:name "Jo" .',
    )
    assert facts == ["credit actor 2 partner-example-ida as Eva", "credit actor 1 partner-example-jo"]


def test_classes_that_the_model_has_as_forms_are_films(read: ReadRdf) -> None:
    reading, _ = read('[] a schema:TVSeries ; schema:name "A" . [] a schema:TVEpisode ; schema:name "B" .')
    assert facts_of(reading) == ["A: name A", "A: form series", "B: name B", "B: form episode"]


def test_a_screening_has_film_hall_edition_and_times(read: ReadRdf) -> None:
    reading, account = read(
        """:s a schema:ScreeningEvent ; schema:workPresented [ a schema:Movie ; schema:name "Hier" ] ;
            schema:startDate "2026-10-17T19:30:00+0200"^^schema:DateTime ; schema:endDate "2026-10-17T20:52:00Z" ;
            schema:location :hall ; schema:eventStatus "https://schema.org/EventScheduled" ; schema:subtitleLanguage "en" .
        :hall a fg:Auditorium ; schema:name "1" ; schema:containedInPlace :kino .
        :kino a schema:MovieTheater ; schema:name "Kino" ; schema:geo [ a schema:GeoCoordinates ; schema:latitude 51.50 ;
            schema:longitude "2.8E0"^^xsd:double ] ; schema:address [ a schema:PostalAddress ; schema:streetAddress "Weg 1" ;
            schema:postalCode "9000" ; schema:addressLocality "Gent" ; schema:addressCountry "Belgium" ] .
        :edition a schema:Festival ; schema:name "Demo 2026" ; schema:subEvent :s ; schema:startDate "2026-10-16"^^xsd:date .
        :talk a schema:Event ; schema:name "A talk" ."""
    )
    facts = [each for each in facts_of(reading) if "sameAs" not in each]
    assert facts == [
        "partner-example-s: workPresented film Hier",
        "partner-example-s: superEvent festival partner-example-edition",
        "partner-example-s: location hall partner-example-hall",
        "partner-example-s: startDate 2026-10-17 19:30:00+02:00",
        "partner-example-s: endDate 2026-10-17 20:52:00+00:00",
        "partner-example-s: eventStatus http://schema.org/EventScheduled",
        "partner-example-s: subtitleLanguage en",
        "Hier: name Hier",
        "partner-example-hall: name 1",
        "partner-example-hall: containedInPlace venue partner-example-kino",
        "partner-example-kino: name Kino",
        "partner-example-kino: streetAddress Weg 1",
        "partner-example-kino: postalCode 9000",
        "partner-example-kino: addressLocality Gent",
        "partner-example-kino: addressCountry BE",
        "partner-example-kino: latitude 51.5",
        "partner-example-kino: longitude 2.8",
        "partner-example-edition: name Demo 2026",
        "partner-example-edition: startDate 2026-10-16",
        "partner-example-edition: superEvent series Demo [inferred]",
    ]
    assert set(listed(account).values()) == {"it is about an event that shows no film"}


def test_a_time_without_an_offset_needs_a_time_zone(read: ReadRdf) -> None:
    data = ':s a schema:ScreeningEvent ; schema:name "Hier" ; schema:startDate "2026-10-17T19:30:00"^^xsd:dateTime .'
    _, account = read(data)
    assert listed(account) == {"startDate": "it has no UTC offset, and the profile names no time_zone"}
    reading, _ = read(data, profile='time_zone = "Europe/Brussels"')
    assert "partner-example-s: startDate 2026-10-17 19:30:00+02:00" in facts_of(reading)
    _, account = read(data.replace("10-17T19:30", "10-25T02:30"), profile='time_zone = "Europe/Brussels"')
    assert listed(account) == {"startDate": "the clocks change in that hour: it needs its UTC offset"}


def test_a_description_is_a_text_of_the_publisher(read: ReadRdf) -> None:
    reading, _ = read(FILM.format('schema:description "A text."@en'), publisher="Partner")
    assert facts_of(reading)[2:] == [
        "Text on Hier (en): name Text on Hier (en)",
        f"Text on Hier (en): about film {KEY}",
        "Text on Hier (en): text A text. @en",
        "Text on Hier (en): copyrightHolder org Partner [inferred]",
    ]


@pytest.mark.parametrize(
    ("iri", "key"),
    [
        ("https://partner.example/film/1", "partner-example-film-1"),
        ("http://www.partner.example/film/here-2023", "partner-example-film-here-2023"),
        ("urn:isan:0000", "isan-0000-"),
        ("https://partner.example/film?id=1", "partner-example-film-id-1-"),
        ("https://partner.example/" + "x" * 300, "partner-example-" + "x" * 57 + "-"),
        ("https://partner.example/电影", "partner-example-"),
    ],
)
def test_a_key_is_made_of_the_iri_and_is_always_the_same(read: ReadRdf, iri: str, key: str) -> None:
    keys = [read(f'<{iri}> a schema:Movie ; schema:name "{name}" .')[0].records[0].ref.key for name in ("A", "B")]
    assert keys[0] == keys[1]
    assert keys[0] is not None
    assert keys[0] == key or (key.endswith("-") and keys[0].startswith(key) and len(keys[0]) == len(key) + 6)


def test_iris_that_would_have_one_key_have_two(read: ReadRdf) -> None:
    data = "".join(f'<https://partner.example/{path}> a schema:Movie ; schema:name "{path}" .' for path in ("a/b", "a-b"))
    keys = [each.ref.key for each in read(data)[0].records]
    assert keys[0] == "partner-example-a-b"
    assert len(set(keys)) == 2


def test_a_file_without_statements_gives_nothing(tmp_path: Path, vocabulary: Vocabulary) -> None:
    (tmp_path / "f.ttl").write_text("# nothing\n", encoding="utf-8")
    reading = read_rdf(SourceSettings("t", "rdf", 1, path="f.ttl"), tmp_path, vocabulary)
    assert (reading.records, reading.unread) == ((), ())
