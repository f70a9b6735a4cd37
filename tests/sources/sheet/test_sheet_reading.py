from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from filmgraph.errors import UnreadableInputError
from filmgraph.findings import Severity, SourcePlace
from filmgraph.iris import Kind
from filmgraph.model import (
    Auditorium,
    Certainty,
    ConceptRef,
    Credit,
    EventStatus,
    Fact,
    Festival,
    Identifier,
    Minutes,
    Movie,
    MovieTheater,
    PartialDate,
    Ref,
    ScreeningEvent,
    Text,
)
from filmgraph.settings import SourceSettings
from filmgraph.sources.base import Reading
from filmgraph.sources.sheet import read_sheet
from filmgraph.vocabulary import Vocabulary

ReadSheet = Callable[..., Reading]

FILMS = """
record = "Movie"
[columns.key]
key = true
[columns.title]
property = "name"
required = true
[columns.english]
property = "alternate_name"
language = "en"
[columns.year]
property = "date_created"
[columns.directors]
role = "director"
separator = ";"
[columns.countries]
property = "country_of_origin"
separator = ";"
[columns.length]
property = "duration"
[columns.imdb]
property = "identifier"
scheme = "imdb"
[columns.remarks]
ignore = true
"""
HEADER = "key,title,english,year,directors,countries,length,imdb,remarks\n"
SCREENINGS = """
record = "ScreeningEvent"
time_zone = "Europe/Brussels"
[columns.films]
property = "work_presented"
to = "film"
by = "name"
separator = ";"
[columns.title]
property = "name"
[columns.cinema]
container = true
to = "venue"
by = "name"
[columns.hall]
property = "location"
to = "hall"
by = "name"
within = "cinema"
[columns.start]
property = "start_date"
[columns.status]
property = "event_status"
[columns.guests]
role = "guest"
separator = ";"
"""
CREDITS = """
record = "Credit"
certainty = "external"
[columns.film]
property = "film"
to = "film"
by = "name"
required = true
[columns.role]
property = "role"
[columns.name]
property = "agent"
to = "person"
by = "name"
separator = ";"
[columns.kind]
property = "agent_kind"
[columns.character]
property = "character"
[columns.billing]
property = "billing"
[columns.as]
property = "credited_as"
"""


def place(row: int, column: str | None = None, line: int | None = None) -> SourcePlace:
    return SourcePlace("t.csv", line or row, row, column)


def rules(reading: Reading) -> list[tuple[str, Severity, SourcePlace]]:
    return [(each.rule, each.severity, each.places[0]) for each in reading.findings]


def test_film_row_becomes_a_movie_with_the_place_of_every_cell(read: ReadSheet) -> None:
    row = "here-2023,Here,Here I Am,2023,Bas Devos; Ann Other,BE; Netherlands,1h 22m,tt0000001,blah\n"
    reading = read(HEADER + row, FILMS)
    directors = (
        Credit("director", Ref(Kind.PERSON, "Bas Devos"), 1),
        Credit("director", Ref(Kind.PERSON, "Ann Other"), 2),
    )
    assert reading == Reading(
        (
            Movie(
                ref=Ref(Kind.FILM, "Here", 2023, key="here-2023"),
                place=place(2),
                name=(Fact(Text("Here"), place(2, "title")),),
                alternate_name=(Fact(Text("Here I Am", "en"), place(2, "english")),),
                date_created=(Fact(PartialDate("2023"), place(2, "year")),),
                credit=tuple(Fact(each, place(2, "directors")) for each in directors),
                country_of_origin=tuple(Fact(ConceptRef(Kind.COUNTRY, key), place(2, "countries")) for key in ("BE", "NL")),
                duration=(Fact(Minutes(82), place(2, "length")),),
                identifier=(Fact(Identifier("imdb", "tt0000001"), place(2, "imdb")),),
            ),
        )
    )


def test_blank_cells_make_no_facts(read: ReadSheet) -> None:
    (film,) = read(HEADER + ",Here,,,,,,,\n", FILMS).records
    assert film == Movie(ref=Ref(Kind.FILM, "Here"), place=place(2), name=(Fact(Text("Here"), place(2, "title")),))


def test_row_and_line_are_both_right_after_a_quoted_newline(read: ReadSheet) -> None:
    reading = read(HEADER + 'a,A,,,,,,,"two\nlines"\nb,B,,31/11/2026,,,,,\n', FILMS)
    assert reading.records[1].place == place(3, line=4)
    assert rules(reading) == [("read-date", Severity.VIOLATION, place(3, "year", line=4))]
    assert str(reading.findings[0].places[0]) == "t.csv, row 3, column year"


def test_bad_cell_is_found_listed_and_costs_nothing_else(read: ReadSheet) -> None:
    reading = read(HEADER + "a,A,,31/11/2026,,BE; Belguim,many,,\n", FILMS)
    assert rules(reading) == [
        ("read-date", Severity.VIOLATION, place(2, "year")),
        ("read-country", Severity.VIOLATION, place(2, "countries")),
        ("read-minutes", Severity.VIOLATION, place(2, "length")),
    ]
    assert [(each.place, each.text) for each in reading.unread] == [
        (place(2, "year"), "31/11/2026"),
        (place(2, "countries"), "Belguim"),
        (place(2, "length"), "many"),
    ]
    (film,) = reading.records
    assert isinstance(film, Movie)
    assert film.ref == Ref(Kind.FILM, "A", key="a")
    assert [fact.value.key for fact in film.country_of_origin] == ["BE"]


def test_unknown_column_is_warned_of_once_and_its_cells_are_listed(read: ReadSheet) -> None:
    reading = read(
        "key,title,mood\na,A,blue\nb,B,\nc,C,red\n", 'record="Movie"\n[columns.key]\nkey=true\n[columns.title]\nproperty="name"'
    )
    assert rules(reading) == [("read-column", Severity.WARNING, place(1, "mood"))]
    assert [(each.place, each.text) for each in reading.unread] == [(place(2, "mood"), "blue"), (place(4, "mood"), "red")]
    assert len(reading.records) == 3


@pytest.mark.parametrize(("required", "severity"), [("true", Severity.VIOLATION), ("false", Severity.WARNING)])
def test_column_that_the_profile_names_in_vain(required: str, severity: Severity, read: ReadSheet) -> None:
    profile = f'record="Movie"\n[columns.title]\nproperty="name"\n[columns.year]\nproperty="date_created"\nrequired={required}'
    reading = read("title\n", profile)
    assert rules(reading) == [("read-column", severity, place(1))]
    assert "'year'" in reading.findings[0].message


def test_missing_required_cell_is_a_violation_at_the_cell(read: ReadSheet) -> None:
    reading = read(HEADER + "a,,,2023,,,,,\n", FILMS)
    assert rules(reading) == [("read-required", Severity.VIOLATION, place(2, "title"))]
    assert reading.records[0].ref == Ref(Kind.FILM, "a", 2023, key="a")


def test_row_that_names_nothing_makes_no_record_and_is_listed(read: ReadSheet) -> None:
    reading = read("key,title,year\n,,2023\n", FILMS)
    assert reading.records == ()
    assert ("read-row", Severity.VIOLATION, place(2)) in rules(reading)
    assert [(each.place, each.text) for each in reading.unread] == [(place(2, "year"), "2023")]


def test_key_that_is_none_is_a_violation_and_the_row_goes_by_its_name(read: ReadSheet) -> None:
    reading = read(HEADER + "Here 2023,Here,,2023,,,,,\n", FILMS)
    assert rules(reading) == [("read-key", Severity.VIOLATION, place(2, "key"))]
    assert reading.findings[0].message.endswith("Perhaps here-2023?")
    assert reading.records[0].ref == Ref(Kind.FILM, "Here", 2023)


def test_repeated_key_is_a_violation_that_names_both_rows(read: ReadSheet) -> None:
    reading = read(HEADER + "a,A,,,,,,,\nb,B,,,,,,,\na,C,,,,,,,\n", FILMS)
    (finding,) = reading.findings
    assert (finding.rule, finding.places) == ("read-key", (place(4), place(2)))


def test_certainty_and_reason_columns_hold_for_the_row(read: ReadSheet) -> None:
    profile = """
    record = "Movie"
    certainty = "external"
    [columns.title]
    property = "name"
    [columns.sure]
    certainty = true
    [columns.why]
    reason = true
    """
    reading = read("title,sure,why\nA,inferred,it rhymes\nB,,\nC,perhaps,\n", profile)
    names = [record.name[0] for record in reading.records]
    assert [(each.certainty, each.reason) for each in names] == [
        (Certainty.INFERRED, "it rhymes"),
        (Certainty.EXTERNAL, ""),
        (Certainty.INFERRED, ""),
    ]
    assert rules(reading) == [
        ("read-certainty", Severity.VIOLATION, place(4, "sure")),
        ("read-reason", Severity.WARNING, place(4)),
    ]


def test_inference_without_reason_is_warned_of(read: ReadSheet) -> None:
    reading = read("title\nA\n", 'record="Movie"\ncertainty="inferred"\n[columns.title]\nproperty="name"')
    assert rules(reading) == [("read-reason", Severity.WARNING, place(2))]


def test_misspelling_that_a_column_repeats_is_found_in_every_row(read: ReadSheet) -> None:
    reading = read(HEADER + "a,A,,,,Belguim,,,\nb,B,,,,Belguim,,,\n", FILMS)
    assert rules(reading) == [("read-country", Severity.VIOLATION, place(n, "countries")) for n in (2, 3)]
    assert [each.place for each in reading.unread] == [place(2, "countries"), place(3, "countries")]


def test_screening_row_with_hall_within_venue_and_guests(read: ReadSheet) -> None:
    head = "films,title,cinema,hall,start,status,guests\n"
    reading = read(head + "Here (2023); Taurus,Here,Lantern,Hall 1,2026-10-24 25:30,cancelled,Ann One; Bo Two\n", SCREENINGS)
    assert reading.findings == ()
    (screening,) = reading.records
    assert isinstance(screening, ScreeningEvent)
    assert [fact.value for fact in screening.work_presented] == [Ref(Kind.FILM, "Here", 2023), Ref(Kind.FILM, "Taurus")]
    assert screening.location[0].value == Ref(Kind.HALL, "Hall 1", within=Ref(Kind.VENUE, "Lantern"))
    assert screening.start_date[0].value.isoformat() == "2026-10-25T01:30:00+02:00"
    assert screening.event_status[0].value is EventStatus.CANCELLED
    assert [(fact.value.role, fact.value.agent.name, fact.value.billing) for fact in screening.credit] == [
        ("guest", "Ann One", 1),
        ("guest", "Bo Two", 2),
    ]


def test_doubled_hour_is_a_finding_at_its_cell(read: ReadSheet) -> None:
    reading = read("title,start\nHere,2026-10-25 02:30\n", SCREENINGS)
    assert ("read-date", Severity.VIOLATION, place(2, "start")) in rules(reading)
    assert [(each.place.column, each.text) for each in reading.unread] == [("start", "2026-10-25 02:30")]


def test_billing_runs_on_over_columns_of_one_role(read: ReadSheet) -> None:
    profile = """
    record = "Movie"
    [columns.t]
    property = "name"
    [columns.d1]
    role = "director"
    [columns.d2]
    role = "director"
    [columns.p]
    role = "producer"
    to = "org"
    """
    (film,) = read("t,d1,d2,p\nA,X,Y,Z\n", profile).records
    assert isinstance(film, Movie)
    assert [(each.value.role, each.value.agent, each.value.billing) for each in film.credit] == [
        ("director", Ref(Kind.PERSON, "X"), 1),
        ("director", Ref(Kind.PERSON, "Y"), 2),
        ("producer", Ref(Kind.ORG, "Z"), 1),
    ]


def test_credit_row_becomes_a_film_with_that_credit_only(read: ReadSheet) -> None:
    head = "film,role,name,kind,character,billing,as\n"
    reading = read(
        head + "Here (2023),Cast,Liyo Gong,person,Shuxiu,2,L. Gong\nHere (2023),production-company,Quetzalcoatl,org,,,\n", CREDITS
    )
    assert reading.findings == ()
    actor, company = reading.records
    assert actor == Movie(
        ref=Ref(Kind.FILM, "Here", 2023),
        place=place(2),
        credit=(
            Fact(
                Credit("actor", Ref(Kind.PERSON, "Liyo Gong"), 2, "Shuxiu", "L. Gong"),
                place(2, "name"),
                Certainty.EXTERNAL,
            ),
        ),
    )
    assert isinstance(company, Movie)
    assert company.credit[0].value == Credit("production-company", Ref(Kind.ORG, "Quetzalcoatl"))


def test_credit_row_with_several_agents_bills_them_in_turn(read: ReadSheet) -> None:
    (film,) = read("film,role,name,billing\nHere,editor,Ann; Bo,3\n", CREDITS).records
    assert isinstance(film, Movie)
    assert [(each.value.agent.name, each.value.billing) for each in film.credit] == [("Ann", 3), ("Bo", 4)]


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (",editor,Ann,", "read-required"),
        ("Here,waiter,Ann,", "read-role"),
        ("Here,editor,,", "read-row"),
        ("Here,editor,Ann,robot", "read-ref"),
    ],
)
def test_credit_row_that_lacks_a_part_is_listed_whole(row: str, rule: str, read: ReadSheet) -> None:
    reading = read(f"film,role,name,kind\n{row}\n", CREDITS)
    assert reading.records == ()
    assert {rule, "read-row"} <= {each.rule for each in reading.findings}
    assert {each.text for each in reading.unread} == {cell for cell in row.split(",") if cell}


def test_credits_of_one_film_in_many_rows_are_no_repeated_keys(read: ReadSheet) -> None:
    profile = CREDITS.replace('property = "film"\nto = "film"\nby = "name"', 'property = "film"\nto = "film"')
    reading = read("film,role,name\nhere-2023,editor,Ann\nhere-2023,producer,Bo\n", profile)
    assert [each.ref.key for each in reading.records] == ["here-2023", "here-2023"]
    assert "read-key" not in {each.rule for each in reading.findings}


@pytest.mark.parametrize(
    ("profile", "text", "expected"),
    [
        (
            'record="MovieTheater"\n[columns.n]\nproperty="name"\n[columns.c]\nproperty="address_country"\ntype="country"',
            "n,c\nLantern,Belgium\n",
            MovieTheater(
                ref=Ref(Kind.VENUE, "Lantern"),
                place=place(2),
                name=(Fact(Text("Lantern"), place(2, "n")),),
                address_country=(Fact("BE", place(2, "c")),),
            ),
        ),
        (
            'record="Auditorium"\n[columns.n]\nproperty="name"\n[columns.v]\nproperty="contained_in_place"\nto="venue"',
            "n,v\nHall 1,lantern\n",
            Auditorium(
                ref=Ref(Kind.HALL, "Hall 1", within=Ref(Kind.VENUE, "lantern", key="lantern")),
                place=place(2),
                name=(Fact(Text("Hall 1"), place(2, "n")),),
                contained_in_place=(Fact(Ref(Kind.VENUE, "lantern", key="lantern"), place(2, "v")),),
            ),
        ),
        (
            'record="Festival"\n[columns.n]\nproperty="name"\n[columns.s]\nproperty="start_date"\n[columns.f]\nproperty="is_fictional"',
            "n,s,f\nDemo,2026-10-16,yes\n",
            Festival(
                ref=Ref(Kind.FESTIVAL, "Demo", 2026),
                place=place(2),
                name=(Fact(Text("Demo"), place(2, "n")),),
                start_date=(Fact(PartialDate("2026-10-16"), place(2, "s")),),
                is_fictional=(Fact(True, place(2, "f")),),
            ),
        ),
    ],
)
def test_other_records(profile: str, text: str, expected: object, read: ReadSheet) -> None:
    assert read(text, profile) == Reading((expected,))  # type: ignore[arg-type]


@pytest.mark.parametrize("delimiter", [";", "tab"])
def test_delimiter_of_the_profile_is_used(delimiter: str, read: ReadSheet) -> None:
    mark = "\t" if delimiter == "tab" else delimiter
    reading = read(
        f"\ufefft{mark}y\r\nA, B{mark}2023\r\n",
        f'record="Movie"\ndelimiter="{delimiter}"\n[columns.t]\nproperty="name"\n[columns.y]\nproperty="date_created"',
    )
    assert reading.findings == ()
    assert reading.records[0].ref == Ref(Kind.FILM, "A, B", 2023)


def test_empty_file_is_one_finding(read: ReadSheet) -> None:
    reading = read("", FILMS)
    assert reading.records == ()
    assert rules(reading) == [("read-header", Severity.VIOLATION, SourcePlace("t.csv", 1))]


def test_header_alone_is_an_empty_table(read: ReadSheet) -> None:
    assert read(HEADER, FILMS) == Reading(())


@pytest.mark.parametrize("missing", ["path", "profile"])
def test_missing_file_is_unreadable(missing: str, tmp_path: Path, vocabulary: Vocabulary) -> None:
    (tmp_path / "t.csv").write_text("t\n")
    (tmp_path / "t.toml").write_text('record = "Movie"')
    names = {"path": "t.csv", "profile": "t.toml"} | {missing: "absent.x"}
    with pytest.raises(UnreadableInputError, match=r"absent\.x"):
        read_sheet(SourceSettings(id="t", kind="sheet", precedence=1, **names), tmp_path, vocabulary)


def test_undecodable_byte_is_a_question_with_the_encodings_that_fit(read: ReadSheet) -> None:
    reading = read("title\nCafé noir\nMüller\n".encode("cp1252"), FILMS)
    (finding,) = reading.findings
    assert (finding.rule, finding.severity, finding.places) == ("read-encoding", Severity.VIOLATION, (SourcePlace("t.csv", 2),))
    assert finding.message.startswith("Byte 0xE9 is not UTF-8. Put the encoding into the profile under which the words are right")
    assert "encoding = \"cp1252\" reads 'Café'" in finding.message
    assert reading.records == ()
