"""Record → triples, compared with a file per case. `make golden` rewrites the files; read the diff before you commit it."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import pytest

from filmgraph.findings import SourcePlace
from filmgraph.identity import identify
from filmgraph.iris import IriScheme, Kind
from filmgraph.mapping import Mapper
from filmgraph.model import (
    Auditorium,
    AwardDecision,
    Book,
    Certainty,
    Character,
    ConceptRef,
    Credit,
    EventSeries,
    EventStatus,
    Fact,
    Festival,
    Identifier,
    ImageObject,
    Link,
    Minutes,
    Movie,
    MovieTheater,
    Organization,
    PartialDate,
    Person,
    Place,
    ProgrammeSection,
    Prose,
    Quotation,
    Ref,
    ScreeningEvent,
    Text,
    Thing,
    Value,
)
from filmgraph.settings import SourceSettings
from filmgraph.vocabulary import Vocabulary, load_vocabulary

CASES = Path(__file__).parent / "cases"
HERE = SourcePlace("page.txt", 7)
FILM = Ref(Kind.FILM, "Here", 2023)
EDITION = Ref(Kind.FESTIVAL, "Demo", 2026)
VENUE = Ref(Kind.VENUE, "Odeon")


V = TypeVar("V", bound=Value)


def facts(*values: V) -> tuple[Fact[V], ...]:
    return tuple(Fact(value, HERE) for value in values)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 10, 25, hour, minute, tzinfo=ZoneInfo("Europe/Brussels"))


RECORDS: dict[str, Thing] = {
    "movie": Movie(
        ref=FILM,
        place=HERE,
        name=facts(Text("Here")),
        alternate_name=facts(Text("Ici", "fr"), Text("Hier")),
        identifier=facts(Identifier("imdb", "tt0000001")),
        same_as=facts(Link("http://www.wikidata.org/entity/Q1")),
        date_created=facts(PartialDate("2023")),
        duration=facts(Minutes(82)),
        genre=facts(ConceptRef(Kind.GENRE, "drama")),
        form=facts(ConceptRef(Kind.FORM, "feature")),
        in_language=facts("nl", "fr"),
        country_of_origin=facts(ConceptRef(Kind.COUNTRY, "BE")),
        content_location=facts(Ref(Kind.PLACE, "Brussels")),
        character=facts(Ref(Kind.CHARACTER, "Stefan", within=FILM)),
        inspired_by=facts(Ref(Kind.WORK, "Gathering Moss")),
        image=facts(Ref(Kind.IMAGE, "3403742a-8a58", key="3403742a-8a58")),
        award=facts(Ref(Kind.AWARD, "Best film", within=FILM)),
    ),
    "credits": Movie(
        ref=FILM,
        place=HERE,
        credit=(
            Fact(Credit("director", Ref(Kind.PERSON, "Bas Devos")), HERE),
            Fact(Credit("actor", Ref(Kind.PERSON, "Stefan Gota"), 1, "Stefan", "S. Gota"), HERE),
            Fact(Credit("actor", Ref(Kind.PERSON, "Liyo Gong"), 2), HERE),
            Fact(Credit("cinematographer", Ref(Kind.PERSON, "Grimm Vandekerckhove")), HERE, Certainty.INFERRED, "label lost"),
            Fact(Credit("distributor", Ref(Kind.ORG, "Imagine")), HERE),
        ),
    ),
    "screening": ScreeningEvent(
        ref=Ref(Kind.SCREENING, "d-1", key="d-1"),
        place=HERE,
        work_presented=facts(FILM),
        super_event=facts(EDITION),
        in_section=facts(Ref(Kind.SECTION, "Shorts", within=EDITION)),
        location=facts(Ref(Kind.HALL, "Hall 1", within=VENUE)),
        start_date=facts(at(0, 30)),
        end_date=facts(at(4)),
        event_status=facts(EventStatus.RESCHEDULED),
        previous_start_date=facts(at(1)),
        subtitle_language=facts("en"),
        video_format=facts("DCP"),
        maximum_attendee_capacity=facts(220),
        credit=facts(Credit("guest", Ref(Kind.PERSON, "Ada Example"))),
    ),
    "venue": MovieTheater(
        ref=VENUE,
        place=HERE,
        name=facts(Text("Odeon")),
        street_address=facts("Straat 1"),
        postal_code=facts("9000"),
        address_locality=facts("Gent"),
        address_country=facts("BE"),
        screen_count=facts(2),
        time_zone=facts("Europe/Brussels"),
        is_fictional=facts(True),
    ),
    "hall": Auditorium(ref=Ref(Kind.HALL, "Hall 1", within=VENUE), place=HERE, contained_in_place=facts(VENUE)),
    "festival": Festival(
        ref=EDITION,
        place=HERE,
        name=facts(Text("Demo 2026")),
        start_date=facts(PartialDate("2026-10-16")),
        end_date=facts(PartialDate("2026-10-25")),
        super_event=facts(Ref(Kind.SERIES, "Demo")),
        edition_number=facts(3),
        is_fictional=facts(True),
        disambiguating_description=facts(Text("Fictional.", "en")),
    ),
    "series": EventSeries(ref=Ref(Kind.SERIES, "Demo"), place=HERE, organizer=facts(Ref(Kind.ORG, "Demo"))),
    "section": ProgrammeSection(ref=Ref(Kind.SECTION, "Shorts", within=EDITION), place=HERE, super_event=facts(EDITION)),
    "person": Person(ref=Ref(Kind.PERSON, "Ada Example"), place=HERE, birth_date=facts(PartialDate("1970-03"))),
    "organization": Organization(ref=Ref(Kind.ORG, "Imagine"), place=HERE, name=facts(Text("Imagine"))),
    "place": Place(ref=Ref(Kind.PLACE, "Brussels"), place=HERE, name=facts(Text("Brussels", "en"))),
    "character": Character(ref=Ref(Kind.CHARACTER, "Stefan", within=FILM), place=HERE, description=facts(Text("Builder", "en"))),
    "award": AwardDecision(
        ref=Ref(Kind.AWARD, "Best film", within=FILM), place=HERE, awarded_to=facts(FILM), outcome=facts("won"),
        super_event=facts(Ref(Kind.SERIES, "Berlinale")),
    ),
    "book": Book(ref=Ref(Kind.WORK, "Gathering Moss"), place=HERE, author=facts(Ref(Kind.PERSON, "Robin Wall Kimmerer"))),
    "image": ImageObject(
        ref=Ref(Kind.IMAGE, "3403742a-8a58", key="3403742a-8a58"), place=HERE, representative_of_page=facts(True),
        copyright_holder=facts(Ref(Kind.ORG, "Imagine")), identifier=facts(Identifier("uuid", "3403742a-8a58")),
    ),
    "prose": Prose(
        ref=Ref(Kind.TEXT, "synopsis", within=FILM), place=HERE, about=facts(FILM), text=facts(Text("Moss.", "en")),
        text_kind=facts("synopsis"),
    ),
    "quotation": Quotation(
        ref=Ref(Kind.TEXT, "quote 1", within=FILM), place=HERE, about=facts(FILM), text=facts(Text("Fine.", "en")),
        publisher=facts(Ref(Kind.ORG, "The Review")),
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return load_vocabulary()


def to_lines(thing: Thing, vocabulary: Vocabulary) -> str:
    """One statement a line, prose marked: the golden form."""
    source = SourceSettings(id="page", kind="page", precedence=1)
    mapper = Mapper(source, IriScheme("https://example.org/"), identify([thing], (), "2026-11-22"), vocabulary)
    return "".join(sorted({f"{each.triple} .{' # text' if each.is_text else ''}\n" for each in mapper.map(thing)}))


@pytest.mark.parametrize("case", RECORDS)
def test_a_record_maps_to_its_golden_triples(case: str, vocabulary: Vocabulary) -> None:
    path = CASES / f"{case}.nt"
    found = to_lines(RECORDS[case], vocabulary)
    if os.environ.get("FILMGRAPH_GOLDEN") == "write":
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8"), f"{path.name} differs; if that is meant: make golden"


def test_every_golden_file_has_its_case() -> None:
    assert {path.stem for path in CASES.glob("*.nt")} == set(RECORDS)


def test_every_kind_of_record_has_a_case() -> None:
    assert {type(thing).__name__ for thing in RECORDS.values()} == {each.__name__ for each in Thing.__subclasses__()}


def test_statements_keep_place_certainty_and_reason(vocabulary: Vocabulary) -> None:
    thing = RECORDS["credits"]
    mapper = Mapper(
        SourceSettings(id="page", kind="page", precedence=1),
        IriScheme("https://example.org/"),
        identify([thing], (), "x"),
        vocabulary,
    )
    inferred = [each for each in mapper.map(thing) if each.certainty is Certainty.INFERRED]
    assert inferred
    assert all((each.place, each.reason, each.source_id) == (HERE, "label lost", "page") for each in inferred)


def test_an_unknown_role_is_a_broken_reader_not_bad_data(vocabulary: Vocabulary) -> None:
    thing = Movie(ref=FILM, place=HERE, credit=facts(Credit("tea-maker", Ref(Kind.PERSON, "Ada Example"))))
    with pytest.raises(ValueError, match="tea-maker"):
        to_lines(thing, vocabulary)
